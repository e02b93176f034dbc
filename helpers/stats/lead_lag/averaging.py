"""What averaging within a period does to the changes of a random walk."""

import numpy as np
import pandas as pd

from helpers.stats.granger import granger_test


def working_autocorrelation(days: int) -> float:
    """Give the first-order autocorrelation of changes of period averages of a random walk.

    Parameters
    ----------
    days : int
        Observations averaged in each period, at least 1.

    Returns
    -------
    float
        (m^2 - 1) / (2 (2 m^2 + 1)): 0 for m = 1, 1/4 for large m.

    References
    ----------
    Working, H. (1960). Note on the correlation of first differences of averages in a random chain. Econometrica 28(4),
    916-918.
    """
    return (days**2 - 1) / (2 * (2 * days**2 + 1))


def averaging_partial_r2(days: int, correlation: float) -> float:
    """Give how well month-end prices seem to predict month averages of another random walk that they do not lead.

    Parameters
    ----------
    days : int
        Days a month.
    correlation : float
        Of the daily changes of the two walks, within the same day only.

    Returns
    -------
    float
        Population partial R2 of last month's month-end change of one walk for this month's change of the average of
        the other, given last month's.

    Notes
    -----
    With unit daily variance, m days and averages ``a``, month-end changes ``x``: ``var a = (2 m^2 + 1) / (3 m)``,
    ``cov(a, a_-1) = (m^2 - 1) / (6 m)``, ``var x = m``, ``cov(a, x_-1) = r (m - 1) / 2``,
    ``cov(a_-1, x_-1) = r (m + 1) / 2``.

    References
    ----------
    Working, H. (1960). Note on the correlation of first differences of averages in a random chain. Econometrica 28(4),
    916-918.
    """
    m, r = days, correlation
    variance, persistence = (2 * m**2 + 1) / (3 * m), working_autocorrelation(m)
    own, lead = r * (m + 1) / 2, r * (m - 1) / 2
    left_effect = variance * (1 - persistence**2)
    left_cause = m - own**2 / variance
    return (lead - persistence * own) ** 2 / (left_effect * left_cause)


def averaging_f_statistics(
    *, days: int = 21, months: int, correlation: float, reps: int, seed: int | None = None
) -> np.ndarray:
    """Simulate the Granger F statistic of month ends for month averages of walks that do not lead each other.

    Parameters
    ----------
    days, months : int
        Days a month; months.
    correlation : float
        Of daily changes within the same day.
    reps : int
        Pairs.
    seed : int, optional
        Of the simulation.

    Returns
    -------
    numpy.ndarray, shape (draws,)
        Classical F at one lag.
    """
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((2, reps, months * days))
    steps[1] = correlation * steps[0] + np.sqrt(1 - correlation**2) * steps[1]
    leader, follower = np.cumsum(steps, axis=2).reshape(2, reps, months, days)
    ends, averages = pd.DataFrame(np.diff(leader[:, :, -1]).T), pd.DataFrame(np.diff(follower.mean(axis=2)).T)
    tests = (granger_test(effect=averages[i], cause=ends[i], lags=1, covariance="nonrobust") for i in range(reps))
    return np.array([test.statistic for test in tests])
