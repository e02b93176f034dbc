"""Granger causality searched for: over lag lengths and over frequencies, with one p-value for the search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_choice, require_count
from helpers.stats.granger import CausalityResult, Design, granger_design, partial_r2
from helpers.stats.inference import min_p
from helpers.stats.regression import (
    Covariance,
    Fit,
    WaldTest,
    bootstrap_pvalue,
    partial_out,
    score_covariances,
    score_kernels,
    wald_test,
    wild_bootstrap_scores,
    wild_bootstrap_wald,
)
from helpers.stats.results import axes_or_new

Criterion = Literal["aic", "bic", "hqic"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class GrangerScanResult(CausalityResult):
    """Granger tests over several lag lengths on one common sample.

    Parameters
    ----------
    nobs, reps : rows of every regression; draws of the wild bootstrap, common to all lag lengths
    pvalue : of the whole scan: how often a search over these lag lengths finds as small a p-value with no causality
    criterion, chosen_lags : information criterion asked for; lag length with the smallest value of it
    table
        One row a lag length (index "lags"): statistic (F form), df, pvalue (F distribution), pvalue_bootstrap,
        pvalue_adjusted (for the scan), partial_r2_adjusted, coefficient_sum, coefficient_sum_se, aic, bic, hqic.
    """

    nobs: int
    reps: int
    pvalue: float
    criterion: str | None
    chosen_lags: int | None
    table: pd.DataFrame

    def _rows(self) -> list[tuple[str, Any]]:
        chosen = [(f"Lags by {self.criterion}", self.chosen_lags)] if self.criterion else []
        columns = ["statistic", "pvalue", "pvalue_bootstrap", "pvalue_adjusted"]
        shown = self.table.reindex(columns=columns).itertuples()
        lines = [(f"{row[0]} lags: F, p, p bootstrap, p adjusted", row[1:]) for row in shown]
        return [
            *super()._rows(),
            ("Rows", self.nobs),
            ("Covariance, draws", (self.covariance, self.reps)),
            ("p-value of the scan", self.pvalue),
            *chosen,
            *lines,
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw the p-values by lag length, alone and corrected for the scan, on matplotlib axes, which are returned."""
        ax = axes_or_new(ax)
        for column, label in (("pvalue_bootstrap", "this lag length alone"), ("pvalue_adjusted", "with the search")):
            ax.plot([str(length) for length in self.table.index], self.table.get(column, []), "o-", label=label)
        ax.axhline(0.05, color="0.6", linewidth=0.8)
        ax.set(xlabel="lags", ylabel="p-value", ylim=(0, 1), title=f"{self.cause} to {self.effect}")
        ax.legend()
        return ax


def granger_scan(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: Sequence[int] = (1, 2, 4, 8, 13, 26),
    controls: pd.DataFrame | None = None,
    covariance: Covariance = "HC3",
    reps: int = 999,
    seed: int | None = None,
    criterion: Criterion | None = None,
) -> GrangerScanResult:
    r"""Test Granger causality at several lag lengths and give one p-value for the search.

    All lag lengths use the sample of the longest. Every draw of the fixed-design wild bootstrap gives one set of signs
    to the restricted residuals of all of them. With :math:`p_\ell` the bootstrap p-value at lag length :math:`\ell`,
    the p-value of the scan is the share of draws, the data counted as one, whose own search finds as small a minimum:

    .. math:: P\bigl( \min_\ell p_\ell^* \le \min_\ell p_\ell \bigr).

    NaN and a reason where the sample is too short for the longest lag.

    Parameters
    ----------
    effect, cause, controls, covariance, seed : as in `granger_test`
    lags : sequence of int
        Lag lengths, each at least 1.
    reps : int
        Draws, at least 19.
    criterion : {"aic", "bic", "hqic"}, optional
        Information criterion of the unrestricted equation by which one length is named in `chosen_lags`.

    Raises
    ------
    InputError
        No or repeated lag lengths.

    References
    ----------
    Westfall and Young (1993), Resampling-Based Multiple Testing (one p-value for a search, from common draws);
    Luetkepohl (2005), New Introduction to Multiple Time Series Analysis, section 4.3 (criteria).
    """
    require_count(reps, name="reps", least=19)
    if not len(lags) or len(set(lags)) != len(lags):
        raise InputError(f"lags must be different whole numbers, at least one, found {lags!r}.")
    if criterion is not None:
        require_choice(criterion, name="criterion", options=get_args(Criterion))
    longest = max(require_count(length, name="lags", least=1) for length in lags)
    designs = [
        granger_design(effect=effect, cause=cause, lags=length, controls=controls, drop=longest) for length in lags
    ]
    index = pd.Index(lags, name="lags")
    last = max(designs, key=lambda design: design.lags)
    if last.shortage:
        return _scan_result(last, covariance, reps, float("nan"), criterion, pd.DataFrame(index=index[:0]))
    blocks = [(design.y, design.x_restricted, design.x_tested) for design in designs]
    tests = [wald_test(*block, covariance=covariance) for block in blocks]
    draws = [wild_bootstrap_wald(*block, covariance=covariance, reps=reps, seed=seed) for block in blocks]
    search = min_p(np.array([test.statistic for test in tests]), np.column_stack(draws))
    table = pd.DataFrame([_row(test, last.y.size) for test in tests], index=index)
    table.insert(3, "pvalue_bootstrap", search.single)
    table.insert(4, "pvalue_adjusted", search.adjusted)
    return _scan_result(last, covariance, reps, search.joint, criterion, table)


def _row(test: WaldTest, nobs: int) -> dict[str, Any]:
    """One lag length: test, effect size, direction, information criteria of the unrestricted equation."""
    fit, parameters = nobs * np.log(test.ssr / nobs), nobs - test.df[1]
    return {
        "statistic": test.statistic,
        "df": test.df,
        "pvalue": test.pvalue,
        "partial_r2_adjusted": partial_r2(test, nobs=nobs).adjusted,
        "coefficient_sum": test.coefficients.sum(),
        "coefficient_sum_se": np.sqrt(test.covariance.sum()),
        "aic": fit + 2 * parameters,
        "bic": fit + np.log(nobs) * parameters,
        "hqic": fit + 2 * np.log(np.log(nobs)) * parameters,
    }


def _scan_result(
    design: Design, covariance: str, reps: int, pvalue: float, criterion: str | None, table: pd.DataFrame
) -> GrangerScanResult:
    chosen = int(table.index[table[criterion].argmin()]) if criterion and len(table) else None
    return GrangerScanResult(
        **design.words(covariance, null=" at any of the lag lengths"),
        nobs=design.y.size,
        reps=reps,
        pvalue=pvalue,
        criterion=criterion,
        chosen_lags=chosen,
        table=table,
    )


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FrequencyResult(CausalityResult):
    """A curve of Granger tests over frequencies and one test of a band.

    Parameters
    ----------
    lags, nobs : lags of every series; rows of the regression
    curve
        One row a frequency (index "frequency", radians per observation): period (observations), statistic (F form),
        pvalue (F distribution), in_band.
    df, critical : degrees of freedom of every statistic; 5 per cent critical value at one frequency
    band, band_statistic : shortest and longest period, in observations; largest statistic in the band
    reps : draws of the wild bootstrap (0: none)
    band_critical : 5 per cent critical value of the largest statistic in the band; NaN without draws
    band_pvalue : its p-value; NaN without draws
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

    def _rows(self) -> list[tuple[str, Any]]:
        return [
            *super()._rows(),
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
    all, from which the bootstrap draws; the band directs its power. NaN and a reason where the sample is too short.

    Parameters
    ----------
    effect, cause, controls, covariance, reps, seed : as in `granger_test`
    lags : int
        Lags of every series, at least 2; with 2 the statistic is the Granger F at every frequency.
    frequencies : numpy.ndarray, shape (m,), optional
        Strictly between 0 and pi, in radians per observation; 120 equally spaced by default.
    band : (float, float)
        Shortest and longest period, in observations, of the joint test.

    Raises
    ------
    InputError
        Fewer than two lags; a frequency outside (0, pi); no frequency in the band.

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
        band_critical=float(np.quantile(draws, 0.95)) if draws.size else np.nan,
        band_pvalue=bootstrap_pvalue(largest, draws),
    )
