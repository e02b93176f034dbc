"""One series, its sources in order of preference: the first that gives a whole and believable series supplies it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from helpers.data.catalog import SeriesSpec, Source, TableSpec
from helpers.data.checks import check_series
from helpers.data.client import Client, Page
from helpers.data.errors import DataError, SourceError, plain
from helpers.data.guards import Changes, compare, jump_problem, jumps, stands, unlike
from helpers.data.manual import read_saved_table
from helpers.data.providers import fetch, fetch_table
from helpers.data.settings import Settings
from helpers.data.store import EDITION, Entry, State, Store, object_name, sha256, to_bytes

SHOWN = 160  # characters of a note in the table and in the manifest


@dataclass(frozen=True)
class Outcome:
    """What a refresh did for one series or table.

    "ok" is new data; "cache" the previous ones, because no source gave any; "stale" too old, from wherever; "failed"
    stopped, or nothing at all.
    """

    name: str
    status: Literal["ok", "cache", "stale", "failed"]
    entry: Entry | None  # in force now
    new_rows: int = 0
    note: str = ""
    changes: tuple[str, ...] = ()  # of the past, that stopped the series
    accepted: str = ""  # what change of the past was taken over
    objects: Mapping[str, bytes] = field(default_factory=dict, repr=False)  # to be stored


def sources(spec: SeriesSpec | TableSpec, settings: Settings) -> list[tuple[int, Source]]:
    """Give the sources that can be asked, with their places: FRED's API with a key only, a saved file as the last."""
    ladder = [(place, one) for place, one in enumerate(spec.sources, 1) if one.provider != "fredapi" or settings.key]
    for suffix in ("csv", "json"):
        name = f"{spec.name}.{suffix}"
        if (settings.manual / name).is_file():
            ladder.append((len(spec.sources) + 1, Source("manual", name, f"file saved by the user: {name}")))
    return ladder


class _Known(NamedTuple):
    """What is at hand of a series or table: its line in a manifest and its figures."""

    entry: Entry
    figures: Any


@dataclass(frozen=True)
class Walk:
    """Everything that walking one ladder needs."""

    client: Client
    store: Store
    state: State  # the live data so far
    frozen: tuple[Store, State]  # the embedded ones
    since: pd.Timestamp | None = None  # first day asked for, where there are previous values to add to
    revisions: Collection[str] = ()  # series of which other past values are taken over,
    losses: Collection[str] = ()  # and fewer

    def supply(self, spec: SeriesSpec | TableSpec) -> Outcome:
        """Walk down the sources of a series or table; one of them supplies the whole of it."""
        tried: list[str] = []
        stale: Outcome | None = None
        for place, source in sources(spec, self.client.settings):
            try:
                outcome = self._aged(spec, self._take(spec, place, source, tried))
            except (SourceError, DataError) as error:
                reason = error.reason if isinstance(error, SourceError) else error
            else:
                if outcome.status != "stale":
                    return outcome
                stale = stale or outcome
                reason = f"ends on {outcome.entry.last if outcome.entry else '-'}"
            tried.append(f"{source.provider} {source.code}: {reason}")
        if stale:
            return stale
        note = "; ".join(tried)
        entry = self.state.entries.get(spec.name)
        if entry is None:
            return Outcome(spec.name, "failed", None, note=note)
        note = f"kept from {entry.retrieved[:10]}: {note}"
        return self._aged(spec, Outcome(spec.name, "cache", replace(entry, note=plain(note, SHOWN)), note=note))

    def edition(self, spec: SeriesSpec, day: dt.date) -> Outcome:
        """Bring the edition that FRED's archive (ALFRED) had on a day, to stand beside what is in force."""
        source = next(one for one in spec.sources if one.provider == "fredapi")
        try:
            found = self._take(spec, 1, replace(source, code=f"{source.code}{EDITION}{day}"), [])
            return found if found.status == "ok" else replace(found, entry=None)
        except (SourceError, DataError) as error:
            return Outcome(spec.name, "failed", None, note=str(error))

    def _known(self, name: str, code: str | None = None) -> _Known | None:
        """Give the last accepted figures: of one code, or of whatever is in force; else the embedded ones."""
        live = self.state.latest(name, code) if code else self.state.entries.get(name)
        frozen = self.frozen[1].entries.get(name)
        places = [(self.store, live), (self.frozen[0], frozen if code in (None, frozen and frozen.code) else None)]
        for store, entry in places:
            if entry is not None:
                try:
                    return _Known(entry, store.figures(name, entry))
                except DataError:
                    continue  # a damaged object: the next place knows it too, and a good answer heals the store
        return None

    def _take(self, spec: SeriesSpec | TableSpec, place: int, source: Source, tried: list[str]) -> Outcome:
        """Take figures from one source, or raise what speaks against it."""
        known, at_hand = self._known(spec.name, source.code), self._known(spec.name)
        notes = [*tried]
        if isinstance(spec, SeriesSpec):
            source, figures, pages, doubts = self._series(spec, source, known, at_hand)
            notes += doubts
            pairs = [(_past(known, figures), figures)] if known else []
        else:
            figures, pages = self._table(source)
            both = (known.figures, figures) if known and source.provider != "manual" else ()
            before, now = (one.set_index(spec.date) for one in both) if both else ({}, {})
            pairs = [(before[column], now[column]) for column in before]
        accepted, revised = "", isinstance(spec, SeriesSpec) and spec.revised
        for changes in filter(None, (compare(*pair) for pair in pairs)):
            if wanted := self._wanted(spec.name, changes, revised=revised):
                return self._stopped(spec.name, source, changes, wanted)
            accepted = self._log(spec.name, changes)
            counts = ((len(changes.lost), "lost"), (len(changes.altered), "changed"))
            notes += [f"{count} past values {what}, accepted" for count, what in counts if count]
        dates, note, body = _dates(spec, figures), "; ".join(notes), to_bytes(figures)
        names = tuple((page.address, object_name(page.body, page.suffix)) for page in pages)
        entry = Entry(
            provider=source.provider, code=source.code, instrument=source.instrument, place=place,
            retrieved=self.client.now.isoformat(timespec="seconds"), file=f"objects/{object_name(body, 'csv')}",
            sha256=sha256(body), rows=len(dates), first=f"{dates.min():%Y-%m-%d}", last=f"{dates.max():%Y-%m-%d}",
            pages=names, note=plain(note, SHOWN),
        )  # fmt: skip
        objects = {name: page.body for (_, name), page in zip(names, pages, strict=True)}
        objects[object_name(body, "csv")] = body
        new = dates > _dates(spec, at_hand.figures)[-1] if at_hand else dates.notna()
        return Outcome(spec.name, "ok", entry, int(new.sum()), note, accepted=accepted, objects=objects)

    def _series(
        self, spec: SeriesSpec, source: Source, known: _Known | None, at_hand: _Known | None
    ) -> tuple[Source, pd.Series, Sequence[Page], list[str]]:
        """Fetch a series and give what of it is believed, with what a reader has to know of that."""
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
        after = None  # the day from which jumps are looked at: the last accepted one, or the first one corrected
        if known:
            changes = compare(_past(known, values), values)
            after = changes.altered.index[0] if changes and changes.only_newest else known.figures.index[-1]
        believed, doubts = self._believed(spec, source, values, after)
        return source, believed, daily.pages, doubts + self._other_instrument(spec, source)

    def _table(self, source: Source) -> tuple[pd.DataFrame, Sequence[Page]]:
        if source.provider == "manual":
            return read_saved_table(self.client.settings.manual / source.code), ()
        return fetch_table(self.client, source)

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
        same = ("fred", "fredapi") if source.provider in ("fred", "fredapi") else (source.provider,)
        others = [one for _, one in sources(spec, self.client.settings) if one.provider not in same]
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


def _dates(spec: SeriesSpec | TableSpec, figures: Any) -> pd.DatetimeIndex:
    dates = figures.index if isinstance(spec, SeriesSpec) else pd.to_datetime(figures[spec.date].astype(str))
    return pd.DatetimeIndex(dates)


def _past(known: _Known, values: pd.Series) -> pd.Series:
    """Give what a new answer has to repeat: of the embedded figures only as far as the answer reaches."""
    return known.figures if known.entry.file.startswith("objects/") else known.figures.loc[: values.index[-1]]


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
