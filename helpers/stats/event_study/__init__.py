"""What a series does after events: estimates, the shift null, the ladder of highs, other specifications."""

from helpers.stats.event_study.ladder import EventLadderResult, compare_studies, event_ladder
from helpers.stats.event_study.market_model import market_model, net_of_market
from helpers.stats.event_study.specifications import event_specifications
from helpers.stats.event_study.statistics import (
    detectable_effect,
    episodes_needed,
    implied_sd,
    row_quantiles,
    share_at_least,
)
from helpers.stats.event_study.study import (
    BANDWIDTH,
    HORIZONS,
    EventStudyResult,
    episode_paths,
    estimates_by_era,
    event_study,
    largest_over,
    locate_events,
)

__all__ = [
    "BANDWIDTH",
    "HORIZONS",
    "EventLadderResult",
    "EventStudyResult",
    "compare_studies",
    "detectable_effect",
    "episode_paths",
    "episodes_needed",
    "estimates_by_era",
    "event_ladder",
    "event_specifications",
    "event_study",
    "implied_sd",
    "largest_over",
    "locate_events",
    "market_model",
    "net_of_market",
    "row_quantiles",
    "share_at_least",
]
