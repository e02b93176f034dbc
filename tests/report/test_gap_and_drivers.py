"""Sentences about the gap and the drivers: right words for every outcome, and none where there is no number."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.report.prose.drivers import say_balance, say_betas, say_decisions, say_fear, say_shares, say_stability
from helpers.report.prose.gap import say_after, say_follow, say_gap
from helpers.stats import (
    beta_stability,
    counterfactual,
    decision_weeks,
    driver_betas,
    exact_rank_test,
    gap_frequency,
    inside_band,
    local_projection,
    shapley_change,
)

WEEKS = pd.date_range("2012-01-06", periods=400, freq="W-FRI", name="week")


@pytest.fixture(scope="module")
def returns() -> pd.DataFrame:
    names = ["silver", "btc", "gold", "vix", "copper"]
    return pd.DataFrame(np.random.default_rng(1).normal(size=(400, 5)), WEEKS, names)


def test_following_is_told_in_either_direction(returns):
    found = inside_band(returns=returns["btc"], date=WEEKS[380], reps=99, seed=1)
    lead = returns["silver"].loc[found.band.index].cumsum()
    end = float(found.band["actual"].iloc[-1])
    assert "it had followed" in say_follow(lead - lead.iloc[-1] + end - 1, found).text
    assert "it had not followed" in say_follow(lead - lead.iloc[-1] + end + 1, found).text
    above = replace(found, band=found.band.assign(actual=found.band["high"] + 1))
    assert "lay above the range" in say_follow(lead, above).text
    nothing = inside_band(returns=returns["btc"], date=WEEKS[-1], seed=1)
    assert "no week has come after" in say_follow(lead, nothing).text


def test_a_gap_ahead_and_behind(returns):
    prices = np.exp(returns.cumsum() / 100)
    ahead = gap_frequency(leader=prices["silver"], follower=prices["btc"], horizon=13, threshold=2.0)
    assert "ahead of Bitcoin" in say_gap(ahead).text
    assert f"{ahead.frequency.count} of {ahead.frequency.nobs} earlier weeks" in say_gap(ahead).text
    assert "behind Bitcoin" in say_gap(replace(ahead, threshold=-2.0)).text


def test_what_came_after_needs_something_to_have_come(returns):
    date = WEEKS[380]
    own = inside_band(returns=returns["btc"], date=date, reps=99, seed=1)
    implied = counterfactual(response=returns["btc"], drivers=returns[["gold"]], date=date, reps=99, seed=1)
    assert "given its own past" in say_after(own, implied).text
    assert "Given gold" in say_after(own, implied).text
    early = counterfactual(response=returns["btc"], drivers=returns[["gold"]], date=WEEKS[-1], reps=99, seed=1)
    assert "cannot be said: no week" in say_after(own, early).text


def test_fear_is_told_by_sign_and_by_chance(returns):
    vix = returns["vix"]
    for strength, words in ((-3.0, ("tends to lose", "seldom gives")), (3.0, ("tends to gain", "seldom gives"))):
        response = (returns["silver"] + strength * vix).rename("silver")
        found = local_projection(response=response, shock=vix, lags=4, reps=199, seed=1)
        assert all(word in say_fear({"silver": found}, horizon=4).text for word in words)
    short = local_projection(response=returns["silver"].iloc[:30], shock=vix.iloc[:30], lags=4)
    assert "cannot be said" in say_fear({"silver": short}, horizon=4).text


def test_betas_shares_and_decisions(returns):
    drivers = returns[["gold", "copper"]].set_axis(["real yield", "dollar"], axis=1)
    response = (returns["silver"] - drivers["real yield"]).rename("silver")
    found = driver_betas(response=response, drivers=drivers)
    assert "silver loses" in say_betas(found, driver="real yield", unit="10 basis points").text
    gaining = driver_betas(response=(-response).rename("silver"), drivers=drivers)
    assert "silver gains" in say_betas(gaining, driver="real yield", unit="10 basis points").text
    short = driver_betas(response=response.iloc[:9], drivers=drivers.iloc[:9])
    assert "9 weeks are too few" in say_betas(short, driver="real yield", unit="x").text
    assert "No change is seen" in say_stability({"silver": beta_stability(response=response, drivers=drivers)}).text
    predictors = returns[["gold", "copper"]]
    share = shapley_change(response=response, predictors=predictors, date=WEEKS[200], reps=49, seed=1)
    assert "within what a date anywhere else gives" in say_shares(share, predictor="copper").text
    apart = shapley_change(response=response, predictors=predictors, date=WEEKS[20], reps=49, seed=1)
    assert "cannot be compared" in say_shares(apart, predictor="copper").text
    none = decision_weeks(returns=response, changes=pd.Series([0.25], index=WEEKS[[9]]))
    assert "1 decisions" in say_decisions({"silver": none}).text


@pytest.mark.parametrize(("sign", "words"), [(1, "A surplus was followed"), (-1, "A deficit was followed")])
def test_balance_by_its_sign(sign, words):
    years = pd.RangeIndex(2011, 2019)
    x = pd.Series(np.arange(8.0), years, name="balance")
    y = pd.Series(sign * np.array([0.0, 1, 2, 3, 4, 5, 7, 6]), years, name="silver")
    text = say_balance(exact_rank_test(x=x, y=y), vintage="WSS").text
    assert words in text
    assert "more than chance" in text
    few = exact_rank_test(x=x.iloc[:4], y=y.iloc[:4])
    assert "no edition of the balance is long enough" in say_balance(few, vintage="WSS").text
