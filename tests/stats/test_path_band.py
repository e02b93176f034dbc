"""Paths after a date: bands that cover as often as they say, counterfactuals that follow planted betas."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers.stats import InputError, counterfactual


def market(seed: int, n: int = 400) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2018-01-05", periods=n, freq="W-FRI", name="week")
    x = pd.DataFrame(rng.normal(size=(n, 2)), weeks, ["nasdaq", "dollar"])
    return (0.3 + 2 * x["nasdaq"] - x["dollar"] + rng.normal(size=n)).rename("btc"), x


def test_the_band_is_the_square_root_law_for_white_noise():
    # A driver that moves nothing, and weeks with mean .3 and variance 1: after h weeks .3 h +- 1.645 sqrt(h).
    rng = np.random.default_rng(1)
    weeks = pd.date_range("2000-01-07", periods=900, freq="W-FRI", name="week")
    y, x = pd.Series(0.3 + rng.normal(size=900), weeks, name="btc"), pd.DataFrame({"x": rng.normal(size=900)}, weeks)
    result = counterfactual(response=y, drivers=x, date=y.index[859], reps=1000, seed=2)
    h = np.arange(1, 41)
    np.testing.assert_allclose(result.band["high"] - result.band["low"], 3.29 * y.std() * np.sqrt(h), rtol=0.15)
    np.testing.assert_allclose(result.band["centre"], y.iloc[:860].mean() * h, atol=1.5)
    assert result.band["actual"].iloc[-1] == pytest.approx(y.iloc[860:].sum())


def test_the_counterfactual_follows_the_drivers():
    y, x = market(2)
    y = y.copy()
    y.iloc[360:] += 3.0  # three per cent a week that the drivers do not explain: 120 log points after 40 weeks
    result = counterfactual(response=y, drivers=x, date=y.index[359], reps=499, seed=1)
    assert result.coefficients.to_dict() == pytest.approx({"nasdaq": 2, "dollar": -1}, abs=0.15)
    implied = (0.3 + 2 * x["nasdaq"] - x["dollar"]).iloc[360:].cumsum()
    np.testing.assert_allclose(result.band["centre"], implied, atol=6)
    end = result.band.iloc[-1]
    assert end["actual"] - end["centre"] == pytest.approx(120, abs=20)
    assert result.place == 1.0


@pytest.mark.slow
def test_places_are_uniform_where_nothing_happens():
    places = []
    for seed in range(100):
        y, x = market(100 + seed, n=330)
        places.append(counterfactual(response=y, drivers=x, date=y.index[303], reps=99, seed=seed).place)
    assert np.mean(np.abs(np.array(places) - 0.5) > 0.45) == pytest.approx(0.10, abs=0.08)


def test_nothing_after_the_path_and_no_unit_matters():
    y, x = market(3)
    date, end = y.index[300], y.index[330]
    early = counterfactual(response=y.loc[:end], drivers=x.loc[:end], date=date, reps=99, seed=1)
    late = counterfactual(response=y, drivers=x, date=date, reps=99, seed=1)
    pd.testing.assert_frame_equal(early.band, late.band.loc[:end])
    scaled = counterfactual(response=y, drivers=x * [100, 0.01], date=date, reps=99, seed=1)
    np.testing.assert_allclose(scaled.band, late.band)


def test_what_cannot_be_done_says_why():
    y, x = market(4)
    unborn = counterfactual(response=y, drivers=x, date=y.index[-1], seed=1)
    assert unborn.reason == f"no week has come after {y.index[-1].date()}"
    assert math.isnan(unborn.place)
    assert "Not done" in unborn.summary()
    short = counterfactual(response=y.iloc[:120], drivers=x.iloc[:120], date=y.index[89], seed=1)
    assert "90 weeks up to 2019-09-20" in str(short.reason)
    with pytest.raises(InputError, match="300 weeks after 2019-11-29 and only 100 before"):
        counterfactual(response=y, drivers=x, date=y.index[99], seed=1)
