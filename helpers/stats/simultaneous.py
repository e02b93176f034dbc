"""Inference on many coefficients at once, where each is a sum of scores over the same periods.

A draw gives every period one random multiplier, the same for all coefficients, so that draws of the coefficients are
correlated as the coefficients are; the largest of them gives bands that hold everywhere at once.
"""

from typing import NamedTuple

import numpy as np

from helpers.stats.regression import bootstrap_pvalue, sign_chunks


class MaximumTest(NamedTuple):
    """P-values that all coefficients are zero: of the largest absolute t, and of the mean of the squared t."""

    pvalue: float
    pvalue_joint: float


def score_stderr(scores: np.ndarray, *, bandwidth: int = 0) -> np.ndarray:
    """Give the standard error of each sum of scores, up to a lag with Bartlett weights."""
    variance = np.einsum("ij,ij->j", scores, scores)
    for lag in range(1, bandwidth + 1):
        weight = 2 * (1 - lag / (bandwidth + 1))
        variance = variance + weight * np.einsum("ij,ij->j", scores[lag:], scores[:-lag])
    return np.sqrt(variance)


def multiplier_draws(scores: np.ndarray, *, reps: int, seed: int | None = None) -> np.ndarray:
    """Draw the sums of scores with random signs."""
    chunks = sign_chunks(reps, len(scores), seed=seed)
    return np.concatenate([np.where(signs, 1.0, -1.0) @ scores for signs in chunks])


def band_multiplier(scores: np.ndarray, draws: np.ndarray, *, confidence: float) -> float:
    """Give the number of standard errors within which all coefficients lie at once."""
    return float(np.quantile(np.abs(draws / score_stderr(scores)).max(axis=1), confidence))


def maximum_test(estimate: np.ndarray, scores: np.ndarray, draws: np.ndarray) -> MaximumTest:
    """Test that all coefficients are zero."""
    scale = score_stderr(scores)
    observed, null = estimate / scale, draws / scale
    return MaximumTest(
        pvalue=bootstrap_pvalue(float(np.abs(observed).max()), np.abs(null).max(axis=1)),
        pvalue_joint=bootstrap_pvalue(float(np.mean(observed**2)), np.mean(null**2, axis=1)),
    )
