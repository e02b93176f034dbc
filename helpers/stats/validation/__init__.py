"""Size and power of the tests themselves, by simulation."""

from helpers.stats.validation.cells import CHUNK, Cell, by_procedure, plan, repeat_first, run_cell, with_rates
from helpers.stats.validation.drivers import size_driver_wild, size_exact_permutation, size_shapley_shift
from helpers.stats.validation.events import joint_pvalue, overlap_illusion, size_event_circular_shift
from helpers.stats.validation.granger import size_granger_classical, size_granger_wild, size_lag_search
from helpers.stats.validation.processes import unrelated_pairs
from helpers.stats.validation.projection import size_cross_correlation_maximum, size_local_projection_supt
from helpers.stats.validation.regimes import size_clark_west, size_interaction

__all__ = [
    "CHUNK",
    "Cell",
    "by_procedure",
    "joint_pvalue",
    "overlap_illusion",
    "plan",
    "repeat_first",
    "run_cell",
    "size_clark_west",
    "size_cross_correlation_maximum",
    "size_driver_wild",
    "size_event_circular_shift",
    "size_exact_permutation",
    "size_granger_classical",
    "size_granger_wild",
    "size_interaction",
    "size_lag_search",
    "size_local_projection_supt",
    "size_shapley_shift",
    "unrelated_pairs",
    "with_rates",
]
