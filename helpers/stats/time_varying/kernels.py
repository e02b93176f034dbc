"""Compiled visits to all windows of a regression, one statistic each; called by `helpers.stats.time_varying.sweep`.

Kernels take the same window arguments: `k` regressors of which `tested` are the last; `plan`, the end point of each
row of the output and its first and last start; `rows`, which rows to fill; and fill `out` in place. They release the
interpreter's lock, and each row is filled by one thread in a fixed order, so that threads change nothing.
"""

import numba
import numpy as np

from helpers.stats.time_varying.window_algebra import (
    FAST,
    SINGULAR,
    Array,
    coefficients,
    combine,
    contract,
    inverse_factor,
    leverage_weights,
    quadratic_form,
    score_variance,
    whiten,
)

Plan = tuple[Array, Array, Array]

LANES = 16


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def classical_kernel(moments: Array, k: int, tested: int, plan: Plan, rows: Array, out: Array) -> None:
    """Fill classical F statistics: one Cholesky factor per window, sixteen windows at a time.

    Parameters
    ----------
    moments : numpy.ndarray, shape ((k + 1) (k + 2) / 2, n + 1 + LANES)
        Cumulated products of pairs of regressors, then of these and the dependent variable, a column for each date.
    k, tested, plan, rows, out
        See the module; `out` has shape (ends, starts) and NaN where regressors are collinear within the window.
    """
    ends, first, last = plan
    factor, scale = np.empty(((k + 1) * (k + 2) // 2, LANES)), np.empty(LANES)
    for row in rows:
        for start in range(first[row], last[row] + 1, LANES):
            for pair in range(factor.shape[0]):
                before = moments[pair, start : start + LANES]
                for lane in range(LANES):
                    factor[pair, lane] = moments[pair, ends[row]] - before[lane]
            for j in range(k):
                jj = j * (j + 1) // 2
                for c in range(j):
                    for lane in range(LANES):
                        factor[jj + j, lane] -= factor[jj + c, lane] * factor[jj + c, lane]
                for lane in range(LANES):
                    pivot = factor[jj + j, lane]
                    scale[lane] = 1 / np.sqrt(pivot) if pivot > SINGULAR * (ends[row] - start - lane) else np.nan
                for i in range(j + 1, k + 1):
                    ii = i * (i + 1) // 2
                    for c in range(j):
                        for lane in range(LANES):
                            factor[ii + j, lane] -= factor[ii + c, lane] * factor[jj + c, lane]
                    for lane in range(LANES):
                        factor[ii + j, lane] *= scale[lane]
            for lane in range(min(LANES, last[row] + 1 - start)):
                df = ends[row] - start - lane - k
                out[row, start + lane] = _f_statistic(factor[:, lane], k, tested, df)


@numba.njit(cache=True, fastmath=FAST, error_model="numpy")
def _f_statistic(factor: Array, k: int, tested: int, df: int) -> float:
    """Read the F statistic from the last row of a packed Cholesky factor."""
    last = k * (k + 1) // 2
    removed, explained = 0.0, 0.0
    for c in range(k - tested):
        removed += factor[last + c] * factor[last + c]
    for c in range(k - tested, k):
        explained += factor[last + c] * factor[last + c]
    return explained / tested / ((factor[last + k] - removed - explained) / df)


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def robust_kernel(
    data: Array, products: Array, moments: Array, k: int, tested: int, plan: Plan, rows: Array, out: Array
) -> None:
    """Fill HC3 statistics.

    Parameters
    ----------
    data : numpy.ndarray, shape (m, n)
        Regressors, dependent variable, and rows of zeros up to a multiple of four.
    products : numpy.ndarray, shape (p, n)
        Products of pairs of regressors, packed, with rows of zeros up to a multiple of four.
    moments : numpy.ndarray, shape (n + 1, (k + 1) (k + 2) / 2)
        As in `classical_kernel`, a row for each date.
    k, tested, plan, rows, out
        See the module; `out` has shape (ends, starts).
    """
    ends, first, last = plan
    inverse, half, variance = np.zeros((k, k)), np.empty((tested, k)), np.empty((tested, tested))
    cross, scores = np.empty(k), np.empty(k)
    padded, packed = np.zeros(data.shape[0]), np.zeros(products.shape[0])
    weights, residuals = np.empty(data.shape[1]), np.empty(data.shape[1])
    target = k * (k + 1) // 2
    for row in rows:
        end = ends[row]
        for start in range(first[row], last[row] + 1):
            w, u = weights[: end - start], residuals[: end - start]
            inverse_factor(moments, start, end, inverse)
            leverage_weights(inverse, products, start, packed, w)
            for c in range(k):
                cross[c] = moments[end, target + c] - moments[start, target + c]
            coefficients(inverse, cross, scores, padded)
            padded[k] = 1.0
            combine(data, padded, start, u)
            for t in range(u.size):
                w[t] *= u[t] * u[t]
            contract(products, w, start, packed)
            score_variance(inverse, packed, half, variance)
            out[row, start] = quadratic_form(variance, scores) / tested


@numba.njit(cache=True, fastmath=FAST, error_model="numpy")
def score_map(
    moments: Array,
    squared: Array,
    start: int,
    end: int,
    inverse: Array,
    packed: Array,
    half: Array,
    variance: Array,
    out: Array,
) -> None:
    """Fill the map from a window's moments with the dependent variable to tested scores of unit variance.

    Parameters
    ----------
    moments, squared
        As in `restricted_kernel`.
    start, end : int
        First row of the window and row after its last.
    inverse, packed, half, variance
        Room of shapes (k, k), (k (k + 1) / 2,), (q, k) and (q, q).
    out : numpy.ndarray, shape (q, k)
        Filled in place.
    """
    q, k = out.shape
    after, before = squared[end], squared[start]
    for pair in range(packed.size):
        packed[pair] = after[pair] - before[pair]
    inverse_factor(moments, start, end, inverse)
    score_variance(inverse, packed, half, variance)
    for i in range(q):
        for c in range(k):
            out[i, c] = inverse[k - q + i, c]
    whiten(variance, out)


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def restricted_kernel(squared: Array, moments: Array, k: int, tested: int, plan: Plan, rows: Array, out: Array) -> None:
    """Fill score statistics with the squared restricted residuals of the full sample.

    Parameters
    ----------
    squared : numpy.ndarray, shape (n + 1, k (k + 1) / 2)
        Cumulated products of pairs of regressors and the squared residual, packed.
    moments : numpy.ndarray, shape (n + 1, (k + 1) (k + 2) / 2)
        As in `robust_kernel`.
    k, tested, plan, rows, out
        See the module; `out` has shape (ends, starts).
    """
    ends, first, last = plan
    inverse, half, variance = np.zeros((k, k)), np.empty((tested, k)), np.empty((tested, tested))
    scores, packed = np.empty((tested, k)), np.empty(squared.shape[1])
    target = k * (k + 1) // 2
    for row in rows:
        for start in range(first[row], last[row] + 1):
            score_map(moments, squared, start, ends[row], inverse, packed, half, variance, scores)
            total = 0.0
            for i in range(tested):
                score = 0.0
                for c in range(k):
                    score += scores[i, c] * (moments[ends[row], target + c] - moments[start, target + c])
                total += score * score
            out[row, start] = total / tested
