"""Update or build a small project in a folder of its own, in processes that can be killed at any moment.

    python at_work.py FOLDER update|report DAY

Sources, refresh, freeze, copies, stamps and exchanges are the real ones; chapters and pages are a few slow files.
"""

import functools
import sys
import time
from pathlib import Path

import pandas as pd

import helpers.update as updating
from helpers import __main__ as cli
from helpers.claims import Trial, decide
from helpers.claims.history import COLUMNS
from helpers.data.settings import read_settings
from helpers.report import build
from tests.data.forking import answer, told
from tests.data.fridays import friday_night

NAMES = ("silver", "gold", "btc", "vix", "real10")
CHAPTERS = 8


def slowly(folder, text):
    """Write some files one after the other, as chapters are."""
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(CHAPTERS):
        (folder / f"{place:02d}.txt").write_text(text)
        time.sleep(0.005)


def small_update(folder, day):
    """Give the update of the small project, by steps that take no time."""
    updating.ROOT = folder
    updating.WRITTEN = tuple(folder / name for name in ("claims", "notebooks", "changes", "CHANGES.md"))
    updating.refresh = functools.partial(updating.refresh, only=NAMES)
    updating.require_good = lambda report: None
    updating.publish = lambda: slowly(folder / "notebooks", day)
    updating.build_report = lambda: None
    updating.write_history = lambda dataset: 0
    updating.read_history = lambda: pd.DataFrame(columns=list(COLUMNS))
    updating.verdicts = lambda dataset: decide(Trial(dataset), {})
    updating.what_moved = lambda before, after, *, history, data: data
    updating.submit_to_calendars = lambda path: False
    log = {"log": folder / "changes", "latest": folder / "CHANGES.md"}
    updating.log_change = functools.partial(updating.log_change, **log)
    return lambda: updating.update(settings=read_settings(), now=friday_night(day))


def small_report(folder, day):
    """Give the report of the small project, of slow chapters and pages."""

    def run_chapters(paths, *, into, **options):
        slowly(into, day)
        return [day]

    build.run_chapters, build.chapters = run_chapters, lambda *places: []
    build.build_pages = lambda notebooks, *, sources, html: slowly(html, day)
    return lambda: build.build_report(folder / "build" / "report", html=folder / "pages" / "html")


def main(place, command, day):
    cli.ROOT = place
    carry_out = {"update": small_update, "report": small_report}[command](place, day)
    cli.COMMANDS[command] = lambda words: told(str(carry_out()))
    answer(lambda: cli.main([command]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
