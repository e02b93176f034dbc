"""The store: whatever happens while it is written, what it held before can be read, whole."""

import bz2
import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data.errors import DataError, StoreError
from helpers.data.settings import ROOT
from helpers.data.store import KEPT_GENERATIONS, State, Store, from_bytes, to_bytes
from tests.data.crashing import NAMES, generation, watched

WRITING = 6 * 4


def put(folder, number, step=lambda name: None):
    store = Store(folder)
    with store.lock(), watched(step):
        store.commit(*generation(number))


def seen(folder):
    """The generation that a reader sees, which every series must agree on."""
    store = Store(folder)
    state = store.load()
    numbers = {state.generation} | {int(v) for name in NAMES for v in set(store.figures(name, state.entries[name]))}
    assert len(numbers) == 1, numbers
    return state.generation


def content(folder):
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in ("lock", "refresh.log")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def steps(tmp_path):
    """The names of all steps of a second commit."""
    names = []
    put(tmp_path / "steps", 1)
    put(tmp_path / "steps", 2, step=names.append)
    return names


def test_a_generation_reads_back(tmp_path):
    assert Store(tmp_path / "cache").load() is None
    put(tmp_path / "cache", 1)
    store, (state, objects) = Store(tmp_path / "cache"), generation(1)
    assert store.load() == state
    assert {path.name for path in (tmp_path / "cache" / "objects").iterdir()} == set(objects)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_values_read_back_to_the_last_bit(values):
    days = pd.date_range("1947-01-01", periods=len(values), freq="D", name="date").as_unit("us")
    back = from_bytes(to_bytes(pd.Series(values, index=days)))
    pd.testing.assert_series_equal(back, pd.Series(values, index=days), check_freq=False, rtol=0, atol=0)


def test_a_reader_sees_one_generation_at_every_step_of_writing_the_next(tmp_path):
    folder, views = tmp_path / "cache", []
    put(folder, 1)
    put(folder, 2, step=lambda name: views.append(seen(folder)))
    # Four objects, generation and manifest: each begun, brought to disk, moved, its folder too; then two answers go.
    assert len(views) == WRITING + 2
    assert views == sorted(views)
    assert set(views) == {1, 2}
    assert views.index(2) == 5 * 4 + 3  # not before the manifest itself is moved, as the last of all
    assert seen(folder) == 2


def test_a_file_is_replaced_and_never_rewritten_under_a_reader(tmp_path):
    put(tmp_path / "cache", 1)
    with (tmp_path / "cache" / "manifest.json").open() as opened:
        put(tmp_path / "cache", 2)
        assert '"generation": 1' in opened.read()
    assert seen(tmp_path / "cache") == 2


def run(folder, step, how):
    words = [sys.executable, str(ROOT / "tests" / "data" / "crashing.py"), str(folder), str(step), how]
    return subprocess.run(
        words, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=False
    )


def test_killed_at_any_step_the_store_loads_and_the_next_refresh_goes_through(tmp_path):
    """One process of its own forks a writer for each step, which kills itself there with signal 9."""
    count = len(steps(tmp_path))
    script = f"""
import os, signal, sys
from tests.data.crashing import main
for step in range(1, {count + 1}):
    child = os.fork()
    if not child:
        main(sys.argv[1] + str(step), step, "kill")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, (step, status)
"""
    folders = [tmp_path / f"killed-{step}" for step in range(1, count + 1)]
    for folder in folders:
        put(folder, 1)
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "killed-")],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, timeout=60,
    )  # fmt: skip
    seen_after = [seen(folder) for folder in folders]
    assert seen_after == sorted(seen_after)
    assert set(seen_after) == {1, 2}
    for folder, number in zip(folders, seen_after, strict=True):
        put(folder, number + 1)  # the lock of the killed writer does not stand in the way
        assert seen(folder) == number + 1
        assert not list(folder.rglob(".part-*"))


def test_a_process_killed_at_the_manifest_leaves_the_first_generation(tmp_path):
    put(tmp_path / "cache", 1)
    before = content(tmp_path / "cache")
    killed = run(tmp_path / "cache", WRITING - 1, "kill")  # the manifest is written beside the old one, not yet moved
    assert killed.returncode == -signal.SIGKILL
    after = content(tmp_path / "cache")
    assert {path: after[path] for path in before} == before
    assert seen(tmp_path / "cache") == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the folder is read-only"),
        (errno.EACCES, "the folder may not be written"),
        (errno.EIO, "boom"),
    ],
)
def test_a_failure_to_write_at_any_step_before_the_last_move_changes_nothing_that_was_there(tmp_path, code, said):
    for failing in range(1, WRITING):
        folder, taken = tmp_path / f"{code}-{failing}", 0

        def fail(name, failing=failing):
            nonlocal taken
            taken += 1
            if taken == failing:
                raise OSError(code, "boom")

        put(folder, 1)
        before = content(folder)
        with pytest.raises(StoreError, match=f"{said}; what was there still stands"):
            put(folder, 2, step=fail)
        after = content(folder)
        assert {path: after[path] for path in before} == before
        assert seen(folder) == 1
        assert not list(folder.rglob(".part-*"))  # nothing half-written is left to fill the disk


def test_a_write_that_the_system_refuses_is_told_in_words(tmp_path):
    put(tmp_path / "cache", 1)
    refused = run(tmp_path / "cache", 1, "limit")
    assert refused.returncode == 2
    assert "cannot write the data in cache: " in refused.stderr
    assert seen(tmp_path / "cache") == 1


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StoreError, match="cannot write the data in cache"),
        Store(tmp_path / "file" / "cache").lock(),
    ):
        pass


def test_reading_writes_nothing(tmp_path):
    put(tmp_path / "cache", 1)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert seen(tmp_path / "cache") == 1
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_damaged_series_is_named_and_a_foreign_manifest_refused(tmp_path):
    put(tmp_path / "cache", 1)
    store = Store(tmp_path / "cache")
    entry = store.load().entries["vix"]
    path = tmp_path / "cache" / entry.file
    path.write_bytes(bz2.compress(bz2.decompress(path.read_bytes()).replace(b"1.3", b"1.4", 1)))
    with pytest.raises(
        DataError, match=r"vix: expected the figures that were stored .* found a damaged file .*make restore"
    ):
        store.figures("vix", entry)
    (tmp_path / "cache" / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(DataError, match="expected a manifest of format 2"):
        store.load()


def test_a_damaged_object_is_written_anew_by_a_refresh_that_brings_it_again_and_kept_aside(tmp_path):
    put(tmp_path / "cache", 1)
    path = tmp_path / "cache" / Store(tmp_path / "cache").load().entries["vix"].file
    for number in range(2):
        path.write_bytes(b"damage %d" % number)
        put(tmp_path / "cache", 1)
        assert seen(tmp_path / "cache") == 1
    aside = tmp_path / "cache" / "damaged"
    assert [file.read_bytes() for file in sorted(aside.iterdir())] == [b"damage 0", b"damage 1"]


def test_old_generations_go_and_what_the_kept_ones_name_stays(tmp_path):
    folder = tmp_path / "cache"
    for number in range(1, KEPT_GENERATIONS + 4):
        put(folder, number)
    kept = range(4, KEPT_GENERATIONS + 4)
    assert [path.name for path in sorted((folder / "generations").iterdir())] == [f"{n:06d}.json" for n in kept]
    named = {name for number in kept for name in generation(number)[1] if name.endswith(".csv.bz2")}
    answers = {name for name in generation(kept[-1])[1] if name.endswith(".json.bz2")}
    assert {path.name for path in (folder / "objects").iterdir()} == named | answers


def test_what_is_on_the_shelf_is_kept_too(tmp_path):
    put(tmp_path / "cache", 1)
    (first, _), (second, objects) = generation(1), generation(2)
    store = Store(tmp_path / "cache")
    shelved = replace(second, shelf={"vix": {"old": first.entries["vix"]}})
    with store.lock():
        for number in range(2, KEPT_GENERATIONS + 5):
            store.commit(replace(shelved, generation=number), objects)
    assert store.load().latest("vix", "old") == first.entries["vix"]
    assert np.all(store.figures("vix", store.load().shelf["vix"]["old"]) == 1.3)
    assert State(1, "").latest("vix", "old") is None
