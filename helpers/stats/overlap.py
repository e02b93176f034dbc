"""Returns over several weeks, which overlap from one week to the next."""

import numpy as np

from helpers.stats.checks import InputError, require_count


def sum_ahead(values: np.ndarray, horizon: int) -> np.ndarray:
    """Sum the next values after each one.

    Parameters
    ----------
    values : numpy.ndarray, shape (..., n)
        One-period values, oldest first along the last axis.
    horizon : int
        Periods to add up.

    Returns
    -------
    numpy.ndarray, shape (..., n - horizon)
        At position t the sum of the values t + 1 to t + horizon; the last ``horizon`` positions have none yet.

    Raises
    ------
    InputError
        The horizon is not a whole number of at least 1, or there are no more values than that.
    """
    require_count(horizon, name="horizon", least=1)
    if values.shape[-1] <= horizon:
        raise InputError(f"{values.shape[-1]} rows hold no return over {horizon} periods: use a longer sample.")
    total = np.cumsum(values, axis=-1)
    return total[..., horizon:] - total[..., :-horizon]
