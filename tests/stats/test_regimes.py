"""States, their spells and the interaction test: arithmetic by hand, real time, simulated size and power, faults."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import load
from helpers.stats import (
    InputError,
    debasement_margin,
    fear_margin,
    liquidity_margin,
    spells,
    state_interaction,
    state_margins,
    strength,
)
from helpers.stats.regression import sum_ahead
from helpers.stats.validation_plan import rejection_rate


def weeks(n: int) -> pd.DatetimeIndex:
    return pd.date_range("2011-01-07", periods=n, freq="W-FRI", name="week")


def series(values, name: str = "x") -> pd.Series:
    return pd.Series(np.asarray(values), index=weeks(len(values)), name=name)


def noise(seed: int, n: int = 400, name: str = "x") -> pd.Series:
    return series(np.random.default_rng(seed).normal(size=n), name)


def on_and_off(n: int, *, on: int = 20, off: int = 30) -> pd.Series:
    """A state that holds `on` weeks after every `off` weeks without it."""
    return series(np.arange(n) % (on + off) >= off, "state")


def test_fear_margin_by_hand(monkeypatch):
    monkeypatch.setattr("helpers.stats.states.FEAR_WINDOW", 5)
    # Windows of 5, level .8: position 0.8 x 4 = 3.2, so the quantile is v[3] + 0.2 (v[4] - v[3]) of the sorted five.
    vix = series([10.0, 20, 30, 40, 50, 60, 15], "vix")
    margin = fear_margin(vix=vix)
    # 10..50: 40 + 2 = 42, last 50. 20..60: 50 + 2 = 52, last 60. 30, 40, 50, 60, 15: 50 + 2 = 52, last 15.
    assert margin.tolist() == pytest.approx([8.0, 8.0, -37.0])
    assert list(margin.index) == list(vix.index[4:])


def test_debasement_needs_both_moves(monkeypatch):
    monkeypatch.setattr("helpers.stats.states.HALF_YEAR", 2)
    breakeven = series([2.0, 2.0, 2.3, 2.3, 1.9, 2.4], "breakeven")
    real = series([1.0, 1.0, 0.9, 1.2, 0.5, 0.9], "real")
    margin = debasement_margin(breakeven=breakeven, real_yield=real)
    # Changes over two weeks: breakeven +.3, +.3, -.4, +.1; real yield -.1, +.2, -.4, -.3; the smaller of the rise of
    # the one and the fall of the other: .1, -.2, -.4, .1.
    assert margin.tolist() == pytest.approx([0.1, -0.2, -0.4, 0.1])


def test_each_state_reaches_as_far_as_its_own_series():
    # The yields of the last week are out for the breakeven only, the VIX of the last two is not, assets are complete.
    weekly = pd.DataFrame(
        {"vix": noise(1) + 20, "breakeven10": noise(2), "real10": noise(3), "fed_assets": 50 + noise(4)}
    )
    full = state_margins(weekly)
    weekly.loc[weekly.index[-1], "real10"] = weekly.loc[weekly.index[-2] :, "vix"] = np.nan
    ragged = state_margins(weekly)
    for name, missing in (("fear", 2), ("debasement", 1), ("liquidity", 0)):
        pd.testing.assert_series_equal(ragged[name], full[name].iloc[: len(full[name]) - missing])


def test_liquidity_margin_is_log_growth():
    # 100 ln(4.4 / 4) = 9.531 and 100 ln(4 / 4.2) = -4.879.
    assets = series([4.0, 4.2, 4.4, 4.0], "assets")
    assert liquidity_margin(assets=assets, window=2).tolist() == pytest.approx([9.531018, -4.879016])


def test_strength_is_standardised_on_its_own_past(monkeypatch):
    monkeypatch.setattr("helpers.stats.states.STRENGTH_WINDOW", 1)
    monkeypatch.setattr("helpers.stats.states.STRENGTH_HISTORY", 3)
    # Returns over one week: ln 2, 0, ln 2, so the third has mean 2/3 ln 2, deviation ln 2 / sqrt(3) (n - 1 = 2):
    # (1 - 2/3) sqrt(3) = .57735. The fourth return is -ln 2: values 1, 0, 1, -1 in ln 2 have mean 1/4 and deviation
    # sqrt((.75^2 + .25^2 + .75^2 + 1.25^2) / 3) = .957427, so -1.25 / .957427 = -1.305582.
    price = series([1.0, 2, 2, 4, 2], "silver")
    assert strength(price=price).tolist() == pytest.approx([0.5773503, -1.3055824])


def test_spells_by_hand():
    state = series([True, True, False, True, False, False, True], "state")
    found = spells(state)
    assert found["weeks"].tolist() == [2, 1, 1]
    assert found["start"].tolist() == [state.index[0], state.index[3], state.index[6]]
    assert found["end"].tolist() == [state.index[1], state.index[3], state.index[6]]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_spells_put_together_give_the_state(flags):
    state = series(np.array(flags, dtype=bool), "state")
    rebuilt = pd.Series(False, index=state.index)
    for spell in spells(state).itertuples():
        rebuilt.loc[spell.start : spell.end] = True
        assert len(state.loc[spell.start : spell.end]) == spell.weeks
    assert (rebuilt == state).all()


@settings(max_examples=15, deadline=None)
@given(cut=st.integers(300, 399), seed=st.integers(0, 50))
def test_nothing_later_changes_a_margin(cut, seed):
    vix, other = noise(seed).abs(), noise(seed + 1000)
    price = np.exp(other.cumsum() / 10)
    for margin in (
        lambda n: fear_margin(vix=vix[:n]),
        lambda n: debasement_margin(breakeven=vix[:n], real_yield=other[:n]),
        lambda n: liquidity_margin(assets=price[:n]),
        lambda n: strength(price=price[:n]),
    ):
        pd.testing.assert_series_equal(margin(cut), margin(400).iloc[: len(margin(cut))])


def test_states_on_the_day_of_the_record():
    # From the embedded figures of 23 January 2026 against those of 25 July 2025, read off the table by eye: breakeven
    # 2.31 after 2.43, real yield 1.92 after 1.96, Fed assets 6,584,580 after 6,657,715 million.
    weekly = load(source="snapshot", as_of="2026-01-23").weekly
    margin = debasement_margin(breakeven=weekly["breakeven10"].dropna(), real_yield=weekly["real10"].dropna())
    then, now = weekly.loc["2025-07-25"], weekly.loc["2026-01-23"]
    expected = min(now["breakeven10"] - then["breakeven10"], then["real10"] - now["real10"])
    assert margin.iloc[-1] == pytest.approx(expected)
    growth = liquidity_margin(assets=weekly["fed_assets"].dropna()).iloc[-1]
    assert growth == pytest.approx(100 * np.log(now["fed_assets"] / then["fed_assets"]))


def interaction_data(seed: int, n: int = 400, effect: float = 0.0, lasting: int = 1) -> dict:
    """Follower's returns that react to strength only where the state holds, over the next `lasting` weeks."""
    leader = noise(seed, n, "leader")
    state = on_and_off(n)
    moves = np.random.default_rng(seed + 10_000).normal(size=n)
    impact = effect * leader.to_numpy() * state.to_numpy()
    for lag in range(1, lasting + 1):
        moves[lag:] += impact[:-lag]
    return {"effect": series(moves, "follower"), "strength": leader, "states": state.to_frame()}


def test_interaction_agrees_with_statsmodels():
    data = interaction_data(1, effect=0.3)
    result = state_interaction(**data, horizons=[4], reps=99, seed=0)
    leader, state = data["strength"].to_numpy(), data["states"]["state"].to_numpy(dtype=float)
    design = np.column_stack([np.ones(400), leader, state, leader * state])[:-4]
    outcome = data["effect"].rolling(4).sum().shift(-4).to_numpy()[:-4]
    fit = sm.OLS(outcome, design).fit(cov_type="HC3", use_t=True)
    row = result.table.loc[("state", 4)]
    assert row["outside"] == pytest.approx(fit.params[1])
    assert row["inside"] == pytest.approx(fit.params[1] + fit.params[3])
    assert row["estimate"] == pytest.approx(fit.params[3])
    assert row["statistic"] == pytest.approx(fit.tvalues[3] ** 2)
    assert row["nobs"] == 396


def test_interval_and_pvalue_tell_the_same():
    for seed in range(12):
        table = state_interaction(**interaction_data(seed, effect=0.12), reps=199, seed=3).table
        outside_zero = (table["low"] > 0) | (table["high"] < 0)
        clear = (table["pvalue_bootstrap"] - 0.05).abs() > 0.01
        assert (outside_zero == (table["pvalue_bootstrap"] < 0.05))[clear].all()


def test_interaction_is_found_where_it_was_planted():
    result = state_interaction(**interaction_data(7, n=600, effect=0.8), reps=399, seed=1)
    row = result.table.loc[("state", 4)]
    assert result.pvalue <= 0.01
    assert row["inside"] == pytest.approx(0.8, abs=0.4)
    assert row["outside"] == pytest.approx(0.0, abs=0.4)
    assert result.spells["state"] == 12


def test_detectable_effect_is_detected_four_times_in_five():
    # One-week horizon, so that the planted slope is the slope of the regression.
    size = state_interaction(**interaction_data(0), horizons=[1], reps=199, seed=0).table["detectable"]
    found = [
        state_interaction(
            **interaction_data(seed, effect=float(size.iloc[0])), horizons=[1], reps=199, seed=seed
        ).pvalue
        for seed in range(100)
    ]
    # Standard error of a share of .8 in 100 samples: .04.
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.80, abs=0.11)


@pytest.mark.parametrize("process", ["garch", "spillover"])
def test_size_with_persistent_states_and_overlapping_returns(process):
    # 120 samples: the standard error of a share of .05 is .02; signs on overlapping residuals reject about one half.
    assert 0.005 <= rejection_rate("interaction", n=400, process=process, reps=120, seed=11) <= 0.10


def test_a_planted_interaction_is_found():
    # One deviation a week for each of strength, in some 40 % of weeks: far beyond the noise of 300 weeks.
    assert rejection_rate("interaction", n=300, process="garch", reps=20, seed=11, effect=1.0) > 0.9


def test_search_over_states_costs_power_but_keeps_each_estimate():
    data = interaction_data(3, effect=0.2)
    alone = state_interaction(**data, reps=199, seed=5)
    two = data | {"states": data["states"].assign(other=np.roll(data["states"]["state"], 17))}
    both = state_interaction(**two, reps=199, seed=5)
    pd.testing.assert_frame_equal(both.table.loc[["state"]], alone.table)
    assert both.pvalue >= alone.pvalue


@settings(max_examples=10, deadline=None)
@given(st.floats(0.1, 50), st.integers(-2000, 2000))
def test_scale_and_calendar_do_not_matter(scale, days):
    data = interaction_data(5, n=200, effect=0.3)
    first = state_interaction(**data, horizons=[4], reps=99, seed=2)
    moved = {key: value.set_axis(value.index + pd.Timedelta(days=days)) for key, value in data.items()}
    moved["effect"] = moved["effect"] * scale
    second = state_interaction(**moved, horizons=[4], reps=99, seed=2)
    assert second.pvalue == first.pvalue
    assert second.table["estimate"].iloc[0] == pytest.approx(scale * first.table["estimate"].iloc[0])


def test_too_few_spells_give_a_reason():
    data = interaction_data(2)
    rare = series(np.arange(400) >= 340, "rare").to_frame()
    result = state_interaction(**data | {"states": rare}, reps=99)
    assert np.isnan(result.pvalue)
    assert result.table.isna().all(axis=None)
    assert "1 spells" in result.reason
    assert "Not done" in result.summary()


def test_sum_ahead_by_hand():
    assert sum_ahead(np.array([1.0, 2, 3, 4]), 2).tolist() == [5.0, 7.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fear_margin(vix=noise(1, 100)), "100 rows and needs 260"),
        (lambda: liquidity_margin(assets=series([1.0, -1.0, 2.0]), window=1), "not positive on 2011-01-14"),
        (lambda: strength(price=series(np.r_[1.0, 0.0, np.ones(300)])), "not positive on 2011-01-14"),
        (lambda: debasement_margin(breakeven=noise(1), real_yield=noise(2).iloc[1:]), "399 rows and"),
        (lambda: spells(series([1.0, 0.0])), "expected bool"),
        (lambda: spells(series(np.array([], dtype=bool))), "no rows"),
        (lambda: spells(series([True, False])[::-1]), "unordered"),
        (lambda: state_interaction(**interaction_data(1), reps=5), "at least 99"),
        (lambda: state_interaction(**interaction_data(1, n=20), reps=99), "no return over 26"),
        (lambda: sum_ahead(np.ones(3), 3), "no return over 3"),
    ],
)
def test_faults_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
