"""The report as of a day is the same whether or not anything later has been written down."""

import datetime as dt
import json

import pandas as pd
import pytest

from helpers.data.settings import SNAPSHOT
from helpers.data.snapshot import FILES, write_manifest
from helpers.report.ledger import RESULTS, THEN
from helpers.report.publish import REPORT, report_text, run_then
from helpers.report.run import LAST, chapters
from tests.notebooks.comparison import same_text

TESTING = [path.stem for path in chapters() if path.stem not in LAST]
DATES = {
    "weekly.csv": "week", "monthly.csv": "month", "policy_rate.csv": "effective", "silver_balance.csv": "published",
    "records.csv": "date",
}  # fmt: skip


def snapshot_of(day, folder):
    """Write a snapshot without the rows after a day."""
    folder.mkdir()
    dropped = 0
    for name in FILES:
        table = pd.read_csv(SNAPSHOT / name, dtype=str)
        early = table[table[DATES[name]] <= day]
        dropped += len(table) - len(early)
        early.to_csv(folder / name, index=False, lineterminator="\n")
    kept = json.loads((SNAPSHOT / "manifest.json").read_text())
    fields = ("provider", "code", "instrument", "note")
    sources = {f"{entry['table']}/{entry['series']}": {name: entry[name] for name in fields} for entry in kept["series"]}
    write_manifest(folder, frozen=dt.date.fromisoformat(kept["frozen"]), sources=sources)
    return dropped


def test_every_chapter_says_and_records_the_same_without_later_rows(tmp_path, monkeypatch):
    # At least the 30 weeks to August 2026, the months, and the balances of the survey published in April 2026.
    assert snapshot_of(THEN, tmp_path / "snapshot") > 30
    monkeypatch.setenv("SILVER_SNAPSHOT", str(tmp_path / "snapshot"))
    run_then(results=tmp_path / "results", into=tmp_path / "notebooks")
    ours = {path.name: path.read_text() for path in (RESULTS / THEN).glob("*.json")}
    theirs = {path.name: path.read_text() for path in (tmp_path / "results").glob("*.json")}
    assert set(ours) == set(theirs)
    for name, text in ours.items():
        assert same_text(text, theirs[name]), name
    said, now = ((RESULTS / THEN / REPORT).read_text(), report_text(tmp_path / "notebooks"))
    assert [line for line in said.splitlines() if line.startswith("# ")] == [f"# {name}" for name in TESTING]
    for old, new in zip(said.split("\n\n"), now.split("\n\n"), strict=True):
        assert same_text(old, new), f"--- kept\n{old}\n--- without later rows\n{new}"
