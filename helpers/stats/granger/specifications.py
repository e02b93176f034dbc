"""The Granger test under every defensible choice of lags, controls, sample, covariance and scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import get_args

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.granger.primary import Design, granger_design
from helpers.stats.regression import Fit, partial_out, random_signs, wald_statistics
from helpers.stats.score_covariance import Covariance
from helpers.stats.specification import Outcomes, SpecificationCurveResult, specification_curve

LAGS = (1, 2, 4, 8, 13)
PLAIN, SCALED = "as it is", "over its past volatility"
_PER_CENT = 100


@dataclass(frozen=True)
class Choice:
    """One regression: everything but the covariance, which the same regression serves in all its forms.

    Parameters
    ----------
    lags : int
        Of every series.
    controls : str
        Name of the control set.
    start : str
        First week allowed.
    scale : str
        `PLAIN` or `SCALED`.
    """

    lags: int
    controls: str
    start: str
    scale: str


def granger_specifications(
    *,
    returns: pd.DataFrame,
    effect: str,
    cause: str,
    controls: Mapping[str, Sequence[str]],
    lags: Sequence[int] = LAGS,
    starts: Sequence[str],
    covariances: Sequence[Covariance] = get_args(Covariance),
    volatility_window: int = 26,
    reps: int = 299,
    seed: int | None = None,
) -> SpecificationCurveResult:
    """Run the Granger test under all combinations of choices and test them jointly.

    Parameters
    ----------
    returns : pandas.DataFrame, shape (n, series)
        Weekly changes, nothing missing.
    effect, cause : str
        Columns of `returns`.
    controls : mapping of str to sequence of str
        Control sets by name; each names columns of `returns`.
    lags : sequence of int
        Lag lengths.
    starts : sequence of str
        First weeks of the samples.
    covariances : sequence of {"nonrobust", "HC3", "HAC"}
        Of the Wald statistic; the p-value of a specification is that of the F distribution.
    volatility_window : int
        Weeks before each week over which the standard deviation is taken that divides the effect in half of the
        specifications.
    reps : int
        Draws of the joint null, at least 19.
    seed : int, optional
        Of the draws.

    Returns
    -------
    SpecificationCurveResult
        Estimates are adjusted partial R2 in per cent, signs those of the sum of the cause's coefficients.
        Specifications for which the sample is too short are left out.

    Raises
    ------
    InputError
        As in `helpers.stats.granger.granger_test`.

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
    require_count(reps, name="reps", least=19)
    effects = {PLAIN: returns[effect], SCALED: over_past_volatility(returns[effect], window=volatility_window)}
    signs = random_signs(np.random.default_rng(seed), reps, len(returns))
    rows, observed, null = [], [], []
    for choice in (Choice(*options) for options in product(lags, controls, starts, effects)):
        known = effects[choice.scale].loc[choice.start :]
        part = returns.loc[known.index]
        if len(part) <= choice.lags + 1:
            continue
        design = granger_design(
            effect=known, cause=part[cause], controls=part[list(controls[choice.controls])], lags=choice.lags
        )
        if design.shortage:
            continue
        fit = partial_out(design.y, design.x_restricted, design.x_tested)
        flipped = signs[:, returns.index.get_indexer(design.index)]
        errors = np.where(flipped, fit.restricted_residuals, -fit.restricted_residuals)
        for covariance in covariances:
            rows.append(_row(choice, covariance, design))
            observed.append(_outcomes(fit, fit.restricted_residuals[None, :], covariance))
            null.append(_outcomes(fit, errors, covariance))
    table = pd.DataFrame(rows, columns=["lags", "controls", "start", "scale", "covariance", "nobs"])
    return specification_curve(
        specifications=table.drop(columns="nobs"),
        observed=_stack(observed, 1, first=True),
        null=_stack(null, reps),
        nobs=table["nobs"].to_numpy(),
        unit="% adjusted partial R2",
        expected_sign=1,
        hypothesis=f"{cause} does not Granger-cause {effect} in any specification",
    )


def over_past_volatility(values: pd.Series, *, window: int) -> pd.Series:
    """Divide each value by the standard deviation of the values before it.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Weekly returns.
    window : int
        Weeks before each week, itself left out, at least 2.

    Returns
    -------
    pandas.Series, shape (n - window,)
        Known in real time.

    Raises
    ------
    InputError
        A window below 2.
    """
    require_count(window, name="window", least=2)
    volatility = values.rolling(window).std().shift()
    if (volatility == 0).any():
        raise InputError(f"{values.name!r} does not move for {window} weeks: its volatility cannot scale it.")
    return (values / volatility).dropna().rename(values.name)


def _row(choice: Choice, covariance: str, design: Design) -> tuple:
    return choice.lags, choice.controls, choice.start, choice.scale, covariance, design.y.size


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
    return Outcomes(_PER_CENT * adjusted, pvalues, np.sign(sums))


def _stack(found: list[Outcomes], rows: int, *, first: bool = False) -> Outcomes:
    """Set the outcomes of all specifications side by side; shape (rows, s), or (s,) for the first row alone."""
    columns = (
        np.column_stack([getattr(one, name) for one in found]) if found else np.empty((rows, 0))
        for name in ("estimates", "pvalues", "signs")
    )
    return Outcomes(*(block[0] if first else block for block in columns))
