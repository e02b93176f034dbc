"""The shape in which every source of data hands its figures over, and the checks that all of them pass."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.data.catalog import MONTHLY, WEEKLY, SeriesSpec
from helpers.data.errors import DataError


@dataclass(frozen=True)
class Tables:
    """Everything one source holds, uncut.

    Parameters
    ----------
    source : {"snapshot", "live"}
        Where the figures come from.
    as_known : datetime.date
        The day on which the figures were frozen or retrieved.
    weekly : pandas.DataFrame, shape (weeks, 13)
        Index "week" (Fridays), the columns of `catalog.WEEKLY`, NaN where nothing is available.
    monthly : pandas.DataFrame, shape (months, 3)
        Index "month" (first day of the reference month), the columns of `catalog.MONTHLY`.
    policy : pandas.DataFrame
        Columns effective (day from which it holds) and upper_bound (%), changes only.
    balance : pandas.DataFrame
        World silver supply and demand: year, item, moz (million ounces), status, vintage, published.
    records : pandas.DataFrame
        Silver highs by venue: date, venue, measure, usd_per_oz.
    provenance : pandas.DataFrame
        Index series; columns provider, code, instrument, rung, retrieved, note.
    """

    source: str
    as_known: dt.date
    weekly: pd.DataFrame
    monthly: pd.DataFrame
    policy: pd.DataFrame
    balance: pd.DataFrame
    records: pd.DataFrame
    provenance: pd.DataFrame


def check_tables(tables: Tables) -> Tables:
    """Hold every series against the catalog.

    Parameters
    ----------
    tables : Tables
        As read.

    Returns
    -------
    Tables
        The same object.

    Raises
    ------
    DataError
        Unknown or missing column, repeated or unordered date, a label that is no Friday (no first of a month), a value
        out of bounds, a gap longer than the series allows, or a date after `as_known`.
    """
    _check_columns("weekly table", tables.weekly, WEEKLY)
    _check_columns("monthly table", tables.monthly, MONTHLY)
    check_dates("weekly table", tables.weekly.index)
    check_dates("monthly table", tables.monthly.index)
    _check_labels(tables)
    for frame, catalog in ((tables.weekly, WEEKLY), (tables.monthly, MONTHLY)):
        for name, spec in catalog.items():
            check_values(spec, frame[name].dropna())
    return tables


def _check_columns(name: str, frame: pd.DataFrame, catalog: dict[str, SeriesSpec]) -> None:
    for problem, columns in (("unknown", set(frame) - set(catalog)), ("missing", set(catalog) - set(frame))):
        if columns:
            found = f"{problem} column {', '.join(sorted(columns))}"
            raise DataError(name, expected=f"the columns {', '.join(catalog)}", found=found)


def check_dates(name: str, index: pd.Index) -> None:
    """Require dates that rise strictly.

    Parameters
    ----------
    name : str
        Of the series or table, for the message.
    index : pandas.Index
        The dates.

    Raises
    ------
    DataError
        A date is repeated or earlier than the one before it.
    """
    repeated = index[index.duplicated()]
    if len(repeated):
        raise DataError(name, date=repeated[0], expected="every date once", found="the date twice")
    if not index.is_monotonic_increasing:
        where = index[1:][index[1:] < index[:-1]][0]
        raise DataError(name, date=where, expected="rising dates", found="a date earlier than the row before it")


def _check_labels(tables: Tables) -> None:
    weeks, months = pd.DatetimeIndex(tables.weekly.index), pd.DatetimeIndex(tables.monthly.index)
    for name, index, wrong, label in (
        ("weekly table", weeks, weeks.day_of_week != 4, "a Friday"),
        ("monthly table", months, months.day != 1, "the first day of a month"),
    ):
        if wrong.any():
            raise DataError(name, date=index[wrong][0], expected=label, found=f"a {index[wrong][0]:%A}")
        if len(index) and index[-1].date() > tables.as_known:
            expected = f"nothing after {tables.as_known}, the day the data were frozen or retrieved"
            raise DataError(name, date=index[-1], expected=expected, found="a later date")


def check_values(spec: SeriesSpec, values: pd.Series) -> None:
    """Require values within the bounds of the catalog and without gaps longer than it allows.

    Parameters
    ----------
    spec : SeriesSpec
        The series' entry in the catalog.
    values : pandas.Series, shape (n,)
        Observations by date, nothing missing.

    Raises
    ------
    DataError
        Not numbers, a value out of bounds, or a gap; with the date.
    """
    if not pd.api.types.is_numeric_dtype(values.dtype):
        wrong = values[pd.to_numeric(values, errors="coerce").isna()]
        raise DataError(spec.name, date=wrong.index[0], expected="a number", found=repr(wrong.iloc[0]))
    outside = values[~values.between(spec.lower, spec.upper)]
    if len(outside):
        expected = f"a value from {spec.lower:g} to {spec.upper:g} {spec.unit}"
        raise DataError(spec.name, date=outside.index[0], expected=expected, found=f"{outside.iloc[0]:g}")
    gaps = np.diff(pd.DatetimeIndex(values.index).to_numpy()) / np.timedelta64(1, "D")
    if gaps.size and gaps.max() > spec.max_gap_days:
        where = values.index[int(gaps.argmax()) + 1]
        found = f"{gaps.max():.0f} days without one before it"
        raise DataError(spec.name, date=where, expected=f"an observation every {spec.max_gap_days} days", found=found)
