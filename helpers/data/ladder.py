"""One series, its sources in order of preference: the first that gives a whole and believable series supplies it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

from helpers.data.catalog import LIVE, WEEKLY, SeriesSpec, Source
from helpers.data.errors import DataError
from helpers.data.generation import Entry, State
from helpers.data.guards import (
    Changes,
    check_bounds,
    check_whole,
    compare,
    drop_known_errors,
    jump_problem,
    jumps,
    settling_day,
)
from helpers.data.settings import Access
from helpers.data.sources import Client, Daily, SourceError, fetch
from helpers.data.store import Store, object_name, to_bytes
from helpers.data.tables import Tables

_HUGE_JUMP = 0.7
Status = Literal["ok", "cache", "stale", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What a refresh did for one series.

    Parameters
    ----------
    series : str
        Name.
    status : {"ok", "cache", "stale", "failed"}
        New data; the previous ones, because no source gave any; too old, from wherever; stopped, or nothing at all.
    entry : Entry or None
        What is in force now.
    new_rows : int
        Observations after the previous last one.
    note : str
        What a reader has to know.
    changes : tuple of str
        What stopped the series.
    accepted : str
        A revision that was accepted, in words; else empty.
    objects : mapping of str to bytes
        To be stored.
    """

    series: str
    status: Status
    entry: Entry | None
    new_rows: int = 0
    note: str = ""
    changes: tuple[str, ...] = ()
    accepted: str = ""
    objects: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def first_weeks(snapshot: Tables) -> dict[str, pd.Timestamp]:
    """Give the first week (month) of each series in the embedded snapshot: the start of the sample.

    Parameters
    ----------
    snapshot : Tables
        The embedded data.

    Returns
    -------
    dict of str to pandas.Timestamp
        For every series that can be live.
    """
    return {name: (snapshot.weekly if name in WEEKLY else snapshot.monthly)[name].first_valid_index() for name in LIVE}


def rungs(spec: SeriesSpec, access: Access) -> list[tuple[int, Source]]:
    """Give the sources that can be asked for a series, with their places.

    Parameters
    ----------
    spec : SeriesSpec
        With its ladder.
    access : Access
        Without a key, FRED's API is passed over; a file in the folder of saved files is the last rung.

    Returns
    -------
    list of (int, Source)
        In order of preference.
    """
    ladder = [(place, rung) for place, rung in enumerate(spec.ladder, 1) if rung.provider != "fredapi" or access.key]
    for suffix in ("csv", "json"):
        name = f"{spec.name}.{suffix}"
        if (access.manual / name).is_file():
            ladder.append((len(spec.ladder) + 1, Source("manual", name, f"file saved by the user: {name}")))
    return ladder


@dataclass(frozen=True)
class Walk:
    """Everything that walking one ladder needs.

    Parameters
    ----------
    client : Client
        The way out.
    store : Store
        Previous values.
    state : State
        Previous manifest.
    first_weeks : dict of str to pandas.Timestamp
        Start of each series' sample.
    since : pandas.Timestamp or None
        First day asked for, where there are previous values to add to.
    accept : bool
        Whether changes of the past are accepted.
    """

    client: Client
    store: Store
    state: State
    first_weeks: Mapping[str, pd.Timestamp]
    since: pd.Timestamp | None = None
    accept: bool = False

    def series(self, spec: SeriesSpec) -> Outcome:
        """Walk down the ladder of a series.

        Parameters
        ----------
        spec : SeriesSpec
            Its entry in the catalog.

        Returns
        -------
        Outcome
            A source supplies the whole series or none of it.
        """
        tried: list[str] = []
        for place, rung in rungs(spec, self.client.access):
            before = self.state.latest(spec.name, rung.code)
            previous = self.store.series(spec.name, before) if before else None
            try:
                return self._aged(spec, self._from_rung(spec, (place, rung), before, previous, tried))
            except SourceError as error:
                tried.append(str(error))
            except DataError as error:
                tried.append(f"{rung.provider} {rung.code}: {error}")
        note = "; ".join(tried)
        entry = self.state.series.get(spec.name)
        if entry is None:
            return Outcome(spec.name, "failed", None, note=note)
        kept = replace(entry, note=f"kept from {entry.retrieved[:10]}: {note}")
        return self._aged(spec, Outcome(spec.name, "cache", kept, note=kept.note))

    def _from_rung(
        self,
        spec: SeriesSpec,
        step: tuple[int, Source],
        before: Entry | None,
        previous: pd.Series | None,
        tried: list[str],
    ) -> Outcome:
        """Take a series from one source, or raise what speaks against it."""
        place, rung = step
        since = self.since if previous is not None else None
        daily = fetch(self.client, rung, since.date() if since is not None else None)
        values = drop_known_errors(rung, daily.series)
        if previous is not None and since is not None:
            values = pd.concat([previous[previous.index < since], values])
        sample = check_bounds(spec, values, first_week=self.first_weeks[spec.name])
        notes = [*tried, *self._second_opinions(spec, rung, values, previous), *self._other_instrument(spec, rung)]
        changes = _changes(rung, before, previous, values)
        if changes and not (self.accept or (spec.revised and changes.only_altered)):
            return self._stopped(spec, rung, changes)
        whole = previous is None and rung.code == spec.ladder[0].code
        check_whole(spec, sample, reaches_back_to=self.first_weeks[spec.name] if whole else None)
        accepted = self._log(spec, changes) if changes else ""
        notes += [f"{len(changes.lost) + len(changes.altered)} past values changed, accepted"] if changes else []
        new_rows = len(values) if previous is None else int((values.index > previous.index[-1]).sum())
        entry, objects = self._entry(place, rung, daily, values, "; ".join(notes))
        return Outcome(spec.name, "ok", entry, new_rows, entry.note, accepted=accepted, objects=objects)

    def _entry(
        self, place: int, rung: Source, daily: Daily, values: pd.Series, note: str
    ) -> tuple[Entry, dict[str, bytes]]:
        body = to_bytes(values)
        pages = tuple((page.address, object_name(page.body, page.suffix)) for page in daily.pages)
        objects = {object_name(page.body, page.suffix): page.body for page in daily.pages}
        objects[object_name(body, "csv")] = body
        entry = Entry(
            provider=rung.provider, code=rung.code, instrument=rung.instrument, rung=place,
            retrieved=self.client.now.isoformat(timespec="seconds"), pages=pages, parsed=object_name(body, "csv"),
            rows=len(values), first=f"{values.index[0]:%Y-%m-%d}", last=f"{values.index[-1]:%Y-%m-%d}", note=note,
        )  # fmt: skip
        return entry, objects

    def _stopped(self, spec: SeriesSpec, rung: Source, changes: Changes) -> Outcome:
        """Keep what is in force; the user has to decide."""
        note = f"stopped: the past of {rung.provider} {rung.code} changed; --accept-revisions takes it over"
        entry = self.state.series.get(spec.name)
        kept = replace(entry, note=note) if entry else None
        return Outcome(spec.name, "failed", kept, note=note, changes=tuple(changes.lines()))

    def _log(self, spec: SeriesSpec, changes: Changes) -> str:
        why = "its provider re-estimates it" if spec.revised and changes.only_altered else "--accept-revisions"
        return f"{self.client.now:%Y-%m-%d} {spec.name}: {'; '.join(changes.lines())}; accepted ({why})"

    def _other_instrument(self, spec: SeriesSpec, rung: Source) -> list[str]:
        before = self.state.series.get(spec.name)
        was = before.instrument if before else spec.ladder[0].instrument
        if was == rung.instrument:
            return []
        return [f"another instrument: {rung.instrument} for the whole series, in place of {was}"]

    def _second_opinions(
        self, spec: SeriesSpec, rung: Source, values: pd.Series, previous: pd.Series | None
    ) -> list[str]:
        """Ask the next other source about each recent jump."""
        found = jumps(spec, values, after=None if previous is None else previous.index[-1])
        others = [other for _, other in rungs(spec, self.client.access) if other.provider != rung.provider]
        notes = []
        for day, change in found.items():
            problem, heard = self._opinion(spec, values, pd.Timestamp(str(day)), others)
            if problem and (heard or abs(change) > _HUGE_JUMP):
                raise DataError(spec.name, date=day, expected="a jump that a second source saw", found=problem)
            notes += [problem] if problem else []
        return notes

    def _opinion(
        self, spec: SeriesSpec, values: pd.Series, day: pd.Timestamp, others: list[Source]
    ) -> tuple[str, bool]:
        for other in others:
            try:
                second = fetch(self.client, other).series
            except SourceError:
                continue
            if second.index[0] < day <= second.index[-1]:
                return jump_problem(spec, values, day, second), True
        return f"no second source on the jump of {day:%Y-%m-%d}", False

    def _aged(self, spec: SeriesSpec, outcome: Outcome) -> Outcome:
        """Call what is too old stale, whether it was just fetched or kept."""
        if outcome.entry is None or outcome.status == "failed":
            return outcome
        age = (self.client.now.date() - pd.Timestamp(outcome.entry.last).date()).days
        if age <= spec.stale_days:
            return outcome
        old = f"stale: last value {age} days old, at most {spec.stale_days} expected"
        note = "; ".join(part for part in (old, outcome.note) if part)
        return replace(outcome, status="stale", note=note, entry=replace(outcome.entry, note=note))


def _changes(rung: Source, before: Entry | None, previous: pd.Series | None, values: pd.Series) -> Changes | None:
    if before is None or previous is None:
        return None
    return compare(previous, values, settling=settling_day(rung.provider, previous, before.retrieved))
