"""The simulations themselves: decisions, planted effects, the usual tests' errors, and how cells are counted."""

import numpy as np
import pytest

from helpers.stats import (
    CHUNK,
    InputError,
    repeat_first,
    run_cells,
    validation_plan,
    with_rates,
)
from helpers.stats.regression import partial_out, wald_test
from helpers.stats.validation import unrelated_pairs, with_controls
from helpers.stats.validation_decisions import LAGS, REPS, Chance, _blocks, _bootstrap_rejects, _granger_wild
from helpers.stats.validation_plan import Cell, rejection_rate

CELL = Cell("granger_wild", "Granger", "size", "iid", 830, "", True, False, 500, lambda *, reps, seed: 0.05)


def test_ending_early_changes_no_decision():
    # The stages read one stream of signs, the one of a single call with all reps.
    pairs = unrelated_pairs(process="garch", n=120, reps=60, seed=1)
    decided, full = [], []
    for seed, pair in enumerate(pairs):
        blocks = _blocks(pair, 2)
        decided.append(_bootstrap_rejects(partial_out(*blocks), np.random.default_rng(seed)))
        full.append(wald_test(*blocks, reps=REPS, seed=seed).pvalue_bootstrap <= 0.05)
    assert decided == full
    assert 0 < sum(full) < 60


def test_planted_lead_has_the_share_of_variance_that_it_says():
    sample = next(with_controls(n=20_000, process="iid", reps=1, seed=3))
    _granger_wild(sample, 0.02, Chance("iid", 0, 0, np.random.default_rng(0)))
    test = wald_test(*_blocks(sample, LAGS), covariance="nonrobust")
    # Standard error of the share: about 2 sqrt(.02 / 20000) = .002.
    assert 1 - test.ssr / test.ssr_restricted == pytest.approx(0.02, abs=0.006)
    assert test.coefficients == pytest.approx(np.full(LAGS, np.sqrt(0.02 / 0.98 / LAGS)), abs=0.03)


def test_the_primary_test_keeps_its_size_where_the_classical_one_does_not():
    # 120 samples: .05 with a standard error of .02; the classical F rejects in about two of five.
    assert rejection_rate("granger_wild", n=250, process="spillover", reps=120, seed=2) == pytest.approx(0.05, abs=0.05)
    assert rejection_rate("granger_classical", n=500, process="spillover", reps=60, seed=2) > 0.2


def test_power_grows_with_the_lead():
    options = {"n": 250, "process": "iid", "reps": 20, "seed": 4}
    found = [rejection_rate("granger_wild", **options, effect=lead) for lead in (0.0, 0.05, 0.2)]
    assert found[0] < 0.2
    assert found[0] < found[1] < found[2]
    assert found[2] > 0.95


def test_searching_over_lags_finds_too_much():
    # About 17 % (one direction, lags 1 to 12); 150 samples: standard error .03.
    assert rejection_rate("lag_search", n=150, process="iid", reps=150, seed=5) == pytest.approx(0.17, abs=0.08)


def test_samples_in_which_a_procedure_declines_do_not_count(monkeypatch):
    monkeypatch.setitem(
        validation_plan.PROCEDURES,
        "lag_search",
        validation_plan.Procedure("odd", lambda *, reps, **_: range(reps), lambda i, *_: [np.nan, 1.0, 0.0, 0.0][i]),
    )
    assert rejection_rate("lag_search", n=1, process="iid", reps=4, seed=1) == pytest.approx(1 / 3)


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="procedure must be one of granger_wild"):
        rejection_rate("tea_leaves", n=1, process="iid", reps=1, seed=0)
    with pytest.raises(InputError, match="process must be one of iid"):
        rejection_rate("driver_wild", n=100, process="levy", reps=1, seed=0)


def test_a_cell_inside_the_band_stops_and_one_outside_goes_on():
    done = run_cells([CELL]).iloc[0]
    # 5 % of chunks of 50 is 2.5, which rounds to 2: 10 chunks give 20 of 500, 4 %.
    assert done[["reps", "rejections", "first"]].to_list() == [500, 20, 2]
    others = [
        CELL._replace(measure=lambda *, reps, seed: 0.1),
        CELL._replace(warning=True, measure=lambda *, reps, seed: 0.9),
        CELL._replace(kind="power", measure=lambda *, reps, seed: 0.9),
    ]
    assert run_cells(others)["reps"].to_list() == [2_000, 500, 500]


def test_every_chunk_has_its_own_seed():
    seeds: list[int] = []
    run_cells([CELL._replace(measure=lambda *, reps, seed: seeds.append(seed) or 0.05)])
    assert len(set(seeds)) == 10
    assert min(np.diff(sorted(seeds))) > 10 * CHUNK  # tests inside a chunk count seeds upwards, one a sample


def test_rates_and_their_errors():
    # 20 of 500: .04, standard error sqrt(.04 x .96 / 500) = .00876.
    assert with_rates(run_cells([CELL])).loc[0, ["rate", "error"]].to_list() == pytest.approx([0.04, 0.00876], abs=1e-5)


def test_a_change_of_the_code_shows_in_the_first_chunk():
    kept = run_cells([CELL])
    assert repeat_first(kept, [CELL])[["kept", "again"]].iloc[0].to_list() == [2, 2]
    changed = CELL._replace(measure=lambda *, reps, seed: 0.2)
    assert repeat_first(kept, [changed])[["kept", "again"]].iloc[0].to_list() == [2, 10]
