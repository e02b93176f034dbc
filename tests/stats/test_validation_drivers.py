"""Simulated size of the tests of the drivers chapter, and that a broken one would show."""

from types import SimpleNamespace

import pytest

from helpers.stats import validation_decisions
from helpers.stats.validation_plan import rejection_rate


@pytest.mark.parametrize("process", ["iid", "spillover"])
def test_wild_bootstrap_of_a_driver_keeps_its_size(process):
    # 300 samples: .05 with a standard error of .0126.
    assert 0.02 <= rejection_rate("driver_wild", n=300, process=process, reps=300, seed=4) <= 0.085


def test_exact_permutation_keeps_its_size_although_balances_trend():
    # With eight years Spearman's rho has p <= .05 in 4.6 % of pairings; 400 samples: standard error .0105.
    found = rejection_rate("exact_permutation", n=8, process="garch", reps=400, seed=2)
    assert found == pytest.approx(0.046, abs=0.032)


def test_shift_of_the_date_keeps_its_size():
    found = rejection_rate("shapley_shift", n=260, process="common_volatility", reps=200, seed=3)
    assert found == pytest.approx(0.05, abs=0.046)


def test_a_test_that_ignores_the_null_is_seen(monkeypatch):
    monkeypatch.setattr(validation_decisions, "wald_test", lambda *_, **__: SimpleNamespace(pvalue_bootstrap=0.0))
    assert rejection_rate("driver_wild", n=120, process="iid", reps=20, seed=1) == 1.0


def test_planted_effects_are_found_the_more_the_stronger_they_are():
    # The coefficient .4 against a standard error of 1 / sqrt(120) = .09.
    assert rejection_rate("driver_wild", n=120, process="garch", reps=40, seed=5, effect=0.4) > 0.9
    options = {"n": 260, "process": "garch", "reps": 40, "seed": 5}
    shares = [rejection_rate("shapley_shift", **options, effect=gain) for gain in (0.0, 0.6, 3.0)]
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.9


def test_planted_correlation_is_the_correlation():
    # With the whole change given by the balance, and with none of it.
    options = {"n": 8, "process": "iid", "reps": 60, "seed": 6}
    assert rejection_rate("exact_permutation", **options, effect=1.0) == 1.0
    assert rejection_rate("exact_permutation", **options, effect=-1.0) == 1.0
    assert rejection_rate("exact_permutation", **options, effect=0.0) < 0.2
