"""Inference on many coefficients at once, where each is a sum of scores over the same periods.

A draw gives every period one random multiplier, the same for all coefficients, so that draws of the coefficients are
correlated as the coefficients are; the largest of them gives bands that hold everywhere at once.
"""

from dataclasses import dataclass

import numpy as np

from helpers.stats.regression import bootstrap_pvalue, random_signs

_CHUNK_ROWS = 2048


@dataclass(frozen=True)
class MaximumTest:
    """A test that all coefficients are zero.

    Parameters
    ----------
    statistic : float
        Largest absolute t-statistic.
    pvalue : float
        Of this maximum.
    statistic_joint : float
        Mean of the squared t-statistics.
    pvalue_joint : float
        Of this mean.
    """

    statistic: float
    pvalue: float
    statistic_joint: float
    pvalue_joint: float


def score_stderr(scores: np.ndarray, *, bandwidth: int = 0) -> np.ndarray:
    """Give the standard error of each sum of scores.

    Parameters
    ----------
    scores : numpy.ndarray, shape (n, m)
        Scores of `m` coefficients, zero in periods that a coefficient does not use.
    bandwidth : int
        Autocovariances that enter, with Bartlett weights; 0 for scores without autocorrelation.

    Returns
    -------
    numpy.ndarray, shape (m,)
        Square roots of the long-run variances.
    """
    variance = np.einsum("ij,ij->j", scores, scores)
    for lag in range(1, bandwidth + 1):
        weight = 2 * (1 - lag / (bandwidth + 1))
        variance = variance + weight * np.einsum("ij,ij->j", scores[lag:], scores[:-lag])
    return np.sqrt(variance)


def multiplier_draws(scores: np.ndarray, *, reps: int, bandwidth: int = 0, seed: int | None = None) -> np.ndarray:
    """Draw the sums of scores with random multipliers.

    Parameters
    ----------
    scores : numpy.ndarray, shape (n, m)
        As in `score_stderr`.
    reps : int
        Number of draws.
    bandwidth : int
        0 gives every period a random sign; otherwise multipliers are moving sums of normal variates, whose
        autocorrelation is that of the Bartlett kernel.
    seed : int, optional
        Of the multipliers. The same seed and number of periods give the same multipliers for any scores.

    Returns
    -------
    numpy.ndarray, shape (draws, m)
        Sums over periods of multiplier times score.

    References
    ----------
    Kline and Santos (2012), Journal of Econometric Methods 1, 23-41 (multipliers of scores);
    Shao (2010), Journal of the American Statistical Association 105, 218-235 (dependent multipliers).
    """
    rng = np.random.default_rng(seed)
    sizes = [min(_CHUNK_ROWS, reps - done) for done in range(0, reps, _CHUNK_ROWS)]
    return np.concatenate([_multipliers(rng, size, len(scores), bandwidth) @ scores for size in sizes])


def band_multiplier(scores: np.ndarray, draws: np.ndarray, *, level: float, bandwidth: int = 0) -> float:
    """Give the number of standard errors within which all coefficients lie at once.

    Parameters
    ----------
    scores : numpy.ndarray, shape (n, m)
        As in `score_stderr`.
    draws : numpy.ndarray, shape (B, m)
        From `multiplier_draws` of these scores.
    level : float
        Simultaneous coverage.
    bandwidth : int
        As in `score_stderr`.

    Returns
    -------
    float
        Quantile of the largest absolute studentised draw.

    References
    ----------
    Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1-17 (sup-t bands).
    """
    return float(np.quantile(np.abs(draws / score_stderr(scores, bandwidth=bandwidth)).max(axis=1), level))


def maximum_test(estimate: np.ndarray, scores: np.ndarray, draws: np.ndarray, *, bandwidth: int = 0) -> MaximumTest:
    """Test that all coefficients are zero.

    Parameters
    ----------
    estimate : numpy.ndarray, shape (m,)
        The coefficients.
    scores : numpy.ndarray, shape (n, m)
        Their scores under the null, weighted for leverage or not.
    draws : numpy.ndarray, shape (B, m)
        From `multiplier_draws` of these scores.
    bandwidth : int
        As in `score_stderr`.

    Returns
    -------
    MaximumTest
        By the largest statistic and by their mean square, which asks for no inverse of a covariance that is nearly as
        large as the sample.
    """
    scale = score_stderr(scores, bandwidth=bandwidth)
    observed, null = estimate / scale, draws / scale
    largest, mean = float(np.abs(observed).max()), float(np.mean(observed**2))
    return MaximumTest(
        statistic=largest,
        pvalue=bootstrap_pvalue(largest, np.abs(null).max(axis=1)),
        statistic_joint=mean,
        pvalue_joint=bootstrap_pvalue(mean, np.mean(null**2, axis=1)),
    )


def _multipliers(rng: np.random.Generator, reps: int, nobs: int, bandwidth: int) -> np.ndarray:
    """Multipliers with mean zero, variance one and the autocorrelation of the Bartlett kernel."""
    if not bandwidth:
        return np.where(random_signs(rng, reps, nobs), 1.0, -1.0)
    width = bandwidth + 1
    normal = np.cumsum(rng.standard_normal((reps, nobs + width)), axis=1)
    return (normal[:, width:] - normal[:, :-width]) / np.sqrt(width)
