"""Refreshing on loopback: what the sources send comes out as the panel, and what they spoil does not."""

import datetime as dt
import functools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

from helpers.data import CATALOG, load
from helpers.data.errors import DataError, StoreError
from helpers.data.refresh import askable, main, refresh
from helpers.data.restore import comparison, restore
from helpers.data.settings import ROOT, Settings
from helpers.data.store import Store
from tests.data.standin import KEY, PAST, TRANSPORT, VALUES

SATURDAY = dt.datetime(2026, 8, 22, 9, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2015, 1, 3, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
CASES = {  # provider: series it supplies, what makes it the one in use, the provider of the next rung
    "fredapi": ("real10", {"key": KEY}, {}, "fred"),
    "fred": ("real10", {}, {}, None),
    "yahoo": ("silver", {}, {}, "lbma"),
    "lbma": ("silver", {}, {"yahoo": "403"}, None),
    "coinmetrics": ("btc", {}, {"yahoo": "403"}, "fred"),
}


def run(given, *names, **options):
    return refresh(settings=given, only=names, **({"now": SATURDAY} | options))


def outcome(given, name, **options):
    (only,) = run(given, name, **options).outcomes
    return only


def files(folder):
    """Everything in the cache but the lock, by content."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in ("lock", "refresh.log")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def stored(given, name):
    store = Store(given.cache)
    return store.figures(name, store.load().entries[name])


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
    standin, access, prepared, provider, kind
):
    name, extra, others, following = CASES[provider]
    standin.until = "2015-01-02"
    standin._rows["silver"] = [row for row in standin._rows["silver"] if row[0] >= "2000-08-30"]  # the sample in use
    prepared(standin, access(standin, **extra), provider)
    patience = {"timeout": 0.5} if kind == "slow" else {}
    given = access(standin, **extra, **patience)
    before = files(given.cache)
    entry = Store(given.cache).load().entries[name]
    passing = {"manifest.json", *(f"objects/{answer}" for _, answer in entry.pages)}
    standin.faults.update(others)
    standin.faults[provider] = kind
    result = outcome(given, name, now=LONG_AGO + HOUR)
    after = files(given.cache)
    assert [path for path in before if path not in passing and after.get(path) != before[path]] == []
    if kind in PAST:
        assert result.status == "failed"
        assert "--accept-" in result.note
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


@pytest.fixture
def in_use(monkeypatch):
    """Let `load` read the live data of these settings."""

    def use(given):
        monkeypatch.setenv("SILVER_CACHE", str(given.cache))
        return given

    return use


def test_a_refresh_from_the_embedded_figures_gives_them_back_series_by_series_and_table_by_table(
    standin, access, in_use
):
    given = in_use(access(standin, key=KEY))
    report = run(given)
    assert report.exit_status == 0
    # Four series and three tables of the embedded data end long before the rest.
    late = [row.name for row in report.outcomes if row.status != "ok"]
    assert late == ["ltc", "sol", "m2_weekly", "treasury_account", "cot_silver", "cot_gold", "cot_copper"]
    live, frozen = load(source="live"), load(source="snapshot")
    assert (live.source, live.known) == ("live", dt.date(2026, 8, 22))
    assert live.digest == frozen.digest
    pd.testing.assert_frame_equal(live.weekly, frozen.weekly)
    assert live.provenance.loc["gpr", "note"] == "no live data: from the snapshot of 2026-11-24"


@pytest.mark.parametrize("name", ["silver", "btc", "real10", "fed_assets", "nfci", "cpi"])
def test_a_week_later_the_new_rows_come_in_and_the_old_ones_stand(standin, access, name, in_use):
    given = in_use(access(standin))
    standin.until = "2026-07-17"
    run(given, name, now=dt.datetime(2026, 7, 18, 9, tzinfo=dt.UTC))
    earlier, weeks_then = stored(given, name), load(source="live").weekly
    standin.until = "2026-07-24"
    result = outcome(given, name, now=dt.datetime(2026, 7, 25, 9, tzinfo=dt.UTC))
    assert result.status == ("stale" if name == "cpi" and result.entry.last < "2026-05" else "ok")
    assert result.new_rows == len(stored(given, name)) - len(earlier)
    assert 0 < result.new_rows <= 7 or name == "cpi"
    pd.testing.assert_series_equal(stored(given, name).loc[: earlier.index[-1]], earlier, check_freq=False)
    if name != "cpi":
        weeks_now = load(source="live").weekly
        assert weeks_now[name].last_valid_index() - weeks_then[name].last_valid_index() == pd.Timedelta(days=7)


def test_the_panel_moves_with_an_update_and_says_when(standin, access, in_use):
    given = in_use(access(standin))
    panels = []
    for day in (14, 21):
        standin.until = f"2026-08-{day}"
        run(given, "silver", "btc", now=dt.datetime(2026, 8, day + 1, 9, tzinfo=dt.UTC))
        panels.append(load(source="live"))
    assert [str(panel.as_of) for panel in panels] == ["2026-08-14", "2026-08-21"]
    assert [panel.price("silver").iloc[-1] for panel in panels] == [64.988, 69.466]
    assert "Live data, retrieved on 2026-08-22" in repr(panels[1].banner())
    assert load().source == "live"  # what was refreshed is what "auto" takes


def test_a_changed_past_stops_the_series_until_the_user_accepts_it_and_is_logged(standin, access):
    given = access(standin)
    run(given, "real10")
    standin.faults["fred"] = "revise"
    stopped = outcome(given, "real10", now=SATURDAY + HOUR)
    middle = stored(given, "real10").index[2957]
    assert stopped.status == "failed"
    was = stored(given, "real10")[middle]
    assert stopped.changes == (f"1 of 5914 past values changed: {middle:%Y-%m-%d} {was:g} -> {was * 1.5:g}",)
    report = run(given, "real10", accept_revisions=["real10"], now=SATURDAY + HOUR)
    assert report.exit_status == 0
    assert stored(given, "real10")[middle] == pytest.approx(1.5 * was)
    (logged,) = Store(given.cache).load().accepted
    assert logged.startswith("2026-08-22 real10: 1 of 5914 past values changed")
    assert logged.endswith("accepted (--accept-revisions)")


def test_lost_rows_are_listed_with_the_later_start(standin, access):
    given = access(standin)
    run(given, "vix")
    standin.faults["fred"] = "shrink"
    report = run(given, "vix", now=SATURDAY + HOUR)
    lost, start = report.outcomes[0].changes
    assert lost.startswith("4628 of 9257 past values are gone: 1990-01-02, 1990-01-03, ")
    assert lost.endswith(" and 4620 more")
    assert start.endswith("before it was 1990-01-02")
    assert report.exit_status == 1
    assert "vix: 4628 of 9257 past values are gone" in str(report)


def test_a_series_that_is_always_re_estimated_is_taken_over_and_logged_but_not_when_it_is_cut_short(standin, access):
    given = access(standin)
    run(given, "nfci")
    standin.faults["fred"] = "revise"
    result = outcome(given, "nfci", now=SATURDAY + HOUR)
    assert (result.status, result.note) == ("ok", "1 past values changed, accepted")
    assert Store(given.cache).load().accepted[0].endswith("accepted (its provider re-estimates it)")
    standin.faults["fred"] = "shrink"
    assert outcome(given, "nfci", now=SATURDAY + 2 * HOUR).status == "failed"


@pytest.mark.parametrize("fault", ["shrink", "revise"])
def test_the_first_answer_of_all_is_held_against_the_embedded_figures(standin, access, fault):
    standin.faults["fred"] = fault
    report = run(access(standin), "dgs2")
    assert report.closing == "0 ok, 0 from cache, 0 stale, 1 failed"
    assert "past values" in report.outcomes[0].changes[0]
    assert report.generation is None


@pytest.mark.parametrize("scale", [1 / 31.1, 1.4])
def test_another_source_in_another_unit_is_not_taken_for_the_same_thing(standin, access, scale):
    standin._rows["silver"] = [(day, f"{float(value) * scale:.6g}") for day, value in standin._rows["silver"][-300:]]
    standin.faults["yahoo"] = "429"
    result = outcome(access(standin), "silver")
    assert (result.status, result.entry) == ("failed", None)
    assert f"{scale:.1g}"[:3] in result.note
    assert "times the figures at hand at the median" in result.note


def test_a_newest_value_that_nothing_confirms_is_held_back_until_something_does(standin, access):
    given = access(standin)
    rows = standin._rows["DGS2"]
    standin._rows["DGS2"] = [*rows, ("2026-08-24", "0")]
    monday, tuesday = (dt.datetime(2026, 8, day, 9, tzinfo=dt.UTC) for day in (25, 26))
    held = outcome(given, "dgs2", now=monday)
    assert (held.status, held.entry.last) == ("ok", rows[-1][0])
    assert held.note == "0 on 2026-08-24 held back until a later value or a second source confirms it"
    standin._rows["DGS2"] = [*rows, ("2026-08-24", "2.5"), ("2026-08-25", "2.6")]
    assert outcome(given, "dgs2", now=tuesday).entry.last == "2026-08-25"


def test_a_false_record_of_silver_is_held_back_with_london_down(standin, access):
    given = access(standin)
    comex = standin._rows["SI=F"]
    standin._rows["SI=F"] = [*comex[:-1], (comex[-1][0], f"{float(comex[-1][1]) * 1.9:.6g}")]
    standin._rows["silver"] = standin._rows["silver"][:-10]
    standin.until = "2026-08-20"
    run(given, "silver", now=dt.datetime(2026, 8, 21, 9, tzinfo=dt.UTC))
    standin.until = "9999"
    result = outcome(given, "silver")
    assert (result.entry.provider, result.entry.last) == ("yahoo", "2026-08-20")
    assert "held back" in result.note


def test_a_stale_first_source_gives_way_to_a_fresh_second(standin, access):
    standin._rows["BTC-USD"] = standin._rows["BTC-USD"][:-30]
    result = outcome(access(standin), "btc")
    assert (result.status, result.entry.provider) == ("ok", "coinmetrics")
    assert "yahoo BTC-USD: ends on 2026-07-22" in result.note


def test_a_damaged_object_of_one_series_costs_nothing_and_heals(standin, access, in_use):
    given = in_use(access(standin))
    run(given, "vix", "gold")
    entry = Store(given.cache).load().entries["vix"]
    (given.cache / entry.file).write_bytes(b"date,value\n")
    panel = load(source="live")
    assert panel.provenance.loc["vix", "note"].startswith("the live data are damaged: from the snapshot")
    assert panel.price("vix").equals(load(source="snapshot").price("vix"))
    gold = Store(given.cache).load().entries["gold"]
    report = run(given, "vix", now=SATURDAY + HOUR)
    assert report.outcomes[0].status == "ok"
    aside = f"damaged/{Path(entry.file).name}"
    assert f"vix: the stored file was damaged and is kept aside as {aside}" in str(report)
    assert (given.cache / aside).read_bytes() == b"date,value\n"
    assert load(source="live").provenance.loc["vix", "note"] == ""
    assert Store(given.cache).load().entries["gold"] == gold


def test_a_damaged_object_of_an_earlier_generation_keeps_only_its_own_series_from_going_back(standin, access):
    given = access(standin)
    standin.until = "2026-08-14"
    run(given, "vix", "gold", now=SATURDAY - 7 * 24 * HOUR)
    store = Store(given.cache)
    (given.cache / store.load().entries["vix"].file).write_bytes(b"")
    standin.until = "2026-08-21"
    run(given, "vix", "gold", now=SATURDAY)
    assert "vix: no such file; going back leaves it as it is now" in comparison(store, 1)
    assert restore(settings=given, number=1) == 3
    entries = store.load().entries
    assert (entries["vix"].last, entries["gold"].last) == ("2026-08-21", "2026-08-14")
    assert entries["gold"].pages == ()  # the answers are kept of the newest generation alone


def test_another_instrument_supplies_the_whole_series_says_so_and_the_way_back_is_held_to_the_old_past(
    standin, access, in_use
):
    given = in_use(access(standin))
    run(given, "silver")
    comex = stored(given, "silver")
    standin.faults["yahoo"] = "429"
    result = outcome(given, "silver", now=SATURDAY + HOUR)
    assert (result.status, result.entry.place, result.entry.provider) == ("ok", 2, "lbma")
    note = "another instrument: London silver price, noon auction for the whole series, in place of COMEX silver"
    assert note in result.note
    assert "yahoo SI=F: " in result.note
    london = load(source="snapshot").daily("london_silver")["2000-08-30":]  # where the sample begins
    assert stored(given, "silver").equals(london)  # not one value of the other venue
    assert load(source="live").provenance.loc["silver", "instrument"] == "London silver price, noon auction"
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
    changes = {"SI=F": [*comex[:-1], ("2026-08-21", "95")], "silver": [*london[:-1], ("2026-08-21", "95")]}
    standin._rows = standin._rows | {
        code: rows for code, rows in changes.items() if second == "spoilt" or code == "SI=F"
    }
    result = outcome(given, "silver")  # 68.026 -> 95 is a log change of 0.33
    assert (result.status, result.entry.provider) == ("ok", provider)
    if provider == "lbma":
        said = "silver on 2026-08-21: expected a jump that a second source saw, found log change +0.334"
        assert said in result.note


def test_a_correction_of_the_newest_rows_is_taken_and_logged_and_one_of_an_earlier_row_is_not(standin, access):
    given = access(standin)
    run(given, "copper", now=dt.datetime(2026, 8, 15, 9, tzinfo=dt.UTC))
    rows = standin._rows["HG=F"]
    other = [f"{float(value) + 0.01:.6g}" for _, value in rows]
    standin._rows["HG=F"] = [*rows[:-3], *((day, value) for (day, _), value in zip(rows[-3:], other[-3:], strict=True))]
    settled = outcome(given, "copper", now=dt.datetime(2026, 8, 16, 9, tzinfo=dt.UTC))
    assert (settled.status, settled.note) == ("ok", "3 past values changed, accepted")
    assert stored(given, "copper").iloc[-3:].tolist() == [float(value) for value in other[-3:]]
    (logged,) = Store(given.cache).load().accepted
    assert logged.startswith(f"2026-08-16 copper: 3 of 6518 past values changed: {rows[-3][0]} ")
    assert logged.endswith("accepted (the newest rows)")
    standin._rows["HG=F"] = [*standin._rows["HG=F"][:-4], (rows[-4][0], other[-4]), *standin._rows["HG=F"][-3:]]
    assert outcome(given, "copper", now=dt.datetime(2026, 8, 17, 9, tzinfo=dt.UTC)).status == "failed"


def test_a_file_saved_by_hand_is_the_last_source_and_goes_on_from_what_is_there(standin, access):
    given = access(standin)
    run(given, "gold")
    comex = stored(given, "gold")
    given.manual.mkdir()
    later = [*comex.iloc[-66:].items(), (pd.Timestamp("2026-08-24"), 4700.0)]
    lines = [f"{day:%Y-%m-%d},1,{value}" for day, value in later]
    (given.manual / "gold.csv").write_text("\n".join(["Date,Open,Close", *lines, ""]))
    standin.faults.update(yahoo="429", lbma="403")
    result = outcome(given, "gold", now=SATURDAY + dt.timedelta(days=3))
    assert (result.status, result.entry.place, result.entry.code, result.new_rows) == ("ok", 3, "gold.csv", 1)
    kind = "COMEX gold, front month, settlement; from 2026-08-21 on file saved by the user: gold.csv"
    assert result.entry.instrument == kind
    assert "lbma gold_pm: status 403" in result.note
    assert result.entry.pages[0][0] == "data/manual/gold.csv"
    pd.testing.assert_series_equal(stored(given, "gold").iloc[:-1], comex)
    (given.manual / "gold.csv").unlink()
    (given.manual / "gold.json").write_text('[{"d":"2026-08-21","v":[47.0,1,1]},{"d":"2026-08-25","v":[48.0,1,1]}]')
    kept = outcome(given, "gold", now=SATURDAY + dt.timedelta(days=4))
    assert (kept.status, kept.entry.code) == ("cache", "gold.csv")
    assert "other figures on common days" in kept.note


def test_only_the_days_asked_for_are_asked_for_and_added_to_the_ones_that_are_there(standin, access):
    given = access(standin)
    standin.until = "2026-08-14"
    run(given, "vix", "btc", "silver", now=dt.datetime(2026, 8, 15, 9, tzinfo=dt.UTC))
    standin.until = "2026-08-21"
    standin.seen.clear()
    report = run(given, "vix", "btc", "silver", since=dt.date(2026, 8, 1))
    assert [row.new_rows for row in report.outcomes] == [5, 7, 5]
    queries = {provider: query for provider, path, query, _ in standin.seen if query and "crumb" not in path}
    assert queries["fred"]["cosd"] == "2026-08-01"
    assert queries["yahoo"]["period1"] == "1785542400"  # 2026-08-01 00:00 UTC
    frozen = load(source="snapshot")
    for name in ("vix", "btc", "silver"):
        pd.testing.assert_series_equal(stored(given, name), frozen.daily(name), check_names=False)


def test_a_dry_run_writes_nothing_at_all(standin, access):
    given = access(standin)
    report = run(given, "vix", "gold", "cot_silver", dry_run=True)
    assert report.closing == "2 ok, 0 from cache, 1 stale, 0 failed"
    assert "nothing written" in str(report)
    assert not given.cache.exists()


def test_what_no_source_gives_is_kept_until_it_is_too_old_and_then_called_stale(standin, access):
    given = access(standin)
    run(given, "vix", "sp500")
    standin.faults.update(dict.fromkeys(("fred", "yahoo"), "503"))
    fresh = run(given, "vix", "sp500", now=SATURDAY + dt.timedelta(days=3))
    assert (fresh.closing, fresh.exit_status) == ("0 ok, 2 from cache, 0 stale, 0 failed", 3)
    assert fresh.outcomes[0].note == "kept from 2026-08-22: fred VIXCLS: status 503"
    # VIX ends on 21 August and may be 10 days old; the S&P 500 ends on 20 August and is not required.
    later = run(given, "vix", "sp500", now=SATURDAY + dt.timedelta(days=10))
    assert (later.closing, later.exit_status) == ("0 ok, 0 from cache, 2 stale, 0 failed", 3)
    assert later.outcomes[0].note.startswith("stale: last value 11 days old, at most 10 expected; kept from 2026-08-22")
    assert run(given, "sp500", now=SATURDAY + dt.timedelta(days=200)).exit_status == 0


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
    with pytest.raises(DataError, match="tin: expected one of silver, gold, btc"):
        run(access(standin), "tin")


def test_two_refreshes_do_not_mix(standin, access, monkeypatch):
    given = access(standin)
    monkeypatch.setattr("helpers.data.store.PATIENCE", 0.05)
    run(given, "vix")
    before = files(given.cache)
    with FileLock(given.cache / "lock"), pytest.raises(StoreError, match="another refresh is running"):
        run(given, "vix", now=SATURDAY + HOUR)
    assert files(given.cache) == before


def start(standin, cache, *words, **variables):
    """Start Python on loopback sources, in a process of its own."""
    urls = {f"SILVER_{provider.upper()}_URL": address for provider, address in standin.addresses.items()}
    environment = (
        os.environ | urls | {"SILVER_CACHE": str(cache), "PYTHONPATH": str(ROOT), "FRED_API_KEY": KEY, **variables}
    )
    return subprocess.Popen(
        [sys.executable, *words],
        env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


COMMAND = "import sys; from helpers.data.refresh import main; raise SystemExit(main(sys.argv[1:]))"


def test_the_command_run_twice_at_once_leaves_two_finished_generations(standin, access):
    given = access(standin)
    running = [start(standin, given.cache, "-c", COMMAND, "--only", "copper,cpi") for _ in range(2)]
    try:
        said = [process.communicate(timeout=60) for process in running]
    finally:
        for process in running:
            process.kill()
    state = Store(given.cache).load()
    assert (state.generation, sorted(state.entries)) == (2, ["copper", "cpi"])
    assert len(stored(given, "copper")) == 6518
    for out, err in said:
        assert re.search(r"copper +yahoo HG=F +1 of 1 +2026-08-14", out)
        assert "refresh: 100%" in err  # the progress bar
        assert out.splitlines()[-1] == "0 ok, 0 from cache, 2 stale, 0 failed"


KILLED = """
import os, signal, sys
from helpers.data.refresh import refresh
from helpers.data.settings import read_settings
from tests.data.crashing import watched

for point in sys.argv[1:]:
    def kill(name):
        if name.startswith(point):
            os.kill(os.getpid(), signal.SIGKILL)

    os.environ["SILVER_CACHE"] = os.path.join(os.environ["KILLED"], point)
    child = os.fork()
    if not child:
        with watched(kill):
            refresh(settings=read_settings(), only=["vix", "gold"])
    assert os.waitpid(child, 0)[1] == signal.SIGKILL, point
"""


def test_a_refresh_killed_while_writing_leaves_the_one_before(standin, access, tmp_path):
    given, points = access(standin), ("sync", "begin generations", "move manifest")
    run(given, "vix", "gold")
    before, vix = files(given.cache), stored(given, "vix")
    for point in points:
        shutil.copytree(given.cache, tmp_path / "killed" / point)
    standin._rows = {code: [*rows, ("2026-08-28", rows[-1][1])] for code, rows in standin._rows.items()}
    killed = start(standin, given.cache, "-c", KILLED, *points, KILLED=str(tmp_path / "killed"))
    try:
        killed.communicate(timeout=60)
    finally:
        killed.kill()
    assert killed.returncode == 0
    for point in points:
        one = replace(given, cache=tmp_path / "killed" / point)
        after = files(one.cache)
        assert {path: after[path] for path in before} == before
        pd.testing.assert_series_equal(stored(one, "vix"), vix)
        again = run(one, "vix", "gold", now=SATURDAY + dt.timedelta(days=7))
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


def test_every_series_with_a_source_is_asked_for_and_saved_tables_too(standin, access):
    given = access(standin)
    expected = {name for name, spec in CATALOG.items() if spec.sources} | {"cot_silver", "cot_gold", "cot_copper"}
    assert set(askable(given)) == expected
    given.manual.mkdir()
    (given.manual / "btc_halvings.csv").write_text("date,event,source\n2012-11-28,halving,x\n")
    assert set(askable(given)) == expected | {"btc_halvings"}
    assert outcome(given, "btc_halvings").status == "ok"
    assert Store(given.cache).figures("btc_halvings", Store(given.cache).load().entries["btc_halvings"]).shape == (1, 2)


def test_a_table_that_loses_or_alters_its_past_stops(standin, access):
    given = access(standin)
    run(given, "cot_silver")
    standin.faults["cftc"] = "shrink"
    stopped = outcome(given, "cot_silver", now=SATURDAY + HOUR)
    assert stopped.status == "failed"
    assert "511 of 1022 past values are gone" in stopped.changes[0]


def test_the_default_places_are_those_of_the_project():
    assert Settings().cache == ROOT / "data" / "cache"


def test_an_edition_of_the_day_takes_the_place_of_later_ones_in_a_report_as_of_it(standin, access, in_use):
    given, day = in_use(access(standin, key=KEY)), dt.date(2026, 1, 23)
    report = run(given, "nfci", "dollar", "silver", as_of=day)
    assert [(row.name, row.entry.code) for row in report.outcomes[3:]] == [
        ("nfci", "NFCI@2026-01-23"), ("dollar", "DTWEXBGS@2026-01-23")
    ]  # fmt: skip
    asked = [query for provider, _, query, _ in standin.seen if provider == "fredapi" and "realtime_start" in query]
    assert [(one["series_id"], one["realtime_start"], one["realtime_end"]) for one in asked] == [
        ("NFCI", "2026-01-23", "2026-01-23"), ("DTWEXBGS", "2026-01-23", "2026-01-23")
    ]  # fmt: skip
    then, later = load(source="live", as_of=day), load(source="live", as_of="2026-01-30")
    frozen = load(source="snapshot", as_of=day)
    for name in ("nfci", "dollar"):
        pd.testing.assert_series_equal(then.daily(name), 1.001 * frozen.daily(name), rtol=1e-4, check_freq=False)
        assert not then.restated(name)
        assert then.provenance.loc[name, "note"] == "as FRED's archive had it on 2026-01-23"
        assert later.restated(name)
        whole = load(source="snapshot").daily(name)
        pd.testing.assert_series_equal(stored(given, name), whole, check_freq=False, check_names=False)
    assert "financial conditions" not in repr(then.banner())
    assert then.restated("cpi")  # of which no edition was brought
    assert then.digest != frozen.digest
    run(given, "nfci", now=SATURDAY + HOUR)  # the edition stays
    assert load(source="live", as_of=day).digest == then.digest


def test_an_edition_that_the_archive_does_not_have_changes_nothing_and_needs_a_key(standin, access):
    given = access(standin, key=KEY)
    run(given, "nfci")
    before = stored(given, "nfci")
    standin.faults["fredapi"] = "403"
    report = run(given, "nfci", as_of=dt.date(2026, 1, 23), now=SATURDAY + HOUR)
    assert [row.status for row in report.outcomes] == ["ok", "failed"]  # the series itself by the next rung
    assert report.outcomes[1].note == "fredapi NFCI@2026-01-23: status 403"
    pd.testing.assert_series_equal(stored(given, "nfci"), before)
    assert not Store(given.cache).load().shelf.get("nfci")
    with pytest.raises(DataError, match="--as-of: expected a key in FRED_API_KEY, found none"):
        run(access(standin), "nfci", as_of=dt.date(2026, 1, 23))


def test_an_edition_that_is_another_one_the_second_time_stops_and_leaves_the_series_alone(standin, access, monkeypatch):
    given, day = access(standin, key=KEY), dt.date(2026, 1, 23)
    run(given, "dollar", as_of=day)
    edition = Store(given.cache).load().shelf["dollar"]["DTWEXBGS@2026-01-23"]
    written = standin._fredapi

    def other(code, rows, query):
        if "realtime_end" in query:
            rows = [(at, f"{1.002 * float(value):.6g}") for at, value in rows]
        return written(code, rows, query)

    monkeypatch.setattr(standin, "_fredapi", other)
    series, again = run(given, "dollar", as_of=day, now=SATURDAY + HOUR).outcomes
    assert (series.status, again.status) == ("ok", "failed")
    assert "the past of fredapi DTWEXBGS@2026-01-23 changed" in again.note
    state = Store(given.cache).load()
    assert state.shelf["dollar"]["DTWEXBGS@2026-01-23"] == edition
    assert state.entries["dollar"].note == ""
