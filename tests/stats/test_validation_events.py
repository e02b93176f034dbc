"""Size and power of the event tests, with the events where silver had its highs."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats import EventWeeks, event_ladder
from helpers.stats.validation import with_events
from helpers.stats.validation_decisions import joint_pvalue
from helpers.stats.validation_plan import rejection_rate

WEEKS = 839
# Weeks, out of 839, of the first closes at a new high that silver set from July 2010 to August 2026, by rung.
POSITIONS = ((300, 468, 565, 666, 714), (474, 565, 714), (7, 499, 565, 715), (7, 521, 565, 715), (794,))
EVENTS = EventWeeks(POSITIONS, WEEKS)


def noise(seed, n):
    values = np.random.default_rng(seed).standard_normal(n)
    return pd.Series(values, index=pd.date_range("2010-07-30", periods=n, freq="W-FRI"), name="btc")


def test_event_weeks_are_counted_from_the_first_week_and_stretch():
    weeks = pd.date_range("2020-01-03", periods=10, freq="W-FRI")
    ladder = {"1": weeks[[2, 8]], "3": pd.DatetimeIndex(["2019-12-27"]).append(weeks[[5]])}
    found = EventWeeks.of(ladder, weeks)
    assert found == EventWeeks(((2, 8), (5,)), 10)
    assert [rung.tolist() for rung in found.stretched(25)] == [[5, 20], [12]]


def test_bare_arrays_give_the_p_of_the_ladder():
    returns = noise(11, WEEKS)
    ladder = {str(i): returns.index[list(rung)] for i, rung in enumerate(POSITIONS)}
    result = event_ladder(ladder=ladder, returns=returns)
    assert joint_pvalue(returns.to_numpy(), [np.array(rung) for rung in POSITIONS]) == result.pvalue
    # One all-time high, too late for a year of returns: that cell is empty, the others stand.
    assert result.table.loc[("4", 52), "K"] == 0
    assert result.table["pvalue_adjusted"].notna().sum() == 19


@pytest.mark.parametrize("process", ["iid", "garch", "spillover", "falling_variance", "common_volatility"])
def test_size_of_the_joint_test(process):
    options = {"n": WEEKS, "process": process, "reps": 400, "seed": 1, "events": EVENTS}
    assert 0.03 <= rejection_rate("event_circular_shift", **options) <= 0.07


def test_without_local_variance_the_test_has_the_wrong_size():
    samples = with_events(n=WEEKS, process="falling_variance", reps=300, seed=7, events=EVENTS)
    assert np.mean([joint_pvalue(*sample, bandwidth=None) <= 0.05 for sample in samples]) < 0.03


def test_with_a_variance_over_half_a_year_events_that_raise_volatility_reject_too_often():
    # 400 samples: a rate of .07 has a standard error of .013.
    samples = with_events(n=WEEKS, process="spillover", reps=400, seed=1, events=EVENTS)
    assert np.mean([joint_pvalue(*sample, bandwidth=26) <= 0.05 for sample in samples]) > 0.07


def test_power_rises_with_the_effect():
    options = {"n": WEEKS, "process": "iid", "reps": 120, "seed": 1, "events": EVENTS}
    rates = [rejection_rate("event_circular_shift", **options, effect=e) for e in (0, 40, 80)]
    assert rates[0] < 0.1 < 0.3 < rates[1] < 0.8 < rates[2]


def test_popular_test_over_overlapping_windows_finds_leads_that_are_not_there():
    # 3,949 samples with two high days or more give .609; 300: a standard error of .03.
    found = rejection_rate("naive_events", n=WEEKS, process="random walk", reps=300, seed=1)
    assert found == pytest.approx(0.61, abs=0.09)
