"""Intervals and rules where the truth is known: what is planted is what is asked for, and broken ones would show."""

import numpy as np
import pytest
import statsmodels.api as sm

from helpers.stats import validation_decisions
from helpers.stats.validation import HALF_YEAR, MARGIN_PROCESSES, TRUE_SHARES, Lead, margins, true_margins
from helpers.stats.validation_decisions import Outcome, _largest_t
from helpers.stats.validation_plan import rejection_rate


@pytest.mark.parametrize("process", MARGIN_PROCESSES)
def test_a_true_share_is_the_share_over_many_other_samples(process):
    total = np.cumsum(margins(n=400, process=process, reps=600, seed=9), axis=1)
    halves = (total[:, HALF_YEAR:] - total[:, :-HALF_YEAR])[:, :, None]
    reached = (halves >= true_margins(process, 400)).mean(axis=1)
    # The standard error of a mean of 600 samples, from the spread of the samples.
    assert np.abs(reached.mean(axis=0) - TRUE_SHARES).max() < 4 * reached.std(axis=0).max() / np.sqrt(600)


def test_interval_of_a_share_misses_about_one_time_in_ten():
    # 60 samples: .1 with a standard error of .04.
    assert rejection_rate("exceedance", n=400, process="heavy_tails", reps=60, seed=1, effect=0.2) <= 0.25


def test_an_interval_without_width_misses(monkeypatch):
    monkeypatch.setattr(validation_decisions, "interval_of_shares", lambda weekly, shown, **_: (shown, shown))
    assert rejection_rate("exceedance", n=300, process="heavy_tails", reps=10, seed=77, effect=0.2) == 1.0


def test_thirds_of_history_and_what_moves_a_half_year_out_of_them():
    options = {"n": 630, "process": "iid", "reps": 400, "seed": 2}
    third = rejection_rate("forecast_rule", **options, effect=Outcome("happened"))
    assert third == pytest.approx(1 / 3, abs=0.09)
    # Half a year has a deviation of 9 sqrt(26) = 46 log points: 200 more are beyond every third.
    assert rejection_rate("forecast_rule", **options, effect=Outcome("happened", 200.0)) > 0.99
    assert rejection_rate("forecast_rule", **options, effect=Outcome("did not happen", -200.0)) > 0.99


def test_weekly_looks_for_ten_years_exclude_the_truth_rarely():
    options = {"n": 830, "process": "garch", "reps": 300, "seed": 41}
    assert rejection_rate("always_valid", **options, effect="always valid") <= 0.05
    assert rejection_rate("usual_looks", **options, effect="usual") > 0.10


def test_largest_t_is_that_of_statsmodels():
    rng = np.random.default_rng(4)
    y, own, z = rng.standard_normal(60), sm.add_constant(rng.standard_normal((60, 2))), rng.standard_normal((60, 5))
    fits = [sm.OLS(y, np.column_stack([own, column])).fit(cov_type="HC3").tvalues[-1] for column in z.T]
    assert _largest_t(y, own, z.copy()) == pytest.approx(np.max(np.abs(fits)))


def test_intervals_of_a_planted_lead():
    # 60 samples: .05 with a standard error of .028.
    assert rejection_rate("lead_interval", n=300, process="iid", reps=60, seed=4, effect=Lead(0.01)) <= 0.15
    assert rejection_rate("map_bounds", n=250, process="iid", reps=30, seed=4, effect=Lead(0.01)) <= 0.2


def test_growth_is_found_the_more_the_faster_it_is():
    options = {"n": 200, "process": "iid", "reps": 12, "seed": 3}
    rates = [rejection_rate("explosive_day_risen", **options, effect=rise) for rise in (0.0, 60.0)]
    assert rates[0] <= 0.1
    assert rates[1] >= 0.9
