"""Chapters 1 to 3: the course of a price by hand, and sentences that follow their verdicts."""

import pandas as pd
import pytest

from helpers.claims import DAY
from helpers.data import load
from helpers.report.course import RUN, Course, course
from helpers.report.sentences import say


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
