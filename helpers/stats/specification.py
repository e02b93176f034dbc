"""Specification curves: the answers of all defensible choices together, and whether they are more than luck."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError
from helpers.stats.regression import bootstrap_pvalue
from helpers.stats.results import Result

LEVEL = 0.05
SHARE = "share significant, expected sign"
EITHER = "share significant, either sign"
MEDIAN = "median estimate"
AVERAGE_Z = "average z of the p-values"
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What specifications gave, in the data or in draws under the null.

    Parameters
    ----------
    estimates : numpy.ndarray, shape (..., s)
        One a specification, in one unit.
    pvalues : numpy.ndarray, shape (..., s)
        Two-sided, each by the inference of its specification.
    signs : numpy.ndarray, shape (..., s)
        Direction of each effect, +1 or -1.
    """

    estimates: np.ndarray
    pvalues: np.ndarray
    signs: np.ndarray


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SpecificationCurveResult(Result):
    """All specifications with their joint test.

    Parameters
    ----------
    unit : str
        Of the estimates.
    choices : tuple of str
        Columns of the table that say what was chosen.
    table : pandas.DataFrame, shape (s, choices + 4)
        The choices, then ``estimate``, ``pvalue``, ``sign``, ``nobs``; sorted by estimate.
    band : pandas.DataFrame, shape (s, 3)
        Estimate expected at each rank if nothing is there: ``low`` and ``high`` (pointwise 90 per cent), ``median``.
    joint : pandas.DataFrame, shape (4, 4)
        By statistic (share of specifications significant with the expected sign, the same with either sign, median
        estimate, average z): ``observed``, ``expected`` (mean under the null), ``limit`` (its 95 % quantile),
        ``pvalue`` (one-sided).
    reps : int
        Draws under the null.
    level : float
        At which a specification counts as significant.
    """

    unit: str
    choices: tuple[str, ...]
    table: pd.DataFrame
    band: pd.DataFrame
    joint: pd.DataFrame
    reps: int
    level: float

    @property
    def share(self) -> float:
        """Share of specifications that are significant with the expected sign."""
        return float(self.joint.loc[SHARE, "observed"]) if len(self.joint) else float("nan")

    @property
    def pvalue(self) -> float:
        """Probability of at least such a share if no specification has anything to find."""
        return float(self.joint.loc[SHARE, "pvalue"]) if len(self.joint) else float("nan")

    def rows(self) -> list[tuple[str, Any]]:
        """Give the lines of the summary.

        Returns
        -------
        list of (str, object)
            Hypotheses, number of specifications, the joint statistics.
        """
        if self.reason:
            return super().rows()
        told = [
            (f"{name[0].upper()}{name[1:]}", "{:.3g}, expected {:.3g}, 95 % limit {:.3g}, p = {:.3f}".format(*row))
            for name, row in zip(self.joint.index, self.joint.to_numpy(), strict=True)
        ]
        ends = [("Range of estimates", (float(self.table["estimate"].min()), float(self.table["estimate"].max())))]
        return [*super().rows(), ("Specifications, draws", (len(self.table), self.reps)), *told, *ends]

    def by_choice(self) -> pd.DataFrame:
        """Summarise the specifications that share one choice.

        Returns
        -------
        pandas.DataFrame
            Indexed by choice and option: ``specifications``, ``median`` estimate, ``share`` significant with the
            expected sign.
        """
        found = self.table["significant"]
        parts = {
            (choice, str(option)): {
                "specifications": len(group),
                "median": group["estimate"].median(),
                "share": found[group.index].mean(),
            }
            for choice in self.choices
            for option, group in self.table.groupby(choice, observed=True)
        }
        return pd.DataFrame.from_dict(parts, orient="index").rename_axis(["choice", "option"])


def specification_curve(
    *,
    specifications: pd.DataFrame,
    observed: Outcomes,
    null: Outcomes,
    nobs: np.ndarray,
    unit: str,
    expected_sign: int,
    hypothesis: str,
    level: float = LEVEL,
) -> SpecificationCurveResult:
    """Judge a set of specifications by what the same set gives when there is nothing to find.

    Parameters
    ----------
    specifications : pandas.DataFrame, shape (s, c)
        One specification a row, one choice a column.
    observed : Outcomes
        Of shape (s,).
    null : Outcomes
        Of shape (B, s): every row from one draw that all specifications share, so that their dependence is kept.
    nobs : numpy.ndarray, shape (s,)
        Rows of each specification.
    unit : str
        Of the estimates.
    expected_sign : int
        +1 or -1, the direction that the claim states.
    hypothesis : str
        The null in words.
    level : float
        At which a specification counts as significant.

    Returns
    -------
    SpecificationCurveResult
        With a reason where there is no specification.

    Raises
    ------
    InputError
        Shapes that do not fit, an expected sign that is neither +1 nor -1.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214 (the curve, and joint tests by the
    median, the share significant and Stouffer's average z, under a forced null).
    """
    _check(specifications, observed, null, expected_sign)
    alternative = "More specifications find an effect of the expected sign than luck explains."
    words: dict[str, Any] = {"null": hypothesis, "alternative": alternative, "unit": unit, "level": level}
    choices = tuple(str(name) for name in specifications.columns)
    if not len(specifications):
        empty = pd.DataFrame()
        reason = "no specification can be computed on this sample"
        return SpecificationCurveResult(
            **words, choices=choices, table=empty, band=empty, joint=empty, reps=0, reason=reason
        )
    ordered = specifications.apply(lambda column: pd.Categorical(column, column.unique()))
    table = ordered.assign(estimate=observed.estimates, pvalue=observed.pvalues, sign=observed.signs, nobs=nobs)
    table["significant"] = (table["pvalue"] < level) & (table["sign"] == expected_sign)
    low, middle, high = np.quantile(np.sort(null.estimates, axis=1), [0.05, 0.5, 0.95], axis=0)
    return SpecificationCurveResult(
        **words,
        choices=choices,
        table=table.sort_values("estimate", kind="stable").reset_index(drop=True),
        band=pd.DataFrame({"low": low, "median": middle, "high": high}),
        joint=_joint(observed, null, expected_sign, level),
        reps=len(null.pvalues),
    )


def curve_statistics(outcomes: Outcomes, *, expected_sign: int, level: float = LEVEL) -> dict[str, np.ndarray]:
    """Reduce the outcomes of all specifications to the joint statistics.

    Parameters
    ----------
    outcomes : Outcomes
        Of shape (..., s).
    expected_sign : int
        +1 or -1.
    level : float
        At which a specification counts as significant.

    Returns
    -------
    dict of str to numpy.ndarray, shape (...)
        Share significant with the expected sign; share significant; median estimate; mean of the normal quantiles of
        one-sided p-values (half the two-sided one, or one less that where the sign is the other).
    """
    right = outcomes.signs == expected_sign
    half = np.clip(outcomes.pvalues, _TINY, 1) / 2
    one_sided = np.where(right, half, 1 - half)
    return {
        SHARE: (right & (outcomes.pvalues < level)).mean(axis=-1),
        EITHER: (outcomes.pvalues < level).mean(axis=-1),
        MEDIAN: np.median(outcomes.estimates, axis=-1),
        AVERAGE_Z: stats.norm.isf(one_sided).mean(axis=-1),
    }


def _joint(observed: Outcomes, null: Outcomes, expected_sign: int, level: float) -> pd.DataFrame:
    """Observed statistics beside their distribution under the null."""
    found = curve_statistics(observed, expected_sign=expected_sign, level=level)
    luck = curve_statistics(null, expected_sign=expected_sign, level=level)
    rows = {
        name: {
            "observed": float(found[name]),
            "expected": luck[name].mean(),
            "limit": np.quantile(luck[name], 1 - LEVEL),
            "pvalue": bootstrap_pvalue(float(found[name]) - _TINY, luck[name]),
        }
        for name in found
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _check(specifications: pd.DataFrame, observed: Outcomes, null: Outcomes, expected_sign: int) -> None:
    """Refuse outcomes that do not belong to the specifications."""
    if expected_sign not in (-1, 1):
        raise InputError(f"expected_sign must be +1 or -1, found {expected_sign!r}.")
    wanted = (len(specifications),)
    for name in ("estimates", "pvalues", "signs"):
        one, many = getattr(observed, name).shape, getattr(null, name).shape
        if one != wanted or many[1:] != wanted:
            raise InputError(f"{name} have shapes {one} and {many} for {wanted[0]} specifications: one a column.")
