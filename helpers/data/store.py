"""The folder of live data: objects named by their hash, and a manifest that is replaced whole, last.

A refresh writes new objects beside the old ones and then, in one move, a manifest that names them. Until that move the
previous manifest and everything it names stand; after it the new ones do. A reader opens one manifest and therefore
sees one refresh.
"""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.data.errors import DataError
from helpers.data.generation import REMEDY, Entry, State, from_json

KEPT_GENERATIONS = 10
MANIFEST = "manifest.json"
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
    dates = np.array([date for date, _ in rows], dtype="datetime64[us]")
    return pd.Series([float(value) for _, value in rows], index=pd.DatetimeIndex(dates, name="date"))


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
            return from_json((self.folder / MANIFEST).read_bytes())
        except FileNotFoundError:
            return None

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
            raise DataError(name, expected="the series that was stored", found="a damaged file", remedy=REMEDY)
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
            self._write(self.folder / "generations" / f"{state.generation:06d}.json", state.to_json())
            self._write(self.folder / MANIFEST, state.to_json())
        with contextlib.suppress(
            OSError
        ):  # the new generation is in force; what cannot be tidied now is tidied next time
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
            named |= from_json(path.read_bytes()).objects()
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
