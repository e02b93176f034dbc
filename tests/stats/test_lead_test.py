"""The lead test and the race: golden values, agreement with statsmodels, faults, units, size and direction."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers.data import load
from helpers.stats import InputError, align_days, lead_race, lead_test
from helpers.stats.validation import Lead
from helpers.stats.validation_plan import rejection_rate


@pytest.fixture(scope="module")
def returns() -> pd.DataFrame:
    """Weekly log returns, per cent; the metals begin before Bitcoin."""
    return 100 * np.log(load(source="snapshot").weekly[["btc", "silver", "gold"]]).diff().iloc[1:]


def weeks(seed: int, n: int = 200) -> pd.DataFrame:
    """Independent normal series on Fridays."""
    values = np.random.default_rng(seed).normal(size=(n, 3))
    return pd.DataFrame(values, index=pd.date_range("2011-01-07", periods=n, freq="W-FRI"), columns=["y", "x", "z"])


@pytest.mark.parametrize(
    ("cause", "start", "expected", "nobs"),
    [("gold", "2010-01-01", (0.024, -0.817, 0.865), 835), ("silver", "2014-01-01", (0.360, -0.338, 1.058), 660)],
)
def test_values_of_independent_code(returns, cause, start, expected, nobs):
    # Coefficient times standard deviation of the regressor, per cent a week; weeks 17 to 30, equal weights.
    result = lead_test(
        effect=returns.btc, cause=returns[cause], window=(17, 30), half_life=None, sample=(start, "2026-08-21")
    )
    found = [result.sd * value for value in (result.estimate, *result.interval)]
    assert found == pytest.approx(expected, abs=1e-3)
    assert result.nobs == nobs


def test_agrees_with_weighted_least_squares_of_statsmodels(returns):
    result = lead_test(effect=returns.btc, cause=returns.silver, controls=returns[["gold"]], window=(3, 12))
    data = pd.DataFrame({name: returns[name].rolling(10).mean().shift(3) for name in ("silver", "gold")})
    data = data.assign(y=returns.btc, **{f"y{lag}": returns.btc.shift(lag) for lag in range(1, 5)})
    # The variance by its recursion: s_t = sum of .5^(age / 8) y^2, w_t the same sum of ones.
    decay, total, weight, variance = 0.5 ** (1 / 8), 0.0, 0.0, []
    for value in returns.btc.dropna():
        variance.append(total / weight if weight else np.nan)
        total, weight = decay * total + value**2, decay * weight + 1
    data["variance"] = pd.Series(variance, returns.btc.dropna().index).iloc[26:]
    data = data.dropna()
    fit = sm.WLS(data.y, sm.add_constant(data.drop(columns=["y", "variance"])), weights=1 / data.variance).fit(
        cov_type="HC3"
    )
    without = sm.WLS(fit.model.endog, np.delete(fit.model.exog, 1, axis=1), weights=1 / data.variance).fit()
    assert result.nobs == len(data)
    assert result.sample == (data.index[0], data.index[-1])
    assert result.estimate == pytest.approx(fit.params["silver"], rel=1e-9)
    assert result.standard_error == pytest.approx(fit.bse["silver"], rel=1e-9)
    assert result.interval == pytest.approx(tuple(fit.conf_int().loc["silver"]), rel=1e-9)
    assert result.pvalue == pytest.approx(fit.pvalues["silver"], rel=1e-9)
    assert result.sd == pytest.approx(data.silver.std(), rel=1e-12)
    share = 1 - fit.ssr / without.ssr
    assert result.partial_r2 == pytest.approx(np.sign(result.estimate) * share, rel=1e-7)
    assert result.controls == ("gold",)


def test_thirteen_weeks_by_hand():
    # Window of 3 weeks: strength counts 1, 2/3, 1/3 in the three weeks ahead, 2 in all; one of 26: 13 - 78 / 26 = 10.
    frame = weeks(1)
    for window, factor in (((4, 6), 2.0), ((1, 26), 10.0), ((9, 9), 1.0)):
        result = lead_test(effect=frame.y, cause=frame.x, window=window)
        assert result.effect_13_weeks == pytest.approx(result.estimate * result.sd * factor, rel=1e-12)
        assert result.effect_13_weeks_interval[1] == pytest.approx(result.interval[1] * result.sd * factor, rel=1e-12)


def test_a_planted_lead_is_found_with_its_size_in_its_direction():
    frame = weeks(2, n=1500)
    frame["y"] += 0.8 * frame.x.rolling(8).mean().shift(3).fillna(0)
    found = lead_test(effect=frame.y, cause=frame.x, window=(3, 10), reps=499, seed=1)
    back = lead_test(effect=frame.x, cause=frame.y, window=(3, 10), reps=499, seed=1)
    assert found.estimate == pytest.approx(0.8, abs=3 * found.standard_error)
    assert found.pvalue_bootstrap == 1 / 500
    assert found.pvalue_error == pytest.approx(np.sqrt(0.002 * 0.998 / 500))
    # Share of variance: .64 / 8 / (1 + .64 / 8) = 7.4 %.
    assert found.partial_r2 == pytest.approx(0.074, abs=0.025)
    assert back.pvalue_bootstrap > 0.05


def test_units_change_the_coefficient_only():
    frame = weeks(3)
    one = lead_test(effect=frame.y, cause=frame.x, window=(1, 5), reps=99, seed=1)
    two = lead_test(effect=-100 * frame.y, cause=10 * frame.x + 3, window=(1, 5), reps=99, seed=1)
    assert two.estimate == pytest.approx(-10 * one.estimate, rel=1e-8)
    assert two.partial_r2 == pytest.approx(-one.partial_r2, rel=1e-8)
    assert two.effect_13_weeks == pytest.approx(-100 * one.effect_13_weeks, rel=1e-8)
    assert two.pvalue_bootstrap == one.pvalue_bootstrap


def test_a_sample_reaches_back_before_its_first_row():
    frame = weeks(4)
    whole = lead_test(effect=frame.y, cause=frame.x, window=(1, 13))
    part = lead_test(effect=frame.y, cause=frame.x, window=(1, 13), sample=("2012-01-06", None))
    assert whole.sample[0] == frame.index[26]
    assert part.sample == (pd.Timestamp("2012-01-06"), frame.index[-1])
    assert part.nobs == len(frame.loc["2012-01-06":])


def test_a_race_is_one_regression():
    frame = weeks(5, n=400)
    frame["y"] += 1.5 * frame.z.rolling(4).mean().shift(11).fillna(0)
    race = lead_race(effect=frame.y, leaders={"x": (frame.x, (1, 26)), "z": (frame.z, (11, 14))}, reps=199, seed=1)
    data = pd.DataFrame({"x": frame.x.rolling(26).mean().shift(1), "z": frame.z.rolling(4).mean().shift(11)})
    data = data.assign(y=frame.y, **{f"y{lag}": frame.y.shift(lag) for lag in range(1, 5)})
    variance = (frame.y**2).ewm(halflife=8).mean().shift(1)
    data, variance = data.iloc[26:].dropna(), variance.iloc[26:]
    fit = sm.WLS(data.y, sm.add_constant(data.drop(columns="y")), weights=1 / variance).fit(cov_type="HC3", use_t=True)
    assert race.tests["z"].estimate == pytest.approx(fit.params["z"], rel=1e-8)
    assert race.tests["x"].standard_error == pytest.approx(fit.bse["x"], rel=1e-8)
    assert race.statistic == pytest.approx(float(fit.f_test("x = 0, z = 0").fvalue), rel=1e-8)
    assert race.correlation.loc["x", "z"] == pytest.approx(data.x.corr(data.z), rel=1e-10)
    assert race.pvalue_bootstrap <= 0.01
    assert "z (weeks 11 to 14)" in race.tests["x"].null
    assert "effects 13 weeks" in race.summary()


def test_too_few_rows_give_a_reason():
    frame = weeks(0, n=60)
    result = lead_test(effect=frame.y, cause=frame.x, window=(1, 40))
    assert np.isnan(result.pvalue)
    assert np.isnan(result.effect_13_weeks)
    assert "20 rows are too few for 6 regressors" in result.summary()
    race = lead_race(effect=frame.y, leaders={"x": (frame.x, (1, 40)), "z": (frame.z, (1, 2))})
    assert "too few" in race.reason


FAULTS = {
    "missing inside": (lambda f: f.assign(x=f.x.where(f.index != f.index[7])), {}, r"cause x.*missing.*2011-02-25"),
    "a hole of weeks": (lambda f: f.drop(f.index[50:130]), {}, r"step from 2011-12-16.*to 2013-07-05.*weekly"),
    "monthly": (lambda f: f.set_axis(pd.date_range("2000-01-31", periods=200, freq="ME")), {}, "must be weekly"),
    "flat effect": (lambda f: f.assign(y=f.y.where(f.index > f.index[60], 0.0)), {}, "zero throughout"),
    "half-life": (lambda f: f, {"half_life": 0}, "half_life must be a positive number of weeks or None"),
    "window upside down": (lambda f: f, {"window": (5, 3)}, "last lag of the window must be.*at least 5"),
    "same week": (lambda f: f, {"window": (0, 3)}, "first lag of the window"),
    "no window": (lambda f: f, {"window": 13}, "pair"),
    "cause twice": (lambda f: f, {"controls": weeks(0)[["x"]]}, "both the cause and a control"),
    "collinear": (
        lambda f: f.assign(z=2 * f.x),
        {"controls": 2 * weeks(0)[["x"]].set_axis(["z"], axis=1)},
        "collinear",
    ),
    "no series": (lambda f: f, {"effect": [1.0, 2.0]}, "must be pandas Series, found list"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(fault):
    spoil, options, message = FAULTS[fault]
    frame = spoil(weeks(0))
    with pytest.raises(InputError, match=message):
        lead_test(**({"effect": frame["y"], "cause": frame["x"], "window": (1, 5)} | options))


def test_a_series_with_a_week_that_another_lacks_is_named():
    frame = weeks(0)
    with pytest.raises(InputError, match="'x' has no row on 2011-02-25"):
        lead_test(effect=frame.y, cause=frame.x.drop(frame.index[7]), window=(1, 5))


@pytest.mark.slow
def test_size_and_power_beside_the_wald_test():
    # 200 samples: .05 with a standard error of .015. A lead of 2 % of the variance over half a year, or of one week.
    options = {"n": 400, "process": "spillover", "seed": 5}
    assert rejection_rate("lead_test", **options, reps=200) == pytest.approx(0.05, abs=0.04)
    power = {
        (spread, test): rejection_rate(test, **options, reps=40, effect=Lead(0.03, spread))
        for spread in (True, False) for test in ("lead_test", "wald_beside")
    }  # fmt: skip
    assert power[True, "lead_test"] > power[True, "wald_beside"] + 0.2
    assert power[False, "lead_test"] < power[False, "wald_beside"] - 0.2


def hourly(seed: int, days: int, correlation: float) -> np.ndarray:
    """Log prices of two markets, hour by hour, that move together at the same instant and never lead."""
    rng = np.random.default_rng(seed)
    shared, own = rng.normal(size=(2, 24 * days))
    return np.cumsum([shared, correlation * shared + np.sqrt(1 - correlation**2) * own], axis=1) / 100


@pytest.mark.parametrize("hours", [0, 6, 12])
def test_a_later_close_moves_correlation_to_the_next_day(hours):
    # Two closes h hours apart share 24 - h hours of the same day and h of the next: .6 (24 - h) / 24 and .6 h / 24.
    days, correlation = 6_000, 0.6
    silver, coin = hourly(1, days + 1, correlation)
    index = pd.date_range("2000-01-01", periods=days, freq="D")
    metal = pd.Series(np.exp(silver[: 24 * days : 24]), index, name="silver")
    late = pd.Series(np.exp(coin[hours : 24 * days + hours : 24]), index, name="btc")
    naive = 100 * np.log(pd.DataFrame({"metal": metal, "late": late})).diff().dropna()
    # Standard error of a correlation: 1 / sqrt(6000) = .013.
    assert naive.metal.corr(naive.late) == pytest.approx(correlation * (24 - hours) / 24, abs=0.04)
    assert naive.metal.corr(naive.late.shift(1)) == pytest.approx(correlation * hours / 24, abs=0.04)
    assert naive.late.corr(naive.metal.shift(1)) == pytest.approx(0, abs=0.04)
    honest = align_days(effect=metal, cause=late, cause_closes_first=False)
    forward = align_days(effect=late, cause=metal, cause_closes_first=True)
    assert honest.effect.corr(honest.cause.shift(1)) == pytest.approx(0, abs=0.04)
    assert forward.effect.corr(forward.cause.shift(1)) == pytest.approx(0, abs=0.04)
    if hours:
        made = lead_test(effect=naive.metal, cause=naive.late, window=(1, 1))
        clean = lead_test(effect=honest.effect, cause=honest.cause, window=(1, 1))
        assert made.pvalue < 1e-6 < 0.01 < clean.pvalue


def test_trading_days_are_counted_in_days():
    index = pd.bdate_range("2015-01-01", periods=1_500)
    values = np.random.default_rng(1).normal(size=(2, 1_500))
    metal, coin = (pd.Series(np.exp(np.cumsum(v) / 100), index) for v in values)
    frame = align_days(effect=coin, cause=metal, cause_closes_first=True)
    pd.testing.assert_series_equal(frame.effect, (100 * np.log(coin).diff()).iloc[1:].rename("effect"))
    result = lead_test(effect=frame.effect, cause=frame.cause, window=(1, 65))
    assert (result.unit, result.per_week) == ("day", 5)
    # Burn-in of 26 weeks of 5 days; fading over the 65 days of 13 weeks: 65 - 65 * 64 / 2 / 65 = 33.
    assert result.nobs == len(frame) - 130
    assert result.effect_13_weeks == pytest.approx(33 * result.estimate * result.sd, rel=1e-12)
    assert "days 1 to 65" in result.null
    weekends = pd.Series(np.exp(np.cumsum(np.ones(2_300)) / 1_000), pd.date_range("2014-12-20", periods=2_300))
    monday = align_days(effect=weekends, cause=metal, cause_closes_first=True).effect.loc["2015-01-05"]
    assert monday == pytest.approx(0.3)  # Saturday, Sunday and Monday of .1 each
    with pytest.raises(InputError, match="not positive on"):
        align_days(effect=coin, cause=frame.cause, cause_closes_first=True)
