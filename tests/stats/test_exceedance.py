"""Exceedance curves: arithmetic, the shapes that any such curve has, simulated cover, and faults."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from helpers.stats import InputError, exceedance_curve
from helpers.stats.exceedance import interval_of_shares, log_gap


def prices(n: int = 600, seed: int = 0) -> dict[str, pd.Series]:
    weeks = pd.date_range("2010-01-01", periods=n, freq="W-FRI")
    steps = np.random.default_rng(seed).normal(scale=0.03, size=(2, n)).cumsum(axis=1)
    return {
        who: pd.Series(np.exp(path), index=weeks, name=name)
        for who, name, path in zip(("leader", "follower"), ("silver", "btc"), steps, strict=True)
    }


def test_gap_by_hand():
    # Silver doubles over the first two weeks and stays, Bitcoin halves in the second: 100 (ln 2 + ln 2) = 138.63.
    weeks = pd.date_range("2010-07-23", periods=4, freq="W-FRI")
    gap = log_gap(
        leader=pd.Series([10.0, 14, 20, 20], weeks, name="silver"),
        follower=pd.Series([8.0, 8, 4, 8], weeks, name="btc"),
        horizon=2,
    )
    # Second window: silver 20 / 14, Bitcoin 8 / 8.
    assert gap.tolist() == pytest.approx([200 * np.log(2), 100 * np.log(20 / 14)])
    assert list(gap.index) == list(weeks[2:])


def test_shares_by_hand_and_the_shape_of_the_curve():
    pair = prices()
    found = exceedance_curve(**pair, horizon=13, reps=199, seed=1)
    gap = 100 * (np.log(pair["leader"]).diff(13) - np.log(pair["follower"]).diff(13)).dropna().iloc[:-1]
    table = found.table
    last = 100 * np.log(pair["leader"].iloc[-1] / pair["leader"].iloc[-14])
    assert found.margin == pytest.approx(last - 100 * np.log(pair["follower"].iloc[-1] / pair["follower"].iloc[-14]))
    assert found.as_wide == sum(gap >= found.margin) > 0
    assert table["share"].tolist() == [np.mean(gap >= c) for c in range(0, 105, 5)]
    assert (table["count"].iloc[-1], found.nobs) == (0, 586)
    assert table["share"].is_monotonic_decreasing
    assert table["low"].is_monotonic_decreasing
    assert table["high"].is_monotonic_decreasing
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()
    # Windows of 13 weeks: nothing in about 45 separate ones excludes shares above .05 ** (1 / 45) = .065 or so.
    assert table["low"].iloc[-1] == 0
    assert 0.005 < table["high"].iloc[-1] < 0.065


def test_a_margin_of_exactly_the_threshold_counts():
    # Prices alternate between two values, so that over two weeks nothing moves: "at least 0" is every week.
    weeks = pd.date_range("2010-01-01", periods=130, freq="W-FRI")
    pair = {"leader": pd.Series([1.0, 2.0] * 65, weeks), "follower": pd.Series([4.0, 1.0] * 65, weeks)}
    table = exceedance_curve(**pair, horizon=2, reps=199, seed=1).table
    assert table["count"].tolist() == [127] + [0] * 20


def test_the_last_week_and_other_units_change_nothing():
    pair = prices()
    options = {"horizon": 26, "reps": 199, "seed": 3}
    found = exceedance_curve(**pair, **options)
    scaled = exceedance_curve(leader=100 * pair["leader"], follower=pair["follower"], **options)
    pd.testing.assert_frame_equal(found.table, scaled.table)
    # The last week is the one that is held against all windows before it.
    other = pair["leader"].where(pair["leader"].index < pair["leader"].index[-1], 9.0)
    pd.testing.assert_frame_equal(exceedance_curve(**pair | {"leader": other}, **options).table, found.table)


@pytest.mark.parametrize(("share", "window"), [(0.02, 26), (0.10, 13), (0.43, 26)])
def test_the_interval_covers_as_often_as_it_says(share, window):
    rng, limit = np.random.default_rng(round(100 * share) + window), norm.isf(share) * np.sqrt(window)
    inside, short = [], []
    for seed in range(60):
        weekly = rng.normal(size=800)
        seen = np.mean(np.convolve(weekly, np.ones(window), "valid") >= limit)
        low, high = interval_of_shares(weekly, np.array([seen]), horizon=window, reps=199, seed=seed)
        inside.append(low[0] <= share <= high[0])
        short.append(high[0] < 0.10)
    assert np.mean(inside) >= 0.80  # 0.90 less 2.6 standard errors
    if share == 0.02:
        assert np.mean(short) >= 0.60  # 74 % in 200 samples


def test_it_shows_itself():
    found = exceedance_curve(**prices(300), horizon=4, reps=199, seed=1)
    assert "share" in found.summary()
    assert "<table>" in found._repr_html_()


def test_faults_are_named():
    pair = prices(300)
    with pytest.raises(InputError, match="follower 'btc' has a price of zero or less"):
        exceedance_curve(leader=pair["leader"], follower=pair["follower"] - pair["follower"].max(), horizon=4, seed=1)
    with pytest.raises(InputError, match="horizon of 400 weeks"):
        log_gap(**pair, horizon=400)
    with pytest.raises(InputError, match="69 past weeks"):
        exceedance_curve(**pair, horizon=230, seed=1)
    holed = {who: one.drop(one.index[48:128]) for who, one in pair.items()}
    with pytest.raises(InputError, match="no rows between 2010-11-26 and"):
        exceedance_curve(**holed, horizon=4, seed=1)
