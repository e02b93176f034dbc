"""One series, its sources in order of preference: the first that gives a whole and believable series supplies it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.data.catalog import CATALOG, SeriesSpec, Source, TableSpec
from helpers.data.checks import check_series
from helpers.data.client import Client, Page
from helpers.data.errors import DataError, SourceError, plain
from helpers.data.guards import Changes, compare, jump_problem, jumps, stands, unlike
from helpers.data.manual import read_saved_table
from helpers.data.providers import fetch, fetch_table
from helpers.data.settings import Settings
from helpers.data.store import Entry, State, Store, object_name, sha256, table_to_bytes, to_bytes

Status = Literal["ok", "cache", "stale", "failed"]
_FAMILIES = {"fredapi": "fred"}
SHOWN = 160


@dataclass(frozen=True)
class Outcome:
    """What a refresh did for one series or table.

    "ok" is new data; "cache" the previous ones, because no source gave any; "stale" too old, from wherever; "failed"
    stopped, or nothing at all. `entry` is in force now, `changes` says what stopped the series, `accepted` what change
    of the past was taken over, `objects` what is to be stored.
    """

    name: str
    status: Status
    entry: Entry | None
    new_rows: int = 0
    note: str = ""
    changes: tuple[str, ...] = ()
    accepted: str = ""
    objects: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def sources(spec: SeriesSpec | TableSpec, settings: Settings) -> list[tuple[int, Source]]:
    """Give the sources that can be asked, with their places: FRED's API with a key only, a saved file as the last."""
    ladder = [(place, one) for place, one in enumerate(spec.sources, 1) if one.provider != "fredapi" or settings.key]
    for suffix in ("csv", "json"):
        name = f"{spec.name}.{suffix}"
        if (settings.manual / name).is_file():
            ladder.append((len(spec.sources) + 1, Source("manual", name, f"file saved by the user: {name}")))
    return ladder


@dataclass(frozen=True)
class _Known:
    """What is at hand of a series or table: its line in a manifest and its figures."""

    entry: Entry
    figures: Any


@dataclass(frozen=True)
class Walk:
    """Everything that walking one ladder needs: the way out, the live data so far, and the embedded ones.

    `since` is the first day asked for, where there are previous values to add to. Other past values are taken over of
    the series named in `revisions`, fewer past values of those in `losses`.
    """

    client: Client
    store: Store
    state: State
    frozen: tuple[Store, State]
    since: pd.Timestamp | None = None
    revisions: Collection[str] = ()
    losses: Collection[str] = ()

    def supply(self, spec: SeriesSpec | TableSpec) -> Outcome:
        """Walk down the sources of a series or table; one of them supplies the whole of it."""
        take: Callable[..., Outcome] = self._from_source if isinstance(spec, SeriesSpec) else self._table_from_source
        tried: list[str] = []
        stale: Outcome | None = None
        for step in sources(spec, self.client.settings):
            try:
                outcome = self._aged(spec, take(spec, step, tried))
            except SourceError as error:
                tried.append(str(error))
                continue
            except DataError as error:
                tried.append(f"{step[1].provider} {step[1].code}: {error}")
                continue
            if outcome.status != "stale":
                return outcome
            stale = stale or outcome
            tried.append(f"{step[1].provider} {step[1].code}: ends on {outcome.entry.last if outcome.entry else '-'}")
        if stale:
            return stale
        note = "; ".join(tried)
        entry = self.state.entries.get(spec.name)
        if entry is None:
            return Outcome(spec.name, "failed", None, note=note)
        note = f"kept from {entry.retrieved[:10]}: {note}"
        return self._aged(spec, Outcome(spec.name, "cache", replace(entry, note=plain(note, SHOWN)), note=note))

    def _known(self, name: str, code: str | None = None) -> _Known | None:
        """Give the last accepted figures: of one code, or of whatever is in force; else the embedded ones."""
        live = self.state.latest(name, code) if code else self.state.entries.get(name)
        frozen = self.frozen[1].entries.get(name)
        places = [(self.store, live), (self.frozen[0], frozen if code in (None, frozen and frozen.code) else None)]
        for store, entry in places:
            if entry is not None:
                try:
                    return _Known(entry, store.series(name, entry) if name in CATALOG else store.table(name, entry))
                except DataError:
                    continue  # a damaged object: the next place knows it too, and a good answer heals the store
        return None

    def _past(self, known: _Known, values: pd.Series) -> pd.Series:
        """Give what a new answer has to repeat: of the embedded figures only as far as the answer reaches."""
        live = known.entry.file.startswith("objects/")
        return known.figures if live else known.figures.loc[: values.index[-1]]

    def _from_source(self, spec: SeriesSpec, step: tuple[int, Source], tried: list[str]) -> Outcome:
        """Take a series from one source, or raise what speaks against it."""
        place, source = step
        known, at_hand = self._known(spec.name, source.code), self._known(spec.name)
        since = self.since if known else None
        daily = fetch(self.client, source, since.date() if since is not None else None)
        values = daily.series
        if known and since is not None:
            values = pd.concat([known.figures[known.figures.index < since], values])
        if spec.name in self.frozen[1].entries:  # live and frozen data differ by what came later, not by sample
            values = values.loc[self.frozen[1].entries[spec.name].first :]
        if source.provider == "manual" and at_hand:
            source, values = _extended(spec, source, at_hand, values)
        check_series(spec, values)
        if at_hand and (said := unlike(spec, at_hand.figures, values)):
            raise DataError(spec.name, expected=f"figures like those of {at_hand.entry.provider}", found=said)
        changes = compare(self._past(known, values), values) if known else None
        believed, doubts = self._believed(spec, source, values, _from(known, changes))
        notes = [*tried, *doubts, *self._other_instrument(spec, source)]
        changes = compare(self._past(known, believed), believed) if known else None
        if changes and (wanted := self._wanted(spec.name, changes, revised=spec.revised)):
            return self._stopped(spec.name, source, changes, wanted)
        accepted = self._log(spec.name, changes) if changes else ""
        notes += _said(changes)
        new_rows = int((believed.index > at_hand.figures.index[-1]).sum()) if at_hand else len(believed)
        body, dates = to_bytes(believed), believed.index
        entry, objects = self._entry(place, source, daily.pages, body, dates, "; ".join(notes))
        return Outcome(spec.name, "ok", entry, new_rows, "; ".join(notes), accepted=accepted, objects=objects)

    def _table_from_source(self, spec: TableSpec, step: tuple[int, Source], tried: list[str]) -> Outcome:
        """Take a table from one source; of one by date no earlier row may be lost or altered."""
        place, source = step
        pages: tuple[Page, ...] = ()
        if source.provider == "manual":
            table = read_saved_table(self.client.settings.manual / source.code)
        else:
            table, pages = fetch_table(self.client, source)
        known = self._known(spec.name, source.code)
        new_rows, accepted = len(table), ""
        if known is not None and source.provider != "manual":
            before = known.figures.set_index(spec.date)
            new_rows = int((table[spec.date] > before.index[-1]).sum())
            for column in before:
                changes = compare(before[column], table.set_index(spec.date)[column])
                if changes and (wanted := self._wanted(spec.name, changes, revised=False)):
                    return self._stopped(spec.name, source, changes, wanted)
                accepted = self._log(spec.name, changes) if changes else accepted
        dates = pd.DatetimeIndex(pd.to_datetime(table[spec.date].astype(str)))
        entry, objects = self._entry(place, source, pages, table_to_bytes(table), dates, "; ".join(tried))
        return Outcome(spec.name, "ok", entry, new_rows, "; ".join(tried), accepted=accepted, objects=objects)

    def _entry(
        self, place: int, source: Source, pages: tuple[Page, ...], body: bytes, dates: pd.DatetimeIndex, note: str
    ) -> tuple[Entry, dict[str, bytes]]:
        names = tuple((page.address, object_name(page.body, page.suffix)) for page in pages)
        objects = {name: page.body for (_, name), page in zip(names, pages, strict=True)}
        objects[object_name(body, "csv")] = body
        entry = Entry(
            provider=source.provider, code=source.code, instrument=source.instrument, place=place,
            retrieved=self.client.now.isoformat(timespec="seconds"), file=f"objects/{object_name(body, 'csv')}",
            sha256=sha256(body), rows=len(dates), first=f"{dates.min():%Y-%m-%d}", last=f"{dates.max():%Y-%m-%d}",
            pages=names, note=plain(note, SHOWN),
        )  # fmt: skip
        return entry, objects

    def _wanted(self, name: str, changes: Changes, *, revised: bool) -> list[str]:
        """Give the consents that a changed past needs and does not have: one to fewer values, one to other ones."""
        lost = len(changes.lost) > 0 and name not in self.losses
        known_to_change = revised or changes.only_newest or name in self.revisions
        other = len(changes.altered) > 0 and not known_to_change
        return [f"--accept-losses {name}"] * lost + [f"--accept-revisions {name}"] * other

    def _stopped(self, name: str, source: Source, changes: Changes, wanted: list[str]) -> Outcome:
        """Keep what is in force; the user has to decide."""
        note = f"stopped: the past of {source.provider} {source.code} changed; {' '.join(wanted)} takes it over"
        entry = self.state.entries.get(name)
        kept = replace(entry, note=note) if entry else None
        return Outcome(name, "failed", kept, note=note, changes=tuple(changes.lines()))

    def _log(self, name: str, changes: Changes) -> str:
        asked = ["--accept-losses"] * (name in self.losses) + ["--accept-revisions"] * (name in self.revisions)
        why = " ".join(asked) or ("the newest rows" if changes.only_newest else "its provider re-estimates it")
        return f"{self.client.now:%Y-%m-%d} {name}: {'; '.join(changes.lines())}; accepted ({why})"

    def _other_instrument(self, spec: SeriesSpec, source: Source) -> list[str]:
        before = self.state.entries.get(spec.name)
        was = before.instrument if before else spec.sources[0].instrument if spec.sources else source.instrument
        if was == source.instrument:
            return []
        return [f"another instrument: {source.instrument} for the whole series, in place of {was}"]

    def _believed(
        self, spec: SeriesSpec, source: Source, values: pd.Series, after: pd.Timestamp | None
    ) -> tuple[pd.Series, list[str]]:
        """Ask another source about each recent jump, and hold a newest value back that nothing confirms."""
        found = jumps(spec, values, after=after)
        others = [one for _, one in sources(spec, self.client.settings) if _family(one) != _family(source)]
        notes = []
        for day in map(pd.Timestamp, found.index.astype(str)):
            problem = self._opinion(spec, values, day, others)
            if problem:
                raise DataError(spec.name, date=day, expected="a jump that a second source saw", found=problem)
            if problem is None and not stands(spec, values, day):
                value = f"{values[day]:g} on {day:%Y-%m-%d}"
                if day != values.index[-1] or len(values) == 1:
                    raise DataError(spec.name, date=day, expected="a jump that lasts or that a second source saw",
                                    found=f"{value}, and back")  # fmt: skip
                values = values.iloc[:-1]
                notes.append(f"{value} held back until a later value or a second source confirms it")
        return values, notes

    def _opinion(self, spec: SeriesSpec, values: pd.Series, day: pd.Timestamp, others: list[Source]) -> str | None:
        """Give what the first other source that knows the day says; None when none does."""
        for other in others:
            try:
                second = fetch(self.client, other).series
            except SourceError:
                continue
            if second.index[0] < day <= second.index[-1]:
                return jump_problem(spec, values, day, second)
        return None

    def _aged(self, spec: SeriesSpec | TableSpec, outcome: Outcome) -> Outcome:
        """Call what is too old stale, whether it was just fetched or kept."""
        if outcome.entry is None or outcome.status == "failed" or not spec.sources:
            return outcome
        age = (self.client.now.date() - pd.Timestamp(outcome.entry.last).date()).days
        if age <= spec.stale:
            return outcome
        old = f"stale: last value {age} days old, at most {spec.stale} expected"
        note = "; ".join(part for part in (old, outcome.note) if part)
        return replace(outcome, status="stale", note=note, entry=replace(outcome.entry, note=plain(note, SHOWN)))


def _from(known: _Known | None, changes: Changes | None) -> pd.Timestamp | None:
    """Give the day from which jumps are looked at: the last accepted one, or the first that has been corrected."""
    if known is None:
        return None
    last = known.figures.index[-1]
    return changes.altered.index[0] if changes and changes.only_newest else last


def _said(changes: Changes | None) -> list[str]:
    if not changes:
        return []
    counts = ((len(changes.lost), "lost"), (len(changes.altered), "changed"))
    return [f"{count} past values {what}, accepted" for count, what in counts if count]


def _family(source: Source) -> str:
    return _FAMILIES.get(source.provider, source.provider)


def _extended(spec: SeriesSpec, source: Source, at_hand: _Known, values: pd.Series) -> tuple[Source, pd.Series]:
    """Add the later values of a saved file to what is at hand; a file that covers all of it stands by itself."""
    known = at_hand.figures
    if values.index[0] <= known.index[0] and values.index[-1] >= known.index[-1]:
        return source, values
    both = known.index.intersection(values.index)
    if not len(both) or not np.isclose(values[both], known[both], rtol=0.05, atol=spec.jump / 2).all():
        found = "no common day" if not len(both) else "other figures on common days"
        raise DataError(spec.name, expected=f"a file that goes on from {known.index[-1]:%Y-%m-%d}", found=found)
    joined = pd.concat([known, values[values.index > known.index[-1]]])
    what = f"{at_hand.entry.instrument.split('; from ')[0]}; from {known.index[-1]:%Y-%m-%d} on {source.instrument}"
    return replace(source, instrument=what), joined
