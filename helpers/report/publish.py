"""Refresh what is committed: the ledger, the chapters in place, and the README's findings."""

import base64
from pathlib import Path

import nbformat

from helpers.claims import read_ledger, write_ledger
from helpers.claims.forecasts import append_forecasts
from helpers.data import load
from helpers.data.settings import ROOT
from helpers.report.front import Front
from helpers.report.run import NOTEBOOKS, chapters, run_chapters
from helpers.report.sentences import say

README = ROOT / "README.md"
HEADLINE = ROOT / "pages" / "_static" / "headline.png"
EMBEDDED = {"SILVER_SOURCE": "snapshot", "SILVER_AS_OF": ""}
LINKS = "links"
"""Tag of the last cell of a notebook; the pages have links of their own and leave it out."""
FINDINGS = ("<!-- findings: written by `make notebooks` -->", "<!-- end of findings -->")


def findings_block(front: Front) -> str:
    """Write what the README says of the findings: answer, headline picture, and a line a key figure, as Markdown."""
    figures = [f"- **{value}** {what} ({beside})" for value, what, beside in front.figures]
    picture = f"![{front.says('alt')}](pages/_static/{HEADLINE.name})"
    return "\n".join([say("00", "answer", **front.answer).text, "", picture, "", *figures, "", front.data_line, ""])


def put_block(path: Path, block: str, marks: tuple[str, str]) -> None:
    """Replace what stands between two marks of a file, each on a line of its own."""
    begin, end = marks
    text = path.read_text(encoding="utf-8")
    before, after = text.split(begin)[0], text.split(end)[1]
    path.write_text(f"{before}{begin}\n{block}\n{end}{after}", encoding="utf-8")


def write_findings() -> None:
    """Put the findings of the committed ledger into the README and its picture beside the pages."""
    put_block(README, findings_block(Front(read_ledger(load(source="snapshot")))), FINDINGS)
    HEADLINE.write_bytes(headline_picture())


def headline_picture() -> bytes:
    """Take the PNG of the cell tagged `headline` out of the executed summary."""
    notebook = nbformat.read(NOTEBOOKS / "00_summary.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if "headline" in cell.metadata.get("tags", []))
    return base64.b64decode(next(one.data["image/png"] for one in cell.outputs if "image/png" in one.get("data", {})))


def link_chapters(paths: list[Path]) -> None:
    """Close each notebook with links to the one before, to the next and to all, for JupyterLab and GitHub."""
    titles = {path: nbformat.read(path, as_version=4).cells[0].source.removeprefix("# ") for path in paths}
    told = [f"[{titles[path]}]({path.name})" for path in paths]
    for place, path in enumerate(paths):
        ways = [f"Before: {told[place - 1]}" if place else "", f"Next: {told[place + 1]}" if path != paths[-1] else ""]
        text = " · ".join([*filter(None, ways), f"All: {told[0]}"])
        if not place:
            text = "\n".join(["The chapters:", "", *(f"{number}. {link}" for number, link in enumerate(told[1:], 1))])
        notebook = nbformat.read(path, as_version=4)
        cells = [cell for cell in notebook.cells if LINKS not in cell.metadata.get("tags", [])]
        links = nbformat.v4.new_markdown_cell(text, id=LINKS, metadata={"tags": [LINKS, "remove-cell"]})
        notebook.cells = [*cells, links]
        nbformat.write(notebook, path)


def publish() -> None:
    """Write the ledger, run the chapters in place, then write the README's findings."""
    link_chapters(chapters())
    write_ledger()
    append_forecasts()
    run_chapters(chapters(), into=NOTEBOOKS, environment=EMBEDDED)
    write_findings()
