"""Highs and records of a price, as they could be known in real time."""

from helpers.stats.events.highs import (
    find_highs,
    find_strength,
    high_ladder,
    hindsight_peaks,
    new_highs,
    running_record,
    strong_weeks,
)
from helpers.stats.events.records import RecordResult, in_money_of, price_record
from helpers.stats.events.watch import distance_to_highs

__all__ = [
    "RecordResult",
    "distance_to_highs",
    "find_highs",
    "find_strength",
    "high_ladder",
    "hindsight_peaks",
    "in_money_of",
    "new_highs",
    "price_record",
    "running_record",
    "strong_weeks",
]
