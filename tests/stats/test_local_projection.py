"""Local projections: reference values, agreement with statsmodels, hand-worked responses, size, coverage, faults."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from statsmodels.datasets import macrodata
from statsmodels.tsa.api import LocalProjections

from helpers.stats import InputError, granger_test, local_projection
from helpers.stats.projections import Response, projection_design
from helpers.stats.regression import wald_test
from helpers.stats.simultaneous import MaximumTest, band_multiplier, multiplier_draws, score_stderr
from helpers.stats.validation_plan import rejection_rate

WEEKS = pd.date_range("2011-01-07", periods=300, freq="W-FRI")


def backwards(data):
    return pd.Series(data.to_numpy()[::-1], index=data.index, name=data.name)


@pytest.fixture(scope="module")
def macro() -> pd.DataFrame:
    """Log differences of US output, consumption and investment, statsmodels' macrodata."""
    return np.log(macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]).diff().dropna()


def noise(seed: int, columns: str = "xyz", n: int = 300) -> pd.DataFrame:
    """Independent normal series on Fridays."""
    values = np.random.default_rng(seed).normal(size=(n, len(columns)))
    return pd.DataFrame(values, index=WEEKS[:n], columns=list(columns))


# Impulse realgdp ordered first, 2 lags, horizon 1 of 4, Newey-West with 4 lags: statsmodels 0.15,
# tsa/vector_ar/tests/results/results_local_proj.R (R, lm and sandwich::NeweyWest). The common sample of horizons
# 0 to 4 ends three quarters before that of horizon 1. The bandwidth here: floor(4 (197 / 100)^(2/9)) = 4.
@pytest.mark.parametrize(
    ("name", "estimate", "stderr"),
    [
        ("realgdp", 0.17178466, 0.08948095),
        ("realcons", 0.09970743, 0.06672042),
        ("realinv", 1.12531221, 0.52829573),
    ],
)
def test_reference_values(macro, name, estimate, stderr):
    data = macro.iloc[:-3]
    own = name == "realgdp"
    options = {
        "response": data[name], "shock": data.realgdp, "controls": data.drop(columns=["realgdp", name][: 2 - own]),
        "contemporaneous": False, "lags": 2,
    }  # fmt: skip
    design = projection_design(**options, horizons=np.arange(int(own), 2))
    sums = design.outcomes
    single = sums[:, 0] if own else sums[:, 1] - sums[:, 0]
    rows = np.isfinite(single)
    fit = wald_test(single[rows], design.restricted[rows], design.shock[rows, None], covariance="HAC")
    assert fit.coefficients[0] == pytest.approx(estimate, abs=5e-9)
    # sandwich::NeweyWest leaves out the factor n / (n - k).
    assert np.sqrt(fit.covariance[0, 0] * fit.df[1] / rows.sum()) == pytest.approx(stderr, abs=5e-9)
    if own:
        assert local_projection(**options, horizons=1, first=1).overall.estimate[0] == pytest.approx(estimate, abs=5e-9)


@pytest.mark.parametrize("horizon", [0, 1, 5, 9])
def test_agrees_with_statsmodels_with_controls_of_the_same_period(macro, horizon):
    # The last horizon of both uses the same rows; a sum of responses on common rows is the response of the sum.
    theirs = LocalProjections(
        macro[["realgdp", "realcons"]], shock_idx=0, lags=3, horizons=horizon, nw_lags=max(4, horizon),
        exog=np.column_stack([macro.realinv.shift(lag).fillna(0) for lag in range(4)]),
    ).fit()  # fmt: skip
    options = {"shock": macro.realgdp, "controls": macro[["realinv"]], "lags": 3, "horizons": horizon}
    total = local_projection(response=macro.realcons, **options).overall
    assert total.estimate[-1] == pytest.approx(theirs.cumulative_effects()[-1, 1, 0], rel=1e-9)


def test_hc3_standard_error_is_that_of_statsmodels(macro):
    result = local_projection(
        response=macro.realcons, shock=macro.realgdp, controls=macro[["realinv"]], lags=2, horizons=4, first=1
    )
    y = macro.realcons.rolling(4).sum().shift(-4)
    lagged = {f"{name}{lag}": macro[name].shift(lag) for name in macro for lag in (0, 1, 2)}
    data = pd.DataFrame(lagged).assign(y=y).dropna()
    fit = sm.OLS(data.y, sm.add_constant(data.drop(columns="y"))).fit(cov_type="HC3")
    assert result.overall.estimate[-1] == pytest.approx(fit.params["realgdp0"], rel=1e-9)
    assert result.overall.stderr[-1] == pytest.approx(fit.bse["realgdp0"], rel=1e-9)
    assert result.overall.nobs[-1] == fit.nobs


def test_one_week_ahead_is_the_first_lag_of_the_granger_regression(macro):
    # Given the response and the controls of the same period, horizon 1 with p lags is a regression on lags 1 to p + 1.
    result = local_projection(
        response=macro.realgdp, shock=macro.realcons, controls=macro[["realinv"]], lags=2, horizons=1, first=1
    )
    granger = granger_test(effect=macro.realgdp, cause=macro.realcons, controls=macro[["realinv"]], lags=3)
    assert result.overall.estimate[0] == pytest.approx(granger.coefficients[1], rel=1e-9)
    assert result.overall.nobs[0] == granger.nobs


def test_a_planted_response_by_hand():
    # y_t = 2 x_(t-2) - x_(t-3) + noise of standard deviation .01: the response is 0, 0, 2, -1, 0, ... at horizons
    # 0, 1, 2, 3, 4 and cumulates to 0, 0, 2, 1, 1. Up to horizon 2 only the noise is unknown; from 3 on later values of
    # x are, with coefficient 2 or less in one week and 3 in sum: standard errors below 3 / sqrt(290) = .18.
    data = noise(1, "xe")
    y = (2 * data.x.shift(2) - data.x.shift(3)).fillna(0).add(0.01 * data.e).rename("y")
    options = {"response": y, "shock": data.x, "lags": 4, "horizons": 4, "reps": 199, "seed": 1}
    total = local_projection(**options)
    np.testing.assert_allclose(total.overall.estimate[:3], [0, 0, 2], atol=0.01)
    np.testing.assert_allclose(total.overall.estimate[3:], [1, 1], atol=0.5)
    # 300 weeks less 4 lags less the horizon.
    np.testing.assert_array_equal(total.overall.nobs, [296, 295, 294, 293, 292])
    # The smallest p-value that 199 draws allow: 1 / 200.
    assert total.overall.test.pvalue == pytest.approx(0.005)
    assert total.overall.test.pvalue_joint == pytest.approx(0.005)


def test_responses_by_state_are_those_of_the_two_parts():
    data = noise(2, "xye")
    state = data.e > 0.3
    before = state.shift(1, fill_value=False)
    data.loc[before, "y"] += 1.5 * data.x[before]
    result = local_projection(
        response=data.y, shock=data.x, lags=1, horizons=2, state=state, reps=199, seed=3
    )  # fmt: skip
    rows = pd.DataFrame(
        {"y": data.y.rolling(3).sum().shift(-2), "x": data.x, "y1": data.y.shift(), "x1": data.x.shift()}
    )
    parts = [sm.OLS(part.y, sm.add_constant(part[["x", "y1", "x1"]])).fit() for part in (
        rows.dropna()[before[rows.dropna().index]], rows.dropna()[~before[rows.dropna().index]]
    )]  # fmt: skip
    assert result.in_state.estimate[-1] == pytest.approx(parts[0].params["x"], rel=1e-9)
    assert result.out_of_state.estimate[-1] == pytest.approx(parts[1].params["x"], rel=1e-9)
    assert result.difference.estimate[-1] == pytest.approx(parts[0].params["x"] - parts[1].params["x"], rel=1e-9)
    assert (result.in_state.nobs[-1], result.out_of_state.nobs[-1]) == (parts[0].nobs, parts[1].nobs)
    # Planted: 1.5 where the state held in the week before, nothing elsewhere.
    assert result.in_state.estimate[0] == pytest.approx(1.5, abs=0.3)
    assert result.difference.test.pvalue == pytest.approx(0.005)
    assert result.out_of_state.test.pvalue > 0.05


def test_interval_and_band_by_hand():
    # Standard errors of 1 and 2; 95 % alone: 1.96 of them, the band 2.5; 80 % power at 5 %: 1.96 + 0.84 = 2.80.
    horizons, test = np.array([0, 1]), MaximumTest(np.nan, np.nan)
    found = Response("all", horizons, np.array([0.5, -1.0]), np.array([1.0, 2.0]), np.array([9, 8]), 0.95, 2.5, test)
    told = found.frame()
    assert told[["lower", "upper"]].to_numpy() == pytest.approx(np.array([[-1.46, 2.46], [-4.92, 2.92]]), abs=1e-3)
    assert told[["band_lower", "band_upper"]].to_numpy().tolist() == [[-2.0, 3.0], [-6.0, 4.0]]
    assert told["detectable"].tolist() == pytest.approx([2.80, 5.60], abs=0.01)
    assert told["n"].tolist() == [9, 8]


def test_time_reversal_turns_a_lead_into_a_lag():
    data = noise(4, "xe")
    y = data.x.shift(2).fillna(0).add(data.e).rename("y")
    options = {"lags": 3, "horizons": 4, "first": 1, "reps": 199, "seed": 1}
    forward = local_projection(response=y, shock=data.x, **options)
    backward = local_projection(response=backwards(y), shock=backwards(data.x), **options)
    assert forward.overall.test.pvalue == pytest.approx(0.005)
    assert backward.overall.test.pvalue > 0.1


@settings(max_examples=10, deadline=None)
@given(
    scale=st.floats(1e-4, 1e4),
    level=st.floats(-1e3, 1e3),
    weeks=st.integers(-500, 500),
)
def test_units_level_and_dates_change_no_test(scale, level, weeks):
    data = noise(5, n=120)
    moved = data.assign(x=data.x * scale + level)
    moved.index = moved.index + pd.Timedelta(weeks=weeks)
    options = {"lags": 2, "horizons": 4, "reps": 99, "seed": 1}
    one, two = (local_projection(response=d.y, shock=d.x, controls=d[["z"]], **options).overall for d in (data, moved))
    np.testing.assert_allclose(two.estimate * scale, one.estimate, rtol=1e-6, atol=1e-9)
    assert two.test.pvalue == one.test.pvalue
    assert two.critical_value == pytest.approx(one.critical_value, rel=1e-6)


def test_multipliers_have_the_variance_of_the_standard_error():
    # A sum of scores with signs has variance sum s^2, here 1 + 4 + 9; with Bartlett weights and bandwidth 1 the
    # long-run variance is 14 + 2 (1/2) (2 + 6) = 22.
    scores = np.array([[1.0], [2.0], [3.0]])
    assert score_stderr(scores) == pytest.approx(np.sqrt(14))
    assert score_stderr(scores, bandwidth=1) == pytest.approx(np.sqrt(22))
    assert multiplier_draws(scores, reps=40_000, seed=1).var() == pytest.approx(14, rel=0.03)


def test_band_of_independent_coefficients_is_that_of_the_maximum_of_normals():
    # 10 independent normals: all within c with probability .9 when (2 Phi(c) - 1)^10 = .9, c = 2.561.
    scores = np.random.default_rng(1).normal(size=(4000, 10))
    drawn = multiplier_draws(scores, reps=20_000, seed=2)
    assert band_multiplier(scores, drawn, confidence=0.9) == pytest.approx(2.561, abs=0.04)


@pytest.mark.slow
@pytest.mark.parametrize("process", ["spillover", "common_volatility"])
def test_size_of_the_maximum_over_horizons(process):
    # 400 samples of 300 weeks: a rate of .05 has standard error .011; 3,000 samples give .054 and .056.
    assert 0.03 <= rejection_rate("local_projection_supt", n=300, process=process, reps=400, seed=5) <= 0.07


def test_power_against_a_lead():
    # Cumulated from the period of the shock, .6 stands at horizon 1 against a standard error of sqrt(2 / 195) = .10:
    # six of them, where the largest of 27 needs about three.
    assert rejection_rate("local_projection_supt", n=200, process="iid", reps=40, seed=1, effect=0.6) > 0.95


@pytest.mark.slow
def test_band_covers_a_true_response_at_all_horizons_at_once():
    # y_t = .5 y_(t-1) + .4 x_(t-1) + e: the response at h is .4 .5^(h-1), cumulated .8 (1 - .5^h).
    truth = 0.8 * (1 - 0.5 ** np.arange(9))
    inside = []
    for seed in range(300):
        data = noise(1000 + seed, "xe", n=240)
        driven = data.e.to_numpy() + 0.4 * data.x.shift(fill_value=0).to_numpy()
        response = pd.Series(lfilter([1], [1, -0.5], driven), index=data.index, name="y")
        fit = local_projection(response=response, shock=data.x, lags=2, horizons=8, reps=199, seed=seed)
        band = fit.overall.frame()
        inside.append(bool(((band.band_lower <= truth) & (truth <= band.band_upper)).all()))
    # Nominal 90 per cent, standard error 1.7 points.
    assert 0.86 <= np.mean(inside) <= 0.95


def test_too_short_a_sample_gives_a_reason():
    data = noise(6, n=40)
    result = local_projection(response=data.y, shock=data.x, lags=4, horizons=26, reps=99, seed=1)
    # 40 - 4 - 26 = 10 rows for a constant, 4 lags of each series and the shock.
    assert result.reason == "10 rows at horizon 26 are too few for 10 regressors"
    assert np.isnan(result.overall.estimate).all()
    state = pd.Series(np.arange(300) < 20, index=WEEKS)
    data = noise(6)
    split = local_projection(response=data.y, shock=data.x, lags=4, horizons=2, state=state)
    # The state holds before weeks 4 to 20: 17 of them.
    assert split.reason == "17 rows in one of the states are too few for 10 regressors"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lags": 0}, "lags must be a whole number of at least 1"),
        ({"first": 2}, "first must be 0"),
        ({"horizons": -1}, "horizons must be a whole number of at least 0"),
        ({"confidence": 1.0}, "confidence must lie in"),
        ({"reps": -1}, "reps must be a whole number"),
        ({"controls": noise(7).z}, "must be a pandas DataFrame"),
        ({"controls": noise(7)[["x"]]}, "'lag 1 of x' is collinear"),
        ({"controls": noise(7)[["z"]].iloc[:-1]}, "align them first"),
        ({"shock": noise(7).x.where(WEEKS[9] != WEEKS)}, f"missing or infinite on {WEEKS[9]}"),
        ({"state": noise(7).x}, "expected bool"),
        ({"state": pd.Series(WEEKS.month > 6, index=WEEKS + pd.Timedelta(days=1))}, "differ in their dates"),
        ({"shock": noise(7).y}, "reproduce the dependent variable exactly"),
    ],
)
def test_faults_are_named(change, message):
    data = noise(7)
    with pytest.raises(InputError, match=message):
        local_projection(**{"response": data.y, "shock": data.x, "lags": 2, "horizons": 3} | change)
