"""How a command uses the machine: alone in the project, folders exchanged in one step, on all cores or a cluster."""

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout


class BusyError(RuntimeError):
    """Another command holds the project, and went on holding it."""


@contextlib.contextmanager
def project_lock(folder: Path, *, patience: float = 900.0) -> Iterator[None]:
    """Keep other commands of the project in `folder` out, waiting `patience` seconds for one that is at work.

    Raises
    ------
    BusyError
        The other one has not ended by then.
    """
    lock = FileLock(folder / ".lock")
    for seconds in (0.0, patience):
        try:
            lock.acquire(timeout=seconds)
            break
        except Timeout:
            if not seconds:
                sys.stderr.write("waiting: another command is at work in this project\n")
    else:
        raise BusyError(
            f"another command is still at work in this project after {patience:g} s; try again when it has ended"
        )
    try:
        yield
    finally:
        lock.release()


def beside(folder: Path) -> tuple[Path, Path]:
    """Give where the folder that is to take a folder's place is made, and where the old one may stand meanwhile."""
    return folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")


def exchange(folder: Path) -> None:
    """Put the finished folder beside it in the place of `folder`: in one step where the system can, else in two."""
    new, old = beside(folder)
    if not (folder.exists() and _exchanged(new, folder)):
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    sync_folder(folder.parent)
    repair(folder)


def repair(folder: Path) -> None:
    """Clear what an exchange that was cut off left: the old folder back where none stands, and unfinished ones away."""
    new, old = beside(folder)
    if old.is_dir() and not folder.exists():
        old.rename(folder)
    for place in (new, old):
        shutil.rmtree(place, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if call is None:
        return False
    at_work, both = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if call(at_work, os.fsencode(one), at_work, os.fsencode(other), both) == 0:
        return True
    if ctypes.get_errno() in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def sync_folder(folder: Path) -> None:
    """Make a move durable where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def workers() -> Iterator[None]:
    """Send the work of joblib inside the block to the cluster at SILVER_DASK (such as tcp://127.0.0.1:8786), if any.

    Raises
    ------
    RuntimeError
        The cluster does not answer, or the package distributed is not installed.
    """
    address = os.environ.get("SILVER_DASK", "")
    if not address:
        yield
        return
    import joblib

    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise RuntimeError("SILVER_DASK is set; it needs `pip install distributed`") from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise RuntimeError(f"SILVER_DASK: no cluster answers at {address} ({error})") from None
    with client, joblib.parallel_config(backend="dask"):
        yield
