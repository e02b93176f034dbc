"""Event studies: arithmetic by hand, the transform against loops, size, power, invariances, faults."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers.stats import (
    InputError,
    detectable_effect,
    episode_paths,
    episodes_needed,
    estimates_by_era,
    event_ladder,
    event_study,
    implied_sd,
    locate_events,
)
from helpers.stats.event_null import local_variance, shift_windows, window_sums
from helpers.stats.event_study import BANDWIDTH, era_mean, share_at_least


def dates(n: int, start: str = "2010-07-30") -> pd.DatetimeIndex:
    return pd.date_range(start, periods=n, freq="W-FRI", name="week")


def series(values: list[float] | np.ndarray) -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=dates(len(values)), name="btc")


def noise(seed: int, n: int = 300) -> pd.Series:
    return series(5 * np.random.default_rng(seed).standard_normal(n))


HAND = series([1, 2, -3, 4, 0, 5, -1, 2])
EVENTS = HAND.index[[1, 4]]
# Two-week windows after week t (t+1, t+2), weeks numbered from 0:
#   t      0   1   2   3   4   5   6   7
#   sum   -1   1   4   5   4   1   -   -      mean of the six: 14/6 = 7/3
# Events in weeks 1 and 4: sums 1 and 4, mean 5/2, estimate 5/2 - 7/3 = 1/6.
# Moved by s, the weeks are (1+s, 4+s) mod 8, and windows that are not complete do not count:
#   s=0 (1,4): 5/2     s=1 (2,5): 5/2     s=2 (3,-): 5      s=3 (4,-): 4
#   s=4 (5,0): 0       s=5 (-,1): 1       s=6 (-,2): 4      s=7 (0,3): 2
# Less 7/3: 1/6, 1/6, 8/3, 5/3, -7/3, -4/3, 5/3, -1/3. All eight are at least 1/6 in size.


def test_event_study_by_hand(monkeypatch):
    monkeypatch.setattr(sys.modules["helpers.stats.event_study"], "BANDWIDTH", None)
    result = event_study(events=EVENTS, returns=HAND, horizons=(2,), pre=1)
    row = result.table.loc[2]
    assert row[["K", "mean"]].tolist() == [2, 2.5]
    assert row["estimate"] == pytest.approx(1 / 6)
    assert row["pvalue"] == 1
    shifts = np.array([1 / 6, 1 / 6, 8 / 3, 5 / 3, -7 / 3, -4 / 3, 5 / 3, -1 / 3])
    scale = np.sqrt(np.mean(shifts**2))
    assert result.null_statistics[0] == pytest.approx(shifts / scale)
    low, high = np.quantile(shifts, [0.025, 0.975])
    assert row[["low", "high"]].tolist() == pytest.approx([1 / 6 - high, 1 / 6 - low])
    # Episodes less 7/3: -4/3 and 5/3; each left out in turn leaves the other.
    assert row[["loo_low", "loo_high"]].tolist() == pytest.approx([-4 / 3, 5 / 3])
    # Student's t over (-4/3, 5/3): mean 1/6, sd 3 / sqrt 2, t = (1/6) / (3/2) = 1/9.
    assert row["t"] == pytest.approx(1 / 9)
    # Both sums are positive; so are 5 of the 6 windows: P(2 of 2) = 25/36, the only other outcomes are less likely.
    assert row[["positive", "base_rate"]].tolist() == [2, pytest.approx(5 / 6)]
    assert row["sign_pvalue"] == pytest.approx(1)
    # The week up to each event: returns 2 and 0; mean of all weeks 10/8.
    assert result.before[["mean", "estimate"]].tolist() == pytest.approx([1, 1 - 10 / 8])


def test_paths_and_episodes_by_hand():
    result = event_study(events=EVENTS, returns=HAND, horizons=(1, 4), pre=2)
    paths = episode_paths(returns=HAND, positions=np.array([1, 4]), pre=2, post=4)
    # Log price by week: 0 | 1 3 0 4 4 9 8 10. Event in week 1: price 3, two weeks before 0, then -3, 1, 1, 6.
    assert paths.iloc[:, 0].tolist() == [-3, -2, 0, -3, 1, 1, 6]
    # Event in week 4: price 4; two weeks before 0, one before 4; then 9, 8, 10, and no fourth week.
    assert paths.iloc[:, 1].tolist()[:6] == [-4, 0, 0, 5, 4, 6]
    assert np.isnan(paths.iloc[6, 1])
    assert result.episodes["before"].tolist() == [3, 4]
    assert result.episodes[1].tolist() == [-3, 5]
    assert result.episodes["weeks"].tolist() == [4, 3]
    assert result.excluded["reason"].tolist() == ["only 3 weeks after it, fewer than 4"]


def loop(values: np.ndarray, positions: np.ndarray, window: int, bandwidth: int | None) -> np.ndarray:
    """Statistic at every shift, one window at a time."""
    n = values.size
    variance = (
        [np.mean(values[max(0, t - bandwidth) : t + bandwidth + 1] ** 2) for t in range(n)] if bandwidth else None
    )
    spans = {t: range(t + 1, t + window + 1) if window > 0 else range(t + window + 1, t + 1) for t in range(n)}
    whole = {t: sum(values[j] for j in span) for t, span in spans.items() if min(span) >= 0 and max(span) < n}
    centre = np.mean(list(whole.values()))
    out = []
    for shift in range(n):
        weeks = [(p + shift) % n for p in positions]
        used = [t for t in weeks if t in whole]
        if not used:
            out.append(np.nan)
            continue
        mean = np.mean([whole[t] - centre for t in used])
        error = np.sqrt(sum(variance[j] for t in used for j in spans[t])) / len(used) if bandwidth else 1.0
        out.append(mean / error)
    return np.array(out)


@pytest.mark.parametrize("bandwidth", [None, 4])
@pytest.mark.parametrize("window", [1, 5, 20, -6])
@pytest.mark.parametrize("positions", [[3], [0, 30, 31, 52], [59]])
def test_transform_against_a_loop(window, bandwidth, positions):
    values = np.random.default_rng(1).standard_normal(60) * np.linspace(3, 1, 60)
    null = shift_windows(values, windows=[window], bandwidth=bandwidth).null(np.array(positions))
    assert null.statistic[0] == pytest.approx(loop(values, np.array(positions), window, bandwidth), nan_ok=True)


def test_p_over_horizons_is_that_of_the_maximum():
    returns, events = noise(2), noise(2).index[[30, 90, 200]]
    result = event_study(events=events, returns=returns, horizons=(4, 13))
    excess = returns.to_numpy() - returns.mean()
    rows = np.array([loop(excess, np.array([30, 90, 200]), h, BANDWIDTH) for h in (4, 13)])
    scaled = np.abs(rows / np.sqrt(np.nanmean(rows**2, axis=1, keepdims=True)))
    largest = np.fmax(*scaled)
    assert result.statistic == pytest.approx(largest[0])
    assert result.pvalue == pytest.approx(np.nanmean(largest >= largest[0] - 1e-9))
    assert result.table.loc[4, "pvalue_adjusted"] == pytest.approx(np.nanmean(largest >= scaled[0, 0] - 1e-9))
    assert result.table.loc[13, "pvalue"] == pytest.approx(np.nanmean(scaled[1] >= scaled[1, 0] - 1e-9))


def test_window_sums_by_hand():
    values = np.array([1.0, 2.0, 4.0, 8.0])
    np.testing.assert_equal(window_sums(values, 2), [6, 12, np.nan, np.nan])
    np.testing.assert_equal(window_sums(values, -2), [np.nan, 3, 6, 12])
    np.testing.assert_equal(window_sums(values, -4), [np.nan, np.nan, np.nan, 15])
    np.testing.assert_equal(window_sums(values, 4), [np.nan] * 4)
    # Squares 1, 4, 16, 64; one week on each side: 5/2, 7, 28, 40.
    assert local_variance(values, 1).tolist() == [2.5, 7, 28, 40]


def test_era_means_by_hand_and_short_eras_join():
    weeks = dates(200, "2013-01-04")
    values = np.r_[np.full(52, 3.0), np.full(148, 1.0)]
    # 2013 has 52 Fridays, so an era from 2014 on has its own mean.
    assert era_mean(values, weeks, ["2014-01-01"]).tolist() == values.tolist()
    assert era_mean(values, weeks, []).tolist() == pytest.approx([304 / 200] * 200)
    # An era that starts less than a year before the end is no era of its own; nor is a first one of a few weeks.
    assert era_mean(values, weeks, ["2014-01-01", "2016-06-01"]).tolist() == values.tolist()
    assert era_mean(values, weeks, ["2013-03-01"]).tolist() == pytest.approx([304 / 200] * 200)


def test_eras_change_what_is_normal():
    rng = np.random.default_rng(5)
    returns = series(np.r_[np.full(150, 4.0), np.zeros(150)] + rng.standard_normal(300))
    events = returns.index[[200, 250]]
    plain = event_study(events=events, returns=returns, horizons=(10,))
    by_era = event_study(events=events, returns=returns, horizons=(10,), eras=[returns.index[150]])
    # Against all weeks (mean 2 a week) ten weeks look 20 points poor; against their own era they are ordinary.
    assert plain.table.loc[10, "estimate"] == pytest.approx(-20, abs=4)
    assert by_era.table.loc[10, "estimate"] == pytest.approx(0, abs=4)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.01, 100), drift=st.floats(-5, 5), days=st.integers(-3000, 3000))
def test_scale_drift_and_calendar(seed, factor, drift, days):
    returns = noise(seed, 150)
    events = returns.index[[20, 60, 100]]
    first = event_study(events=events, returns=returns, horizons=(4, 13))
    step = pd.Timedelta(days=days)
    moved = (returns * factor + drift).set_axis(returns.index + step)
    second = event_study(events=events + step, returns=moved, horizons=(4, 13))
    assert second.pvalue == pytest.approx(first.pvalue)
    assert second.table["estimate"].to_numpy() == pytest.approx(factor * first.table["estimate"].to_numpy(), abs=1e-8)
    assert second.table["t"].to_numpy() == pytest.approx(first.table["t"].to_numpy(), rel=1e-6)


def test_later_weeks_change_no_earlier_episode():
    returns = noise(3, 200)
    events = returns.index[[20, 80]]
    part = event_study(events=events, returns=returns.iloc[:140], horizons=(4, 13))
    whole = event_study(events=events, returns=returns, horizons=(4, 13))
    pd.testing.assert_frame_equal(part.episodes[["before", 4, 13]], whole.episodes[["before", 4, 13]])


def test_events_outside_or_late_are_named():
    returns = noise(4, 100)
    weeks = returns.index
    events = pd.DatetimeIndex(
        ["2009-01-02", weeks[10], weeks[50] - pd.Timedelta(days=2), weeks[50], weeks[95], "2030-01-04"]
    )
    positions, excluded = locate_events(events, weeks)
    # A date inside a week counts from the Friday that ends it, and only once.
    assert positions.tolist() == [10, 50, 95]
    assert excluded["reason"].tolist() == [
        "before the first return, 2010-07-30",
        "in the same week as the event before it",
        f"after the last return, {weeks[-1]:%Y-%m-%d}",
    ]
    result = event_study(events=events, returns=returns, horizons=(4, 13))
    assert result.table["K"].tolist() == [3, 2]
    assert result.excluded["reason"].tolist()[-1] == "only 4 weeks after it, fewer than 13"
    assert "before the first return" in result.summary()


def test_no_usable_event_gives_a_reason():
    returns = noise(6, 100)
    for events in (pd.DatetimeIndex([]), returns.index[-2:]):
        result = event_study(events=events, returns=returns, horizons=(4,))
        assert np.isnan(result.pvalue)
        assert result.reason == "no event has a complete window in the sample"


def test_one_episode_has_no_t_but_a_shift_test():
    result = event_study(events=noise(8).index[[100]], returns=noise(8), horizons=(13,))
    row = result.table.loc[13]
    assert row[["t", "t_pvalue", "detectable", "loo_low"]].isna().all()
    assert 0 < row["pvalue"] <= 1


def test_t_over_episodes_is_students():
    returns = noise(9)
    result = event_study(events=returns.index[[20, 90, 160, 230]], returns=returns, horizons=(13,))
    abnormal = result.episodes[13] - window_sums(returns.to_numpy(), 13)[:-13].mean()
    expected = stats.ttest_1samp(abnormal, 0)
    assert result.table.loc[13, ["t", "t_pvalue"]].tolist() == pytest.approx([expected.statistic, expected.pvalue])


def test_detectable_effect_at_bitcoins_volatility():
    # 9 % a week is 32.4 log points over 13 weeks: about 69 for 4 episodes and about 37 for 8.
    sd = 9 * np.sqrt(13)
    assert detectable_effect(episodes=4, sd=sd) == pytest.approx(69, abs=1)
    assert detectable_effect(episodes=8, sd=sd) == pytest.approx(37, abs=1)
    assert np.isnan(detectable_effect(episodes=1, sd=sd))
    # By simulation: 4 episodes with that mean are found significant in 80 % of samples.
    draws = np.random.default_rng(0).standard_normal((4000, 4)) * sd + detectable_effect(episodes=4, sd=sd)
    assert np.mean(stats.ttest_1samp(draws, 0, axis=1).pvalue < 0.05) == pytest.approx(0.80, abs=0.02)


def test_episodes_needed_is_the_detectable_effect_turned_round():
    sd = 9 * np.sqrt(13)
    needed = episodes_needed(effect=15, sd=sd)
    assert detectable_effect(episodes=needed, sd=sd) <= 15 < detectable_effect(episodes=needed - 1, sd=sd)
    assert episodes_needed(effect=0.001, sd=sd) is None
    assert implied_sd(detectable=detectable_effect(episodes=5, sd=sd), episodes=5) == pytest.approx(sd)


def test_estimates_by_era_by_hand():
    # 52 weeks of 2013 that return 1, 3, 1, 3, ... and 52 of 2014; an event in week 5 and one in the last week of 2013.
    weeks = dates(104, "2013-01-04")
    returns = pd.Series(np.r_[np.tile([1.0, 3.0], 26), np.tile([0.0, 4.0], 26)], index=weeks)
    found = estimates_by_era(events=weeks[[4, 51]], returns=returns, horizon=1)
    # Weeks after the first of 2013 (what a window can cover): 26 threes and 25 ones, mean 103/51. Week 6 returns 3.
    # The last week of 2013 has no week after it inside its era.
    assert found == {"2010-2013": pytest.approx(3 - 103 / 51), "2014-2019": pytest.approx(np.nan, nan_ok=True)}


def test_share_counts_ties_and_leaves_out_what_is_missing():
    assert share_at_least(np.array([1.0, 2.0, 2.0, np.nan, 3.0]), 2.0) == 0.75
    assert np.isnan(share_at_least(np.array([1.0]), np.nan))


def test_ladder_of_one_rung_is_its_study_and_a_repeated_rung_changes_nothing():
    returns = noise(10)
    events = returns.index[[20, 90, 160, 230]]
    study = event_study(events=events, returns=returns)
    one = event_ladder(ladder={"a": events}, returns=returns)
    two = event_ladder(ladder={"a": events, "b": events}, returns=returns)
    assert one.pvalue == two.pvalue == study.pvalue
    assert one.statistic == study.statistic
    # A different rung can only raise the maximum at every shift.
    more = event_ladder(ladder={"a": events, "c": returns.index[[50, 120]]}, returns=returns)
    assert more.statistic >= one.statistic
    assert (more.table.loc["a", "pvalue_adjusted"] >= one.table.loc["a", "pvalue_adjusted"] - 1e-12).all()


def test_ladder_with_an_empty_rung():
    returns = noise(12)
    result = event_ladder(ladder={"a": returns.index[[50]], "none": pd.DatetimeIndex([])}, returns=returns)
    assert len(result.table) == 4
    assert result.studies["none"].reason
    assert event_ladder(ladder={"none": pd.DatetimeIndex([])}, returns=returns).reason
    with pytest.raises(InputError, match="holds no event set"):
        event_ladder(ladder={}, returns=returns)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"events": EVENTS[::-1]}, "unordered or repeated"),
        ({"returns": HAND.where(HAND != 5)}, "missing or infinite on 2010-09-03"),
        ({"returns": HAND * 0}, "constant"),
        ({"horizons": ()}, "horizons must be"),
        ({"horizons": (0,)}, "horizons must be"),
        ({"horizons": (2, 2)}, "horizons must be"),
        ({"pre": 0}, "pre at least 1"),
        ({"horizons": (8,)}, "does not fit into 8 weeks"),
    ],
)
def test_faults_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        event_study(**{"events": EVENTS, "returns": HAND, "horizons": (2,), "pre": 1, **change})
