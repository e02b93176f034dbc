"""`make refresh`: bring the live data up to date, say what came of each series, and never lose what was there."""

import argparse
import contextlib
import datetime as dt
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
from tqdm import tqdm

from helpers.data.catalog import CATALOG, TABLES, SeriesSpec, TableSpec
from helpers.data.client import Client
from helpers.data.errors import DataError, StoreError, plain
from helpers.data.holdings import RESTORE
from helpers.data.ladder import SHOWN, Outcome, Walk, sources
from helpers.data.settings import Settings, read_settings
from helpers.data.store import EDITION, Entry, State, Store

_COLUMNS = ("series", "source", "place", "last", "age", "new", "status", "note")
LOG = "refresh.log"
FAILED, OLD = 1, 3


@dataclass(frozen=True)
class Report:
    """What a refresh did."""

    outcomes: tuple[Outcome, ...]  # one a series
    now: dt.datetime
    generation: int | None  # that was written
    remark: str = ""  # what was set and not usable, what was damaged

    @property
    def exit_status(self) -> int:
        """1 when a required series is missing or stopped, 3 when one is stale or kept from before, else 0."""
        required = {name for name, spec in CATALOG.items() if spec.required}
        found = {outcome.status for outcome in self.outcomes if outcome.name in required}
        return FAILED if "failed" in found else OLD if found & {"stale", "cache"} else 0

    @property
    def closing(self) -> str:
        """The last line: how many of each status."""
        words = {"ok": "ok", "cache": "from cache", "stale": "stale", "failed": "failed"}
        return ", ".join(f"{sum(o.status == status for o in self.outcomes)} {word}" for status, word in words.items())

    def __str__(self) -> str:
        rows = [_COLUMNS, *(self._row(outcome) for outcome in self.outcomes)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
        lines = [
            "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
            for row in rows
        ]
        for outcome in self.outcomes:
            lines += [f"{outcome.name}: {change}" for change in outcome.changes]
        if any(len(outcome.note) > SHOWN for outcome in self.outcomes):
            lines.append(f"notes in full: {LOG}, beside the live data")
        written = f"generation {self.generation} written" if self.generation else "nothing written"
        return "\n".join([*lines, *([self.remark] if self.remark else []), written, self.closing])

    def _row(self, outcome: Outcome) -> tuple[str, ...]:
        entry, spec = outcome.entry, CATALOG.get(outcome.name) or TABLES[outcome.name]
        note = plain(outcome.note, SHOWN)
        if entry is None:
            return (outcome.name, "-", "-", "-", "-", "-", outcome.status, note)
        age = (self.now.date() - dt.date.fromisoformat(entry.last)).days
        place = f"{entry.place} of {max(len(spec.sources), entry.place)}"
        source, new = f"{entry.provider} {entry.code}", str(outcome.new_rows)
        return (outcome.name, source, place, entry.last, f"{age} d", new, outcome.status, note)


def askable(settings: Settings) -> list[str]:
    """Give the series and tables that have a source: a live one, or a file that the user saved."""
    specs: list[SeriesSpec | TableSpec] = [*CATALOG.values(), *TABLES.values()]
    return [spec.name for spec in specs if sources(spec, settings)]


def refresh(
    *,
    settings: Settings,
    only: Iterable[str] = (),
    since: dt.date | None = None,
    dry_run: bool = False,
    accept_revisions: Collection[str] = (),
    accept_losses: Collection[str] = (),
    as_of: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Report:
    """Bring the live data up to date; `dry_run` asks and checks only, `since` adds to what is there already.

    With `as_of`, also the editions of that day of the series whose past FRED changes later.

    Raises
    ------
    StoreError
        The data cannot be written; those of before stand.
    DataError
        An unknown series, damaged live data, a clock that lies before the last refresh, or editions without a key.
    """
    if as_of and not settings.key:
        raise DataError("--as-of", expected="a key in FRED_API_KEY", found="none")
    known = askable(settings)
    names = list(only) or known
    unknown = [name for name in (*names, *accept_revisions, *accept_losses) if name not in known]
    if unknown:
        raise DataError(unknown[0], expected=f"one of {', '.join(known)}", found="no series with a source")
    moment = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    store, frozen = Store(settings.cache), Store(settings.snapshot, remedy=RESTORE)
    with contextlib.nullcontext() if dry_run else store.lock():
        before = store.load() or State(0, "")
        damaged = [] if dry_run else store.set_damaged_aside(before)
        _require_later(moment, before)
        with Client(settings, now=moment) as client:
            walk = Walk(client, store, before, (frozen, frozen.load() or State(0, "")),
                        pd.Timestamp(since) if since else None, accept_revisions, accept_losses)  # fmt: skip
            asked = tqdm(names, desc="refresh", unit="series")
            outcomes = tuple(walk.supply(CATALOG.get(name) or TABLES[name]) for name in asked)
            changing = [CATALOG[name] for name in names if name in CATALOG and CATALOG[name].changes_later]
            if as_of:
                outcomes += tuple(walk.edition(spec, as_of) for spec in changing if spec.sources)
        generation = None if dry_run else _stored(store, before, outcomes, moment)
    return Report(outcomes, moment, generation, "\n".join(filter(None, [*damaged, settings.remark])))


def _require_later(moment: dt.datetime, before: State) -> None:
    if before.written and dt.datetime.fromisoformat(before.written) > moment:
        expected = f"a time after the last refresh, {before.written}"
        found = f"{moment:%Y-%m-%d %H:%M} on this machine's clock"
        remedy = "Set the clock; if it was wrong at the last refresh, remove the folder of live data."
        raise DataError("live data", expected=expected, found=found, remedy=remedy)


def _stored(store: Store, before: State, outcomes: Sequence[Outcome], moment: dt.datetime) -> int | None:
    """Put what came in force, and keep of the last refresh what its table has no room for."""
    text = "".join(f"{outcome.name}: {outcome.status}; {outcome.note}\n" for outcome in outcomes)
    with contextlib.suppress(OSError):
        (store.folder / LOG).write_text(text, encoding="utf-8")
    objects = {name: body for outcome in outcomes for name, body in outcome.objects.items()}
    if not objects:
        return None
    after = _next_state(before, outcomes, moment)
    store.commit(after, objects)
    return after.generation


def _next_state(before: State, outcomes: Sequence[Outcome], now: dt.datetime) -> State:
    entries = dict(before.entries)
    shelf: dict[str, dict[str, Entry]] = {name: dict(codes) for name, codes in before.shelf.items()}
    for outcome in outcomes:
        if outcome.entry is None:
            continue
        if EDITION in outcome.entry.code:
            shelf.setdefault(outcome.name, {})[outcome.entry.code] = outcome.entry
            continue
        old = entries.get(outcome.name)
        if old and old.code != outcome.entry.code:
            shelf.setdefault(outcome.name, {})[old.code] = old
        shelf.get(outcome.name, {}).pop(outcome.entry.code, None)
        entries[outcome.name] = outcome.entry
    accepted = (*before.accepted, *(outcome.accepted for outcome in outcomes if outcome.accepted))
    return State(before.generation + 1, now.isoformat(timespec="seconds"), entries, shelf, accepted)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command: 0 done; 1 a required series is missing or stopped; 2 not carried out; 3 one of them is old."""
    parser = argparse.ArgumentParser(prog="python -m helpers refresh", description=__doc__)
    parser.add_argument("--only", default="", metavar="A,B", help="series and tables to ask for")
    parser.add_argument("--since", type=dt.date.fromisoformat, metavar="DATE", help="ask for days from DATE on")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE",
                        help="also bring FRED's editions of DATE, for a report as of it; needs a key")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="ask and check, write nothing")
    for kind, what in (("revisions", "changed past values"), ("losses", "an answer that lacks past values")):
        parser.add_argument(f"--accept-{kind}", nargs="+", default=(), metavar="NAME", help=f"take over {what}")
    chosen = vars(parser.parse_args(words))
    only = [name.strip() for name in chosen.pop("only").split(",") if name.strip()]
    try:
        report = refresh(settings=read_settings(), only=only, **chosen)
    except (DataError, StoreError) as error:
        sys.stderr.write(f"refresh: {error}\n")
        return 2
    sys.stdout.write(f"{report}\n")
    return report.exit_status
