"""How unusual a gap between two prices is: shares of weeks, bands of resampled paths, relative performance."""

from helpers.stats.gap.frequency import GapFrequencyResult, gap_frequency, log_gap, net_of_beta, past_percentile
from helpers.stats.gap.path_band import PathBandResult, counterfactual, inside_band
from helpers.stats.gap.relative import RAW, RelativePerformanceResult, relative_performance
from helpers.stats.gap.time_share import stationary_variance, time_share

__all__ = [
    "RAW",
    "GapFrequencyResult",
    "PathBandResult",
    "RelativePerformanceResult",
    "counterfactual",
    "gap_frequency",
    "inside_band",
    "log_gap",
    "net_of_beta",
    "past_percentile",
    "relative_performance",
    "stationary_variance",
    "time_share",
]
