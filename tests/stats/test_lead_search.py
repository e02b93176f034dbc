"""The search for the best lag: worked by hand, planted, what it finds in unrelated walks; averages of walks."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats import (
    InputError,
    averaging_f_statistics,
    averaging_partial_r2,
    best_lead_search,
    rise_after,
    search_by_window,
    search_null,
)

WEEKS = pd.date_range("2014-01-03", periods=400, freq="W-FRI")


def walks(seed: int, n: int = 400, drift: float = 0.002) -> pd.DataFrame:
    """Independent drifting prices."""
    steps = np.random.default_rng(seed).normal(drift, 0.03, (n, 2))
    return pd.DataFrame(np.exp(steps.cumsum(axis=0)), index=WEEKS[:n], columns=["x", "y"])


def test_the_curve_is_the_correlation_of_shifted_prices():
    data = walks(1)
    found = best_lead_search(leader=data.x, follower=data.y, max_lag=40)
    expected = [data.x.shift(lag).corr(data.y) for lag in range(41)]
    np.testing.assert_allclose(found.curve, expected, rtol=1e-9)
    assert found.lag == int(np.argmax(expected))
    assert found.correlation == pytest.approx(max(expected))


def test_a_planted_lead_is_the_best_lag_of_returns():
    data = walks(2)
    led = data.assign(y=np.exp(np.log(data.x).shift(9).bfill() + 0.1 * np.log(data.y)))
    found = best_lead_search(leader=led.x, follower=led.y, max_lag=40, on="returns")
    assert found.lag == 9
    # Variances: .03^2 and (.1 .03)^2; correlation 1 / sqrt(1.01) = .995.
    assert found.correlation == pytest.approx(0.995, abs=0.005)
    null = search_null(leader=led.x, follower=led.y, max_lag=40, on="returns", kind="shifted", reps=99, seed=1)
    assert null.pvalue == pytest.approx(0.01)


@pytest.mark.parametrize(("kind", "low", "high"), [("walks", 0.7, 1.0), ("blocks", 0.7, 1.0), ("shifted", 0.7, 1.0)])
def test_unrelated_drifting_walks_correlate_at_some_lag(kind, low, high):
    # Two unrelated walks that both gain .2 per cent a week for 400 weeks, e^.8: their prices share the trend, so that
    # the best of 41 lags correlates highly although nothing leads; their changes do not.
    data = walks(3, drift=0.004)
    levels = search_null(leader=data.x, follower=data.y, max_lag=40, kind=kind, reps=199, seed=1)
    assert low < levels.median < high
    assert np.mean(levels.correlations > 0.82) > 0.25
    changes = search_null(leader=data.x, follower=data.y, max_lag=40, on="returns", kind=kind, reps=199, seed=1)
    # The largest of 41 correlations with standard error 1 / 20: about 2.3 / 20.
    assert changes.median == pytest.approx(2.3 / 20, abs=0.02)
    assert levels.led > 0.5


@pytest.mark.slow
def test_size_of_the_search_on_returns():
    # 300 pairs of unrelated walks of 150 weeks, 49 draws each: standard error of a rate of .06 is .014.
    hits = []
    for seed in range(300):
        data = walks(5000 + seed, n=150)
        null = search_null(leader=data.x, follower=data.y, max_lag=12, on="returns", reps=49, seed=seed)
        hits.append(null.pvalue <= 0.06)
    assert 0.03 <= np.mean(hits) <= 0.09


def test_draws_follow_the_seed():
    data = walks(4)
    first, again, other = (
        search_null(leader=data.x, follower=data.y, max_lag=9, kind="blocks", reps=29, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.correlations, again.correlations)
    assert not np.array_equal(first.correlations, other.correlations)


def test_every_window_is_searched_by_itself():
    data = walks(5)
    table = search_by_window(
        leader=data.x,
        follower=data.y,
        max_lag=20,
        starts=("2014-01-01", "2017-01-01"),
        ends=("2019-12-31", "2262-01-01"),
    )
    assert table.nobs.tolist() == [313, 400, 156, 243]
    alone = best_lead_search(leader=data.x.loc["2017":"2019"], follower=data.y.loc["2017":"2019"], max_lag=20)
    assert table.lag.iloc[2] == alone.lag
    assert table.correlation.iloc[2] == pytest.approx(alone.correlation)
    close = alone.curve[alone.curve >= alone.correlation - 0.02].index
    assert (table.low.iloc[2], table.high.iloc[2]) == (close.min(), close.max())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_lag": 0}, "max_lag must be a whole number"),
        ({"max_lag": 390}, "leave fewer than 26 at lag 390"),
        ({"on": "logs"}, "on must be one of levels, returns"),
        ({"leader": walks(6).x - 5}, "prices must be positive"),
        ({"kind": "other"}, "kind must be one of"),
        ({"reps": 3}, "reps must be a whole number of at least 19"),
    ],
)
def test_faults_are_named(options, message):
    data = walks(6)
    with pytest.raises(InputError, match=message):
        search_null(**{"leader": data.x, "follower": data.y, "max_lag": 9, "reps": 29} | options)


def test_averages_against_month_ends_give_a_lead_that_is_not_there():
    # The population partial R2 by hand for 2 days a month and the same walk: a_t = (e1 + 2 e2) / 2 of last month's and
    # (2 e1 + e2) / 2 of this month's steps: a_t = .5 e2_-1 + e1 + .5 e2, so var a = 1.5 = (2 4 + 1) / 6, cov(a, a_-1)
    # = .25, cov(a, x_-1) = .5, cov(a_-1, x_-1) = 1.5, var x = 2. Partial covariance .5 - .25 1.5 / 1.5 = .25; left of
    # a: 1.5 - .25^2 / 1.5 = 35 / 24; left of x: 2 - 1.5 = .5. Partial R2 = .0625 / (35 / 48) = 3 / 35.
    assert averaging_partial_r2(2, 1.0) == pytest.approx(3 / 35)
    assert averaging_partial_r2(21, 0.0) == 0
    # 189 months and a correlation of .8 in the same day: F near n R2 / (1 - R2).
    share = averaging_partial_r2(21, 0.8)
    drawn = averaging_f_statistics(months=190, correlation=0.8, reps=200, seed=3)
    assert np.median(drawn) == pytest.approx(185 * share / (1 - share) + 1, rel=0.12)
    # A lead that no one planted, of the size that the methods name: F about 40.
    assert np.median(drawn) == pytest.approx(40, abs=5)


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
