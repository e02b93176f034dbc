"""The record of a price: by hand on a short series, and its refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats import InputError, price_record, working_autocorrelation

# 40 Fridays from 2024-05-03 to 2025-01-31: 35 weeks at 10, rising 1 % a week (log) to year end, then 3 % a week.
WEEKS = pd.date_range("2024-05-03", periods=40, freq="W-FRI")
LOGS = np.concatenate([np.arange(35) * 0.01, 0.34 + np.arange(1, 6) * 0.03])
PRICE = pd.Series(10 * np.exp(LOGS), index=WEEKS, name="silver")


def test_by_hand():
    # Last week of 2024 is row 34 (2024-12-27): 26 weeks at 1 % a week before it, 5 weeks at 3 % a week after it.
    found = price_record(PRICE, week=WEEKS[-1], known=12.0)
    assert found.year_start == pd.Timestamp("2024-12-27")
    assert found.pace_before == pytest.approx(1.0)
    assert found.pace_after == pytest.approx(3.0)
    assert found.is_record
    assert "2024-12-27" in found.summary()


def test_a_higher_price_elsewhere_means_no_record():
    found = price_record(PRICE, week=WEEKS[-1], known=50.0)
    assert not found.is_record


def test_a_higher_week_before_means_no_record():
    bumped = PRICE.copy()
    bumped.iloc[-2] = 99.0
    assert not price_record(bumped, week=WEEKS[-1], known=12.0).is_record


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(0.1, 1000), later=st.floats(0.5, 2))
def test_scale_and_later_weeks_change_nothing(scale, later):
    longer = pd.concat([PRICE, pd.Series([PRICE.iloc[-1] * later], [WEEKS[-1] + pd.Timedelta(weeks=1)], name="silver")])
    found = price_record(longer * scale, week=WEEKS[-1], known=12.0 * scale)
    assert (found.pace_before, found.pace_after) == pytest.approx((1.0, 3.0))
    assert found.is_record


def test_refusals():
    with pytest.raises(InputError, match=r"'silver' has no close for 2025-02-07 \(it ends 2025-01-31\)"):
        price_record(PRICE, week=pd.Timestamp("2025-02-07"), known=12.0)
    with pytest.raises(InputError, match="has only 4 weeks before 2024-12-27, 26 are needed"):
        price_record(PRICE.iloc[30:], week=WEEKS[-1], known=12.0)


def test_working_1960():
    # m = 21: (441 - 1) / (2 (882 + 1)) = 440 / 1766 = .24915; one observation a period leaves the walk alone.
    assert working_autocorrelation(21) == pytest.approx(0.24915, abs=5e-6)
    assert working_autocorrelation(1) == 0


def test_working_1960_by_simulation():
    walk = np.random.default_rng(7).standard_normal((20000, 21)).cumsum().reshape(20000, 21)
    changes = pd.Series(walk.mean(axis=1)).diff().dropna()
    # 20,000 periods: standard error about .007.
    assert changes.autocorr(1) == pytest.approx(working_autocorrelation(21), abs=0.025)
