"""How a command uses the machine: alone in the project, and on all cores or a Dask cluster."""

import contextlib
import os
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
