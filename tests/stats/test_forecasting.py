"""Forecasts, fans and scores: published and hand-worked values, no look-ahead, simulated size, faults."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from arch.bootstrap import StationaryBootstrap
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers.stats import (
    Fan,
    InputError,
    brier_score,
    event_fan,
    forecast_league,
    history_fan,
    merge_events,
    out_of_sample,
    path_since,
    pinball_loss,
    place,
    reality_check,
    score_fans,
    score_forecast,
)
from helpers.stats.dated_forecasts import make_forecast
from helpers.stats.forecast_tests import clark_west_statistics, forecast_ahead, forecast_gap, r2_out_of_sample
from helpers.stats.validation import unrelated_pairs

DAY = pd.Timestamp("2014-01-03")

# Errors of two forecasts in the test of the Clark-West test of HypothesisTests.jl (test/clark_west.jl).
SMALL = [9.78432, 12.73500, 8.67224, 2.62740, 5.60947, 7.57809, 4.53774, 2.51084, 0.49290, 3.48394]
SMALL += [9.46152, 9.41220, 2.36289, 0.34495, 3.33599, 5.31357, 4.28219, -3.74471, -5.73575, -3.71781]
LARGE = [2.82053, 4.39754, -1.78647, -4.30662, 3.69526, 3.37259, -1.09002, -0.50984, -0.78973, 3.89077]
LARGE += [7.52849, 2.82373, -3.95838, -0.13606, 4.54444, 4.18216, 1.67993, -5.38077, -0.85686, 2.70479]


def weeks(n: int) -> pd.DatetimeIndex:
    return pd.date_range("2011-01-07", periods=n, freq="W-FRI", name="week")


def series(values, name: str = "x") -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=weeks(len(values)), name=name)


def pair(seed: int, n: int = 300, effect: float = 0.0) -> dict[str, pd.Series]:
    """A predictor and weekly returns that follow it by one week."""
    rng = np.random.default_rng(seed)
    cause = rng.normal(size=n)
    moves = rng.normal(size=n)
    moves[1:] += effect * cause[:-1]
    return {"effect": series(moves, "btc"), "cause": series(cause, "silver")}


def test_clark_west_by_hand():
    # Outcomes 1, 2, 3; benchmark 0 throughout, model 1, 1, 2: errors 1, 2, 3 and 0, 1, 1, squared forecast differences
    # 1, 1, 4. Adjusted differences 1 - 0 + 1, 4 - 1 + 1, 9 - 1 + 4 = 2, 4, 12: mean 6, deviations -4, -2, 6,
    # variance (16 + 4 + 36) / 3 = 56/3, statistic 6 / sqrt(56 / 9) = 2.405351. R2: 1 - (0 + 1 + 1) / 14.
    errors = np.array([1.0, 2, 3]), np.array([0.0, 1, 1])
    assert float(clark_west_statistics(*errors, 1)) == pytest.approx(2.405351, abs=1e-6)
    assert float(r2_out_of_sample(*errors)) == pytest.approx(1 - 2 / 14)


def test_clark_west_published():
    # HypothesisTests.jl, test/clark_west.jl: one-sided p = .0001 for one step ahead.
    statistic = clark_west_statistics(np.array(SMALL), np.array(LARGE), 1)
    assert round(float(stats.norm.sf(statistic)), 4) == 0.0001


@pytest.mark.parametrize("horizon", [1, 3, 8])
def test_clark_west_agrees_with_newey_west_of_statsmodels(horizon):
    small, large = np.array(SMALL), np.array(LARGE)
    adjusted = small**2 - large**2 + (small - large) ** 2
    fit = sm.OLS(adjusted, np.ones(20)).fit(cov_type="HAC", cov_kwds={"maxlags": horizon - 1, "use_correction": False})
    assert float(clark_west_statistics(small, large, horizon)) == pytest.approx(float(fit.tvalues[0]))


def test_expanding_forecast_by_hand():
    # Horizon 2, first 3 pairs: the forecast in week 4 (from 0) knows the pairs of predictors 0, 1, 2 with returns of
    # weeks 1+2, 2+3, 3+4: outcomes 3, 5, 4 on predictors 0, 1, 2: mean 4, slope (-1 * -1 + 1 * 0) / 2 = .5.
    returns, predictor = np.array([8.0, 1, 2, 3, 1, 6]), np.array([0.0, 1, 2, 9, 4, 7])
    actual, benchmark, model = forecast_ahead(returns, predictor, 2, first=3)
    # Week 4: predictor 4 is 3 above the mean 1: 4 + .5 x 3. Week 5 adds the pair 9 with 1 + 6 = 7: mean 19/4, centre 3,
    # slope (-3 x -7/4 + -2 x 1/4 + -1 x -3/4 + 6 x 9/4) / 50 = 19/50, predictor 7: 4.75 + .38 x 4.
    assert benchmark.tolist() == pytest.approx([4, 4.75])
    assert model.tolist() == pytest.approx([5.5, 6.27])
    assert actual.size == 0


@pytest.mark.parametrize("horizon", [1, 4, 13])
def test_forecasts_agree_with_regressions_on_what_was_known(horizon):
    data = pair(1, effect=0.3)
    result = out_of_sample(**data, horizon=horizon, reps=99, seed=0)
    total = data["effect"].rolling(horizon).sum().shift(-horizon)
    for made in result.forecasts.index[[0, 57, -1]]:
        at = data["effect"].index.get_loc(made)
        known = slice(0, at - horizon + 1)
        slope, constant = np.polyfit(data["cause"].iloc[known], total.iloc[known], 1)
        row = result.forecasts.loc[made]
        assert row["model"] == pytest.approx(constant + slope * data["cause"].iloc[at])
        assert row["benchmark"] == pytest.approx(total.iloc[known].mean())
        assert row["actual"] == pytest.approx(total.loc[made])
        assert row["due"] == made + pd.Timedelta(weeks=horizon)
    errors = (
        result.forecasts["actual"] - result.forecasts["benchmark"],
        result.forecasts["actual"] - result.forecasts["model"],
    )
    assert result.r2 == pytest.approx(1 - (errors[1] ** 2).sum() / (errors[0] ** 2).sum())
    assert result.forecasts["cumulative"].iloc[-1] == pytest.approx((errors[0] ** 2 - errors[1] ** 2).sum())
    assert result.nobs == 300 - 2 * horizon - 156 + 1
    assert result.episodes == -(-result.nobs // horizon)


def test_the_gap_of_today_is_slope_times_distance_from_the_usual():
    data = pair(1, effect=0.3)
    effect, cause = (data[name].to_numpy() for name in ("effect", "cause"))
    total = np.convolve(effect, np.ones(4), "valid")[1:]  # of the four weeks after weeks 0 to 295
    slope = np.polyfit(cause[:296], total, 1)[0]
    assert forecast_gap(**data, horizon=4) == pytest.approx(slope * (cause[-1] - cause[:296].mean()))


@settings(max_examples=10, deadline=None)
@given(cut=st.integers(220, 299), seed=st.integers(0, 30))
def test_nothing_later_changes_a_forecast(cut, seed):
    data = pair(seed)
    whole = out_of_sample(**data, horizon=4, reps=99, seed=0).forecasts
    part = out_of_sample(**{k: v[:cut] for k, v in data.items()}, horizon=4, reps=99, seed=0).forecasts
    pd.testing.assert_frame_equal(whole.iloc[: len(part)], part)


def test_planted_lead_is_found_and_reversed_lead_is_not():
    data = pair(5, n=500, effect=0.5)
    found = out_of_sample(**data, horizon=1, reps=199, seed=1)
    # The share of variance that the predictor explains is .25 / 1.25 = .2.
    assert found.r2 == pytest.approx(0.2, abs=0.08)
    assert found.pvalue_bootstrap == pytest.approx(1 / 200)
    assert found.r2 > found.r2_by_luck > 0
    swapped = out_of_sample(
        effect=data["cause"].rename("silver"), cause=data["effect"].rename("btc"), horizon=1, reps=199, seed=1
    )
    assert swapped.pvalue_bootstrap > 0.05


@pytest.mark.parametrize("process", ["garch", "spillover"])
def test_size_of_the_bootstrap(process):
    # 150 samples: the standard error of a share of .05 is .018.
    found = []
    for i, pair in enumerate(unrelated_pairs(process=process, n=413, reps=150, seed=2)):
        frame = pd.DataFrame(pair, weeks(413), ["x", "y"])
        strength = frame["x"].rolling(13).sum()[13:]
        test = out_of_sample(effect=frame["y"][13:], cause=strength, horizon=13, reps=199, seed=i)
        found.append(test.pvalue_bootstrap <= 0.05)
    assert np.mean(found) <= 0.105


def test_reality_check_agrees_with_its_definition():
    # White (2000): the largest mean gain against the largest recentred mean gain over the bootstrap samples of arch.
    rng = np.random.default_rng(8)
    benchmark, models = rng.chisquare(1, 120), rng.chisquare(1, (120, 3)) - [0.1, 0.0, -2.0]
    gain = benchmark[:, None] - models
    largest = np.array(
        [
            (sample[0][0].mean(axis=0) - gain.mean(axis=0)).max()
            for sample in StationaryBootstrap(5, gain, seed=4).bootstrap(400)
        ]
    )
    found = reality_check(benchmark=benchmark, models=models, block=5, reps=400, seed=4)
    assert found["white"] == pytest.approx(np.mean(largest > gain.mean(axis=0).max()))
    assert found["liberal"] < found["white"]  # the third model is far worse, and only White lets it count


def test_league_finds_the_planted_leader_and_judges_the_search():
    data = pair(2, n=600, effect=2.0)
    other = np.random.default_rng(9).normal(size=(600, 2))
    leaders = pd.DataFrame(other, index=weeks(600), columns=["gold", "copper"]).assign(silver=data["cause"])
    options = {"reps": 199, "seed": 3}
    league = forecast_league(effect=data["effect"], leaders=leaders, **options)
    assert league.best == ("silver", 1, 4)
    assert league.pvalue == pytest.approx(1 / 200)
    assert (league.table["adjusted"] >= league.table["pvalue"] - 1e-12).all()
    assert league.reality_check.loc[4, "hansen"] < 0.10
    alone = out_of_sample(effect=data["effect"].iloc[25:], cause=data["cause"].iloc[25:], horizon=4, reps=199, seed=3)
    assert league.table.loc[("silver", 1, 4), "r2"] == pytest.approx(alone.r2)
    assert league.table.loc[("silver", 1, 4), "statistic"] == pytest.approx(alone.statistic)
    nothing = forecast_league(effect=data["effect"], leaders=leaders.drop(columns="silver"), **options)
    assert nothing.pvalue > 0.05


def test_pinball_by_hand():
    # Level .9, quantile 10: outcome 12 costs .9 x 2, outcome 7 costs .1 x 3.
    assert pinball_loss(forecast=10.0, outcome=np.array([12.0, 7.0]), probability=0.9).tolist() == pytest.approx(
        [1.8, 0.3]
    )


def test_brier_by_hand():
    # .7 and it came: .09; .7 and it did not: .49; a coin: .25 either way.
    scores = brier_score(probability=np.array([0.7, 0.7, 0.5]), happened=np.array([True, False, True]))
    assert scores.tolist() == pytest.approx([0.09, 0.49, 0.25])


def test_place_by_hand():
    # One of four below, two equal and counted half: .25 + .25.
    assert place(sample=np.array([1.0, 2, 2, 5]), outcome=2.0) == pytest.approx(0.5)


def test_event_fan_holds_only_what_was_known():
    returns = series(np.arange(1, 11), "btc")
    events = pd.DatetimeIndex([weeks(10)[1], weeks(10)[5], weeks(10)[8]])
    fan = event_fan(returns=returns, events=events, as_of=weeks(10)[7])
    # Returns are 1, 2, ..., 10; after week 1: 3, 3 + 4, 3 + 4 + 5; after week 5: 7, 7 + 8, then nothing known.
    np.testing.assert_array_equal(fan.paths[:, :3], [[3, 7, 12], [7, 15, np.nan]])
    assert fan.weeks == 2
    assert fan.quantiles()[0.5].tolist() == pytest.approx([5, 11])


@settings(max_examples=10, deadline=None)
@given(st.integers(120, 200), st.integers(0, 20))
def test_no_fan_changes_when_later_weeks_arrive(cut, seed):
    returns = pair(seed)["effect"]
    events = returns.index[[5, 60, 110, 119, 150, 190]]
    date = returns.index[cut - 1]
    for whole, part in [
        (f(returns, date), f(returns.iloc[:cut], date))
        for f in (
            lambda r, d: event_fan(returns=r, events=events[events <= d], as_of=d),
            lambda r, d: history_fan(returns=r, as_of=d, reps=50, seed=seed),
        )
    ]:
        np.testing.assert_array_equal(whole.paths, part.paths)


def test_history_fan_has_the_moments_of_independent_returns():
    returns = series(np.random.default_rng(0).normal(1.0, 3.0, 2000), "btc")
    final = history_fan(returns=returns, as_of=returns.index[-1], weeks=16, reps=20_000, seed=1).at(16)
    # Sum of 16 weeks: mean 16 times the sample mean, deviation 4 times the sample deviation.
    assert final.mean() == pytest.approx(16 * returns.mean(), abs=0.3)
    assert final.std() == pytest.approx(4 * returns.std(), rel=0.05)


def test_history_fan_keeps_blocks_together():
    # Calm and wild halves alternate every 100 weeks: paths of 8 weeks are mostly all calm or all wild.
    wild = (np.arange(1200) // 100) % 2 == 1
    returns = series(np.where(wild, 10.0, 0.1) * np.where(np.arange(1200) % 2, 1, -1), "btc")
    paths = np.diff(history_fan(returns=returns, as_of=returns.index[-1], weeks=8, reps=2000, seed=2).paths, axis=1)
    shares = (np.abs(paths) > 5).mean(axis=1)
    assert np.mean((shares == 0) | (shares == 1)) > 0.5  # 2 x .5^7 = .016 for single weeks


def test_merged_events_are_apart_and_real_time():
    first, second = weeks(100)[[0, 30, 90]], weeks(100)[[10, 26, 60]]
    merged = merge_events(first, second, apart=26)
    assert list(merged) == list(weeks(100)[[0, 26, 60, 90]])
    early = merge_events(first[first <= weeks(100)[40]], second[second <= weeks(100)[40]], apart=26)
    assert list(merged[: len(early)]) == list(early)


def test_fan_scores_by_hand():
    # Five paths end at 0, 10, 20, 30, 40. The median-unbiased quantile p lies at rank p (n + 1/3) + 1/3 (from 1):
    # 5% rank .6 -> 0; 25% rank 1.667 -> 6.667; 50% rank 3 -> 20; 75% rank 4.333 -> 33.333; 95% rank 5.4 -> 40.
    fan = Fan(DAY, np.repeat([[0.0], [10], [20], [30], [40]], 4, axis=1))
    scored = score_fans(fans={"five": fan}, path=pd.Series([0.0, 0, 0, 25])).loc[(4, "five")]
    # Outcome 25: .05 x 25 + .25 x 18.333 + .5 x 5 + .25 x 8.333 + .05 x 15 = 11.1667; fifth of it 2.2333.
    assert scored["pinball"] == pytest.approx(2.2333, abs=1e-4)
    assert scored[["paths", "median", "lower", "upper", "place"]].tolist() == pytest.approx([5, 20, 0, 40, 0.6])


def test_honest_fans_place_outcomes_uniformly():
    rng = np.random.default_rng(6)
    places = [
        score_fans(fans={"a": Fan(DAY, rng.normal(size=(99, 4)))}, path=pd.Series(rng.normal(size=4)))["place"].iloc[0]
        for _ in range(200)
    ]
    assert stats.kstest(places, "uniform").pvalue > 0.01


def test_path_since_by_hand():
    returns = series([1, 2, 3, 4], "btc")
    assert path_since(returns=returns, date=weeks(4)[1], weeks=1).tolist() == [3.0]
    assert path_since(returns=returns, date=weeks(4)[1]).tolist() == [3.0, 7.0]
    assert path_since(returns=returns, date=weeks(4)[3]).empty


def test_chances_by_hand():
    # Three paths of two weeks; a half is added to the count and one to the number of paths.
    fan = Fan(DAY, np.array([[5.0, 1], [-2, 3], [4, -1]]))
    assert fan.chance(week=2, above=0.0) == pytest.approx((2 + 0.5) / 4)
    assert fan.chance(week=2, above=4.5, at_any_time=True) == pytest.approx((1 + 0.5) / 4)
    tilted = fan.tilted(4.0)
    np.testing.assert_allclose(tilted.paths, [[7, 5], [0, 7], [6, 3]])


def test_dated_forecast_is_scored_only_when_due():
    prices = series([80.0, 100, 90, 120, 130, 60], "btc")
    fan = Fan(weeks(6)[2], np.array([[30.0, 40, 50], [-10, -5, 5], [10, 20, -40]]))
    forecast = make_forecast(prices=prices, fans={"history": fan}, weeks=3)
    # Price 90, record 100: thresholds 0, 22.31, -28.77 and 100 ln(100/90) = 10.54 at any time.
    assert forecast["history"].tolist() == pytest.approx([2.5 / 4, 1.5 / 4, 1 - 2.5 / 4, 2.5 / 4])
    early = score_forecast(forecast, prices=prices.iloc[:5])
    assert early[["happened", "Brier score of history"]].isna().all(axis=None)
    scored = score_forecast(forecast, prices=prices)
    # Ends at 60, 100 ln(60 / 90) = -40.5: not higher, not much higher, much lower; 120 was a new record on the way.
    assert scored["happened"].tolist() == [False, False, True, True]
    assert scored["Brier score of history"].tolist() == pytest.approx([0.625**2, 0.375**2, 0.625**2, 0.375**2])


def test_a_forecast_ignores_later_prices():
    prices = series([80.0, 100, 90, 120, 130, 60], "btc")
    fan = Fan(weeks(6)[2], np.array([[30.0], [-10]]))
    whole = make_forecast(prices=prices, fans={"history": fan}, weeks=1)
    part = make_forecast(prices=prices.iloc[:3], fans={"history": fan}, weeks=1)
    pd.testing.assert_frame_equal(whole, part)
    assert set(zip(whole["price"], whole["record"], strict=True)) == {(90.0, 100.0)}


def test_too_few_forecasts_give_a_reason():
    data = pair(1, n=194)
    result = out_of_sample(**data, horizon=13, reps=99)
    assert np.isnan(result.r2)
    assert "13 forecasts" in result.reason
    long = pair(1, n=240)
    league = forecast_league(effect=long["effect"], leaders=long["cause"].to_frame(), reps=99)
    assert np.isnan(league.pvalue)
    assert league.best is None
    assert league.reality_check.isna().all(axis=None)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: out_of_sample(**pair(1, n=160), horizon=13), "no forecast after 156 pairs"),
        (lambda: out_of_sample(**pair(1), horizon=0), "horizon must be"),
        (lambda: place(sample=np.array([1.0]), outcome=1.0), "at least two"),
        (lambda: place(sample=np.array([1.0, np.nan]), outcome=1.0), "finite draws"),
        (lambda: history_fan(returns=pair(1)["effect"], as_of=pd.Timestamp("2011-06-03")), "at least 104 needed"),
        (
            lambda: event_fan(
                returns=pair(1)["effect"], events=pd.DatetimeIndex(["2012-01-04"]), as_of=pd.Timestamp("2013-01-04")
            ),
            "2012-01-04 is not a date",
        ),
    ],
)
def test_faults_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
