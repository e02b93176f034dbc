"""Causality in quantiles and in variance: by hand, planted, size, faults."""

import importlib

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.quantile_regression import QuantReg

from helpers.stats import InputError, quantile_causality, variance_causality
from helpers.stats.validation import unrelated_pairs

quantiles = importlib.import_module("helpers.stats.quantile_causality")


def weeks(seed: int, process: str = "garch", n: int = 500) -> pd.DataFrame:
    """Cause x and effect y, unrelated in mean."""
    values = unrelated_pairs(process=process, n=n, reps=1, seed=seed)[0]
    return pd.DataFrame(values, index=pd.date_range("2011-01-07", periods=n, freq="W-FRI"), columns=["x", "y"])


def test_the_median_by_hand(monkeypatch):
    # A sign test of the residuals of a median regression against the window's mean net of constant and own lags.
    monkeypatch.setattr(quantiles, "QUANTILES", (0.5,))
    frame = weeks(1)
    found = quantile_causality(effect=frame.y, cause=frame.x, window=(1, 4), reps=999, seed=1)
    own = ["one", "own1", "own2", "own3", "own4"]
    data = pd.DataFrame({"y": frame.y, "x": frame.x.rolling(4).mean().shift(1)})
    data = data.assign(**{f"own{lag}": frame.y.shift(lag) for lag in range(1, 5)})
    scale = np.sqrt((frame.y**2).ewm(halflife=8).mean().shift(1))
    data = data.div(scale, axis=0).iloc[26:].assign(one=1.0)
    restricted = QuantReg(data.y, data[own]).fit(q=0.5, max_iter=5_000)
    net = data.x - data[own] @ np.linalg.lstsq(data[own], data.x, rcond=None)[0]
    signs = np.where(data.y < restricted.fittedvalues, -0.5, 0.5)
    # Five rows lie on the fitted line; scores are orthogonal to constant and own lags, which gives theirs.
    on = (data.y - restricted.fittedvalues).abs().to_numpy().argsort()[:5]
    known = data[own].to_numpy()
    signs[on] = 0
    signs[on] = np.linalg.solve(known[on].T, -known.T @ signs)
    assert found.statistic == pytest.approx(abs(signs @ net) / np.sqrt(0.25 * net @ net), rel=1e-6)
    # Reweighted least squares ends near the optimum, which the loss given our coefficient must reach or undercut.
    full = QuantReg(data.y, data[[*own, "x"]]).fit(q=0.5, max_iter=5_000)
    coefficient = found.table.coefficient.iloc[0]
    assert coefficient == pytest.approx(full.params["x"], abs=0.1 * full.bse["x"])
    given = QuantReg(data.y - coefficient * data.x, data[own]).fit(q=0.5, max_iter=5_000)
    assert given.resid.abs().sum() <= full.resid.abs().sum() * (1 + 1e-6)
    # One quantile: the draws are those of the normal that the table uses.
    assert found.pvalue == pytest.approx(found.table.pvalue.iloc[0], abs=5 * found.pvalue_error)


def test_a_cause_of_the_lower_tail_is_found_there():
    frame = weeks(2, process="iid", n=800)
    strength = frame.x.rolling(4).mean().shift(1).fillna(0)
    frame["y"] = np.where(frame.y < 0, frame.y * np.exp(1.2 * strength), frame.y)
    found = quantile_causality(effect=frame.y, cause=frame.x, window=(1, 4), reps=999, seed=1)
    assert found.pvalue <= 0.01
    assert found.table.statistic.abs().idxmax() <= 0.25
    assert found.table.coefficient.loc[0.1] < 0
    assert abs(found.table.statistic.loc[0.9]) < 3
    assert "moves no quantile of y" in found.summary()


@pytest.mark.slow
@pytest.mark.parametrize("process", ["iid", "garch", "common_volatility"])
def test_sizes_of_both(process):
    # 40 samples: .05 with a standard error of .034.
    pairs = [weeks(seed, process=process, n=200) for seed in range(40)]
    found = [
        quantile_causality(
            effect=f.y, cause=f.x, window=(1, 8), reps=199, seed=1
        ).pvalue
        for f in pairs
    ]  # fmt: skip
    assert np.mean(np.array(found) <= 0.05) <= 0.175
    if process != "common_volatility":
        variances = [variance_causality(effect=f.y, cause=f.x, reps=199, seed=1).pvalue for f in pairs[:20]]
        assert np.mean(np.array(variances) <= 0.05) <= 0.2


def test_volatility_that_spills_over_is_found_in_its_direction():
    frame = weeks(3, process="spillover", n=800)
    forward = variance_causality(effect=frame.y, cause=frame.x, reps=499, seed=1)
    back = variance_causality(effect=frame.x, cause=frame.y, reps=499, seed=1)
    assert forward.pvalue == 1 / 500
    assert forward.correlations.idxmax() == 1
    assert forward.statistic > 10
    assert back.pvalue > 0.05
    assert "variance of y" in forward.summary()


def test_hongs_statistic_by_hand(monkeypatch):
    # Residuals given: Q = (n sum k^2 rho^2 - C) / sqrt(2 D) with M = 2 and weights 2/3, 1/3, eight lags cut to two.
    module = importlib.import_module("helpers.stats.variance_causality")
    monkeypatch.setattr(module, "_standardised_squares", lambda values: values[1:] ** 2)
    monkeypatch.setattr(module, "LAGS", 2)
    frame = weeks(4, process="iid", n=201)
    found = variance_causality(effect=frame.y, cause=frame.x, reps=199, seed=1)
    y, x = (frame[name].to_numpy()[1:] ** 2 for name in "yx")
    rho = [np.sum((y[j:] - y.mean()) * (x[:-j] - x.mean())) / (200 * y.std() * x.std()) for j in (1, 2)]
    total = 200 * (4 / 9 * rho[0] ** 2 + 1 / 9 * rho[1] ** 2)
    centre = 199 / 200 * 4 / 9 + 198 / 200 * 1 / 9
    spread = 199 / 200 * 198 / 200 * 16 / 81 + 198 / 200 * 197 / 200 * 1 / 81
    assert found.statistic == pytest.approx((total - centre) / np.sqrt(2 * spread), rel=1e-9)


def test_bad_input_is_named():
    frame = weeks(5, n=200)
    with pytest.raises(InputError, match="too few for quantiles"):
        quantile_causality(effect=frame.y.iloc[:80], cause=frame.x.iloc[:80], window=(1, 4))
    with pytest.raises(InputError, match="too few for 8 lags"):
        variance_causality(effect=frame.y.iloc[:108], cause=frame.x.iloc[:108])
