"""What a run has to work with, uncut: the embedded figures, over them what a refresh brought, beside them one's own."""

import contextlib
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from helpers.data.catalog import CATALOG, TABLES, SeriesSpec
from helpers.data.checks import check_series
from helpers.data.errors import DataError
from helpers.data.manual import own_series
from helpers.data.settings import Settings
from helpers.data.store import EDITION, MANIFEST, Entry, Store

RESTORE = "Restore the embedded data (git checkout data/snapshot) or freeze them anew with `make snapshot`."


@dataclass(frozen=True)
class Holdings:
    """Everything at hand."""

    source: str  # "snapshot" or "live"
    as_known: dt.date  # the day on which the figures were frozen or retrieved
    series: Mapping[str, pd.Series]  # observations by date; those of the catalog first, then one's own
    tables: Mapping[str, pd.DataFrame]
    entries: Mapping[str, Entry]  # where each came from
    own: Mapping[str, SeriesSpec] = field(default_factory=dict)  # what one's own series are
    # By name and day: what FRED's archive had on that day of series that change later.
    editions: Mapping[tuple[str, str], pd.Series] = field(default_factory=dict)

    def retrieved(self, name: str) -> dt.date:
        """Give the day on which a series was retrieved."""
        return date_of(self.entries[name].retrieved) if name in self.entries else self.as_known


def date_of(moment: str) -> dt.date:
    """Give the day of a moment in a manifest."""
    return dt.datetime.fromisoformat(moment).date()


def read_holdings(settings: Settings) -> Holdings:
    """Read what `settings.source` asks for, checked against the catalog, and one's own series.

    Raises
    ------
    DataError
        Live data are asked for and there are none; a file is damaged; a series is not what the catalog says.
    """
    frozen, store = Store(settings.snapshot, remedy=RESTORE), Store(settings.cache)
    state, live = frozen.load(), store.load() if settings.source != "snapshot" else None
    if state is None:
        raise DataError(MANIFEST, expected="the manifest of the snapshot", found="no such file", remedy=RESTORE)
    if settings.source == "live" and live is None:
        remedy = 'Run `make refresh`, or use source="snapshot".'
        raise DataError("live data", expected="what `make refresh` brings", found="nothing", remedy=remedy)
    day = date_of((live or state).written)
    entries: dict[str, Entry] = {}
    figures: dict[str, Any] = {}
    for name in (*CATALOG, *TABLES):
        if name in state.entries:
            entries[name] = state.entries[name]
            figures[name] = _checked(name, frozen, entries[name], date_of(state.written))
        if live:
            try:
                entries[name], figures[name] = live.entries[name], _checked(name, store, live.entries[name], day)
            except (KeyError, DataError) as error:
                if name in figures:  # what no refresh brought, and what is damaged, comes from the snapshot
                    why = "no live data" if isinstance(error, KeyError) else "the live data are damaged"
                    note = f"{why}: from the snapshot of {date_of(state.written)}"
                    entries[name] = replace(state.entries[name], note=note)
                    figures[name] = figures[name].loc[: str(day)] if name in CATALOG else figures[name]
                elif isinstance(error, DataError):
                    raise
    series, tables = ({name: figures[name] for name in names if name in figures} for names in (CATALOG, TABLES))
    editions = {}
    for name, entry in live.all_entries() if live else ():
        if EDITION in entry.code:
            with contextlib.suppress(DataError):  # a damaged edition is not there
                editions[name, entry.code.partition(EDITION)[2]] = store.figures(name, entry)
    source = "live" if live else "snapshot"
    return _with_own(Holdings(source, day, series, tables, entries, editions=editions), settings)


def _checked(name: str, store: Store, entry: Entry, day: dt.date) -> Any:
    """Read figures, and hold a series against the catalog and the day of the data."""
    found = store.figures(name, entry)
    if name in CATALOG:
        check_series(CATALOG[name], found)
        if found.index[-1].date() > day:
            expected = f"nothing after {day}, the day the data were frozen or retrieved"
            raise DataError(name, date=found.index[-1], expected=expected, found="a later date")
    return found


def _with_own(holdings: Holdings, settings: Settings) -> Holdings:
    """Add the series that only the user has."""
    day = pd.Timestamp(holdings.as_known)
    own = {name: one for name, one in own_series(settings.manual).items() if one[1].index[0] <= day}
    series = {name: values.loc[:day] for name, (_, values) in own.items()}
    entries = {
        name: Entry("manual", f"{name}.csv", own[name][0].note, 1, holdings.as_known.isoformat(), "", "", len(values),
                    f"{values.index[0]:%Y-%m-%d}", f"{values.index[-1]:%Y-%m-%d}")
        for name, values in series.items()
    }  # fmt: skip
    return replace(
        holdings,
        series={**holdings.series, **series},
        entries={**holdings.entries, **entries},
        own={name: spec for name, (spec, _) in own.items()},
    )
