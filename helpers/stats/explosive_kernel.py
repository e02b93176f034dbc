"""Right-tailed Dickey-Fuller statistics of every window, many series side by side; called by `helpers.stats.explosive`.

Windows that end at one date share their sums: going back in time adds one row to each. Levels are counted from the
last level of the window, which is one of its rows, so that sums of squares exceed centred ones at most n times and
nothing cancels on trending or exploding series.
"""

import numba
import numpy as np

from helpers.stats.window_kernels import FAST, SINGULAR

Array = np.ndarray


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def window_statistics(level: Array, change: Array, shortest: int, highest: Array, forward: Array) -> None:
    """Fill the statistics of regressions of changes on the level before (n, series), windows of all starts and ends.

    `highest` and `forward`, shape (n - shortest + 1, series), take the largest statistic of the windows that end at
    each date, and that of the one that begins at the first row; infinite where a window is fitted exactly.
    """
    n, lanes = level.shape
    sums = np.empty((5, lanes))
    value, best = np.empty(lanes), np.empty(lanes)
    for end in range(shortest, n + 1):
        sums[:] = 0.0
        best[:] = -np.inf
        last = level[end - 1]
        for start in range(end - 1, -1, -1):
            for b in range(lanes):
                x, d = level[start, b] - last[b], change[start, b]
                sums[0, b] += x
                sums[1, b] += d
                sums[2, b] += x * x
                sums[3, b] += x * d
                sums[4, b] += d * d
            rows = end - start
            if rows >= shortest:
                share = 1 / rows
                for b in range(lanes):
                    xx = sums[2, b] - sums[0, b] * sums[0, b] * share
                    xd = sums[3, b] - sums[0, b] * sums[1, b] * share
                    dd = sums[4, b] - sums[1, b] * sums[1, b] * share
                    value[b] = _signed_square(xx, xd, dd, rows - 2)
                    best[b] = max(best[b], value[b])
        for b in range(lanes):
            highest[end - shortest, b] = _signed_root(best[b])
            forward[end - shortest, b] = _signed_root(value[b])


@numba.njit(cache=True, fastmath=FAST, error_model="numpy", inline="always")
def _signed_square(xx: float, xd: float, dd: float, df: int) -> float:
    """Square of the t-statistic with its sign: it has the same order and needs neither coefficient nor root."""
    product = xx * dd
    left = product - xd * xd
    square = xd * xd * df / left if left > SINGULAR * product else np.inf
    return square if xd > 0 else -square


@numba.njit(cache=True, error_model="numpy", inline="always")
def _signed_root(square: float) -> float:
    return np.sqrt(square) if square > 0 else -np.sqrt(-square)
