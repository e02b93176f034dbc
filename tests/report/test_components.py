"""Pieces of a page: verdicts by word and mark, order kept, numbers never rounded to nothing."""

from dataclasses import replace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from helpers.claims import Verdict, verdicts
from helpers.data import load
from helpers.report.claim_rows import statement_rows
from helpers.report.components import VERDICTS, Row, folded, key_figures, ledger_row, statement_list, verdict_list
from helpers.report.sentences.words import pvalue
from helpers.report.tables import Table

ROWS = [
    Row(
        "C4", "Fear & metals", Verdict.INCONCLUSIVE, "Cannot be told.", "09_regimes.ipynb", (-2.0, -1.0, 1.0, -4.0, 4.0)
    ),
    Row("C1", "A record", Verdict.SUPPORTED, "It was."),
    Row("C2", "Ahead of gold", Verdict.INCONCLUSIVE, "Who knows."),
]


def soup(block):
    return BeautifulSoup(block._repr_html_(), "html.parser")


def test_every_verdict_has_a_word_and_a_mark():
    assert set(Verdict) == VERDICTS.keys()
    tested = [mark for kind, mark in VERDICTS.values() if kind != "open"]
    assert len(tested) == len(set(tested))


def test_claims_are_grouped_by_verdict_and_keep_their_order():
    labels = [label.get_text() for label in soup(verdict_list(ROWS)).select(".label")]
    assert labels == ["C1", "C4", "C2"]
    assert "? Inconclusive\n  C4 Fear & metals. Cannot be told.\n  C2" in repr(verdict_list(ROWS))


def test_a_strip_shows_the_interval_to_scale():
    lines = soup(verdict_list(ROWS)).select("svg.strip line:not([class])")
    asked = soup(verdict_list([replace(ROWS[0], line=2.0)])).select_one("svg.strip line.asked")
    # -2 on a scale from -4 to 4 that is 112 wide and begins at 4: 4 + 112 * 2 / 8 = 32; 1: 4 + 112 * 5 / 8 = 74
    assert (float(lines[0]["x1"]), float(lines[0]["x2"])) == (32, 74)
    # The estimate of -1 lies at 4 + 112 * 3 / 8.
    assert float(soup(verdict_list(ROWS)).select_one("svg.strip circle")["cx"]) == 46
    assert float(asked["x1"]) == 88  # 4 + 112 * 6 / 8
    assert "line at 2" in asked.parent["aria-label"]


def test_statements_keep_the_order_of_the_comment():
    items = soup(statement_list(ROWS)).select("ol > li")
    assert [item["id"] for item in items] == ["statement-C4", "statement-C1", "statement-C2"]
    assert items[0].select_one("a")["href"] == "09_regimes.ipynb"
    tally = [item.get_text(" ", strip=True) for item in soup(statement_list(ROWS)).select("ul.tally > li")]
    assert tally == ["✓ Supported 1 C1", "? Inconclusive 2 C4 C2"]


def test_all_thirty_one_statements_have_a_verdict_and_a_sentence():
    rows = statement_rows(verdicts(load(source="snapshot")))
    assert [row.label for row in rows] == [str(number) for number in range(1, 32)]
    assert all(row.finding.endswith(".") for row in rows)
    assert [row.label for row in rows if not row.link] == ["31"]


def test_key_figures_and_ledger_rows_read_without_a_browser():
    assert repr(key_figures([("$69", "silver", "was $101")])) == "silver: $69 (was $101)"
    assert repr(ledger_row("C1, A record", Verdict.SUPPORTED, {"n": "12"})) == "C1, A record: Supported\n  n: 12"
    assert not soup(folded("More", "<p>x</p>")).select_one("details").has_attr("open")


@pytest.fixture
def table():
    frame = pd.DataFrame({"p": [0.0002, 0.5], "gain (%)": [-1.25, 0.004], "n": [827, 758]}, index=["silver", "<gold>"])
    return Table(frame, caption="What", formats={"p": pvalue, "gain (%)": 2}, note="n counts weeks.")


def test_tables_write_numbers_for_people(table):
    cells = [cell.get_text() for cell in soup(table).select("tbody td")]
    assert cells == ["p < 0.001", "−1.25", "827", "p = 0.50", "< 0.01", "758"]
    assert "−1.25" in repr(table)


def test_a_table_that_fits_a_phone_stays_one_and_a_wide_one_becomes_cards(table):
    assert soup(table).select_one("table")["class"] == ["people", "small"]
    wide = Table(pd.DataFrame({"what was said of it": ["a sentence that takes a line of its own"]}, index=["silver"]))
    assert soup(wide).select_one("table")["class"] == ["people", "cards"]


def test_figures_stand_to_the_right_and_words_to_the_left():
    frame = pd.DataFrame({"since": ["+39%", "−26%"], "price": ["$69.47", "–"], "day": ["23 Jan 2026"] * 2})
    kinds = [cell["class"] for cell in soup(Table(frame)).select("tbody tr:first-child td")]
    assert kinds == [["num"], ["num"], ["txt", "short"]]


def test_tables_carry_what_a_card_needs(table):
    labels = [cell["data-label"] for cell in soup(table).select("tbody tr:first-child td")]
    assert labels == ["p", "gain (%)", "n"]
    assert [head.get_text() for head in soup(table).select("tbody th")] == ["silver", "<gold>"]


def test_a_table_without_rows_is_shown():
    assert soup(Table(pd.DataFrame(columns=["then", "now"]), caption="None moved")).select_one("caption")
