"""Build the report: run copies of the chapters, then turn them into pages."""

import argparse
import shutil
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from sphinx.cmd.build import build_main

from helpers.claims import DAY
from helpers.data import DataError
from helpers.data.settings import ROOT, chosen_date
from helpers.report.run import ChapterError, chapters, run_chapters

PAGES = ROOT / "pages"
WORK = ROOT / "build"


def build_report(
    work: Path = WORK, *, html: Path = PAGES / "_build" / "html", parameters: dict[str, str] | None = None
) -> Path:
    """Run every chapter afresh and build the pages from the copies; the committed notebooks stay as they are.

    Parameters
    ----------
    work : pathlib.Path
        Folder of the copies, the ledger of this run and the page sources.
    html : pathlib.Path
        Folder of the pages.
    parameters : dict, optional
        Values that replace those of the cells tagged `parameters`.

    Returns
    -------
    pathlib.Path
        The front page.

    Raises
    ------
    ChapterError
        A cell failed, or the pages could not be built.
    DataError
        The as-of day is no date, or lies before the week of the record; what was built before is left alone.
    """
    day = chosen_date((parameters or {}).get("AS_OF"))
    if day is not None and str(day) < DAY:
        raise DataError("AS_OF", expected=f"{DAY}, the day of the record that is reported on, or later", found=str(day))
    for folder in (work / "notebooks", work / "pages", html):
        shutil.rmtree(folder, ignore_errors=True)
    run_chapters(chapters(), into=work / "notebooks", parameters=parameters)
    return build_pages(chapters(work / "notebooks"), sources=work / "pages", html=html)


def build_pages(notebooks: list[Path], *, sources: Path, html: Path) -> Path:
    """Turn executed notebooks into pages.

    Parameters
    ----------
    notebooks : list of pathlib.Path
        With outputs.
    sources : pathlib.Path
        Folder where the page sources are put together.
    html : pathlib.Path
        Folder of the pages.

    Returns
    -------
    pathlib.Path
        The front page.

    Raises
    ------
    ChapterError
        The pages could not be built; warnings count.
    """
    shutil.copytree(PAGES, sources, ignore=shutil.ignore_patterns("_build", "__pycache__"), dirs_exist_ok=True)
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        prepare_for_reading(notebook)
        nbformat.write(notebook, sources / path.name)
    if build_main(["-q", "-W", "--keep-going", "-b", "html", str(sources), str(html)]):
        raise ChapterError("the pages could not be built; the messages above say why")
    return html / "index.html"


def prepare_for_reading(notebook: NotebookNode) -> None:
    """Fold the code away and move the alt text of each picture to where the page builder looks for it.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place: code cells are tagged, and get the alt text that the chart put beside its picture.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}


def main() -> None:
    """Build the report from the command line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the chapters")
    args = parser.parse_args()
    try:
        front = build_report(parameters=dict(item.split("=", 1) for item in args.set))
    except (ChapterError, DataError) as error:
        sys.exit(f"failed: {error}")
    print(f"The report is in {front.relative_to(ROOT)}")  # noqa: T201


if __name__ == "__main__":
    main()
