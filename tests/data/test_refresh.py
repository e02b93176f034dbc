"""Refreshing on loopback: what the sources send comes out as the panel, and what they spoil does not."""

import datetime as dt
import functools
import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock
from helpers.data.live import read_live
from helpers.data.snapshot import read_snapshot
from helpers.data.tables import check_tables

from helpers.data import load
from helpers.data.catalog import LIVE
from helpers.data.errors import DataError
from helpers.data.refresh import main, refresh
from helpers.data.settings import ROOT
from helpers.data.store import Store, StoreError
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
    return refresh(settings=access, only=names, **({"now": SATURDAY} | options))


def outcome(access, name, **options):
    (only,) = run(access, name, **options).outcomes
    return only


def files(folder):
    """Everything in the cache but the lock, by content."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def stored(access, name):
    store = Store(access.cache)
    return store.series(name, store.load().entries[name])


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
    entry = Store(given.cache).load().entries[name]
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
    elif following and not (
        kind == "slow" and result.status == "cache"
    ):  # a busy machine can make the next rung slow too
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


def test_the_shared_daily_prices_give_the_embedded_weeks_back(shared, access):
    shared.until = "2026-08-21"
    report = run(access(shared, key=KEY))
    assert report.closing == "13 ok, 0 from cache, 1 stale, 0 failed"  # the Bitcoin file there ends on 25 July
    live, frozen = check_tables(read_live(access(shared).cache)), read_snapshot()
    differs = {}
    for name, values in frozen.weekly.items():
        ours = live.weekly[name].reindex(values.index)
        # The snapshot rounds Bitcoin to four decimals as long as it has two digits, and then to two.
        rounded = np.where(values < 100, 5.1e-5, 5.1e-3) if name == "btc" else 0.0
        same = np.isclose(ours, values, rtol=1e-6, atol=rounded, equal_nan=True)
        differs[name] = values.index[~same]
    last = pd.Timestamp("2026-08-21")
    for name in ("silver", "gold", "breakeven10", "policy_rate", "dollar", "fed_assets"):
        assert not len(differs[name]), name
    # FRED had Thursday's value only: Friday's week stays open here, the snapshot took Friday's from elsewhere.
    for name in ("nasdaq", "real10", "dgs2", "vix"):
        assert list(differs[name]) == [last], name
        assert np.isnan(live.weekly.loc[last, name])
    # The shared file of CPER ends on 5 June 2026, the snapshot's source on 24 July.
    assert list(differs["copper"]) == list(pd.date_range("2026-06-12", "2026-07-24", freq="W-FRI"))
    assert live.weekly["copper"].last_valid_index() == pd.Timestamp("2026-06-05")
    assert live.weekly.loc["2015-06-26", "copper"] == 17.61  # the wrong print of that Friday is left out
    # Coin Metrics for the whole of Bitcoin, where the snapshot goes over to Yahoo in September 2014.
    assert differs["btc"][0] == pd.Timestamp("2014-09-19")
    both = pd.concat([live.weekly["btc"], frozen.weekly["btc"]], axis=1, keys=["live", "frozen"]).dropna()
    apart = (both["live"] / both["frozen"] - 1).abs()
    assert apart.max() < 0.06
    assert apart.median() < 0.001
    # One vintage of financial conditions, where the snapshot joins two: each differs by less than two hundredths.
    apart = (live.weekly["nfci"] - frozen.weekly["nfci"]).abs()
    assert apart.max() < 0.02
    pd.testing.assert_series_equal(live.monthly["cpi"], frozen.monthly["cpi"], check_freq=False)


def test_the_shared_bitcoin_prices_of_yahoo_are_those_of_the_snapshot_since_2014(shared, access):
    shared.until = "2026-08-21"
    shared.faults["coinmetrics"] = "503"
    result = outcome(access(shared), "btc")
    assert (result.status, result.entry.code, result.entry.first) == ("ok", "BTC-USD", "2014-09-17")
    live = read_live(access(shared).cache).weekly["btc"].dropna()
    frozen = read_snapshot().weekly["btc"].dropna()
    assert live.index.equals(frozen.loc["2014-09-19":].index)
    np.testing.assert_allclose(live, frozen.loc["2014-09-19":], rtol=0, atol=0.0051)  # two decimals there


@pytest.mark.parametrize("name", ["silver", "btc", "real10", "fed_assets", "nfci", "cpi"])
def test_a_week_later_the_new_rows_come_in_and_the_old_ones_stand(sources, access, name):
    given = access(sources)
    sources.until = "2026-07-17"
    run(given, name, now=dt.datetime(2026, 7, 18, 9, tzinfo=dt.UTC))
    earlier, weeks_then = stored(given, name), read_live(given.cache).weekly
    sources.until = "2026-07-24"
    result = outcome(given, name, now=dt.datetime(2026, 7, 25, 9, tzinfo=dt.UTC))
    assert result.status == ("stale" if name == "cpi" and result.entry.last < "2026-05" else "ok")
    assert result.new_rows == len(stored(given, name)) - len(earlier)
    assert 0 < result.new_rows <= 7 or name == "cpi"
    pd.testing.assert_series_equal(stored(given, name).loc[: earlier.index[-1]], earlier, check_freq=False)
    if name != "cpi":
        weeks_now = read_live(given.cache).weekly
        assert weeks_now[name].last_valid_index() - weeks_then[name].last_valid_index() == pd.Timedelta(days=7)


def test_the_panel_moves_with_an_update_and_says_when(standin, access, monkeypatch):
    given = access(standin)
    monkeypatch.setattr("helpers.data.dataset.CACHE", given.cache)
    panels = []
    for day in (14, 21):
        standin.until = f"2026-08-{day}"
        run(given, now=dt.datetime(2026, 8, day + 1, 9, tzinfo=dt.UTC))
        panels.append(load(source="live"))
    assert [str(panel.as_of) for panel in panels] == ["2026-08-14", "2026-08-21"]
    assert [panel.price("silver").iloc[-1] for panel in panels] == [64.988, 69.466]
    assert "Live data, retrieved on 2026-08-22" in repr(panels[1].banner())
    assert load().source == "live"  # what was refreshed is what "auto" takes
    assert panels[0].digest == load(source="live", as_of="2026-08-14").digest


def test_a_changed_past_stops_the_series_until_the_user_accepts_it_and_is_logged(standin, access):
    given = access(standin)
    run(given, "real10")
    standin.faults["fred"] = "revise"
    stopped = outcome(given, "real10", now=SATURDAY + HOUR)
    middle = stored(given, "real10").index[420]
    assert stopped.status == "failed"
    was = stored(given, "real10")[middle]
    assert stopped.changes == (f"1 of 840 past values changed: {middle:%Y-%m-%d} {was:g} -> {was * 1.5:g}",)
    report = run(given, "real10", accept_revisions=True, now=SATURDAY + HOUR)
    assert report.exit_status == 0
    assert stored(given, "real10")[middle] == pytest.approx(1.5 * was)
    (logged,) = Store(given.cache).load().accepted
    assert logged.startswith("2026-08-22 real10: 1 of 840 past values changed")
    assert logged.endswith("accepted (--accept-revisions)")


def test_lost_rows_are_listed_with_the_later_start(standin, access):
    given = access(standin)
    run(given, "vix")
    standin.faults["fred"] = "shrink"
    report = run(given, "vix", now=SATURDAY + HOUR)
    lost, start = report.outcomes[0].changes
    assert lost.startswith("420 of 840 past values are gone: 2010-07-23, 2010-07-30, ")
    assert lost.endswith(" and 412 more")
    assert start == "it starts on 2018-08-10, before it was 2010-07-23"
    assert report.exit_status == 1
    assert "vix: 420 of 840 past values are gone" in str(report)


def test_a_series_that_is_always_re_estimated_is_taken_over_and_logged_but_not_when_it_is_cut_short(standin, access):
    given = access(standin)
    run(given, "nfci")
    standin.faults["fred"] = "revise"
    result = outcome(given, "nfci", now=SATURDAY + HOUR)
    assert (result.status, result.note) == ("ok", "1 past values changed, accepted")
    assert Store(given.cache).load().accepted[0].endswith("accepted (its provider re-estimates it)")
    standin.faults["fred"] = "shrink"
    assert outcome(given, "nfci", now=SATURDAY + 2 * HOUR).status == "failed"


def test_the_first_answer_of_all_has_to_reach_back_as_far_as_the_snapshot(standin, access):
    standin.faults["fred"] = "shrink"
    report = run(access(standin), "dgs2")
    assert report.closing == "0 ok, 0 from cache, 0 stale, 1 failed"
    assert "expected a first value by 2010-07-23" in report.outcomes[0].note
    assert report.generation is None


def test_another_instrument_supplies_the_whole_series_says_so_and_the_way_back_is_held_to_the_old_past(standin, access):
    given = access(standin)
    run(given, "silver")
    comex = stored(given, "silver")
    standin.faults["yahoo"] = "429"
    result = outcome(given, "silver", now=SATURDAY + HOUR)
    assert (result.status, result.entry.place, result.entry.provider) == ("ok", 2, "lbma")
    note = "another instrument: London silver price, noon auction for the whole series, in place of COMEX silver"
    assert note in result.note
    assert "yahoo SI=F: " in result.note
    np.testing.assert_allclose(stored(given, "silver") / comex, 1.002)  # not one value of the other venue
    tables = read_live(given.cache)
    assert tables.provenance.loc["silver", "instrument"] == "London silver price, noon auction"
    standin.faults["yahoo"] = "revise"
    assert outcome(given, "silver", now=SATURDAY + 2 * HOUR).status == "failed"  # although London was in between
    standin.faults.clear()
    back = outcome(given, "silver", now=SATURDAY + 3 * HOUR)
    assert (back.entry.provider, back.status) == ("yahoo", "ok")
    assert stored(given, "silver").equals(comex)


@pytest.mark.parametrize(("second", "provider"), [("spoilt", "yahoo"), ("calm", "lbma")])
def test_a_jump_is_believed_when_the_second_source_saw_it_too(standin, access, second, provider):
    given = access(standin)
    standin.until = "2026-08-14"
    run(given, "silver", now=dt.datetime(2026, 8, 15, 9, tzinfo=dt.UTC))
    standin.until = "9999"
    comex, london = standin._rows["SI=F"], standin._rows["silver"]
    changes = {"SI=F": [*comex[:-1], ("2026-08-21", "90")], "silver": [*london[:-1], ("2026-08-21", "90")]}
    standin._rows = standin._rows | {
        code: rows for code, rows in changes.items() if second == "spoilt" or code == "SI=F"
    }
    result = outcome(given, "silver")  # 64.988 -> 90 is a log change of 0.33; the last week's calm one is 0.07
    assert (result.status, result.entry.provider) == ("ok", provider)
    if provider == "lbma":
        said = "silver on 2026-08-21: expected a jump that a second source saw, found log change +0.326"
        assert said in result.note


def test_yahoos_last_close_may_still_settle_but_no_earlier_one(standin, access):
    given = access(standin)
    run(given, "copper", now=dt.datetime(2026, 7, 25, 9, tzinfo=dt.UTC))
    rows = standin._rows["CPER"]
    standin._rows["CPER"] = [*rows[:-1], (rows[-1][0], "38.36")]
    settled = outcome(given, "copper", now=dt.datetime(2026, 7, 26, 9, tzinfo=dt.UTC))
    assert (settled.status, stored(given, "copper").iloc[-1]) == ("ok", 38.36)
    standin._rows["CPER"] = [*rows[:-2], (rows[-2][0], "38.00"), (rows[-1][0], "38.36")]
    assert outcome(given, "copper", now=dt.datetime(2026, 7, 27, 9, tzinfo=dt.UTC)).status == "failed"


def test_a_file_saved_by_hand_is_the_last_rung_and_is_called_that(standin, access):
    given = access(standin)
    given.manual.mkdir()
    rows = [f"{day},{value}" for day, value in standin._rows["GC=F"]]
    (given.manual / "gold.csv").write_text("\n".join(["Date,Close", *rows, ""]))
    standin.faults.update(yahoo="429", lbma="403")
    result = outcome(given, "gold")
    assert (result.status, result.entry.place, result.entry.code) == ("ok", 3, "gold.csv")
    assert result.entry.instrument == "file saved by the user: gold.csv"
    assert "lbma gold_pm: status 403" in result.note
    assert result.entry.pages[0][0] == "data/manual/gold.csv"
    (given.manual / "gold.csv").unlink()
    (given.manual / "gold.json").write_text('[{"d":"2000-08-30","v":[273.9,1,1]},{"d":"2000-09-07","v":[null,1,1]}]')
    kept = outcome(given, "gold", now=SATURDAY + HOUR)
    assert (kept.status, kept.entry.code) == ("stale", "gold.json")


def test_only_the_days_asked_for_are_asked_for_and_added_to_the_ones_that_are_there(standin, access):
    given = access(standin)
    standin.until = "2026-08-14"
    run(given, "vix", "btc", "silver", now=dt.datetime(2026, 8, 15, 9, tzinfo=dt.UTC))
    standin.until = "2026-08-21"
    standin.seen.clear()
    report = run(given, "vix", "btc", "silver", since=dt.date(2026, 8, 1))
    assert [row.new_rows for row in report.outcomes] == [1, 1, 1]
    queries = {provider: query for provider, path, query, _ in standin.seen if query and "crumb" not in path}
    assert queries["fred"]["cosd"] == queries["coinmetrics"]["start_time"] == "2026-08-01"
    assert queries["yahoo"]["period1"] == "1785542400"  # 2026-08-01 00:00 UTC
    assert len(stored(given, "vix")) == 840
    frozen = read_snapshot().weekly
    for name in ("vix", "btc", "silver"):
        np.testing.assert_allclose(read_live(given.cache).weekly[name].dropna(), frozen[name].dropna())


def test_a_dry_run_writes_nothing_at_all(standin, access):
    given = access(standin)
    report = run(given, dry_run=True)
    assert report.closing.startswith("14 ok")
    assert "nothing written" in str(report)
    assert not given.cache.exists()


def test_what_no_source_gives_is_kept_until_it_is_too_old_and_then_called_stale(standin, access):
    given = access(standin)
    run(given, "vix", "copper")
    standin.faults.update(dict.fromkeys(("fred", "yahoo"), "503"))
    fresh = run(given, "vix", "copper", now=SATURDAY + dt.timedelta(days=3))
    assert (fresh.closing, fresh.exit_status) == ("0 ok, 2 from cache, 0 stale, 0 failed", 0)
    assert fresh.outcomes[0].note == "kept from 2026-08-22: fred VIXCLS: status 503"
    # VIX ends on 21 August and may be 10 days old; copper ends on 24 July, may be 120 days old and is not required.
    later = run(given, "vix", "copper", now=SATURDAY + dt.timedelta(days=10))
    assert (later.closing, later.exit_status) == ("0 ok, 1 from cache, 1 stale, 0 failed", 1)
    assert later.outcomes[0].note.startswith("stale: last value 11 days old, at most 10 expected; kept from 2026-08-22")
    assert run(given, "copper", now=SATURDAY + dt.timedelta(days=200)).exit_status == 0


def test_a_source_that_fails_twice_is_not_asked_again_in_that_run(standin, access):
    standin.faults["fred"] = "429"
    report = run(access(standin), "nasdaq", "real10", "vix")
    assert sum(provider == "fred" for provider, *_ in standin.seen) == 2
    assert report.outcomes[2].note == "fred VIXCLS: not asked: this source has just failed repeatedly"


def test_a_clock_that_is_behind_the_data_is_named(standin, access):
    given = access(standin)
    report = run(given, "vix", "btc", "gold", now=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    assert report.closing == "0 ok, 0 from cache, 0 stale, 3 failed"
    for row in report.outcomes[:2]:
        assert "2026-08-21 lies in the future of the clock here, 2026-06-01 00:00; set the clock" in row.note
    assert report.generation is None


def test_a_clock_that_is_behind_the_last_refresh_is_named_before_anything_is_asked(standin, access):
    given = access(standin)
    run(given, "vix")
    standin.seen.clear()
    with pytest.raises(
        DataError, match=r"after the last refresh, 2026-08-22T09:00:00\+00:00, found .*08:00 .*Set the clock"
    ):
        run(given, "vix", now=SATURDAY - HOUR)
    assert not standin.seen


def test_an_unknown_series_is_refused_with_the_known_ones(standin, access):
    with pytest.raises(DataError, match="platinum: expected one of silver, gold, btc"):
        run(access(standin), "platinum")


def test_two_refreshes_do_not_mix(standin, access):
    given = access(standin)
    run(given, "vix")
    before = files(given.cache)
    with FileLock(given.cache / "lock"), pytest.raises(StoreError, match="another refresh is running"):
        run(given, "vix", now=SATURDAY + HOUR, patience=0.05)
    assert files(given.cache) == before


def start(standin, cache, *words):
    """Start Python on loopback sources, in a process of its own."""
    urls = {f"SILVER_{provider.upper()}_URL": address for provider, address in standin.addresses.items()}
    environment = os.environ | urls | {"SILVER_CACHE": str(cache), "PYTHONPATH": str(ROOT), "FRED_API_KEY": KEY}
    return subprocess.Popen(
        [sys.executable, *words],
        env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_the_command_run_twice_at_once_leaves_two_finished_generations(standin, access):
    given = access(standin)
    running = [start(standin, given.cache, "-m", "helpers.data.refresh", "--only", "copper,cpi") for _ in range(2)]
    try:
        said = [process.communicate(timeout=60) for process in running]
    finally:
        for process in running:
            process.kill()
    state = Store(given.cache).load()
    assert (state.generation, sorted(state.entries)) == (2, ["copper", "cpi"])
    assert len(read_live(given.cache).weekly["copper"].dropna()) == 767
    for out, err in said:
        assert re.search(r"copper +yahoo CPER +1 of 1 +2026-07-24", out)
        assert "refresh: 100%" in err  # the progress bar
        assert out.splitlines()[-1] in (
            "1 ok, 0 from cache, 1 stale, 0 failed",
            "0 ok, 0 from cache, 2 stale, 0 failed",
        )


KILLED = """
import os, signal, sys
from helpers.data.refresh import refresh
from helpers.data.settings import read_settings

def kill(name):
    if name.startswith(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)

refresh(access=read_settings(), only=["vix", "gold"], step=kill)
"""


@pytest.mark.parametrize("point", ["half ", "open 000002", "move manifest"])
def test_a_refresh_killed_while_writing_leaves_the_one_before(standin, access, point):
    given = access(standin)
    run(given, "vix", "gold")
    before, tables = files(given.cache), read_live(given.cache)
    standin._rows = {code: [*rows, ("2026-08-28", rows[-1][1])] for code, rows in standin._rows.items()}
    killed = start(standin, given.cache, "-c", KILLED, point)
    try:
        killed.communicate(timeout=60)
    finally:
        killed.kill()
    assert killed.returncode == -signal.SIGKILL
    after = files(given.cache)
    assert {path: after[path] for path in before} == before
    pd.testing.assert_frame_equal(read_live(given.cache).weekly, tables.weekly)
    again = run(given, "vix", "gold", now=SATURDAY + dt.timedelta(days=7))
    assert (again.generation, again.closing) == (2, "2 ok, 0 from cache, 0 stale, 0 failed")


@pytest.mark.parametrize(("fault", "status", "closing"), [
    ({}, 0, "2 ok, 0 from cache, 0 stale, 0 failed"),
    ({"fred": "403"}, 1, "1 ok, 0 from cache, 0 stale, 1 failed"),  # the Nasdaq is required
    ({"yahoo": "403"}, 0, "1 ok, 0 from cache, 0 stale, 1 failed"),  # copper is not
])  # fmt: skip
def test_the_command_says_what_happened_and_its_exit_status_tells_missing_series(
    standin, access, monkeypatch, capsys, fault, status, closing
):
    standin.faults.update(fault)
    given = access(standin)
    monkeypatch.setattr("helpers.data.refresh.read_settings", lambda: given)
    monkeypatch.setattr("helpers.data.refresh.refresh", functools.partial(refresh, now=SATURDAY))
    assert main(["--only", "nasdaq, copper", "--dry-run"]) == status
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["series", "source", "place", "last", "age", "new", "status", "note"]
    assert out[-2:] == ["nothing written", closing]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SILVER_FRED_URL", "ftp://somewhere", "SILVER_FRED_URL: expected http"),
        ("SILVER_YAHOO_URL", "http://user:secret@host/", "no user name"),
        ("SILVER_TIMEOUT", "soon", "SILVER_TIMEOUT: expected a positive number"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_is_done(monkeypatch, capsys, variable, value, said):
    monkeypatch.setenv(variable, value)
    assert main([]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "secret" not in error


def test_every_series_of_the_catalog_is_asked_for(standin, access):
    assert [row.series for row in run(access(standin), dry_run=True).outcomes] == list(LIVE)
    assert set(LIVE) == {*read_snapshot().weekly, "cpi"}
