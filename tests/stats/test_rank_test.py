"""Rank correlation of a few observations, held to published tables, to scipy and to arithmetic by hand."""

import math

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from helpers.stats import InputError, exact_rank_test
from helpers.stats.rank_test import _all_pairings, _correlations, correlation_interval, detectable_correlation


def pair(x: list[float], y: list[float]) -> dict[str, pd.Series]:
    years = pd.RangeIndex(2000, 2000 + len(x))
    return {"x": pd.Series(x, index=years, name="balance"), "y": pd.Series(y, index=years, name="change")}


def test_five_pairs_by_hand():
    # Ranks 1 2 3 4 5 against 1 2 3 5 4: sum of d^2 = 2, rho = 1 - 6 * 2 / (5 * 24) = 0.9.
    # Of the 120 orders: rho = 1 once, rho = .9 four times (two neighbours swapped), and mirrored: p = 10 / 120.
    result = exact_rank_test(**pair([1, 2, 3, 4, 5], [10, 20, 30, 50, 40]))
    assert result.statistic == pytest.approx(0.9)
    assert result.pvalue == pytest.approx(10 / 120)


# Two-sided 5 % critical values of Spearman's rho: Zar (1972), JASA 67, 578-580, and any table since.
@pytest.mark.parametrize(("n", "critical"), [(6, 0.886), (7, 0.786), (8, 0.738), (9, 0.700), (10, 0.648)])
def test_critical_values_of_the_tables(n, critical):
    order = 2 * np.arange(n) + 1 - n
    values, observed = _correlations(order, order, _all_pairings(n))
    assert observed == 1
    # Two neighbours swapped change rho by 6 * 2 / (n^3 - n): the next value below is not significant.
    assert np.mean(np.abs(values) >= critical - 6e-4) <= 0.05
    assert np.mean(np.abs(values) >= critical - 12 / (n**3 - n) - 6e-4) > 0.05
    if n < 10:
        result = exact_rank_test(**pair(list(range(n)), list(range(n))))
        assert result.pvalue == pytest.approx(2 / math.factorial(n))


@pytest.mark.parametrize("ties", [False, True])
def test_it_agrees_with_scipy(ties):
    x, y = np.random.default_rng(4).normal(size=(2, 6))
    if ties:
        x, y = np.round(x), np.round(2 * y) / 2
    everything = scipy.stats.permutation_test(
        (x,), lambda s: scipy.stats.spearmanr(s, y).statistic, permutation_type="pairings", n_resamples=np.inf
    )
    result = exact_rank_test(**pair(list(x), list(y)))
    assert result.statistic == pytest.approx(scipy.stats.spearmanr(x, y).statistic)
    assert result.pvalue == pytest.approx(np.mean(np.abs(everything.null_distribution) >= abs(result.statistic) - 1e-9))


def test_what_fifteen_years_could_show():
    # (1.95996 + 0.84162) / sqrt(15 - 3) = 0.80874, and tanh(0.80874) = 0.6689.
    assert detectable_correlation(nobs=15) == pytest.approx(0.6689, abs=1e-4)
    # Eight years: 2.80158 / sqrt(5) = 1.25291, tanh = 0.8490.
    assert detectable_correlation(nobs=8) == pytest.approx(0.8490, abs=1e-4)


def test_the_detectable_correlation_is_detected_four_times_in_five():
    n, rng = 15, np.random.default_rng(1)
    rho = detectable_correlation(nobs=n)
    x, e = rng.normal(size=(2, 4000, n))
    y = rho * x + math.sqrt(1 - rho**2) * e
    r = np.array([np.corrcoef(a, b)[0, 1] for a, b in zip(x, y, strict=True)])
    t = r * np.sqrt((n - 2) / (1 - r**2))
    assert np.mean(np.abs(t) > scipy.stats.t.ppf(0.975, n - 2)) == pytest.approx(0.80, abs=0.025)


def test_the_interval_by_hand():
    # rho = -.5, n = 9: atanh = -.549306, variance (1 + .125) / 6 = .1875, reach 1.95996 * .433013 = .848690;
    # tanh(-1.397996) = -.88492, tanh(.299384) = .29075.
    assert correlation_interval(-0.5, nobs=9) == pytest.approx((-0.88492, 0.29075), abs=2e-5)
    assert correlation_interval(1.0, nobs=9) == (-1, 1)


def test_the_interval_covers_at_nine_pairs():
    # Bivariate normal with r = .6: Spearman's rho of the population is 6 / pi * asin(.3) = .5819.
    rng, target = np.random.default_rng(9), 6 / math.pi * math.asin(0.3)
    x, e = rng.normal(size=(2, 1500, 9))
    ranks = scipy.stats.rankdata(np.stack([x, 0.6 * x + 0.8 * e]), axis=2)
    rho = [np.corrcoef(a, b)[0, 1] for a, b in zip(*ranks, strict=True)]
    inside = [low <= target <= high for low, high in (correlation_interval(r, nobs=9) for r in rho)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)


def test_size_is_exact_for_heavy_tails():
    # With n = 5 and no ties only the two perfect orders (2 of 120) have p <= .05, whatever the distribution.
    rng = np.random.default_rng(2)
    p = [exact_rank_test(**pair(*rng.standard_cauchy((2, 5)).tolist())).pvalue for _ in range(400)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(2 / 120, abs=0.02)


def test_monotone_scales_change_nothing():
    x, y = np.random.default_rng(6).normal(size=(2, 8))
    assert exact_rank_test(**pair(list(np.exp(x)), list(5 * y**3))) == exact_rank_test(**pair(list(x), list(y)))


def test_too_few_pairs_say_so():
    result = exact_rank_test(**pair([1, 2, 3, 4], [1, 3, 2, 4]))
    assert str(result.reason).startswith("4 pairs: even a perfect order")
    assert math.isnan(result.pvalue)
    assert "Not done" in result.summary()


def test_faults_are_named():
    data = pair(list(range(12)), list(range(12)))
    with pytest.raises(InputError, match="12 pairs are too many"):
        exact_rank_test(**data)
    data = pair(list(range(9)), list(range(9)))
    with pytest.raises(InputError, match="'change' is missing or infinite on 2003"):
        exact_rank_test(x=data["x"], y=data["y"].astype(float).where(data["y"] != 3))
    with pytest.raises(InputError, match="at least 5"):
        detectable_correlation(nobs=4)
