"""Pictures of verdicts over time hold what the tables hold."""

import matplotlib.dates as mdates
import pandas as pd
import pytest
from matplotlib.figure import Figure

from helpers.claims import Verdict
from helpers.report.components import VERDICTS
from helpers.report.then_and_now import AS, PLACES, colour, dumbbell, met, place, verdict_strip

TABLE = pd.DataFrame(
    {"title": ["one", "two"], "then": ["Inconclusive", "Supported"], "now": ["Contradicted", "Supported"]},
    index=["C1", "C2"],
)


def test_every_verdict_has_a_place_and_a_colour():
    for verdict in (*VERDICTS, *map(str, Verdict)):
        assert place(verdict) in PLACES
        assert colour(verdict).startswith("#")
    assert set(AS.values()) <= set(PLACES)


def test_a_dumbbell_joins_then_and_now():
    ax = Figure(figsize=(8, 4)).subplots()
    dumbbell(ax, TABLE)
    lines = [line.get_xydata().tolist() for line in ax.lines]
    # Places: 0 contradicted, 1 not supported, 2 open, 3 leaning, 4 supported; the first claim stands on top.
    assert lines == [[[2, 1], [0, 1]], [[2, 1]], [[0, 1]], [[4, 0], [4, 0]], [[4, 0]], [[4, 0]]]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["C1  one", "C2  two"]


def test_a_strip_changes_where_the_verdict_does():
    weeks = pd.DataFrame(
        {"C5": ["Leaning", "Leaning", "Inconclusive"]}, index=pd.to_datetime(["2026-01-23", "2026-01-30", "2026-02-06"])
    )
    ax = Figure(figsize=(8, 4)).subplots()
    verdict_strip(ax, weeks)
    spans = [bars.get_paths()[0].get_extents() for bars in ax.collections]
    # From half a week before the first Friday to half a week after the last one of the spell.
    days = [[f"{mdates.num2date(span.x0):%m-%d %H}", f"{mdates.num2date(span.x1):%m-%d %H}"] for span in spans]
    assert days == [["01-19 12", "02-02 12"], ["02-02 12", "02-09 12"]]
    assert [text.get_text() for text in ax.texts] == [VERDICTS["Leaning"][1], VERDICTS["Inconclusive"][1]]
    assert met(weeks) == ["Leaning", "Inconclusive"]


@pytest.mark.parametrize(("verdict", "where"), [("Happened", "Supported"), ("Did not happen", "Contradicted"),
                                                ("Mixed", "Open"), ("Not due yet", "Open")])  # fmt: skip
def test_words_that_decide_neither_way_are_open(verdict, where):
    assert place(verdict) == where
