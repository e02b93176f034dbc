"""The search for the best lag: worked by hand, what it finds in unrelated walks; rises after a date."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats import InputError, lead_search, rise_after

WEEKS = pd.date_range("2014-01-03", periods=400, freq="W-FRI")


def walks(seed: int, n: int = 400, drift: float = 0.002) -> pd.DataFrame:
    """Independent drifting prices."""
    steps = np.random.default_rng(seed).normal(drift, 0.03, (n, 2))
    return pd.DataFrame(np.exp(steps.cumsum(axis=0)), index=WEEKS[:n], columns=["x", "y"])


def test_the_curve_is_the_correlation_of_shifted_prices():
    data = walks(1)
    found = lead_search(leader=data.x, follower=data.y, max_lag=40)
    expected = [data.x.shift(lag).corr(data.y) for lag in range(41)]
    np.testing.assert_allclose(found.curve, expected, rtol=1e-9)
    assert found.lag == int(np.argmax(expected))
    assert found.correlation == pytest.approx(max(expected))


def test_unrelated_drifting_walks_correlate_at_some_lag():
    # Two unrelated walks that both gain .4 per cent a week for 400 weeks: their prices share the trend, so that the
    # best of 41 lags correlates highly although nothing leads.
    data = walks(3, drift=0.004)
    found = lead_search(leader=data.x, follower=data.y, max_lag=40, reps=199, seed=1)
    assert 0.7 < np.median(found.correlations) < 1
    assert np.mean(found.correlations > 0.82) > 0.25
    assert np.mean(found.lags > 0) > 0.5
    assert found.pvalue == (1 + np.sum(found.correlations >= found.correlation)) / 200
    assert "leads y at some lag up to 40" in found.summary()


def test_draws_follow_the_seed():
    data = walks(4)
    first, again, other = (
        lead_search(leader=data.x, follower=data.y, max_lag=9, reps=29, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.correlations, again.correlations)
    assert not np.array_equal(first.correlations, other.correlations)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_lag": 0}, "max_lag must be a whole number"),
        ({"max_lag": 390}, "leave fewer than 26 at lag 390"),
        ({"leader": walks(6).x - 5}, "prices must be positive"),
        ({"reps": -3}, "reps must be a whole number of at least 0"),
    ],
)
def test_faults_are_named(options, message):
    data = walks(6)
    with pytest.raises(InputError, match=message):
        lead_search(**{"leader": data.x, "follower": data.y, "max_lag": 9, "reps": 29} | options)


def test_rise_after_a_date_by_hand():
    # 1, 2, 4, 6, 6: over one period the rises are 100, 100, 50, 0 per cent; that of the third is reached by 3 of 4.
    price = pd.Series([1.0, 2.0, 4.0, 6.0, 6.0], index=WEEKS[:5], name="p")
    table = rise_after(price=price, date=WEEKS[2], horizons=(1, 2, 3))
    assert table.loc[1].tolist() == [50.0, 0.75]
    # Two periods: 300, 200, 50 per cent; its own 50 per cent is the least. Three: the sample ends before.
    assert table.loc[2].tolist() == [50.0, 1.0]
    assert table.loc[3].isna().all()
    with pytest.raises(InputError, match="choose a date of its index"):
        rise_after(price=price, date=WEEKS[9], horizons=(1,))
