"""A folder of data: manifest.json, and one CSV a series or table, each named there with its sha256.

The embedded snapshot and the live data have this one layout. In the snapshot a file is called after its series. In the
live folder it is packed and called after its hash: a refresh writes new objects beside the old ones and then, in one
move, a manifest that names them. Until that move the previous manifest and everything it names stand; after it the new
ones do. A reader opens one manifest and therefore sees one refresh. Series that did not change are one object in all
generations; the answers as they came are kept of the newest generation alone.
"""

import bz2
import contextlib
import errno
import functools
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout

from helpers.data.catalog import CATALOG, TABLES
from helpers.data.checks import check_dates
from helpers.data.errors import DataError, StoreError
from helpers.machine import sync_folder

FORMAT = 2
KEPT_GENERATIONS = 5
PATIENCE = 30.0  # seconds of waiting for another command that writes data
MANIFEST, DAMAGED = "manifest.json", "damaged"
EDITION = "@"  # between the code and the day of an edition that FRED's archive had
_PACKED = ".bz2"
_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the folder is read-only",
    errno.EACCES: "the folder may not be written",
    errno.EPERM: "the folder may not be written",
}


@dataclass(frozen=True)
class Entry:
    """The manifest's line on one series or table."""

    provider: str
    code: str
    instrument: str
    place: int  # of the source among the series' sources, from 1
    retrieved: str  # when the source was asked: ISO 8601, UTC
    file: str  # below the folder
    sha256: str
    rows: int
    first: str
    last: str
    # Address without key and name of the object that held the answer as it came; older generations' are dropped.
    pages: tuple[tuple[str, str], ...] = ()
    note: str = ""  # what a reader has to know


@dataclass(frozen=True)
class State:
    """One generation: what a finished refresh, or a freeze, left."""

    generation: int  # counts finished refreshes
    written: str  # when: ISO 8601, UTC
    entries: Mapping[str, Entry] = field(default_factory=dict)  # what is in force
    # For each series and code, what was last accepted from a source that is not in force now.
    shelf: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()  # every revision of past values that was accepted, in words

    def latest(self, name: str, code: str) -> Entry | None:
        """Give what was last accepted of a series from a provider's code."""
        entry = self.entries.get(name)
        return entry if entry and entry.code == code else self.shelf.get(name, {}).get(code)

    def all_entries(self) -> list[tuple[str, Entry]]:
        """Give name and entry of what is in force and of what is on the shelf."""
        shelved = [(name, entry) for name, codes in self.shelf.items() for entry in codes.values()]
        return [*self.entries.items(), *shelved]

    def to_json(self) -> bytes:
        """Write the manifest."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True).encode() + b"\n"


def from_json(body: bytes, *, remedy: str) -> State:
    """Read what `State.to_json` wrote."""

    def entry(one: dict[str, Any]) -> Entry:
        return Entry(**one | {"pages": tuple(map(tuple, one["pages"]))})

    try:
        record = json.loads(body)
        if record.pop("format") == FORMAT:
            entries = {name: entry(one) for name, one in record["entries"].items()}
            shelf = {name: {code: entry(one) for code, one in of.items()} for name, of in record["shelf"].items()}
            return State(**record | {"entries": entries, "shelf": shelf, "accepted": tuple(record["accepted"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    expected = f"a manifest of format {FORMAT}"
    raise DataError(MANIFEST, expected=expected, found="something else", remedy=remedy)


def sha256(body: bytes) -> str:
    """Give the hash by which a file is known."""
    return hashlib.sha256(body).hexdigest()


def object_name(body: bytes, suffix: str) -> str:
    """Give the name under which the live data keep a file."""
    return f"{sha256(body)}.{suffix}{_PACKED}"


def to_bytes(figures: pd.Series | pd.DataFrame) -> bytes:
    """Write a series or a table as CSV that reads back to the same numbers."""
    if isinstance(figures, pd.DataFrame):
        return figures.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()
    dates = np.datetime_as_string(figures.index.to_numpy(), unit="D")
    lines = [f"{date},{str(value).removesuffix('.0')}" for date, value in zip(dates, figures.tolist(), strict=True)]
    return "\n".join(["date,value", *lines, ""]).encode()


def from_bytes(body: bytes) -> pd.Series:
    """Read a series that `to_bytes` wrote."""
    frame = pd.read_csv(io.BytesIO(body), dtype={"value": float})
    dates = frame["date"].to_numpy(dtype="datetime64[us]")
    return pd.Series(frame["value"].to_numpy(), index=pd.DatetimeIndex(dates, name="date"))


def read_table(name: str, text: io.StringIO | io.BytesIO, *, more: bool = False) -> pd.DataFrame:
    """Read a table: the columns of the catalog, and no `more` than these."""
    columns = list(TABLES[name].columns)
    table = pd.read_csv(text, parse_dates=[column for column in columns if column in ("date", "published")])
    if not set(columns) <= set(table) or (list(table) != columns and not more):
        raise DataError(name, expected=f"the columns {', '.join(columns)}", found=", ".join(table))
    return table[columns]


class Store:
    """Reads and writes the data in `folder`, made on the first write; `remedy` is what helps where it is damaged."""

    def __init__(
        self,
        folder: Path,
        *,
        remedy: str = "Run `make restore`, or remove the folder of live data and run `make refresh`.",
    ) -> None:
        self.folder, self.remedy = folder, remedy

    def load(self) -> State | None:
        """Read the manifest; None when there is none."""
        try:
            return from_json((self.folder / MANIFEST).read_bytes(), remedy=self.remedy)
        except FileNotFoundError:
            return None

    def read(self, name: str, entry: Entry) -> bytes:
        """Read the file of a series or table and prove that it is what was stored.

        Raises
        ------
        DataError
            The file is missing or its sha256 is not the one in the manifest.
        """
        path = self.folder / entry.file
        if not path.is_file():
            raise DataError(name, expected=f"the file {entry.file}", found="no such file", remedy=self.remedy)
        body = _unpacked(path)
        if (found := sha256(body)) != entry.sha256:
            expected = f"the figures that were stored (sha256 {entry.sha256[:12]}...)"
            raise DataError(name, expected=expected, found=f"a damaged file ({found[:12]}...)", remedy=self.remedy)
        return body

    def figures(self, name: str, entry: Entry) -> Any:
        """Read a series, with rising dates (what an earlier version stored may not have them), or a table."""
        try:
            found = _parsed(name, self.read(name, entry)).copy(deep=False)
        except (ValueError, KeyError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(name, expected="dates and values", found=f"{error}", remedy=self.remedy) from None
        if name in CATALOG:
            check_dates(name, found.index)
        return found

    def lock(self) -> contextlib.AbstractContextManager[object]:
        """Keep every other command out that writes data of this project.

        Raises
        ------
        StoreError
            Another command is still at work, or the folder cannot be written.
        """
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                return FileLock(self.folder / "lock").acquire(timeout=PATIENCE)
            except Timeout:
                raise StoreError("another refresh is running; try again when it has ended") from None

    def set_damaged_aside(self, state: State) -> list[str]:
        """Move files that are not what was stored out of the way, under the lock, and say which; none is deleted."""
        said = []
        for name, entry in state.all_entries():
            path = self.folder / entry.file
            if path.is_file() and sha256(_unpacked(path)) != entry.sha256:
                said.append(f"{name}: the stored file was damaged and is kept aside as {self._aside(path)}")
        return said

    def _aside(self, path: Path) -> str:
        place = self.folder / DAMAGED / path.name
        with writing(self.folder):
            place.parent.mkdir(exist_ok=True)
            while place.exists():
                place = place.with_name(f"again-{place.name}")
            path.rename(place)
        return f"{DAMAGED}/{place.name}"

    def commit(self, state: State, objects: Mapping[str, bytes]) -> None:
        """Put a new generation and its objects in force, under the lock; where writing fails, the one before stands.

        Raises
        ------
        StoreError
            Disk full, read-only folder or another failure of writing.
        """
        with writing(self.folder):
            for name, body in objects.items():
                path = self.folder / "objects" / name
                if path.is_file() and _unpacked(path) != body:
                    self._aside(path)
                if not path.is_file():
                    replace_file(path, bz2.compress(body) if path.suffix == _PACKED else body)
            replace_file(self.folder / "generations" / f"{state.generation:06d}.json", state.to_json())
            replace_file(self.folder / MANIFEST, state.to_json())
        with contextlib.suppress(OSError):  # the new generation is in force; what stays is tidied next time
            self._prune()

    def _prune(self) -> None:
        """Drop old generations, figures of none that is kept, answers of none in force, and what a crash left."""
        generations = sorted((self.folder / "generations").glob("*.json"))
        for path in generations[:-KEPT_GENERATIONS]:
            path.unlink()
        state = self.load()
        named = {name for entry in state.entries.values() for _, name in entry.pages} if state else set()
        for path in [*generations[-KEPT_GENERATIONS:], self.folder / MANIFEST]:
            with contextlib.suppress(DataError):  # an old manifest that is damaged names nothing
                entries = from_json(path.read_bytes(), remedy=self.remedy).all_entries()
                named |= {Path(entry.file).name for _, entry in entries}
        for path in [*(self.folder / "objects").iterdir(), *self.folder.rglob(".part-*")]:
            if path.name not in named:
                path.unlink(missing_ok=True)


@functools.lru_cache(maxsize=128)
def _parsed(name: str, body: bytes) -> pd.Series | pd.DataFrame:
    return from_bytes(body) if name in CATALOG else read_table(name, io.BytesIO(body))


def _unpacked(path: Path) -> bytes:
    """Read a file as it was before it was packed; what cannot be unpacked, as it is."""
    body = path.read_bytes()
    with contextlib.suppress(OSError, ValueError, EOFError):
        return bz2.decompress(body) if path.suffix == _PACKED else body
    return body


def replace_file(path: Path, body: bytes) -> None:
    """Write a file beside its place, bring it to the disk, then move it in: it is the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Say in plain words why a folder, or a file, cannot be written."""
    try:
        yield
    except OSError as error:
        cause = _CAUSES.get(error.errno or 0, error.strerror or type(error).__name__)
        raise StoreError(f"cannot write the data in {folder.name}: {cause}; what was there still stands") from None
