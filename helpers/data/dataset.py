"""The weekly panel as of a date: the only door to data for notebooks."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.data.banner import Banner
from helpers.data.catalog import MONTHLY, WEEKLY
from helpers.data.errors import DataError
from helpers.data.settings import CACHE, chosen_date, chosen_source
from helpers.data.snapshot import read_snapshot
from helpers.data.tables import Tables, check_tables


@dataclass(frozen=True)
class Dataset:
    """All series cut at one date.

    Parameters
    ----------
    tables : Tables
        The figures, nothing in them known later than `as_of`.
    as_of : datetime.date
        The date of the cut.
    latest : bool
        Whether nothing was cut, so that this is what is known at present.

    Notes
    -----
    Weeks are labelled with their Friday and hold the last value on or before it. Nothing is filled.
    """

    tables: Tables
    as_of: dt.date
    latest: bool = False

    @property
    def source(self) -> str:
        """Where the figures come from: "snapshot" or "live"."""
        return self.tables.source

    @property
    def known(self) -> dt.date:
        """The day on which a report on these figures could be written: of the retrieval or freeze, or of the cut."""
        return self.tables.as_known if self.latest else self.as_of

    @property
    def weekly(self) -> pd.DataFrame:
        """Levels by week, shape (weeks, 13), in the units of the catalog."""
        return self.tables.weekly

    @property
    def monthly(self) -> pd.DataFrame:
        """Month-end silver (USD/oz), month-average silver (USD/oz) and CPI by reference month, shape (months, 3)."""
        return self.tables.monthly

    @property
    def policy(self) -> pd.DataFrame:
        """Changes of the policy rate: effective, upper_bound (%)."""
        return self.tables.policy

    @property
    def balance(self) -> pd.DataFrame:
        """World silver supply and demand (million ounces), vintages published by `as_of` only."""
        return self.tables.balance

    @property
    def records(self) -> pd.DataFrame:
        """Silver highs by venue (USD/oz) up to `as_of`."""
        return self.tables.records

    @property
    def provenance(self) -> pd.DataFrame:
        """Provider, code, instrument, rung, retrieval date and note of each weekly series."""
        return self.tables.provenance

    def returns(self, *names: str, start: str | None = None) -> pd.DataFrame:
        """Give weekly changes of some series over the weeks in which all of them are there.

        Parameters
        ----------
        *names : str
            Series of the catalog; all of them when none is named, and then rows with missing values stay in.
        start : str, optional
            First week to keep.

        Returns
        -------
        pandas.DataFrame, shape (weeks, len(names))
            100 x log difference (per cent), or plain difference (percentage points) for rates and scores.

        Raises
        ------
        DataError
            A name is not in the catalog.
        """
        _require_names(names)
        levels = self.weekly[list(names or WEEKLY)]
        changes = pd.DataFrame(
            {name: 100 * np.log(values).diff() if WEEKLY[name].change == "log" else values.diff()
             for name, values in levels.items()}
        ).loc[start:].iloc[0 if start else 1 :]  # fmt: skip
        return changes.dropna() if names else changes

    def price(self, name: str, *, start: str | None = None) -> pd.Series:
        """Give the levels of one series where it is there.

        Parameters
        ----------
        name : str
            A series of the catalog.
        start : str, optional
            First week to keep.

        Returns
        -------
        pandas.Series, shape (weeks,)
            In the unit of the catalog, nothing missing.

        Raises
        ------
        DataError
            The name is not in the catalog.
        """
        _require_names((name,))
        return self.weekly[name].loc[start:].dropna()

    def as_published(self, name: str) -> pd.Series:
        """Give, for each week, the monthly value that was the latest published one.

        Parameters
        ----------
        name : str
            A series of the monthly catalog.

        Returns
        -------
        pandas.Series, shape (weeks,)
            Weekly index; the reference month of a value ends at least `publication_days` before its week.

        Raises
        ------
        DataError
            The name is not a monthly series.
        """
        if name not in MONTHLY:
            raise DataError(name, expected=f"one of {', '.join(MONTHLY)}", found="no such monthly series")
        values = self.monthly[name].dropna()
        values.index = published_on(values.index, MONTHLY[name].publication_days)
        return values.reindex(self.weekly.index, method="ffill").rename(name)

    def real(self, name: str) -> pd.Series:
        """Give a price in the dollars of the last published month of consumer prices.

        Parameters
        ----------
        name : str
            A weekly price of the catalog.

        Returns
        -------
        pandas.Series, shape (weeks,)
            Price times (latest CPI / CPI published by that week).
        """
        cpi = self.as_published("cpi")
        return (self.price(name) * cpi.dropna().iloc[-1] / cpi).dropna().rename(f"real {name}")

    @cached_property
    def digest(self) -> str:
        """First 16 hexadecimal digits of the sha256 of every figure in use."""
        frames = (self.weekly, self.monthly, self.policy, self.balance, self.records)
        text = "\n".join(frame.to_csv(float_format="%.10g", lineterminator="\n") for frame in frames)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def banner(self) -> Banner:
        """Say what data these are: source, date, first and last week of each series, anything that ends early."""
        return Banner(self.source, self.tables.as_known, self.as_of, self.weekly, self.provenance)


def published_on(months: pd.Index, days: int) -> pd.DatetimeIndex:
    """Give the day on which values of reference months are known.

    Parameters
    ----------
    months : pandas.DatetimeIndex, shape (n,)
        First days of the reference months.
    days : int
        Days from the end of the month to publication.

    Returns
    -------
    pandas.DatetimeIndex, shape (n,)
        Last day of the month plus `days`.
    """
    return pd.DatetimeIndex(months) + pd.offsets.MonthEnd(0) + pd.Timedelta(days=days)


def load(*, source: str = "auto", as_of: str | dt.date | None = None) -> Dataset:
    """Load the weekly panel.

    Parameters
    ----------
    source : {"auto", "snapshot", "live"}
        "auto" follows the environment variable SILVER_SOURCE; without it, live data where `make refresh` has brought
        them, else the embedded snapshot.
    as_of : str or datetime.date, optional
        Cut every series at this date; without it the environment variable SILVER_AS_OF, else the latest data.

    Returns
    -------
    Dataset
        Checked against the catalog and cut.

    Raises
    ------
    DataError
        The data are not what they should be, or `as_of` lies before the first week.
    """
    choice = chosen_source(source)
    if choice == "live" or (choice == "auto" and (CACHE / "manifest.json").exists()):
        from helpers.data.live import read_live

        tables = read_live(CACHE)
    else:
        tables = read_snapshot()
    return cut(check_tables(tables), chosen_date(as_of))


def cut(tables: Tables, as_of: dt.date | None) -> Dataset:
    """Keep only what was known on a date.

    Parameters
    ----------
    tables : Tables
        Checked figures.
    as_of : datetime.date or None
        None keeps everything and dates the panel with its last week.

    Returns
    -------
    Dataset
        With weeks whose Friday is past, monthly values published, balance vintages printed and records set by then.

    Raises
    ------
    DataError
        The date lies before the first week.
    """
    day = pd.Timestamp(as_of or tables.as_known)
    weekly = tables.weekly.loc[:day]
    if not len(weekly):
        found = f"as_of {day:%Y-%m-%d}"
        raise DataError("weekly table", expected=f"a date from {tables.weekly.index[0]:%Y-%m-%d} on", found=found)
    known = replace(
        tables,
        weekly=_known(weekly, WEEKLY, day),
        monthly=_known_months(tables.monthly, day),
        policy=_known_rows(tables.policy, "effective", day),
        balance=_known_rows(tables.balance, "published", day),
        records=_known_rows(tables.records, "date", day),
    )
    return Dataset(tables=known, as_of=as_of or weekly.index[-1].date(), latest=as_of is None)


def _known(weekly: pd.DataFrame, catalog: dict, day: pd.Timestamp) -> pd.DataFrame:
    late = {name: spec.publication_days for name, spec in catalog.items() if spec.publication_days}
    out = weekly.copy()
    for name, days in late.items():
        out.loc[out.index + pd.Timedelta(days=days) > day, name] = np.nan
    return out


def _known_months(monthly: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    kept = {
        name: values[published_on(values.index, MONTHLY[name].publication_days) <= day]
        for name, values in monthly.items()
    }
    return pd.DataFrame(kept)[list(monthly)]


def _known_rows(table: pd.DataFrame, dated: str, day: pd.Timestamp) -> pd.DataFrame:
    """Rows dated by then, numbered anew, so that the number of a row tells nothing of later ones."""
    return table[table[dated] <= day].reset_index(drop=True)


def _require_names(names: tuple[str, ...]) -> None:
    for name in names:
        if name not in WEEKLY:
            raise DataError(name, expected=f"one of {', '.join(WEEKLY)}", found="no such series")
