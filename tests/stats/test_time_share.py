"""Shares of weeks and their intervals: against the stationary bootstrap, binomial tables and simulated cover."""

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap
from scipy.stats import binomtest, norm

from helpers.stats import InputError
from helpers.stats.gap import stationary_variance, time_share


def test_variance_is_that_of_the_stationary_bootstrap():
    x = (np.convolve(np.random.default_rng(3).normal(size=311), np.ones(12), "valid") > 3).astype(float)
    draws = StationaryBootstrap(9.0, x, seed=1).apply(np.mean, 6000).ravel()
    assert stationary_variance(x, block=9.0) == pytest.approx(300 * draws.var(), rel=0.06)


def test_variance_by_hand():
    # x = 1, 0, 0, 1: deviations +-1/2, C(0) = 1/4, C(1) = (-1/4 + 1/4 - 1/4) / 4 = -1/16, C(2) = -1/8, C(3) = 1/16.
    # p = 1/2: b(1) = 3/4 * 1/2 + 1/4 * 1/8 = 13/32, b(2) = 1/2 * 1/4 + 1/2 * 1/4 = 1/4, b(3) = 13/32 (mirrored).
    # 1/4 + 2 (-13/512 - 1/32 + 13/512) = 1/4 - 1/16 = 3/16.
    assert stationary_variance(np.array([1.0, 0, 0, 1]), block=2.0) == pytest.approx(3 / 16)


def test_without_overlap_it_is_the_exact_binomial_interval():
    hits = np.random.default_rng(5).random(400) < 0.1
    found = time_share(hits, window=1, confidence=0.95)
    exact = binomtest(round(found.share * found.effective), round(found.effective)).proportion_ci(0.95, "exact")
    assert found.count == hits.sum()
    assert found.effective <= 400
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.012)


def test_nothing_in_ten_windows_is_the_rule_of_three():
    # 520 weeks of 52-week windows are ten windows: zero of ten excludes shares above 1 - .05 ** (1 / 10) = .2589.
    found = time_share(np.zeros(520, dtype=bool), window=52, confidence=0.90)
    assert (found.share, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.05**0.1)
    full = time_share(np.ones(520, dtype=bool), window=52, confidence=0.90)
    assert (full.low, full.high) == (pytest.approx(0.05**0.1), 1.0)


def test_one_long_spell_counts_as_few_cases():
    hits = np.zeros(780, dtype=bool)
    hits[300:330] = True
    together, apart = time_share(hits, window=26), time_share(np.random.default_rng(1).permutation(hits), window=1)
    assert together.share == apart.share == pytest.approx(30 / 780)
    assert together.effective <= 1.5 * 30
    assert together.high - together.low > 2 * (apart.high - apart.low)


@pytest.mark.parametrize(("window", "share"), [(13, 0.10), (26, 0.03), (52, 0.10), (52, 0.50)])
def test_the_interval_covers_as_often_as_it_says(window, share):
    rng, limit = np.random.default_rng(window), norm.isf(share) * np.sqrt(window)
    sums = (np.convolve(rng.normal(size=800 + window), np.ones(window), "valid") for _ in range(120))
    found = [time_share(path >= limit, window=window) for path in sums]
    assert np.mean([f.low <= share <= f.high for f in found]) >= 0.83  # 0.90 less 2.5 standard errors


def test_faults_are_named():
    with pytest.raises(InputError, match="1 weeks with a window of 4"):
        time_share(np.array([True]), window=4)
    with pytest.raises(InputError, match="window of 0"):
        time_share(np.array([True, False]), window=0)
