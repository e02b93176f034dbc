"""Compiled loops: visits to all windows of a regression, running forecasts, draws of a map of lags.

Triangles are packed by rows: element (i, j), j <= i, is at ``i (i + 1) / 2 + j``. `data` holds one regressor a row, the
dependent variable last; `moments` the cumulated products of pairs of its rows, a row for each date, so that a window
from `start` to `end` is a difference of two of them; `products` the products of pairs of regressors. Arrays that loops
over dates combine have rows of zeros up to a multiple of four, because these loops take four rows at a time, which
lets the compiler use vector instructions.

Kernels take `k` regressors of which the last `tested` are tested; `plan`, the end point of each row of the output and
its first and last start; `rows`, which rows to fill; and fill `out`, shape (ends, starts), or (ends, draws) with the
largest statistic of each end point. They release the interpreter's lock, and each row is filled by one thread in a
fixed order, so that threads change nothing. Called through `helpers.stats.window_sweep`; the last two functions serve
`helpers.stats.forecast_tests` and `helpers.stats.lead_map`.
"""

import numba
import numpy as np

Array = np.ndarray

FAST = {"reassoc", "contract", "nsz"}
SINGULAR = 1e-11


@numba.njit(cache=True, fastmath=FAST, error_model="numpy")
def inverse_factor(moments: Array, start: int, end: int, inverse: Array) -> None:
    """Fill the inverse of the Cholesky factor of a window's regressor moments."""
    k = inverse.shape[0]
    after, before = moments[end], moments[start]
    for j in range(k):
        for i in range(j, k):
            pair = i * (i + 1) // 2 + j
            total = after[pair] - before[pair]
            for c in range(j):
                total -= inverse[i, c] * inverse[j, c]
            if i > j:
                inverse[i, j] = total / inverse[j, j]
            else:
                inverse[j, j] = np.sqrt(total) if total > SINGULAR * (end - start) else np.nan
    for j in range(k):
        inverse[j, j] = 1 / inverse[j, j]
        for i in range(j + 1, k):
            total = 0.0
            for c in range(j, i):
                total += inverse[i, c] * inverse[c, j]
            inverse[i, j] = -total / inverse[i, i]


@numba.njit(cache=True, fastmath=FAST)
def combine(rows: Array, weights: Array, start: int, out: Array) -> None:
    """Fill a weighted sum of rows."""
    end = start + out.size
    for t in range(out.size):
        out[t] = 0.0
    for p in range(0, weights.size, 4):
        a, b, c, d = weights[p], weights[p + 1], weights[p + 2], weights[p + 3]
        u, v, w, x = rows[p, start:end], rows[p + 1, start:end], rows[p + 2, start:end], rows[p + 3, start:end]
        for t in range(out.size):
            out[t] += a * u[t] + b * v[t] + c * w[t] + d * x[t]


@numba.njit(cache=True, fastmath=FAST)
def contract(rows: Array, weights: Array, start: int, out: Array) -> None:
    """Fill each row's sum of products with weights."""
    end = start + weights.size
    for p in range(0, out.size, 4):
        u, v, w, x = rows[p, start:end], rows[p + 1, start:end], rows[p + 2, start:end], rows[p + 3, start:end]
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for t in range(weights.size):
            a += u[t] * weights[t]
            b += v[t] * weights[t]
            c += w[t] * weights[t]
            d += x[t] * weights[t]
        out[p], out[p + 1], out[p + 2], out[p + 3] = a, b, c, d


@numba.njit(cache=True, fastmath=FAST)
def leverage_weights(inverse: Array, products: Array, start: int, hat: Array, out: Array) -> None:
    """Fill the HC3 weights ``1 / (1 - leverage)^2`` of a window."""
    k = inverse.shape[0]
    for i in range(k):
        for j in range(i + 1):
            total = 0.0
            for c in range(i, k):
                total += inverse[c, i] * inverse[c, j]
            hat[i * (i + 1) // 2 + j] = total if i == j else 2 * total
    combine(products, hat, start, out)
    for t in range(out.size):
        out[t] = 1 / ((1 - out[t]) * (1 - out[t]))


@numba.njit(cache=True, fastmath=FAST)
def coefficients(inverse: Array, moments: Array, scores: Array, out: Array) -> None:
    """Fill scores in the window's orthonormal basis, and coefficients with the opposite sign."""
    k = inverse.shape[0]
    for i in range(k):
        out[i] = 0.0
    for i in range(k):
        total = 0.0
        for c in range(i + 1):
            total += inverse[i, c] * moments[c]
        scores[i] = total
        for c in range(i + 1):
            out[c] -= inverse[i, c] * total


@numba.njit(cache=True, fastmath=FAST)
def score_variance(inverse: Array, packed: Array, half: Array, out: Array) -> None:
    """Fill the covariance of the tested scores."""
    q, k = half.shape
    for i in range(q):
        for c in range(k):
            total = 0.0
            for d in range(k - q + i + 1):
                pair = c * (c + 1) // 2 + d if d <= c else d * (d + 1) // 2 + c
                total += inverse[k - q + i, d] * packed[pair]
            half[i, c] = total
        for j in range(i + 1):
            total = 0.0
            for c in range(k - q + j + 1):
                total += half[i, c] * inverse[k - q + j, c]
            out[i, j] = total


@numba.njit(cache=True, fastmath=FAST, error_model="numpy")
def whiten(variance: Array, rows: Array) -> None:
    """Give rows unit variance, in place."""
    q, k = rows.shape
    for i in range(q):
        for j in range(i + 1):
            for c in range(j):
                variance[i, j] -= variance[i, c] * variance[j, c]
            if j < i:
                variance[i, j] /= variance[j, j]
                for c in range(k):
                    rows[i, c] -= variance[i, j] * rows[j, c]
            else:
                variance[i, i] = np.sqrt(variance[i, i])
                for c in range(k):
                    rows[i, c] /= variance[i, i]


Plan = tuple[Array, Array, Array]

LANES = 16


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def classical_kernel(moments: Array, k: int, tested: int, plan: Plan, rows: Array, out: Array) -> None:
    """Fill classical F statistics: one Cholesky factor per window, sixteen windows at a time."""
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
    """Fill HC3 statistics."""
    ends, first, last = plan
    inverse, half, variance = np.zeros((k, k)), np.empty((tested, k)), np.empty((tested, tested))
    cross, scores, tail = np.empty(k), np.empty(k), np.empty((tested, 1))
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
            for i in range(tested):
                tail[i, 0] = scores[k - tested + i]
            whiten(variance, tail)
            out[row, start] = (tail * tail).sum() / tested


@numba.njit(cache=True, fastmath=FAST, error_model="numpy")
def score_map(moments: Array, squared: Array, start: int, end: int, spare: tuple[Array, ...], out: Array) -> None:
    """Fill the map from a window's moments with the dependent variable to tested scores of unit variance."""
    q, k = out.shape
    inverse, packed, half, variance = spare
    after, before = squared[end], squared[start]
    for pair in range(packed.size):
        packed[pair] = after[pair] - before[pair]
    inverse_factor(moments, start, end, inverse)
    score_variance(inverse, packed, half, variance)
    for i in range(q):
        for c in range(k):
            out[i, c] = inverse[k - q + i, c]
    whiten(variance, out)


@numba.njit(cache=True)
def _spare(k: int, q: int) -> tuple[Array, Array, Array, Array]:
    return np.zeros((k, k)), np.empty(k * (k + 1) // 2), np.empty((q, k)), np.empty((q, q))


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def restricted_kernel(squared: Array, moments: Array, k: int, tested: int, plan: Plan, rows: Array, out: Array) -> None:
    """Fill score statistics with the squared restricted residuals of the full sample."""
    ends, first, last = plan
    scores, spare = np.empty((tested, k)), _spare(k, tested)
    target = k * (k + 1) // 2
    for row in rows:
        for start in range(first[row], last[row] + 1):
            score_map(moments, squared, start, ends[row], spare, scores)
            total = 0.0
            for i in range(tested):
                score = 0.0
                for c in range(k):
                    score += scores[i, c] * (moments[ends[row], target + c] - moments[start, target + c])
                total += score * score
            out[row, start] = total / tested


@numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def classical_bootstrap_kernel(
    moments: Array, signed: Array, k: int, tested: int, plan: Plan, rows: Array, out: Array
) -> None:
    """Fill the largest classical F statistic of each end point and draw."""
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
    """Fill the largest score statistic of each end point and draw."""
    ends, first, last = plan
    draws = signed.shape[2]
    scores, spare, total = np.empty((tested, k)), _spare(k, tested), np.empty(draws)
    for row in rows:
        largest = out[row]
        for b in range(largest.size):
            largest[b] = -np.inf
        for start in range(first[row], last[row] + 1):
            score_map(moments, squared, start, ends[row], spare, scores)
            _squared_scores(scores, 0, tested, signed, start, ends[row], total)
            for b in range(draws):
                largest[b] = max(largest[b], total[b] / tested)


@numba.njit(cache=True)
def expanding_forecasts(
    ahead: np.ndarray, predictor: np.ndarray, horizon: int, first: int
) -> tuple[np.ndarray, np.ndarray]:
    """Forecast by running means and products, each row of outcomes (draws, n - horizon) in one pass."""
    draws, pairs = ahead.shape
    benchmark, model = np.empty((draws, pairs - first + 1)), np.empty((draws, pairs - first + 1))
    for draw in range(draws):
        centre = mean = spread = together = 0.0
        for pair in range(pairs):
            gap = predictor[pair] - centre
            centre += gap / (pair + 1)
            mean += (ahead[draw, pair] - mean) / (pair + 1)
            spread += gap * (predictor[pair] - centre)
            together += gap * (ahead[draw, pair] - mean)
            if pair >= first - 1:
                slope = together / spread if spread > 0 else 0.0
                benchmark[draw, pair - first + 1] = mean
                model[draw, pair - first + 1] = mean + slope * (predictor[pair + horizon] - centre)
    return benchmark, model


@numba.njit(nogil=True, cache=True)
def largest_of_draws(
    summed: Array, crossed: Array, spread: Array, kzz: Array, ends: Array, scale: Array, rounding: float, largest: Array
) -> None:
    """Fill the largest squared t of each draw, rounded so that the order in which threads add does not show."""
    for b in range(summed.shape[0]):
        top = 0.0
        for j in range(scale.size):
            score = (summed[b, ends[1, j]] - summed[b, ends[0, j]]) * scale[j]
            variance = spread[b, j] + score * (score * kzz[j] - 2 * crossed[b, j])
            top = max(top, np.rint(score * score / variance * rounding) / rounding)
        largest[b] = top
