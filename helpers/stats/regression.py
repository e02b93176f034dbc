"""Least squares for tests of blocks of regressors: partialled-out Wald statistics and their wild bootstrap.

Everything is computed in an orthonormal basis of the regressors (restricted ones first), in which the Wald statistic
of the tested block is a quadratic form in ``q`` scores and needs no matrix inverse of the data.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.score_covariance import Covariance, score_covariances, score_kernels

_COLLINEAR = 1e-9
_ROUNDING = 1e-13
_CHUNK_ROWS = 2048


@dataclass(frozen=True, eq=False)
class Fit:
    """A regression in an orthonormal basis, with the tested regressors last.

    Parameters
    ----------
    basis : numpy.ndarray, shape (n, k)
        Orthonormal columns that span the regressors; the last ``q`` span the tested ones net of the restricted ones.
    triangle : numpy.ndarray, shape (q, q)
        Upper triangle that turns tested coefficients into scores: ``triangle @ coefficients = scores``.
    scores : numpy.ndarray, shape (q,)
        Inner products of the tested part of the basis with the dependent variable.
    residuals, restricted_residuals : numpy.ndarray, shape (n,)
        With and without the tested regressors.
    """

    basis: np.ndarray
    triangle: np.ndarray
    scores: np.ndarray
    residuals: np.ndarray
    restricted_residuals: np.ndarray

    @property
    def leverage(self) -> np.ndarray:
        """Weight of each row in its own fitted value, shape (n,)."""
        return np.einsum("ij,ij->i", self.basis, self.basis)

    @property
    def df(self) -> tuple[int, int]:
        """Tested restrictions ``q`` and residual degrees of freedom ``n - k``."""
        return self.scores.size, self.basis.shape[0] - self.basis.shape[1]


@dataclass(frozen=True, eq=False)
class WaldTest:
    """A Wald test that the tested coefficients are all zero, in F form.

    Parameters
    ----------
    statistic : float
        Quadratic form of the coefficients in the inverse of their covariance, divided by ``q``.
    df : tuple of int
        ``(q, n - k)``.
    pvalue : float
        Upper tail of the F distribution with these degrees of freedom.
    coefficients : numpy.ndarray, shape (q,)
        Least-squares coefficients of the tested regressors.
    covariance : numpy.ndarray, shape (q, q)
        Their estimated covariance.
    ssr, ssr_restricted : float
        Sums of squared residuals with and without the tested regressors.
    """

    statistic: float
    df: tuple[int, int]
    pvalue: float
    coefficients: np.ndarray
    covariance: np.ndarray
    ssr: float
    ssr_restricted: float


def lag_matrix(values: np.ndarray, lags: int, *, drop: int | None = None) -> np.ndarray:
    """Set the lags of a series side by side.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        The series, oldest first.
    lags : int
        Number of lags, at least 1.
    drop : int, optional
        Rows to leave out at the start, at least ``lags`` (the default); a larger number gives several lag lengths
        one common sample.

    Returns
    -------
    numpy.ndarray, shape (n - drop, lags)
        Column ``j`` holds lag ``j + 1``.

    Raises
    ------
    InputError
        ``lags`` is not a positive whole number, or the series is not longer than the rows to leave out.
    """
    require_count(lags, name="lags", least=1)
    start = lags if drop is None else drop
    if start >= values.size:
        raise InputError(f"{values.size} rows leave none after {start} lags: use a longer sample or fewer lags.")
    return np.column_stack([values[start - lag : values.size - lag] for lag in range(1, lags + 1)])


def collinear_column(design: np.ndarray) -> int | None:
    """Find the first regressor that the ones before it explain entirely.

    Parameters
    ----------
    design : numpy.ndarray, shape (n, k)
        Regressors, a constant first.

    Returns
    -------
    int or None
        Its position, or None where the regressors are linearly independent.
    """
    norms = np.linalg.norm(design, axis=0)
    spread = np.linalg.norm(design - design.mean(axis=0), axis=0)
    pivots = np.abs(np.diag(np.linalg.qr(design, mode="r")))
    faults = np.flatnonzero(pivots <= _COLLINEAR * spread + _ROUNDING * norms)
    return int(faults[0]) if faults.size else None


def partial_out(y: np.ndarray, x_restricted: np.ndarray, x_tested: np.ndarray) -> Fit:
    """Regress on both blocks at once and keep what a test of the second block needs.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        Dependent variable.
    x_restricted : numpy.ndarray, shape (n, k - q)
        Regressors that stay under the null, constant included.
    x_tested : numpy.ndarray, shape (n, q)
        Regressors whose coefficients are zero under the null.

    Returns
    -------
    Fit
        Basis, scores and residuals.

    Raises
    ------
    InputError
        The regressors reproduce the dependent variable, or one row of it, whatever its value.
    """
    k1 = x_restricted.shape[1]
    basis, triangle = np.linalg.qr(np.column_stack([x_restricted, x_tested]))
    projections = basis.T @ y
    restricted = y - basis[:, :k1] @ projections[:k1]
    scores = projections[k1:]
    fit = Fit(basis, triangle[k1:, k1:], scores, restricted - basis[:, k1:] @ scores, restricted)
    if np.linalg.norm(fit.residuals) <= _ROUNDING * np.linalg.norm(y):
        raise InputError("The regressors reproduce the dependent variable exactly: there is no error to test against.")
    if fit.leverage.max() > 1 - _COLLINEAR:
        raise InputError(f"Row {fit.leverage.argmax()} is fitted exactly (leverage one): drop the dummy that does so.")
    return fit


def wald_test(
    y: np.ndarray, x_restricted: np.ndarray, x_tested: np.ndarray, *, covariance: Covariance = "HC3"
) -> WaldTest:
    """Test that the coefficients of a block of regressors are all zero.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        Dependent variable.
    x_restricted : numpy.ndarray, shape (n, k - q)
        Regressors that stay under the null, constant included.
    x_tested : numpy.ndarray, shape (n, q)
        Regressors under test.
    covariance : {"HC3", "nonrobust", "HAC"}
        "nonrobust" gives the classical F; "HC3" allows for heteroskedasticity of any form; "HAC" adds autocorrelation
        (Bartlett kernel, bandwidth of `newey_west_lags`, factor n / (n - k)).

    Returns
    -------
    WaldTest
        Statistic in F form, p-value, coefficients and their covariance.

    Raises
    ------
    InputError
        Unknown covariance.

    References
    ----------
    MacKinnon and White (1985), Journal of Econometrics 29, 305-325, HC3 on p. 309;
    Newey and West (1987), Econometrica 55, 703-708.
    """
    fit = partial_out(y, x_restricted, x_tested)
    kernels = score_kernels(fit.basis, fit.df[0], covariance)
    meat = score_covariances(fit.residuals[None, :], kernels)[0]
    statistic = float(fit.scores @ np.linalg.solve(meat, fit.scores)) / fit.df[0]
    inverse = np.linalg.inv(fit.triangle)
    return WaldTest(
        statistic=statistic,
        df=fit.df,
        pvalue=float(stats.f.sf(statistic, *fit.df)),
        coefficients=inverse @ fit.scores,
        covariance=inverse @ meat @ inverse.T,
        ssr=float(fit.residuals @ fit.residuals),
        ssr_restricted=float(fit.restricted_residuals @ fit.restricted_residuals),
    )


def wald_statistics(fit: Fit, errors: np.ndarray, *, covariance: Covariance = "HC3") -> np.ndarray:
    """Compute the Wald statistic of many dependent variables on the regressors of one fit.

    Parameters
    ----------
    fit : Fit
        Of `partial_out`.
    errors : numpy.ndarray, shape (draws, n)
        Dependent variables, up to anything that the restricted regressors span.
    covariance : {"HC3", "nonrobust", "HAC"}
        As in `wald_test`.

    Returns
    -------
    numpy.ndarray, shape (draws,)
        Statistics in F form.

    Raises
    ------
    InputError
        Unknown covariance.
    """
    kernels = score_kernels(fit.basis, fit.df[0], covariance)
    return _quadratic_forms(*_scores(fit, errors.copy(), kernels)) / fit.df[0]


def wild_bootstrap_wald(
    y: np.ndarray,
    x_restricted: np.ndarray,
    x_tested: np.ndarray,
    *,
    covariance: Covariance = "HC3",
    reps: int,
    seed: int | None = None,
) -> np.ndarray:
    """Draw the Wald statistic under its null by the fixed-design wild bootstrap.

    Each draw keeps the regressors and the restricted fit, gives every restricted residual a random sign and computes
    the statistic with the covariance of the test. The same seed and number of rows give the same signs for any
    regressors, which is what a maximum over several tests needs.

    Parameters
    ----------
    y, x_restricted, x_tested, covariance
        As in `wald_test`.
    reps : int
        Number of draws.
    seed : int, optional
        Of the signs.

    Returns
    -------
    numpy.ndarray, shape (draws,)
        Statistics in F form.

    Notes
    -----
    The restricted fit lies in the span of the regressors, so that a draw needs only its signed residuals ``e``: scores
    ``e' Q2``, residuals ``e - Q Q'e``, and for HC3 the ``q (q + 1) / 2`` distinct elements of the covariance of the
    scores as one product of squared residuals with weighted products of columns of ``Q2``.

    References
    ----------
    Davidson and Flachaire (2008), Journal of Econometrics 146, 162-169 (Rademacher signs, restricted residuals);
    Goncalves and Kilian (2004), Journal of Econometrics 123, 89-120, section 3.2 (fixed design).
    """
    fit = partial_out(y, x_restricted, x_tested)
    return np.concatenate(
        [
            _quadratic_forms(scores, meats) / fit.df[0]
            for scores, meats in wild_bootstrap_scores(fit, covariance=covariance, reps=reps, seed=seed)
        ]
    )


def wild_bootstrap_scores(
    fit: Fit, *, covariance: Covariance, reps: int, seed: int | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draw the scores and their estimated covariance under the null, a chunk at a time.

    Parameters
    ----------
    fit : Fit
        Of `partial_out`.
    covariance, draws, seed
        As in `wild_bootstrap_wald`.

    Yields
    ------
    scores : numpy.ndarray, shape (b, q)
        One row per draw.
    meats : numpy.ndarray, shape (b, q, q)
        Their covariances, each estimated from the draw.
    """
    kernels = score_kernels(fit.basis, fit.df[0], covariance)
    rng = np.random.default_rng(seed)
    for done in range(0, reps, _CHUNK_ROWS):
        signs = random_signs(rng, min(_CHUNK_ROWS, reps - done), fit.residuals.size)
        yield _scores(fit, np.where(signs, fit.restricted_residuals, -fit.restricted_residuals), kernels)


def bootstrap_pvalue(statistic: float, draws: np.ndarray) -> float:
    """Give the share of draws at least as large as the statistic, which itself counts as one.

    Parameters
    ----------
    statistic : float
        Observed value.
    draws : numpy.ndarray, shape (B,)
        Values under the null.

    Returns
    -------
    float
        ``(1 + #{draw >= statistic}) / (B + 1)``.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, eq. 4.11, p. 148.
    """
    return float((1 + np.count_nonzero(draws >= statistic)) / (draws.size + 1))


def random_signs(rng: np.random.Generator, reps: int, nobs: int) -> np.ndarray:
    """Draw Rademacher signs, one bit each, so that the stream does not depend on how draws are chunked.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of bits, advanced by whole 64-bit words per draw.
    draws, nobs : int
        Rows and columns.

    Returns
    -------
    numpy.ndarray of bool, shape (draws, nobs)
        True where the sign is kept.
    """
    words = rng.integers(0, 2**64 - 1, size=(reps, -(-nobs // 64)), dtype=np.uint64, endpoint=True)
    return np.unpackbits(words.astype("<u8").view(np.uint8), axis=1, count=nobs).view(bool)


def _scores(fit: Fit, errors: np.ndarray, kernels: list[tuple[int, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Scores (b, q) and their covariances (b, q, q) from errors (b, n), which are overwritten by their residuals."""
    projections = errors @ fit.basis
    errors -= projections @ fit.basis.T
    return projections[:, -fit.df[0] :], score_covariances(errors, kernels)


def _quadratic_forms(scores: np.ndarray, meats: np.ndarray) -> np.ndarray:
    """Quadratic form of each row (B, q) in the inverse of its covariance (B, q, q)."""
    return np.einsum("bq,bq->b", scores, np.linalg.solve(meats, scores[:, :, None])[:, :, 0])
