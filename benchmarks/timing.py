"""How a call is timed."""

import statistics
import time
from collections.abc import Callable


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
