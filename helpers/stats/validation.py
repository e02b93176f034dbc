"""Samples in which the truth is known: returns, prices and events without an effect, into which one can be planted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import signal

from helpers.stats.checks import require_choice
from helpers.stats.events import find_highs
from helpers.stats.regression import sum_ahead

WEEKLY = ("iid", "garch", "spillover", "common_volatility")
EVENT_PROCESSES = ("iid", "garch", "spillover", "falling_variance", "common_volatility")
LEAD_PROCESSES = (*WEEKLY, "falling_variance")
PRICE_PROCESSES = ("iid", "garch", "common_volatility", "falling_variance")
MARGIN_PROCESSES = ("heavy_tails", "persistent_garch", "autocorrelated", "trending", "reverting", "falling_variance")

CONTROLS = 4
SPREAD, LONGEST = 26, 30
HALF_YEAR = 26
TRUE_SHARES = (0.04, 0.1, 0.2, 0.4)
BITCOIN_WEEK = 9.0
_BURN_IN = 200
_SINGLE = 3
_OWN_RUNGS, _PAST = (1, 3), 5 * 52 + 1
_DAYS, _HIGH_DAYS = 16 * 365, 3 * 365
_LATE_DEVIATION = 8.0
_MARGIN_PATHS = 2_000


def unrelated_pairs(*, process: str, n: int, reps: int, seed: int) -> np.ndarray:
    """Simulate martingale differences, shape (reps, n, 2), unrelated in mean whatever their volatilities do."""
    require_choice(process, name="process", options=WEEKLY)
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((n + _BURN_IN, reps, 2))
    if process == "common_volatility":
        values *= np.sqrt(np.exp(_persistent(0.25 * rng.standard_normal(values.shape[:2]))))[:, :, None]
    elif process == "garch":
        values = _garch(values, 0.05, 0.10, 0.85)
    elif process == "spillover":
        values = _garch(values, 0.10, np.array([0.3, 0.6]), np.array([0.6, 0.3]), source=[0, 0])
    return np.ascontiguousarray(values[_BURN_IN:].transpose(1, 0, 2))


def _persistent(innovations: np.ndarray) -> np.ndarray:
    """Cumulate innovations, shape (weeks, ...), that fade by 3 % a week."""
    return signal.lfilter([1], [1, -0.97], innovations, axis=0)


def _garch(
    shocks: np.ndarray, constant: float, shock: Any, persistence: Any, *, source: Any = slice(None)
) -> np.ndarray:
    """Give shocks, shape (weeks, ...), the variances of a GARCH(1, 1) on past values, of `source` in the last axis."""
    variance = np.ones(shocks.shape[1:])
    for week in shocks:
        week *= np.sqrt(variance)
        variance = constant + shock * week[..., source] ** 2 + persistence * variance
    return shocks


def four_series(*, n: int, process: str, reps: int, seed: int) -> np.ndarray:
    """Simulate two unrelated pairs side by side, shape (reps, n, 4): response, tested driver, two other drivers."""
    first, second = (unrelated_pairs(process=process, n=n, reps=reps, seed=s) for s in (seed, seed + 1))
    return np.concatenate([first[:, :, ::-1], second], axis=2)


def with_controls(*, n: int, process: str, reps: int, seed: int) -> Iterator[np.ndarray]:
    """Simulate columns cause, effect and unrelated controls."""
    series = unrelated_pairs(process=process, n=n, reps=reps * (1 + CONTROLS // 2), seed=seed)
    others = series[reps:].reshape(reps, CONTROLS // 2, n, 2)
    for pair, extra in zip(series[:reps], others, strict=True):
        yield np.column_stack([pair, *extra])


def balances(*, n: int, process: str, reps: int, seed: int) -> Iterator[np.ndarray]:
    """Simulate columns of years: a trending balance, and price changes that ignore it."""
    changes = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)[:, :, 1]
    trends = np.random.default_rng(seed + 1).standard_normal((reps, n)).cumsum(axis=1)
    return (np.column_stack(both) for both in zip(trends, changes, strict=True))


def walks(*, n: int, process: str, reps: int, seed: int) -> np.ndarray:
    """Simulate log prices that are random walks, shape (reps, n)."""
    if process == "falling_variance":
        late, rng = np.arange(n) > 0.8 * n, np.random.default_rng(seed)
        return np.cumsum((1 + 2 * late) * rng.standard_normal((reps, n)), axis=1)
    return np.cumsum(unrelated_pairs(process=process, n=n, reps=reps, seed=seed)[:, :, 1], axis=1)


def high_days(*, n: int, process: str, reps: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Simulate sixteen years of days: whether a walk is at a 3-year high, and the returns of an independent series."""
    rng = np.random.default_rng(seed)
    for _ in range(reps):
        leader = pd.Series(np.cumsum(rng.standard_normal(_DAYS + _HIGH_DAYS)))
        high = (leader > leader.rolling(_HIGH_DAYS).max().shift()).to_numpy()[_HIGH_DAYS:]
        yield high, rng.standard_normal(_DAYS)


@dataclass(frozen=True)
class EventWeeks:
    """Where a leader's highs lie in a sample: the clustering, and the share in wild early years, a test must cope with.

    Parameters
    ----------
    rungs, weeks : weeks of the events of each rung, counted from the first; of the sample
    """

    rungs: tuple[tuple[int, ...], ...]
    weeks: int

    @classmethod
    def of(cls, ladder: Mapping[str, pd.DatetimeIndex], index: pd.DatetimeIndex) -> "EventWeeks":
        """Count the events of a ladder from the first of some weeks; those outside are left out."""
        found = [index.get_indexer(dates) for dates in ladder.values()]
        return cls(tuple(tuple(int(week) for week in rung if week >= 0) for rung in found), len(index))

    def stretched(self, n: int) -> list[np.ndarray]:
        """Give the weeks in a sample of n."""
        return [np.array(rung, dtype=int) * n // self.weeks for rung in self.rungs]


def with_events(*, n: int, process: str, reps: int, seed: int, events: EventWeeks) -> Iterator[tuple[np.ndarray, Any]]:
    """Simulate returns with a ladder of events; in the last two processes they are the highs of a leader of its own."""
    rng, ladders = np.random.default_rng(seed), None
    if process == "iid":
        returns = BITCOIN_WEEK * rng.standard_normal((reps, n))
    elif process == "garch":
        returns = BITCOIN_WEEK * _garch(rng.standard_normal((n + 200, reps)), 0.02, 0.10, 0.88)[200:].T
    elif process == "falling_variance":
        returns = _falling_variance(n, reps, rng)
    elif process == "spillover":
        pairs = unrelated_pairs(process="spillover", n=n + _PAST, reps=reps, seed=int(rng.integers(2**32)))
        returns, ladders = BITCOIN_WEEK * pairs[:, _PAST:, 1], _own_highs(pairs[:, :, 0])
    else:
        require_choice(process, name="process", options=EVENT_PROCESSES)
        innovations = np.vstack([np.zeros((1, reps)), 0.12 * rng.standard_normal((n + _PAST - 1, reps))])
        volatility = np.exp(_persistent(innovations).T)
        ladders = _own_highs(volatility * rng.standard_normal((reps, n + _PAST)))
        returns = BITCOIN_WEEK * volatility[:, _PAST:] * rng.standard_normal((reps, n))
    return zip(returns, ladders or [events.stretched(n)] * reps, strict=True)


def _falling_variance(n: int, reps: int, rng: np.random.Generator) -> np.ndarray:
    """Let the deviation fall from 28 to 8 and the mean from 4.9 to .4 after the first fifth, as Bitcoin's did."""
    return np.where(np.arange(n) / n < 0.215, 4.9, 0.4) + _falling(n, n) * rng.standard_normal((reps, n))


def _falling(weeks: int, n: int) -> np.ndarray:
    return _LATE_DEVIATION + 20 * np.exp(-7 * (np.arange(weeks) / n))


def _own_highs(leader: np.ndarray) -> list[list[np.ndarray]]:
    """Weeks of 1- and 3-year highs of a leader with weekly deviation of 3 %, counted from the end of the past."""
    dates = pd.date_range("2000-01-07", periods=leader.shape[1], freq="W-FRI")
    ladders = []
    for path in 100 * np.exp(np.cumsum(0.03 * leader, axis=1)):
        price = pd.Series(path, index=dates)
        found = [dates.get_indexer(find_highs(price, lookback=rung)) - _PAST for rung in _OWN_RUNGS]
        ladders.append([weeks[weeks >= 0] for weeks in found])
    return ladders


class Lead(NamedTuple):
    """A lead that is planted: its partial R2, and whether it is spread over weeks 1 to 26 or stands in week 3 alone."""

    share: float
    spread: bool = True


class LeadSample(NamedTuple):
    """Late deviation of an effect, the effect itself, a cause that begins 30 weeks before it, and another cause."""

    scale: float
    effect: pd.Series
    cause: pd.Series
    other: pd.Series

    def planted(self, lead: Lead | None) -> tuple[pd.Series, float]:
        """Give the effect with the lead in it, and its coefficient."""
        if not lead:
            return self.effect.iloc[LONGEST:], 0.0
        weight = float(np.sqrt(lead.share / (1 - lead.share) * (SPREAD if lead.spread else 1))) * self.scale
        past = self.cause.rolling(SPREAD).mean().shift(1) if lead.spread else self.cause.shift(_SINGLE)
        return (self.effect + weight * past).iloc[LONGEST:].rename("effect"), weight


def lead_samples(*, n: int, process: str, reps: int, seed: int) -> list[LeadSample]:
    """Simulate pairs on Fridays; the other cause is that of the sample before."""
    require_choice(process, name="process", options=LEAD_PROCESSES)
    falling, weeks = process == "falling_variance", n + LONGEST
    pairs = unrelated_pairs(process="iid" if falling else process, n=weeks, reps=reps, seed=seed)
    dates = pd.date_range("2010-01-01", periods=weeks, freq="W-FRI")
    scale, spread = (_LATE_DEVIATION, _falling(weeks, n)) if falling else (1.0, np.ones(weeks))
    causes = [pd.Series(pair[:, 0], dates, name="cause") for pair in pairs]
    effects = [pd.Series(pair[:, 1] * spread, dates, name="effect") for pair in pairs]
    return [LeadSample(scale, effects[i], causes[i], causes[i - 1]) for i in range(reps)]


def margins(*, n: int, process: str, reps: int, seed: int) -> np.ndarray:
    """Simulate weekly differences of two log returns, shape (reps, n), by processes that no interval was tuned on."""
    rng, weeks = np.random.default_rng(seed), n + _BURN_IN
    if process == "falling_variance":
        return _falling_variance(n, reps, rng)
    if process == "heavy_tails":
        values = rng.standard_t(3, (reps, weeks))
    elif process == "persistent_garch":
        values = _garch(rng.standard_t(5, (weeks, reps)) * np.sqrt(0.6), 0.01, 0.06, 0.93).T
    elif process == "autocorrelated":
        values = signal.lfilter([1], [1, -0.2], rng.standard_normal((reps, weeks)))
    elif process == "trending":
        drift = signal.lfilter([0.06], [1, -0.95], rng.standard_normal((reps, weeks)))
        values = drift + rng.standard_normal((reps, weeks))
    else:
        require_choice(process, name="process", options=MARGIN_PROCESSES)
        level = signal.lfilter([1], [1, -(0.5 ** (1 / 52))], rng.standard_normal((reps, weeks + 1)))
        values = np.diff(level)
    return values[:, _BURN_IN:]


@lru_cache(maxsize=64)
def true_margins(process: str, n: int) -> np.ndarray:
    """Give the margins over 26 weeks that are reached in `TRUE_SHARES` of weeks, on average over samples."""
    halves = sum_ahead(margins(n=n, process=process, reps=_MARGIN_PATHS, seed=0), HALF_YEAR)
    return np.quantile(halves, 1 - np.array(TRUE_SHARES))
