"""What every adapter hands over: a daily series, and the pages it was read from."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.data.errors import DataError
from helpers.data.tables import check_dates


class SourceError(Exception):
    """A source did not give what was asked for.

    Parameters
    ----------
    provider, code : str
        Which source, and which of its series.
    reason : str
        What went wrong, free of secrets.
    """

    def __init__(self, provider: str, code: str, reason: str) -> None:
        self.provider, self.code, self.reason = provider, code, reason
        super().__init__(f"{provider} {code}: {reason}")


@dataclass(frozen=True)
class Page:
    """One answer of a source.

    Parameters
    ----------
    address : str
        Where it came from, without any key.
    body : bytes
        What was sent, unchanged.
    suffix : str
        Kind of content: "json", "xml" or "csv".
    """

    address: str
    body: bytes
    suffix: str


@dataclass(frozen=True)
class Daily:
    """A series as a source gave it.

    Parameters
    ----------
    series : pandas.Series, shape (n,)
        Observations by date, rising, nothing missing, n >= 1.
    pages : tuple of Page
        The answers that it was read from.
    open_from : datetime.date, optional
        First day that had not ended at the source: values from it on are provisional.
    """

    series: pd.Series
    pages: tuple[Page, ...]
    open_from: dt.date | None = None


def to_series(provider: str, code: str, dates: Sequence[object], values: Sequence[object]) -> pd.Series:
    """Make a series of what a source sent.

    Parameters
    ----------
    provider, code : str
        Named in errors.
    dates : sequence, shape (n,)
        ISO dates, or anything that `pandas.to_datetime` reads.
    values : sequence, shape (n,)
        Numbers, text of numbers, or None, "." and "" for a missing value.

    Returns
    -------
    pandas.Series, shape (m,), m <= n
        Index "date"; missing values left out.

    Raises
    ------
    SourceError
        Nothing is left, a date is repeated or out of order, or a value is not a finite number.
    """
    series = pd.Series([_number(provider, code, *pair) for pair in zip(dates, values, strict=True)], dtype=float)
    series.index = pd.DatetimeIndex(pd.to_datetime(list(dates), format="ISO8601"), name="date").as_unit("us")
    try:
        check_dates(code, series.index)
    except DataError as error:
        reason = str(error)
    else:
        series = series.dropna().rename(None)
        if len(series):
            return series
        reason = "no observation in the answer"
    raise SourceError(provider, code, reason)


def _number(provider: str, code: str, date: object, value: object) -> float:
    if value is None or value in (".", ""):
        return np.nan
    try:
        number = float(str(value))
    except ValueError:
        number = np.inf
    if not np.isfinite(number):
        raise SourceError(provider, code, f"{str(value)[:40]!r} on {str(date)[:10]} is not a number")
    return number
