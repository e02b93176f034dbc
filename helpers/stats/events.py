"""Highs and records of a price, as they could be known in real time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_frequency, require_number
from helpers.stats.results import Result

RUNGS: dict[str, int | None] = {
    "1-year highs": 1,
    "2-year highs": 2,
    "3-year highs": 3,
    "5-year highs": 5,
    "all-time highs": None,
}
QUIET = 26
_DAYS_A_YEAR = 365.25


def running_record(price: pd.Series, *, lookback: float | None, floor: float | None = None) -> pd.Series:
    """Give the highest close of the `lookback` years before each date; -inf where there was none."""
    close = _closes(price)
    if floor is not None:
        floor = require_number(floor, name="floor", remedy="give the record as a price, or None where none is known")
    if lookback is None:
        earlier = close.cummax().shift()
        known = -np.inf if floor is None else floor
        return earlier.fillna(-np.inf).clip(lower=known).rename("record")
    if floor is not None:
        raise InputError("floor is a record from before the first row: it goes with lookback=None only.")
    return close.rolling(_years(lookback), closed="left").max().fillna(-np.inf).rename("record")


def new_highs(price: pd.Series, *, lookback: float | None, floor: float | None = None) -> pd.Series:
    """Mark every close strictly above the running record, also inside a run and before a full lookback has passed."""
    return (_closes(price) > running_record(price, lookback=lookback, floor=floor)).rename("high")


def find_highs(
    price: pd.Series, *, lookback: float | None, quiet: int = QUIET, floor: float | None = None
) -> pd.DatetimeIndex:
    r"""Date the first new high after a quiet spell, as it could be known on that day.

    .. math::
        \text{event in } t: \quad P_t > \max_{t - N \le s < t} P_s, \quad \text{and no such week in } [t - q, t)

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Closes on ordered dates, usually weekly; missing values only before the first and after the last close.
    lookback : float or None
        Years N (1, 2, 3, 5); None for all-time highs.
    quiet : int
        Weeks q before the event without such a high. Highs inside a run restart the clock.
    floor : float, optional
        A record (price) known from before the first row, for all-time highs.

    Returns
    -------
    pandas.DatetimeIndex, shape (k,)
        Events; each has a full lookback (all-time: the quiet spell) of history. Nothing after a date decides about it:
        the events of a prefix of the prices are a prefix of the events.

    Raises
    ------
    InputError
        Prices that are not positive, a hole that could hide a high, a floor that does not go with all-time highs.
    """
    highs = new_highs(price, lookback=lookback, floor=floor)
    history = pd.Timedelta(0) if lookback is None else _years(lookback)
    return _first_after_quiet(highs, quiet=quiet, history=history)


def high_ladder(price: pd.Series, *, quiet: int = QUIET, floor: float | None = None) -> dict[str, pd.DatetimeIndex]:
    """Date the highs of every rung (1, 2, 3, 5 years, all time) as `find_highs` does; events by name of the rung."""
    return {
        rung: find_highs(price, lookback=years, quiet=quiet, floor=floor if years is None else None)
        for rung, years in RUNGS.items()
    }


def strong_weeks(
    price: pd.Series, *, window: int = 26, quantile: float = 0.9, history: float | None = None, minimum: float = 3.0
) -> pd.Series:
    """Mark the weeks whose trailing return is at or above a quantile of its own earlier values."""
    if not 0 < quantile < 1 or window < 1:
        raise InputError(f"quantile must lie in (0, 1) and window be at least 1, found {quantile} and {window}.")
    close = _closes(price)
    growth = np.log(close).diff(window).dropna()
    if growth.empty:
        return pd.Series(False, index=close.index, name="strong")
    needed = _years(minimum if history is None else history)
    past = growth.expanding() if history is None else growth.rolling(needed + pd.Timedelta(days=1), closed="left")
    standard = past.quantile(quantile)
    standard = standard.shift() if history is None else standard
    known = growth.index >= growth.index[0] + needed
    return ((growth >= standard) & known).reindex(close.index, fill_value=False).rename("strong")


def find_strength(
    price: pd.Series, *, window: int = 26, quantile: float = 0.9, history: float | None = None, minimum: float = 3.0
) -> pd.DatetimeIndex:
    """Date the first strong week after 26 weeks without one, as it could be known on that day.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly closes.
    window : int
        Weeks over which the log return is taken.
    quantile : float
        The return is strong at or above this quantile of its own earlier values.
    history : float, optional
        Years of earlier returns that set the standard; None for all.
    minimum : float
        Years of earlier returns before the first judgement where `history` is None.
    """
    strong = strong_weeks(price, window=window, quantile=quantile, history=history, minimum=minimum)
    judged = pd.Timedelta(weeks=window) + _years(minimum if history is None else history)
    return _first_after_quiet(strong, quiet=QUIET, history=judged)


def hindsight_peaks(price: pd.Series, *, window: int = 52) -> pd.DatetimeIndex:
    """Date the one highest close of `window` weeks on both sides: tops that later weeks decide, never to be tested."""
    close = _closes(price)
    before = close.rolling(window).max().shift()
    after = close[::-1].rolling(window).max().shift()[::-1]
    return pd.DatetimeIndex(close.index[(close > before) & (close > after)], name="event")


def merge_events(*sets: pd.DatetimeIndex, apart: int = 26) -> pd.DatetimeIndex:
    """Join event sets into episodes: every event at least `apart` weeks after the last one kept."""
    kept: list[pd.Timestamp] = []
    for date in sorted(set().union(*sets)):
        if not kept or date - kept[-1] >= pd.Timedelta(weeks=apart):
            kept.append(date)
    return pd.DatetimeIndex(kept, name="event")


def _first_after_quiet(flags: pd.Series, *, quiet: int, history: pd.Timedelta) -> pd.DatetimeIndex:
    """Dates of a flag with no flag in the `quiet` weeks before, once `history` and the quiet spell have passed."""
    if quiet < 0:
        raise InputError(f"quiet must be 0 or more weeks, found {quiet}.")
    spell = pd.Timedelta(weeks=quiet)
    flagged = flags.index[flags]
    since = flagged[1:] - flagged[:-1]
    first = np.r_[True, since > spell][: len(flagged)]
    return pd.DatetimeIndex(flagged[first & (flagged >= flags.index[0] + max(history, spell))], name="event")


def _years(lookback: float) -> pd.Timedelta:
    """Length of that many years of 365.25 days."""
    if not lookback > 0:
        raise InputError(f"A number of years must be positive, found {lookback}; use lookback=None for all time.")
    return pd.Timedelta(days=_DAYS_A_YEAR * lookback)


def _closes(price: pd.Series) -> pd.Series:
    """Cut to the first and last close that is there, after the checks that every rule here needs."""
    if not isinstance(price, pd.Series) or not isinstance(price.index, pd.DatetimeIndex):
        raise InputError("price must be a pandas Series on dates (DatetimeIndex).")
    if not pd.api.types.is_numeric_dtype(price.dtype) or pd.api.types.is_complex_dtype(price.dtype):
        raise InputError(f"price {price.name!r} has dtype {price.dtype}, expected numbers: convert it first.")
    if not price.index.is_monotonic_increasing or not price.index.is_unique:
        raise InputError(f"price {price.name!r} has unordered or repeated dates: sort_index() and drop the repeats.")
    close = price.loc[price.first_valid_index() : price.last_valid_index()].astype(float)
    bad = close.index[~(np.isfinite(close) & (close > 0))]
    if price.notna().sum() == 0:
        raise InputError(f"price {price.name!r} has no close at all.")
    if len(bad):
        raise InputError(
            f"price {price.name!r} is missing, infinite or not positive on {bad[0]:%Y-%m-%d} ({len(bad)} rows): "
            "a hole could hide a high, so fill it from the source or start after it."
        )
    require_frequency(close.index, label=f"price {price.name!r}")
    return close


def distance_to_highs(
    price: pd.Series, *, lookbacks: Sequence[float | None] = tuple(RUNGS.values()), floor: float | None = None
) -> pd.DataFrame:
    """Say how far the next weekly close is from a new high of each kind.

    Parameters
    ----------
    price, floor : as in `find_highs`
    lookbacks : sequence of float or None
        Years of each kind of high; None for all time.

    Returns
    -------
    pandas.DataFrame, shape (lookbacks, 4)
        By name of the high: ``level`` to beat (unit of the price), ``distance`` to it in log points, ``last`` week of
        such a high, and whether one next week would be a new ``event``.
    """
    next_week = price.index[-1] + pd.Timedelta(weeks=1)
    longer = pd.concat([price, pd.Series([price.iloc[-1]], [next_week], name=price.name)])
    rows = {}
    for lookback in lookbacks:
        known = floor if lookback is None else None
        level = running_record(longer, lookback=lookback, floor=known).iloc[-1]
        highs = new_highs(price, lookback=lookback, floor=known)
        last = highs.index[highs][-1] if highs.any() else pd.NaT
        fresh = bool(pd.isna(last) or next_week - last > pd.Timedelta(weeks=QUIET))
        rows[high_name(lookback)] = [level, 100 * np.log(level / price.iloc[-1]), last, fresh]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["level", "distance", "last", "event"])


def high_name(lookback: float | None) -> str:
    """Name a kind of high."""
    return "all-time high" if lookback is None else f"{lookback:g}-year high"


PACE_WEEKS = 26


@dataclass(frozen=True, kw_only=True, repr=False)
class RecordResult(Result):
    """One week's close against everything known before it.

    Parameters
    ----------
    name, week : of the price; the week on trial
    value, earlier : its close, and the highest price known before `first_above` (USD)
    first_above : first weekly close of the current run above `earlier`
    is_record : whether the close is the highest price known up to its week
    year_start : last week of the year before: where "in January" begins
    pace_before, pace_after
        Growth of the log price in log points a week: over the 26 weeks to `year_start`, and from there to `week`.
    """

    name: str
    week: pd.Timestamp
    value: float
    earlier: float
    first_above: pd.Timestamp | None
    is_record: bool
    year_start: pd.Timestamp
    pace_before: float
    pace_after: float

    def _rows(self) -> list[tuple[str, Any]]:
        return [
            *super()._rows(),
            ("Week", self.week),
            ("Close", self.value),
            ("Highest price before the run", self.earlier),
            ("First weekly close above it", self.first_above),
            (f"Log points a week, {PACE_WEEKS} weeks to {self.year_start:%Y-%m-%d}", self.pace_before),
            ("Log points a week since then", self.pace_after),
        ]


def price_record(
    price: pd.Series, *, week: str | pd.Timestamp, known: float, run_start: str | pd.Timestamp
) -> RecordResult:
    """Hold one week's close against all earlier prices.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly closes, USD.
    week : str or pandas.Timestamp
        The week on trial.
    known : float
        Highest price on record before `run_start` at any venue, USD; the closes before it count too.
    run_start : str or pandas.Timestamp
        From when on a close above all earlier ones counts as part of the current run.

    Raises
    ------
    InputError
        The week is not in the price, or fewer than 26 weeks stand before its year.
    """
    week = pd.Timestamp(week)
    if week not in price.index:
        raise InputError(f"{price.name!r} has no close for {week:%Y-%m-%d} (it ends {price.index[-1]:%Y-%m-%d}).")
    year_start = price.index[price.index.year < week.year][-1]
    at = price.index.get_loc(year_start)
    if at < PACE_WEEKS:
        raise InputError(f"{price.name!r} has only {at} weeks before {year_start:%Y-%m-%d}, {PACE_WEEKS} are needed.")
    earlier = max(known, price[: pd.Timestamp(run_start)].max())
    run = price[pd.Timestamp(run_start) : week]
    above = run.index[run > earlier]
    logs = 100 * np.log(price)
    weeks_since = price.index.get_loc(week) - at
    return RecordResult(
        null="an earlier price was at least as high",
        alternative="the close is the highest price known",
        name=str(price.name),
        week=week,
        value=float(price[week]),
        earlier=float(earlier),
        first_above=above[0] if len(above) else None,
        is_record=bool(price[week] > max(earlier, price[price.index < week].max())),
        year_start=year_start,
        pace_before=float((logs.iloc[at] - logs.iloc[at - PACE_WEEKS]) / PACE_WEEKS),
        pace_after=float((logs[week] - logs.iloc[at]) / weeks_since) if weeks_since else float("nan"),
    )


def in_money_of(value: float, *, then: str | pd.Timestamp, cpi: pd.Series) -> float:
    r"""Put a price of one month into the money of the latest month.

    .. math:: P \cdot \mathrm{CPI}_{\text{latest}} / \mathrm{CPI}_{\text{then}}

    Parameters
    ----------
    value : float
        A price, USD of `then`.
    then : str or pandas.Timestamp
        Its date.
    cpi : pandas.Series, shape (months,)
        Consumer prices by first day of the month.

    Raises
    ------
    InputError
        No consumer prices for that month.
    """
    known = cpi.dropna()
    month = pd.Timestamp(then).to_period("M").to_timestamp()
    if month not in known.index:
        raise InputError(f"consumer prices have no value for {month:%Y-%m}.")
    return float(value * known.iloc[-1] / known[month])
