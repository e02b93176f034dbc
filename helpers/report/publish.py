"""Refresh what is committed: the ledger, the chapters in place, and the README's findings."""

import base64

import nbformat

from helpers.claims import Judgement, read_ledger, write_ledger
from helpers.claims.forecasts import append_forecasts
from helpers.data import load
from helpers.data.settings import ROOT
from helpers.report.run import NOTEBOOKS, chapters, run_chapters

README = ROOT / "README.md"
HEADLINE = ROOT / "pages" / "_static" / "headline.png"
EMBEDDED = {"SILVER_SOURCE": "snapshot", "SILVER_AS_OF": ""}
FINDINGS = ("<!-- findings: written by `make notebooks` -->", "<!-- end of findings -->")


def findings_block(judged: Judgement, as_of: object) -> str:
    """Write the README's findings.

    Parameters
    ----------
    judged : Judgement
        The claims.
    as_of : object
        Date of the data.

    Returns
    -------
    str
        Headline picture and a Markdown table.
    """
    table = judged.table
    lines = ["| | claim | verdict | finding |", "|---|---|---|---|"]
    for name, row in table.iterrows():
        lines.append(f"| {name} | {row['claim']} | **{row['verdict']}** | {row['finding']} |")
    picture = f"![Verdicts on every claim](pages/_static/{HEADLINE.name})"
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
    block = findings_block(read_ledger(panel), panel.as_of)
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
    """Write the ledger, run the chapters in place, then write the README's findings."""
    write_ledger()
    append_forecasts()
    run_chapters(chapters(), into=NOTEBOOKS, environment=EMBEDDED)
    write_findings()
