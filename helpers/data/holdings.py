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
from helpers.data.store import EDITION, MANIFEST, Entry, State, Store

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
    store, live = Store(settings.snapshot, remedy=RESTORE), (settings.cache / MANIFEST).exists()
    state = store.load()
    if state is None:
        raise DataError(MANIFEST, expected="the manifest of the snapshot", found="no such file", remedy=RESTORE)
    if settings.source == "live" and not live:
        remedy = 'Run `make refresh`, or use source="snapshot".'
        raise DataError("live data", expected="what `make refresh` brings", found="nothing", remedy=remedy)
    source, day, entries = "snapshot", date_of(state.written), dict(state.entries)
    figures = {name: store.figures(name, state.entries[name]) for name in (*CATALOG, *TABLES) if name in entries}
    editions = {}
    if settings.source != "snapshot" and live:
        editions = _editions(Store(settings.cache))
        source, day, entries, figures = _overlaid(Store(settings.cache), day, entries, figures)
    for name, values in figures.items():
        if name in CATALOG:
            check_series(CATALOG[name], values)
            if values.index[-1].date() > day:
                expected = f"nothing after {day}, the day the data were frozen or retrieved"
                raise DataError(name, date=values.index[-1], expected=expected, found="a later date")
    series, tables = ({name: figures[name] for name in names if name in figures} for names in (CATALOG, TABLES))
    return _with_own(Holdings(source, day, series, tables, entries, editions=editions), settings)


def _overlaid(
    store: Store, frozen: dt.date, entries: Mapping[str, Entry], figures: Mapping[str, Any]
) -> tuple[str, dt.date, dict[str, Entry], dict[str, Any]]:
    """Put what a refresh brought over the embedded figures.

    What no refresh ever brought, and what is damaged, comes from the snapshot, and its entry says so.
    """
    state = store.load() or State(0, "")
    day = date_of(state.written)
    both: dict[str, tuple[Entry, Any]] = {}
    for name in [name for name in (*CATALOG, *TABLES) if name in state.entries or name in entries]:
        try:
            both[name] = (state.entries[name], store.figures(name, state.entries[name]))
            if name in CATALOG:
                check_series(CATALOG[name], both[name][1])
        except (KeyError, DataError) as error:
            if name not in figures:
                raise
            why = "no live data" if isinstance(error, KeyError) else "the live data are damaged"
            known = figures[name].loc[: str(day)] if name in CATALOG else figures[name]
            both[name] = (replace(entries[name], note=f"{why}: from the snapshot of {frozen}"), known)
    found = ({name: pair[place] for name, pair in both.items()} for place in (0, 1))
    return "live", day, *found


def _editions(store: Store) -> dict[tuple[str, str], pd.Series]:
    """Read the editions that a refresh brought; a damaged one is not there."""
    found = {}
    for name, entry in (store.load() or State(0, "")).all_entries():
        if EDITION in entry.code:
            with contextlib.suppress(DataError):
                found[name, entry.code.partition(EDITION)[2]] = store.figures(name, entry)
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
