"""Pictures of verdicts over time hold what the tables hold."""

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.figure import Figure

from helpers.claims import Verdict
from helpers.report.components import VERDICTS
from helpers.report.then_and_now import colour, met, then_and_now, verdict_strip

TABLE = pd.DataFrame(
    {"title": ["one", "two"], "then": ["Supported", "Not due yet"], "now": ["Supported", "Condition not met"]},
    index=["C1", "C2"],
)


def test_every_verdict_has_a_colour():
    assert all(colour(verdict).startswith("#") for verdict in (*VERDICTS, *map(str, Verdict)))


def test_every_change_of_a_verdict_is_told_in_words():
    ax = Figure(figsize=(8, 4)).subplots()
    then_and_now(ax, TABLE, columns=("January", "August"))
    told = [text.get_text() for text in ax.texts if text.get_text()]
    # The changed one stands on top, though grey to grey; what stayed is told on both days too.
    assert told == ["… Not due yet", "∅ Condition not met", "✓ Supported", "✓ Supported"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["C2  two", "C1  one"]
    assert len([text for text in ax.texts if not text.get_text()]) == 1  # one arrow
    assert [text.get_text() for text in ax.get_xticklabels()] == ["January", "August"]


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
