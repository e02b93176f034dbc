"""Freezing: a new snapshot is the old one plus what came later, only a good live state becomes one, in one exchange."""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import helpers.data.freeze as freezing
import helpers.report.build as building
from helpers.data.errors import DataError
from helpers.data.freeze import freeze
from helpers.data.holdings import read_holdings
from helpers.data.refresh import refresh
from helpers.data.settings import ROOT, Settings
from helpers.data.store import Store
from helpers.machine import beside, exchange, repair

SATURDAY = dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC)
NAMES = ("silver", "gold", "nfci", "btc", "cot_silver")


@pytest.fixture
def given(standin, access, tmp_path, monkeypatch):
    """Settings with a snapshot of a few series of their own, and sources that go on to 27 November 2026."""
    embedded = Store(Settings().snapshot)
    state = embedded.load()
    folder = tmp_path / "data" / "snapshot"
    folder.mkdir(parents=True)
    entries = {name: state.entries[name] for name in NAMES}
    for entry in entries.values():
        shutil.copy(embedded.folder / entry.file, folder / entry.file)
    (folder / "manifest.json").write_bytes(replace(state, entries=entries).to_json())
    for code in ("SI=F", "GC=F", "NFCI", "BTC-USD", "silver", "btc"):
        last = float(standin._rows[code][-1][1])
        days = pd.date_range(standin._rows[code][-1][0], "2026-11-27", freq="W-FRI" if code == "NFCI" else "B")[1:]
        standin._rows[code] = standin._rows[code] + [(f"{day:%Y-%m-%d}", f"{last * 1.01:.6g}") for day in days]
    return access(standin, snapshot=folder, cache=tmp_path / "data" / "cache")


def content(folder):
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in ("lock", "refresh.log")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def bring(given, *names, now=SATURDAY, **options):
    refresh(settings=given, only=names or NAMES, now=now, **options)


def read(given):
    return read_holdings(replace(given, source="snapshot"))


def test_what_came_later_is_added_and_the_past_stands(given):
    old = read(given)
    bring(given)
    report = freeze(settings=given, now=SATURDAY)
    new = read(given)
    assert new.as_known == dt.date(2026, 11, 28)
    for name in ("silver", "gold", "nfci", "btc"):
        pd.testing.assert_series_equal(new.series[name].loc[: old.series[name].index[-1]], old.series[name])
    assert "- silver: 70 rows added (2026-08-24 to 2026-11-27)" in report.splitlines()
    assert "- cot_silver: unchanged" in report.splitlines()
    assert (given.snapshot / "CHANGES.md").read_text() == report
    assert "`silver`" in (given.snapshot / "README.md").read_text()
    assert sorted(path.name for path in given.snapshot.parent.iterdir()) == ["cache", "snapshot"]
    assert Store(given.snapshot).load().generation == 2


def test_freezing_twice_changes_no_figure(given):
    bring(given)
    freeze(settings=given, now=SATURDAY)
    before = {path: body for path, body in content(given.snapshot).items() if path.endswith(".csv")}
    report = freeze(settings=given, now=SATURDAY)
    assert {path: body for path, body in content(given.snapshot).items() if path.endswith(".csv")} == before
    assert "- gold: unchanged" in report


def refused(given, match, now=SATURDAY):
    before = content(given.snapshot.parent)
    with pytest.raises(DataError, match=match):
        freeze(settings=given, now=now)
    assert content(given.snapshot.parent) == before


def test_an_altered_past_is_refused_except_where_the_provider_re_estimates_it(standin, given):
    standin._rows["NFCI"] = [(day, f"{float(value) + 0.004:.3f}") for day, value in standin._rows["NFCI"]]
    bring(given)
    assert "values changed" in freeze(settings=given, now=SATURDAY)
    rows = standin._rows["SI=F"]
    standin._rows["SI=F"] = [*rows[:3000], (rows[3000][0], "99"), *rows[3001:]]
    later = SATURDAY + dt.timedelta(hours=1)
    bring(given, "silver", now=later, accept_revisions=["silver"])
    refused(given, f"silver: expected the past of the snapshot, found 1 of .* changed: {rows[3000][0]}", now=later)


def test_data_of_another_source_do_not_become_a_snapshot(standin, given):
    standin.faults["yahoo"] = "429"
    bring(given, "silver")
    refused(given, "silver: expected COMEX silver.*found London silver price, noon auction from lbma")


def test_coin_metrics_may_not_be_passed_on(standin, given):
    standin.faults["yahoo"] = "429"
    bring(given, "btc", "nfci")
    with pytest.raises(DataError, match=r"btc: expected Bitcoin.*found Bitcoin, close at 00:00 UTC from coinmetrics"):
        freeze(settings=replace(given, snapshot=_only(given, "btc", "nfci")), now=SATURDAY)


def _only(given, *names):
    state = Store(given.snapshot).load()
    kept = replace(state, entries={name: state.entries[name] for name in names})
    (given.snapshot / "manifest.json").write_bytes(kept.to_json())
    return given.snapshot


def test_old_data_and_none_at_all_do_not_become_a_snapshot(given):
    refused(given, "live data: expected what `make refresh` brings, found nothing")
    bring(given)
    refused(given, "silver: expected .*fresh.*found data of 2026-11-28", now=SATURDAY + dt.timedelta(days=15))


def test_a_required_series_that_no_refresh_brought_does_not_pass_for_live(given):
    bring(given, "gold")
    refused(given, "silver: expected .*found no live data")


KILLED = """
import os, signal, sys
from pathlib import Path
import helpers.machine as machine
point, folder = sys.argv[1], Path(sys.argv[2])
original = Path.rename
calls = 0
def rename(self, target):
    global calls
    calls += 1
    if calls == int(point):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(self, target)
Path.rename = rename
if sys.argv[3] == "two moves":
    machine._exchanged = lambda one, other: False
machine.exchange(folder)
"""


@pytest.mark.parametrize("way", ["exchange", "two moves"])
@pytest.mark.parametrize("point", [1, 2])
def test_killed_between_its_moves_an_exchange_leaves_whole_folders_and_the_next_one_mends(tmp_path, way, point):
    folder = tmp_path / "snapshot"
    new, _ = beside(folder)
    for place, text in ((folder, "old"), (new, "new")):
        place.mkdir()
        (place / "a").write_text(text)
        (place / "b").write_text(text)
    words = [sys.executable, "-c", KILLED, str(point), str(folder), way]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    killed = subprocess.run(words, env=environment, check=False, timeout=60)
    assert killed.returncode == (0 if way == "exchange" else -signal.SIGKILL)  # the one step has no move between
    repair(folder)
    assert len({(folder / name).read_text() for name in "ab"}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot"]
    new.mkdir()
    exchange(folder)
    assert not list(folder.iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot"]


def test_where_nothing_stands_yet_a_new_folder_takes_the_place(tmp_path):
    new, _ = beside(tmp_path / "html")
    new.mkdir()
    exchange(tmp_path / "html")
    assert [path.name for path in tmp_path.iterdir()] == ["html"]


def test_git_ignores_what_a_freeze_that_was_killed_left():
    names = [str(place.relative_to(ROOT) / "x") for place in beside(ROOT / "data" / "snapshot")]
    done = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 128:
        pytest.skip("not a clone")
    assert done.stdout.split() == names


def test_snapshot_and_report_are_put_in_place_by_the_same_one_step():
    assert freezing.exchange is building.exchange is exchange


def test_freezing_and_refreshing_keep_each_other_out(given, monkeypatch):
    from helpers.data.errors import StoreError

    bring(given)
    monkeypatch.setattr("helpers.data.store.PATIENCE", 0.05)
    with Store(given.cache).lock(), pytest.raises(StoreError, match="another refresh is running"):
        freeze(settings=given, now=SATURDAY)
    assert np.isfinite(read(given).series["silver"]).all()
