"""Chapters 1 to 3: what is drawn is what the reader takes away as data, and the course of a price by hand."""

import ast

import matplotlib as mpl
import nbformat
import numpy as np
import pandas as pd
import pytest

from helpers.claims import DAY
from helpers.data import load
from helpers.report import chapter
from helpers.report.course import RUN, Course, course
from helpers.report.figures import _STYLE, WIDE, Chart
from helpers.report.run import NOTEBOOKS
from helpers.report.sentences import say

FIGURES = {
    "01_data_loading": ["1.1", "1.2"],
    "02_what_happened": ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"],
    "03_why_silver_rose": ["3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8"],
}


@pytest.fixture(scope="module")
def charts():
    """Run the cells of the committed chapters here, and keep every chart they show."""
    found: dict[str, Chart] = {}

    def keep(*shown):
        found.update({one.number: one for one in shown if isinstance(one, Chart)})

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SILVER_SOURCE", "snapshot")
        patch.delenv("SILVER_AS_OF", raising=False)
        patch.setattr(chapter, "display", keep)
        for name in FIGURES:
            space: dict[str, object] = {"display": keep}
            for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
                if cell.cell_type == "code":
                    keep(run_cell(cell.source, space))
    return found


def run_cell(source, space):
    """Run a cell and give the value of its last expression, as a notebook does."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), space)  # noqa: S102 - our own chapters
    return eval(compile(ast.Expression(last.value), "cell", "eval"), space) if last else None  # noqa: S307


def drawn(chart):
    """Give the heights of labelled lines, bars and estimates of a chart."""
    with mpl.rc_context(_STYLE):
        figure = chart.figure(WIDE)
    values: list[float] = []
    for ax in figure.axes:
        sideways = bool(ax.patches) and all(abs(bar.get_height() - 0.66) < 1e-9 for bar in ax.patches)
        values += [bar.get_width() if sideways else bar.get_height() for bar in ax.patches]
        for line in ax.lines:
            if not line.get_label().startswith("_") and len(line.get_ydata()) > 2:
                values += list(np.asarray(line.get_ydata(), dtype=float))
            elif line.get_marker() == "o":
                values += list(np.asarray(line.get_xdata(), dtype=float))
    return np.array(values)


def test_every_figure_is_there_once_and_in_order(charts):
    assert list(charts) == [number for numbers in FIGURES.values() for number in numbers]


@pytest.mark.parametrize(
    "number", ["1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7"]
)
def test_data_to_take_away_are_what_is_drawn(charts, number):
    chart = charts[number]
    values = drawn(chart)
    told = chart.data.select_dtypes("number").to_numpy(dtype=float).ravel()
    told = np.sort(np.concatenate([told, 100 * told]))
    told = told[np.isfinite(told)]
    values = values[np.isfinite(values)]
    assert values.size
    place = np.clip(np.searchsorted(told, values), 1, told.size - 1)
    nearest = np.minimum(np.abs(told[place] - values), np.abs(told[place - 1] - values))
    np.testing.assert_array_less(nearest, 1e-9 * (1 + np.abs(values)))


def test_the_waterfall_adds_up_to_the_price(charts):
    chart = charts["3.1"]
    silver = load(source="snapshot").price("silver")
    start, end = silver[RUN], silver[DAY]
    assert chart.data["step"].sum() == pytest.approx(end - start)
    np.testing.assert_allclose(drawn(chart), [start, *chart.data["step"], end])


def test_a_course_by_hand():
    days = pd.to_datetime(["2025-10-17", "2026-01-23", "2026-01-26", "2026-01-30", "2026-02-06"])
    one = Course(pd.Series([50.0, 100.0, 120.0, 60.0, 90.0], days), days[1], "USD/oz", True)
    assert (one.start, one.at, one.now) == (50, 100, 90)
    assert (one.top, one.low, one.crash) == (days[2], days[3], days[3])
    assert one.fall == pytest.approx(0.5)  # 120 to 60
    assert one.later
    assert one.told(one.at) == "$100.00"
    assert (one.moved(50, 100), one.went(120, 60), one.went(60, 60)) == ("+100%", "fell by 50%", "did not move")
    rate = Course(pd.Series([2.0, 1.75], days[:2]), days[1], "%", False)
    assert (rate.moved(2.0, 1.75), rate.went(1.75, 2.0)) == ("−0.25 points", "rose by 0.25 points")


def test_the_story_as_of_its_day_knows_nothing_later():
    one = course(load(source="snapshot", as_of=DAY), "silver")
    assert not one.later
    assert one.last == one.record == pd.Timestamp(DAY)
    told = say("02", "answer", lead=one, follow=one, run=RUN, is_record=True, story=True, leader="silver", follower="-")
    assert "top" not in told.text
    assert "$100.92" in told.text


ZERO, MUCH = {"share": 0.43, "low": 0.32, "high": 0.56, "episodes": 37.0}, {"share": 0.042, "low": 0.01, "high": 0.11}
AHEAD = {"zero": ZERO, "much": MUCH, "much_told": "28%", "at_record": 57.0, "as_large": 0, "n": 1299, "naive": 0.02}


@pytest.mark.parametrize(
    ("often", "large", "told"),
    [
        ("Not supported", "Leaning", ("is not rare", "may be rare")),
        ("Supported", "Supported", ("which is rare",)),
        ("Inconclusive", "Not supported", ()),
    ],
)
def test_the_sentence_on_gold_follows_its_verdicts(often, large, told):
    text = say("02", "ahead", often=often, large=large, leader="silver", metal="gold", when=pd.Timestamp(DAY),
               confidence=0.9, **AHEAD).text  # fmt: skip
    assert all(part in text for part in told)
    assert ("rare" in text) == bool(told)


@pytest.mark.parametrize(
    ("verdict", "told"),
    [("Supported", "is not unusual"), ("Not supported", "is unusual"), ("Inconclusive", "cannot be told")],
)
def test_the_sentence_on_the_gap_follows_its_verdict(verdict, told):
    wide = {"share": 0.2, "low": 0.1, "high": 0.36, "episodes": 13.0}
    text = say("02", "gap", verdict=verdict, gap=124.0, much_told="28%", wide=wide, n=783, leader="silver",
               follower="Bitcoin", first=pd.Timestamp("2010-07-23"), as_wide=4, threshold=25, few=0.05,
               when=pd.Timestamp(DAY)).text  # fmt: skip
    assert told in text
    assert "But one as wide as this one came in only four spans before." in text


@pytest.mark.parametrize(
    ("verdict", "told"),
    [("Contradicted", "falls when fear rises, like copper"), ("Supported", "gains"), ("Inconclusive", "Too little")],
)
def test_the_title_on_fear_follows_its_verdict(verdict, told):
    assert told in say("03", "title_fear", verdict=verdict, name="silver", nearest="copper").text
