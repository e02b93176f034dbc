"""What is computed, from arrays and frames alone: estimators, their inference, and what a simulation says of both.

Every function refuses, with an `InputError` that names series, date and remedy: values that are missing, infinite,
complex, constant, not numbers or too large to square; dates that are unordered, repeated, with a hole, or not those of
the other series; collinear regressors; options out of range. "Raises" lists what a function refuses beyond that.
A sample that is too short gives a result with NaN and a `reason`. Series are weekly, returns in per cent, unless said
otherwise; random draws take a `seed` and do not depend on threads.
"""

from helpers.stats.bayes_factor import bayes_factor, odds_in_words
from helpers.stats.checks import InputError
from helpers.stats.cross_correlations import CrossCorrelationResult, cross_correlation
from helpers.stats.daily import align_days
from helpers.stats.dated_forecasts import DatedForecast, forecast_from_strength, schedule, score_forecast
from helpers.stats.decisions import DecisionResult, decision_changes, decision_weeks
from helpers.stats.decomposition import DecompositionResult, decompose_rise
from helpers.stats.driver_betas import (
    DriverResult,
    StabilityResult,
    beta_stability,
    betas_by_era,
    driver_betas,
    rolling_betas,
)
from helpers.stats.eras import ERAS, by_era, describe_changes
from helpers.stats.event_ladder import (
    EventLadderResult,
    compare_studies,
    event_ladder,
    event_specifications,
    pooled_events,
    scale_by_volatility,
)
from helpers.stats.event_study import EventStudyResult, episode_paths, estimates_by_era, event_study, locate_events
from helpers.stats.events import (
    RecordResult,
    distance_to_highs,
    find_highs,
    find_strength,
    high_ladder,
    hindsight_peaks,
    in_money_of,
    merge_events,
    price_record,
)
from helpers.stats.exceedance import ExceedanceResult, exceedance_curve
from helpers.stats.explosive import ExplosiveResult, explosive_test
from helpers.stats.fans import (
    Fan,
    backtest_fans,
    brier_score,
    crps,
    event_fan,
    history_fan,
    path_since,
    pinball_loss,
    place,
    score_fans,
    skill,
)
from helpers.stats.forecast_league import ForecastLeagueResult, forecast_league, reality_check
from helpers.stats.forecast_tests import OutOfSampleResult, clark_west, out_of_sample
from helpers.stats.gap import RAW, GapFrequencyResult, RelativePerformanceResult, gap_frequency, relative_performance
from helpers.stats.granger import Design, GrangerResult, LeagueResult, granger_design, granger_test, leader_league
from helpers.stats.granger_checks import (
    OLDER,
    REGISTERED,
    REVERSE,
    ClockResult,
    LagAugmentedResult,
    clock_sensitivity,
    lag_augmented_test,
)
from helpers.stats.granger_searches import FrequencyResult, GrangerScanResult, frequency_test, granger_scan
from helpers.stats.inference import benjamini_hochberg, bootstrap_paths, holm, stationary_bootstrap_interval
from helpers.stats.integration import CointegrationResult, UnitRootResult, cointegration, unit_roots
from helpers.stats.joint_response import JointResponseResult, joint_response_test
from helpers.stats.lead_map import LeadMapResult, all_windows, lead_map
from helpers.stats.lead_search import (
    LeadSearchNull,
    averaging_f_statistics,
    averaging_partial_r2,
    best_lead_search,
    rise_after,
    search_by_window,
    search_null,
    working_autocorrelation,
)
from helpers.stats.lead_test import LeadRaceResult, LeadTestResult, lead_race, lead_test
from helpers.stats.market_model import market_model, net_of_market
from helpers.stats.monte_carlo import DecidedPvalue, SimulatedPvalue, decided_pvalue, simulated_pvalue
from helpers.stats.path_band import PathBandResult, counterfactual, inside_band
from helpers.stats.policy_news import (
    ExpectedCutsResult,
    PolicyNewsResult,
    changes_over_days,
    expected_cuts,
    moves_between,
    policy_news_response,
)
from helpers.stats.power import detectable_at, detectable_effect, episodes_needed, holm_alpha, implied_sd
from helpers.stats.projections import LocalProjectionResult, Response, local_projection, reverse_time
from helpers.stats.quantile_causality import QuantileCausalityResult, quantile_causality
from helpers.stats.rank_test import RankTestResult, annual_changes, exact_rank_test, pair_years, single_vintage
from helpers.stats.results import format_value
from helpers.stats.sequential import ConfidenceSequence, ForecastEProcess, confidence_sequence, forecast_e_process
from helpers.stats.shapley import ShapleyChangeResult, shapley_change, shapley_shares
from helpers.stats.specification import EITHER, MEDIAN, SHARE, SpecificationCurveResult, granger_specifications
from helpers.stats.spillovers import ConnectednessResult, connectedness, generalised_variance_shares
from helpers.stats.state_tests import StateContrastResult, StateInteractionResult, state_contrast, state_interaction
from helpers.stats.state_timing import StateMeansResult, StateOrderResult, state_means, state_order
from helpers.stats.states import (
    align_states,
    debasement_margin,
    fear_margin,
    high_regime_probability,
    liquidity_margin,
    money_margin,
    net_liquidity,
    spells,
    state_margins,
    state_phase,
    state_table,
    strength,
)
from helpers.stats.supply import (
    PooledRankResult,
    PositionResult,
    SupplyResponseResult,
    growth_within_vintages,
    pooled_rank_test,
    position_percentile,
    supply_response,
)
from helpers.stats.time_varying import CausalityPathResult, CausalityTriangleResult, causality_path, causality_triangle
from helpers.stats.validation import EventWeeks
from helpers.stats.validation_plan import CHUNK, Cell, plan, repeat_first, run_cells, with_rates
from helpers.stats.var_tests import VarTestResult, block_test, instantaneous_test
from helpers.stats.variance_causality import VarianceCausalityResult, variance_causality
from helpers.stats.window_sweep import Sweep, bootstrap_suprema, prepare_sweep, window_statistics
