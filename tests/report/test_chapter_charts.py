"""What a chart gives away as data is what it draws: the chapters are run here and their axes read back."""

import ast

import matplotlib as mpl
import nbformat
import numpy as np
import pandas as pd
import pytest

from helpers.report import chapter
from helpers.report.figures import _STYLE, WIDE, Chart
from helpers.report.run import NOTEBOOKS

CHAPTERS = ("00_summary", "09_scoreboard")


def charts_of(name, monkeypatch):
    """Run the cells of a chapter and keep the charts that it shows."""
    shown, space = [], {}
    monkeypatch.setattr(chapter, "display", lambda *objects: shown.extend(objects))
    monkeypatch.setenv("SILVER_SOURCE", "snapshot")
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            body = ast.parse(cell.source).body
            last = ast.Expression(body.pop().value) if isinstance(body[-1], ast.Expr) else None
            exec(compile(ast.Module(body, []), name, "exec"), space)  # noqa: S102
            shown += [eval(compile(last, name, "eval"), space)] if last else []  # noqa: S307
    return [one for one in shown if isinstance(one, Chart)]


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_line_with_a_name_is_a_column_of_the_data(name, monkeypatch):
    charts = charts_of(name, monkeypatch)
    assert charts
    for one in charts:
        with mpl.rc_context(_STYLE):
            figure = one.figure(WIDE)
        named = [line for ax in figure.axes for line in ax.lines if not str(line.get_label()).startswith("_")]
        assert named, one.title
        for line in named:
            assert any(_same(line, one.data[column].dropna()) for column in one.data), (one.number, line.get_label())


def _same(line, column):
    drawn = pd.Series(np.asarray(line.get_ydata(), float), index=line.get_xdata()).dropna()
    return len(drawn) == len(column) and np.allclose(drawn, column) and list(drawn.index) == list(column.index)
