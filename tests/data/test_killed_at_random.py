"""Killed at whatever moment: refresh, freeze, update and report leave the old or the new, whole, and the next goes on.

Sixty moments of each with `SILVER_MOMENTS=60`, a few without.
"""

import datetime as dt
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from helpers.data.freeze import freeze
from helpers.data.holdings import read_holdings
from helpers.data.refresh import refresh
from helpers.data.settings import ROOT, Settings
from helpers.data.store import Store
from helpers.machine import repair
from helpers.update import put_back
from tests.data.fridays import snapshot_until

MOMENTS = int(os.environ.get("SILVER_MOMENTS", "4"))
BEFORE, AFTER = (dt.datetime(2026, 8, day, 9, tzinfo=dt.UTC) for day in (15, 22))
AFTER_FRIDAY = "2026-08-21"
NAMES = ("silver", "gold", "vix", "real10")
WORK = """
import datetime as dt, sys
from helpers.data.freeze import freeze
from helpers.data.refresh import refresh
from helpers.data.settings import read_settings
from tests.data.forking import answer
settings, now = read_settings(), dt.datetime(2026, 8, 22, 9, tzinfo=dt.UTC)
work = {"refresh": lambda: refresh(settings=settings, only=sys.argv[2].split(","), now=now),
        "freeze": lambda: freeze(settings=settings, now=now)}
answer(work[sys.argv[1]])
"""


def opened(given, addresses, *words):
    urls = {f"SILVER_{provider.upper()}_URL": address for provider, address in addresses.items()}
    folders = {"SILVER_CACHE": str(given.cache), "SILVER_SNAPSHOT": str(given.snapshot), "SILVER_MANUAL": "no/such"}
    environment = os.environ | urls | folders | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *words], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    assert process.stdout.readline() == b"ready\n"
    return process


def carried_out(process, how="whole"):
    """Let the process carry its command out, or kill it after some seconds; give the seconds it took."""
    began = time.monotonic()
    process.stdin.write(f"{how}\n".encode())
    process.stdin.flush()
    while not (line := process.stdout.readline()).startswith(b"status"):
        assert line
    assert how != "whole" or line == b"status 0\n"
    return time.monotonic() - began


@pytest.fixture
def given(standin, access, tmp_path):
    """A snapshot of four series up to 14 August, a live generation of the same, and sources that go on to the 21st."""
    whole = Store(Settings().snapshot)
    state = whole.load()
    folder = tmp_path / "data" / "snapshot"
    folder.mkdir(parents=True)
    given = access(standin, snapshot=folder, cache=tmp_path / "data" / "cache")
    standin.until = "2026-08-14"
    for name in NAMES:
        shutil.copy(whole.folder / f"{name}.csv", folder / f"{name}.csv")
    (folder / "manifest.json").write_bytes(replace(state, entries={n: state.entries[n] for n in NAMES}).to_json())
    refresh(settings=replace(given, snapshot=tmp_path / "none"), only=NAMES, now=BEFORE)
    standin.until = "2026-08-21"
    return given


def replaced(folder, by):
    shutil.rmtree(folder)
    shutil.copytree(by, folder)


def seen(given, source):
    """The last day of every series that a reader sees; he sees all of them, proved."""
    if source == "snapshot":
        repair(given.snapshot)
        return {str(values.index[-1])[:10] for values in
                read_holdings(replace(given, source="snapshot")).series.values()}  # fmt: skip
    store = Store(given.cache)
    state = store.load()
    return {str(store.figures(name, state.entries[name]).index[-1])[:10] for name in NAMES}


def test_a_refresh_killed_at_random_moments_leaves_one_generation_whole(standin, given, tmp_path):
    kept = tmp_path / "kept"
    shutil.copytree(given.cache, kept)
    moments = random.Random(7)
    with opened(given, standin.addresses, "-c", WORK, "refresh", ",".join(NAMES)) as process:
        takes = carried_out(process)
        assert seen(given, "live") == {"2026-08-21"}
        for _ in range(MOMENTS):
            replaced(given.cache, kept)
            carried_out(process, moments.uniform(0, takes))
            (day,) = seen(given, "live")
            assert day in ("2026-08-14", "2026-08-21")
    replaced(given.cache, kept)
    refresh(settings=given, only=NAMES, now=AFTER)
    assert seen(given, "live") == {"2026-08-21"}
    assert not list(given.cache.rglob(".part-*"))


def test_a_freeze_killed_at_random_moments_leaves_a_whole_snapshot_and_the_next_one_mends(standin, given, tmp_path):
    refresh(settings=given, only=NAMES, now=AFTER)
    kept = tmp_path / "kept"
    manifest = Store(given.snapshot).load()
    entries = {name: replace(entry, last="2026-08-13") for name, entry in manifest.entries.items()}
    (given.snapshot / "manifest.json").write_bytes(replace(manifest, entries=entries).to_json())
    shutil.copytree(given.snapshot, kept)
    moments = random.Random(8)
    with opened(given, standin.addresses, "-c", WORK, "freeze") as process:
        takes = carried_out(process)
        for _ in range(MOMENTS):
            replaced(given.snapshot, kept)
            carried_out(process, moments.uniform(0, takes))
            assert seen(given, "snapshot") == {"2026-08-21"}
            assert Store(given.snapshot).load().generation in (manifest.generation, manifest.generation + 1)
    freeze(settings=given, now=AFTER)
    assert sorted(path.name for path in given.snapshot.parent.iterdir()) == ["cache", "snapshot"]


SCRIPT = str(ROOT / "tests" / "data" / "at_work.py")


@pytest.fixture
def project(given, tmp_path):
    """A small project around the data: chapters, rules and a last report."""
    for name in ("notebooks", "claims", "build/report", "pages/html"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "claims" / "claims.toml").write_text("rules")
    shutil.rmtree(given.snapshot)
    snapshot_until(given.snapshot, "2026-08-14", (*NAMES, "btc", "btc_early"))
    for folder in ("notebooks", "build/report", "pages/html"):
        (tmp_path / folder / "00.txt").write_text("the last one")
    return tmp_path


def content(folder):
    passing = ("lock", ".lock", "refresh.log")
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in passing]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.slow
def test_an_update_killed_at_random_moments_is_undone_or_done_and_the_next_one_goes_through(standin, given, project):
    kept = project.with_name(project.name + "-kept")
    shutil.copytree(project, kept)
    before, moments = content(project), random.Random(9)
    with opened(given, standin.addresses, SCRIPT, str(project), "update", AFTER_FRIDAY) as process:
        takes = carried_out(process)
        after = content(project)
        assert after["CHANGES.md"] != before.get("CHANGES.md")
        for _ in range(MOMENTS):
            replaced(project, kept)
            carried_out(process, moments.uniform(0, takes))
            put_back(project)  # what the next one begins with, and its freeze
            repair(given.snapshot)
            assert content(project) in (before, after)
        carried_out(process)
        assert content(project) == after


@pytest.mark.slow
def test_two_updates_at_once_are_one_after_the_other(standin, given, project):
    words = (SCRIPT, str(project), "update", AFTER_FRIDAY)
    processes = [opened(given, standin.addresses, *words) for _ in range(2)]
    for process in processes:
        process.stdin.write(b"whole\n")
        process.stdin.flush()
    told = sorted(process.communicate(timeout=300)[0].decode() for process in processes)
    assert all(text.endswith("status 0\n") for text in told)
    assert told[1].startswith("Nothing new: the data reach 2026-08-21")
    assert (project / "notebooks" / "00.txt").read_text() == AFTER_FRIDAY
    assert not list(project.glob(".before-update*"))


@pytest.mark.slow
def test_a_report_killed_at_random_moments_is_the_last_one_or_the_new_one(standin, given, project):
    kept = project.with_name(project.name + "-kept")
    shutil.copytree(project, kept)
    places, moments = (project / "build" / "report", project / "pages" / "html"), random.Random(10)
    before = [content(place) for place in places]
    with opened(given, standin.addresses, SCRIPT, str(project), "report", AFTER_FRIDAY) as process:
        takes = carried_out(process)
        after = [content(place) for place in places]
        assert after != before
        for _ in range(MOMENTS):
            replaced(project, kept)
            carried_out(process, moments.uniform(0, takes))
            for place, old, new in zip(places, before, after, strict=True):
                repair(place)  # what the next one begins with
                assert content(place) in (old, new)
        carried_out(process)
        assert [content(place) for place in places] == after
        assert sorted(path.name for path in places[1].parent.iterdir()) == ["html"]
