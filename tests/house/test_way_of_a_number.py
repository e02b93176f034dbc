"""The walk of one number in CONTRIBUTING.md leads through rooms that are there, and its number is the ledger's."""

import importlib
import re
from functools import reduce

import pytest

from helpers.claims import Trial, read_ledger
from helpers.data import load
from helpers.data.settings import ROOT
from helpers.stats import ERAS, driver_betas

SECTION = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## The way of a number\n")[1].split("\n## ")[0]
ROOMS = [row.split(" | ")[0] for row in SECTION.splitlines() if row.startswith("| `")]


def test_the_walk_is_short_and_every_row_is_a_room():
    assert len(SECTION.splitlines()) <= 25
    assert len(ROOMS) == SECTION.count("\n|") - 2


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_there(room):
    path, *names = re.findall(r"`([^`]+)`", room)
    assert (ROOT / path).is_file()
    assert names or not path.endswith(".py")
    for name in names:
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        assert reduce(getattr, name.split("."), module) is not None


def test_the_number_that_walks_is_the_one_that_arrives():
    data = load(source="snapshot")
    weekly = Trial(data).returns("silver", "real10").loc[ERAS["2010-2013"][0] :]
    drives = (10 * weekly["real10"]).to_frame("real yield")
    found = driver_betas(response=weekly["silver"], drivers=drives).table.loc["real yield"]
    kept = read_ledger(data).finding("C5")
    ends = [getattr(kept, name) for name in ("estimate", "low", "high", "se")]
    assert [found[name] for name in ("estimate", "low", "high", "se")] == pytest.approx(ends, rel=1e-9)
