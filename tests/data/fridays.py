"""A snapshot that ends on a Friday, and sources that let the weeks after it come one by one."""

import datetime as dt
import shutil
from dataclasses import replace

import pandas as pd

from helpers.data.catalog import CATALOG, TABLES
from helpers.data.settings import Settings
from helpers.data.store import Store, sha256, to_bytes

EMBEDDED = Store(Settings().snapshot)


def friday_night(day):
    """The Saturday morning on which Friday's values are out."""
    return dt.datetime.combine(pd.Timestamp(day).date() + dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC)


def snapshot_until(folder, day, names=None):
    """Write a snapshot of some series (all when none is named) as it would have been frozen after a Friday."""
    state, moment = EMBEDDED.load(), friday_night(day).isoformat(timespec="seconds")
    folder.mkdir(parents=True)
    entries = {}
    for name in names or state.entries:
        entry = state.entries[name]
        if name in CATALOG:
            known = EMBEDDED.figures(name, entry).loc[:day]
            body, dates = to_bytes(known), known.index
        elif TABLES[name].sources:
            known = EMBEDDED.figures(name, entry)
            known = known[known["date"] <= pd.Timestamp(day)]
            body, dates = to_bytes(known), pd.DatetimeIndex(known["date"])
        else:
            shutil.copy(EMBEDDED.folder / entry.file, folder / entry.file)
            entries[name] = replace(entry, retrieved=moment)
            continue
        (folder / entry.file).write_bytes(body)
        ends = {"first": f"{dates.min():%Y-%m-%d}", "last": f"{dates.max():%Y-%m-%d}"}
        entries[name] = replace(entry, sha256=sha256(body), rows=len(dates), retrieved=moment, **ends)
    (folder / "manifest.json").write_bytes(replace(state, written=moment, entries=entries).to_json())


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
