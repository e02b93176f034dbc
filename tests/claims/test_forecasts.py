"""Dated forecasts: stored once, never rewritten, unseen by a report of an earlier day; sentences for any outcome."""

import dataclasses
import datetime as dt
import subprocess
import sys

import pandas as pd
import pytest

from helpers.claims import Trial
from helpers.claims.forecasts import (
    FORECASTS,
    _append,
    _made,
    append_forecasts,
    forecasts,
    own_forecasts,
    read_forecasts,
)
from helpers.data import DataError, load
from helpers.stats import forecast_from_strength
from helpers.stats.dated_forecasts import FORECASTERS

DAY = pd.Timestamp("2026-01-23")


@pytest.fixture
def panel():
    return load(source="snapshot", as_of="2026-08-21")


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("SILVER_FORECASTS", str(tmp_path / "own"))
    return tmp_path / "own" / "forecasts.csv"


@pytest.fixture
def committed(tmp_path, monkeypatch):
    """A table in the place of the committed one, not there yet."""
    path = tmp_path / "claims" / "forecasts.csv"
    monkeypatch.setattr(sys.modules["helpers.claims.forecasts"], "FORECASTS", path)
    path.parent.mkdir()
    return path


def made(panel, date=DAY):
    return forecast_from_strength(prices=panel.price("btc"), leader=panel.price("silver"), date=date, seed=1)


def changed(kept):
    return kept.assign(**{name: 1 - kept[name] for name in FORECASTERS})


def quarters(table):
    return [rows.reset_index(drop=True) for _, rows in table.groupby("made")]


def test_what_was_stored_first_counts(panel, committed):
    new = _made(Trial(panel))
    _append(committed, changed(new[0]))
    kept = quarters(forecasts(Trial(panel)))
    pd.testing.assert_frame_equal(kept[0], changed(new[0]))
    pd.testing.assert_frame_equal(kept[1], new[1])


def test_a_table_reads_back_as_it_was_written(panel, tmp_path):
    made = _made(Trial(panel))
    for one in made:
        _append(tmp_path / "table.csv", one)
    pd.testing.assert_frame_equal(read_forecasts(tmp_path / "table.csv"), pd.concat(made, ignore_index=True))


def test_a_damaged_table_is_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("stored,made,due\n2026-01-23,2026-01-23,2026-07-24\n")
    with pytest.raises(DataError, match="expected a table of forecasts, found a damaged file"):
        read_forecasts(path)


def test_appending_again_changes_no_byte(committed):
    committed.write_bytes(FORECASTS.read_bytes())
    append_forecasts()
    assert committed.read_bytes() == FORECASTS.read_bytes()


def git(folder, *words):
    told = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *told, *words], check=True, capture_output=True)


def test_no_run_changes_or_loses_a_row_that_was_committed(committed):
    lines = FORECASTS.read_text().splitlines(keepends=True)
    committed.write_text("".join(lines[:9]))
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "two forecasters on one date"]):
        git(committed.parent, *words)
    append_forecasts()
    whole = committed.read_text()
    assert whole.startswith("".join(lines[:9]))
    assert len(whole.splitlines()) == len(lines)
    for bad, found in (
        ("".join([*lines[:4], lines[4].replace("0.", "1."), *lines[5:]]), "line 5 as it was committed.*found 'silver"),
        ("".join(lines[:6]), "line 7 as it was committed, 'silver.*found no such line"),
        ("".join([lines[0], *lines[2:], lines[1]]), "line 2 as it was committed"),
    ):
        committed.write_text(bad)
        with pytest.raises(DataError, match=found):
            append_forecasts()
        assert committed.read_text() == bad
    committed.unlink()
    with pytest.raises(DataError, match="line 1 as it was committed"):
        append_forecasts()
    committed.write_text(whole.rstrip())
    with pytest.raises(DataError, match="breaks off"):
        _append(committed, read_forecasts(FORECASTS))


def test_the_table_of_this_tree_begins_with_what_is_committed():
    sys.modules["helpers.claims.forecasts"]._require_whole(FORECASTS)


def test_a_report_of_an_earlier_day_does_not_see_what_was_stored_later(panel):
    then = dataclasses.replace(panel, as_of=dt.date(2026, 1, 23))
    assert forecasts(Trial(then))["stored"].iloc[0] == DAY
    assert forecasts(Trial(panel))["stored"].iloc[0] == pd.Timestamp("2026-08-21")


def test_what_was_said_on_live_data_outlasts_its_run(panel, committed, own):
    tables = dataclasses.replace(panel.holdings, source="live", as_known=dt.date(2026, 8, 23))
    live = dataclasses.replace(panel, holdings=tables, latest=True)
    first = forecasts(Trial(live))
    assert set(first["stored"]) == {pd.Timestamp("2026-08-23")}
    later = dataclasses.replace(live, holdings=dataclasses.replace(tables, as_known=dt.date(2026, 8, 30)))
    before = own.read_bytes()
    pd.testing.assert_frame_equal(forecasts(Trial(later)), first)
    assert own.read_bytes() == before


def test_neither_the_snapshot_nor_an_earlier_day_leaves_a_forecast_behind(panel, committed):
    live = dataclasses.replace(panel.holdings, source="live")
    for told in (dataclasses.replace(panel, latest=True), dataclasses.replace(panel, holdings=live)):
        forecasts(Trial(told))
    assert not own_forecasts().exists()
    assert not committed.exists()


def test_a_forecast_uses_nothing_after_its_date(panel):
    then = load(source="snapshot", as_of=DAY.date())
    pd.testing.assert_frame_equal(made(panel), made(then))


def test_forecasts_are_made_every_quarter(panel):
    assert [one["made"].iloc[0] for one in _made(Trial(panel))] == [DAY + pd.Timedelta(weeks=w) for w in (0, 13, 26)]
    then = load(source="snapshot", as_of=DAY.date())
    assert [one["made"].iloc[0] for one in _made(Trial(then))] == [DAY]
