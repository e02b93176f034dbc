"""The distance to the next high, by hand, and that it agrees with the events that it announces."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats import distance_to_highs, find_highs

WEEKS = pd.date_range("2015-01-02", periods=300, freq="W-FRI")


def test_by_hand():
    # 300 weeks at 10 but for 20 in week 100 (five years less four weeks before the end) and 16 in week 270.
    price = pd.Series(10.0, index=WEEKS, name="silver")
    price.iloc[100], price.iloc[270] = 20.0, 16.0
    found = distance_to_highs(price, lookbacks=(1, 5, None), floor=49.45)
    assert list(found["level"]) == [16.0, 20.0, 49.45]
    # 100 ln 1.6 = 47.00, 100 ln 2 = 69.31, 100 ln 4.945 = 159.84.
    assert list(found["distance"].round(2)) == [47.00, 69.31, 159.84]
    assert found.loc["1-year high", "last"] == WEEKS[270]
    assert found.loc["1-year high", "event"]  # week 300 comes 30 weeks after week 270
    assert pd.isna(found.loc["all-time high", "last"])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), jump=st.sampled_from([-0.05, -0.001, 0.001, 0.05]))
def test_a_close_above_the_level_is_the_event_announced(seed, jump):
    rng = np.random.default_rng(seed)
    walk = pd.Series(20 * np.exp(0.04 * rng.standard_normal(300).cumsum()), index=WEEKS, name="silver")
    found = distance_to_highs(walk, lookbacks=(1,)).iloc[0]
    close = found["level"] * np.exp(jump)
    week = WEEKS[-1] + pd.Timedelta(weeks=1)
    longer = pd.concat([walk, pd.Series([close], [week], name="silver")])
    assert (week in find_highs(longer, lookback=1)) == bool(jump > 0 and found["event"])


def test_a_high_now_means_the_next_one_is_no_new_event():
    rising = pd.Series(np.linspace(10, 20, 300), index=WEEKS, name="silver")
    found = distance_to_highs(rising, lookbacks=(1,)).iloc[0]
    assert found["distance"] == pytest.approx(0)
    assert not found["event"]
