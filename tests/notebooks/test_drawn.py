"""What a chart gives away as data is what it draws: the axes of every chart of every chapter are read back."""

import numpy as np
import pytest

from helpers.claims import DAY
from helpers.data import load
from helpers.report.course import RUN

FIGURES = {
    "01_data_loading": ["1.1", "1.2"],
    "02_what_happened": ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"],
    "03_why_silver_rose": ["3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8"],
}
# Lines, levels and dots there that are rounded, cut off or drawn for orientation; 3.1 is held by its sum.
FRAMED = {"0.1", "3.1", "3.8", "4.3", "5.2", "9.1", "9.2", "9.3", "10.1", "11.1", "12.1", "12.2"}
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


def off(known, values):
    """Distance of each value from the nearest of the known ones, as a share of the largest."""
    at = np.searchsorted(known, values).clip(1, len(known) - 1)
    return np.minimum(np.abs(known[at] - values), np.abs(known[at - 1] - values)) / np.abs(known).max()


def close(known, values):
    """Shares may be drawn as per cent."""
    return np.minimum(off(known, values), off(known, 100 * values)).max(initial=0) < 1e-6


def numbers(data):
    """Every number of a table, also as per cent."""
    found = data.select_dtypes("number").to_numpy(float).ravel()
    found = np.concatenate([found, 100 * found])
    return np.sort(found[np.isfinite(found)])


def test_what_can_be_taken_away_is_drawn(ran):
    assert ran.charts
    for chart in ran.charts:
        if not chart.shades:  # else a map: its numbers are read below, or it shows classes and no values
            for column in chart.data.select_dtypes("number").columns.difference(BESIDE):
                values = chart.data[column].dropna().to_numpy(float)
                assert close(chart.values, values), (chart.number, column)


def test_what_is_drawn_can_be_taken_away(ran):
    for chart in ran.charts:
        for heights in chart.lines:
            if len(heights) > 5:  # fewer are frames and rules
                assert off(numbers(chart.data), heights).max() < 1e-6, chart.number


def test_bars_and_dots_are_in_the_data(ran):
    for chart in ran.charts:
        if not chart.shades and chart.marks.size and chart.number not in FRAMED:
            known, largest = numbers(chart.data), np.abs(chart.data.select_dtypes("number").to_numpy(float))
            far = off(known, chart.marks) * np.nanmax(100 * largest)
            np.testing.assert_array_less(far, 1e-9 * (1 + np.abs(chart.marks)), chart.number)


def test_what_a_map_tells_is_in_its_data(ran):
    for chart in ran.charts:
        texts = {str(value) for value in chart.data.to_numpy().flat}
        told = np.sort(chart.data.select_dtypes("number").to_numpy(float).ravel())
        for word in chart.words - texts:
            value = float(word.split()[0].replace("−", "-"))
            assert np.abs(told - value).min() <= 0.05 + 1e-9, (chart.number, word)


def test_figures_are_there_once_and_in_order(request, ran):
    name = request.node.callspec.id
    assert [chart.number for chart in ran.charts] == FIGURES.get(name, [chart.number for chart in ran.charts])
    if name == "03_why_silver_rose":  # the waterfall adds up to the price
        silver, chart = load(source="snapshot").price("silver"), ran.charts[0]
        start, end = silver[RUN], silver[DAY]
        assert chart.data["step"].sum() == pytest.approx(end - start)
        np.testing.assert_allclose(chart.marks, np.sort([start, *chart.data["step"], end]))
