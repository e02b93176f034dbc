"""`make update`: bring everything up to date, or leave everything as it was and say why."""

import contextlib
import datetime as dt
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from helpers.claims import Judgement, verdicts
from helpers.claims.history import read_history, write_history
from helpers.claims.stamps import make_stamp, submit_to_calendars
from helpers.data import Dataset, load
from helpers.data.catalog import CATALOG
from helpers.data.freeze import freeze
from helpers.data.refresh import Report, refresh
from helpers.data.settings import ROOT, Settings, read_settings
from helpers.machine import workers
from helpers.report.build import build_report
from helpers.report.changes import LATEST, LOG, log_change, what_moved
from helpers.report.publish import EMBEDDED, HEADLINE, README, publish

WRITTEN = (ROOT / "claims", ROOT / "notebooks", LOG, LATEST, README, HEADLINE)
BEFORE = ".before-update"
_PART, _PATHS = ".before-update.part", "paths.json"


class UpdateError(RuntimeError):
    """A source broke or its past changed; nothing was altered."""


class _NothingNew(Exception):  # noqa: N818 - no error: the update ends here, and what it fetched is put back
    """The sources have nothing that the embedded data lack."""


def update(*, settings: Settings | None = None, now: dt.datetime | None = None) -> str:
    """Refresh, freeze, judge, run the chapters, say what moved, stamp and build the pages; give what moved in Markdown.

    Whatever is raised, by whatever step, data, claims, chapters and README are put back as they were; so are they by
    the next update after one that was killed.

    Raises
    ------
    UpdateError
        A required source is missing or stale, or the past of one has changed.
    DataError, StoreError
        The live data may not be frozen: the snapshot's own past is altered, or they end before it.
    """
    settings, moment = settings or read_settings(), now or dt.datetime.now(dt.UTC)
    with _embedded():
        try:
            with all_or_nothing(ROOT, [*WRITTEN, settings.snapshot, settings.cache]):
                return _carry_out(settings, moment)
        except _NothingNew:
            return f"Nothing new: the data reach {load().weekly.index[-1]:%Y-%m-%d} as before.\n"


def _carry_out(settings: Settings, moment: dt.datetime) -> str:
    _say("what was said so far")
    old = load()
    before = _judged(old)
    _say("sources")
    report = refresh(settings=settings, now=moment)
    require_good(report)
    data = freeze(settings=settings, now=moment)
    new = load()
    if new.digest == old.digest:
        raise _NothingNew
    _say("verdicts")
    with workers():
        write_history(new)
    _say("chapters")
    publish()
    text = what_moved(before, verdicts(new), history=read_history(), data=data)
    log_change(text, new.holdings.as_known)
    make_stamp(ROOT, now=moment, submit=submit_to_calendars)
    _say("pages")
    build_report()
    return text


def _judged(old: Dataset) -> Judgement:
    """Judge the data of before by rules and code of today, so that what the new data change is told apart."""
    with workers():
        write_history(old)
    return verdicts(old)


def require_good(report: Report) -> None:
    """Refuse, by name, a refresh in which a required series is not fresh, or the past of any series changed."""
    required = {name for name, spec in CATALOG.items() if spec.required}
    altered = [one for one in report.outcomes if one.status == "failed" and one.changes]
    bad = altered or [one for one in report.outcomes if one.name in required and one.status != "ok"]
    if bad:
        lines = [f"{one.name}: {one.note}" + "".join(f" ({line})" for line in one.changes[:1]) for one in bad]
        raise UpdateError("\n".join(["sources are not good enough, and everything stays as it was", *lines]))


@contextlib.contextmanager
def all_or_nothing(root: Path, paths: Sequence[Path]) -> Iterator[None]:
    """Put files and folders back as they were unless the block ends well; `root` keeps the copies meanwhile."""
    put_back(root)
    part = root / _PART
    part.mkdir(parents=True)
    (part / _PATHS).write_text(json.dumps([str(path) for path in paths]), encoding="utf-8")
    for place, path in enumerate(paths):
        _copy(path, part / str(place))
    part.rename(root / BEFORE)
    try:
        yield
    except BaseException:
        put_back(root)
        raise
    _drop(root)


def put_back(root: Path) -> None:
    """Restore what `all_or_nothing` kept, if it kept anything; done over where it was cut off.

    Copies that were not yet whole, or no longer needed, go.
    """
    shutil.rmtree(root / _PART, ignore_errors=True)
    before = root / BEFORE
    if not before.is_dir():
        return
    paths = json.loads((before / _PATHS).read_text(encoding="utf-8"))
    for place, path in enumerate(map(Path, paths)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        _copy(before / str(place), path)
    _drop(root)


def _copy(path: Path, to: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, to)
    elif path.exists():
        shutil.copy2(path, to)


def _drop(root: Path) -> None:
    """Forget the copies; the move comes first, so that half of them is never put back."""
    (root / BEFORE).rename(root / _PART)
    shutil.rmtree(root / _PART)


@contextlib.contextmanager
def _embedded() -> Iterator[None]:
    """Let everything in the block, kernels included, use the embedded data as they are at its time."""
    outside = dict(os.environ)
    os.environ.update(EMBEDDED)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(outside)


def _say(step: str) -> None:
    sys.stderr.write(f"update: {step}\n")
