"""Granger causality by frequency: which periods of the cause help to predict the effect."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.granger.primary import Design, granger_design
from helpers.stats.granger.result import CausalityResult
from helpers.stats.regression import (
    Covariance,
    Fit,
    bootstrap_pvalue,
    partial_out,
    wild_bootstrap_scores,
)
from helpers.stats.score_covariance import score_covariances, score_kernels


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
        """Give the lines of the summary.

        Returns
        -------
        list of (str, object)
            Hypotheses, sample, band test.
        """
        return [
            *super().rows(),
            ("Rows, lags", (self.nobs, self.lags)),
            ("Band of periods", self.band),
            (f"Largest F{self.df} in the band, {self.covariance}", self.band_statistic),
            (f"5% critical value, {self.reps:,} wild-bootstrap draws", self.band_critical),
            ("p-value of the band", self.band_pvalue),
        ]


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
    """Test Granger causality at each frequency, and in a band of periods by the largest statistic.

    At frequency ``w`` the null says that the gain of the cause's lag polynomial is zero there:
    ``sum b_k cos(k w) = sum b_k sin(k w) = 0``. A polynomial of finite order that vanishes on a whole band is zero, so
    that the null of the band is no causality at all, from which the bootstrap draws; the band directs its power.

    Parameters
    ----------
    effect, cause, controls, covariance, bootstrap, seed
        As in `helpers.stats.granger.granger_test`.
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
        return _result(design, covariance, grid, np.full(grid.size, np.nan), in_band, band, np.empty(0))
    fit = partial_out(design.y, design.x_restricted, design.x_tested)
    restrictions = _restrictions(fit, grid)
    meats = score_covariances(fit.residuals[None, :], score_kernels(fit.basis, lags, covariance))
    statistics = _statistics(restrictions, fit.scores[None, :], meats)[0]
    largest = [
        _statistics(restrictions[in_band], *chunk).max(axis=1)
        for chunk in wild_bootstrap_scores(fit, covariance=covariance, reps=reps, seed=seed)
    ]
    return _result(design, covariance, grid, statistics, in_band, band, np.concatenate([np.empty(0), *largest]))


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


def _result(
    design: Design,
    covariance: str,
    grid: np.ndarray,
    statistics: np.ndarray,
    in_band: np.ndarray,
    band: tuple[float, float],
    draws: np.ndarray,
) -> FrequencyResult:
    """Put curve and band test, or the reason why there are none, into a result."""
    nobs, lags = design.y.size, design.x_tested.shape[1]
    df = (2, nobs - design.x_restricted.shape[1] - lags)
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
        null=f"{design.null} at periods of {band[0]:g} to {band[1]:g} observations",
        alternative=f"{design.alternative} at one of these periods",
        reason=design.shortage,
        effect=design.effect,
        cause=design.cause,
        controls=design.controls,
        lags=lags,
        nobs=nobs,
        covariance=covariance,
        curve=curve,
        df=df,
        critical=float(stats.f.isf(0.05, *df)),
        band=band,
        band_statistic=largest,
        reps=draws.size,
        band_critical=float(np.quantile(draws, 0.95)) if draws.size else float("nan"),
        band_pvalue=bootstrap_pvalue(largest, draws) if draws.size else float("nan"),
    )
