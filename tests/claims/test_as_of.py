"""The trial as of a day is the same whether or not anything later has been written down."""

import pandas as pd
import pytest

from helpers.claims import DAY, judge, read_ledger
from helpers.claims.judgement import judge_what_is_asked
from helpers.claims.ledger import ledger_rows
from helpers.data import load
from helpers.data.catalog import CATALOG, TABLES
from helpers.data.panel import published_on
from tests.data.writing import embedded, write_store
from tests.notebooks.comparison import NUMBER


def test_every_claim_is_judged_without_later_rows_as_the_ledger_says_that_knows_them(tmp_path, monkeypatch):
    ledger = pd.DataFrame(ledger_rows(read_ledger(load(source="snapshot", as_of=DAY))))
    _, series, tables = embedded()
    series = {name: values[published_on(CATALOG[name], values.index) <= DAY] for name, values in series.items()}
    tables = {name: table[TABLES[name].known(table) <= DAY] for name, table in tables.items()}
    write_store(tmp_path / "snapshot", series, tables, written=f"{pd.Timestamp(DAY):%Y-%m-%d}T23:00:00+00:00")
    monkeypatch.setenv("SILVER_SNAPSHOT", str(tmp_path / "snapshot"))
    # One after the other: processes of their own would take as long to begin.
    monkeypatch.setattr(
        "helpers.claims.judgement.Parallel", lambda **_: lambda calls: [f(*a, **k) for f, a, k in calls]
    )
    alone = pd.DataFrame(ledger_rows(judge(load(source="snapshot", as_of=DAY))))
    for kept, again in zip(ledger.to_dict("records"), alone.to_dict("records"), strict=True):
        for name, value in kept.items():
            told, found = words_and_numbers(value), words_and_numbers(again[name])
            assert told[0] == found[0], (kept["claim"], kept["test"], name)
            assert told[1] == pytest.approx(found[1], rel=1e-6, nan_ok=True), (kept["claim"], kept["test"], name)


def words_and_numbers(value):
    """Take a cell of the ledger apart; numbers may differ in their last digits from one machine to another."""
    if isinstance(value, str):
        return NUMBER.sub("#", value), [
            float(found.replace(",", "").replace("−", "-")) for found in NUMBER.findall(value)
        ]
    return "", [float(value)]


def judged_with_late_series(tmp_path, monkeypatch, judging):
    """As on a Saturday: FRED has Friday's breakeven, and not yet Friday's real yield, VIX and share prices."""
    _, series, tables = embedded()
    late = ("real10", "vix", "nasdaq", "fed_assets")
    cut = {name: values.loc[: "2026-08-14" if name in late else None] for name, values in series.items()}
    write_store(tmp_path / "snapshot", cut, tables)
    monkeypatch.setenv("SILVER_SNAPSHOT", str(tmp_path / "snapshot"))
    return judging(load(source="snapshot"))


def test_series_may_end_in_different_weeks(tmp_path, monkeypatch):
    judged = judged_with_late_series(tmp_path, monkeypatch, judge_what_is_asked)
    assert not [one.claim.id for one in judged if one.finding is not None and one.finding.reason]


@pytest.mark.slow
def test_supporting_findings_too_where_series_end_in_different_weeks(tmp_path, monkeypatch):
    now = read_ledger(load(source="snapshot")).findings
    found = judged_with_late_series(tmp_path, monkeypatch, judge).findings
    assert {key for key, one in found.items() if one.reason} == {key for key, one in now.items() if one.reason}
