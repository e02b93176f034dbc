"""`make snapshot`: turn a good live state into new embedded data, for a deliberate commit."""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from helpers.data.catalog import CATALOG, TABLES
from helpers.data.errors import DataError
from helpers.data.guards import compare
from helpers.data.holdings import RESTORE, date_of, read_holdings
from helpers.data.settings import Settings
from helpers.data.store import MANIFEST, Entry, State, Store, writing
from helpers.machine import beside, exchange, repair, sync_folder

REPORT = "CHANGES.md"
_REMEDY = "Run `make refresh` first; a snapshot is made of complete live data only."
_TEMPLATE = Path(__file__).with_name("snapshot.md.j2")


def freeze(*, settings: Settings, now: dt.datetime | None = None) -> str:
    """Replace the embedded data by the live ones, where they are good enough, and give the report of what changed.

    Raises
    ------
    DataError
        The live data are old, of another source than the embedded ones, end before them, or alter their past.
    StoreError
        The folder cannot be written; the snapshot of before stands.
    """
    moment = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    live = Store(settings.cache)
    with live.lock():
        repair(settings.snapshot)
        frozen = Store(settings.snapshot, remedy=RESTORE)
        old, new = frozen.load() or State(0, ""), live.load()
        if new is None:
            raise DataError("live data", expected="what `make refresh` brings", found="nothing", remedy=_REMEDY)
        entries, bodies, lines = dict(old.entries), {}, []
        for name in [name for name in (*CATALOG, *TABLES) if name in new.entries or name in old.entries]:
            chosen = _chosen(name, old.entries.get(name), new.entries.get(name), moment.date())
            store = live if chosen is not None else frozen
            entry = chosen or old.entries[name]
            bodies[name] = store.read(name, entry)
            lines.append(_line(name, frozen, old.entries.get(name), live, chosen))
            entries[name] = replace(entry, file=f"{name}.csv", pages=(), note="")
        state = State(old.generation + 1, new.written, dict(sorted(entries.items())))
        instead = f", in place of the one of {date_of(old.written)}" if old.written else ""
        report = "\n".join([f"# Snapshot of {date_of(new.written)}{instead}", "", *lines, ""])
        with writing(settings.snapshot):
            _write(settings, state, bodies, report)
            exchange(settings.snapshot)
    return report


def _chosen(name: str, old: Entry | None, new: Entry | None, today: dt.date) -> Entry | None:
    """Give the live entry where it may be frozen; None where one that is not required has to stay as it is."""
    spec = CATALOG.get(name) or TABLES[name]
    code = spec.sources[0].code if spec.sources else f"{name}.csv"
    if new is None:
        found = "no live data" if spec.sources else ""
    elif new.code != code:
        found = f"{new.instrument} from {new.provider}"
    elif old and new.last < old.last:
        found = f"none after {new.last}"
    elif (today - date_of(new.retrieved)).days > spec.stale:
        found = f"data of {new.retrieved[:10]}"
    else:
        return new
    if found and (old is None or getattr(spec, "required", False)):
        expected = f"{spec.sources[0].instrument if spec.sources else spec.quantity}, fresh"
        expected += f", to {old.last} at least" if old else ""
        raise DataError(name, expected=expected, found=found, remedy=_REMEDY)
    return None


def _line(name: str, frozen: Store, old: Entry | None, live: Store, new: Entry | None) -> str:
    """Say what changes; a past that is altered is refused, except where its provider re-estimates it."""
    if new is None:
        return f"- {name}: kept"
    if old is None:
        return f"- {name}: new, {new.rows} rows ({new.first} to {new.last})"
    if name in TABLES:
        return f"- {name}: {'unchanged' if new.sha256 == old.sha256 else f'{old.rows} rows, now {new.rows}'}"
    before, after = frozen.figures(name, old), live.figures(name, new)
    later, changes = after.index[after.index > before.index[-1]], compare(before, after)
    if changes and not (changes.only_newest or (CATALOG[name].revised and changes.only_altered)):
        found = "; ".join(changes.lines())
        remedy = "If the change is right, remove the file from the snapshot first, and say so in the commit."
        raise DataError(name, expected="the past of the snapshot", found=found, remedy=remedy)
    parts = []
    if len(later):
        span = f"{later[0]:%Y-%m-%d} to {later[-1]:%Y-%m-%d}" if len(later) > 1 else f"{later[0]:%Y-%m-%d}"
        parts = [f"{len(later)} row{'s' * (len(later) > 1)} added ({span})"]
    return f"- {name}: {'; '.join([*parts, *changes.lines()]) or 'unchanged'}"


def _write(settings: Settings, state: State, bodies: Mapping[str, bytes], report: str) -> None:
    """Write the new folder beside the old one, and read it back."""
    folder, _ = beside(settings.snapshot)
    folder.mkdir(parents=True)
    for name, body in bodies.items():
        (folder / f"{name}.csv").write_bytes(body)
    (folder / MANIFEST).write_bytes(state.to_json())
    (folder / "README.md").write_text(describe(state), encoding="utf-8")
    (folder / REPORT).write_text(report, encoding="utf-8")
    read_holdings(replace(settings, snapshot=folder, source="snapshot", manual=folder / "none"))
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(folder)


def describe(state: State) -> str:
    """Write the README of a snapshot from the catalog and the manifest."""
    plain = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)  # noqa: S701 - Markdown
    template = plain.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(state=state, catalog=CATALOG, tables=TABLES)
