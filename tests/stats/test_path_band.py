"""Paths after a date: bands that cover as often as they say, counterfactuals that follow planted betas."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers.stats import InputError, counterfactual, inside_band


def market(seed: int, n: int = 400) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2018-01-05", periods=n, freq="W-FRI", name="week")
    x = pd.DataFrame(rng.normal(size=(n, 2)), weeks, ["nasdaq", "dollar"])
    return (0.3 + 2 * x["nasdaq"] - x["dollar"] + rng.normal(size=n)).rename("btc"), x


def test_the_band_is_the_square_root_law_for_white_noise():
    # Independent weeks with mean .3 and variance 1 + 4 + 1 = 6: after h weeks .3 h +- 1.645 sqrt(6 h).
    y, _ = market(1, n=900)
    result = inside_band(returns=y, date=y.index[859], confidence=0.90, reps=3000, seed=2)
    past = y.iloc[:860]
    h = np.arange(1, 41)
    half = 1.645 * past.std() * np.sqrt(h)
    np.testing.assert_allclose(result.band["centre"], past.mean() * h, atol=0.1 * half.max())
    np.testing.assert_allclose(result.band["high"] - result.band["low"], 2 * half, rtol=0.12)
    assert (result.band["high_path"] > result.band["high"]).all()
    assert result.band["actual"].iloc[-1] == pytest.approx(y.iloc[860:].sum())


def test_the_counterfactual_follows_the_drivers():
    y, x = market(2)
    y = y.copy()
    y.iloc[360:] += 3.0  # three per cent a week that the drivers do not explain: 120 log points after 40 weeks
    result = counterfactual(response=y, drivers=x, date=y.index[359], reps=499, seed=1)
    assert result.coefficients.to_dict() == pytest.approx({"nasdaq": 2, "dollar": -1}, abs=0.15)
    implied = (0.3 + 2 * x["nasdaq"] - x["dollar"]).iloc[360:].cumsum()
    np.testing.assert_allclose(result.band["centre"], implied, atol=6)
    assert result.excess == pytest.approx(120, abs=20)
    assert (result.pvalue, result.inside) == (1 / 500, False)
    assert result.place == 1.0


@pytest.mark.slow
def test_size_of_the_farthest_week():
    # Nothing happens at the date: the path leaves its 90 % band in one case of ten, pointwise far more often.
    left, pointwise, predicted = [], [], []
    for seed in range(100):
        y, x = market(100 + seed, n=330)
        band = inside_band(returns=y, date=y.index[303], reps=149, seed=seed)
        left.append(not band.inside)
        pointwise.append(not band.band["actual"].between(band.band["low"], band.band["high"]).all())
        predicted.append(counterfactual(response=y, drivers=x, date=y.index[303], reps=99, seed=seed).pvalue <= 0.10)
    assert np.mean(left) == pytest.approx(0.10, abs=0.08)
    assert np.mean(pointwise) > np.mean(left) + 0.1
    assert np.mean(predicted) == pytest.approx(0.10, abs=0.08)


def test_nothing_after_the_path_and_no_unit_matters():
    y, x = market(3)
    date, end = y.index[300], y.index[330]
    early, late = (inside_band(returns=s, date=date, reps=99, seed=1) for s in (y.loc[:end], y))
    pd.testing.assert_frame_equal(early.band[["actual"]], late.band.loc[:end, ["actual"]])
    pd.testing.assert_frame_equal(early.band[["low", "high"]], late.band.loc[:end, ["low", "high"]])
    scaled = counterfactual(response=y, drivers=x * [100, 0.01], date=date, reps=99, seed=1)
    plain = counterfactual(response=y, drivers=x, date=date, reps=99, seed=1)
    assert scaled.pvalue == plain.pvalue
    assert scaled.excess == pytest.approx(plain.excess)


def test_what_cannot_be_done_says_why():
    y, x = market(4)
    unborn = counterfactual(response=y, drivers=x, date=y.index[-1], seed=1)
    assert unborn.reason == f"no week has come after {y.index[-1].date()}"
    assert math.isnan(unborn.excess)
    assert not unborn.inside
    assert "Not done" in unborn.summary()
    short = inside_band(returns=y.iloc[:120], date=y.index[89], seed=1)
    assert "90 weeks up to 2019-09-20" in str(short.reason)
    with pytest.raises(InputError, match="300 weeks after 2019-11-29 and only 100 before"):
        inside_band(returns=y, date=y.index[99], seed=1)
