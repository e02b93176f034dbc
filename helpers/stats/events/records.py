"""A price record: how far above everything before, since when, how fast it came, and what it is worth in real terms."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError
from helpers.stats.results import Result

PACE_WEEKS = 26


@dataclass(frozen=True, kw_only=True, repr=False)
class RecordResult(Result):
    """One week's close against everything known before it.

    Parameters
    ----------
    name : str
        Of the price.
    week : pandas.Timestamp
        The week on trial.
    value, earlier : float
        Its close, and the highest price known before `first_above` (USD).
    first_above : pandas.Timestamp or None
        First weekly close of the current run above `earlier`.
    is_record : bool
        Whether the close is the highest price known up to its week.
    year_start : pandas.Timestamp
        Last week of the year before: where "in January" begins.
    pace_before, pace_after : float
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

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            In the order in which they are shown.
        """
        return [
            *super().rows(),
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

    Returns
    -------
    RecordResult
        The comparison.

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
    """Put a price of one month into the money of the latest month.

    Parameters
    ----------
    value : float
        A price, USD of `then`.
    then : str or pandas.Timestamp
        Its date.
    cpi : pandas.Series, shape (months,)
        Consumer prices by first day of the month.

    Returns
    -------
    float
        value x (latest CPI / CPI of the month of `then`).

    Raises
    ------
    InputError
        No CPI for that month.
    """
    known = cpi.dropna()
    month = pd.Timestamp(then).to_period("M").to_timestamp()
    if month not in known.index:
        raise InputError(f"consumer prices have no value for {month:%Y-%m}.")
    return float(value * known.iloc[-1] / known[month])
