"""Build the report: run copies of the chapters, then turn them into pages."""

import argparse
import shutil
import sys
from pathlib import Path

from helpers.data import DataError
from helpers.data.settings import ROOT, chosen_date
from helpers.report.ledger import THEN
from helpers.report.pages import PAGES, build_pages
from helpers.report.run import ChapterError, chapters, run_chapters

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
    if day is not None and str(day) < THEN:
        raise DataError(
            "AS_OF", expected=f"{THEN}, the day of the record that is reported on, or later", found=str(day)
        )
    for folder in (work / "results", work / "notebooks", work / "pages", html):
        shutil.rmtree(folder, ignore_errors=True)
    environment = {"SILVER_RESULTS": str(work / "results")}
    run_chapters(chapters(), into=work / "notebooks", parameters=parameters, environment=environment)
    return build_pages(chapters(work / "notebooks"), sources=work / "pages", html=html)


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
