"""Granger causality: the primary test, its scan over lags, its relatives and their specifications."""

from helpers.stats.granger.clock import OLDER, REGISTERED, REVERSE, ClockResult, clock_sensitivity, closing_gap
from helpers.stats.granger.frequency import FrequencyResult, frequency_test
from helpers.stats.granger.lag_augmented import LagAugmentedResult, lag_augmented_test
from helpers.stats.granger.league import LeagueResult, leader_league
from helpers.stats.granger.primary import MIN_DF, Design, GrangerResult, granger_design, granger_test
from helpers.stats.granger.scan import GrangerScanResult, granger_scan
from helpers.stats.granger.specifications import granger_specifications, over_past_volatility
from helpers.stats.granger.var_tests import block_test, instantaneous_test

__all__ = [
    "MIN_DF",
    "OLDER",
    "REGISTERED",
    "REVERSE",
    "ClockResult",
    "Design",
    "FrequencyResult",
    "GrangerResult",
    "GrangerScanResult",
    "LagAugmentedResult",
    "LeagueResult",
    "block_test",
    "clock_sensitivity",
    "closing_gap",
    "frequency_test",
    "granger_design",
    "granger_scan",
    "granger_specifications",
    "granger_test",
    "instantaneous_test",
    "lag_augmented_test",
    "leader_league",
    "over_past_volatility",
]
