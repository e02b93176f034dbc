"""Specification curves: joint statistics by hand, agreement with the single tests, a null that holds, a lead found."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats import (
    InputError,
    event_specifications,
    event_study,
    granger_specifications,
    granger_test,
)
from helpers.stats.specification import (
    SCALED,
    Outcomes,
    over_past_volatility,
    specification_curve,
)

FOUR = Outcomes(np.array([1.0, -2.0, 3.0, 5.0]), np.array([0.04, 0.01, 0.20, 0.05]), np.array([1, -1, 1, 1]))


def returns(seed: int, n: int = 260, lead: float = 0.0) -> pd.DataFrame:
    """Three unrelated series on Fridays; the effect follows the cause by two weeks if a lead is given."""
    values = np.random.default_rng(seed).normal(size=(n, 3))
    values[2:, 0] += lead * values[:-2, 1]
    return pd.DataFrame(values, index=pd.date_range("2015-01-02", periods=n, freq="W-FRI"), columns=["y", "x", "z"])


def curve_of(data: pd.DataFrame, *, lags: tuple[int, ...] = (1, 3), **options):
    """Few specifications and draws, for speed."""
    chosen = {"controls": {"none": [], "z": ["z"]}, "starts": ["2015-01-02", "2016-01-01"]} | options
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("helpers.stats.specification.LAGS", lags)
        patch.setattr("helpers.stats.specification.REPS", 99)
        return granger_specifications(returns=data, effect="y", cause="x", seed=5, **chosen)


def judge(observed: Outcomes, null: Outcomes, **options):
    """Curve of as many nameless specifications as there are estimates."""
    names = pd.DataFrame({"choice": [f"option {i}" for i in range(observed.estimates.size)]})
    told = {"nobs": np.full(len(names), 9), "unit": "%", "expected_sign": 1, "hypothesis": "nothing"} | options
    return specification_curve(specifications=names, observed=observed, null=null, **told)


@pytest.mark.parametrize(("sign", "significant"), [(1, [False, True, False, False]), (-1, [True, False, False, False])])
def test_share_by_hand(sign, significant):
    # By estimate: -2 (p .01), 1 (.04), 3 (.20), 5 (.05, which is not below). Each sign has one of four.
    found = judge(FOUR, Outcomes(*np.ones((3, 9, 4))), expected_sign=sign)
    assert found.table["significant"].to_list() == significant
    assert (found.share, found.expected) == (0.25, 0)


def test_joint_pvalue_counts_draws_at_least_as_large_and_the_data():
    # Shares of the draws: 0, .25, .5; the observed .25 is reached by two of three: p = (1 + 2) / (3 + 1).
    pvalues = np.array([[0.5] * 4, [0.01, 0.5, 0.5, 0.5], [0.01, 0.01, 0.5, 0.5]])
    result = judge(FOUR, Outcomes(np.zeros((3, 4)), pvalues, np.ones((3, 4))))
    assert (result.share, result.expected, result.pvalue) == (0.25, 0.25, 0.75)
    assert result.limit == pytest.approx(0.475)
    assert result.table["estimate"].is_monotonic_increasing


def test_specifications_are_the_single_tests():
    data = returns(1)
    result = curve_of(data)
    assert len(result.table) == 2 * 2 * 2 * 2 * 3
    plain = result.table.query("scale == 'as it is'")
    for row in plain.itertuples():
        part = data.loc[row.start :]
        controls = part[["z"]] if row.controls == "z" else None
        single = granger_test(
            effect=part["y"], cause=part["x"], controls=controls, lags=row.lags, covariance=row.covariance
        )
        assert row.pvalue == pytest.approx(single.pvalue, rel=1e-9)
        assert row.estimate == pytest.approx(100 * single.partial_r2_adjusted, abs=1e-9)
        assert row.sign == np.sign(single.coefficient_sum)
        assert row.nobs == single.nobs


def test_every_specification_of_a_draw_sees_the_same_signs():
    # Two control sets with the same columns are one specification twice: their draws must agree in every draw, so the
    # share of significant ones among them is the share of one alone, and the joint p-value is the same.
    data = returns(2)
    once = curve_of(data, controls={"none": []})
    twice = curve_of(data, controls={"none": [], "again": []})
    assert [getattr(once, name) == getattr(twice, name) for name in ("share", "expected", "limit", "pvalue")] == [
        True
    ] * 4


def test_the_joint_test_keeps_its_size_and_finds_a_planted_lead():
    options = {"lags": (2,), "starts": ["2015-01-02"]}
    luck = [curve_of(returns(seed, n=150), **options).pvalue for seed in range(100, 160)]
    # 60 samples: .05 with a standard error of .028.
    assert np.mean(np.array(luck) <= 0.05) == pytest.approx(0.05, abs=0.07)
    assert curve_of(returns(3, lead=0.4)).pvalue <= 0.03
    assert curve_of(returns(3, lead=-0.4)).share == 0.0


def test_samples_too_short_are_left_out():
    assert curve_of(returns(4), starts=["2019-12-27"]).reason
    result = curve_of(returns(4), starts=["2015-01-02", "2019-11-01"])
    assert set(result.table["start"]) == {"2015-01-02"}


def test_volatility_is_that_of_the_past_alone():
    # Twenty-six values of +1 and -1: deviations of 1 from a mean of 0, variance 26 / 25.
    values = pd.Series([1.0, -1.0] * 13 + [7.0, 3.0])
    assert over_past_volatility(values).iloc[0] == pytest.approx(7 / (26 / 25) ** 0.5)
    later = over_past_volatility(values.where(values.index < 27, 70.0))
    assert later.iloc[0] == pytest.approx(7 / (26 / 25) ** 0.5)
    with pytest.raises(InputError, match="does not move"):
        over_past_volatility(pd.Series([1.0] * 26 + [2.0]))


def test_scaled_specifications_start_after_the_first_volatility():
    table = curve_of(returns(1)).table
    first = table[(table["start"] == "2015-01-02") & (table["lags"] == 1)]
    assert set(first.loc[first["scale"] == SCALED, "nobs"]) == {260 - 26 - 1}


def test_event_specifications_are_the_single_studies():
    data = returns(6, n=400)["y"].rename("btc")
    ladders = {"26 weeks": {"a": data.index[[60, 150, 260]], "b": data.index[[150, 300]]}}
    curve = event_specifications(ladders=ladders, returns=data, starts=["2015-01-02", "2015-09-04"])
    assert len(curve.table) == 2 * 2 * 4
    for row in curve.table.itertuples():
        study = event_study(events=ladders["26 weeks"][row.high], returns=data.loc[row.start :])
        single = study.table.loc[row.horizon]
        assert row.pvalue == pytest.approx(single["pvalue"], abs=1e-12)
        assert row.estimate == pytest.approx(single["estimate"])
    # The sample that starts later has 35 weeks less: its shifts are used for all.
    assert curve.reps == 365


def test_events_that_are_followed_by_gains_are_found():
    data = returns(7, n=400)["y"].rename("btc")
    events = data.index[[60, 130, 210, 290]]
    for event in (60, 130, 210, 290):
        data.iloc[event + 1 : event + 14] += 1.5
    curve = event_specifications(ladders={"q": {"a": events}}, returns=data, starts=["2015-01-02"])
    assert curve.table.set_index("horizon")["pvalue"][[4, 13]].max() < 0.05
    assert curve.pvalue < 0.10
