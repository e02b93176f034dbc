"""Leads on the page: the map and its outlines lie where the numbers say, and answers say what their verdicts say."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from helpers.report.marks import lag_maps, two_intervals
from helpers.report.sentences import say
from helpers.stats import lead_map
from tests.report.strength import strength_faults

DECIDED = ["Supported", "Leaning", "Inconclusive", "Not supported", "Contradicted"]
PAIR = {"leader": "silver", "follower": "Bitcoin"}
GIVEN = {"given": "gold and Nasdaq", "alone": 0.3, "since": None}


@pytest.fixture(scope="module")
def lags():
    rng, weeks = np.random.default_rng(1), pd.date_range("2015-01-02", periods=200, freq="W-FRI")
    series = pd.DataFrame(rng.standard_normal((200, 3)), weeks, ["btc", "silver", "gold"])
    windows = [(first, last) for first in range(1, 7) for last in range(first, 7)]
    return lead_map(effect=series["btc"], causes=series[["silver", "gold"]], windows=windows, reps=199, seed=1)


def test_two_intervals_are_drawn_where_the_table_has_them():
    rows = pd.DataFrame(
        [[1.0, 0.5, 1.5, 0.2, 1.8], [-1.0, -2.0, 0.0, -3.0, 1.0]],
        index=["one", "other"], columns=["estimate", "low", "high", "always_low", "always_high"],
    )  # fmt: skip
    ax = Figure().add_subplot()
    two_intervals(ax, rows)
    drawn = [(line.get_ydata()[0], *np.round(line.get_xdata(), 6)) for line in ax.lines if line.get_linewidth() > 0]
    told = [(1, 0.5, 1.5), (1, 1.0), (1, 0.2, 1.8), (0, -2.0, 0.0), (0, -1.0), (0, -3.0, 1.0)]
    assert [drawn.count(one) for one in told] == [1, 1, 2, 1, 1, 2]  # the longer one is a thin line and its two ends


def test_each_window_of_the_map_has_the_shade_of_its_statistic(lags):
    axes = list(Figure(figsize=(8, 4)).subplots(1, 2))
    rivals = pd.DataFrame({"leader": ["gold"], "first": [2], "last": [5], "text": ["told"]})
    lag_maps(axes, lags, rivals=rivals, names={"silver": "silver", "gold": "gold"})
    for ax, leader in zip(axes, lags.causes, strict=True):
        middle = {(first, last): False for _, first, last in lags.cells.loc[[leader]].index}
        for patch in ax.patches:
            if patch.get_transform() == ax.transAxes + ax.transData - ax.transData:
                continue
            for place in middle:
                middle[place] |= bool(patch.get_path().contains_point(place))
        assert all(middle.values())
    outline = axes[1].lines[0]
    assert (outline.get_xdata().min(), outline.get_xdata().max()) == (1.5, 2.5)
    assert (outline.get_ydata().min(), outline.get_ydata().max()) == (4.5, 5.5)
    assert not axes[0].lines


def answer_of(ten, eleven):
    cells = pd.DataFrame({"statistic": [-3.5]}, pd.MultiIndex.from_tuples([("silver", 3, 30)]))
    return say(
        "04", "answer", ten=ten, eleven=eleven, weeks=26, test=SimpleNamespace(partial_r2=0.012),
        lags=SimpleNamespace(cells=cells, pvalue=0.09), low=0.002, high=0.02, best=("silver", 3, 30),
        best_name="silver", largest=16.6, lower=-20.0, least=0.01, needed=15.0, story=True, alike=0.023, **PAIR,
    ).text.split("\n\n")  # fmt: skip


@pytest.mark.parametrize("verdict", DECIDED)
def test_the_answer_on_leads_is_as_strong_as_its_verdicts(verdict):
    ten, eleven = answer_of(verdict, verdict)
    assert not strength_faults(ten, verdict)
    assert not strength_faults(eleven, verdict)


@pytest.mark.parametrize("verdict", [*DECIDED, "Does not apply"])
def test_no_supporting_chapter_says_more_than_the_verdict(verdict):
    granger = say(
        "05", "answer", p=0.2, most=0.044, lags=8, least=0.01, detectable=0.036, level=0.05, verdict=verdict, ahead=[],
        **PAIR,
    ).text  # fmt: skip
    path = say("06", "answer", smallest=0.07, level=0.05, verdict=verdict, windows=10, months=35, **GIVEN, **PAIR).text
    assert "**" not in granger + path
    assert ("not settled" in granger) == (verdict in ("Leaning", "Inconclusive"))
