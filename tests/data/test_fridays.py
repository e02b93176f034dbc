"""Friday after Friday: each refresh and freeze leaves valid data of a bounded size; what is wrong stops them."""

from dataclasses import replace

import pandas as pd
import pytest

from helpers.data.catalog import CATALOG
from helpers.data.errors import DataError
from helpers.data.freeze import freeze
from helpers.data.holdings import read_holdings
from helpers.data.refresh import askable, refresh
from helpers.data.store import KEPT_GENERATIONS, Store
from tests.data.fridays import EMBEDDED, friday_night, size, snapshot_until

FIRST = "2026-01-23"
MOST = 2  # times the figures: the kept generations, packed, and the newest answers as they came
FEW = ("silver", "gold", "btc", "nfci", "cot_silver")


def replay(standin, given, names, fridays):
    """Let one week after the other come; give the size of the live data after each, in sizes of their figures."""
    sizes = []
    for day in fridays:
        standin.until = f"{day:%Y-%m-%d}"
        report = refresh(settings=given, only=names, now=friday_night(day))
        failed = [f"{one.name}: {one.note}" for one in report.outcomes if one.status == "failed"]
        assert not failed, failed
        freeze(settings=given, now=friday_night(day))
        held = read_holdings(replace(given, source="snapshot"))
        live = read_holdings(replace(given, source="live"))
        for name in (name for name in names if name in CATALOG):
            whole = EMBEDDED.figures(name, EMBEDDED.load().entries[name])
            pd.testing.assert_series_equal(held.series[name], whole.loc[:day], check_names=False)
            pd.testing.assert_series_equal(live.series[name], held.series[name])
        assert held.as_known == live.as_known == friday_night(day).date()
        store = Store(given.cache)
        figures = sum(len(store.read(name, entry)) for name, entry in store.load().entries.items())
        sizes.append(size(given.cache) / figures)
    return sizes


@pytest.fixture
def begin(standin, access, tmp_path):
    def at(names=None):
        snapshot = tmp_path / "data" / "snapshot"
        snapshot_until(snapshot, FIRST, names)
        return access(standin, snapshot=snapshot, cache=tmp_path / "data" / "cache")

    return at


def test_four_fridays(standin, begin):
    given = begin(FEW)
    first = size(given.snapshot)
    sizes = replay(standin, given, FEW, pd.date_range(FIRST, periods=5, freq="7D")[1:])
    assert sorted(path.name for path in given.snapshot.parent.iterdir()) == ["cache", "snapshot"]
    assert size(given.snapshot) < 2 * first
    assert max(sizes) < MOST


@pytest.mark.slow
def test_thirty_fridays(standin, begin):
    given = begin()
    names = [name for name in askable(given) if (name in CATALOG and CATALOG[name].required) or name.startswith("cot_")]
    sizes = replay(standin, given, names, pd.date_range(FIRST, periods=31, freq="7D")[1:])
    assert sizes[-1] < 1.1 * sizes[KEPT_GENERATIONS]  # that many and no more, however many there were
    assert max(sizes) < MOST


@pytest.mark.parametrize("fault", ["revise", "shrink"])
def test_a_past_that_changed_stops_a_friday(standin, begin, fault):
    given, fridays = begin(FEW), pd.date_range(FIRST, periods=3, freq="7D")[1:]
    replay(standin, given, FEW, fridays[:1])
    before = {path: path.read_bytes() for path in given.snapshot.iterdir()}
    standin.until, standin.faults = f"{fridays[1]:%Y-%m-%d}", {"yahoo": fault}
    report = refresh(settings=given, only=("btc",), now=friday_night(fridays[1]))
    assert report.exit_status
    assert "the past of" in str(report)
    assert {path: path.read_bytes() for path in given.snapshot.iterdir()} == before


def test_sources_that_stand_still_stop_a_later_friday(standin, begin):
    given, fridays = begin(FEW), pd.date_range(FIRST, periods=8, freq="7D")[1:]
    replay(standin, given, FEW, fridays[:1])
    report = refresh(settings=given, only=FEW, now=friday_night(fridays[-1]))
    assert report.exit_status
    assert {one.status for one in report.outcomes if CATALOG.get(one.name) and CATALOG[one.name].required} == {"stale"}


def test_nothing_is_frozen_where_a_required_source_is_missing(standin, begin):
    given = begin(FEW)
    standin.until, standin.faults = "2026-01-30", dict.fromkeys(standin.addresses, "403")
    refresh(settings=given, only=FEW, now=friday_night("2026-01-30"))
    with pytest.raises(DataError, match="make refresh"):
        freeze(settings=given, now=friday_night("2026-01-30"))
