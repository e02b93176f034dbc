"""One lock for the project: a report, a refresh and a freeze never work at once on the same folder."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout


class BusyError(RuntimeError):
    """Another command holds the project, and went on holding it."""


@contextlib.contextmanager
def project_lock(folder: Path, *, patience: float = 900.0) -> Iterator[None]:
    """Keep other commands of this project out, waiting for one that is at work.

    Parameters
    ----------
    folder : pathlib.Path
        The project.
    patience : float
        Seconds to wait.

    Raises
    ------
    BusyError
        The other one has not ended by then.
    """
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        sys.stderr.write("waiting: another command is at work in this project\n")
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            message = (
                f"another command is still at work in this project after {patience:g} s; try again when it has ended"
            )
            raise BusyError(message) from None
    try:
        yield
    finally:
        lock.release()
