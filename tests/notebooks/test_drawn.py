"""What the charts of a chapter draw is what a reader takes away as their data: artists on the axes against the CSV."""

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection

from helpers.report import figures
from helpers.report.figures import WIDE
from helpers.report.run import NOTEBOOKS

LEFT_OUT = {"spells"}  # beside the drawing
STRIPS, RUG = "8.3", "8.4"


def charts_of(name, monkeypatch):
    """Run the code of a chapter and catch the charts that it makes."""
    caught = []

    class Caught(figures.Chart):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            caught.append(self)

    monkeypatch.setattr(figures, "Chart", Caught)
    monkeypatch.setattr("helpers.report.chapter.display", lambda *shown: None)
    known = {"__name__": "chapter"}
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, name, "exec"), known)  # noqa: S102
    return {one.number: one for one in caught}


def drawn(chart):
    """Every coordinate of every line and point, and the widths of bars."""
    with mpl.rc_context(figures._STYLE):
        figure = chart.figure(WIDE)
    values = []
    for ax in figure.axes:
        values += [np.ravel(line.get_xydata()) for line in ax.lines]
        for artist in ax.collections:
            if isinstance(artist, PathCollection):
                values.append(np.ravel(artist.get_offsets()))
            elif isinstance(artist, LineCollection):
                values += [np.ravel(part) for part in artist.get_segments()]
            else:
                values += [np.ravel(path.vertices) for path in artist.get_paths()]
    found = np.concatenate([np.ma.getdata(part).astype(float) for part in values])
    return found[np.isfinite(found)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["07_past_silver_highs", "08_fear_and_debasement", "10_robustness", "11_methods"]
)  # fmt: skip
def test_what_is_drawn_is_what_can_be_taken_away(name, monkeypatch):
    charts = charts_of(name, monkeypatch)
    assert charts
    for number, chart in charts.items():
        on_axes = np.sort(drawn(chart))
        for column in chart.data.select_dtypes("number").columns.difference(LEFT_OUT):
            values = chart.data[column].dropna().to_numpy(dtype=float)
            if number == STRIPS or column in ("n", "reps", "rejections", "error (%)"):
                continue
            if number == RUG:
                values = values[values <= 60]
            at = np.searchsorted(on_axes, values).clip(1, len(on_axes) - 1)
            off = np.minimum(np.abs(on_axes[at] - values), np.abs(on_axes[at - 1] - values))
            assert off.max(initial=0) < 1e-6 * np.abs(on_axes).max(), (number, column, values[off.argmax()])
