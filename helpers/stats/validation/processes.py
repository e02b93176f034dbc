"""Pairs of unrelated series on which a test must reject as often as it says: what its size is measured on."""

from typing import Literal, get_args

import numpy as np

from helpers.stats.checks import InputError, require_count

Process = Literal["iid", "garch", "spillover", "common_volatility"]

_BURN_IN = 200


def unrelated_pairs(*, process: Process, n: int, reps: int, seed: int) -> np.ndarray:
    """Simulate pairs whose levels say nothing about each other, whatever their volatilities do.

    Parameters
    ----------
    process : {"iid", "garch", "spillover", "common_volatility"}
        "iid": normal. "garch": each has its own variance ``.05 + .10 e^2 + .85 h``. "spillover": the variance of the
        second is ``.1 + .6 e^2 + .3 h`` of the first's squared value of the period before, the first is
        ``.1 + .3 e^2 + .6 h`` of its own. "common_volatility": both share a log variance that is a first-order
        autoregression with coefficient .97 and innovations of standard deviation .25.
    n, draws : int
        Length and number of pairs.
    seed : int
        Of the simulation.

    Returns
    -------
    numpy.ndarray, shape (draws, n, 2)
        Martingale differences, unrelated in mean.

    Raises
    ------
    InputError
        Unknown process.
    """
    require_count(n, name="n", least=1)
    require_count(reps, name="reps", least=1)
    if process not in get_args(Process):
        raise InputError(f"process must be one of {', '.join(get_args(Process))}, found {process!r}.")
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((n + _BURN_IN, reps, 2))
    values = normal * np.sqrt(_variances(normal, process, rng))
    return np.ascontiguousarray(values[_BURN_IN:].transpose(1, 0, 2))


def _variances(normal: np.ndarray, process: Process, rng: np.random.Generator) -> np.ndarray:
    """Variance of each value given the past; shape (periods, draws, 2)."""
    variance = np.ones_like(normal)
    if process == "common_volatility":
        log_variance = np.zeros(normal.shape[1])
        for t, innovation in enumerate(0.25 * rng.standard_normal(normal.shape[:2])):
            log_variance = 0.97 * log_variance + innovation
            variance[t] = np.exp(log_variance)[:, None]
    elif process != "iid":
        constant, shock, persistence, source = {
            "garch": (0.05, np.array([0.10, 0.10]), np.array([0.85, 0.85]), [0, 1]),
            "spillover": (0.10, np.array([0.3, 0.6]), np.array([0.6, 0.3]), [0, 0]),
        }[process]
        for t in range(1, len(normal)):
            squared = normal[t - 1] ** 2 * variance[t - 1]
            variance[t] = constant + shock * squared[:, source] + persistence * variance[t - 1]
    return variance
