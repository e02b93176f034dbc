"""Computed sentences: numbers as they should be written, words that follow the data whatever they are."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.claims import Finding, Judged, Judgement, Trial, Unit, Verdict, compare_tables, load_claims
from helpers.claims.table import change, told, verdict_table
from helpers.data import load
from helpers.report.prose import words
from helpers.report.prose.record import say_after, say_rarity, say_record
from helpers.report.prose.verdicts import say_changes, say_counts, say_precedence
from helpers.report.tables import TextTable
from helpers.stats import price_record, relative_performance

WEEKS = pd.date_range("2024-05-03", periods=120, freq="W-FRI")
RISING = pd.Series([10 * 1.01**i for i in range(120)], index=WEEKS, name="silver")
REGISTRY = load_claims()
TRIAL = Trial(load(source="snapshot"))
CONTRADICTED, INCONCLUSIVE, LEANING = Verdict.CONTRADICTED, Verdict.INCONCLUSIVE, Verdict.LEANING
NOT_TESTED, SUPPORTED = Verdict.NOT_TESTED, Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: words.number(-0.04), "0.0"),
        (lambda: words.number(-1234.56), "−1,234.6"),
        (lambda: words.number(math.nan), "n/a"),
        (lambda: words.signed(3.14159, 2), "+3.14"),
        (lambda: words.signed(0.0), "0.0"),
        (lambda: words.pvalue(0.0004), "p < 0.001"),
        (lambda: words.pvalue(0.0321), "p = 0.032"),
        (lambda: words.pvalue(0.5), "p = 0.50"),
        (lambda: words.pvalue(math.nan), "no p-value"),
        (lambda: words.interval(-4.04, 12.5), "−4.0 to 12.5"),
        (lambda: words.count(0, "episode"), "no episodes"),
        (lambda: words.count(1, "episode"), "one episode"),
        (lambda: words.count(12, "week"), "12 weeks"),
        (lambda: words.count(2, "high", "highs"), "two highs"),
        (lambda: words.listing([]), "none"),
        (lambda: words.listing(["a"]), "a"),
        (lambda: words.listing(["a", "b", "c"]), "a, b and c"),
        (lambda: words.day(pd.Timestamp("2026-01-23")), "23 January 2026"),
        (lambda: words.direction(-2.0), "fell"),
    ],
)
def test_words(call, text):
    assert call() == text


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_numbers_read_back(value, digits):
    text = words.number(value, digits).replace(",", "").replace("−", "-")
    assert float(text) == pytest.approx(value, abs=0.5000001 * 10.0**-digits, rel=1e-12)
    assert (text != "-0" and not text.startswith("-0.")) or float(text) != 0


def test_dollars_do_not_turn_into_formulas():
    assert words.Sentence("from $3 to $4")._repr_markdown_() == r"from \$3 to \$4"


def test_record_sentence_follows_the_data():
    record = price_record(RISING, week=WEEKS[60], known=5.0, run_start="2024-05-10")
    assert "above every price on record" in say_record(record).text
    assert "not above every price" in say_record(replace(record, is_record=False, first_above=None)).text
    assert "no faster at the end" in say_record(replace(record, pace_before=2.0, pace_after=1.0)).text
    assert "higher" in say_after(RISING, WEEKS[60]).text
    assert "lower" in say_after(1 / RISING, WEEKS[60]).text
    assert "nothing after it is known" in say_after(RISING[: WEEKS[60]], WEEKS[60]).text


def test_rarity_sentence_follows_the_data():
    weeks = pd.date_range("2020-01-03", periods=300, freq="W-FRI")
    wave = pd.Series([100 + 10 * math.sin(i / 9) + i / 50 for i in range(300)], index=weeks, name="silver")
    other = pd.Series([100 + 5 * math.cos(i / 13) + i / 40 for i in range(300)], index=weeks, name="gold")
    up, down = (relative_performance(leader=a, follower=b, horizons=(26,)) for a, b in ((wave, other), (other, wave)))
    texts = {say_rarity(up, horizon=26).text, say_rarity(down, horizon=26).text}
    assert sum("had beaten" in text and "earlier weeks" in text for text in texts) == 1
    assert sum("had fallen behind" in text and "no lead to place" in text for text in texts) == 1


def verdict(name, word, **found):
    unit = Unit(REGISTRY[name].rule.unit, signed=name != "C10")
    finding = Finding(claim=name, unit=unit, **found) if found else None
    claim = REGISTRY[name]
    return Judged(claim, claim.title, word, finding, math.nan, (("adjusted p below 0.05", False),), "because")


def all_verdicts(word):
    return Judgement(TRIAL, tuple(verdict(name, word, estimate=1.0) for name in REGISTRY), {}, {})


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (NOT_TESTED, "That has not been tested yet"),
        (SUPPORTED, "The data back it"),
        (LEANING, "lean that way"),
        (INCONCLUSIVE, "Nothing here shows that it does"),
        (CONTRADICTED, "Nothing here shows that it does"),
    ],
)
def test_the_answer_follows_the_verdicts(word, text):
    assert text in say_precedence(all_verdicts(word)).text


def test_counts_and_changes():
    judged = all_verdicts(INCONCLUSIVE)
    assert say_counts(judged).text.startswith("Of 14 claims: 14 claims inconclusive (C1, C2")
    assert say_changes(judged, judged).text == "No verdict has changed since then."
    first, *rest = judged
    later = replace(judged, judged=(replace(first, verdict=SUPPORTED), *rest))
    assert say_changes(judged, later).text.startswith(
        "Changed since then: C1 from inconclusive to supported. 13 verdicts stayed"
    )
    assert list(compare_tables(judged, later).loc["C1", ["then", "now"]]) == [INCONCLUSIVE, SUPPORTED]


def test_data_needed_for_a_mean_and_for_a_share_of_variance():
    # Events: K = 4 find 60 where one episode has a deviation of 28.2, as four of them have a t quantile of 3.18 and
    # power of .8 at a shift of 4.26: 60 x sqrt(4) / 4.26. Then (2.80 x 28.2 / 15)^2 = 27.7, and two more for t: 30.
    # Partial R2: detectable 1.8 against 1 with n = 800: linear in n, 800 x 1.8 = 1,440 weeks.
    events = verdict("C11", INCONCLUSIVE, estimate=1.0, detectable=60.0, n=800, k=4)
    share = verdict("C10", INCONCLUSIVE, estimate=0.1, detectable=1.8, n=800)
    hopeless = verdict("C11", INCONCLUSIVE, estimate=1.0, detectable=900.0, n=800, k=4)
    assert "more episodes would show" in change(hopeless)
    assert "about 30 episodes" in change(events)
    assert "about 1,440 observations" in change(share)


def test_findings_as_text():
    text = told(
        verdict("C11", INCONCLUSIVE, estimate=-3.456, low=-10.0, high=4.0, direction=-1, detectable=60.0, n=800, k=4)
    )
    assert text == "−3.46 log points over 13 weeks (95 %: −10.00 to 4.00); n = 800, K = 4, detectable 60.0"
    assert told(verdict("C11", NOT_TESTED)) == "-"
    assert told(verdict("C6", INCONCLUSIVE, reason="no vintage")) == "no vintage"


def test_text_table_keeps_every_word_and_escapes():
    frame = verdict_table(all_verdicts(INCONCLUSIVE))
    table = TextTable(frame.assign(claim="a < b & " + "long " * 40), bold="verdict")
    html = table._repr_html_()
    assert "a &lt; b &amp; " in html
    assert html.count("long ") == 14 * 40
    assert f"<b>{INCONCLUSIVE}</b>" in html
    assert repr(table).count("\n") == 13
