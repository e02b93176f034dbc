"""What a chart gives away as data is what it draws: every chapter is run here and its axes are read back."""

import ast

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import PathPatch

from helpers.report import chapter
from helpers.report.figures import _STYLE, WIDE, Chart
from helpers.report.marks import Cells
from helpers.report.run import chapters

QUICK = ("00_summary", "09_scoreboard")
BESIDE = {
    "n",
    "nobs",
    "reps",
    "rejections",
    "spells",
    "episodes",
    "error (%)",
    "industrial",
    "pvalue",
    "placebo_pvalue",
}
BESIDE |= {"se", "detectable", "r2"}  # what stands behind an interval
BESIDE |= {"p", "best lag", "correlation", "weeks to wait"}  # told by shade, counted in bars, cut where the axis ends


@pytest.fixture(scope="module")
def charts(request):
    """Run the cells of a chapter and keep the charts that it shows."""
    shown, space = [], {"display": lambda *objects: shown.extend(objects)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chapter, "display", lambda *objects: shown.extend(objects))
        patch.setenv("SILVER_SOURCE", "snapshot")
        patch.delenv("SILVER_AS_OF", raising=False)
        for cell in nbformat.read(request.param, as_version=4).cells:
            if cell.cell_type == "code":
                body = ast.parse(cell.source).body
                last = ast.Expression(body.pop().value) if isinstance(body[-1], ast.Expr) else None
                exec(compile(ast.Module(body, []), request.param.stem, "exec"), space)  # noqa: S102
                shown += [eval(compile(last, request.param.stem, "eval"), space)] if last else []  # noqa: S307
    found = [one for one in shown if isinstance(one, Chart)]
    with mpl.rc_context(_STYLE):
        return [(one, one.figure(WIDE)) for one in found]


def every_chapter(test):
    marks = [pytest.param(p, id=p.stem, marks=() if p.stem in QUICK else pytest.mark.slow) for p in chapters()]
    return pytest.mark.parametrize("charts", marks, indirect=True)(test)


def cells_of(figure):
    return [one for ax in figure.axes for one in ax.artists if isinstance(one, Cells)]


def coordinates(figure):
    """Every coordinate of every line, point and bar, and every number written."""
    values = []
    for ax in figure.axes:
        values += [np.asarray(line.get_xydata(), float) for line in ax.lines]
        values += [[bar.get_width(), bar.get_height(), bar.get_x(), bar.get_x() + bar.get_width()]
                   for bar in ax.patches if hasattr(bar, "get_width")]  # fmt: skip
        for artist in ax.collections:
            if isinstance(artist, PathCollection):
                values.append(np.ma.getdata(artist.get_offsets()))
            elif isinstance(artist, LineCollection):
                values += artist.get_segments()
            else:
                values += [path.vertices for path in artist.get_paths()]
    found = np.concatenate([np.ravel(part).astype(float) for part in values])
    return np.sort(found[np.isfinite(found)])


def off(known, values):
    """Distance of each value from the nearest of the known ones, as a share of the largest."""
    at = np.searchsorted(known, values).clip(1, len(known) - 1)
    return np.minimum(np.abs(known[at] - values), np.abs(known[at - 1] - values)) / np.abs(known).max()


def close(known, values):
    """Shares may be drawn as per cent."""
    return np.minimum(off(known, values), off(known, 100 * values)).max(initial=0) < 1e-6


@every_chapter
def test_what_can_be_taken_away_is_drawn(charts):
    assert charts
    for chart, figure in charts:
        if cells_of(figure) or all(isinstance(part, PathPatch) for ax in figure.axes for part in ax.patches + ax.lines):
            continue  # a map: its numbers are read below, or it shows classes and no values
        drawn = coordinates(figure)
        for column in chart.data.select_dtypes("number").columns.difference(BESIDE):
            values = chart.data[column].dropna().to_numpy(float)
            assert close(drawn, values), (chart.number, column)


@every_chapter
def test_what_is_drawn_can_be_taken_away(charts):
    for chart, figure in charts:
        known = chart.data.select_dtypes("number").to_numpy(float).ravel()
        known = np.sort(np.concatenate([known, 100 * known]))
        known = known[np.isfinite(known)]
        for line in (line for ax in figure.axes for line in ax.lines):
            heights = np.asarray(line.get_ydata(), float)
            heights = heights[np.isfinite(heights)]
            if len(heights) > 5:  # fewer are frames and rules
                assert off(known, heights).max() < 1e-6, (chart.number, line.get_label())


@every_chapter
def test_what_a_map_tells_is_in_its_data(charts):
    for chart, figure in charts:
        told = {word for cells in cells_of(figure) for word in cells.words.flat}
        told.discard("")
        texts = {str(value) for value in chart.data.to_numpy().flat}
        numbers = np.sort(chart.data.select_dtypes("number").to_numpy(float).ravel())
        for word in told - texts:
            value = float(word.split()[0].replace("−", "-"))
            assert np.abs(numbers - value).min() <= 0.05 + 1e-9, (chart.number, word)
