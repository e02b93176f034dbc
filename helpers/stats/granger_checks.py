"""Granger causality with what could mislead it taken care of: levels with unit roots, and the hours of the close."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.granger import CausalityResult, GrangerResult, granger_design, granger_test
from helpers.stats.regression import Covariance, bootstrap_pvalue, wald_test, wild_bootstrap_wald
from helpers.stats.results import Result


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LagAugmentedResult(CausalityResult):
    """A lag-augmented Granger test.

    Parameters
    ----------
    lags_tested, lags_fitted, nobs
        Lags of the cause that are zero under the null; lags of every series in the regression; its rows.
    statistic, df, pvalue : Wald statistic; its degrees of freedom, `lags_tested`; from the chi-square distribution
    reps : draws of the wild bootstrap (0: none)
    pvalue_bootstrap : from these draws; NaN without
    coefficients : shape (lags_tested,), of the tested lags; index "lag"
    coefficient_sum, coefficient_sum_se : their sum and its standard error
    """

    lags_tested: int
    lags_fitted: int
    nobs: int
    statistic: float = np.nan
    df: int
    pvalue: float = np.nan
    reps: int = 0
    pvalue_bootstrap: float = np.nan
    coefficients: pd.Series
    coefficient_sum: float = np.nan
    coefficient_sum_se: float = np.nan

    def _rows(self) -> list[tuple[str, Any]]:
        draws = [(f"p-value, {self.reps:,} wild-bootstrap draws", self.pvalue_bootstrap)] if self.reps else []
        return [
            *super()._rows(),
            ("Rows", self.nobs),
            ("Lags tested, fitted", (self.lags_tested, self.lags_fitted)),
            (f"Wald chi2({self.df}), {self.covariance}", self.statistic),
            ("p-value", self.pvalue),
            *draws,
            ("Sum of coefficients", self.coefficient_sum),
            ("Standard error of the sum", self.coefficient_sum_se),
        ]


def lag_augmented_test(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: int,
    extra: int = 1,
    controls: pd.DataFrame | None = None,
    covariance: Covariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> LagAugmentedResult:
    r"""Test Granger causality between levels without a prior decision on unit roots and cointegration.

    The regression holds p lags (`lags`) and d more (`extra`) of every series; only the first p of the cause are tested:

    .. math::

        y_t = c + \sum_{j=1}^{p+d} a_j y_{t-j} + \sum_{j=1}^{p+d} b_j x_{t-j} + e_t, \qquad
        H_0: b_1 = \dots = b_p = 0, \qquad W = \hat b' \hat V^{-1} \hat b \to \chi^2(p),

    where d is at least the highest order of integration. NaN and a reason where the sample is too short.

    Parameters
    ----------
    effect, cause : pandas.Series, shape (n,)
        Levels (log prices, rates) on one index.
    lags, extra : int
        Lags tested; lags added, the highest order of integration that is thought possible.
    controls, covariance, reps, seed : as in `granger_test`

    References
    ----------
    Toda and Yamamoto (1995), Journal of Econometrics 66, 225-250, theorem 2;
    Dolado and Luetkepohl (1996), Econometric Reviews 15, 369-386.
    """
    require_count(lags, name="lags", least=1)
    require_count(extra, name="extra", least=1)
    require_count(reps, name="reps", least=0)
    design = granger_design(effect=effect, cause=cause, lags=lags + extra, controls=controls)
    known = design.words(covariance, null=" (levels)")
    known |= {"lags_tested": lags, "lags_fitted": design.lags, "nobs": design.y.size, "df": lags}
    if design.shortage:
        return LagAugmentedResult(**known, coefficients=design.by_lag(np.full(lags, np.nan)))
    augmented = np.column_stack([design.x_restricted, design.x_tested[:, lags:]])
    blocks = (design.y, augmented, design.x_tested[:, :lags])
    test = wald_test(*blocks, covariance=covariance)
    draws = wild_bootstrap_wald(*blocks, covariance=covariance, reps=reps, seed=seed)
    return LagAugmentedResult(
        **known,
        statistic=lags * test.statistic,
        pvalue=float(stats.chi2.sf(lags * test.statistic, lags)),
        reps=reps,
        pvalue_bootstrap=bootstrap_pvalue(test.statistic, draws),
        coefficients=design.by_lag(test.coefficients),
        coefficient_sum=float(test.coefficients.sum()),
        coefficient_sum_se=float(np.sqrt(test.covariance.sum())),
    )


HOURS_A_WEEK = 168
SETTLEMENT = "13:25:00"
SETTLEMENT_ZONE = "America/New_York"
REGISTERED, OLDER, REVERSE, REVERSE_OLDER = "as registered", "a week older", "reverse", "reverse, a week older"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ClockResult(Result):
    """A Granger test with and without the lag that touches the boundary of the week.

    Parameters
    ----------
    effect, cause : names of the series
    tests
        `REGISTERED` with lags 1 to p of the cause, `OLDER` with its lags 2 to p + 1, and both in the other direction.
    hours : shortest and longest time by which the effect's week closes after the cause's
    share, same_week : mean of that time as a share of the week; correlation of the two in the same week
    cause_first, effect_first
        Correlation of the cause with the effect a week later, and of the effect with the cause a week later.
    effect_first_expected : what the clocks alone would make of `effect_first`
    """

    effect: str
    cause: str
    tests: dict[str, GrangerResult]
    hours: tuple[float, float]
    share: float
    same_week: float
    cause_first: float
    effect_first: float
    effect_first_expected: float

    def _rows(self) -> list[tuple[str, Any]]:
        told = [
            (f"{name}: p, adjusted partial R2", (test.pvalue_bootstrap, test.partial_r2_adjusted))
            for name, test in self.tests.items()
        ]
        return [
            *super()._rows(),
            (f"Hours from the close of {self.cause} to that of {self.effect}", self.hours),
            ("Correlation in the same week", self.same_week),
            (f"{self.cause} a week before {self.effect}", self.cause_first),
            (f"{self.effect} a week before {self.cause}", self.effect_first),
            ("the clocks alone would give", self.effect_first_expected),
            *told,
        ]


def clock_sensitivity(
    *,
    returns: pd.DataFrame,
    effect: str,
    cause: str,
    controls: Sequence[str],
    lags: int,
    reps: int,
    seed: int | None = None,
) -> ClockResult:
    r"""Ask whether the hours between two closes could hide or make a lead.

    Parameters
    ----------
    returns : pandas.DataFrame, shape (n, series)
        Weekly changes dated with their Friday, nothing missing.
    effect, cause : str
        Columns; the effect's week ends at midnight UTC after that Friday, the cause's with the COMEX settlement.
    controls : sequence of str
        Columns whose lags stay in.
    lags, reps, seed : as in `granger_test`

    Raises
    ------
    InputError
        Weeks that are not dates, or carry a time zone.

    Notes
    -----
    Let both move at the same moments, evenly over the week, and let the effect close a share f of the week later. The
    share f of the effect's week falls into the cause's next week. With :math:`\rho` the correlation of the moves,

    .. math::

        \mathrm{corr}(x_t, y_t) = (1 - f) \rho, \qquad \mathrm{corr}(y_{t-1}, x_t) = f \rho, \qquad
        \mathrm{corr}(x_{t-1}, y_t) = 0:

    the clocks make the effect seem to lead, never the cause.
    """
    if not isinstance(returns.index, pd.DatetimeIndex) or returns.index.tz is not None:
        raise InputError("returns must be dated with the Friday of each week (DatetimeIndex without a time zone).")
    hours = closing_gap(returns.index)
    share = float(hours.mean()) / HOURS_A_WEEK
    x, y = returns[cause], returns[effect]
    same = float(x.corr(y))
    options = {"controls": returns[list(controls)].iloc[1:], "lags": lags, "reps": reps, "seed": seed}
    pairs = {REGISTERED: (y, x), OLDER: (y, x.shift()), REVERSE: (x, y), REVERSE_OLDER: (x, y.shift())}
    tests = {name: granger_test(effect=a.iloc[1:], cause=b.iloc[1:], **options) for name, (a, b) in pairs.items()}
    return ClockResult(
        null=f"{cause} does not Granger-cause {effect}, whatever the hours of their closes",
        alternative=tests[REGISTERED].alternative,
        reason=tests[REGISTERED].reason,
        effect=effect,
        cause=cause,
        tests=tests,
        hours=(float(hours.min()), float(hours.max())),
        share=share,
        same_week=same,
        cause_first=float(x.shift().corr(y)),
        effect_first=float(y.shift().corr(x)),
        effect_first_expected=same * share / (1 - share),
    )


def closing_gap(fridays: pd.DatetimeIndex) -> pd.Series:
    """Give the hours from the COMEX settlement of each Friday to the midnight UTC that follows."""
    settled = (fridays + pd.Timedelta(SETTLEMENT)).tz_localize(SETTLEMENT_ZONE)
    midnight = (fridays + pd.Timedelta(days=1)).tz_localize("UTC")
    return pd.Series((midnight - settled.tz_convert("UTC")) / pd.Timedelta(hours=1), index=fridays)
