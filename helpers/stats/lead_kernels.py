"""Compiled count of the draws of a map of lags; called through `helpers.stats.lead_map`."""

import numba
import numpy as np

from helpers.stats.lead_design import ROUNDING


@numba.njit(nogil=True, cache=True)
def count_draws(
    summed: np.ndarray,
    crossed: np.ndarray,
    spread: np.ndarray,
    kzz: np.ndarray,
    ends: np.ndarray,
    scale: np.ndarray,
    observed: np.ndarray,
    largest: np.ndarray,
    exceeded: np.ndarray,
) -> None:
    """Fill the largest squared t of each draw and count those at least as large as each cell's own.

    Ratios are rounded, observed and drawn alike, so that the order in which threads add does not show.
    """
    for b in range(summed.shape[0]):
        top = 0.0
        for j in range(scale.size):
            score = (summed[b, ends[1, j]] - summed[b, ends[0, j]]) * scale[j]
            variance = spread[b, j] + score * (score * kzz[j] - 2 * crossed[b, j])
            ratio = np.rint(score * score / variance * ROUNDING) / ROUNDING
            top = max(top, ratio)
            exceeded[j] += ratio >= observed[j]
        largest[b] = top
