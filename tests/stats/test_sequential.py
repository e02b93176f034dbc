"""Always-valid intervals and e-processes: arithmetic, comparecast, numerical integration, simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from helpers.stats import InputError, confidence_sequence, forecast_e_process


def test_the_factor_is_smallest_at_registration():
    sizes = np.arange(100, 5_000)
    factor = confidence_sequence(estimate=0.0, standard_error=1.0, n=sizes, n_registered=830).factor
    assert sizes[factor.argmin()] == 830
    assert 3.03 < factor.min() < 3.04
    # Waudby-Smith et al.: with x = n q the factor is sqrt(2 (x + 1) / x log(sqrt(x + 1) / alpha)). Its derivative is
    # zero where x = log(x + 1) + 2 log(1 / alpha), that is x = 8.23 at .05.
    x = 8.0
    for _ in range(200):
        x = np.log(x + 1) + 2 * np.log(1 / 0.05)
    assert factor.min() == pytest.approx(np.sqrt(2 * (x + 1) / x * np.log(np.sqrt(x + 1) / 0.05)), rel=1e-9)


def test_ends_are_estimate_plus_and_minus_the_factor():
    found = confidence_sequence(estimate=2.0, standard_error=0.5, n=900, n_registered=830)
    assert (found.low, found.high) == pytest.approx((2 - 0.5 * found.factor, 2 + 0.5 * found.factor))
    several = confidence_sequence(estimate=[2.0, 1.0], standard_error=[0.5, 0.1], n=[900, 901], n_registered=830)
    assert several.low[0] == found.low
    stricter = confidence_sequence(estimate=2.0, standard_error=0.5, n=900, n_registered=830, alpha=0.001)
    assert stricter.factor > found.factor


def test_bad_sizes_are_named():
    for options, message in (
        ({"n": 0}, "n must be at least 1"),
        ({"standard_error": -1.0}, "standard_error"),
        ({"alpha": 1.0}, "alpha"),
        ({"n_registered": 0}, "n_registered"),
    ):
        with pytest.raises(InputError, match=message):
            confidence_sequence(**({"estimate": 0, "standard_error": 1.0, "n": 10, "n_registered": 9} | options))


def scores(difference: np.ndarray) -> dict[str, pd.Series]:
    """Two forecasters whose scores differ by so much."""
    index = pd.RangeIndex(difference.size)
    return {"scores": pd.Series(difference, index, name="silver"), "benchmark": pd.Series(0.0, index, name="none")}


def test_evidence_of_comparecast():
    # comparecast 1.0.0: eprocess_expm(d, c=2, v_opt=10, alpha_opt=.05), at forecasts 1, 10, 30 and 60.
    i = np.arange(1, 61)
    difference = 0.3 * np.sin(i) + 0.15 + 0.1 * np.cos(i * i)
    found = forecast_e_process(**scores(difference), bound=1.0)
    assert found.evidence.iloc[[0, 9, 29, 59]].tolist() == pytest.approx(
        [1.07479565, 1.51943349, 3.04639256, 18.48003146], rel=1e-8
    )
    # The same, five times over and .2 higher, lag=4, clip_max=1e300, at forecasts 100, 200 and 300.
    ahead = forecast_e_process(**scores(np.tile(difference, 5) + 0.2), bound=1.0, ahead=4)
    assert ahead.evidence.iloc[[99, 199, 299]].tolist() == pytest.approx([1.04106915, 7.98789376, 131.543884], rel=3e-6)


def test_p_at_all_times_keeps_the_best_evidence_seen():
    # At forecast 60 comparecast has 18.48003146; forty worse forecasts later the evidence is gone, and p is not.
    i = np.arange(1, 61)
    difference = np.r_[0.3 * np.sin(i) + 0.15 + 0.1 * np.cos(i * i), np.full(40, -0.4)]
    found = forecast_e_process(**scores(difference), bound=1.0)
    assert found.value < 1
    assert found.pvalue == pytest.approx(1 / 18.48003146)


@pytest.mark.parametrize("best", [2.0, 10.0])
def test_the_mixture_is_the_integral_over_bets(best):
    # The weight of a bet: (1 / c^2)-scaled gamma density of 1 - c * bet, cut at one (Howard et al. 2021, prop. 9).
    difference, bound = np.array([0.3, -0.1, 0.5, 0.2, -0.4, 0.6, 0.1]), 0.8
    c = 2 * bound
    rho = best / (2 * np.log(10) + np.log(1 + 2 * np.log(10)))
    means = np.r_[0, (np.cumsum(difference) / np.arange(1, 8))[:-1]]
    total, variance = difference.sum(), np.sum((difference - means) ** 2)

    def density(bet):
        shape = rho / c**2
        return c * stats.gamma.pdf(1 - c * bet, shape, scale=1 / shape) / stats.gamma.cdf(1, shape, scale=1 / shape)

    def wager(bet):
        penalty = (-np.log1p(-c * bet) - c * bet) / c**2
        return np.exp(bet * total - penalty * variance) * density(bet)

    expected = integrate.quad(wager, 0, 1 / c)[0]
    assert integrate.quad(density, 0, 1 / c)[0] == pytest.approx(1, rel=1e-6)
    found = forecast_e_process(**scores(difference), bound=bound, variance_best=best)
    assert found.value == pytest.approx(expected, rel=1e-6)


def test_evidence_rarely_reaches_twenty_without_a_difference():
    rng = np.random.default_rng(1)
    ever = [
        forecast_e_process(**scores(rng.uniform(-0.5, 0.5, 400)), bound=1.0, variance_best=20.0).evidence.max()
        for _ in range(300)
    ]
    assert np.mean(np.array(ever) >= 20) <= 0.05
    better = forecast_e_process(**scores(rng.uniform(-0.3, 0.7, 400)), bound=1.0, variance_best=20.0)
    assert better.value > 1e3
    assert better.pvalue == 1 / better.evidence.max()
    assert "silver has scored better" in better.summary()


def test_bad_scores_are_named():
    good = scores(np.linspace(-0.4, 0.5, 10))
    for options, message in (
        ({"bound": 0.1}, "more than the bound of 0.1"),
        ({"ahead": 20}, "10 scores are fewer than the 20 periods"),
        ({"benchmark": good["benchmark"].iloc[1:]}, "same outcomes"),
    ):
        with pytest.raises(InputError, match=message):
            forecast_e_process(**(good | {"bound": 1.0} | options))
