"""What a run has to work with, uncut: the embedded figures, over them what a refresh brought, beside them one's own."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from helpers.data.catalog import CATALOG, TABLES, SeriesSpec
from helpers.data.checks import check_series
from helpers.data.errors import DataError
from helpers.data.manual import own_series
from helpers.data.settings import Settings
from helpers.data.store import MANIFEST, Entry, State, Store

RESTORE = "Restore the embedded data (git checkout data/snapshot) or freeze them anew with `make snapshot`."


@dataclass(frozen=True)
class Holdings:
    """Everything at hand.

    Parameters
    ----------
    source : {"snapshot", "live"}
        Where the figures come from.
    as_known : datetime.date
        The day on which they were frozen or retrieved.
    series : mapping of str to pandas.Series
        Observations by date; those of the catalog first, then one's own.
    tables : mapping of str to pandas.DataFrame
        As in the catalog.
    entries : mapping of str to Entry
        Where each came from.
    own : mapping of str to SeriesSpec
        What one's own series are.
    """

    source: str
    as_known: dt.date
    series: Mapping[str, pd.Series]
    tables: Mapping[str, pd.DataFrame]
    entries: Mapping[str, Entry]
    own: Mapping[str, SeriesSpec] = field(default_factory=dict)

    def retrieved(self, name: str) -> dt.date:
        """Give the day on which a series was retrieved."""
        return date_of(self.entries[name].retrieved) if name in self.entries else self.as_known


def date_of(moment: str) -> dt.date:
    """Give the day of a moment in a manifest."""
    return dt.datetime.fromisoformat(moment).date()


def embedded(settings: Settings) -> tuple[Store, State]:
    """Open the embedded data.

    Raises
    ------
    DataError
        There are none.
    """
    store = Store(settings.snapshot, remedy=RESTORE)
    state = store.load()
    if state is None:
        raise DataError(MANIFEST, expected="the manifest of the snapshot", found="no such file", remedy=RESTORE)
    return store, state


def read_holdings(settings: Settings) -> Holdings:
    """Read what `settings.source` asks for, checked against the catalog, and one's own series.

    Raises
    ------
    DataError
        Live data are asked for and there are none; a file is damaged; a series is not what the catalog says.
    """
    store, state = embedded(settings)
    live = (settings.cache / MANIFEST).exists()
    if settings.source == "snapshot" or (settings.source == "auto" and not live):
        found = _read("snapshot", store, state)
    elif live:
        found = _overlaid(settings, _read("snapshot", store, state))
    else:
        remedy = 'Run `make refresh`, or use source="snapshot".'
        raise DataError("live data", expected="what `make refresh` brings", found="nothing", remedy=remedy)
    return with_own(check(found), settings)


def with_own(holdings: Holdings, settings: Settings) -> Holdings:
    """Add the series that only the user has."""
    day = pd.Timestamp(holdings.as_known)
    own = {name: one for name, one in own_series(settings.manual).items() if one[1].index[0] <= day}
    series = {name: values.loc[:day] for name, (_, values) in own.items()}
    entries = {
        name: Entry(
            "manual", f"{name}.csv", spec.note, 1, holdings.as_known.isoformat(), "", "", len(series[name]),
            f"{series[name].index[0]:%Y-%m-%d}", f"{series[name].index[-1]:%Y-%m-%d}",
        )
        for name, (spec, _) in own.items()
    }  # fmt: skip
    return replace(
        holdings,
        series={**holdings.series, **series},
        entries={**holdings.entries, **entries},
        own={name: spec for name, (spec, _) in own.items()},
    )


def check(holdings: Holdings) -> Holdings:
    """Hold every series against the catalog and the day of the data."""
    for name, values in holdings.series.items():
        check_series(CATALOG[name], values)
        if values.index[-1].date() > holdings.as_known:
            expected = f"nothing after {holdings.as_known}, the day the data were frozen or retrieved"
            raise DataError(name, date=values.index[-1], expected=expected, found="a later date")
    return holdings


def _read(source: str, store: Store, state: State) -> Holdings:
    series = {name: store.series(name, state.entries[name]) for name in CATALOG if name in state.entries}
    tables = {name: store.table(name, state.entries[name]) for name in TABLES if name in state.entries}
    return Holdings(source, date_of(state.written), series, tables, state.entries)


def _overlaid(settings: Settings, frozen: Holdings) -> Holdings:
    """Put what a refresh brought over the embedded figures.

    What no refresh ever brought, and what is damaged, comes from the snapshot, and its entry says so.
    """
    store = Store(settings.cache)
    state = store.load() or State(0, "")
    day = date_of(state.written)
    series: dict[str, pd.Series] = {}
    tables: dict[str, pd.DataFrame] = {}
    entries: dict[str, Entry] = {}
    for name in [name for name in (*CATALOG, *TABLES) if name in state.entries or name in frozen.entries]:
        place: dict = series if name in CATALOG else tables
        old = frozen.series.get(name) if name in CATALOG else frozen.tables.get(name)
        try:
            found = state.entries[name]
            place[name] = store.series(name, found) if name in CATALOG else store.table(name, found)
            if name in CATALOG:
                check_series(CATALOG[name], place[name])
            entries[name] = found
        except (KeyError, DataError) as error:
            if old is None:
                raise
            why = "no live data" if isinstance(error, KeyError) else "the live data are damaged"
            place[name] = old.loc[: str(day)] if name in CATALOG else old
            entries[name] = replace(frozen.entries[name], note=f"{why}: from the snapshot of {frozen.as_known}")
    return Holdings("live", day, series, tables, entries)
