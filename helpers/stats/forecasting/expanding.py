"""Expanding least squares on one predictor: forecasts that use only what was known, for data and draws alike."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index
from helpers.stats.regression import random_signs, sum_ahead

MIN_FORECASTS = 20


@dataclass(frozen=True, eq=False)
class ExpandingDesign:
    """What expanding least squares on one predictor needs of the predictor.

    Parameters
    ----------
    predictor : numpy.ndarray, shape (n,)
        Predictor; week t is known in week t.
    horizon : int
        Weeks of the predicted return.
    first : int
        Complete pairs of predictor and return before the first forecast.
    """

    predictor: np.ndarray
    horizon: int
    first: int

    @property
    def made(self) -> np.ndarray:
        """Positions of the weeks in which a forecast is made, the last ``horizon`` of them not due in the sample."""
        return np.arange(self.first + self.horizon - 1, self.predictor.size)

    @property
    def due(self) -> int:
        """Forecasts whose outcome is in the sample."""
        return max(self.predictor.size - 2 * self.horizon - self.first + 1, 0)

    def forecast(self, returns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Forecast the return over the next weeks in every week, by the past mean and by regression on the predictor.

        In week t the last complete pair is predictor t - h with the return over the h weeks that end in t.

        Parameters
        ----------
        returns : numpy.ndarray, shape (..., n)
            Weekly returns.

        Returns
        -------
        benchmark, model : numpy.ndarray, shape (..., n - first - horizon + 1)
            Forecasts in the weeks `made`.
        """
        ahead = sum_ahead(returns, self.horizon)
        flat = np.ascontiguousarray(ahead.reshape(-1, ahead.shape[-1]))
        benchmark, model = _expanding(flat, self.predictor, self.horizon, self.first)
        shape = (*ahead.shape[:-1], self.made.size)
        return benchmark.reshape(shape), model.reshape(shape)

    def errors(self, returns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Compare the forecasts that are due with what came.

        Parameters
        ----------
        returns : numpy.ndarray, shape (..., n)
            Weekly returns.

        Returns
        -------
        benchmark, model : numpy.ndarray, shape (..., due)
            Outcome less forecast.
        """
        actual = sum_ahead(returns, self.horizon)[..., self.first + self.horizon - 1 :]
        benchmark, model = (forecast[..., : self.due] for forecast in self.forecast(returns))
        return actual - benchmark, actual - model


def expanding_design(
    *, effect: pd.Series, cause: pd.Series, horizon: int, first: int
) -> tuple[np.ndarray, ExpandingDesign]:
    """Check the series and prepare expanding regressions.

    Parameters
    ----------
    effect, cause, horizon, first
        As in `out_of_sample`.

    Returns
    -------
    returns : numpy.ndarray, shape (n,)
        Weekly returns.
    design : ExpandingDesign
        Of the predictor.

    Raises
    ------
    InputError
        As in `out_of_sample`.
    """
    require_count(horizon, name="horizon", least=1)
    require_count(first, name="first", least=52)
    returns, predictor = require_clean(effect, role="effect"), require_clean(cause, role="cause")
    require_same_index(effect, cause)
    if returns.size < first + horizon:
        raise InputError(
            f"{returns.size} rows hold no forecast after {first} pairs over {horizon} weeks: start earlier."
        )
    return returns, ExpandingDesign(predictor, horizon, first)


def unpredictable(returns: np.ndarray, reps: int, seed: int | None, *, rows: int = 250) -> list[np.ndarray]:
    """Draw returns that nothing predicts: those of the data less their mean, with random signs.

    Parameters
    ----------
    returns : numpy.ndarray, shape (n,)
        Weekly returns.
    reps : int
        Number of draws.
    seed : int or None
        Of the signs.
    rows : int
        Draws in one block.

    Returns
    -------
    list of numpy.ndarray, shape (at most rows, n)
        The draws, in blocks.
    """
    rng = np.random.default_rng(seed)
    moves = returns - returns.mean()
    sizes = [min(rows, reps - done) for done in range(0, reps, rows)]
    return [np.where(random_signs(rng, size, moves.size), moves, -moves) for size in sizes]


@njit(cache=True)
def _expanding(ahead: np.ndarray, predictor: np.ndarray, horizon: int, first: int) -> tuple[np.ndarray, np.ndarray]:
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
