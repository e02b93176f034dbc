"""Dated forecasts: stored once, never rewritten, unseen by a report of an earlier day; sentences for any outcome."""

import dataclasses
import datetime as dt
import shutil

import numpy as np
import pandas as pd
import pytest

from helpers.data import load
from helpers.report import forecasts
from helpers.report.forecasts import keep_forecasts, read_forecasts
from helpers.report.prose import scoreboard as prose
from helpers.stats import backtest_fans, event_fan, forecast_from_strength, history_fan, schedule, score_fans

PAIR = {"leader": "silver", "follower": "btc"}
DAY = pd.Timestamp("2026-01-23")


@pytest.fixture
def panel():
    return load(source="snapshot", as_of="2026-08-21")


@pytest.fixture(autouse=True)
def ledger(tmp_path, monkeypatch):
    monkeypatch.setenv("SILVER_RESULTS", str(tmp_path / "run"))
    monkeypatch.setattr(forecasts, "RESULTS", tmp_path / "committed")
    monkeypatch.setattr(forecasts, "OWN", tmp_path / "own")
    return tmp_path


def made(panel, date=DAY):
    return forecast_from_strength(prices=panel.price("btc"), leader=panel.price("silver"), date=date, seed=1)


def test_a_stored_forecast_is_never_rewritten(panel):
    first = made(panel)
    assert keep_forecasts(panel, [first], **PAIR)[0].stored == pd.Timestamp("2026-08-21")
    changed = dataclasses.replace(first, probabilities=1 - first.probabilities)
    kept = keep_forecasts(panel, [changed], **PAIR)[0]
    pd.testing.assert_frame_equal(kept.forecast.probabilities, first.probabilities.round(4))


def test_what_is_committed_counts_before_what_a_run_would_say(panel, ledger):
    first = made(panel)
    keep_forecasts(panel, [first], **PAIR)
    (ledger / "run").rename(ledger / "committed")
    changed = dataclasses.replace(first, probabilities=1 - first.probabilities)
    kept = keep_forecasts(panel, [changed], **PAIR)[0]
    pd.testing.assert_frame_equal(kept.forecast.probabilities, first.probabilities.round(4))
    name = "forecast.silver.btc.2026-01-23.json"
    assert (ledger / "run" / name).read_bytes() == (ledger / "committed" / name).read_bytes()


def test_a_report_of_an_earlier_day_does_not_see_what_was_stored_later(panel, ledger):
    keep_forecasts(panel, [made(panel), made(panel, DAY + pd.Timedelta(weeks=13))], **PAIR)
    (ledger / "run").rename(ledger / "committed")
    then = dataclasses.replace(panel, as_of=dt.date(2026, 1, 23))
    assert keep_forecasts(then, [made(panel)], **PAIR)[0].stored == DAY
    assert [one.forecast.made for one in read_forecasts(then)] == [DAY]


def test_what_was_said_on_live_data_outlasts_the_ledger_of_its_run(panel, ledger):
    tables = dataclasses.replace(panel.holdings, source="live", as_known=dt.date(2026, 8, 23))
    live = dataclasses.replace(panel, holdings=tables, latest=True)
    first = made(live)
    assert keep_forecasts(live, [first], **PAIR)[0].stored == pd.Timestamp("2026-08-23")
    shutil.rmtree(ledger / "run")
    later = dataclasses.replace(live, holdings=dataclasses.replace(tables, as_known=dt.date(2026, 8, 30)))
    changed = dataclasses.replace(first, probabilities=1 - first.probabilities)
    kept = keep_forecasts(later, [changed], **PAIR)[0]
    assert kept.stored == pd.Timestamp("2026-08-23")
    pd.testing.assert_frame_equal(kept.forecast.probabilities, first.probabilities.round(4))


def test_neither_the_snapshot_nor_an_earlier_day_leaves_a_forecast_behind(panel, ledger):
    live = dataclasses.replace(panel.holdings, source="live")
    for told in (dataclasses.replace(panel, latest=True), dataclasses.replace(panel, holdings=live)):
        keep_forecasts(told, [made(told)], **PAIR)
        shutil.rmtree(ledger / "run")
    assert not (ledger / "own").exists()


def test_a_forecast_uses_nothing_after_its_date(panel):
    then = load(source="snapshot", as_of=DAY.date())
    pd.testing.assert_frame_equal(made(panel).probabilities, made(then).probabilities)


def test_forecasts_are_due_every_quarter():
    assert schedule(first=DAY, last=DAY + pd.Timedelta(weeks=30)) == [DAY + pd.Timedelta(weeks=w) for w in (0, 13, 26)]
    assert schedule(first=DAY, last=DAY) == [DAY]


def test_sentence_on_forecasts_before_and_after_they_are_due(panel):
    kept = keep_forecasts(panel, [made(panel)], **PAIR)
    prices = panel.price("btc")
    assert prose.say_forecasts(kept, prices=prices.loc[:DAY]).text.startswith(
        "No forecast is due yet. Open: one forecast"
    )
    after = prose.say_forecasts(kept, prices=prices).text
    # Bitcoin ended lower, by more than a quarter, with no new record: Brier scores of the four statements by hand.
    chances = kept[0].forecast.probabilities["history"].to_numpy()
    brier = np.mean((chances - np.array([0, 0, 1, 0])) ** 2)
    assert f"own history {brier:.3f}" in after
    table = prose.forecast_table(kept, prices=prices)
    assert table["happened"].tolist() == ["no", "no", "yes", "no"]


def test_sentence_on_the_score_follows_the_data():
    weeks = pd.date_range("2010-01-01", periods=300, freq="W-FRI")
    returns = pd.Series(np.random.default_rng(0).normal(size=300), weeks, name="btc")
    fans = {
        prose.EVENTS: event_fan(returns=returns, events=weeks[[120, 150, 180]], as_of=weeks[250], weeks=4),
        prose.HISTORY: history_fan(returns=returns, as_of=weeks[250], weeks=4, reps=99, seed=1),
    }
    for path, word in ((pd.Series([1.0, 2, 3, 40]), "gained 40"), (pd.Series([1.0, 2, 3, -40]), "lost 40")):
        scores = score_fans(fans=fans, path=path, weeks=[4])
        text = prose.say_score(scores, date=weeks[250], path=path, due=26, follower="btc").text
        assert word in text
        assert "The claim is due on" in text
    empty = prose.say_score(scores.iloc[:0], date=weeks[250], path=pd.Series(dtype=float), due=26, follower="btc")
    assert "Nothing can be scored yet" in empty.text


def test_backtest_scores_each_high_with_what_was_known_before_it():
    weeks = pd.date_range("2010-01-01", periods=300, freq="W-FRI")
    returns = pd.Series(np.random.default_rng(3).normal(size=300), weeks, name="btc")
    events = weeks[[110, 150, 200, 250, 290]]
    table = backtest_fans(returns=returns, events=events, before=weeks[299], weeks=26, seed=2)
    # The first two have no two complete highs before them, the last is not complete.
    assert list(table.index) == list(weeks[[200, 250]])
    assert table.loc[weeks[200], "outcome"] == pytest.approx(returns.iloc[201:227].sum())
    changed = returns.where(returns.index <= weeks[226], 5.0)
    again = backtest_fans(returns=changed, events=events, before=weeks[299], weeks=26, seed=2)
    pd.testing.assert_series_equal(table.iloc[0], again.iloc[0])
