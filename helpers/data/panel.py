"""From stored days to weeks: what was published by a date, the last value of each week, and what is added up."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.data.catalog import SeriesSpec

_WEEKLY_SPACING = pd.Timedelta(days=5)
_CARRIED = pd.Timedelta(days=4)


def published(spec: SeriesSpec, values: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Keep what was public by a day."""
    return values[published_on(spec, pd.DatetimeIndex(values.index)) <= day]


def published_on(spec: SeriesSpec, dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Give the day on which each value was public: `lag` days after its date, a month counting from its end."""
    ends = dates + pd.offsets.MonthEnd(0) if spec.frequency == "monthly" else dates
    return pd.DatetimeIndex(ends + pd.Timedelta(days=spec.lag))


def last_of_week(values: pd.Series, *, known: dt.date) -> pd.Series:
    """Give the last value of each week, Saturday to Friday, labelled with the Friday; nothing is filled.

    Only weeks that ended before `known`, the day of the retrieval or the one after the cut. Of a series with several
    observations a week, the last week is left out while nothing as late as its Friday is there: the source may be a day
    behind, and Thursday's value would become Friday's with the next refresh. A holiday Friday is settled by the first
    observation after it.
    """
    weeks = by_week(values)
    weeks = weeks[weeks.index < pd.Timestamp(known)]
    spacing = values.index.to_series().diff().tail(20).median()
    if len(weeks) and values.index[-1] < weeks.index[-1] and not spacing >= _WEEKLY_SPACING:
        weeks = weeks.iloc[:-1]
    return weeks


def by_week(values: pd.Series) -> pd.Series:
    """Give the last value on or before each Friday; fifty times faster than resampling."""
    days = values.index.to_numpy().astype("M8[D]").astype(int)
    fridays = days + (1 - days) % 7  # day 1 of 1970 was a Friday
    last = np.flatnonzero(np.diff(fridays, append=fridays[-1] + 1))
    weeks = np.arange(fridays[0], fridays[-1] + 1, 7)
    out = np.full(len(weeks), np.nan)
    out[(fridays[last] - weeks[0]) // 7] = values.to_numpy()[last]
    return pd.Series(out, index=_fridays(weeks))


def _fridays(days: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(days.astype("M8[D]"), name="week").as_unit("us")


def weekly_panel(
    series: Mapping[str, pd.Series], preludes: Mapping[str, pd.Series], known: Mapping[str, dt.date]
) -> pd.DataFrame:
    """Put series into weeks, each Friday with the last value on or before it; NaN where there is none.

    `preludes` are weeks from another provider before the first of a series; a week has to have ended before the day in
    `known`.
    """
    columns = {name: last_of_week(values, known=known[name]) for name, values in series.items() if len(values)}
    for name, early in preludes.items():
        if name in columns:
            early = pd.concat([early[early.index < columns[name].index[0]], columns[name]])
        if name in series and len(early):
            columns[name] = early
    ends = [column.index[[0, -1]] for column in columns.values() if len(column)]
    first, last = min(end[0] for end in ends), max(end[1] for end in ends)
    weeks = _fridays(np.arange(first.to_datetime64().astype("M8[D]"), last.to_datetime64().astype("M8[D]") + 1, 7))
    return pd.DataFrame({name: columns[name].reindex(weeks) if name in columns else np.nan for name in series}, weeks)


def added_up(spec: SeriesSpec, series: Mapping[str, pd.Series]) -> pd.Series:
    """Compute a derived series in the dates of its first part, the others at most four days old there."""
    if spec.sum_of is None or not spec.sum_of.keys() <= series.keys():
        return pd.Series(dtype=float, index=pd.DatetimeIndex([], name="date").as_unit("us"))
    dates = series[next(iter(spec.sum_of))].loc[spec.first or None :].index
    parts = [
        factor * series[name].reindex(dates, method="ffill", tolerance=_CARRIED) for name, factor in spec.sum_of.items()
    ]
    return sum(parts[1:], parts[0]).dropna()


def changes(spec: SeriesSpec, levels: pd.Series) -> pd.Series:
    """Turn levels into 100 x log differences or plain differences; a log change at zero or below is missing."""
    return 100 * np.log(levels.where(levels > 0)).diff() if spec.change == "log" else levels.diff()
