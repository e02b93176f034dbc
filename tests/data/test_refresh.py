"""Refreshing on loopback: what the sources send comes out as the panel, and what they spoil does not."""

import datetime as dt
import shutil

import numpy as np
import pandas as pd
import pytest

from helpers.data.catalog import LIVE
from helpers.data.errors import DataError
from helpers.data.live import read_live
from helpers.data.refresh import main, refresh
from helpers.data.snapshot import read_snapshot
from helpers.data.store import Store
from helpers.data.tables import check_tables
from tests.data.standin import KEY, PAST, TRANSPORT, VALUES

SATURDAY = dt.datetime(2026, 8, 22, 9, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2015, 1, 3, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
CASES = {  # provider: series it supplies, what makes it the one in use, the provider of the next rung
    "fredapi": ("real10", {"key": KEY}, {}, "fred"),
    "fred": ("real10", {}, {}, None),
    "yahoo": ("silver", {}, {}, "lbma"),
    "lbma": ("silver", {}, {"yahoo": "403"}, None),
    "coinmetrics": ("btc", {}, {}, "yahoo"),
}


def run(access, *names, **options):
    return refresh(access=access, only=names, **({"now": SATURDAY} | options))


def outcome(access, name, **options):
    (only,) = run(access, name, **options).outcomes
    return only


def files(folder):
    """Everything in the cache but the lock, by content."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def stored(access, name):
    store = Store(access.cache)
    return store.series(name, store.load().series[name])


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """Caches of a first, faultless refresh, made once a provider."""
    made = {}

    def prepare(sources, access, provider):
        name, _, others, _ = CASES[provider]
        label = (type(sources).__name__, provider)
        if label not in made:
            sources.faults.update(others)
            assert outcome(access, name, now=LONG_AGO).entry.provider == provider
            made[label] = tmp_path_factory.mktemp("prepared") / "cache"
            shutil.copytree(access.cache, made[label])
        shutil.rmtree(access.cache, ignore_errors=True)
        shutil.copytree(made[label], access.cache)

    return prepare


@pytest.mark.parametrize("kind", [*TRANSPORT, *VALUES, *PAST])
@pytest.mark.parametrize("provider", CASES)
def test_every_fault_of_every_source_gives_the_next_rung_or_a_named_error_and_loses_nothing(
    sources, access, prepared, provider, kind
):
    name, extra, others, following = CASES[provider]
    sources.until = "2015-01-02"
    prepared(sources, access(sources, **extra), provider)
    patience = {"timeout": 0.5} if kind == "slow" else {}
    given = access(sources, **extra, **patience)
    before = files(given.cache)
    entry = Store(given.cache).load().series[name]
    sources.faults.update(others)
    sources.faults[provider] = kind
    result = outcome(given, name, now=LONG_AGO + HOUR)
    after = files(given.cache)
    assert [path for path in before if path != "manifest.json" and after.get(path) != before[path]] == []
    if kind in PAST:
        assert result.status == "failed"
        assert "--accept-revisions" in result.note
        assert any(char.isdigit() for char in result.changes[0])
        assert after == before
    elif following:
        assert result.status == "ok"
        assert result.entry.provider == following
        assert f"{provider} {entry.code}: " in result.note
    else:
        assert result.status == "cache"
        assert f"{provider} {entry.code}: " in result.note
        assert after == before


def test_a_refresh_from_the_snapshots_figures_gives_the_snapshot_back(standin, access):
    report = run(access(standin, key=KEY))
    assert report.closing == "14 ok, 0 from cache, 0 stale, 0 failed"
    live, frozen = check_tables(read_live(access(standin).cache)), read_snapshot()
    pd.testing.assert_frame_equal(live.weekly, frozen.weekly, check_freq=False, rtol=1e-9)
    pd.testing.assert_frame_equal(live.monthly, frozen.monthly, check_freq=False)
    pd.testing.assert_frame_equal(live.policy, frozen.policy)
    assert (live.source, live.as_known) == ("live", dt.date(2026, 8, 22))
