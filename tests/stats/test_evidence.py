"""Monte Carlo error of p-values, draws until a side is known, and Bayes factors."""

import numpy as np
import pytest
from scipy import integrate, stats

from helpers.stats import InputError, bayes_factor, decided_pvalue, odds_in_words, simulated_pvalue


def normal(reps: int, seed: int) -> np.ndarray:
    """Squares of normal draws, the null of a squared t-statistic."""
    return np.random.default_rng(seed).standard_normal(reps) ** 2


def test_a_pvalue_and_its_error():
    found = simulated_pvalue(2.0, np.array([0.0, 1.0, 2.0, 3.0]))
    assert found == (0.6, pytest.approx(np.sqrt(0.6 * 0.4 / 5)), 4)  # (1 + 2) / (4 + 1)
    assert np.isnan(simulated_pvalue(2.0, np.empty(0)).value)


def test_the_error_is_the_spread_over_seeds():
    values = [simulated_pvalue(3.84, normal(999, seed)) for seed in range(300)]
    assert np.std([v.value for v in values]) == pytest.approx(np.mean([v.error for v in values]), rel=0.15)


def against(statistic):
    """The test of a statistic by normal draws."""
    return lambda reps, seed: simulated_pvalue(statistic, normal(reps, seed)).value


def test_a_clear_case_ends_early_and_a_close_one_draws_on():
    clear = decided_pvalue(against(9.0), cutoffs=[0.05], seed=1)  # p = .0027
    close = decided_pvalue(against(stats.chi2.isf(0.046, 1)), cutoffs=[0.05], seed=1)
    hopeless = decided_pvalue(against(stats.chi2.isf(0.05, 1)), cutoffs=[0.01, 0.05, 0.10], seed=1)
    assert clear.reps == 9_999
    assert clear.value == pytest.approx(0.0027, abs=4 * clear.error)
    assert 9_999 < close.reps <= 199_999
    assert close.value == pytest.approx(0.046, abs=4 * close.error)
    assert hopeless.reps == 199_999


def test_two_runs_are_equal_and_blocks_are_put_together(monkeypatch):
    monkeypatch.setattr("helpers.stats.monte_carlo.FIRST_DRAWS", 99)
    asked: list[tuple[int, int]] = []

    def test(reps, seed):
        asked.append((reps, seed))
        return against(3.84)(reps, seed)

    one, two = (decided_pvalue(test, cutoffs=[0.05], seed=5) for _ in range(2))
    assert one == two
    blocks = asked[: len(asked) // 2]
    assert blocks == asked[len(asked) // 2 :]
    assert [reps for reps, _ in blocks[:4]] == [99, 100, 200, 400]
    assert len({seed for _, seed in blocks}) == len(blocks)
    whole = np.concatenate([normal(reps, seed) for reps, seed in blocks])
    assert one == simulated_pvalue(3.84, whole)
    with pytest.raises(InputError, match="cutoffs"):
        decided_pvalue(test, cutoffs=[], seed=1)


@pytest.mark.parametrize("estimate", [-4.0, 0.0, 1.3, 6.0])
def test_bayes_factor_is_the_ratio_of_likelihoods(estimate):
    error, scale = 1.7, 2.5
    likelihood = integrate.quad(
        lambda size: stats.norm.pdf(estimate, size, error) * stats.halfnorm.pdf(size, scale=scale), 0, 60
    )[0]
    expected = likelihood / stats.norm.pdf(estimate, 0, error)
    assert bayes_factor(estimate=estimate, standard_error=error, scale=scale) == pytest.approx(expected)


def test_extreme_estimates_give_finite_odds():
    assert bayes_factor(estimate=-100.0, standard_error=1.0, scale=1.0) < 0.02
    assert 1e300 < bayes_factor(estimate=100.0, standard_error=1.0, scale=10.0) < np.inf


def test_odds_in_words():
    assert odds_in_words(0.25) == "4.0 to 1 against an effect of this size (moderate)"
    assert odds_in_words(12.2) == "12 to 1 for an effect of this size (strong)"
    assert [odds_in_words(factor)[:4] for factor in (1.24, 1.25, 1 / 1.24, 0.8)] == ["even", "1.2 ", "even", "1.2 "]
    # Each word begins at its limit (Jeffreys): 1, 3, 10, 30 and 100 to 1.
    words = [odds_in_words(factor).split("(")[1] for factor in (2.99, 3, 9.99, 10, 29.9, 30, 99, 100)]
    assert words == [f"{word})" for word in (
        "weak", "moderate", "moderate", "strong", "strong", "very strong", "very strong", "decisive"
    )]  # fmt: skip
    assert odds_in_words(1.1) == "even odds: the data do not tell"
    assert odds_in_words(1e6) == "more than 1,000 to 1 for an effect of this size (decisive)"
    with pytest.raises(InputError, match="positive"):
        odds_in_words(0.0)
    with pytest.raises(InputError, match="scale positive"):
        bayes_factor(estimate=1.0, standard_error=1.0, scale=0.0)
