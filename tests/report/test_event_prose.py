"""Sentences and ledger fields of event studies follow the numbers, whatever they are."""

import numpy as np
import pandas as pd
import pytest

from helpers.data import load
from helpers.data.earlier_records import earlier_record
from helpers.report.prose import events as prose
from helpers.stats import compare_studies, event_ladder, event_study

RUNG = "1-year highs"
NAMES = {"leader": "silver", "follower": "btc"}


def returns(n: int = 400) -> pd.Series:
    weeks = pd.date_range("2010-07-30", periods=n, freq="W-FRI")
    return pd.Series(5 * np.random.default_rng(1).standard_normal(n), index=weeks, name="btc")


def planted(effect: float) -> tuple[pd.DatetimeIndex, pd.Series]:
    values, where = returns(), [50, 150, 250, 330]
    for week in where:
        values.iloc[week + 1 : week + 14] += effect / 13
    return values.index[where], values


@pytest.mark.parametrize(("effect", "word"), [(120.0, "more"), (-120.0, "less")])
def test_answer_says_the_sign_and_the_size(effect, word):
    events, values = planted(effect)
    found = event_ladder(ladder={RUNG: events}, returns=values)
    text = prose.say_answer(found, rung=RUNG, horizon=13, smallest=15.0, **NAMES).text
    estimate = found.table.loc[(RUNG, 13), "estimate"]
    assert f"{abs(estimate):.1f} {word} than over an average 13 weeks" in text
    assert "four episodes" in text


def test_answer_gives_the_reason_when_there_is_none():
    found = event_ladder(ladder={RUNG: pd.DatetimeIndex([])}, returns=returns())
    told = prose.say_answer(found, rung=RUNG, horizon=13, smallest=15.0, **NAMES).text
    assert told == "There is no answer yet: no event set has a complete window in the sample."
    assert "No other leader" in prose.say_placebos(found, {}, **NAMES).text


def test_placebos_are_counted():
    strong = event_ladder(ladder={RUNG: planted(300.0)[0]}, returns=planted(300.0)[1])
    weak = event_ladder(ladder={RUNG: returns().index[[60, 160]]}, returns=planted(300.0)[1])
    assert "more about Bitcoin than all of these 1" in prose.say_placebos(strong, {"gold": weak}, **NAMES).text
    assert "more about Bitcoin than none of these 1" in prose.say_placebos(weak, {"gold": strong}, **NAMES).text


def test_power_says_when_there_are_enough():
    events, values = planted(0.0)
    study = event_study(events=events, returns=values)
    assert "more years" in prose.say_power(study, horizon=13, smallest=5.0).text
    assert "and there are 4" in prose.say_power(study, horizon=13, smallest=500.0).text
    one = event_study(events=events[:1], returns=values)
    assert prose.say_power(one, horizon=13, smallest=5.0).text.startswith("Too few")


def test_latest_leaves_out_what_has_just_begun():
    latest = pd.DataFrame({pd.Timestamp("2025-10-17"): [0.0, -3.0], pd.Timestamp("2026-01-23"): [0.0, np.nan]})
    told = prose.say_latest(latest, follower="btc").text
    assert told == "So far Bitcoin has moved by −3.0 log points in one week since 17 October 2025."


def test_variants_are_counted():
    events, values = planted(300.0)
    table = compare_studies({"a": event_study(events=events, returns=values)}, horizon=13)
    assert "one variant would count" in prose.say_variants(table).text
    assert prose.say_variants(table.iloc[:0]).text == "No variant has a complete window yet."


def test_records_from_before_the_panel():
    panel = load(source="snapshot")
    assert earlier_record(panel, "silver") == 49.45
    assert earlier_record(panel, "btc") is None
    # London afternoon fixing of 21 January 1980: 850.00; the panel itself starts far below.
    assert earlier_record(panel, "gold") == 850.0 > panel.price("gold").iloc[0]
    told = prose.say_venues(panel.records, pd.DatetimeIndex(["2025-10-17"])).text
    # ln(103.19 / 78.29) = .2762 on 30 January 2026.
    assert "13 October 2025" in told
    assert "London stood 27.6 log points above New York" in told
