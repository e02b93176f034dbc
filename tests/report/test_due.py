"""What is due next: dates of forecasts, open verdicts with what decides them, decided ones with how far they are."""

import pytest
from bs4 import BeautifulSoup

from helpers.claims import verdicts
from helpers.data import load
from helpers.report.due import due_next, samples_to_go, write_verdict_pages


@pytest.fixture(scope="module")
def judgement():
    return verdicts(load(source="snapshot"))


def test_an_interval_that_must_halve_takes_three_samples_more():
    # From an estimate of 0 to an end of 4; the mark at 2 needs half the width, so four times the sample.
    assert samples_to_go(0.0, (-4.0, 4.0), [2.0]) == pytest.approx(3)
    # Of two marks the one that is left out first decides: -3 needs three quarters of the width.
    assert samples_to_go(0.0, (-4.0, 4.0), [2.0, -3.0]) == pytest.approx(16 / 9 - 1)
    assert samples_to_go(0.0, (-4.0, 4.0), [0.0]) == float("inf")


def test_every_open_part_is_listed_and_every_decided_range(judgement):
    lists = {name: BeautifulSoup(text, "html.parser") for name, text in due_next(judgement)["lists"].items()}
    parts = [part for one in judgement for part in one.parts]
    waiting = [part for part in parts if part.verdict in ("Leaning", "Inconclusive", "Not due yet")]
    assert len(lists["open"].select("li")) == len(waiting)
    told = {item.select_one(".label").get_text(): item.get_text(" ") for item in lists["decided"].select("li")}
    found = judgement.finding("C10")
    assert f"ends at {found.always_high:.1f}%" in told["C10"]


def test_the_page_tells_dates_and_leads_to_the_statements(judgement, tmp_path):
    write_verdict_pages(tmp_path, judgement)
    text = (tmp_path / "next.md").read_text(encoding="utf-8")
    assert "**28 August 2026: the next week.**" in text
    assert "**23 October 2026: the forecast of 24 April 2026 is scored.**" in text
    assert "the forecast of 23 January 2026" not in text
    assert "**23 October 2026: the next forecast is made.**" in text
    assert "href='statements.html#statement-22'" in text
    statements = BeautifulSoup((tmp_path / "statements.md").read_text(encoding="utf-8"), "html.parser")
    assert len(statements.select("ol.statements > li .found")) == 31
