"""What every chart promises: a title, a source line with the date, an alt text, and labels that do not collide."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data import WEEKLY, load
from helpers.report.charts.base import NAMES, finish, new_axes, spread_labels

PANEL = load(source="snapshot", as_of="2026-01-23")


def test_finish_writes_title_source_and_date():
    figure, axes = new_axes()
    axes[0, 0].plot([0, 1], [0, 1])
    chart = finish(figure, title="What is shown", panel=PANEL, alt="A line from 0 to 1.", note="n = 2.")
    texts = [text.get_text() for text in figure.texts]
    assert texts[0] == "What is shown"
    assert "n = 2. Source:" in texts[-1]
    assert "as of 2026-01-23" in texts[-1].replace("\n", " ")
    data, metadata = chart._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == "Chart: A line from 0 to 1."
    assert metadata["image/png"]["alt"] == "A line from 0 to 1."


def test_long_titles_wrap_inside_the_figure():
    figure, _ = new_axes()
    finish(figure, title="word " * 40, panel=PANEL, alt="x", subtitle="sub " * 60)
    figure.canvas.draw()
    width = figure.bbox.width
    for text in figure.texts:
        assert text.get_window_extent().x1 <= width


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.floats(0.1, 10))
def test_labels_are_spread(positions, gap):
    placed = np.array(spread_labels(positions, gap=gap))
    order = np.argsort(positions, kind="stable")
    assert np.all(np.diff(placed[order]) >= gap - 1e-9)
    assert placed.mean() == pytest.approx(np.mean(positions), abs=1e-6)


def test_labels_far_apart_stay():
    assert spread_labels([0.0, 10.0, 5.0], gap=1.0) == [0.0, 10.0, 5.0]


def test_every_series_has_a_name_for_readers():
    assert set(NAMES) >= set(WEEKLY)
