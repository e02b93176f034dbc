"""Granger causality searched for: over lag lengths and over frequencies, with one p-value for the search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.granger import CausalityResult, granger_design
from helpers.stats.inference import min_p
from helpers.stats.regression import (
    Covariance,
    bootstrap_pvalue,
    partial_out,
    score_covariances,
    score_kernels,
    wald_test,
    wild_bootstrap_scores,
)
from helpers.stats.results import axes_or_new

BAND = (4.0, 52.0)
"""Shortest and longest period, in observations, of the joint test over frequencies: weeks to months."""
GRID = np.linspace(0, np.pi, 122)[1:-1]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class GrangerScanResult(CausalityResult):
    """Granger tests over several lag lengths on the common sample that the longest, `lags`, allows.

    Parameters
    ----------
    reps : draws of the wild bootstrap, common to all lag lengths
    pvalue : of the whole scan: how often a search over these lag lengths finds as small a p-value with no causality
    table
        One row a lag length (index "lags"): statistic (F form), pvalue (F distribution), pvalue_bootstrap,
        pvalue_adjusted (for the scan), partial_r2_adjusted.
    """

    reps: int
    pvalue: float
    table: pd.DataFrame


def granger_scan(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: Sequence[int] = (1, 2, 4, 8, 13, 26),
    controls: pd.DataFrame | None = None,
    reps: int = 999,
    seed: int | None = None,
) -> GrangerScanResult:
    r"""Test Granger causality at several lag lengths and give one p-value for the search.

    All lag lengths use the sample of the longest and the HC3 covariance. Every draw of the fixed-design wild bootstrap
    gives one set of signs to the restricted residuals of all of them. With :math:`p_\ell` the bootstrap p-value at lag
    length :math:`\ell`, the p-value of the scan is the share of draws, the data counted as one, whose own search finds
    as small a minimum:

    .. math:: P\bigl( \min_\ell p_\ell^* \le \min_\ell p_\ell \bigr).

    Parameters
    ----------
    effect, cause, controls, seed : as in `granger_test`
    lags : sequence of int
        Lag lengths, each at least 1.
    reps : int
        Draws, at least 19.

    Raises
    ------
    InputError
        No or repeated lag lengths.

    References
    ----------
    Westfall and Young (1993), Resampling-Based Multiple Testing (one p-value for a search, from common draws).
    """
    require_count(reps, name="reps", least=19)
    if not len(lags) or len(set(lags)) != len(lags):
        raise InputError(f"lags must be different whole numbers, at least one, found {lags!r}.")
    longest = max(require_count(length, name="lags", least=1) for length in lags)
    series: dict[str, Any] = {"effect": effect, "cause": cause, "controls": controls}
    designs = {length: granger_design(**series, lags=length, drop=longest) for length in lags}
    known = designs[longest].facts("HC3", null=" at any of the lag lengths") | {"reps": reps}
    if designs[longest].shortage:
        return GrangerScanResult(**known, pvalue=np.nan, table=pd.DataFrame())
    tests = [wald_test(one.y, one.x_restricted, one.x_tested, reps=reps, seed=seed) for one in designs.values()]
    search = min_p(np.array([test.statistic for test in tests]), np.column_stack([test.draws for test in tests]))
    columns = {
        "statistic": [test.statistic for test in tests],
        "pvalue": [test.pvalue for test in tests],
        "pvalue_bootstrap": search.single,
        "pvalue_adjusted": search.adjusted,
        "partial_r2_adjusted": [test.partial_r2_adjusted for test in tests],
    }
    table = pd.DataFrame(columns, index=pd.Index(lags, name="lags"))
    return GrangerScanResult(**known, pvalue=search.joint, table=table)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FrequencyResult(CausalityResult):
    """A curve of Granger tests over frequencies and one test of the band of weeks to months.

    Parameters
    ----------
    curve
        One row a frequency (index "frequency", radians per observation): period (observations), statistic (F form),
        pvalue (F distribution), in_band.
    df, critical : degrees of freedom of every statistic; 5 per cent critical value at one frequency
    band_statistic : largest statistic in the band
    reps : draws of the wild bootstrap (0: none)
    band_critical, band_pvalue
        5 per cent critical value of the largest statistic in the band, and its p-value; NaN without draws.
    """

    curve: pd.DataFrame
    df: tuple[int, int]
    critical: float
    band_statistic: float = np.nan
    reps: int = 0
    band_critical: float = np.nan
    band_pvalue: float = np.nan

    def plot(self, ax: Any = None) -> Any:
        """Draw the statistic by period with both critical values, the band shaded; returns the axes."""
        ax, shown = axes_or_new(ax), self.curve[self.curve["period"] <= 2 * BAND[1]]
        ax.plot(shown["period"], shown["statistic"])
        ax.axvspan(*BAND, color="0.6", alpha=0.2, linewidth=0)
        style = {"xytext": (2, 3), "textcoords": "offset points", "fontsize": 9, "color": "0.4"}
        for height, words in ((self.critical, "one length alone"), (self.band_critical, "all of the band")):
            ax.axhline(height, color="0.4", linestyle="--", linewidth=1)
            ax.annotate(words, (2, height), **style)
        ticks = [2, 4, 8, 13, 26, 52, 104]
        ax.set(xscale="log", xlabel="length of the cycle, periods", ylim=0)
        ax.set_xticks(ticks, map(str, ticks))
        ax.minorticks_off()
        return ax


def frequency_test(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: int,
    controls: pd.DataFrame | None = None,
    covariance: Covariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> FrequencyResult:
    r"""Test Granger causality at each of 120 frequencies, and by the largest F at periods of 4 to 52 observations.

    At frequency :math:`\omega` the null says that the gain of the cause's lag polynomial is zero there:

    .. math:: \sum_{k=1}^{p} b_k \cos(k \omega) = \sum_{k=1}^{p} b_k \sin(k \omega) = 0 .

    A polynomial of finite order that vanishes on a whole band is zero, so that the null of the band is no causality at
    all, from which the bootstrap draws; the band directs its power.

    Parameters
    ----------
    effect, cause, controls, covariance, reps, seed : as in `granger_test`
    lags : int
        Lags of every series, at least 2; with 2 the statistic is the Granger F at every frequency.

    References
    ----------
    Breitung and Candelon (2006), Journal of Econometrics 132, 363-378, eq. 11 to 13.
    """
    require_count(lags, name="lags", least=2)
    require_count(reps, name="reps", least=0)
    grid, period = GRID, 2 * np.pi / GRID
    in_band = (period >= BAND[0]) & (period <= BAND[1])
    design = granger_design(effect=effect, cause=cause, lags=lags, controls=controls)
    df = (2, max(design.y.size - design.regressors, 0))
    null = f" at periods of {BAND[0]:g} to {BAND[1]:g} observations"
    known = design.facts(covariance, null=null, alternative=" at one of these periods")
    known |= {"df": df, "critical": float(stats.f.isf(0.05, *df))}
    curve = pd.DataFrame({"period": period, "statistic": np.nan}, index=pd.Index(grid, name="frequency"))
    if design.shortage:
        return FrequencyResult(**known, curve=curve.assign(pvalue=np.nan, in_band=in_band))
    fit = partial_out(design.y, design.x_restricted, design.x_tested)
    # Restrictions on the scores, shape (m, 2, p): cosine and sine sums of the coefficients.
    angles = grid[:, None] * np.arange(1, lags + 1)
    restrictions = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ np.linalg.inv(fit.triangle)
    meats = score_covariances(fit.residuals[None, :], score_kernels(fit.basis, lags, covariance))
    curve["statistic"] = _statistics(restrictions, fit.scores[None, :], meats)[0]
    chunks = wild_bootstrap_scores(fit, covariance=covariance, reps=reps, seed=seed)
    largest = [_statistics(restrictions[in_band], *chunk).max(axis=1) for chunk in chunks]
    draws, top = np.concatenate([np.empty(0), *largest]), float(curve["statistic"][in_band].max())
    return FrequencyResult(
        **known,
        curve=curve.assign(pvalue=stats.f.sf(curve["statistic"], *df), in_band=in_band),
        band_statistic=top,
        reps=reps,
        band_critical=float(np.quantile(draws, 0.95)) if reps else np.nan,
        band_pvalue=bootstrap_pvalue(top, draws),
    )


def _statistics(restrictions: np.ndarray, scores: np.ndarray, meats: np.ndarray) -> np.ndarray:
    """F-form Wald statistics of two restrictions, shape (draws, m), by the closed form of a 2 x 2 inverse."""
    cosine, sine = (np.ascontiguousarray(restrictions[:, i]) for i in (0, 1))
    c, s = scores @ cosine.T, scores @ sine.T
    with_cosine, with_sine = meats @ cosine.T, meats @ sine.T
    cc, cs = (with_cosine * cosine.T).sum(axis=1), (with_cosine * sine.T).sum(axis=1)
    ss = (with_sine * sine.T).sum(axis=1)
    return (c * c * ss - 2 * c * s * cs + s * s * cc) / (cc * ss - cs * cs) / 2
