"""Gaps between two assets: arithmetic by hand, episodes that do not overlap, and a past without its future."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats import RAW, InputError, gap_frequency, relative_performance
from helpers.stats.gap import NET, log_gap, net_of_beta, past_percentile


def weeks(n: int) -> pd.DatetimeIndex:
    return pd.date_range("2010-07-23", periods=n, freq="W-FRI", name="week")


def price(logs: np.ndarray, name: str) -> pd.Series:
    return pd.Series(np.exp(np.asarray(logs) / 100), index=weeks(len(logs)), name=name)


def walk(seed: int, n: int = 400) -> dict[str, pd.Series]:
    logs = np.random.default_rng(seed).normal(size=(2, n)).cumsum(axis=1) * 4
    return {"leader": price(logs[0], "silver"), "follower": price(logs[1], "btc")}


def test_gap_by_hand():
    # Silver doubles over the first two weeks and stays, Bitcoin halves in the second: 100 (ln 2 + ln 2) = 138.63.
    silver = pd.Series([10.0, 14, 20, 20], index=weeks(4), name="silver")
    btc = pd.Series([8.0, 8, 4, 8], index=weeks(4), name="btc")
    gap = log_gap(leader=silver, follower=btc, horizon=2)
    # Second window: silver 20 / 14, Bitcoin 8 / 8.
    assert gap.tolist() == pytest.approx([200 * np.log(2), 100 * np.log(20 / 14)])
    assert list(gap.index) == list(weeks(4)[2:])


def test_beta_comes_from_before_the_window():
    # Until the window opens silver moves exactly twice as much as gold; inside it the two part company.
    gold = np.tile([1.0, -1.0, 2.0, -2.0], 30)
    silver = 2 * gold
    gold, silver = np.r_[0, gold, 3, 3, 3].cumsum(), np.r_[0, silver, 0, 0, 10].cumsum()
    net = net_of_beta(leader=price(silver, "silver"), follower=price(gold, "gold"), horizon=3)
    last = net.iloc[-1]
    assert last["beta"] == pytest.approx(2.0)
    assert last["gap"] == pytest.approx(10 - 2 * 9)
    assert net.iloc[:-3]["gap"].abs().max() == pytest.approx(0, abs=1e-9)


def test_beta_is_the_regression_slope_of_the_past():
    data = walk(7)
    net = net_of_beta(**data, horizon=13)
    returns = {role: 100 * np.log(series).diff().dropna() for role, series in data.items()}
    week = net.index[60]
    past = {role: r.loc[: week - pd.Timedelta(weeks=13)] for role, r in returns.items()}
    assert net.loc[week, "beta"] == pytest.approx(np.polyfit(past["follower"], past["leader"], 1)[0])


def test_percentile_by_hand():
    # 3 has no past; 1 is above 0 of 1; 2 above 1 of 2; 5 above 3 of 3; a second 2 above 1 of 4 (the tie is not below).
    found = past_percentile(pd.Series([3.0, 1, 2, 5, 2], index=weeks(5)))
    assert found.tolist()[1:] == pytest.approx([0, 50, 100, 25])
    assert np.isnan(found.iloc[0])


@settings(max_examples=15, deadline=None)
@given(cut=st.integers(265, 399), scale=st.floats(0.01, 100), seed=st.integers(0, 99))
def test_the_future_and_the_unit_change_nothing(cut, scale, seed):
    data = walk(seed)
    date = data["leader"].index[cut]
    short = {role: series.loc[:date] for role, series in data.items()}
    scaled = {"leader": scale * data["leader"], "follower": data["follower"] / scale}
    whole = gap_frequency(**data, horizon=13, date=date)
    for other in (gap_frequency(**short, horizon=13), gap_frequency(**scaled, horizon=13, date=date)):
        assert other.threshold == pytest.approx(whole.threshold)
        assert other.frequency.share == pytest.approx(whole.frequency.share)
        assert list(other.episodes.index) == list(whole.episodes.index)
    full, early = relative_performance(**data, date=date), relative_performance(**short)
    pd.testing.assert_frame_equal(full.table, early.table)
    later = gap_frequency(**data, horizon=13, threshold=whole.threshold)
    known = [week for week in later.episodes.index if week <= date - pd.Timedelta(weeks=13)]
    assert known == list(whole.episodes.index)


def test_episodes_by_hand():
    # Weekly steps of the gap, window 4: one jump of 50 in week 150 keeps the 4-week gap at 50 for four weeks (150 to
    # 153), a second in week 152 lifts it to 100 in weeks 152 and 153 and keeps 50 up to week 155. With a threshold of
    # 50 the hits run from 150 to 155: episodes begin in 150 and 154. The jump of week 197 overlaps the last window.
    steps = np.zeros(200)
    steps[[150, 152, 197]] = 50
    steps[10] = 1
    follower = np.zeros(200)
    follower[158:] = 7
    result = gap_frequency(
        leader=price(steps.cumsum() + follower, "silver"),
        follower=price(follower, "btc"),
        horizon=4,
        threshold=49.9,
        after=(4, 8),
    )
    index = weeks(200)
    assert list(result.episodes.index) == [index[150], index[154]]
    assert result.episodes["gap"].tolist() == pytest.approx([50, 50])
    assert result.episodes["leader"].tolist() == pytest.approx([50, 50])
    # Bitcoin's only move, 7 in week 158, lies 8 weeks after the first episode and 4 and 8 after the second.
    assert result.episodes["after_4"].tolist() == pytest.approx([0, 7])
    assert result.episodes["after_8"].tolist() == pytest.approx([7, 7])
    assert result.followed.loc[8, "mean"] == pytest.approx(7)
    assert result.followed.loc[8, "usual"] == pytest.approx(7 * 8 / 192)
    # Two cases need the noncentral t with one degree of freedom: far more than the 2.8 standard errors of many.
    assert result.followed.loc[8, "detectable"] > 2.8 * result.episodes["after_8"].std() / np.sqrt(2)
    # 196 gaps, the last one is the present; hits in weeks 150..155 and 197, 198.
    assert (result.frequency.count, result.frequency.nobs) == (8, 195)


def test_the_present_window_is_not_an_episode_of_the_past():
    steps = np.zeros(200)
    steps[10], steps[190] = 1, 60
    gap = {"leader": price(steps.cumsum(), "silver"), "follower": price(np.r_[0.1, np.zeros(199)], "btc")}
    assert gap_frequency(**gap, horizon=26).episodes.empty
    assert list(gap_frequency(**gap, horizon=4, threshold=50).episodes.index) == [weeks(200)[190]]


def test_relative_performance_is_its_parts():
    data = walk(11)
    result = relative_performance(**data, horizons=(4, 26))
    raw = log_gap(**data, horizon=26)
    net = net_of_beta(**data, horizon=26)["gap"]
    assert result.table.loc[(RAW, 26), "value"] == pytest.approx(raw.iloc[-1])
    assert result.table.loc[(NET, 26), "percentile"] == pytest.approx(100 * np.mean(net.iloc[:-1] < net.iloc[-1]))
    assert result.table.loc[(RAW, 4), "beta"] == 1
    assert "26 weeks, net of beta" in result.summary()


def test_faults_are_named():
    data = walk(0)
    with pytest.raises(InputError, match="follower 'btc' has a price of zero or less"):
        gap_frequency(leader=data["leader"], follower=data["follower"] - data["follower"].max(), horizon=4)
    with pytest.raises(InputError, match="no rows between 2011-07"):
        log_gap(**{role: series.drop(series.index[52]) for role, series in data.items()}, horizon=4)
    with pytest.raises(InputError, match="horizon of 400 weeks"):
        log_gap(**data, horizon=400)
    with pytest.raises(InputError, match="99 past weeks"):
        gap_frequency(**data, horizon=300)
    with pytest.raises(InputError, match="2010-07-23 00:00:00 has no gap"):
        gap_frequency(**data, horizon=4, date=pd.Timestamp("2010-07-23"))
    with pytest.raises(InputError, match="missing or infinite"):
        log_gap(leader=data["leader"].where(data["leader"].index != weeks(9)[8]), follower=data["follower"], horizon=4)
