"""Freezing: a new snapshot is the old one plus what came later, and only a good live state becomes one."""

import datetime as dt
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from helpers.data.snapshot import FILES, read_snapshot
from helpers.data.sources import SourceError
from helpers.data.tables import check_tables

from helpers.data.catalog import LIVE
from helpers.data.errors import DataError
from helpers.data.freeze import freeze, main
from helpers.data.refresh import refresh
from helpers.data.settings import SNAPSHOT

SATURDAY = dt.datetime(2026, 8, 22, 9, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SNAPSHOT, tmp_path / "data" / "snapshot")
    return tmp_path / "data" / "snapshot"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Live data of faultless refreshes, made once a moment."""
    return {}, tmp_path_factory.mktemp("live")


@pytest.fixture
def live(standin, access, made):
    """Live data of a faultless refresh: today's, or those of a week later."""

    def at(moment):
        given, (known, place) = access(standin), made
        if moment not in known:
            refresh(settings=given, now=moment)
            known[moment] = shutil.copytree(given.cache, place / f"{moment:%m%d}")
        else:
            shutil.copytree(known[moment], given.cache)
        return given

    return at


def grow(standin, monkeypatch):
    """Let every source go on for a week (and nfci be re-estimated): value plus one per cent."""
    rows = {}
    for code, known in standin._rows.items():
        day = f"{pd.Timestamp(known[-1][0]) + pd.Timedelta(days=7):%Y-%m-%d}"
        rows[code] = [*known, (day, f"{float(known[-1][1]) * 1.01:.6g}")]
    days = pd.date_range("2026-08-22", "2026-08-28")
    rows["DFEDTARU"] = standin._rows["DFEDTARU"] + [
        (f"{day:%Y-%m-%d}", "3.75" if day < pd.Timestamp("2026-08-27") else "3.50") for day in days
    ]
    rows["NFCI"] = [(day, f"{float(value) + 0.004:.3f}") for day, value in rows["NFCI"]]
    rows["NFCI"].append(("2026-08-28", "-0.600"))
    rows["CPIAUCSL"] = [*standin._rows["CPIAUCSL"], ("2026-08-01", "333.5")]
    for code in ("CPER", "DTWEXBGS"):
        rows[code] = standin._rows[code]
    monkeypatch.setattr(standin, "_rows", rows)


def test_freezing_what_came_from_the_snapshot_changes_no_figure(live, folder):
    given = live(SATURDAY)
    before = {name: (folder / name).read_bytes() for name in FILES}
    report = freeze(settings=given, folder=folder, now=SATURDAY)
    assert {name: (folder / name).read_bytes() for name in FILES} == before
    assert report.splitlines()[0] == "# Snapshot of 2026-08-22, in place of the one of 2026-08-21"
    assert "- silver: unchanged" in report
    assert json.loads((folder / "manifest.json").read_text())["frozen"] == "2026-08-22"
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_a_week_later_rows_are_added_and_revisions_listed(standin, live, folder, monkeypatch):
    grow(standin, monkeypatch)
    given = live(SATURDAY + WEEK)
    old = read_snapshot(folder)
    report = freeze(settings=given, folder=folder, now=SATURDAY + WEEK)
    new = check_tables(read_snapshot(folder))
    assert new.as_known == dt.date(2026, 8, 29)
    assert new.weekly.index[-1] == pd.Timestamp("2026-08-28")
    assert new.weekly.loc["2026-08-28", "silver"] == 70.161  # 69.466 x 1.01 = 70.16066, three decimals
    assert new.weekly.loc["2026-08-28", "policy_rate"] == 3.5
    unrevised = [name for name in new.weekly if name != "nfci"]
    pd.testing.assert_frame_equal(new.weekly.loc[:"2026-08-21", unrevised], old.weekly[unrevised], check_freq=False)
    np.testing.assert_allclose(new.weekly["nfci"].dropna().iloc[:839], old.weekly["nfci"].dropna() + 0.004, atol=5e-4)
    lines = report.splitlines()
    assert "- silver: 1 rows added (2026-08-28 to 2026-08-28)" in lines
    assert "- copper: unchanged" in lines
    assert "- policy_rate: 1 rows added (2026-08-27 to 2026-08-27)" in lines
    assert "- cpi: 1 rows added (2026-08-01 to 2026-08-01)" in lines
    (nfci,) = [line for line in lines if line.startswith("- nfci: 2 rows added (2026-08-21 to 2026-08-28); 839 values")]
    assert "2010-07-23 -0.219 -> -0.215" in nfci
    assert nfci.endswith(" and 829 more")
    assert (folder / "CHANGES.md").read_text() == report
    described = {entry["series"]: entry for entry in json.loads((folder / "manifest.json").read_text())["series"]}
    assert described["nfci"]["note"] == "re-estimated by its provider every week; vintage of 2026-08-29"
    assert described["btc"]["rows"] == 841


def test_bitcoin_goes_on_with_yahoo_because_coin_metrics_may_not_be_passed_on(standin, live, folder, monkeypatch):
    grow(standin, monkeypatch)
    given = live(SATURDAY + WEEK)  # in which Bitcoin is Coin Metrics' 79118.6
    standin._rows["BTC-USD"][-1] = ("2026-08-28", "80000")
    freeze(settings=given, folder=folder, now=SATURDAY + WEEK)
    assert read_snapshot(folder).weekly["btc"].iloc[-1] == 80000


def refused(given, folder, match, error=DataError):
    before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
    with pytest.raises(error, match=match):
        freeze(settings=given, folder=folder, now=SATURDAY)
    assert {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()} == before


def test_data_of_another_instrument_do_not_become_a_snapshot(standin, access, folder):
    given = access(standin)
    standin.faults["yahoo"] = "429"
    refresh(settings=given, now=SATURDAY)
    refused(given, folder, "silver: expected COMEX silver.*found London silver price, noon auction from lbma")


def test_data_that_end_before_the_snapshot_do_not_become_one(standin, access, folder):
    given = access(standin)
    standin.until = "2026-08-14"
    refresh(settings=given, now=SATURDAY)
    refused(given, folder, "silver: expected .*to 2026-08-21 at least, found none after 2026-08-14")


def test_a_series_that_no_refresh_brought_does_not_pass_for_live(standin, access, folder):
    given = access(standin)
    refresh(settings=given, only=[name for name in LIVE if name != "vix"], now=SATURDAY)
    refused(given, folder, "vix: expected .*found nothing newer than the snapshot")


def test_a_policy_rate_that_ends_early_is_not_carried_on(standin, live, folder, monkeypatch):
    grow(standin, monkeypatch)
    given = live(SATURDAY + WEEK)
    monkeypatch.setitem(standin._rows, "DFEDTARU", standin._rows["DFEDTARU"][:-2])  # to Wednesday 26 August
    refresh(settings=given, only=["policy_rate"], accept_revisions=True, now=SATURDAY + WEEK)
    with pytest.raises(DataError, match="policy_rate on 2026-08-28: expected a rate, found none after 2026-08-21"):
        freeze(settings=given, folder=folder, now=SATURDAY + WEEK)


def test_old_data_do_not_become_a_snapshot(live, folder):
    given = live(SATURDAY)
    with pytest.raises(DataError, match=r"silver: expected .*fresh.*found data of 2026-08-22"):
        freeze(settings=given, folder=folder, now=SATURDAY + 2 * WEEK)


def test_other_bitcoin_prices_than_the_snapshots_are_refused(standin, live, folder, monkeypatch):
    given = live(SATURDAY)
    rows = [(day, f"{float(value) * 1.002}") for day, value in standin._rows["BTC-USD"]]
    monkeypatch.setattr(standin, "_rows", {**standin._rows, "BTC-USD": rows})
    refused(given, folder, "btc on .*expected the snapshot's price")
    standin.faults["yahoo"] = "503"
    refused(given, folder, "yahoo BTC-USD: status 503", SourceError)


def test_the_command_says_why_it_refuses(access, standin, monkeypatch, capsys):
    given = access(standin)
    monkeypatch.setattr("helpers.data.freeze.read_settings", lambda: given)
    assert main([]) == 2
    assert "expected what `make refresh` brings, found nothing" in capsys.readouterr().err
