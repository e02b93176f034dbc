"""The benchmarks run, and what they time side by side gives the same numbers; seconds are their own business."""

from benchmarks import bench_events
from benchmarks.__main__ import _markdown


def test_event_benchmark_compares_equals():
    table = bench_events.run()
    assert (table["median_seconds"] > 0).all()
    # The transform and the loop over shifts were held against each other before they were timed.
    assert table["ratio"].notna().sum() == 1
    assert _markdown(table).count("|\n") == 4
