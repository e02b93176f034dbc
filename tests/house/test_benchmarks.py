"""The benchmarks run, and what they time side by side gives the same numbers; seconds are their own business."""

import numpy as np

from benchmarks.__main__ import _markdown
from benchmarks.bench_estimators import _events


def test_event_benchmark_compares_equals():
    rows = _events()
    assert all(row[1] > 0 for row in rows)
    # The transform and the loop over shifts were held against each other before they were timed.
    assert np.isfinite([row[3] for row in rows]).tolist() == [False, True]
    assert _markdown(rows).count("|\n") == 4
