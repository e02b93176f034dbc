"""When something happened: dates of new highs and of sustained strength, as they could be known on the day."""

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError

RUNGS: dict[str, int | None] = {
    "1-year highs": 1,
    "2-year highs": 2,
    "3-year highs": 3,
    "5-year highs": 5,
    "all-time highs": None,
}
_DAYS_A_YEAR = 365.25


def running_record(price: pd.Series, *, lookback: float | None, floor: float | None = None) -> pd.Series:
    """Highest close that each date has to beat to be a new high.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Closes on ordered dates; missing values only before the first and after the last close.
    lookback : float or None
        Years that the high must stand out against; None for all time.
    floor : float, optional
        A record known from before the first row (same unit as `price`), for all-time highs only.

    Returns
    -------
    pandas.Series, shape (m,)
        Highest close over the previous `lookback` years, the date itself left out; on the dates that have a close.
        ``-inf`` where nothing came before. The first `lookback` years see less history than that.

    Raises
    ------
    InputError
        Dates, prices, `lookback` or `floor` that make no sense; the first offending date is named.
    """
    close = _closes(price)
    if lookback is None:
        earlier = close.cummax().shift()
        known = -np.inf if floor is None else float(floor)
        return earlier.fillna(-np.inf).clip(lower=known).rename("record")
    if floor is not None:
        raise InputError("floor is a record from before the first row: it goes with lookback=None only.")
    return close.rolling(_years(lookback), closed="left").max().fillna(-np.inf).rename("record")


def new_highs(price: pd.Series, *, lookback: float | None, floor: float | None = None) -> pd.Series:
    """Mark every close strictly above the running record.

    Parameters
    ----------
    price, lookback, floor
        As in `running_record`.

    Returns
    -------
    pandas.Series of bool, shape (m,)
        True on each date of a new high, also inside a run of highs. Before a full lookback has passed, a close above
        all that has been seen counts: it may have been a high.

    Raises
    ------
    InputError
        As in `running_record`.
    """
    return (_closes(price) > running_record(price, lookback=lookback, floor=floor)).rename("high")


def find_highs(
    price: pd.Series, *, lookback: float | None, quiet: int = 26, floor: float | None = None
) -> pd.DatetimeIndex:
    """Date the first new high after a quiet spell, as it could be known on that day.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Closes on ordered dates, usually weekly; missing values only before the first and after the last close.
    lookback : float or None
        Years (1, 2, 3, 5); None for all-time highs.
    quiet : int, default 26
        Weeks before the event in which there was no such high. Highs inside a run restart the clock.
    floor : float, optional
        A record known from before the first row, for all-time highs.

    Returns
    -------
    pandas.DatetimeIndex, shape (k,)
        Event dates. An event needs a full lookback of history (all-time: the quiet spell) before it. Nothing after a
        date decides whether it is an event: the events of a prefix are a prefix of the events.

    Raises
    ------
    InputError
        As in `running_record`, or a negative `quiet`.
    """
    highs = new_highs(price, lookback=lookback, floor=floor)
    history = pd.Timedelta(0) if lookback is None else _years(lookback)
    return _first_after_quiet(highs, quiet=quiet, history=history)


def high_ladder(price: pd.Series, *, quiet: int = 26, floor: float | None = None) -> dict[str, pd.DatetimeIndex]:
    """Date the highs of every rung of the ladder.

    Parameters
    ----------
    price, quiet, floor
        As in `find_highs`; the floor counts for the all-time highs.

    Returns
    -------
    dict of str to pandas.DatetimeIndex
        Events by the name of the rung, in the order of `RUNGS`.

    Raises
    ------
    InputError
        As in `find_highs`.
    """
    return {
        rung: find_highs(price, lookback=years, quiet=quiet, floor=floor if years is None else None)
        for rung, years in RUNGS.items()
    }


def strong_weeks(
    price: pd.Series, *, window: int = 26, quantile: float = 0.9, history: float | None = None, minimum: float = 3.0
) -> pd.Series:
    """Mark the weeks whose trailing return is high by the standard of the return's own past.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly closes.
    window : int, default 26
        Rows over which the log return is taken.
    quantile : float, default 0.9
        The return counts as strong at or above this quantile of its own earlier values.
    history : float, optional
        Years of earlier returns that set the standard; None for all that came before.
    minimum : float, default 3
        Years of earlier returns needed before the first judgement, if `history` is None.

    Returns
    -------
    pandas.Series of bool, shape (m,)
        True in strong weeks; False as long as there is too little past.

    Raises
    ------
    InputError
        As in `running_record`, or a quantile outside (0, 1), or a window below 1.
    """
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
    price: pd.Series,
    *,
    window: int = 26,
    quantile: float = 0.9,
    history: float | None = None,
    minimum: float = 3.0,
    quiet: int = 26,
) -> pd.DatetimeIndex:
    """Date the beginnings of sustained strength, as they could be known on the day.

    Parameters
    ----------
    price, window, quantile, history, minimum
        As in `strong_weeks`.
    quiet : int, default 26
        Weeks before the event without a strong week.

    Returns
    -------
    pandas.DatetimeIndex, shape (k,)
        First strong week after each quiet spell.

    Raises
    ------
    InputError
        As in `strong_weeks`, or a negative `quiet`.
    """
    strong = strong_weeks(price, window=window, quantile=quantile, history=history, minimum=minimum)
    judged = pd.Timedelta(weeks=window) + _years(minimum if history is None else history)
    return _first_after_quiet(strong, quiet=quiet, history=judged)


def hindsight_peaks(price: pd.Series, *, window: int = 52) -> pd.DatetimeIndex:
    """Date the tops that can be seen only afterwards: for display with that label, never for a test.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly closes.
    window : int, default 52
        A top is the one highest close of the `window` weeks on both sides of it.

    Returns
    -------
    pandas.DatetimeIndex, shape (k,)
        Dates that have `window` weeks of closes on both sides.

    Raises
    ------
    InputError
        As in `running_record`.

    Notes
    -----
    Which week was the top is decided by the weeks that follow it, so returns after such dates say nothing about what
    could have been expected on the day.
    """
    close = _closes(price)
    before = close.rolling(window).max().shift()
    after = close[::-1].rolling(window).max().shift()[::-1]
    return pd.DatetimeIndex(close.index[(close > before) & (close > after)], name="event")


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
    if price.dtype == object or not pd.api.types.is_numeric_dtype(price.dtype):
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
    return close
