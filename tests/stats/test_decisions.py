"""Policy decisions: the right week, differences by hand, and a null that keeps the clusters."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers.stats import InputError, decision_changes, decision_weeks

WEEKS = pd.date_range("2015-12-04", "2025-12-26", freq="W-FRI", name="week")


def returns(values: np.ndarray) -> pd.Series:
    return pd.Series(values, index=WEEKS[: len(values)], name="silver")


# Effective day -> week ending on Friday. Wednesday's decision holds from Thursday; the emergency cut of Sunday
# 15 March 2020 from Monday; the decision of Thursday 7 November 2024 from Friday.
@pytest.mark.parametrize(("effective", "friday"), [
    ("2015-12-17", "2015-12-18"), ("2020-03-16", "2020-03-20"),
    ("2024-11-08", "2024-11-08"), ("2022-06-18", "2022-06-24"),
])  # fmt: skip
def test_the_week_of_a_decision(effective, friday):
    found = decision_changes(
        effective=pd.Series(["2008-12-16", effective]), upper_bound=pd.Series([0.25, 0.5]), weeks=WEEKS
    )
    assert list(found.index) == [pd.Timestamp(friday)]
    assert found.iloc[0] == pytest.approx(0.25)


def test_only_changes_inside_the_sample_count():
    days = pd.Series(["2015-11-26", "2015-11-27", "2015-11-28", "2020-03-03", "2020-03-04", "2026-01-01"])
    bounds = pd.Series([0.25, 0.5, 0.75, 1.0, 0.5, 0.25])
    found = decision_changes(effective=days, upper_bound=bounds, weeks=WEEKS)
    # Saturday 28 November 2015 belongs to the first week; the two changes of one week in March 2020 add up to -.25.
    assert found.to_dict() == pytest.approx({pd.Timestamp("2015-12-04"): 0.25, pd.Timestamp("2020-03-06"): -0.25})


def test_differences_by_hand():
    values = np.array([1.0, -2, 3, -4, 5, 6, 7, 8])
    changes = pd.Series([0.25, -0.5, 0.25, 0.25], index=WEEKS[[1, 2, 3, 6]])
    table = decision_weeks(returns=returns(values), changes=changes).table
    # Decisions: -2, 3, -4, 7 (mean 1); others 1, 5, 6, 8 (mean 5). Rises: -2, -4, 7 (mean 1/3); others 23 / 5.
    assert table.loc[("return", "all changes"), ["mean", "others", "difference"]].tolist() == pytest.approx([1, 5, -4])
    assert table.loc[("return", "rises"), "difference"] == pytest.approx(1 / 3 - 23 / 5)
    assert table.loc[("absolute return", "all changes"), "difference"] == pytest.approx(4 - 5)
    assert table.loc[("return", "cuts"), "K"] == 1
    assert math.isnan(table.loc[("return", "cuts"), "pvalue"])
    # Means over the set {1, 2, 3, 6} shifted by 0..7: 1, 2.5, 3.75, 5.5, 4, 4.5, 3.25, -.5 -> x4 = 4, 8, 16, 21, ...
    sums = [sum(values[(np.array([1, 2, 3, 6]) + s) % 8]) for s in range(8)]
    # The difference is (sum) / 4 - (24 - sum) / 4, so the distance from zero orders as |sum - 12|; observed |4 - 12|.
    expected = np.mean([abs(s - 12) >= 8 for s in sums])
    assert table.loc[("return", "all changes"), "pvalue"] == pytest.approx(expected)


def test_size_when_decisions_and_storms_both_cluster():
    # Decisions in runs, volatility in slow waves, unrelated: a two-sample t-test on absolute returns rejects far too
    # often, the circular shift about as often as it says.
    rng, n, rejected = np.random.default_rng(2), 520, []
    for _ in range(250):
        wave = np.exp(np.convolve(rng.normal(size=n + 25), np.ones(26) / 8, "valid"))
        start = rng.integers(0, n - 60)
        weeks = WEEKS[start : start + 60 : 4]
        changes = pd.Series(0.25, index=weeks)
        table = decision_weeks(returns=returns(wave * rng.normal(size=n)), changes=changes).table
        rejected.append(table.loc[("absolute return", "all changes"), "pvalue"] <= 0.05)
    assert 0.02 <= np.mean(rejected) <= 0.08


def test_a_move_on_decisions_is_found():
    rng = np.random.default_rng(3)
    values, chosen = rng.normal(size=500), np.sort(rng.choice(500, 23, replace=False))
    values[chosen] += 1.5
    table = decision_weeks(returns=returns(values), changes=pd.Series(-0.25, index=WEEKS[chosen])).table
    assert table.loc[("return", "cuts"), "pvalue"] <= 0.01
    assert table.loc[("return", "cuts"), "difference"] == pytest.approx(1.5, abs=0.5)
    assert table.loc[("return", "cuts"), "detectable"] == pytest.approx(2.8 / math.sqrt(23), rel=0.25)


def test_faults_and_empty_samples_are_named():
    values = returns(np.random.default_rng(4).normal(size=100))
    with pytest.raises(InputError, match="no return in the week 2019-01-04"):
        decision_weeks(returns=values, changes=pd.Series([0.25], index=pd.DatetimeIndex(["2019-01-04"])))
    with pytest.raises(InputError, match="not in order"):
        decision_changes(effective=pd.Series(["2020-01-01", "2019-01-01"]), upper_bound=pd.Series([1, 2]), weeks=WEEKS)
    result = decision_weeks(returns=values, changes=pd.Series([0.25], index=WEEKS[[3]]))
    assert result.reason == "1 decisions, at least 3 are needed"
