"""Sentences about regimes: words follow the numbers, and a test that was not done is said so."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from helpers.report.prose import regimes as prose
from helpers.stats import state_contrast, state_interaction, state_table

WEEKS = pd.date_range("2012-01-06", periods=200, freq="W-FRI")


def series(values, name):
    return pd.Series(values, index=WEEKS, name=name)


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(0)
    state = series(np.arange(200) % 40 >= 20, "debasement").to_frame()
    returns, strength = series(rng.normal(size=200), "btc"), series(rng.normal(size=200), "silver")
    return state_interaction(effect=returns, strength=strength, states=state, horizons=[13], reps=99, seed=1)


@pytest.mark.parametrize(("difference", "word"), [(12.0, "12.0 log points higher"), (-12.0, "12.0 log points lower")])
def test_the_answer_takes_its_words_from_the_sign(found, difference, word):
    table = state_table({"debasement": series(np.ones(200), "debasement")})
    turned = dataclasses.replace(found, table=found.table.assign(difference=difference))
    text = prose.say_answer(turned, table, state="debasement", horizon=13).text
    assert word in text
    assert "debasement holds" in text


def test_the_answer_gives_the_reason_when_nothing_was_tested(found):
    table = state_table({"debasement": series(-np.ones(200), "debasement")})
    undone = dataclasses.replace(found, reason="two spells")
    text = prose.say_answer(undone, table, state="debasement", horizon=13).text
    assert "cannot be put to these data: two spells" in text
    assert "debasement does not hold" in text


def test_placebos_that_look_better_are_named(found):
    strong = dataclasses.replace(found, pvalue=0.03)
    assert "gold in silver's place gives" in prose.say_placebos(strong, {"gold": 0.01, "copper": 0.5}).text
    assert "none of them gives" in prose.say_placebos(strong, {"gold": 0.2, "copper": 0.5}).text


def test_conditions_say_what_held_and_what_came_nearer():
    rising = series(np.linspace(-3, -1, 200), "liquidity")
    fallen = series(np.r_[np.ones(195), -np.ones(5)], "debasement")
    held = series(np.ones(200), "fear")
    text = prose.say_conditions(
        {"fear": held, "debasement": fallen, "liquidity": rising}, week=WEEKS[-1], move=-5.0, median=2.0, follower="btc"
    ).text
    assert "fear held; debasement and liquidity did not" in text
    assert "Debasement was short of its threshold by 1.00; 13 weeks earlier it had held." in text
    assert "Liquidity was short of its threshold by 1.00, nearer to it" in text
    assert "below the median" in text


def test_contrast_names_only_what_is_beyond_chance():
    state = series(np.arange(200) % 40 >= 25, "fear")
    returns = pd.DataFrame({"gold": np.random.default_rng(2).normal(size=200)}, index=WEEKS)
    assert "None of these" in prose.say_contrast(state_contrast(returns=returns, state=state)).text
    lone = state_contrast(returns=returns, state=series(np.arange(200) > 150, "fear"))
    assert "cannot be compared" in prose.say_contrast(lone).text
