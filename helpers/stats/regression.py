"""Least squares for tests of blocks of regressors: partialled-out Wald statistics and their wild bootstrap.

Everything is computed in an orthonormal basis of the regressors (restricted ones first), in which the Wald statistic
of the tested block is a quadratic form in ``q`` scores and needs no matrix inverse of the data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import stats

from helpers.stats.checks import InputError, require_choice, require_count

Covariance = Literal["nonrobust", "HC3", "HAC"]


def newey_west_lags(nobs: int) -> int:
    """Give the bandwidth ``floor(4 (n / 100)^(2/9))`` of the Bartlett kernel."""
    return int(4 * (nobs / 100) ** (2 / 9))


def score_kernels(basis: np.ndarray, q: int, covariance: Covariance) -> list[tuple[int, np.ndarray]]:
    """Prepare the covariance of the scores of the last columns of an orthonormal basis."""
    require_choice(covariance, name="covariance", options=get_args(Covariance))
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
    """Estimate the covariance of the scores for each row of residuals."""
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


_COLLINEAR = 1e-9
_ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Fit:
    """A regression in an orthonormal basis, with the tested regressors last.

    Parameters
    ----------
    basis : shape (n, k)
        Orthonormal columns that span the regressors; the last ``q`` span the tested ones net of the restricted ones.
    triangle : shape (q, q)
        Upper triangle that turns tested coefficients into scores: ``triangle @ coefficients = scores``.
    scores : shape (q,), inner products of the tested part of the basis with the dependent variable
    residuals, restricted_residuals : shape (n,), with and without the tested regressors
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
    statistic, df
        Quadratic form of the coefficients in the inverse of their covariance, divided by ``q``; ``(q, n - k)``.
    pvalue, draws : upper tail of the F distribution with these degrees of freedom; statistics under the null
    coefficients : shape (q,), least-squares coefficients of the tested regressors
    covariance : shape (q, q), their estimated covariance
    ssr, ssr_restricted : sums of squared residuals with and without the tested regressors
    """

    statistic: float
    df: tuple[int, int]
    pvalue: float
    draws: np.ndarray
    coefficients: np.ndarray
    covariance: np.ndarray
    ssr: float
    ssr_restricted: float

    @property
    def pvalue_bootstrap(self) -> float:
        """P-value from the draws; NaN without."""
        return bootstrap_pvalue(self.statistic, self.draws)

    @property
    def partial_r2_adjusted(self) -> float:
        """Share of the restricted residual variance that the block removes, corrected for degrees of freedom."""
        q, df = self.df
        return 1 - (self.ssr / df) / (self.ssr_restricted / (df + q))


def lag_matrix(values: np.ndarray, lags: int, *, drop: int | None = None) -> np.ndarray:
    """Set the lags of a series side by side."""
    require_count(lags, name="lags", least=1)
    start = min(lags if drop is None else drop, values.size)
    if start < lags:  # no row has all its lags
        return np.empty((0, lags))
    return np.column_stack([values[start - lag : values.size - lag] for lag in range(1, lags + 1)])


def collinear_column(design: np.ndarray) -> int | None:
    """Find the first regressor that the ones before it explain entirely."""
    norms = np.linalg.norm(design, axis=0)
    spread = np.linalg.norm(design - design.mean(axis=0), axis=0)
    pivots = np.abs(np.diag(np.linalg.qr(design, mode="r")))
    faults = np.flatnonzero(pivots <= _COLLINEAR * spread + _ROUNDING * norms)
    return int(faults[0]) if faults.size else None


def partial_out(y: np.ndarray, x_restricted: np.ndarray, x_tested: np.ndarray) -> Fit:
    """Regress on both blocks at once and keep what a test of the second block needs."""
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
    y: np.ndarray,
    x_restricted: np.ndarray,
    x_tested: np.ndarray,
    *,
    covariance: Covariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> WaldTest:
    """Test that the coefficients of a block of regressors are all zero, by the fixed-design wild bootstrap too."""
    fit = partial_out(y, x_restricted, x_tested)
    kernels = score_kernels(fit.basis, fit.df[0], covariance)
    meat = score_covariances(fit.residuals[None, :], kernels)[0]
    statistic = float(fit.scores @ np.linalg.solve(meat, fit.scores)) / fit.df[0]
    inverse = np.linalg.inv(fit.triangle)
    chunks = wild_bootstrap_scores(fit, covariance=covariance, reps=reps, seed=seed)
    return WaldTest(
        statistic=statistic,
        df=fit.df,
        pvalue=float(stats.f.sf(statistic, *fit.df)),
        draws=np.concatenate([np.empty(0), *(_quadratic_forms(*chunk) / fit.df[0] for chunk in chunks)]),
        coefficients=inverse @ fit.scores,
        covariance=inverse @ meat @ inverse.T,
        ssr=float(fit.residuals @ fit.residuals),
        ssr_restricted=float(fit.restricted_residuals @ fit.restricted_residuals),
    )


def wald_statistics(fit: Fit, errors: np.ndarray, *, covariance: Covariance = "HC3") -> np.ndarray:
    """Compute the Wald statistic of many dependent variables on the regressors of one fit."""
    kernels = score_kernels(fit.basis, fit.df[0], covariance)
    return _quadratic_forms(*_scores(fit, errors.copy(), kernels)) / fit.df[0]


def coefficient_test(
    y: np.ndarray, x: np.ndarray, column: int, *, covariance: Covariance = "HC3", reps: int = 0, seed: int | None = None
) -> dict[str, float]:
    """Test one coefficient given the others: 95 % t interval, p-values, and the size found with 80 % power at 5 %."""
    blocks = y, np.delete(x, column, axis=1), x[:, [column]]
    test = wald_test(*blocks, covariance=covariance, reps=reps, seed=seed)
    estimate, se = float(test.coefficients[0]), float(np.sqrt(test.covariance[0, 0]))
    reach = stats.t.ppf(0.975, test.df[1])
    return {
        "estimate": estimate,
        "se": se,
        "low": estimate - reach * se,
        "high": estimate + reach * se,
        "pvalue": test.pvalue,
        "pvalue_bootstrap": test.pvalue_bootstrap,
        "detectable": (reach + stats.norm.ppf(0.80)) * se,
    }


def coefficient_tests(
    y: np.ndarray, x: np.ndarray, *, covariance: Covariance = "HC3", reps: int = 0, seed: int | None = None
) -> tuple[list[dict[str, float]], float]:
    """Test each column after the constant given the others, and give the R2 of all."""
    every = wald_test(y, x[:, :1], x[:, 1:], covariance=covariance)
    columns = range(1, x.shape[1])
    tests = [coefficient_test(y, x, k, covariance=covariance, reps=reps, seed=seed) for k in columns]
    return tests, 1 - every.ssr / every.ssr_restricted


def wild_bootstrap_scores(
    fit: Fit, *, covariance: Covariance, reps: int, seed: int | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draw the scores and their estimated covariance under the null, a chunk at a time."""
    kernels = score_kernels(fit.basis, fit.df[0], covariance)
    for signs in sign_chunks(reps, fit.residuals.size, seed=seed):
        yield _scores(fit, np.where(signs, fit.restricted_residuals, -fit.restricted_residuals), kernels)


def bootstrap_pvalue(statistic: float, draws: np.ndarray) -> float:
    """Give the share of draws at least as large as the statistic, which itself counts as one; NaN without draws."""
    return float((1 + np.count_nonzero(draws >= statistic)) / (draws.size + 1)) if draws.size else np.nan


def random_signs(rng: np.random.Generator, reps: int, nobs: int) -> np.ndarray:
    """Draw Rademacher signs, one bit each, so that the stream does not depend on how draws are chunked."""
    words = rng.integers(0, 2**64 - 1, size=(reps, -(-nobs // 64)), dtype=np.uint64, endpoint=True)
    return np.unpackbits(words.astype("<u8").view(np.uint8), axis=1, count=nobs).view(bool)


def sign_chunks(reps: int, nobs: int, *, seed: int | None, rows: int = 2048) -> Iterator[np.ndarray]:
    """Draw Rademacher signs, shape (reps, nobs), some rows at a time."""
    rng = np.random.default_rng(seed)
    for done in range(0, reps, rows):
        yield random_signs(rng, min(rows, reps - done), nobs)


def _scores(fit: Fit, errors: np.ndarray, kernels: list[tuple[int, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Scores (b, q) and their covariances (b, q, q) from errors (b, n), which are overwritten by their residuals."""
    projections = errors @ fit.basis
    errors -= projections @ fit.basis.T
    return projections[:, -fit.df[0] :], score_covariances(errors, kernels)


def _quadratic_forms(scores: np.ndarray, meats: np.ndarray) -> np.ndarray:
    """Quadratic form of each row (B, q) in the inverse of its covariance (B, q, q)."""
    return np.einsum("bq,bq->b", scores, np.linalg.solve(meats, scores[:, :, None])[:, :, 0])


def sum_ahead(values: np.ndarray, horizon: int) -> np.ndarray:
    """Sum the next values after each one."""
    require_count(horizon, name="horizon", least=1)
    if values.shape[-1] <= horizon:
        raise InputError(f"{values.shape[-1]} rows hold no return over {horizon} periods: use a longer sample.")
    total = np.cumsum(values, axis=-1)
    return total[..., horizon:] - total[..., :-horizon]
