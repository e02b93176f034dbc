"""What is computed, from arrays and frames alone: estimators, their inference, and what a simulation says of both.

Every function refuses, with an `InputError` that names series, date and remedy: values that are missing, infinite,
complex, constant, not numbers or too large to square; dates that are unordered, repeated, with a hole, or not those of
the other series; collinear regressors; options out of range. "Raises" lists what a function refuses beyond that.
A sample that is too short gives a result with NaN and a `reason`. Series are weekly, returns in per cent, unless said
otherwise; random draws take a `seed` and do not depend on threads.
"""

from helpers.stats.checks import InputError
from helpers.stats.cross_correlations import CrossCorrelationResult, cross_correlation
from helpers.stats.dated_forecasts import forecast_from_strength, score_forecast
from helpers.stats.decomposition import DecompositionResult, decompose_rise
from helpers.stats.driver_betas import DriverResult, betas_by_era, driver_betas
from helpers.stats.event_ladder import (
    EventLadderResult,
    event_ladder,
    event_specifications,
    pooled_events,
    scale_by_volatility,
)
from helpers.stats.event_study import EventStudyResult, episode_paths, estimates_by_era, event_study, locate_events
from helpers.stats.events import RecordResult, find_highs, find_strength, high_ladder, merge_events, price_record
from helpers.stats.exceedance import ExceedanceResult, exceedance_curve
from helpers.stats.explosive import ExplosiveResult, explosive_test
from helpers.stats.fans import Fan, brier_score, event_fan, history_fan, path_since, pinball_loss, place, score_fans
from helpers.stats.forecast_tests import (
    ForecastLeagueResult,
    OutOfSampleResult,
    forecast_league,
    out_of_sample,
    reality_check,
)
from helpers.stats.granger import Design, GrangerResult, granger_design, granger_test
from helpers.stats.granger_searches import FrequencyResult, GrangerScanResult, frequency_test, granger_scan
from helpers.stats.inference import ERAS, benjamini_hochberg, by_era, holm
from helpers.stats.lead_design import align_days
from helpers.stats.lead_map import LeadMapResult, all_windows, lead_map
from helpers.stats.lead_search import LeadSearchResult, lead_search, rise_after, working_autocorrelation
from helpers.stats.lead_test import LeadRaceResult, LeadTestResult, lead_race, lead_test
from helpers.stats.monte_carlo import SimulatedPvalue, decided_pvalue, simulated_pvalue
from helpers.stats.path_band import PathBandResult, counterfactual
from helpers.stats.policy_news import (
    ExpectedCuts,
    PolicyNewsResult,
    changes_over_days,
    expected_cuts,
    moves_between,
    policy_news_response,
)
from helpers.stats.power import detectable_at, detectable_effect, episodes_needed, holm_alpha, implied_sd
from helpers.stats.projections import LocalProjectionResult, Response, local_projection
from helpers.stats.quantile_causality import QuantileCausalityResult, quantile_causality
from helpers.stats.rank_test import RankTestResult, annual_changes, exact_rank_test, pair_years, single_vintage
from helpers.stats.results import format_value
from helpers.stats.sequential import (
    ConfidenceSequence,
    ForecastEProcess,
    bayes_factor,
    confidence_sequence,
    forecast_e_process,
    odds_in_words,
)
from helpers.stats.shapley import ShapleyResult, shapley_change, shapley_shares
from helpers.stats.specification import SpecificationCurveResult, granger_specifications
from helpers.stats.state_tests import StateInteractionResult, state_interaction
from helpers.stats.state_timing import StateMeansResult, StateOrderResult, state_means, state_order
from helpers.stats.states import (
    debasement_margin,
    fear_margin,
    liquidity_margin,
    money_margin,
    spells,
    state_margins,
    state_phase,
    strength,
)
from helpers.stats.supply import (
    PooledRankResult,
    SupplyResponseResult,
    growth_within_vintages,
    pooled_rank_test,
    supply_response,
)
from helpers.stats.time_varying import CausalityPathResult, CausalityTriangleResult, causality_path, causality_triangle
from helpers.stats.validation import EventWeeks
from helpers.stats.validation_plan import CHUNK, Cell, plan, repeat_first, run_cells, with_rates
from helpers.stats.variance_causality import VarianceCausalityResult, variance_causality
from helpers.stats.window_sweep import Sweep, bootstrap_suprema, prepare_sweep, window_statistics
