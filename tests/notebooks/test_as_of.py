"""The report as of a day is the same whether or not anything later has been written down."""

import datetime as dt
import json

import numpy as np
import pandas as pd

from helpers.data.settings import SNAPSHOT
from helpers.data.snapshot import FILES, write_manifest
from helpers.report.ledger import RESULTS, THEN
from helpers.report.publish import EMBEDDED, REPORT, report_text, run_then
from helpers.report.run import LAST, NOTEBOOKS, chapters, run_chapters
from tests.notebooks.comparison import same_text

TESTING = [path.stem for path in chapters() if path.stem not in LAST]
DATES = {
    "weekly.csv": "week", "monthly.csv": "month", "policy_rate.csv": "effective", "silver_balance.csv": "published",
    "records.csv": "date",
}  # fmt: skip


def write_snapshot(folder, change):
    """Write the snapshot with its tables changed, given as text, under a manifest that fits."""
    folder.mkdir()
    for name in FILES:
        change(name, pd.read_csv(SNAPSHOT / name, dtype=str)).to_csv(folder / name, index=False, lineterminator="\n")
    kept = json.loads((SNAPSHOT / "manifest.json").read_text())
    fields = ("provider", "code", "instrument", "note")
    sources = {f"{entry['table']}/{entry['series']}": {name: entry[name] for name in fields} for entry in kept["series"]}
    write_manifest(folder, frozen=dt.date.fromisoformat(kept["frozen"]), sources=sources)


def test_every_chapter_says_and_records_the_same_without_later_rows(tmp_path, monkeypatch):
    write_snapshot(tmp_path / "snapshot", lambda name, table: table[table[DATES[name]] <= THEN])
    assert pd.read_csv(tmp_path / "snapshot" / "weekly.csv")["week"].iloc[-1] == THEN
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


def without_last_yields(name, table):
    """As on a Saturday: FRED has Friday's breakeven, and not yet Friday's real yield, VIX and share prices."""
    if name == "weekly.csv":
        table.loc[table.index[-1], ["real10", "vix", "nasdaq", "fed_assets"]] = np.nan
    return table


def test_series_may_end_in_different_weeks(tmp_path, monkeypatch):
    write_snapshot(tmp_path / "snapshot", without_last_yields)
    monkeypatch.setenv("SILVER_SNAPSHOT", str(tmp_path / "snapshot"))
    environment = EMBEDDED | {"SILVER_RESULTS": str(tmp_path / "results")}
    names = ("00_summary", "09_regimes")
    run_chapters([NOTEBOOKS / f"{name}.ipynb" for name in names], into=tmp_path / "out", environment=environment)
    assert "real10 2026-08-14" in report_text(tmp_path / "out")
