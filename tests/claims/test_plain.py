"""Clauses in everyday words on findings made by hand: each sign says its own direction, in the right unit."""

import math

import pytest

from helpers.claims import PRIMARY, Finding, Trial, Verdict
from helpers.claims.plain import answer_in_plain_words
from helpers.data import load

TRIAL = Trial(load(source="snapshot"))


def told(name, **fields):
    found = {PRIMARY: Finding(**fields)}
    return answer_in_plain_words(name, Verdict.SUPPORTED, found, TRIAL).replace("\N{NO-BREAK SPACE}", " ")


# 100 ln 1.25 = 22.31 log points are +25 %, 100 ln 0.8 = -22.31 are -20 %.
UP, DOWN = 100 * math.log(1.25), 100 * math.log(0.8)


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("C1_pace", {"estimate": UP, "parts": {"risen": True}}, "25.0% more a week than"),
        ("C1_pace", {"estimate": DOWN, "parts": {"risen": False}}, "20.0% less a week"),
        ("C1_close", {"extra": {"weekly close": 100.925}, "parts": {"a": True}},
         "$100.92, within one per cent of the price told and above every earlier close"),
        ("C1_close", {"extra": {"weekly close": 90.0}, "parts": {"a": True, "b": False}}, "$90.00, not a record"),
        ("C4", {"estimate": 1.5}, "Silver gained 1.5% in the four weeks after"),
        ("C4", {"estimate": -1.5}, "Silver lost 1.5% in the four weeks after"),
        ("C5", {"estimate": -0.9}, "Silver lost 0.9% in weeks in which the real yield rose"),
        ("C5_follower", {"estimate": 0.9}, "Bitcoin gained 0.9% when the real yield rose"),
        ("C6_deficit", {"estimate": -95.0}, "short of 95 million ounces"),
        ("C6_deficit", {"estimate": 95.0}, "left with 95 million ounces"),
        ("C6_price", {"estimate": -0.4, "n": 14}, "went with a higher price the year after in 14 years"),
        ("C6_price", {"estimate": 0.4, "n": 14}, "went with a lower price"),
        ("C7_copper", {"extra": {"before": 9.0, "since": 12.0}}, "went from 9% to 12% after 2015"),
        ("C10", {"always_low": 0.0, "always_high": 2.0, "extra": {"next 13 weeks": UP}}, "25.0% better than usual"),
        ("C10", {"low": 0.0, "high": 3.0, "extra": {"next 13 weeks": DOWN}}, "20.0% worse than usual, and at most 3"),
        ("C12", {"estimate": UP, "low": UP - 9.0, "high": UP + 9.0}, "Bitcoin earned 25% more over 13 weeks once fear"),
        ("C21", {"estimate": DOWN, "low": DOWN - 9.0, "high": DOWN + 9.0},
         "Bitcoin earned 20% less over 13 weeks while"),
        ("C14", {"extra": {"outcome": DOWN, "place": 0.07}}, "Bitcoin lost 20% in the 26 weeks from"),
        ("C15_positions", {"estimate": 35.0}, "a larger net position in silver in 65%"),
        ("C16", {"estimate": 2.5, "extra": {"VIX": 24.0}}, "stood at 24.0, 2.5 points above the threshold of fear"),
        ("C16", {"estimate": -2.5, "extra": {"VIX": 19.0}}, "stood at 19.0, 2.5 points below the threshold of fear"),
        ("C17_cuts", {"estimate": -0.2}, "0.20 points below the policy rate"),
        ("C17_cuts", {"estimate": 0.2}, "0.20 points above the policy rate"),
        ("C17_real_yield", {"estimate": -0.1, "extra": {"over 26 weeks": 0.3}}, "fell by 0.10 points over"),
        ("C17_dollar", {"estimate": 1.1, "extra": {"over 26 weeks": -0.3}}, "run and fell by 0.30% over"),
        ("C20", {"extra": {"met": True, "followed": False}}, "worry about debasement did not begin"),
    ],
)  # fmt: skip
def test_each_sign_says_its_own_direction(name, fields, words):
    assert words in told(name, **fields)
