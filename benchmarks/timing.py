"""How a call is timed, and how a row of the table is made of it."""

import statistics
import time
from collections.abc import Callable

import numpy as np

Row = tuple[str, float, float, float, str, bool]


def median_seconds(call: Callable[[], object], *, repeats: int) -> float:
    """Give the median time of a call, after one that does not count where there are several."""
    if repeats > 1:
        call()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def row(what: str, call: Callable[[], object], *, repeats: int, most: float = np.inf, loop: float = np.nan) -> Row:
    """Time a call against a loop that took so many seconds, and against the most that it may take."""
    taken = median_seconds(call, repeats=repeats)
    return what, taken, loop, loop / taken, f"{most:g} s" if np.isfinite(most) else "-", taken <= most
