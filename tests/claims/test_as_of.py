"""The trial as of a day is the same whether or not anything later has been written down."""

import pandas as pd

from helpers.claims import DAY, judge
from helpers.data import load
from helpers.data.catalog import CATALOG, TABLES
from helpers.data.panel import published_on
from tests.data.writing import embedded, write_store


def verdicts(judged):
    return {one.claim.id: (one.verdict, one.finding and one.finding.estimate) for one in judged}


def test_every_claim_is_judged_the_same_without_later_rows(tmp_path, monkeypatch):
    cut = judge(load(source="snapshot", as_of=DAY))
    _, series, tables = embedded()
    series = {name: values[published_on(CATALOG[name], values.index) <= DAY] for name, values in series.items()}
    tables = {name: table[TABLES[name].known(table) <= DAY] for name, table in tables.items()}
    write_store(tmp_path / "snapshot", series, tables, written=f"{pd.Timestamp(DAY):%Y-%m-%d}T23:00:00+00:00")
    monkeypatch.setenv("SILVER_SNAPSHOT", str(tmp_path / "snapshot"))
    alone = judge(load(source="snapshot", as_of=DAY))
    assert alone.findings.keys() == cut.findings.keys()
    for key, found in cut.findings.items():
        assert repr(vars(found.kept())) == repr(vars(alone.findings[key].kept())), key
    assert verdicts(alone).keys() == verdicts(cut).keys()
    assert [one.verdict for one in alone] == [one.verdict for one in cut]


def test_series_may_end_in_different_weeks(tmp_path, monkeypatch):
    """As on a Saturday: FRED has Friday's breakeven, and not yet Friday's real yield, VIX and share prices."""
    _, series, tables = embedded()
    late = ("real10", "vix", "nasdaq", "fed_assets")
    cut = {name: values.loc[: "2026-08-14" if name in late else None] for name, values in series.items()}
    write_store(tmp_path / "snapshot", cut, tables)
    monkeypatch.setenv("SILVER_SNAPSHOT", str(tmp_path / "snapshot"))
    judged = judge(load(source="snapshot"))
    assert not [one.claim.id for one in judged if one.finding is not None and one.finding.reason]
