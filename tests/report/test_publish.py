"""What the README says is what the ledger holds."""

import pytest

from helpers.claims import read_ledger
from helpers.data import load
from helpers.report import publish


@pytest.fixture(scope="module")
def judged():
    panel = load(source="snapshot")
    return read_ledger(panel), panel


def test_readme_shows_the_findings_of_the_ledger(judged):
    verdicts, panel = judged
    assert publish.findings_block(verdicts, panel.as_of) in publish.README.read_text(encoding="utf-8")


def test_headline_is_the_chart_of_the_summary():
    assert publish.HEADLINE.read_bytes() == publish.headline_picture()


def test_a_block_is_put_between_its_marks(tmp_path, monkeypatch):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- a -->\nold\n<!-- b -->\nafter\n")
    monkeypatch.setattr(publish, "README", readme)
    publish.put_block("new", ("<!-- a -->", "<!-- b -->"))
    assert readme.read_text() == "before\n<!-- a -->\nnew\n<!-- b -->\nafter\n"
