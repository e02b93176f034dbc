"""The leader league: each leader tested as by itself, on its own weeks, never against itself."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats import granger_test, leader_league


@pytest.fixture(scope="module")
def returns():
    """300 weeks: the follower takes .6 of last week's lead; `short` begins 100 weeks later."""
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(rng.standard_normal((300, 4)), columns=["follower", "lead", "noise", "short"])
    frame["follower"] += 0.6 * frame["lead"].shift(1).fillna(0)
    frame.loc[:99, "short"] = np.nan
    frame.index = pd.date_range("2018-01-05", periods=300, freq="W-FRI")
    return frame


def league(returns, **changes):
    options = {"effect": "follower", "leaders": ["lead", "noise", "short"], "controls": ["noise"], "lags": 2}
    return leader_league(**options | {"reps": 199, "seed": 3} | changes, returns=returns)


def test_each_leader_is_tested_as_by_itself(returns):
    found = league(returns)
    sample = returns[["follower", "lead", "noise"]]
    alone = granger_test(
        effect=sample["follower"], cause=sample["lead"], controls=sample[["noise"]], lags=2, reps=199, seed=3
    )
    assert found.tests["lead"].statistic == alone.statistic
    assert found.table.loc["lead", "p_bootstrap"] == alone.pvalue_bootstrap == pytest.approx(1 / 200)
    assert found.tests["lead"].coefficient_sum == pytest.approx(0.6, abs=0.2)


def test_a_leader_among_the_controls_leaves_them(returns):
    assert league(returns).tests["noise"].controls == ()
    assert league(returns).tests["lead"].controls == ("noise",)


def test_a_short_series_costs_the_others_no_week(returns):
    # 300 weeks less 2 lags; 200 weeks less 2 lags.
    table = league(returns).table
    assert (table.loc["lead", "n"], table.loc["short", "n"]) == (298, 198)
    assert table.loc["lead", "partial_r2"] > 100 * 0.1 > table.loc["noise", "partial_r2"]


def test_placebos_do_not_lead(returns):
    found = league(returns)
    assert found.table.loc["noise", "p_bootstrap"] > 0.05
    assert "lead" in found.summary()
