"""Scores of probability forecasts: smaller is better, and honest forecasts score best."""

import numpy as np

from helpers.stats.checks import InputError


def pinball_loss(*, quantile: np.ndarray | float, outcome: np.ndarray | float, level: np.ndarray | float) -> np.ndarray:
    """Score quantile forecasts.

    Parameters
    ----------
    quantile : numpy.ndarray or float, shape (...)
        Forecast quantiles.
    outcome : numpy.ndarray or float, shape (...)
        What came, in the same unit.
    level : numpy.ndarray or float, shape (...)
        Levels of the quantiles, in (0, 1).

    Returns
    -------
    numpy.ndarray, shape (...)
        ``level * (outcome - quantile)`` where the outcome is higher, ``(1 - level) * (quantile - outcome)`` where it
        is lower.

    Raises
    ------
    InputError
        A level outside (0, 1).

    References
    ----------
    Koenker and Bassett (1978), Econometrica 46, 33-50; Gneiting (2011), International Journal of Forecasting 27,
    197-207.
    """
    levels = np.asarray(level, dtype=float)
    if np.any((levels <= 0) | (levels >= 1)):
        raise InputError(f"level must lie between 0 and 1, found {level!r}.")
    miss = np.asarray(outcome, dtype=float) - quantile
    return np.maximum(levels * miss, (levels - 1) * miss)


def brier_score(*, probability: np.ndarray | float, happened: np.ndarray | bool) -> np.ndarray:
    """Score probabilities of events.

    Parameters
    ----------
    probability : numpy.ndarray or float, shape (...)
        Forecast probabilities, in [0, 1].
    happened : numpy.ndarray or bool, shape (...)
        Whether the events came.

    Returns
    -------
    numpy.ndarray, shape (...)
        Squared distance from 1 where the event came, from 0 where it did not; 0.25 for a coin.

    Raises
    ------
    InputError
        A probability outside [0, 1].

    References
    ----------
    Brier (1950), Monthly Weather Review 78, 1-3.
    """
    chances = np.asarray(probability, dtype=float)
    if np.any((chances < 0) | (chances > 1)):
        raise InputError(f"probability must lie between 0 and 1, found {probability!r}.")
    return (chances - np.asarray(happened, dtype=float)) ** 2


def crps(*, sample: np.ndarray, outcome: float) -> float:
    """Score a distribution given by a sample, in the unit of the outcome.

    Parameters
    ----------
    sample : numpy.ndarray, shape (m,)
        Draws from the forecast distribution, at least two.
    outcome : float
        What came.

    Returns
    -------
    float
        Mean distance of the draws from the outcome, less half the mean distance between two different draws. The
        second mean leaves out each draw's distance from itself, so that few draws are not punished for being few.

    Raises
    ------
    InputError
        Fewer than two draws.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102, 359-378, eq. 21;
    Ferro (2014), Quarterly Journal of the Royal Meteorological Society 140, 1917-1923 (few draws).
    """
    ordered = _draws(sample)
    size = ordered.size
    # The sum of all distances between two draws is the sum of each ordered draw times its rank's balance.
    balance = 2 * np.arange(1, size + 1) - size - 1
    between = 2 * (balance @ ordered) / (size * (size - 1))
    return float(np.abs(ordered - outcome).mean() - between / 2)


def place(*, sample: np.ndarray, outcome: float) -> float:
    """Place an outcome in a distribution given by a sample (probability integral transform).

    Parameters
    ----------
    sample : numpy.ndarray, shape (m,)
        Draws from the forecast distribution, at least two.
    outcome : float
        What came.

    Returns
    -------
    float
        Share of draws below the outcome, draws equal to it counted half; uniform over [0, 1] for honest forecasts.

    Raises
    ------
    InputError
        Fewer than two draws.

    References
    ----------
    Dawid (1984), Journal of the Royal Statistical Society A 147, 278-292.
    """
    draws = _draws(sample)
    return float(np.mean(draws < outcome) + np.mean(draws == outcome) / 2)


def _draws(sample: np.ndarray) -> np.ndarray:
    """Finite draws in order."""
    draws = np.sort(np.asarray(sample, dtype=float))
    if draws.size < 2 or not np.isfinite(draws).all():
        raise InputError(f"A distribution needs at least two finite draws, found {draws.size}.")
    return draws
