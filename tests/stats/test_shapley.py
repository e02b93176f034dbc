"""Shapley shares: against R's relaimpo, arithmetic by hand, orders of entry, and a date moved on a circle."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from helpers.stats import InputError, shapley_change, shapley_shares
from helpers.stats.shapley import shapley_decomposition, shifted_changes

# Correlations of R's data set swiss: fertility, agriculture, examination, education, Catholic, infant mortality.
SWISS = np.array([
    [1, 0.353079, -0.645883, -0.663789, 0.463685, 0.416556],
    [0.353079, 1, -0.686542, -0.639523, 0.401095, -0.060859],
    [-0.645883, -0.686542, 1, 0.698415, -0.572742, -0.114022],
    [-0.663789, -0.639523, 0.698415, 1, -0.153859, -0.099322],
    [0.463685, 0.401095, -0.572742, -0.153859, 1, 0.175496],
    [0.416556, -0.060859, -0.114022, -0.099322, 0.175496, 1],
])  # fmt: skip


def sample(seed: int, n: int = 300) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2012-01-06", periods=n, freq="W-FRI", name="week")
    x = pd.DataFrame(rng.normal(size=(n, 3)), weeks, ["gold", "dollar", "copper"])
    x["dollar"] -= 0.6 * x["gold"]
    return (x["gold"] - 0.3 * x["dollar"] + 0.4 * x["copper"] + rng.normal(size=n)).rename("silver"), x


def test_shares_of_relaimpo():
    # R: relaimpo::calc.relimp(lm(Fertility ~ ., data = swiss), type = "lmg")$lmg; R2 = 0.7067350.
    expected = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592]
    np.testing.assert_allclose(shapley_decomposition(SWISS) / 100, expected, atol=2e-6)


def test_two_predictors_by_hand():
    # r1 = .6, r2 = .5, r12 = .4: R2 = (.36 + .25 - 2 * .6 * .5 * .4) / (1 - .16) = .37 / .84 = .440476.
    # First: half of .36 + (.440476 - .25) = .275238; second: half of .25 + (.440476 - .36) = .165238.
    shares = shapley_decomposition(np.array([[1, 0.6, 0.5], [0.6, 1, 0.4], [0.5, 0.4, 1]]))
    assert shares == pytest.approx([27.5238, 16.5238], abs=1e-4)


def test_they_are_the_mean_gain_over_all_orders_of_entry():
    y, x = sample(1)
    data = np.column_stack([y, x])

    def r2(columns: tuple[int, ...]) -> float:
        design = np.column_stack([np.ones(len(y)), x.to_numpy()[:, list(columns)]])
        residual = y - design @ np.linalg.lstsq(design, y)[0]
        return 1 - residual.var() / y.var()

    gains = np.zeros(3)
    for order in permutations(range(3)):
        for place, j in enumerate(order):
            gains[j] += (r2(order[: place + 1]) - r2(order[:place])) / 6
    np.testing.assert_allclose(shapley_decomposition(np.corrcoef(data.T)), 100 * gains)
    result = shapley_shares(response=y, predictors=x, reps=49, seed=1)
    np.testing.assert_allclose(result.table["share"], 100 * gains)
    assert result.table["share"].sum() == pytest.approx(100 * r2((0, 1, 2)))


def test_the_interval_is_near_the_delta_method():
    # One strong predictor, the other idle: the share is about r^2 with standard error 2 r (1 - r^2) / sqrt(n).
    rng, n = np.random.default_rng(3), 1500
    weeks = pd.date_range("1990-01-05", periods=n, freq="W-FRI")
    x = pd.DataFrame(rng.normal(size=(n, 2)), weeks, ["gold", "copper"])
    y = (x["gold"] + rng.normal(size=n)).rename("silver")
    row = shapley_shares(response=y, predictors=x, reps=600, seed=2).table.loc["gold"]
    half = 100 * 1.645 * 2 * np.sqrt(0.5) * 0.5 / np.sqrt(n)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(half, rel=0.15)


def test_shifts_are_rotations_of_the_sample():
    y, x = sample(5, n=160)
    data = np.column_stack([y, x])
    found = shifted_changes(data, first=60)
    for shift in (0, 1, 77, 159):
        turned = np.roll(data, -shift, axis=0)
        before, since = (shapley_decomposition(np.corrcoef(part.T)) for part in (turned[:60], turned[60:]))
        np.testing.assert_allclose(found[shift], since - before, atol=1e-9)


def test_a_change_is_found_and_no_change_is_not():
    y, x = sample(6, n=600)
    date = y.index[250]
    moved = (y + 1.5 * x["copper"].where(x.index >= date, 0.0)).rename("silver")
    found = shapley_change(response=moved, predictors=x, date=date, reps=99, seed=1)
    assert found.table.loc["copper", "pvalue"] <= 0.01
    assert found.table.loc["copper", "low"] > 15
    assert found.nobs == (250, 350)
    calm = shapley_change(response=y, predictors=x, date=date, reps=99, seed=1).table.loc["copper"]
    assert calm["pvalue"] > 0.05
    assert calm["low"] < 0 < calm["high"]


def test_scales_change_nothing():
    y, x = sample(7)
    plain = shapley_change(response=y, predictors=x, date=y.index[120], reps=29, seed=4).table
    scaled = shapley_change(
        response=1e4 * y, predictors=x * [1e-3, 7, 1e5] + 3, date=y.index[120], reps=29, seed=4
    ).table
    pd.testing.assert_frame_equal(plain, scaled)


def test_too_short_parts_say_so():
    y, x = sample(8, n=140)
    result = shapley_change(response=y, predictors=x, date=y.index[100], seed=1)
    assert "100 weeks before and 40 since" in str(result.reason)
    assert result.table.isna().all(axis=None)
    assert "at least 52" in str(shapley_shares(response=y.iloc[:40], predictors=x.iloc[:40], seed=1).reason)


def test_faults_are_named():
    y, x = sample(9)
    with pytest.raises(InputError, match="1 predictors: shares need 2 to 10"):
        shapley_shares(response=y, predictors=x[["gold"]], seed=1)
    with pytest.raises(InputError, match="predictor 'copper' is constant"):
        shapley_shares(response=y, predictors=x.assign(copper=1.0), seed=1)
