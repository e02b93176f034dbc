"""What every series must be, wherever it comes from."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.data.catalog import SeriesSpec
from helpers.data.errors import DataError, SourceError
from helpers.data.panel import by_week

LARGEST = 50_000_000
"""Bytes of the largest file or answer that is read."""


def check_dates(name: str, index: pd.Index) -> None:
    """Require dates that rise strictly."""
    repeated = index[index.duplicated()]
    if len(repeated):
        raise DataError(name, date=repeated[0], expected="every date once", found="the date twice")
    if not index.is_monotonic_increasing:
        where = index[1:][index[1:] < index[:-1]][0]
        raise DataError(name, date=where, expected="rising dates", found="a date earlier than the row before it")


def check_series(spec: SeriesSpec, values: pd.Series) -> None:
    """Require rising dates, values within the bounds of the catalog, and no missing week (month)."""
    check_dates(spec.name, values.index)
    if not len(values):
        raise DataError(spec.name, expected="values", found="none")
    outside = values[~values.between(*spec.bounds)]
    if len(outside):
        expected = f"a value from {spec.bounds[0]:g} to {spec.bounds[1]:g} {spec.unit}"
        raise DataError(spec.name, date=outside.index[0], expected=expected, found=f"{outside.iloc[0]:g}")
    there = values.index if spec.frequency == "monthly" else by_week(values).dropna().index
    gaps = there.to_series().diff().dt.days
    if gaps.max() > spec.gap:
        found = f"{gaps.max():.0f} days without one before it"
        raise DataError(spec.name, date=gaps.idxmax(), expected=f"an observation every {spec.gap} days", found=found)


def to_series(dates: Sequence[object], values: Sequence[object]) -> pd.Series:
    """Make a series of what a source sent: times become days, missing values (None, ".", "") are left out."""
    numbers = [_number(*pair) for pair in zip(dates, values, strict=True)]
    times = pd.to_datetime(pd.Series(dates, dtype=object), format="ISO8601", utc=True)
    days = pd.DatetimeIndex(times.dt.tz_localize(None).dt.normalize(), name="date").as_unit("us")
    try:
        check_dates("a row", days)
    except DataError as error:
        raise SourceError(str(error)) from None
    series = pd.Series(numbers, index=days, dtype=float).dropna()
    if not len(series):
        raise SourceError("no observation in the answer")
    return series


def _number(date: object, value: object) -> float:
    if value is None or value in (".", ""):
        return np.nan
    try:
        number = float(str(value))
    except ValueError:
        number = np.inf
    if not np.isfinite(number):
        raise SourceError(f"{str(value)[:40]!r} on {str(date)[:10]} is not a number")
    return number
