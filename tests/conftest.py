"""How the tests run: the same examples every time, what is expensive once, the longest first."""

import gc
import os
import re

import pytest
from hypothesis import settings

# Two workers on two cores: threads of linear algebra would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Property tests draw the same examples in every run, so that two runs say the same.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

CHAPTER = re.compile(r"\[(\d\d_\w+)\]$")
LONGEST = (
    "06_over_time",
    "tests/data/test_refresh.py",
    "tests/pages",
    "tests/claims/test_as_of.py",
    "tests/claims/test_findings.py",
    "tests/data/test_outside_faults.py",
    "tests/data/test_killed_at_random.py",
    "tests/notebooks/test_running.py",
    "tests/notebooks/test_in_place.py",
    "tests/data/test_dataset.py",
    "tests/data/test_update.py",
)


def together(nodeid):
    """Name what a test shares with others, so that one worker makes it: a chapter run, the pages, else its file."""
    file = nodeid.partition("::")[0]
    chapter = CHAPTER.search(nodeid) if file.startswith("tests/notebooks") else None
    return chapter[1] if chapter else "tests/pages" if file.startswith("tests/pages") else file


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(together(item.nodeid), len(place)))


def pytest_collection_finish():
    gc.collect()
    gc.freeze()  # what was imported stays; to go through it at every collection takes a tenth of the time


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return together(nodeid)

    return Together(config, log)
