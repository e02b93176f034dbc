"""Compiled visits to all windows for many signed residuals at once; called through `helpers.stats.time_varying.sweep`.

The window arguments are those of `helpers.stats.time_varying.kernels`; `out`, shape (ends, draws), is filled with the
largest statistic of each end point.
"""

import numba
import numpy as np

from helpers.stats.time_varying.kernels import Plan, score_map
from helpers.stats.time_varying.window_algebra import (
    FAST,
    Array,
    coefficients,
    combine,
    contract,
    inverse_factor,
    leverage_weights,
    quadratic_form,
)


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def classical_bootstrap_kernel(
    moments: Array, signed: Array, k: int, tested: int, plan: Plan, rows: Array, out: Array
) -> None:
    """Fill the largest classical F statistic of each end point and draw.

    Parameters
    ----------
    moments : numpy.ndarray, shape (n + 1, (k + 1) (k + 2) / 2)
        As in `helpers.stats.time_varying.kernels.robust_kernel`.
    signed : numpy.ndarray, shape (n + 1, k, draws)
        Cumulated products of regressors and signed residuals.
    k, tested, plan, rows, out
        See the module.
    """
    ends, first, last = plan
    draws = signed.shape[2]
    inverse, removed, explained = np.zeros((k, k)), np.empty(draws), np.empty(draws)
    squares = k * (k + 1) // 2 + k
    for row in rows:
        end, largest = ends[row], out[row]
        for b in range(largest.size):
            largest[b] = -np.inf
        for start in range(first[row], last[row] + 1):
            inverse_factor(moments, start, end, inverse)
            _squared_scores(inverse, 0, k - tested, signed, start, end, removed)
            _squared_scores(inverse, k - tested, k, signed, start, end, explained)
            total = moments[end, squares] - moments[start, squares]
            for b in range(draws):
                error = (total - removed[b] - explained[b]) / (end - start - k)
                largest[b] = max(largest[b], explained[b] / tested / error)


@numba.njit(cache=True, fastmath=FAST)
def _squared_scores(maps: Array, top: int, bottom: int, signed: Array, start: int, end: int, out: Array) -> None:
    """Fill the sum of squares of some linear maps of a window's moments, draw by draw."""
    score = np.empty(out.size)
    for b in range(out.size):
        out[b] = 0.0
    for i in range(top, bottom):
        for b in range(out.size):
            score[b] = 0.0
        for c in range(maps.shape[1]):
            weight, after, before = maps[i, c], signed[end, c], signed[start, c]
            if weight != 0.0:
                for b in range(out.size):
                    score[b] += weight * (after[b] - before[b])
        for b in range(out.size):
            out[b] += score[b] * score[b]


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def restricted_bootstrap_kernel(
    squared: Array, moments: Array, signed: Array, k: int, tested: int, plan: Plan, rows: Array, out: Array
) -> None:
    """Fill the largest score statistic of each end point and draw.

    Parameters
    ----------
    squared, moments
        As in `helpers.stats.time_varying.kernels.restricted_kernel`; signs leave the squared residuals as they are.
    signed
        As in `classical_bootstrap_kernel`.
    k, tested, plan, rows, out
        See the module.
    """
    ends, first, last = plan
    draws = signed.shape[2]
    inverse, half, variance = np.zeros((k, k)), np.empty((tested, k)), np.empty((tested, tested))
    scores, packed, total = np.empty((tested, k)), np.empty(squared.shape[1]), np.empty(draws)
    for row in rows:
        largest = out[row]
        for b in range(largest.size):
            largest[b] = -np.inf
        for start in range(first[row], last[row] + 1):
            score_map(moments, squared, start, ends[row], inverse, packed, half, variance, scores)
            _squared_scores(scores, 0, tested, signed, start, ends[row], total)
            for b in range(draws):
                largest[b] = max(largest[b], total[b] / tested)


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def robust_bootstrap_kernel(
    data: Array,
    products: Array,
    moments: Array,
    residuals: Array,
    signed: Array,
    k: int,
    tested: int,
    plan: Plan,
    rows: Array,
    out: Array,
) -> None:
    """Fill the largest HC3 statistic of each end point and draw.

    Parameters
    ----------
    data, products, moments
        As in `helpers.stats.time_varying.kernels.robust_kernel`.
    residuals : numpy.ndarray, shape (draws, n)
        With random signs.
    signed
        As in `classical_bootstrap_kernel`.
    k, tested, plan, rows, out
        See the module.
    """
    ends, first, last = plan
    n, pairs = data.shape[1], tested * (tested + 1) // 2
    inverse, variance, scores = np.zeros((k, k)), np.empty((tested, tested)), np.empty(k)
    padded, hat, packed = np.zeros(data.shape[0]), np.zeros(products.shape[0]), np.zeros(pairs + -pairs % 4)
    weights, error, cross = np.empty(n), np.empty(n), np.empty(k)
    basis, weighted = np.empty((tested, n)), np.zeros((packed.size, n))
    for row in rows:
        end, largest = ends[row], out[row]
        for b in range(largest.size):
            largest[b] = -np.inf
        for start in range(first[row], last[row] + 1):
            w, u = weights[: end - start], error[: end - start]
            inverse_factor(moments, start, end, inverse)
            leverage_weights(inverse, products, start, hat, w)
            _weighted_products(data, inverse, start, w, padded, basis, weighted)
            for b in range(largest.size):
                for c in range(k):
                    cross[c] = signed[end, c, b] - signed[start, c, b]
                coefficients(inverse, cross, scores, padded)
                combine(data, padded, start, u)
                turned = residuals[b, start:end]
                for t in range(u.size):
                    u[t] = (u[t] + turned[t]) * (u[t] + turned[t])
                contract(weighted, u, 0, packed)
                for i in range(tested):
                    for j in range(i + 1):
                        variance[i, j] = packed[i * (i + 1) // 2 + j]
                largest[b] = max(largest[b], quadratic_form(variance, scores) / tested)


@numba.njit(cache=True, fastmath=FAST)
def _weighted_products(
    data: Array, inverse: Array, start: int, weights: Array, padded: Array, basis: Array, out: Array
) -> None:
    """Fill the weighted products of pairs of tested columns of a window's orthonormal basis; zero the padding."""
    k, q = inverse.shape[0], basis.shape[0]
    for i in range(q):
        for c in range(k):
            padded[c] = inverse[k - q + i, c]
        combine(data, padded, start, basis[i, : weights.size])
        for j in range(i + 1):
            product, left, right = out[i * (i + 1) // 2 + j], basis[i], basis[j]
            for t in range(weights.size):
                product[t] = weights[t] * left[t] * right[t]
