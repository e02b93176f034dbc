"""Granger causality asked in other ways: levels with unit roots, single frequencies, hours of the close."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.granger import CausalityResult, Design, GrangerResult, granger_design, granger_test
from helpers.stats.regression import (
    Covariance,
    Fit,
    bootstrap_pvalue,
    partial_out,
    score_covariances,
    score_kernels,
    wald_test,
    wild_bootstrap_scores,
    wild_bootstrap_wald,
)
from helpers.stats.results import Result, axes_or_new


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LagAugmentedResult(CausalityResult):
    """A lag-augmented Granger test.

    Parameters
    ----------
    lags_tested, lags_fitted, nobs : int
        Lags of the cause that are zero under the null; lags of every series in the regression; its rows.
    statistic : float
        Wald statistic.
    df : int
        Its degrees of freedom, `lags_tested`.
    pvalue : float
        From the chi-square distribution.
    reps : int
        Draws of the wild bootstrap (0: none).
    pvalue_bootstrap : float
        From these draws; NaN without.
    coefficients : pandas.Series, shape (lags_tested,)
        Of the tested lags; index "lag".
    coefficient_sum, coefficient_sum_se : float
        Their sum and its standard error.
    """

    lags_tested: int
    lags_fitted: int
    nobs: int
    statistic: float
    df: int
    pvalue: float
    reps: int
    pvalue_bootstrap: float
    coefficients: pd.Series
    coefficient_sum: float
    coefficient_sum_se: float

    def rows(self) -> list[tuple[str, Any]]:
        """Give the lines of the summary."""
        draws = [(f"p-value, {self.reps:,} wild-bootstrap draws", self.pvalue_bootstrap)] if self.reps else []
        return [
            *super().rows(),
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

    where d is at least the highest order of integration.

    Parameters
    ----------
    effect, cause : pandas.Series, shape (n,)
        Levels (log prices, rates) on one index.
    lags : int
        Lags tested.
    extra : int
        Lags added, the highest order of integration that is thought possible.
    controls, covariance, reps, seed
        As in `granger_test`.

    Returns
    -------
    LagAugmentedResult
        With NaN and a reason where the sample is too short.

    Raises
    ------
    InputError
        As in `granger_test`.

    References
    ----------
    Toda and Yamamoto (1995), Journal of Econometrics 66, 225-250, theorem 2;
    Dolado and Luetkepohl (1996), Econometric Reviews 15, 369-386.
    """
    require_count(lags, name="lags", least=1)
    require_count(extra, name="extra", least=1)
    require_count(reps, name="reps", least=0)
    design = granger_design(effect=effect, cause=cause, lags=lags + extra, controls=controls)
    if design.shortage:
        nan = float("nan")
        return _result(design, lags, covariance, nan, np.full(lags, nan), nan, np.empty(0))
    augmented = np.column_stack([design.x_restricted, design.x_tested[:, lags:]])
    blocks = (design.y, augmented, design.x_tested[:, :lags])
    test = wald_test(*blocks, covariance=covariance)
    draws = np.empty(0)
    if reps:
        draws = lags * wild_bootstrap_wald(*blocks, covariance=covariance, reps=reps, seed=seed)
    error = float(np.sqrt(test.covariance.sum()))
    return _result(design, lags, covariance, lags * test.statistic, test.coefficients, error, draws)


def _result(
    design: Design,
    lags: int,
    covariance: str,
    statistic: float,
    coefficients: np.ndarray,
    error: float,
    draws: np.ndarray,
) -> LagAugmentedResult:
    """Put the test, or the reason why there is none, into a result."""
    return LagAugmentedResult(
        **design.words(covariance, null=" (levels)"),
        lags_tested=lags,
        lags_fitted=design.lags,
        nobs=design.y.size,
        statistic=statistic,
        df=lags,
        pvalue=float(stats.chi2.sf(statistic, lags)),
        reps=draws.size,
        pvalue_bootstrap=bootstrap_pvalue(statistic, draws) if draws.size else float("nan"),
        coefficients=pd.Series(coefficients, index=pd.RangeIndex(1, lags + 1, name="lag"), name=design.cause),
        coefficient_sum=float(coefficients.sum()),
        coefficient_sum_se=error,
    )


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FrequencyResult(CausalityResult):
    """A curve of Granger tests over frequencies and one test of a band.

    Parameters
    ----------
    lags, nobs : int
        Lags of every series; rows of the regression.
    curve : pandas.DataFrame
        One row a frequency (index "frequency", radians per observation): period (observations), statistic (F form),
        pvalue (F distribution), in_band.
    df : (int, int)
        Degrees of freedom of every statistic.
    critical : float
        5 per cent critical value at one frequency.
    band : (float, float)
        Shortest and longest period, in observations.
    band_statistic : float
        Largest statistic in the band.
    reps : int
        Draws of the wild bootstrap (0: none).
    band_critical : float
        5 per cent critical value of the largest statistic in the band; NaN without draws.
    band_pvalue : float
        Its p-value; NaN without draws.
    """

    lags: int
    nobs: int
    curve: pd.DataFrame
    df: tuple[int, int]
    critical: float
    band: tuple[float, float]
    band_statistic: float
    reps: int
    band_critical: float
    band_pvalue: float

    def rows(self) -> list[tuple[str, Any]]:
        """Give the lines of the summary."""
        return [
            *super().rows(),
            ("Rows, lags", (self.nobs, self.lags)),
            ("Band of periods", self.band),
            (f"Largest F{self.df} in the band, {self.covariance}", self.band_statistic),
            (f"5% critical value, {self.reps:,} wild-bootstrap draws", self.band_critical),
            ("p-value of the band", self.band_pvalue),
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw the statistic by period with both critical values on matplotlib axes, which are returned."""
        ax = axes_or_new(ax)
        ax.plot(self.curve["period"], self.curve["statistic"])
        ax.axhline(self.critical, color="0.6", linestyle="--", label="5 %, this period alone")
        ax.hlines(self.band_critical, *self.band, color="0.3", label="5 %, whole band")
        ax.set(xscale="log", xlabel="period, observations", ylabel="F", title=f"{self.cause} to {self.effect}")
        ax.legend()
        return ax


def frequency_test(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: int,
    controls: pd.DataFrame | None = None,
    frequencies: np.ndarray | None = None,
    band: tuple[float, float] = (4.0, 52.0),
    covariance: Covariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> FrequencyResult:
    r"""Test Granger causality at each frequency, and in a band of periods by the largest statistic.

    At frequency :math:`\omega` the null says that the gain of the cause's lag polynomial is zero there:

    .. math:: \sum_{k=1}^{p} b_k \cos(k \omega) = \sum_{k=1}^{p} b_k \sin(k \omega) = 0 .

    A polynomial of finite order that vanishes on a whole band is zero, so that the null of the band is no causality at
    all, from which the bootstrap draws; the band directs its power.

    Parameters
    ----------
    effect, cause, controls, covariance, reps, seed
        As in `granger_test`.
    lags : int
        Lags of every series, at least 2; with 2 the statistic is the Granger F at every frequency.
    frequencies : numpy.ndarray, shape (m,), optional
        Strictly between 0 and pi, in radians per observation; 120 equally spaced by default.
    band : (float, float)
        Shortest and longest period, in observations, of the joint test.

    Returns
    -------
    FrequencyResult
        With NaN and a reason where the sample is too short.

    Raises
    ------
    InputError
        As in `granger_test`; fewer than two lags; a frequency outside (0, pi); no frequency in the band.

    References
    ----------
    Breitung and Candelon (2006), Journal of Econometrics 132, 363-378, eq. 11 to 13.
    """
    require_count(lags, name="lags", least=2)
    require_count(reps, name="reps", least=0)
    grid = np.linspace(0, np.pi, 122)[1:-1] if frequencies is None else np.asarray(frequencies, dtype=float)
    in_band = _in_band(grid, band)
    design = granger_design(effect=effect, cause=cause, lags=lags, controls=controls)
    if design.shortage:
        return _frequency_result(design, covariance, grid, np.full(grid.size, np.nan), in_band, band, np.empty(0))
    fit = partial_out(design.y, design.x_restricted, design.x_tested)
    restrictions = _restrictions(fit, grid)
    meats = score_covariances(fit.residuals[None, :], score_kernels(fit.basis, lags, covariance))
    statistics = _statistics(restrictions, fit.scores[None, :], meats)[0]
    largest = [
        _statistics(restrictions[in_band], *chunk).max(axis=1)
        for chunk in wild_bootstrap_scores(fit, covariance=covariance, reps=reps, seed=seed)
    ]
    return _frequency_result(
        design, covariance, grid, statistics, in_band, band, np.concatenate([np.empty(0), *largest])
    )


def _in_band(grid: np.ndarray, band: tuple[float, float]) -> np.ndarray:
    """Check frequencies and band, and mark the frequencies inside it."""
    if grid.ndim != 1 or not grid.size or not ((grid > 0) & (grid < np.pi)).all():
        raise InputError("frequencies must lie strictly between 0 and pi, at least one.")
    periods = 2 * np.pi / grid
    inside = (periods >= band[0]) & (periods <= band[1])
    if not inside.any():
        raise InputError(f"No frequency has a period in the band {band}: give finer frequencies or a wider band.")
    return inside


def _restrictions(fit: Fit, grid: np.ndarray) -> np.ndarray:
    """Restrictions on the scores, shape (m, 2, q): cosine and sine sums of the coefficients."""
    angles = grid[:, None] * np.arange(1, fit.df[0] + 1)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) @ np.linalg.inv(fit.triangle)


def _statistics(restrictions: np.ndarray, scores: np.ndarray, meats: np.ndarray) -> np.ndarray:
    """F-form Wald statistics of two restrictions, shape (draws, m), by the closed form of a 2 x 2 inverse."""
    cosine, sine = (np.ascontiguousarray(restrictions[:, i]) for i in (0, 1))
    c, s = scores @ cosine.T, scores @ sine.T
    with_cosine, with_sine = meats @ cosine.T, meats @ sine.T
    cc = (with_cosine * cosine.T).sum(axis=1)
    cs = (with_cosine * sine.T).sum(axis=1)
    ss = (with_sine * sine.T).sum(axis=1)
    return (c * c * ss - 2 * c * s * cs + s * s * cc) / (cc * ss - cs * cs) / 2


def _frequency_result(
    design: Design,
    covariance: str,
    grid: np.ndarray,
    statistics: np.ndarray,
    in_band: np.ndarray,
    band: tuple[float, float],
    draws: np.ndarray,
) -> FrequencyResult:
    """Put curve and band test, or the reason why there are none, into a result."""
    nobs = design.y.size
    df = (2, max(nobs - design.x_restricted.shape[1] - design.lags, 0))
    largest = float(statistics[in_band].max())
    curve = pd.DataFrame(
        {
            "period": 2 * np.pi / grid,
            "statistic": statistics,
            "pvalue": stats.f.sf(statistics, *df),
            "in_band": in_band,
        },
        index=pd.Index(grid, name="frequency"),
    )
    return FrequencyResult(
        **design.words(
            covariance,
            null=f" at periods of {band[0]:g} to {band[1]:g} observations",
            alternative=" at one of these periods",
        ),
        lags=design.lags,
        nobs=nobs,
        curve=curve,
        df=df,
        critical=float(stats.f.isf(0.05, *df)),
        band=band,
        band_statistic=largest,
        reps=draws.size,
        band_critical=float(np.quantile(draws, 0.95)) if draws.size else float("nan"),
        band_pvalue=bootstrap_pvalue(largest, draws) if draws.size else float("nan"),
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
    effect, cause : str
        Names of the series.
    tests : dict of str to GrangerResult
        `REGISTERED` with lags 1 to p of the cause, `OLDER` with its lags 2 to p + 1, and both in the other direction.
    hours : (float, float)
        Shortest and longest time by which the effect's week closes after the cause's.
    share : float
        Mean of that time as a share of the week.
    same_week : float
        Correlation of the two in the same week.
    cause_first, effect_first : float
        Correlation of the cause with the effect a week later, and of the effect with the cause a week later.
    effect_first_expected : float
        What the clocks alone would make of `effect_first`.
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

    def rows(self) -> list[tuple[str, Any]]:
        """Give the lines of the summary."""
        told = [
            (f"{name}: p, adjusted partial R2", (test.pvalue_bootstrap, test.partial_r2_adjusted))
            for name, test in self.tests.items()
        ]
        return [
            *super().rows(),
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
    lags, reps, seed
        As in `granger_test`.

    Returns
    -------
    ClockResult
        All tests on the same weeks.

    Raises
    ------
    InputError
        Weeks that are not dates, or carry a time zone; as in `granger_test`.

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
