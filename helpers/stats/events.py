"""Highs and records of a price, as they could be known in real time."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_number
from helpers.stats.results import FieldResult

RUNGS: dict[str, int | None] = {
    "1-year highs": 1,
    "2-year highs": 2,
    "3-year highs": 3,
    "5-year highs": 5,
    "all-time highs": None,
}
QUIET = PACE_WEEKS = 26
STRONG = 0.9
_DAYS_A_YEAR = 365.25


def new_highs(price: pd.Series, *, lookback: float | None, floor: float | None = None) -> pd.Series:
    """Mark every close strictly above those of the `lookback` years before, however short a past there is."""
    close = _closes(price)
    if lookback is None:
        known = (
            -np.inf
            if floor is None
            else require_number(floor, name="floor", remedy="give the record as a price, or None")
        )
        return close > close.cummax().shift().fillna(-np.inf).clip(lower=known)
    if floor is not None:
        raise InputError("floor is a record from before the first row: it goes with lookback=None only.")
    return close > close.rolling(_years(lookback), closed="left").max().fillna(-np.inf)


def find_highs(
    price: pd.Series, *, lookback: float | None, quiet: int = QUIET, floor: float | None = None
) -> pd.DatetimeIndex:
    r"""Date the first new high after a quiet spell, as it could be known on that day.

    .. math::
        \text{event in } t: \quad P_t > \max_{t - N \le s < t} P_s, \quad \text{and no such week in } [t - q, t)

    Nothing after a date decides about it: the events of a prefix of the prices are a prefix of the events.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Closes on ordered dates, usually weekly; missing values only before the first and after the last close.
    lookback : float or None
        Years N, all of which must have passed; None for all-time highs.
    quiet : int
        Weeks q before the event without such a high. Highs inside a run restart the clock.
    floor : float, optional
        A record (price) known from before the first row, for all-time highs.

    Raises
    ------
    InputError
        Prices that are not positive, a hole that could hide a high, a floor without all-time highs.
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


def strong_weeks(price: pd.Series, *, window: int = 26, minimum: float = 3.0) -> pd.Series:
    """Mark the weeks whose trailing return is in the top tenth of all before it, of at least `minimum` years."""
    close = _closes(price)
    growth = np.log(close).diff(window).dropna()
    standard = growth.expanding().quantile(STRONG).shift()
    strong = (growth >= standard) & (growth.index >= growth.index.min() + _years(minimum))
    return strong.reindex(close.index, fill_value=False).rename("strong")


def find_strength(price: pd.Series) -> pd.DatetimeIndex:
    """Date the first week after a quiet half year whose 26-week log return is in the top tenth of all before it.

    The weekly closes of `price`, shape (n,), must hold three years of earlier returns.
    """
    return _first_after_quiet(strong_weeks(price), quiet=QUIET, history=pd.Timedelta(weeks=26) + _years(3))


def merge_events(*sets: pd.DatetimeIndex, apart: int = QUIET) -> pd.DatetimeIndex:
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
    first = np.r_[True, flagged[1:] - flagged[:-1] > spell][: len(flagged)]
    return pd.DatetimeIndex(flagged[first & (flagged >= flags.index[0] + max(history, spell))], name="event")


def _years(lookback: float) -> pd.Timedelta:
    if not lookback > 0:
        raise InputError(f"A number of years must be positive, found {lookback}; use lookback=None for all time.")
    return pd.Timedelta(days=_DAYS_A_YEAR * lookback)


def _closes(price: pd.Series) -> pd.Series:
    """Cut to the first and last close that is there; a hole between could hide a high and is refused."""
    if not isinstance(price, pd.Series) or not isinstance(price.index, pd.DatetimeIndex):
        raise InputError("price must be a pandas Series on dates (DatetimeIndex).")
    close = price.loc[price.first_valid_index() : price.last_valid_index()]
    if not price.notna().any():
        raise InputError(f"price {price.name!r} has no close at all.")
    values = require_clean(close, role="price")
    if values.min() <= 0:
        raise InputError(f"price {price.name!r} is not positive on {close.index[values.argmin()]:%Y-%m-%d}.")
    return close.astype(float)


@dataclass(frozen=True, kw_only=True, repr=False)
class RecordResult(FieldResult):
    """One week's close against everything known before it.

    Parameters
    ----------
    week, value : the week on trial and its close, in the unit of the price
    is_record : whether the close is the highest price known up to its week
    year_start : last week of the year before
    pace_before, pace_after
        Growth of the log price in log points a week: over the 26 weeks to `year_start`, and from there to `week`.
    """

    week: pd.Timestamp
    value: float
    is_record: bool
    year_start: pd.Timestamp
    pace_before: float
    pace_after: float


def price_record(price: pd.Series, *, week: pd.Timestamp, known: float) -> RecordResult:
    """Hold one week's close against all earlier prices, and its year's pace against that of the half year before.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly closes.
    week : pandas.Timestamp
        The week on trial.
    known : float
        Highest price on record at any venue before the first row; the closes before the week count too.

    Raises
    ------
    InputError
        The week is not in the price, or fewer than 26 weeks stand before its year.
    """
    if week not in price.index:
        raise InputError(f"{price.name!r} has no close for {week:%Y-%m-%d} (it ends {price.index[-1]:%Y-%m-%d}).")
    logs, now = 100 * np.log(price), price.index.get_loc(week)
    at = int(np.flatnonzero(price.index.year < week.year)[-1])
    if at < PACE_WEEKS:
        day = f"{price.index[at]:%Y-%m-%d}"
        raise InputError(f"{price.name!r} has only {at} weeks before {day}, {PACE_WEEKS} are needed.")
    return RecordResult(
        null="an earlier price was at least as high",
        alternative="the close is the highest price known",
        week=week,
        value=float(price[week]),
        is_record=bool(price[week] > max(known, price.iloc[:now].max())),
        year_start=price.index[at],
        pace_before=float((logs.iloc[at] - logs.iloc[at - PACE_WEEKS]) / PACE_WEEKS),
        pace_after=float((logs[week] - logs.iloc[at]) / (now - at)) if now > at else float("nan"),
    )
