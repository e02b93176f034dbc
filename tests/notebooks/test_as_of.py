"""The report as of a day is the same whether or not anything later has been written down."""


from helpers.data.catalog import CATALOG, TABLES
from helpers.data.panel import published_on
from helpers.report.ledger import RESULTS, THEN
from helpers.report.publish import EMBEDDED, REPORT, report_text, run_then
from helpers.report.run import LAST, NOTEBOOKS, chapters, run_chapters
from tests.data.writing import embedded, write_store
from tests.notebooks.comparison import same_text

TESTING = [path.stem for path in chapters() if path.stem not in LAST]


def test_every_chapter_says_and_records_the_same_without_later_rows(tmp_path, monkeypatch):
    _, series, tables = embedded()
    series = {name: values[published_on(CATALOG[name], values.index) <= THEN] for name, values in series.items()}
    tables = {name: table[TABLES[name].known(table) <= THEN] for name, table in tables.items()}
    write_store(tmp_path / "snapshot", series, tables, written=f"{THEN}T23:00:00+00:00")
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


def test_series_may_end_in_different_weeks(tmp_path, monkeypatch):
    """As on a Saturday: FRED has Friday's breakeven, and not yet Friday's real yield, VIX and share prices."""
    _, series, tables = embedded()
    late = ("real10", "vix", "nasdaq", "fed_assets")
    write_store(
        tmp_path / "snapshot",
        {name: values.loc[: "2026-08-14" if name in late else None] for name, values in series.items()},
        tables,
    )
    monkeypatch.setenv("SILVER_SNAPSHOT", str(tmp_path / "snapshot"))
    environment = EMBEDDED | {"SILVER_RESULTS": str(tmp_path / "results")}
    names = ("00_summary", "09_regimes")
    run_chapters([NOTEBOOKS / f"{name}.ipynb" for name in names], into=tmp_path / "out", environment=environment)
    assert "real10 2026-08-14" in report_text(tmp_path / "out")
