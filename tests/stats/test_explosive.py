"""Explosive-price test: published values, direct regressions, size where volatility shifts, planted bubbles."""

from pathlib import Path

import numba
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.tsa.stattools import adfuller

from helpers.stats import InputError, explosive_test
from helpers.stats.explosive import _episodes
from helpers.stats.explosive_kernel import window_statistics

FILE = "shared/data/golden/exuber_sim_data.csv"
GOLDEN = next((place / FILE for place in Path(__file__).parents if (place / FILE).is_file()), None)


def weekly(values: np.ndarray, name: str = "silver") -> pd.Series:
    return pd.Series(values, pd.date_range("2011-01-07", periods=len(values), freq="W-FRI"), name=name)


def walk(seed: int, n: int = 300) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n).cumsum()


def bubble(seed: int, *, first: int = 150, weeks: int = 30, growth: float = 0.06, n: int = 300) -> np.ndarray:
    """A random walk around 100 that grows by a share of its level for some weeks, then falls back at once."""
    shocks = np.random.default_rng(seed).normal(size=n)
    values = np.empty(n)
    values[0] = 100.0
    for t in range(1, n):
        values[t] = values[t - 1] + shocks[t]
        if first <= t < first + weeks:
            values[t] += growth * (values[t - 1] - 90)
        elif t == first + weeks:
            values[t] = values[first] + shocks[t]
    return values


# ADF, SADF, GSADF of the R package exuber on its sim_data, lag 0, shortest window 19 regressions.
@pytest.mark.parametrize(("name", "expected"), [
    ("psy1", (-2.46, 1.95, 5.19)),
    ("psy2", (-2.86, 7.88, 7.88)),
    ("evans", (-5.83, 5.28, 5.99)),
    ("div", (-1.95, 1.11, 1.34)),
    ("blan", (-5.15, 3.93, 11.0)),
])  # fmt: skip
def test_published_values(name, expected):
    if GOLDEN is None:
        pytest.skip("exuber's simulated series are not beside the project (../shared/data/golden)")
    series = pd.read_csv(GOLDEN)[name]
    result = explosive_test(series, reps=0)
    assert tuple(result.tests["statistic"]) == pytest.approx(expected, abs=0.0501 if name == "blan" else 0.00501)
    assert result.min_window == 19  # (.01 + 1.8 / sqrt(100)) 100 = 19


@pytest.mark.parametrize("kind", ["walk", "bubble", "far from zero"])
def test_one_in_a_hundred_windows_by_direct_regression(kind):
    values = {"walk": walk(1), "bubble": np.exp(walk(2) / 4), "far from zero": 1e5 + walk(3)}[kind]
    change, level = np.diff(values), values[:-1]
    regressors = sm.add_constant(level)
    shortest = 34  # (.01 + 1.8 / sqrt(300)) 300 = 34.2
    ends, rng = change.size - shortest + 1, np.random.default_rng(0)
    triangle = np.full((ends, ends), np.nan)
    for start in range(ends):
        highest, forward = np.empty((2, ends - start, 1))
        window_statistics(level[start:, None].copy(), change[start:, None].copy(), shortest, highest, forward)
        triangle[start, start:] = forward[:, 0]
    inside = np.argwhere(np.isfinite(triangle))
    assert len(inside) == ends * (ends + 1) // 2
    for start, end in rng.permutation(inside)[: len(inside) // 100]:
        window = slice(start, end + shortest)
        direct = sm.OLS(change[window], regressors[window]).fit().tvalues[1]
        assert triangle[start, end] == pytest.approx(direct, rel=1e-8, abs=1e-8)
    path = explosive_test(weekly(values), reps=0).path["statistic"]
    np.testing.assert_allclose(path, np.nanmax(triangle, axis=0), rtol=1e-7, atol=1e-8)


def test_the_whole_sample_agrees_with_statsmodels():
    values = walk(4)
    found = explosive_test(weekly(values), reps=0).tests.loc["ADF", "statistic"]
    assert found == pytest.approx(adfuller(values, maxlag=0, autolag=None, result_object=False)[0], rel=1e-9)


def test_the_same_bytes_from_any_number_of_threads():
    series, threads = weekly(walk(5)), numba.get_num_threads()
    results = []
    for used in (1, threads):
        numba.set_num_threads(used)
        results.append(explosive_test(series, reps=99, seed=3))
    pd.testing.assert_frame_equal(results[0].tests, results[1].tests, check_exact=True)
    pd.testing.assert_frame_equal(results[0].path, results[1].path, check_exact=True)
    assert not results[0].tests.equals(explosive_test(series, reps=99, seed=4).tests)


def test_a_planted_bubble_is_found_and_dated():
    series = weekly(bubble(6))
    result = explosive_test(series, reps=299, seed=1)
    assert result.pvalue == pytest.approx(1 / 300)
    lasting = result.episodes[result.episodes["lasting"].astype(bool)]
    assert len(lasting) == 1
    first, last = (series.index.get_loc(lasting[edge].iloc[0]) for edge in ("first", "last"))
    assert 150 <= first <= 172
    assert 175 <= last <= 181
    assert lasting["change"].iloc[0] == pytest.approx(series.iloc[last] - series.iloc[first - 1])


def test_episodes_by_hand():
    # Above 2, which 2 is not: one month, then two. Log points are counted from the month before each.
    months = pd.period_range("2020-01", periods=6, freq="M")
    series = pd.Series([0.0, 1.0, 4.0, 5.0, 9.0, 15.0], months, name="silver")
    path = pd.DataFrame({"statistic": [1.0, 3.0, 2.0, 2.5, 4.0], "critical": 2.0}, index=months[1:])
    found = _episodes(series, path, lasting=2)
    assert found[["first", "last"]].to_numpy().tolist() == [[months[2]] * 2, [months[4], months[5]]]
    assert found[["periods", "peak", "change", "lasting"]].to_numpy().tolist() == [
        [1, 3.0, 3.0, False],
        [2, 4.0, 10.0, True],
    ]
    assert found["peak_date"].tolist() == [months[2], months[5]]


def test_neither_a_walk_nor_a_fall_back_to_the_mean_is_explosive():
    assert explosive_test(weekly(walk(7)), reps=299, seed=1).pvalue > 0.05
    noise = np.random.default_rng(8).normal(size=300)
    assert explosive_test(weekly(noise), reps=299, seed=1).tests.loc["GSADF", "statistic"] < -1


def test_size_where_volatility_shifts():
    # Volatility four times as high in the last fifth: iid critical values (95 %: about 2.1) reject far too often.
    rejected, naive, paths = 0, 0, 200
    for seed in range(paths):
        shocks = np.random.default_rng([9, seed]).normal(size=200)
        shocks[160:] *= 4
        result = explosive_test(weekly(shocks.cumsum()), reps=99, seed=seed)
        rejected += result.pvalue <= 0.05
        naive += result.tests.loc["GSADF", "statistic"] > 2.1
    assert rejected / paths < 0.10  # .05 and three standard errors of .015
    assert naive / paths > 0.25


def test_critical_values_of_dates_hold_over_the_monitored_window(monkeypatch):
    monkeypatch.setattr("helpers.stats.explosive.MONITOR", 52)
    alarms, paths = 0, 150
    for seed in range(paths):
        result = explosive_test(weekly(walk(seed + 100, 200)), reps=99, seed=seed)
        last = result.path.iloc[-52:]
        alarms += (last["statistic"] > last["critical"]).any()
    assert 0.005 < alarms / paths < 0.11  # .05 and three standard errors of .018
    monkeypatch.setattr("helpers.stats.explosive.MONITOR", 10_000)
    every = explosive_test(weekly(walk(1)), reps=99, seed=1)
    np.testing.assert_allclose(every.path["critical"], every.tests.loc["GSADF", "critical_95"])


def test_refusals():
    series = weekly(walk(1))
    hole = series.drop(series.index[100:180])
    with pytest.raises(InputError, match=r"silver.*no rows between 2012-11-30 and 2014-06-20"):
        explosive_test(hole)
    with pytest.raises(InputError, match=r"'silver' is missing or infinite on 2011-03-18"):
        explosive_test(series.mask(series.index == series.index[10]))
    still = series.copy()
    still.iloc[50:120] = 3.0
    with pytest.raises(InputError, match=r"does not move from 2011-12-23.* to 2012-08-17"):
        explosive_test(still)
    with pytest.raises(InputError, match="'silver' has 20 dates"):
        explosive_test(series.iloc[:20])
    with pytest.raises(InputError, match="fitted exactly"):
        explosive_test(weekly(1.1 ** np.arange(100)))


def test_daily_and_period_indexes_work():
    days = pd.bdate_range("2020-01-01", periods=300)
    values = walk(2)
    by_day = explosive_test(pd.Series(values, days, name="silver"), reps=0).tests
    by_month = explosive_test(pd.Series(values, pd.period_range("2000-01", periods=300, freq="M")), reps=0).tests
    pd.testing.assert_frame_equal(by_day, by_month)
