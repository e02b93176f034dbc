"""Compiled linear algebra of one window of a regression, for the kernels that visit all windows.

Triangles are packed by rows: element (i, j), j <= i, is at ``i (i + 1) / 2 + j``. Loops over dates work on slices that
start at the window's first row, four rows at a time, which lets the compiler use vector instructions.
"""

import numba
import numpy as np

Array = np.ndarray

FAST = {"reassoc", "contract", "nsz"}
SINGULAR = 1e-11


@numba.njit(cache=True, fastmath=FAST, error_model="numpy")
def inverse_factor(moments: Array, start: int, end: int, inverse: Array) -> None:
    """Fill the inverse of the Cholesky factor of a window's regressor moments.

    Parameters
    ----------
    moments : numpy.ndarray, shape (n + 1, at least k (k + 1) / 2)
        Cumulated products of pairs of regressors, a row for each date.
    start, end : int
        First row of the window and row after its last.
    inverse : numpy.ndarray, shape (k, k)
        Lower triangle filled in place; NaN where the regressors are collinear within the window.
    """
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
    """Fill a weighted sum of rows.

    Parameters
    ----------
    rows : numpy.ndarray, shape (p, n)
        With ``p`` a multiple of four.
    weights : numpy.ndarray, shape (p,)
        One a row.
    start : int
        First column used.
    out : numpy.ndarray, shape (width,)
        Filled in place.
    """
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
    """Fill each row's sum of products with weights.

    Parameters
    ----------
    rows : numpy.ndarray, shape (p, n)
        With ``p`` a multiple of four.
    weights : numpy.ndarray, shape (width,)
        One a column, from `start` on.
    start : int
        First column used.
    out : numpy.ndarray, shape (p,)
        Filled in place.
    """
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
    """Fill the HC3 weights ``1 / (1 - leverage)^2`` of a window.

    Parameters
    ----------
    inverse : numpy.ndarray, shape (k, k)
        Of `inverse_factor`.
    products : numpy.ndarray, shape (p, n)
        Products of pairs of regressors, packed, with rows of zeros up to a multiple of four.
    start : int
        First row of the window.
    hat : numpy.ndarray, shape (p,)
        Room for the inverse of the moments; zero beyond them.
    out : numpy.ndarray, shape (width,)
        Filled in place.
    """
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
    """Fill scores in the window's orthonormal basis, and coefficients with the opposite sign.

    Parameters
    ----------
    inverse : numpy.ndarray, shape (k, k)
        Of `inverse_factor`.
    moments : numpy.ndarray, shape (k,)
        Products of regressors and dependent variable, summed over the window.
    scores, out : numpy.ndarray, shape (at least k,)
        Filled in place.
    """
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
    """Fill the covariance of the tested scores.

    Parameters
    ----------
    inverse : numpy.ndarray, shape (k, k)
        Of `inverse_factor`.
    packed : numpy.ndarray, shape (at least k (k + 1) / 2,)
        Products of pairs of regressors, weighted by squared residuals and summed over the window.
    half : numpy.ndarray, shape (q, k)
        Room for one side of the product.
    out : numpy.ndarray, shape (q, q)
        Lower triangle filled in place.
    """
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
    """Give rows unit variance, in place.

    Parameters
    ----------
    variance : numpy.ndarray, shape (q, q)
        Their covariance (lower triangle), overwritten by its Cholesky factor.
    rows : numpy.ndarray, shape (q, k)
        Multiplied by the inverse of that factor.
    """
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


@numba.njit(cache=True, fastmath=FAST, error_model="numpy")
def quadratic_form(variance: Array, scores: Array) -> float:
    """Compute the quadratic form of the last scores in the inverse of their covariance.

    Parameters
    ----------
    variance : numpy.ndarray, shape (q, q)
        Covariance (lower triangle), overwritten by its Cholesky factor.
    scores : numpy.ndarray, shape (k,)
        The last ``q`` are used, and overwritten.

    Returns
    -------
    float
        Wald statistic.
    """
    q, total = variance.shape[0], 0.0
    tail = scores[scores.size - q :]
    for i in range(q):
        for j in range(i + 1):
            for c in range(j):
                variance[i, j] -= variance[i, c] * variance[j, c]
            if j < i:
                variance[i, j] /= variance[j, j]
                tail[i] -= variance[i, j] * tail[j]
            else:
                variance[i, i] = np.sqrt(variance[i, i])
                tail[i] /= variance[i, i]
        total += tail[i] * tail[i]
    return total
