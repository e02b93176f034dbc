"""The folder of live data: objects named by their hash, and a manifest that is replaced whole, last.

A refresh writes new objects beside the old ones and then, in one move, a manifest that names them. Until that move the
previous manifest and everything it names stand; after it the new ones do. A reader opens one manifest and therefore
sees one refresh.
"""

import contextlib
import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.data.errors import DataError

FORMAT = 1
KEPT_GENERATIONS = 10
MANIFEST = "manifest.json"
_REMEDY = "Remove the folder data/cache and run `make refresh`."
_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the folder is read-only",
    errno.EACCES: "the folder may not be written",
    errno.EPERM: "the folder may not be written",
}

Step = Callable[[str], None]


class StoreError(RuntimeError):
    """The folder of live data cannot be written; what it held before still stands."""


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


def object_name(body: bytes, suffix: str) -> str:
    """Give the name under which bytes are kept: their sha256 and the kind of content."""
    return f"{hashlib.sha256(body).hexdigest()}.{suffix}"


def to_bytes(values: pd.Series) -> bytes:
    """Write a series as CSV that reads back to the same numbers."""
    dates = np.datetime_as_string(values.index.to_numpy(), unit="D")
    lines = [f"{date},{value!r}" for date, value in zip(dates, values.tolist(), strict=True)]
    return "\n".join(["date,value", *lines, ""]).encode()


def from_bytes(body: bytes) -> pd.Series:
    """Read what `to_bytes` wrote."""
    rows = [line.split(",") for line in body.decode().splitlines()[1:]]
    dates = pd.DatetimeIndex([date for date, _ in rows], name="date").as_unit("us")
    return pd.Series([float(value) for _, value in rows], index=dates)


class Store:
    """Reads and writes the folder of live data.

    Parameters
    ----------
    folder : pathlib.Path
        Where it is; made on the first write.
    step : callable, optional
        Called with a name before each act of writing: tests stop the process there.
    """

    def __init__(self, folder: Path, *, step: Step = lambda name: None) -> None:
        self.folder, self._step = folder, step

    def load(self) -> State | None:
        """Read the manifest.

        Returns
        -------
        State or None
            None when nothing has ever been refreshed.

        Raises
        ------
        DataError
            The manifest is not one of this program.
        """
        try:
            text = (self.folder / MANIFEST).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            return _state(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError):
            found = "something else"
        raise DataError(f"live {MANIFEST}", expected=f"a manifest of format {FORMAT}", found=found, remedy=_REMEDY)

    def series(self, name: str, entry: Entry) -> pd.Series:
        """Read a series and prove that it is what was stored.

        Parameters
        ----------
        name : str
            The series, for the message.
        entry : Entry
            Its line in the manifest.

        Returns
        -------
        pandas.Series, shape (n,)
            Observations by date.

        Raises
        ------
        DataError
            The object is missing or its hash is not its name.
        """
        path = self.folder / "objects" / entry.parsed
        body = path.read_bytes() if path.is_file() else b""
        if object_name(body, "csv") != entry.parsed:
            raise DataError(name, expected="the series that was stored", found="a damaged file", remedy=_REMEDY)
        return from_bytes(body)

    @contextlib.contextmanager
    def lock(self, patience: float) -> Iterator[None]:
        """Keep other refreshes out.

        Parameters
        ----------
        patience : float
            Seconds to wait for another refresh to end.

        Raises
        ------
        StoreError
            Another refresh is still running, or the folder cannot be written.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / "lock")
        with _writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=patience)
            except Timeout:
                raise StoreError("another refresh is running; try again when it has ended") from None
        try:
            yield
        finally:
            lock.release()

    def commit(self, state: State, objects: Mapping[str, bytes]) -> None:
        """Put a new generation in force, under the lock.

        Parameters
        ----------
        state : State
            The new manifest.
        objects : mapping of str to bytes
            New objects by name.

        Raises
        ------
        StoreError
            Disk full, read-only folder or another failure of writing; the previous generation stands.
        """
        with _writing(self.folder):
            for name, body in objects.items():
                path = self.folder / "objects" / name
                if not (path.is_file() and path.read_bytes() == body):
                    self._write(path, body)
            text = json.dumps({"format": FORMAT, **asdict(state)}, indent=1, sort_keys=True).encode() + b"\n"
            self._write(self.folder / "generations" / f"{state.generation:06d}.json", text)
            self._write(self.folder / MANIFEST, text)
            self._prune()

    def _write(self, path: Path, body: bytes) -> None:
        """Write beside the target, bring it to the disk, then move it into place."""
        self._step(f"open {path.name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body[: len(body) // 2])
                self._step(f"half {path.name}")
                file.write(body[len(body) // 2 :])
                file.flush()
                os.fsync(file.fileno())
            self._step(f"move {path.name}")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        self._step(f"moved {path.name}")
        _sync_folder(path.parent)

    def _prune(self) -> None:
        """Drop generations beyond the kept ones, objects that no kept one names, and what a crash left half-written."""
        generations = sorted((self.folder / "generations").glob("*.json"))
        for path in generations[:-KEPT_GENERATIONS]:
            self._step(f"drop {path.name}")
            path.unlink()
        named: set[str] = set()
        for path in [*generations[-KEPT_GENERATIONS:], self.folder / MANIFEST]:
            named |= _objects(_state(json.loads(path.read_text(encoding="utf-8"))))
        for path in [*(self.folder / "objects").iterdir(), *self.folder.rglob(".part-*")]:
            if path.name not in named:
                self._step(f"drop {path.name}")
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say in plain words why the folder cannot be written."""
    try:
        yield
    except OSError as error:
        cause = _CAUSES.get(error.errno or 0, error.strerror or type(error).__name__)
        raise StoreError(f"cannot write the live data in {folder.name}: {cause}; what was there still stands") from None


def _sync_folder(folder: Path) -> None:
    """Make a move durable where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _state(record: dict) -> State:
    if record.pop("format") != FORMAT:
        raise ValueError("another format")
    record["series"] = {name: _entry(entry) for name, entry in record["series"].items()}
    record["shelf"] = {
        name: {code: _entry(entry) for code, entry in codes.items()} for name, codes in record["shelf"].items()
    }
    return State(**{**record, "accepted": tuple(record["accepted"])})


def _entry(record: dict) -> Entry:
    return Entry(**{**record, "pages": tuple((address, name) for address, name in record["pages"])})


def _objects(state: State) -> set[str]:
    entries = [*state.series.values(), *(entry for codes in state.shelf.values() for entry in codes.values())]
    return {entry.parsed for entry in entries} | {name for entry in entries for _, name in entry.pages}
