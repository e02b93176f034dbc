"""`make refresh`: bring the live data up to date, say what came of each series, and never lose what was there."""

import argparse
import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from tqdm import tqdm

from helpers.data.catalog import LIVE
from helpers.data.errors import DataError
from helpers.data.generation import Entry, State
from helpers.data.ladder import Outcome, Walk, first_weeks
from helpers.data.settings import Access, read_access
from helpers.data.snapshot import read_snapshot
from helpers.data.sources import Client
from helpers.data.store import Step, Store, StoreError

PATIENCE = 30.0
_COLUMNS = ("series", "source", "rung", "last", "age", "new", "status", "note")


@dataclass(frozen=True)
class Report:
    """What a refresh did.

    Parameters
    ----------
    outcomes : tuple of Outcome
        One a series.
    now : datetime.datetime
        When.
    generation : int or None
        The generation that was written; None when nothing was.
    """

    outcomes: tuple[Outcome, ...]
    now: dt.datetime
    generation: int | None

    @property
    def exit_status(self) -> int:
        """1 when a required series is missing, stopped or stale, else 0."""
        return int(any(LIVE[o.series].required and o.status in ("stale", "failed") for o in self.outcomes))

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
            lines += [f"{outcome.series}: {change}" for change in outcome.changes]
        written = f"generation {self.generation} written" if self.generation else "nothing written"
        return "\n".join([*lines, written, self.closing])

    def _row(self, outcome: Outcome) -> tuple[str, ...]:
        entry, ladder = outcome.entry, LIVE[outcome.series].ladder
        if entry is None:
            return (outcome.series, "-", "-", "-", "-", "-", outcome.status, outcome.note)
        age = (self.now.date() - dt.date.fromisoformat(entry.last)).days
        rung = f"{entry.rung} of {max(len(ladder), entry.rung)}"
        source, new = f"{entry.provider} {entry.code}", str(outcome.new_rows)
        return (outcome.series, source, rung, entry.last, f"{age} d", new, outcome.status, outcome.note)


def refresh(
    *,
    access: Access,
    only: Iterable[str] = (),
    since: dt.date | None = None,
    dry_run: bool = False,
    accept_revisions: bool = False,
    now: dt.datetime | None = None,
    patience: float = PATIENCE,
    step: Step = lambda name: None,
) -> Report:
    """Bring the live data up to date.

    Parameters
    ----------
    access : Access
        How the sources are reached, and where the data are kept.
    only : iterable of str
        Series to ask for; all of them when empty.
    since : datetime.date, optional
        Ask only for days from here on, where earlier ones are there already.
    dry_run : bool
        Ask and check, write nothing.
    accept_revisions : bool
        Take over changes of past values instead of stopping the series.
    now : datetime.datetime, optional
        The moment of the refresh, with time zone; the present one when omitted.
    patience : float
        Seconds to wait for another refresh to end.
    step : callable
        Called with a name before each act of writing.

    Returns
    -------
    Report
        One outcome a series, and whether anything was written.

    Raises
    ------
    StoreError
        The data cannot be written; those of before stand.
    DataError
        An unknown series, damaged live data, or a clock that lies before the last refresh.
    """
    names = list(only) or list(LIVE)
    unknown = [name for name in names if name not in LIVE]
    if unknown:
        raise DataError(unknown[0], expected=f"one of {', '.join(LIVE)}", found="no such live series")
    moment = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    store = Store(access.cache, step=step)
    options: dict[str, Any] = {"since": since, "accept": accept_revisions}
    if dry_run:
        outcomes, _ = _walk(access, store, names, moment, **options)
        return Report(outcomes, moment, None)
    with store.lock(patience):
        outcomes, before = _walk(access, store, names, moment, **options)
        objects = {name: body for outcome in outcomes for name, body in outcome.objects.items()}
        if not objects:
            return Report(outcomes, moment, None)
        after = _next_state(before, outcomes, moment)
        store.commit(after, objects)
    return Report(outcomes, moment, after.generation)


def _walk(
    access: Access, store: Store, names: Sequence[str], now: dt.datetime, *, since: dt.date | None, accept: bool
) -> tuple[tuple[Outcome, ...], State]:
    state = store.load() or State(generation=0, written="")
    if state.written and dt.datetime.fromisoformat(state.written) > now:
        remedy = "Set the clock; if it was wrong at the last refresh, remove data/cache."
        found = f"{now:%Y-%m-%d %H:%M} on this machine's clock"
        raise DataError(
            "live data", expected=f"a time after the last refresh, {state.written}", found=found, remedy=remedy
        )
    start = pd.Timestamp(since) if since else None
    with Client(access, now=now) as client:
        walk = Walk(client, store, state, first_weeks(read_snapshot()), since=start, accept=accept)
        return tuple(walk.series(LIVE[name]) for name in tqdm(names, desc="refresh", unit="series")), state


def _next_state(before: State, outcomes: Sequence[Outcome], now: dt.datetime) -> State:
    series = dict(before.series)
    shelf: dict[str, dict[str, Entry]] = {name: dict(codes) for name, codes in before.shelf.items()}
    for outcome in outcomes:
        if outcome.entry is None:
            continue
        old = series.get(outcome.series)
        if old and old.code != outcome.entry.code:
            shelf.setdefault(outcome.series, {})[old.code] = old
        shelf.get(outcome.series, {}).pop(outcome.entry.code, None)
        series[outcome.series] = outcome.entry
    accepted = (*before.accepted, *(outcome.accepted for outcome in outcomes if outcome.accepted))
    return State(before.generation + 1, now.isoformat(timespec="seconds"), series, shelf, accepted)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m helpers.data.refresh", description=__doc__)
    parser.add_argument("--only", default="", metavar="A,B", help=f"series to ask for, of {', '.join(LIVE)}")
    parser.add_argument("--since", type=dt.date.fromisoformat, metavar="DATE", help="ask for days from DATE on")
    parser.add_argument("--dry-run", action="store_true", help="ask and check, write nothing")
    parser.add_argument("--accept-revisions", action="store_true", help="take over changed past values, and log them")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    words : sequence of str, optional
        Its arguments; those of the process when omitted.

    Returns
    -------
    int
        0 done; 1 a required series is missing, stopped or stale; 2 the refresh could not be carried out.
    """
    chosen = _arguments(words)
    try:
        report = refresh(
            access=read_access(),
            only=[name.strip() for name in chosen.only.split(",") if name.strip()],
            since=chosen.since,
            dry_run=chosen.dry_run,
            accept_revisions=chosen.accept_revisions,
        )
    except (DataError, StoreError) as error:
        sys.stderr.write(f"refresh: {error}\n")
        return 2
    sys.stdout.write(f"{report}\n")
    return report.exit_status


if __name__ == "__main__":
    raise SystemExit(main())
