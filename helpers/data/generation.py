"""The manifest of live data: which objects make up what a finished refresh left."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from helpers.data.errors import DataError

FORMAT = 1
REMEDY = "Remove the folder data/cache and run `make refresh`."


@dataclass(frozen=True)
class Entry:
    """The manifest's line on one series.

    Parameters
    ----------
    provider, code, instrument : str
        The source, and what it measures.
    rung : int
        Place of the source in the series' ladder, from 1.
    retrieved : str
        When the source was asked: ISO 8601, UTC.
    pages : tuple of (str, str)
        Address without key, and name of the object that holds the answer as it came.
    parsed : str
        Name of the object that holds the parsed series.
    rows : int
        Number of observations.
    first, last : str
        Dates of the first and the last one.
    note : str
        What a reader has to know.
    """

    provider: str
    code: str
    instrument: str
    rung: int
    retrieved: str
    pages: tuple[tuple[str, str], ...]
    parsed: str
    rows: int
    first: str
    last: str
    note: str = ""


@dataclass(frozen=True)
class State:
    """One generation: what a finished refresh left.

    Parameters
    ----------
    generation : int
        Counts finished refreshes.
    written : str
        When: ISO 8601, UTC.
    series : dict of str to Entry
        What is in force.
    shelf : dict of str to dict of str to Entry
        For each series and code, what was last accepted from a source that is not in force now.
    accepted : tuple of str
        Every revision of past values that was accepted, in words.
    """

    generation: int
    written: str
    series: Mapping[str, Entry] = field(default_factory=dict)
    shelf: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()

    def latest(self, name: str, code: str) -> Entry | None:
        """Give what was last accepted of a series from a provider's code."""
        entry = self.series.get(name)
        return entry if entry and entry.code == code else self.shelf.get(name, {}).get(code)

    def objects(self) -> set[str]:
        """Give the names of all objects that the manifest mentions."""
        shelved = [entry for codes in self.shelf.values() for entry in codes.values()]
        entries = [*self.series.values(), *shelved]
        return {entry.parsed for entry in entries} | {name for entry in entries for _, name in entry.pages}

    def to_json(self) -> bytes:
        """Write the manifest."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True).encode() + b"\n"


def from_json(text: str | bytes) -> State:
    """Read a manifest.

    Parameters
    ----------
    text : str or bytes
        What `State.to_json` wrote.

    Returns
    -------
    State
        The same state.

    Raises
    ------
    DataError
        It is no manifest of this program.
    """
    try:
        record = json.loads(text)
        if record.pop("format") == FORMAT:
            return _state(record)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    expected = f"a manifest of format {FORMAT}"
    raise DataError("live manifest.json", expected=expected, found="something else", remedy=REMEDY)


def _state(record: dict) -> State:
    series = {name: _entry(entry) for name, entry in record["series"].items()}
    shelf = {name: {code: _entry(entry) for code, entry in codes.items()} for name, codes in record["shelf"].items()}
    return State(**{**record, "series": series, "shelf": shelf, "accepted": tuple(record["accepted"])})


def _entry(record: dict) -> Entry:
    return Entry(**{**record, "pages": tuple((address, name) for address, name in record["pages"])})
