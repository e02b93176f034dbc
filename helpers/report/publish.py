"""Refresh what is committed: the chapters in place, both ledgers, and the README's findings."""

import base64
from pathlib import Path

import nbformat

from helpers.data import load
from helpers.data.settings import ROOT
from helpers.report.ledger import RESULTS, THEN, read_entries
from helpers.report.run import LAST, NOTEBOOKS, chapters, run_chapters
from helpers.report.verdict_table import verdict_table
from helpers.report.verdicts import Verdict, judge

README = ROOT / "README.md"
HEADLINE = ROOT / "pages" / "_static" / "headline.png"
EMBEDDED = {"SILVER_SOURCE": "snapshot", "SILVER_AS_OF": ""}
REPORT = "report.txt"
FINDINGS = ("<!-- findings: written by `make notebooks` -->", "<!-- end of findings -->")


def findings_block(verdicts: list[Verdict], as_of: object) -> str:
    """Write the README's findings.

    Parameters
    ----------
    verdicts : list of Verdict
        From `judge`.
    as_of : object
        Date of the data.

    Returns
    -------
    str
        Headline picture and a Markdown table.
    """
    table = verdict_table(verdicts)
    lines = ["| | claim | verdict | finding |", "|---|---|---|---|"]
    for name, row in table.iterrows():
        lines.append(f"| {name} | {row['claim']} | **{row['verdict']}** | {row['finding']} |")
    picture = f"![Verdicts on fourteen claims](pages/_static/{HEADLINE.name})"
    return "\n".join([f"As of {as_of}:", "", picture, "", *lines, ""])


def put_block(block: str, marks: tuple[str, str]) -> None:
    """Replace what stands between two marks of the README.

    Parameters
    ----------
    block : str
        The new text.
    marks : tuple of str
        Opening and closing mark, each on a line of its own.
    """
    begin, end = marks
    text = README.read_text(encoding="utf-8")
    before, after = text.split(begin)[0], text.split(end)[1]
    README.write_text(f"{before}{begin}\n{block}\n{end}{after}", encoding="utf-8")


def write_findings() -> None:
    """Put the findings of the committed ledger into the README and its picture beside the pages."""
    panel = load(source="snapshot")
    block = findings_block(judge(read_entries(RESULTS), digest=panel.digest, folder=RESULTS), panel.as_of)
    put_block(block, FINDINGS)
    HEADLINE.write_bytes(headline_picture())


def headline_picture() -> bytes:
    """Take the headline chart out of the executed summary.

    Returns
    -------
    bytes
        PNG of the cell tagged `headline`.
    """
    notebook = nbformat.read(NOTEBOOKS / "00_summary.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if "headline" in cell.metadata.get("tags", []))
    return base64.b64decode(cell.outputs[0].data["image/png"])


def publish() -> None:
    """Run the chapters as of the day of the record, then as of the latest data, then write the README's findings."""
    then = ROOT / "build" / "then"
    run_then(results=RESULTS / THEN, into=then)
    (RESULTS / THEN / REPORT).write_text(report_text(then), encoding="utf-8")
    run_chapters(chapters(), into=NOTEBOOKS, environment=EMBEDDED | {"SILVER_RESULTS": str(RESULTS)})
    write_findings()


def run_then(*, results: Path, into: Path) -> None:
    """Fill a ledger with what could have been said on the day of the record.

    Parameters
    ----------
    results : pathlib.Path
        Folder of the ledger.
    into : pathlib.Path
        Folder of the executed copies.
    """
    testing = [path for path in chapters() if path.stem not in LAST]
    environment = EMBEDDED | {"SILVER_AS_OF": THEN, "SILVER_RESULTS": str(results)}
    run_chapters(testing, into=into, environment=environment)


def report_text(folder: Path) -> str:
    """Put together what executed chapters say, without their pictures.

    Parameters
    ----------
    folder : pathlib.Path
        Of the executed chapters.

    Returns
    -------
    str
        The text outputs, chapter by chapter.
    """
    parts = []
    for path in chapters(folder):
        cells = nbformat.read(path, as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        told = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
        parts += [f"# {path.stem}", *(text.strip() for text in told if text.strip())]
    return "\n\n".join(parts) + "\n"
