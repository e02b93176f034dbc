"""Granger tests: published values, agreement with statsmodels, faults, invariance, size and direction."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.datasets import macrodata

from helpers.stats import InputError, granger_test


@pytest.fixture(scope="module")
def macro() -> pd.DataFrame:
    """Log differences of US output and consumption, statsmodels' macrodata."""
    return np.log(macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]).diff().dropna()


def pair(seed: int, n: int = 200, columns: int = 2) -> pd.DataFrame:
    """Independent normal series on Fridays."""
    values = np.random.default_rng(seed).normal(size=(n, columns))
    return pd.DataFrame(
        values, index=pd.date_range("2011-01-07", periods=n, freq="W-FRI"), columns=list("xyzw")[:columns]
    )


def test_classical_f_of_gdp_on_consumption(macro):
    # statsmodels.tsa.stattools.grangercausalitytests on the same data, ssr_ftest at 2 lags.
    result = granger_test(effect=macro.realcons, cause=macro.realgdp, lags=2, covariance="nonrobust")
    assert result.statistic == pytest.approx(0.243097, abs=5e-7)
    assert result.pvalue == pytest.approx(0.7844328, abs=5e-8)
    assert result.df == (2, 195)  # 202 growth rates less 2 lost to lags less 5 coefficients


@pytest.mark.parametrize(("lags", "expected"), [(1, 28.99697), (2, 19.03532), (3, 13.52900), (4, 11.00702)])
def test_classical_f_of_consumption_on_gdp(macro, lags, expected):
    # statsmodels.tsa.stattools.grangercausalitytests, ssr_ftest.
    result = granger_test(effect=macro.realgdp, cause=macro.realcons, lags=lags, covariance="nonrobust")
    assert result.statistic == pytest.approx(expected, abs=6e-6)


@pytest.mark.parametrize(
    ("covariance", "keywords"),
    [("nonrobust", None), ("HC3", None), ("HAC", {"maxlags": 4, "use_correction": True})],
)
def test_agrees_with_statsmodels_given_controls(macro, covariance, keywords):
    # Bandwidth: floor(4 (199 / 100)^(2/9)) = floor(4.66) = 4.
    result = granger_test(
        effect=macro.realgdp, cause=macro.realcons, controls=macro[["realinv"]], lags=3, covariance=covariance
    )
    lagged = {f"{c}{lag}": macro[c].shift(lag) for c in ("realgdp", "realinv", "realcons") for lag in (1, 2, 3)}
    data = pd.DataFrame(lagged).assign(y=macro.realgdp).dropna()
    fit = sm.OLS(data.y, sm.add_constant(data.drop(columns="y"))).fit(
        cov_type=covariance, cov_kwds=keywords, use_t=True
    )
    expected = fit.wald_test(np.eye(10)[7:], scalar=True, use_f=True)
    assert result.statistic == pytest.approx(float(expected.statistic), rel=1e-9)
    assert result.pvalue == pytest.approx(float(expected.pvalue), rel=1e-9)
    np.testing.assert_allclose(result.coefficients, fit.params.iloc[7:], rtol=1e-8)
    total = fit.t_test(np.r_[np.zeros(7), np.ones(3)])
    assert result.coefficient_sum == pytest.approx(total.effect.item(), rel=1e-8)
    assert result.coefficient_sum_se == pytest.approx(total.sd.item(), rel=1e-8)


def test_partial_r2_by_hand():
    # F = (SSR0 - SSR1) / q / (SSR1 / df), so R2 = 1 - SSR1 / SSR0 = q F / (q F + df) and the adjusted one is
    # 1 - (1 - R2) (df + q) / df.
    frame = pair(3)
    result = granger_test(effect=frame.x, cause=frame.y, lags=2, covariance="nonrobust")
    q, df = result.df
    raw = q * result.statistic / (q * result.statistic + df)
    assert result.partial_r2_adjusted == pytest.approx(1 - (1 - raw) * (df + q) / df, rel=1e-9)


def test_a_planted_lead_is_found_in_its_direction_only():
    frame = pair(1, n=830)
    frame["y"] += 0.3 * frame.x.shift(3).fillna(0)
    forward = granger_test(effect=frame.y, cause=frame.x, lags=4, reps=499, seed=1)
    backward = granger_test(effect=frame.x, cause=frame.y, lags=4, reps=499, seed=1)
    # Population partial R2 = .09 / 1.09 = 8.3 %.
    assert forward.pvalue < 1e-9
    assert forward.pvalue_bootstrap == 1 / 500
    assert forward.partial_r2_interval[0] < 0.09 / 1.09 < forward.partial_r2_interval[1]
    assert forward.coefficients.abs().idxmax() == 3
    assert forward.coefficient_sum == pytest.approx(0.3, abs=3 * forward.coefficient_sum_se)
    assert backward.pvalue > 0.05
    assert backward.pvalue_bootstrap > 0.05


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 999),
    scale=st.floats(1e-6, 1e6),
    shift=st.floats(-1e3, 1e3),
    weeks=st.integers(-500, 500),
    covariance=st.sampled_from(["nonrobust", "HC3", "HAC"]),
)
def test_units_level_and_dates_change_no_statistic(seed, scale, shift, weeks, covariance):
    frame = pair(seed, n=120, columns=3)
    moved = (frame * [scale, -1 / scale, 1] + [shift, 0, -shift]).set_axis(frame.index + pd.Timedelta(weeks=weeks))
    options = {"lags": 3, "covariance": covariance, "reps": 19, "seed": 1}
    one = granger_test(effect=frame.x, cause=frame.y, controls=frame[["z"]], **options)
    two = granger_test(effect=moved.x, cause=moved.y, controls=moved[["z"]], **options)
    assert two.statistic == pytest.approx(one.statistic, rel=1e-5)
    assert two.partial_r2_adjusted == pytest.approx(one.partial_r2_adjusted, abs=1e-6)
    assert two.pvalue_bootstrap == one.pvalue_bootstrap


def test_too_few_rows_give_a_reason():
    frame = pair(0, n=25)
    result = granger_test(effect=frame.x, cause=frame.y, lags=6)
    assert np.isnan(result.pvalue)
    assert "19 rows are too few for 13 regressors" in result.reason
    assert "too few" in result.summary()


FAULTS = {
    "missing": (lambda f: f.assign(y=f.y.where(f.index != f.index[7])), {}, r"cause 'y' is missing.*2011-02-25"),
    "infinite": (
        lambda f: f.assign(x=f.x.where(f.index != f.index[0], np.inf)),
        {},
        "effect 'x' is missing or infinite",
    ),
    "constant": (lambda f: f.assign(y=2.0), {}, "cause 'y' is constant"),
    "constant after the lags": (
        lambda f: f.assign(y=np.r_[1.0, np.zeros(len(f) - 1)]),
        {"lags": 2},
        "leverage|collinear",
    ),
    "object": (lambda f: f.astype({"y": object}), {}, "dtype object"),
    "unordered": (lambda f: f.iloc[::-1], {}, "unordered"),
    "no lags": (lambda f: f, {"lags": 0}, "lags must be a whole number of at least 1, found 0"),
    "negative lags": (lambda f: f, {"lags": -3}, "found -3"),
    "fractional lags": (lambda f: f, {"lags": 1.5}, "found 1.5"),
    "covariance": (lambda f: f, {"covariance": "HC9"}, "found 'HC9'"),
    "negative draws": (lambda f: f, {"reps": -1}, "reps must be"),
    "control is the cause": (lambda f: f.assign(z=3 * f.y - 1), {}, "Lag 1 of 'y' is collinear.*x, z"),
    "no frame": (lambda f: f, {"controls": [1, 2]}, "controls must be a pandas DataFrame"),
    "exact": (lambda f: f.assign(x=np.sin(np.arange(len(f)))), {"lags": 2}, "exactly"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(fault):
    spoil, options, message = FAULTS[fault]
    frame = spoil(pair(0, columns=3))
    arguments = {"effect": frame["x"], "cause": frame["y"], "controls": frame[["z"]], "lags": 2} | options
    with pytest.raises(InputError, match=message):
        granger_test(**arguments)


def test_unaligned_dates_are_named():
    frame = pair(0)
    late = frame.y.set_axis(frame.index[:-1].append(pd.DatetimeIndex(["2030-01-04"])))
    with pytest.raises(InputError, match=r"2030|2014-10-31"):
        granger_test(effect=frame.x, cause=late, lags=2)
