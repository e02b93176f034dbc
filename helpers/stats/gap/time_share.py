"""How often something holds over time, with an interval that knows how few separate cases there were."""

from dataclasses import dataclass

import numpy as np
from arch.bootstrap import optimal_block_length
from scipy.stats import beta

from helpers.stats.checks import InputError

OVERLAP_GAIN = 1.5


@dataclass(frozen=True, kw_only=True)
class TimeShare:
    """Share of weeks in which something held.

    Parameters
    ----------
    share : float
        In [0, 1].
    low, high : float
        Interval of the share.
    level : float
        Its nominal coverage.
    count, nobs : int
        Weeks in which it held, and all weeks.
    effective : float
        Number of independent weeks that would tell as much.
    """

    share: float
    low: float
    high: float
    level: float
    count: int
    nobs: int
    effective: float


def time_share(hits: np.ndarray, *, window: int, level: float = 0.90) -> TimeShare:
    """Give the share of weeks in which something held, when each week looks back over the same window.

    The variance of the share is that of the stationary bootstrap, which has a closed form. With rare events its
    percentile interval covers far too seldom (see Notes), so the variance is turned into an effective number of
    independent weeks, for which the exact binomial interval is taken.

    Parameters
    ----------
    hits : numpy.ndarray of bool, shape (n,)
        Whether it held, oldest first.
    window : int
        Weeks that each value looks back over; 1 where values do not overlap.
    level : float
        Coverage.

    Returns
    -------
    TimeShare
        Share, interval, counts.

    Raises
    ------
    InputError
        Fewer than two weeks, or a window below 1.

    Notes
    -----
    The block is the longer of the window and the length of Patton, Politis and White (2009). The effective number is
    held to at most 3/2 times the number of windows that do not overlap, the most that overlapping can add for a mean;
    where nothing or everything hit it is the number of windows. In 400 samples of 800 and 1,300 weeks, windows of 13,
    26 and 52 weeks and true shares of 1 to 50 %, the 90 % interval covered in 89 to 99 % of samples, and the
    percentile interval of the stationary bootstrap in 72 to 82 %.

    References
    ----------
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American Statistical Association
    89, 1303-1313, lemma 1. Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small
    expected number of positive counts estimated from survey data. Survey Methodology 24, 193-201.
    """
    if len(hits) < 2 or window < 1:
        raise InputError(f"{len(hits)} weeks with a window of {window}: two weeks and a window of 1 are the least.")
    values = np.asarray(hits, dtype=float)
    share, windows = float(values.mean()), len(values) / window
    effective = max(1.0, windows)
    if 0 < share < 1:
        block = max(window, float(optimal_block_length(values)["stationary"].iloc[0]))
        alike = len(values) * share * (1 - share) / stationary_variance(values, block=block)
        effective = max(1.0, min(alike, OVERLAP_GAIN * windows, len(values)))
    low, high = _binomial_interval(share * effective, effective, level=level)
    count = int(values.sum())
    return TimeShare(
        share=share, low=low, high=high, level=level, count=count, nobs=len(values), effective=float(effective)
    )


def stationary_variance(values: np.ndarray, *, block: float) -> float:
    """Give n times the variance of the mean under the stationary bootstrap, without drawing.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Values, oldest first.
    block : float
        Mean block length, at least 1.

    Returns
    -------
    float
        ``C(0) + 2 * sum_i b(i) C(i)`` with the sample autocovariances C (divisor n) and
        ``b(i) = (1 - i/n) (1 - p)^i + (i/n) (1 - p)^(n - i)``, ``p = 1 / block``.

    References
    ----------
    Politis and Romano (1994), lemma 1.
    """
    n = len(values)
    spectrum = np.abs(np.fft.rfft(values - values.mean(), 2 * n)) ** 2
    covariances = np.fft.irfft(spectrum)[:n] / n
    lag, stay = np.arange(n), 1 - 1 / block
    weights = (1 - lag / n) * stay**lag + lag / n * stay ** (n - lag)
    return float(covariances[0] + 2 * np.sum(weights[1:] * covariances[1:]))


def _binomial_interval(hits: float, nobs: float, *, level: float) -> tuple[float, float]:
    """Give the Clopper-Pearson interval, also for counts that are not whole."""
    tail = (1 - level) / 2
    low = beta.ppf(tail, hits, nobs - hits + 1) if hits > 0 else 0.0
    high = beta.ppf(1 - tail, hits + 1, nobs - hits) if hits < nobs else 1.0
    return float(low), float(high)
