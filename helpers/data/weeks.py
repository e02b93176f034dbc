"""From days to weeks: the last value on or before each Friday, once it is certain."""

import datetime as dt

import pandas as pd

_WEEKLY_SPACING = pd.Timedelta(days=5)


def last_of_week(values: pd.Series, *, known: dt.date) -> pd.Series:
    """Give the last value of each week, Saturday to Friday.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Observations by date, rising, nothing missing.
    known : datetime.date
        The day on which they were retrieved.

    Returns
    -------
    pandas.Series, shape (weeks,)
        Labelled with the Friday; NaN for a week without an observation inside the series, nothing filled.

    Notes
    -----
    A week is left out until its Friday has passed. Of a series with several observations a week, the last week is left
    out too while nothing as late as its Friday is there: the source may be a day behind, and Thursday's value would
    become Friday's with the next refresh. A holiday Friday is settled by the first observation after it.
    """
    weeks = values.resample("W-FRI").last()
    weeks = weeks[weeks.index < pd.Timestamp(known)]
    spacing = values.index.to_series().diff().tail(20).median()
    if len(weeks) and values.index[-1] < weeks.index[-1] and not spacing >= _WEEKLY_SPACING:
        weeks = weeks.iloc[:-1]
    return weeks
