"""All windows of one regression at once: their statistics, and the largest of each end point under the null."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from helpers.stats.granger import Design
from helpers.stats.regression import sign_chunks

LOGGER = logging.getLogger(__name__)
_DRAWS = 128


@dataclass(frozen=True, eq=False)
class Sweep:
    """A regression made ready for all of its windows.

    Parameters
    ----------
    data : shape (k + 1, n)
        Regressors in an orthogonal basis of unit mean square, the ``q`` tested ones last, then the restricted residual.
    tested : ``q``
    first, last : shape (ends,), first and last start of the windows of each end point
    ends : shape (ends,), row after the last of each window
    """

    data: np.ndarray
    tested: int
    first: np.ndarray
    last: np.ndarray
    ends: np.ndarray

    @property
    def windows(self) -> int:
        """How many windows there are."""
        return int((self.last - self.first + 1).sum())


def prepare_sweep(design: Design, *, min_window: int, scheme: str) -> Sweep:
    """Orthonormalise a regression and list its windows of `min_window` rows or more.

    The scheme "recursive" takes all starts for each end, "rolling" the latest start only, "forward" the first row only.
    """
    n, k1 = design.x_restricted.shape
    basis = np.linalg.qr(np.column_stack([design.x_restricted, design.x_tested]))[0]
    residual = design.y - basis[:, :k1] @ (basis[:, :k1].T @ design.y)
    data = np.vstack([basis.T * np.sqrt(n), residual * np.sqrt(n) / np.linalg.norm(residual)])
    ends = np.arange(min_window, n + 1)
    first = ends - min_window if scheme == "rolling" else np.zeros_like(ends)
    last = np.zeros_like(ends) if scheme == "forward" else ends - min_window
    return Sweep(np.ascontiguousarray(data), design.lags, first, last, ends)


def window_statistics(sweep: Sweep, *, covariance: str) -> np.ndarray:
    """Compute the F-form Granger statistic of every window.

    The covariance is that of each window's own residuals ("nonrobust", "HC3"), or takes the restricted residuals of
    the full sample ("HCR").

    Returns
    -------
    numpy.ndarray, shape (ends, starts)
        Row by end point, column by start; NaN where there is no window or its regressors are collinear.
    """
    from helpers.stats import window_kernels as kernels

    out = np.full((sweep.ends.size, int(sweep.last.max()) + 1), np.nan)
    data, moments = sweep.data, _cumulated_pairs(sweep.data)
    if covariance == "nonrobust":
        columns = np.ascontiguousarray(np.pad(moments, ((0, kernels.LANES), (0, 0))).T)
        _visit(kernels.classical_kernel, (columns,), sweep, out)
    elif covariance == "HC3":
        data, pairs = (np.pad(rows, ((0, -len(rows) % 4), (0, 0))) for rows in (data, _pairs(data)))
        _visit(kernels.robust_kernel, (data, pairs, moments), sweep, out)
    else:
        _visit(kernels.restricted_kernel, (_cumulated_squares(data), moments), sweep, out)
    return out


def bootstrap_suprema(sweep: Sweep, *, covariance: str, reps: int, seed: int | None) -> np.ndarray:
    """Draw the largest statistic at every end point under the null by a wild bootstrap of the whole sweep.

    Every draw gives random signs to the restricted residuals of the full sample, keeps the regressors, and computes
    the statistic ("nonrobust" or "HCR") of every window.

    Returns
    -------
    numpy.ndarray, shape (draws, ends)
        Maxima over the starts of each end point.
    """
    from helpers.stats import window_kernels as kernels

    data, moments, k = sweep.data, _cumulated_pairs(sweep.data), sweep.data.shape[0] - 1
    kernel: Any = kernels.classical_bootstrap_kernel
    known: tuple[np.ndarray, ...] = (moments,)
    if covariance == "HCR":
        kernel, known = kernels.restricted_bootstrap_kernel, (_cumulated_squares(data), moments)
    blocks = []
    for signs in sign_chunks(reps, data.shape[1], seed=seed, rows=_DRAWS):
        residuals = np.where(signs, data[-1], -data[-1])
        signed = _cumulated(data[:k].T[:, :, None] * residuals.T[:, None, :])
        blocks.append(np.empty((sweep.ends.size, len(signs))))
        _visit(kernel, (*known, signed), sweep, blocks[-1])
    return np.hstack(blocks).T


def _pairs(data: np.ndarray, rows: int = -1) -> np.ndarray:
    """Products of pairs of the first rows, packed, by default of all but the last, shape (k (k + 1) / 2, n)."""
    i, j = np.tril_indices(data.shape[0] + rows)
    return data[i] * data[j]


def _cumulated(values: np.ndarray) -> np.ndarray:
    out = np.zeros((len(values) + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=out[1:])
    return out


def _cumulated_pairs(data: np.ndarray) -> np.ndarray:
    """Cumulated products of pairs of all rows, packed, shape (n + 1, (k + 1) (k + 2) / 2)."""
    return _cumulated(_pairs(data, 0).T)


def _cumulated_squares(data: np.ndarray) -> np.ndarray:
    """Cumulated products of pairs of regressors and the squared residual, shape (n + 1, k (k + 1) / 2)."""
    return _cumulated((_pairs(data) * data[-1] ** 2).T)


def _visit(kernel: Callable[..., None], inputs: tuple[np.ndarray, ...], sweep: Sweep, out: np.ndarray) -> None:
    """Let threads share the end points, each taking every so-manieth, so that all have the same work."""
    import numba

    _announce(kernel)
    threads = numba.get_num_threads()
    plan = (sweep.ends, sweep.first, sweep.last)
    visit = partial(kernel, *inputs, sweep.data.shape[0] - 1, sweep.tested, plan)
    shares = [np.arange(offset, sweep.ends.size, threads) for offset in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(visit, shares, [out] * threads))


def _announce(kernel: Any) -> None:
    """Say that a kernel has to be compiled, where neither this session nor the cache holds it."""
    name = kernel.__name__
    if not kernel.signatures and not any(Path(kernel.stats.cache_path).glob(f"*{name}-*.nbi")):
        LOGGER.info("Compiling %s: the first call takes some seconds, later ones and later sessions do not.", name)
