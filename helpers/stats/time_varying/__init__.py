"""Granger causality over time: one sweep over all windows, its bootstrap, paths and episodes."""

from helpers.stats.time_varying.path import (
    CausalityPathResult,
    CausalityTriangleResult,
    causality_path,
    causality_triangle,
)
from helpers.stats.time_varying.sweep import Sweep, bootstrap_suprema, prepare_sweep, window_statistics

__all__ = [
    "CausalityPathResult",
    "CausalityTriangleResult",
    "Sweep",
    "bootstrap_suprema",
    "causality_path",
    "causality_triangle",
    "prepare_sweep",
    "window_statistics",
]
