"""Detectable effects after an adjustment, against statsmodels and by hand; pooled and scaled events; refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from helpers.stats import (
    InputError,
    detectable_at,
    detectable_effect,
    event_study,
    find_highs,
    holm_alpha,
    out_of_sample,
    pooled_events,
    scale_by_volatility,
)


@pytest.mark.parametrize("episodes", [3, 8, 40])
def test_detectable_effects_are_those_of_statsmodels(episodes):
    # One-sided at .025: rejections with the wrong sign do not count as found.
    expected = TTestPower().solve_power(nobs=episodes, alpha=0.025, power=0.8, alternative="larger")
    assert detectable_effect(episodes=episodes, sd=10) == pytest.approx(10 * expected, rel=2e-5)


def test_holm_sizes_by_hand_and_against_multipletests():
    # m = 4: the smallest p is held to .05 / 4, the next to .05 / 3; the two equal ones share .05 / 2.
    sizes = holm_alpha([0.30, 0.001, 0.02, 0.30])
    assert sizes == pytest.approx([0.025, 0.0125, 0.05 / 3, 0.025])
    for row in np.random.default_rng(2).beta(0.3, 1, size=(5, 5)):
        order, rejected = np.argsort(row), multipletests(row, method="holm")[0]
        passed = np.minimum.accumulate((row <= holm_alpha(row))[order])
        assert passed.tolist() == rejected[order].tolist()


def test_a_smaller_size_asks_for_a_larger_effect():
    # Normal: (z(.99375) + z(.8)) / (z(.975) + z(.8)) = (2.4977 + .8416) / (1.9600 + .8416) = 1.1919.
    assert detectable_at(10.0, alpha=0.0125) == pytest.approx(11.919, abs=2e-3)
    # The largest of a hundred: each is held to .025 / 100, and to .00625 / 100; the error rate falls to a quarter.
    critical, stricter = stats.norm.isf([0.025 / 100, 0.00625 / 100])
    expected = 10 * (stricter + 0.8416) / (critical + 0.8416)
    assert detectable_at(10.0, alpha=0.0125, critical=critical) == pytest.approx(expected, rel=1e-4)
    for bad in (0.0, 1.0, 5.0):
        with pytest.raises(InputError, match="alpha must lie in"):
            detectable_at(1.0, alpha=bad)
    with pytest.raises(InputError, match="leave tests that were not done out"):
        holm_alpha([0.1, np.nan])


def returns_of(n: int, seed: int = 0) -> pd.Series:
    weeks = pd.date_range("2010-01-01", periods=n, freq="W-FRI")
    return pd.Series(np.random.default_rng(seed).normal(size=n), index=weeks, name="btc")


def test_volatility_is_known_the_week_before_and_scale_does_not_matter():
    y = returns_of(120)
    scaled = scale_by_volatility(y)
    # By hand in the last week: weights .5 ** (j / 26) on the squares of the weeks before.
    weights = 0.5 ** (np.arange(119, 0, -1) / 26)
    volatility = np.sqrt(np.sum(weights * y.to_numpy()[:-1] ** 2) / weights.sum())
    known = np.sqrt((y**2).ewm(halflife=26).mean().shift()).iloc[26:]
    assert scaled.iloc[-1] == pytest.approx(y.iloc[-1] / volatility * known.median())
    changed = y.copy()
    changed.iloc[-1] = 9.0
    assert scale_by_volatility(changed).iloc[:-1].to_numpy() == pytest.approx(scaled.iloc[:-1].to_numpy())
    assert scale_by_volatility(5 * y).to_numpy() == pytest.approx(5 * scale_by_volatility(y).to_numpy())


def test_pooled_events_are_an_event_study_of_the_episodes_of_all_leaders():
    y = returns_of(400)
    gold, silver = y.index[[60, 200, 330]], y.index[[70, 260]]
    found = pooled_events(leaders={"gold": gold, "silver": silver}, returns=y)
    plain = event_study(events=y.index[[60, 200, 260, 330]], returns=scale_by_volatility(y))
    assert found.table.loc[13, "K"] == 4
    pd.testing.assert_frame_equal(found.table, plain.table)
    with pytest.raises(InputError, match="no leader"):
        pooled_events(leaders={}, returns=y)


def test_pooled_events_keep_their_size_when_volatility_falls():
    rng, rejected = np.random.default_rng(5), []
    spread = 1 + 5 * np.exp(-np.arange(500) / 80)
    weeks = pd.date_range("2010-01-01", periods=500, freq="W-FRI")
    events = {"gold": weeks[[30, 120, 260]], "silver": weeks[[60, 190, 400]]}
    for _ in range(100):
        y = pd.Series(spread * rng.normal(size=500), index=weeks, name="y")
        rejected.append(pooled_events(leaders=events, returns=y).pvalue <= 0.05)
    assert np.mean(rejected) <= 0.10


def test_wrong_numbers_are_refused_by_name():
    y = returns_of(400)
    price = np.exp(y.cumsum() / 50).rename("silver")
    with pytest.raises(InputError, match="floor is nan, expected a finite number: give the record as a price"):
        find_highs(price, lookback=None, floor=float("nan"))
    with pytest.raises(InputError, match=r"'silver' is .*e.200 on 20.*: divide it by"):
        out_of_sample(effect=y, cause=(price * 1e200).rename("silver"), horizon=4, reps=99, seed=1)
    with pytest.raises(InputError, match=r"is complex .complex128., expected real numbers"):
        out_of_sample(effect=y, cause=price.astype(complex), horizon=4, reps=99, seed=1)
    holed = [one.drop(one.index[100:180]) for one in (y, price)]
    with pytest.raises(InputError, match="'btc' has no rows between 2011-11-25 and 2013-06-14"):
        out_of_sample(effect=holed[0], cause=holed[1], horizon=4, reps=99, seed=1)
    with pytest.raises(InputError, match="price 'silver' has no rows between 2011-11-25"):
        find_highs(holed[1], lookback=1)
