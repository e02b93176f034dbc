"""Rejection rates of the event tests on series that know nothing of the events."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError
from helpers.stats.event_null import shift_windows, window_sums
from helpers.stats.event_study import BANDWIDTH, HORIZONS, largest_over, share_at_least
from helpers.stats.events import find_highs
from helpers.stats.validation.processes import unrelated_pairs

OWN_RUNGS = (1, 3)
WEEKS = 839
# Weeks, out of 839, of the first closes at a new high that silver set from July 2010 to August 2026, by rung: the
# clustering, and the share of events in the wild early years, that the test has to cope with.
POSITIONS = ((300, 468, 565, 666, 714), (474, 565, 714), (7, 499, 565, 715), (7, 521, 565, 715), (794,))
LEVEL = 0.05
_DAYS_A_YEAR = 365
_PAST = 5 * 52 + 1


def size_event_circular_shift(
    *, n: int, process: str, reps: int, seed: int | None, effect: float = 0.0, bandwidth: int | None = BANDWIDTH
) -> float:
    """Simulate how often the joint event test (five rungs, four horizons) rejects at 5 %.

    Parameters
    ----------
    n : int
        Weeks.
    process : {"iid", "garch", "falling_variance", "spillover", "common_volatility"}
        Of the returns: normal; GARCH(1, 1) with persistence .98; standard deviation and mean that fall as Bitcoin's
        did; volatility that follows the leader's large moves; stochastic volatility that drives the returns and the
        leader. In the first three the events lie where silver's did, in the last two they are the leader's own 1- and
        3-year highs.
    reps : int
        Samples.
    seed : int or None
        Of the samples.
    effect : float
        Log points by which the 13 weeks after every event of the first rung are raised: 0 for size, else power.
    bandwidth : int or None
        As in `helpers.stats.event_study.event_study`; None shows what the plain test does.

    Returns
    -------
    float
        Share of samples with p at most .05.

    Raises
    ------
    InputError
        An unknown process.
    """
    if process not in _PROCESSES:
        raise InputError(f"process must be one of {', '.join(_PROCESSES)}, found {process!r}.")
    returns, ladders = _PROCESSES[process](n, reps, np.random.default_rng(seed))
    rejected = 0
    for row, ladder in zip(returns, ladders, strict=True):
        for event in ladder[0]:
            row[event + 1 : event + 14] += effect / 13
        rejected += joint_pvalue(row, ladder, bandwidth=bandwidth) <= LEVEL
    return rejected / reps


def joint_pvalue(
    returns: np.ndarray,
    ladder: Sequence[np.ndarray],
    *,
    horizons: Sequence[int] = HORIZONS,
    bandwidth: int | None = BANDWIDTH,
) -> float:
    """Give the p-value of `helpers.stats.event_study.event_ladder` for bare arrays, without eras.

    Parameters
    ----------
    returns : numpy.ndarray, shape (n,)
        Weekly returns.
    ladder : sequence of numpy.ndarray of int
        Weeks of the events of each rung; empty rungs do not count.
    horizons, bandwidth
        As in `event_study`.

    Returns
    -------
    float
        NaN without any event that has a complete window.
    """
    windows = shift_windows(returns - returns.mean(), windows=horizons, bandwidth=bandwidth)
    nulls = [windows.null(np.asarray(rung)) for rung in ladder if len(rung)]
    known = [null.standardised for null in nulls if np.isfinite(null.mean[:, 0]).any()]
    if not known:
        return np.nan
    largest = largest_over(np.vstack(known))
    return share_at_least(largest, largest[0])


def overlap_illusion(
    *, years: int = 16, lookback: int = 3, window: int = 90, reps: int = 200, seed: int | None = None
) -> dict[str, float]:
    """Simulate the test that popular lead claims imply: a t-test over the overlapping returns after all high days.

    Parameters
    ----------
    years, lookback : int
        Length of the daily sample and of the high, in years of 365 days.
    window : int
        Days after each high.
    reps : int
        Pairs of independent random walks.
    seed : int, optional
        Of the walks.

    Returns
    -------
    dict of str to float
        Share of pairs in which the 5 % test rejects: ``naive`` t against zero, ``shift`` circular shift.
    """
    rng, days, past = np.random.default_rng(seed), years * _DAYS_A_YEAR, lookback * _DAYS_A_YEAR
    naive, shift = [], []
    for _ in range(reps):
        leader = pd.Series(np.cumsum(rng.standard_normal(days + past)))
        high = (leader > leader.rolling(past).max().shift()).to_numpy()[past:]
        returns = rng.standard_normal(days)
        after = window_sums(returns, window)
        events = np.flatnonzero(high)
        found = after[events][np.isfinite(after[events])]
        if found.size < 2:
            continue
        naive.append(abs(found.mean()) / (found.std(ddof=1) / np.sqrt(found.size)) > 1.96)
        shift.append(joint_pvalue(returns, [events], horizons=[window], bandwidth=None) <= LEVEL)
    return {"naive": float(np.mean(naive)), "shift": float(np.mean(shift))}


Simulated = tuple[np.ndarray, list[list[np.ndarray]]]


def _silver_ladder(n: int, reps: int) -> list[list[np.ndarray]]:
    """Silver's event weeks, stretched to n weeks, for every draw."""
    return [[np.array(rung) * n // WEEKS for rung in POSITIONS]] * reps


def _iid(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    return 9 * rng.standard_normal((reps, n)), _silver_ladder(n, reps)


def _garch(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    """GARCH(1, 1) with unit unconditional variance, times 9."""
    shocks, variance = rng.standard_normal((n + 200, reps)), np.ones(reps)
    for week in range(n + 200):
        shocks[week] *= np.sqrt(variance)
        variance = 0.02 + 0.10 * shocks[week] ** 2 + 0.88 * variance
    return 9 * shocks[200:].T, _silver_ladder(n, reps)


def _falling_variance(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    """Let the deviation fall from 28 to 8 and the mean from 4.9 to .4 after the first fifth, as Bitcoin's did."""
    week = np.arange(n) / n
    spread, drift = 8 + 20 * np.exp(-7 * week), np.where(week < 0.215, 4.9, 0.4)
    return drift + spread * rng.standard_normal((reps, n)), _silver_ladder(n, reps)


def _common_volatility(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    """Log volatility is one AR(1) for leader and returns; events are the leader's own highs."""
    log_volatility = np.zeros((n + _PAST, reps))
    for week in range(1, n + _PAST):
        log_volatility[week] = 0.97 * log_volatility[week - 1] + 0.12 * rng.standard_normal(reps)
    volatility = np.exp(log_volatility.T)
    leader = volatility * rng.standard_normal((reps, n + _PAST))
    return 9 * volatility[:, _PAST:] * rng.standard_normal((reps, n)), _own_highs(leader)


def _spillover(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    """Large moves of the leader raise the volatility of the next returns; events are the leader's own highs."""
    pairs = unrelated_pairs(process="spillover", n=n + _PAST, reps=reps, seed=int(rng.integers(2**32)))
    return 9 * pairs[:, _PAST:, 1], _own_highs(pairs[:, :, 0])


def _own_highs(leader: np.ndarray) -> list[list[np.ndarray]]:
    """Weeks of 1- and 3-year highs of a leader with weekly deviation of 3 %, counted from the end of the past."""
    dates = pd.date_range("2000-01-07", periods=leader.shape[1], freq="W-FRI")
    ladders = []
    for path in 100 * np.exp(np.cumsum(0.03 * leader, axis=1)):
        price = pd.Series(path, index=dates)
        found = [dates.get_indexer(find_highs(price, lookback=rung)) - _PAST for rung in OWN_RUNGS]
        ladders.append([weeks[weeks >= 0] for weeks in found])
    return ladders


_PROCESSES: dict[str, Callable[[int, int, np.random.Generator], Simulated]] = {
    "iid": _iid,
    "garch": _garch,
    "falling_variance": _falling_variance,
    "spillover": _spillover,
    "common_volatility": _common_volatility,
}
