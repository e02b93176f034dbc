"""What the README says is what the ledger holds."""

import pytest

from helpers.claims import read_ledger
from helpers.data import load
from helpers.report import publish
from helpers.report.front import Front


@pytest.fixture(scope="module")
def front():
    return Front(read_ledger(load(source="snapshot")))


def test_readme_says_what_the_ledger_holds(front):
    assert publish.findings_block(front) in publish.README.read_text(encoding="utf-8")


def test_headline_is_the_chart_of_the_summary():
    assert publish.HEADLINE.read_bytes() == publish.headline_picture()


def test_a_block_is_put_between_its_marks(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- a -->\nold\n<!-- b -->\nafter\n")
    publish.put_block(readme, "new", ("<!-- a -->", "<!-- b -->"))
    assert readme.read_text() == "before\n<!-- a -->\nnew\n<!-- b -->\nafter\n"
