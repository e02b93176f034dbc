"""Cross-correlation: agreement with numpy, sign of the lag, whitening, bands, size, faults."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from helpers.stats import InputError, cross_correlation
from helpers.stats import cross_correlations as module
from helpers.stats.cross_correlations import _random_phases
from helpers.stats.validation import unrelated_pairs

WEEKS = pd.date_range("2011-01-07", periods=300, freq="W-FRI")


def turned(data):
    return pd.Series(data.to_numpy()[::-1], index=data.index, name=data.name)


def pair(seed: int, n: int = 300) -> pd.DataFrame:
    """Independent normal series on Fridays."""
    values = np.random.default_rng(seed).normal(size=(n, 2))
    return pd.DataFrame(values, index=WEEKS[:n], columns=["x", "y"])


@pytest.fixture
def as_given(monkeypatch):
    monkeypatch.setattr(module, "_whiten", lambda values: (values, 0))


def test_correlations_and_standard_errors_by_direct_sums(as_given):
    data = pair(1)
    found = cross_correlation(x=data.x, y=data.y, max_lag=5, reps=19, seed=1)
    a, b = ((data[c] - data[c].mean()) / data[c].std(ddof=0) for c in data)
    for lag in range(-5, 6):
        products = (a * b.shift(-lag)).dropna()
        assert found.table.correlation[lag] == pytest.approx(products.sum() / 300, abs=1e-12)
        assert found.table.stderr[lag] == pytest.approx(np.sqrt((products**2).sum()) / 300, abs=1e-12)


def test_worked_by_hand(as_given):
    # x = y = (1, -1) repeated 40 times: standardised already; the product at lag k is (-1)^k over 80 - |k| pairs, so
    # the correlation is (-1)^k (80 - |k|) / 80, the standard error sqrt(80 - |k|) / 80, and the excess of the lead over
    # 2 lags -79/80 + 78/80 - 1 = -81/80.
    values = pd.Series([1.0, -1.0] * 40, index=WEEKS[:80], name="x")
    found = cross_correlation(x=values, y=values.rename("y"), max_lag=2, reps=19, seed=1)
    np.testing.assert_allclose(found.table.correlation, [78 / 80, -79 / 80, 1, -79 / 80, 78 / 80])
    np.testing.assert_allclose(found.table.stderr, np.sqrt([78, 79, 80, 79, 78]) / 80)
    assert found.lead_excess == pytest.approx(-81 / 80)
    assert found.lead_excess_stderr == pytest.approx(np.sqrt(79 + 78 + 80) / 80)


def test_positive_lags_are_those_at_which_x_leads():
    data = pair(2)
    data["y"] += 0.6 * data.x.shift(4).fillna(0)
    options = {"max_lag": 8, "reps": 399, "seed": 1}
    found = cross_correlation(x=data.x, y=data.y, **options)
    assert found.table.correlation.abs().idxmax() == 4
    # Correlation .6 / sqrt(1.36) = .514, standard error about 1 / sqrt(300) = .058.
    assert found.table.correlation.max() == pytest.approx(0.514, abs=0.15)
    assert found.pvalue_lead < 0.02
    assert found.pvalue_lead_excess < 0.05
    backwards = cross_correlation(x=turned(data.x), y=turned(data.y), **options)
    np.testing.assert_allclose(backwards.table.correlation[::-1], found.table.correlation, atol=0.02)
    assert backwards.pvalue_lead > 0.1
    swapped = cross_correlation(x=data.y, y=data.x, **options)
    np.testing.assert_allclose(swapped.table.correlation[::-1], found.table.correlation, atol=1e-12)


def test_whitening_removes_what_autocorrelation_fakes():
    # Two unrelated autoregressions with coefficient .9 correlate with variance near (1 + .81) / (1 - .81) / n at every
    # lag, ten times that of white noise.
    data = pair(3)
    slow = pd.DataFrame({c: lfilter([1], [1, -0.9], data[c]) for c in data}, index=data.index)
    found = cross_correlation(x=slow.x, y=slow.y, max_lag=8, reps=199, seed=1)
    assert found.orders == (1, 1)
    assert found.nobs == 299
    # White again: about 1 / sqrt(299) = .058 at each lag.
    assert found.table.correlation.abs().max() < 3.5 * 0.058


@pytest.mark.parametrize("n", [64, 65])
def test_phase_surrogates_keep_the_periodogram(n):
    values = np.random.default_rng(5).normal(size=n)
    values -= values.mean()
    drawn = _random_phases(values, 3, np.random.default_rng(1))
    np.testing.assert_allclose(np.abs(np.fft.rfft(drawn)), np.abs(np.fft.rfft(values))[None, :].repeat(3, 0), atol=1e-9)
    assert np.abs(drawn - values).max() > 0.5


@pytest.mark.parametrize("process", ["spillover", "common_volatility"])
def test_size_of_the_maximum(process, as_given):
    # 400 samples of 300 weeks: a rate of .05 has standard error .011.
    found = [
        cross_correlation(
            x=pd.Series(both[:, 0], name="x"), y=pd.Series(both[:, 1], name="y"), max_lag=26, reps=99,
            seed=1 + i,
        ).pvalue_lead
        for i, both in enumerate(unrelated_pairs(process=process, n=300, reps=400, seed=1))
    ]  # fmt: skip
    assert 0.03 <= np.mean(np.array(found) <= 0.05) <= 0.07


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_lag": 0}, "max_lag must be a whole number"),
        ({"reps": 5}, "reps must be a whole number of at least 19"),
        ({"x": pair(7).x.where(WEEKS[3] != WEEKS)}, "x 'x' is missing or infinite"),
        ({"x": pair(7).x * 0}, "is constant"),
        ({"x": pair(7).x.iloc[1:]}, "align them first"),
    ],
)
def test_faults_are_named(options, message):
    data = pair(7)
    with pytest.raises(InputError, match=message):
        cross_correlation(**{"x": data.x, "y": data.y, "max_lag": 5} | options)
