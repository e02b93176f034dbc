"""What moves a price: betas and their stability, shares of variance, annual balances, policy decisions."""

from helpers.stats.drivers.annual import annual_changes, pair_years, single_vintage
from helpers.stats.drivers.betas import DriverResult, driver_betas, driver_design
from helpers.stats.drivers.decisions import DecisionResult, decision_changes, decision_weeks
from helpers.stats.drivers.rank_test import (
    RankTestResult,
    correlation_interval,
    detectable_correlation,
    exact_rank_test,
)
from helpers.stats.drivers.shapley import shapley_decomposition, shapley_shares
from helpers.stats.drivers.share_change import ShapleyChangeResult, shapley_change, shifted_changes
from helpers.stats.drivers.stability import StabilityResult, beta_stability, betas_by_era, rolling_betas

__all__ = [
    "DecisionResult",
    "DriverResult",
    "RankTestResult",
    "ShapleyChangeResult",
    "StabilityResult",
    "annual_changes",
    "beta_stability",
    "betas_by_era",
    "correlation_interval",
    "decision_changes",
    "decision_weeks",
    "detectable_correlation",
    "driver_betas",
    "driver_design",
    "exact_rank_test",
    "pair_years",
    "rolling_betas",
    "shapley_change",
    "shapley_decomposition",
    "shapley_shares",
    "shifted_changes",
    "single_vintage",
]
