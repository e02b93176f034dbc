"""Who moves first: local projections, cross-correlations, searches over lags, spillovers, orders of integration."""

from helpers.stats.lead_lag.averaging import averaging_f_statistics, averaging_partial_r2, working_autocorrelation
from helpers.stats.lead_lag.cross_correlations import CrossCorrelationResult, cross_correlation
from helpers.stats.lead_lag.integration import CointegrationResult, UnitRootResult, cointegration, unit_roots
from helpers.stats.lead_lag.lead_search import (
    LeadSearchNull,
    best_lead_search,
    rise_after,
    search_by_window,
    search_null,
)
from helpers.stats.lead_lag.projection import local_projection, reverse_time
from helpers.stats.lead_lag.projection_result import LocalProjectionResult, Response
from helpers.stats.lead_lag.spillovers import ConnectednessResult, connectedness, generalised_variance_shares

__all__ = [
    "CointegrationResult",
    "ConnectednessResult",
    "CrossCorrelationResult",
    "LeadSearchNull",
    "LocalProjectionResult",
    "Response",
    "UnitRootResult",
    "averaging_f_statistics",
    "averaging_partial_r2",
    "best_lead_search",
    "cointegration",
    "connectedness",
    "cross_correlation",
    "generalised_variance_shares",
    "local_projection",
    "reverse_time",
    "rise_after",
    "search_by_window",
    "search_null",
    "unit_roots",
    "working_autocorrelation",
]
