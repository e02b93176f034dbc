"""Covariance of regression scores: homoskedastic, heteroskedastic (HC3), heteroskedastic and autocorrelated (HAC).

Every estimate is linear in products of residuals, so that the covariances of thousands of bootstrap draws are one
matrix product of their residuals with a fixed kernel.
"""

from typing import Literal, get_args

import numpy as np

from helpers.stats.checks import InputError

Covariance = Literal["nonrobust", "HC3", "HAC"]


def newey_west_lags(nobs: int) -> int:
    """Give the bandwidth ``floor(4 (n / 100)^(2/9))`` of the Bartlett kernel.

    Parameters
    ----------
    nobs : int
        Observations.

    Returns
    -------
    int
        Lags of the residual scores that enter the covariance.

    References
    ----------
    Newey and West (1994), Review of Economic Studies 61, 631-653, with the customary constant 4.
    """
    return int(4 * (nobs / 100) ** (2 / 9))


def score_kernels(basis: np.ndarray, q: int, covariance: Covariance) -> list[tuple[int, np.ndarray]]:
    """Prepare the covariance of the scores of the last columns of an orthonormal basis.

    Parameters
    ----------
    basis : numpy.ndarray, shape (n, k)
        Orthonormal columns that span the regressors.
    q : int
        How many of the last columns are tested.
    covariance : {"HC3", "nonrobust", "HAC"}
        "HAC" has a Bartlett kernel with the bandwidth of `newey_west_lags` and the factor n / (n - k).

    Returns
    -------
    list of (int, numpy.ndarray of shape (n - lag, q (q + 1) / 2))
        Products of residuals ``lag`` apart, times the matrix, summed over the list, give the upper triangle of the
        covariance.

    Raises
    ------
    InputError
        Unknown covariance.

    References
    ----------
    MacKinnon and White (1985), Journal of Econometrics 29, 305-325, HC3 on p. 309;
    Newey and West (1987), Econometrica 55, 703-708.
    """
    if covariance not in get_args(Covariance):
        raise InputError(f"covariance must be one of {', '.join(get_args(Covariance))}, found {covariance!r}.")
    n, k = basis.shape
    tested = basis[:, -q:]
    if covariance == "nonrobust":
        return [(0, np.broadcast_to(np.eye(q)[np.triu_indices(q)] / (n - k), (n, q * (q + 1) // 2)))]
    if covariance == "HC3":
        leverage = np.einsum("ij,ij->i", basis, basis)
        return [(0, _products(tested, tested) / 2 / (1 - leverage[:, None]) ** 2)]
    bandwidth, factor = newey_west_lags(n), n / (n - k)
    lagged = [
        (lag, _products(tested[lag:], tested[: n - lag]) * factor * (1 - lag / (bandwidth + 1)))
        for lag in range(1, bandwidth + 1)
    ]
    return [(0, _products(tested, tested) / 2 * factor), *lagged]


def score_covariances(residuals: np.ndarray, kernels: list[tuple[int, np.ndarray]]) -> np.ndarray:
    """Estimate the covariance of the scores for each row of residuals.

    Parameters
    ----------
    residuals : numpy.ndarray, shape (B, n)
        One regression, or one draw, a row.
    kernels : list of (int, numpy.ndarray)
        Of `score_kernels`.

    Returns
    -------
    numpy.ndarray, shape (B, q, q)
        Symmetric matrices.
    """
    n, pairs = residuals.shape[1], kernels[0][1].shape[1]
    q = int(np.sqrt(2 * pairs))
    packed = sum((residuals[:, lag:] * residuals[:, : n - lag]) @ kernel for lag, kernel in kernels)
    covariances = np.empty((residuals.shape[0], q, q))
    i, j = np.triu_indices(q)
    covariances[:, i, j] = packed
    covariances[:, j, i] = packed
    return covariances


def _products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Upper triangles of ``left_t right_t' + right_t left_t'``, one row per t."""
    i, j = np.triu_indices(left.shape[1])
    return left[:, i] * right[:, j] + left[:, j] * right[:, i]
