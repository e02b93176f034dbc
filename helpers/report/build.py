"""Build the report: run copies of the chapters, turn them into pages, and put them in the place of the last report."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers.claims.history import rules_digest
from helpers.data import DataError, load
from helpers.data.settings import ROOT
from helpers.machine import beside, exchange, repair
from helpers.report.changes import LOG
from helpers.report.kept import KEPT
from helpers.report.pages import PAGES, build_pages
from helpers.report.parameters import Value
from helpers.report.run import chapters, run_chapters

WORK = ROOT / "build" / "report"
HTML = PAGES / "_build" / "html"
_STAMP = ".digest"


def pinned() -> dict[str, str]:
    """Settle once which data and which day a run is about, for every chapter of it."""
    dataset = load()
    return {"SILVER_SOURCE": dataset.source, "SILVER_AS_OF": os.environ.get("SILVER_AS_OF", "")}


def build_report(
    work: Path = WORK, *, html: Path = HTML, parameters: Mapping[str, Value] | None = None, kept: Path = KEPT
) -> Path:
    """Run every chapter and build the pages from the copies; the committed notebooks stay as they are.

    Parameters
    ----------
    work : pathlib.Path
        Folder of the executed copies.
    html : pathlib.Path
        Folder of the pages.
    parameters : mapping, optional
        From `read_parameters`.
    kept : pathlib.Path
        Folder of the chapters that were run before.

    Returns
    -------
    pathlib.Path
        The front page.

    Raises
    ------
    ChapterError
        A cell failed, or the pages could not be built. The last report then stands as it was.
    DataError
        The data changed while the chapters ran.
    """
    for folder in (work, html):
        repair(folder)
    environment, before = pinned(), _data_and_rules()
    new, _ = beside(work)
    digests = run_chapters(
        chapters(), into=new / "notebooks", parameters=parameters, environment=environment, kept=kept
    )
    if _data_and_rules() != before:
        expected = "the same data and rules from the first chapter to the last"
        raise DataError("data", expected=expected, found="a refresh or an amendment in between")
    stamp = _stamp(digests)
    if not _is_of(html, stamp):
        fresh, _ = beside(html)
        build_pages(chapters(new / "notebooks"), sources=new / "pages", html=fresh)
        (fresh / _STAMP).write_text(stamp, encoding="utf-8")
        exchange(html)
    exchange(work)
    return html / "index.html"


def _data_and_rules() -> tuple[str, str]:
    return load().digest, rules_digest()


def _stamp(digests: Iterable[str]) -> str:
    """Hash what the pages are made of."""
    digest = hashlib.sha256("\n".join(digests).encode())
    others = [ROOT / "CITATION.cff", *sorted((ROOT / "claims").glob("*.*")), *sorted((ROOT / "helpers").rglob("*.*"))]
    others += [*sorted(LOG.glob("*.md")), ROOT / "data" / "snapshot" / "manifest.json"]
    for path in [*sorted(PAGES.rglob("*")), *others]:
        if path.is_file() and "_build" not in path.parts and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _is_of(html: Path, stamp: str) -> bool:
    path = html / _STAMP
    return path.is_file() and path.read_text(encoding="utf-8") == stamp
