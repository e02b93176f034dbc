"""What the README says is what the ledger holds."""

import json

import pytest

from helpers.data import load
from helpers.report import publish
from helpers.report.ledger import RESULTS, THEN, read_entries
from helpers.report.verdicts import judge


@pytest.fixture(scope="module")
def judged():
    panel = load(source="snapshot")
    return judge(read_entries(RESULTS), digest=panel.digest, folder=RESULTS), panel


def test_readme_shows_the_findings_of_the_ledger(judged):
    verdicts, panel = judged
    assert publish.findings_block(verdicts, panel.as_of) in publish.README.read_text(encoding="utf-8")


def test_headline_is_the_chart_of_the_summary():
    assert publish.HEADLINE.read_bytes() == publish.headline_picture()


def test_stored_verdicts_are_the_computed_ones(judged):
    stored = json.loads((RESULTS / "verdicts.json").read_text())
    assert {name: row["verdict"] for name, row in stored.items()} == {v.claim.id: v.verdict for v in judged[0]}


def test_no_committed_finding_is_stale(judged):
    assert not [verdict.claim.id for verdict in judged[0] if verdict.stale]
    then = load(source="snapshot", as_of=THEN)
    folder = RESULTS / THEN
    assert not [v.claim.id for v in judge(read_entries(folder), digest=then.digest, folder=folder) if v.stale]


def test_a_changed_finding_changes_the_block(judged):
    verdicts, panel = judged
    assert publish.findings_block(verdicts[::-1], panel.as_of) != publish.findings_block(verdicts, panel.as_of)


def test_a_block_is_put_between_its_marks(tmp_path, monkeypatch):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- a -->\nold\n<!-- b -->\nafter\n")
    monkeypatch.setattr(publish, "README", readme)
    publish.put_block("new", ("<!-- a -->", "<!-- b -->"))
    assert readme.read_text() == "before\n<!-- a -->\nnew\n<!-- b -->\nafter\n"
