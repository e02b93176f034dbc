"""Specification curves: the answers of all defensible choices together, and whether they are more than luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple, get_args

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError
from helpers.stats.granger import granger_design
from helpers.stats.regression import Covariance, Fit, bootstrap_pvalue, partial_out, random_signs, wald_statistics
from helpers.stats.results import FieldResult, axes_or_new

ALPHA = 0.05
LAGS, REPS = (1, 2, 4, 8, 13), 299
PLAIN, SCALED = "as it is", "over its past volatility"
VOLATILITY_WEEKS = 26
_TINY = 1e-12


class Outcomes(NamedTuple):
    """What specifications gave, in the data, shape (s,), or in draws under the null, shape (B, s).

    Parameters
    ----------
    estimates, pvalues, signs
        In one unit; two-sided, each by the inference of its specification; direction of each effect, +1 or -1.
    """

    estimates: np.ndarray
    pvalues: np.ndarray
    signs: np.ndarray


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SpecificationCurveResult(FieldResult):
    """All specifications with their joint test.

    Parameters
    ----------
    unit, reps : of the estimates; draws under the null
    share, expected, limit : specifications significant with the expected sign; mean and 95 % quantile under the null
    pvalue : probability of at least such a share if no specification has anything to find
    table
        One row a specification, sorted by estimate: what was chosen, then ``estimate``, ``pvalue``, ``sign``, ``nobs``,
        ``significant`` (at 5 per cent, with the expected sign).
    """

    unit: str
    reps: int = 0
    share: float = np.nan
    expected: float = np.nan
    limit: float = np.nan
    pvalue: float = np.nan
    table: pd.DataFrame = field(default_factory=pd.DataFrame)

    def plot(self, ax: Any = None) -> Any:
        """Draw all estimates by rank, those that are significant by themselves; returns the axes."""
        ax, told = axes_or_new(ax, self.reason), self.table.reindex(columns=["estimate", "significant"])
        for found, words in ((False, "others"), (True, "p < 5 %, expected sign")):
            part = told.loc[told["significant"] == found, "estimate"]
            ax.plot(part.index, part, ".", label=words)
        ax.axhline(0, color="0.5", linewidth=0.8)
        ax.set(xlabel="specifications, by estimate", ylabel=self.unit)
        ax.legend()
        return ax


def specification_curve(
    *,
    specifications: pd.DataFrame,
    observed: Outcomes,
    null: Outcomes,
    nobs: np.ndarray,
    unit: str,
    expected_sign: int,
    hypothesis: str,
) -> SpecificationCurveResult:
    """Judge a set of specifications by what the same set gives when there is nothing to find."""
    words: dict[str, Any] = {
        "null": hypothesis,
        "alternative": "More specifications find an effect of the expected sign than luck explains.",
        "unit": unit,
    }
    if not len(specifications):
        return SpecificationCurveResult(**words, reason="no specification can be computed on this sample")
    ordered = specifications.apply(lambda column: pd.Categorical(column, column.unique()))
    table = ordered.assign(estimate=observed.estimates, pvalue=observed.pvalues, sign=observed.signs, nobs=nobs)
    table["significant"] = (table["pvalue"] < ALPHA) & (table["sign"] == expected_sign)
    share = float(table["significant"].mean())
    luck = ((null.pvalues < ALPHA) & (null.signs == expected_sign)).mean(axis=-1)
    return SpecificationCurveResult(
        **words,
        reps=len(luck),
        share=share,
        expected=float(luck.mean()),
        limit=float(np.quantile(luck, 1 - ALPHA)),
        pvalue=bootstrap_pvalue(share - _TINY, luck),
        table=table.sort_values("estimate", kind="stable").reset_index(drop=True),
    )


def granger_specifications(
    *,
    returns: pd.DataFrame,
    effect: str,
    cause: str,
    controls: Mapping[str, Sequence[str]],
    starts: Sequence[str],
    seed: int | None = None,
) -> SpecificationCurveResult:
    """Run the Granger test with 1, 2, 4, 8 and 13 lags under all combinations of choices and test them jointly.

    Estimates are adjusted partial R2 in per cent, signs those of the sum of the cause's coefficients, p-values from the
    F distribution with each covariance in turn. Half of the specifications divide the effect by its standard deviation
    over the 26 weeks before. Those for which the sample is too short are left out.

    Parameters
    ----------
    returns : pandas.DataFrame, shape (n, series)
        Weekly changes, nothing missing.
    effect, cause, controls : str, str, mapping of str to sequence of str
        Columns of `returns`, and sets of them by name.
    starts, seed : sequence of str, int
        First weeks of the samples; seed of the draws of the joint null.

    Notes
    -----
    One draw of the null is one sequence of random signs, a sign a calendar week, which every specification applies to
    its own restricted residuals (fixed-design wild bootstrap). The cause then explains nothing in any of them, while
    what ties the specifications together, and each week's variance, stays.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214; Davidson and Flachaire (2008), Journal
    of Econometrics 146, 162-169.
    """
    effects = {PLAIN: returns[effect], SCALED: over_past_volatility(returns[effect])}
    signs = random_signs(np.random.default_rng(seed), REPS, len(returns))
    rows, found = [], []
    for choice in product(LAGS, controls, starts, effects):
        length, held, start, scale = choice
        known = effects[scale].loc[start:]
        part = returns.loc[known.index]
        if len(part) <= length + 1:
            continue
        design = granger_design(effect=known, cause=part[cause], controls=part[list(controls[held])], lags=length)
        if design.shortage:
            continue
        fit = partial_out(design.y, design.x_restricted, design.x_tested)
        flipped = signs[:, returns.index.get_indexer(design.index)]
        errors = np.where(flipped, fit.restricted_residuals, -fit.restricted_residuals)
        for covariance in get_args(Covariance):
            rows.append((*choice, covariance, design.y.size))
            found.append(_outcomes(fit, np.vstack([fit.restricted_residuals, errors]), covariance))
    outcomes = np.stack(found, axis=-1) if found else np.empty((3, 1, 0))
    table = pd.DataFrame(rows, columns=["lags", "controls", "start", "scale", "covariance", "nobs"])
    return specification_curve(
        specifications=table.drop(columns="nobs"),
        observed=Outcomes(*outcomes[:, 0]),
        null=Outcomes(*outcomes[:, 1:]),
        nobs=table["nobs"].to_numpy(),
        unit="% adjusted partial R2",
        expected_sign=1,
        hypothesis=f"{cause} does not Granger-cause {effect} in any specification",
    )


def over_past_volatility(values: pd.Series) -> pd.Series:
    """Divide each value by the standard deviation of the 26 values before it."""
    volatility = values.rolling(VOLATILITY_WEEKS).std().shift()
    if (volatility == 0).any():
        raise InputError(f"{values.name!r} does not move for {VOLATILITY_WEEKS} weeks: its volatility cannot scale it.")
    return (values / volatility).dropna().rename(values.name)


def _outcomes(fit: Fit, errors: np.ndarray, covariance: Covariance) -> Outcomes:
    """Compute adjusted partial R2, p-value and direction for each row of errors (B, n)."""
    q, df = fit.df
    scores = errors @ fit.basis[:, -q:]
    explained, total = (scores**2).sum(axis=1), (errors**2).sum(axis=1)
    inside = ((errors @ fit.basis[:, :-q]) ** 2).sum(axis=1)
    restricted = total - inside
    adjusted = 1 - (restricted - explained) / df / (restricted / (df + q))
    pvalues = stats.f.sf(wald_statistics(fit, errors, covariance=covariance), q, df)
    sums = np.linalg.solve(fit.triangle, scores.T).sum(axis=0)
    return Outcomes(100 * adjusted, pvalues, np.sign(sums))
