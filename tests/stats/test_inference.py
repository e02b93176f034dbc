"""Families of tests, resampling of dependent data, episodes: by hand, against theory, by simulation."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from helpers.stats import InputError
from helpers.stats.inference import (
    benjamini_hochberg,
    bootstrap_paths,
    effective_episodes,
    holm,
    volatility_block,
)


def test_holm_by_hand():
    # Sorted .01, .02, .03, .04 times 4, 3, 2, 1: .04, .06, .06, .04; none may be smaller than the one before it.
    assert holm([0.03, 0.01, 0.04, 0.02]).tolist() == pytest.approx([0.06, 0.04, 0.06, 0.06])


@patch("gc.collect", int)  # which statsmodels calls in each of them
@settings(max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_pvalues_are_those_of_statsmodels(pvalues):
    assert holm(pvalues) == pytest.approx(multipletests(pvalues, method="holm")[1])
    assert benjamini_hochberg(pvalues) == pytest.approx(multipletests(pvalues, method="fdr_bh")[1])


def test_benjamini_hochberg_by_hand():
    # Sorted .01, .02, .03, .50 times 4/1, 4/2, 4/3, 4/4: .04, .04, .04, .50; none may be larger than the one after it.
    assert benjamini_hochberg([0.5, 0.02, 0.01, 0.03]).tolist() == pytest.approx([0.5, 0.04, 0.04, 0.04])


def test_episodes_by_hand():
    mask = np.zeros(30, dtype=bool)
    mask[[2, 3, 6, 7, 20, 29]] = True
    # gap 0: every marked week. gap 1: 2 (holds 3), 6 (holds 7), 20, 29. gap 4: 2 (holds 3, 6), 7, 20, 29.
    # gap 13: 2 (to 15), 20.
    assert [effective_episodes(mask, gap=g) for g in (0, 1, 4, 13)] == [6, 4, 4, 2]
    assert effective_episodes(np.zeros(5, dtype=bool), gap=3) == 0
    with pytest.raises(InputError, match="gap must be 0 or more"):
        effective_episodes(mask, gap=-1)


def test_paths_are_contiguous_blocks_of_the_past():
    returns = np.arange(10, dtype=float)
    paths = bootstrap_paths(returns, horizon=9, reps=200, block=3, seed=0)
    steps = np.diff(np.c_[np.zeros(200), paths], axis=1).reshape(200, 3, 3)
    # Inside a block each step follows the one before it, 0 after 9; blocks start anywhere.
    assert (np.diff(steps, axis=2) % 10 == 1).all()
    assert set(steps[:, 0, 0]) == set(range(10))


def test_paths_of_iid_returns_spread_with_the_root_of_time():
    returns = np.random.default_rng(5).standard_normal(2000)
    paths = bootstrap_paths(returns, horizon=25, reps=8000, block=1, seed=1)
    spread = paths.std(axis=0)
    assert spread[24] == pytest.approx(5 * spread[0], rel=0.05)
    assert paths[:, 24].mean() == pytest.approx(25 * returns.mean(), abs=0.2)
    assert np.array_equal(paths, bootstrap_paths(returns, horizon=25, reps=8000, block=1, seed=1))


def test_volatility_block_is_chosen_from_the_squares():
    rng = np.random.default_rng(6)
    calm, lasting = rng.standard_normal(500), rng.standard_normal(500) * np.repeat(rng.choice([0.2, 3.0], 25), 20)
    assert volatility_block(calm) < volatility_block(lasting)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bootstrap_paths(np.array([1.0, np.nan]), horizon=3, reps=9, block=2), "1 not finite"),
        (lambda: bootstrap_paths(np.array([1.0]), horizon=3, reps=9, block=2), "two finite are the least"),
        (lambda: bootstrap_paths(np.arange(9.0), horizon=0, reps=9, block=2), "horizon and block"),
        (lambda: bootstrap_paths(np.arange(9.0), horizon=3, reps=9, block=0), "horizon and block"),
    ],
)
def test_faults_are_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
