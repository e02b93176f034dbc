"""Write a second generation over a first one, and die at the step whose number is given: run as a process of its own.

    python crashing.py FOLDER STEP HOW

HOW is "kill" (signal 9) or "limit" (the system refuses to write more than a few bytes).
"""

import contextlib
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

from helpers.data.errors import StoreError
from helpers.data.store import Entry, State, Store, object_name, sha256, to_bytes

NAMES = ("vix", "silver")


def generation(number):
    """Two series with the number of their generation before the point of every value, so that a mixture shows."""
    entries, objects = {}, {}
    for name in NAMES:
        days = pd.bdate_range("2026-01-05", periods=40 + number)
        body = to_bytes(pd.Series(np.full(len(days), number + len(name) / 10), index=days))
        page = f"page {number} of {name}".encode()
        objects |= {object_name(body, "csv"): body, object_name(page, "json"): page}
        entries[name] = Entry(
            provider="yahoo", code=name, instrument=name, place=1, retrieved="2026-08-22T09:00:00+00:00",
            pages=(("http://127.0.0.1/x", object_name(page, "json")),), file=f"objects/{object_name(body, 'csv')}",
            sha256=sha256(body),
            rows=len(days), first=f"{days[0]:%Y-%m-%d}", last=f"{days[-1]:%Y-%m-%d}",
        )  # fmt: skip
    return State(number, f"2026-08-22T09:00:{number:02d}+00:00", entries), objects


@contextlib.contextmanager
def watched(act):
    """Call `act` with a name before each act of writing: begin a file, bring it to the disk, move it in, drop one."""
    begin, sync, move, drop = tempfile.mkstemp, os.fsync, Path.replace, Path.unlink

    def beginning(*, dir, **options):
        act(f"begin {dir.name}")
        return begin(dir=dir, **options)

    def syncing(handle):
        act("sync")
        sync(handle)

    def moving(path, to):
        act(f"move {to.name}")
        return move(path, to)

    def dropping(path, **options):
        if not path.name.startswith(".part-"):
            act(f"drop {path.name}")
        drop(path, **options)

    with (
        mock.patch.object(tempfile, "mkstemp", beginning), mock.patch.object(os, "fsync", syncing),
        mock.patch.object(Path, "replace", moving), mock.patch.object(Path, "unlink", dropping),
    ):  # fmt: skip
        yield


def main(folder, step, how):
    taken = 0

    def stop(name):
        nonlocal taken
        taken += 1
        if taken == step and how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if taken == step and how == "limit":
            resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))

    store = Store(Path(folder))
    with store.lock(), watched(stop):
        number = (store.load() or State(0, "")).generation + 1
        store.commit(*generation(number))
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
    except StoreError as error:
        sys.stderr.write(str(error))
        raise SystemExit(2) from None
