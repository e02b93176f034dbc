"""What an outside fault test found wrong, row by row, on the project's own stand-in."""

import datetime as dt
import errno
import gzip
import re
import subprocess
import time
from dataclasses import replace

import pandas as pd
import pytest
from werkzeug import Response

from helpers.data import load
from helpers.data.catalog import CATALOG, Source
from helpers.data.client import Client
from helpers.data.errors import DataError, SourceError, StoreError, plain
from helpers.data.holdings import read_holdings
from helpers.data.providers import fetch
from helpers.data.refresh import main, refresh
from helpers.data.restore import main as restore_command
from helpers.data.restore import restore
from helpers.data.settings import ADDRESSES, ROOT, Settings
from helpers.data.store import Store, sha256

SATURDAY = dt.datetime(2026, 8, 22, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def run(given, *names, **options):
    return refresh(settings=given, only=names, **({"now": SATURDAY} | options))


def outcome(given, name, **options):
    return run(given, name, **options).outcomes[0]


def stored(given, name):
    store = Store(given.cache)
    return store.figures(name, store.load().entries[name])


def change(standin, code, factor=1.0, last=None, shift=0):
    """Multiply the last rows of a code (all of them without a number), and move them by days."""
    rows = standin._rows[code]
    at = len(rows) - (last or len(rows))
    spoilt = [
        (f"{pd.Timestamp(day) + pd.Timedelta(days=shift):%Y-%m-%d}", f"{float(value) * factor:.8g}")
        for day, value in rows[at:]
    ]
    standin._rows = standin._rows | {code: [*rows[:at], *spoilt]}


@pytest.mark.parametrize(
    ("name", "code", "spoilt", "status"),
    [
        ("silver", "SI=F", {"factor": 1 / 31.1035}, "ok"),  # in grams: London supplies it
        ("silver", "SI=F", {"factor": 1 / 31.1035, "last": 300}, "ok"),
        ("silver", "SI=F", {"factor": 1.12, "last": 300}, "ok"),
        ("dgs2", "DGS2", {"shift": 1}, "failed"),
        ("vix", "VIXCLS", {"factor": 1.02}, "failed"),
        ("cpi", "CPIAUCSL", {"factor": 1.5}, "failed"),
        ("nfci", "NFCI", {"factor": 4}, "failed"),
    ],
)
def test_a_first_answer_in_another_unit_or_of_something_else_is_compared_with_the_embedded_series(
    standin, access, name, code, spoilt, status
):
    change(standin, code, **spoilt)
    standin.faults["fredapi"] = "403"
    given = access(standin)
    result = outcome(given, name)
    if status == "ok":
        assert result.entry is None or result.entry.provider == "lbma"
    else:
        assert result.entry is None
    frozen = load(source="snapshot")
    if result.entry is None:
        assert Store(given.cache).load() is None
    else:
        pd.testing.assert_series_equal(
            stored(given, name), frozen.daily("london_silver")["2000-08-30":], check_names=False
        )


def test_gold_from_london_at_a_thirty_first_of_the_level_in_force_is_refused(standin, access):
    given = access(standin)
    run(given, "gold")
    before = stored(given, "gold")
    standin.faults["yahoo"] = "403"
    change(standin, "gold_pm", factor=1 / 31.1035, last=5000)
    result = outcome(given, "gold", now=SATURDAY + HOUR)
    assert (result.status, result.entry.provider) == ("cache", "yahoo")
    assert "lbma gold_pm: gold" in result.note
    pd.testing.assert_series_equal(stored(given, "gold"), before)


@pytest.mark.parametrize("factor", [1 / 31.1035, 0.1, 100])
def test_another_unit_in_the_newest_rows_is_not_believed_because_it_stays(standin, access, factor):
    given = access(standin)
    standin.until = "2026-08-14"
    run(given, "silver", now=dt.datetime(2026, 8, 15, 9, tzinfo=dt.UTC))
    before = stored(given, "silver")
    standin.until = "2026-08-21"
    standin.faults["lbma"] = "403"
    change(standin, "SI=F", factor=factor, last=5)
    assert outcome(given, "silver").status == "cache"
    pd.testing.assert_series_equal(stored(given, "silver"), before)


@pytest.mark.parametrize(
    ("name", "code", "factor"),
    [("dgs2", "DGS2", 0), ("cpi", "CPIAUCSL", 1.9), ("nfci", "NFCI", 1.9), ("real10", "DFII10", -1),
     ("vix", "VIXCLS", 3),
     ("dollar", "DTWEXBGS", 1.1), ("fed_assets", "WALCL", 2), ("copper", "HG=F", 1.9), ("nasdaq", "NASDAQCOM", 1.9),
     ("breakeven10", "T10YIE", 0), ("policy_rate", "DFEDTARU", 2), ("btc", "BTC-USD", 1.9)],
)  # fmt: skip
def test_a_wrong_newest_value_that_nothing_confirms_is_not_in_force(standin, access, name, code, factor):
    change(standin, code, factor=factor, last=1)
    standin.faults.update(coinmetrics="403")
    if name == "btc":
        standin._rows["CBBTCUSD"] = standin._rows["CBBTCUSD"][:-5]
    given = access(standin)
    result = outcome(given, name)
    true = load(source="snapshot").daily(name)
    if result.entry is not None:
        values = stored(given, name)
        assert values.index[-1] < true.index[-1] or values.iloc[-1] == pytest.approx(true.iloc[-1], rel=0.01)
    assert "held back" in result.note or "expected" in result.note


@pytest.mark.parametrize(
    "day", ["2026-08-21T00:00:00Z", "2026-08-21 13:30", "0000-00-00", "2026-13-45", "21/08/2026", "1e9",
            "\u0662026-08-21", "9999-12-31", "10000-01-01", "", "null", "-2026-08-21", "2026-W34-5"],
)  # fmt: skip
def test_one_odd_date_concerns_its_series_alone(standin, access, day):
    rows = standin._rows["VIXCLS"]
    standin._rows = standin._rows | {"VIXCLS": [*rows[:-1], (day, rows[-1][1])]}
    given = access(standin)
    odd, good = run(given, "vix", "real10").outcomes
    assert good.status == "ok"
    if odd.entry is None:
        assert "fred VIXCLS: " in odd.note
    else:
        assert stored(given, "vix").equals(load(source="snapshot").daily("vix").loc[: odd.entry.last])


def test_a_store_that_holds_two_rows_of_one_day_heals_with_the_next_refresh(standin, access, monkeypatch):
    given = access(standin)
    monkeypatch.setenv("SILVER_CACHE", str(given.cache))
    run(given, "vix", "gold")
    store = Store(given.cache)
    state = store.load()
    body = store.read("vix", state.entries["vix"])
    body += body.splitlines()[-1] + b"\n"
    entry = replace(state.entries["vix"], file=f"objects/{sha256(body)}.csv", sha256=sha256(body))
    poisoned = replace(state, generation=2, entries=state.entries | {"vix": entry})
    store.commit(poisoned, {f"{sha256(body)}.csv": body})
    assert load(source="live").provenance.loc["vix", "note"].startswith("the live data are damaged")
    report = run(given, "vix", "gold", now=SATURDAY + HOUR)
    assert [row.status for row in report.outcomes] == ["ok", "ok"]
    assert stored(given, "vix").equals(load(source="snapshot").daily("vix"))


def test_a_source_that_lost_half_its_history_needs_consent_to_losses_for_that_series_and_says_lost(standin, access):
    given = access(standin)
    run(given, "vix", "real10")
    standin.faults["fred"] = "shrink"
    later = {"now": SATURDAY + HOUR}
    report = run(given, "vix", "real10", accept_revisions=["vix", "real10"], **later)
    assert [row.status for row in report.outcomes] == ["failed", "failed"]
    assert "--accept-losses vix takes it over" in report.outcomes[0].note
    report = run(given, "vix", "real10", accept_losses=["vix"], **later)
    assert [row.status for row in report.outcomes] == ["ok", "failed"]
    assert report.outcomes[0].note == "4628 past values lost, accepted"
    standin.faults["fred"] = "revise"
    assert outcome(given, "real10", accept_losses=["real10"], **later).status == "failed"
    with pytest.raises(DataError, match="tin: expected one of"):
        run(given, "vix", accept_losses=["tin"], **later)


def test_restore_lists_compares_and_goes_back_to_a_kept_generation(standin, access, monkeypatch, capsys):
    given = access(standin)
    monkeypatch.setattr("helpers.data.restore.read_settings", lambda: given)
    assert restore_command([]) == 0
    assert capsys.readouterr().out == "no live data are kept\n"
    run(given, "vix", "silver")
    before = stored(given, "vix")
    standin.faults["fred"] = "shrink"
    run(given, "vix", accept_losses=["vix"], now=SATURDAY + HOUR)
    assert restore_command([]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "     1  2026-08-22 09:00  2 series, silver to 2026-08-21"
    assert second.endswith("in force")
    assert restore_command(["1"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "vix: fred VIXCLS to 2026-08-21, now fred VIXCLS to 2026-08-21; 4628 of 9257 past values are gone"
    )
    assert restore_command(["1", "--go-back"]) == 0
    assert "generation 3 has the data of 1" in capsys.readouterr().out
    pd.testing.assert_series_equal(stored(given, "vix"), before)
    assert Store(given.cache).load().accepted[-1] == "went back to 1"
    with pytest.raises(DataError, match="generation: expected one of 1, 2, 3, found 9"):
        restore_command(["9"])


def test_a_damaged_manifest_is_named_with_the_way_back(standin, access):
    given = access(standin)
    run(given, "vix")
    (given.cache / "manifest.json").write_bytes(b"\x00")
    with pytest.raises(DataError, match="make restore"):
        run(given, "vix", now=SATURDAY + HOUR)
    assert restore(settings=given, number=1) == 2
    assert outcome(given, "vix", now=SATURDAY + HOUR).status == "ok"


@pytest.mark.parametrize("name", ["real10", "silver", "london_silver", "btc"])
def test_since_with_a_mirror_that_ignores_it_adds_the_new_rows_only(standin, access, monkeypatch, name):
    given = access(standin)
    standin.until = "2026-08-14"
    run(given, name, now=dt.datetime(2026, 8, 15, 9, tzinfo=dt.UTC))
    standin.until = "2026-08-21"
    for answer in ("_fred", "_yahoo", "_coinmetrics"):
        plain_answer = getattr(standin, answer)
        monkeypatch.setattr(
            standin, answer, lambda code, rows, query, do=plain_answer: do(code, rows, _without_since(query))
        )
    result = outcome(given, name, since=dt.date(2026, 8, 1))
    assert (result.status, result.entry.last) == ("ok", "2026-08-21")
    pd.testing.assert_series_equal(stored(given, name), load(source="snapshot").daily(name), check_names=False)


def _without_since(query):
    period = {"period1": "-9999999999", "period2": query["period2"]} if "period2" in query else {}
    return {key: value for key, value in query.items() if key not in ("cosd", "start_time")} | period


@pytest.mark.parametrize(("faults", "status"), [({}, 0), ({"fred": "503"}, 3), ({"fred": "revise"}, 1)])
def test_the_exit_status_tells_old_data_from_a_stop(standin, access, monkeypatch, faults, status):
    given = access(standin)
    monkeypatch.setattr("helpers.data.refresh.read_settings", lambda: given)
    run(given, "real10")
    standin.faults.update(faults)
    assert run(given, "real10", now=SATURDAY + HOUR).exit_status == status


def test_make_goes_on_to_the_report_after_old_data_and_not_after_a_stop(tmp_path):
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "ready").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$3"\n[ "$3" != refresh ] || exit "$4"\n')
    python.chmod(0o755)
    makefile = str(ROOT / "Makefile")
    for status, said in (
        ("0", "refresh\nreport\n"),
        ("3", "refresh\nreport\n"),
        ("1", "refresh\n"),
        ("2", "refresh\n"),
    ):
        words = [
            "make",
            "-f",
            makefile,
            "-C",
            str(tmp_path),
            "--no-print-directory",
            "refresh",
            "report",
            f"ARGS={status}",
        ]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        assert done.stdout == said, done
        assert (done.returncode == 0) == (status in "03")


ODD = '\x1b[31mred\x1b[0m\nsecond line\u202e<script>alert(1)</script> "' + "x" * 3_000_000


def test_text_of_a_source_reaches_neither_terminal_nor_page_as_it_is(standin, access, monkeypatch):
    given = access(standin)
    monkeypatch.setenv("SILVER_CACHE", str(given.cache))
    rows = standin._rows["VIXCLS"]
    standin._rows = standin._rows | {"VIXCLS": [*rows[:-1], (rows[-1][0], ODD)]}
    table = str(run(given, "vix", "gold"))
    assert len(table) < 2_000
    assert all(char.isprintable() or char == "\n" for char in table)
    standin._rows = standin._rows | {"VIXCLS": rows}
    run(given, "vix", now=SATURDAY + HOUR)
    standin._rows = standin._rows | {"VIXCLS": [(day, ODD[:9_000]) for day, _ in rows[-9:]]}
    run(given, "vix", "gold", now=SATURDAY + 2 * HOUR)
    page = load(source="live").banner()._repr_html_()
    assert "<script>" not in page
    note = load(source="live").provenance.loc["vix", "note"]
    assert note.startswith("kept from 2026-08-22: fred VIXCLS: ")
    assert len(note) <= 170
    log = (given.cache / "refresh.log").read_text()
    assert log.startswith("vix: cache; kept from")
    assert len(log) < 3_000


def test_a_text_is_made_one_short_line():
    assert plain("a\tb\r\n\x1b[2Jc\u200bd") == "a b [2Jc d"
    assert plain("x" * 500, 10) == "xxxxxxxxxx..."


@pytest.fixture
def answering(server, access, standin):
    """Let one provider give one answer, made by a function of the request."""

    def make(provider, respond, **changes):
        server.clear()
        server.expect_request(re.compile("/.*")).respond_with_handler(respond)
        given = access(standin, **changes)
        code = {"yahoo": "SI=F", "fred": "VIXCLS", "lbma": "silver", "coinmetrics": "btc", "cftc": "084691"}[provider]
        with Client(given, now=SATURDAY) as client:
            return fetch(client, Source(provider, code, ""))

    return make


@pytest.mark.parametrize("provider", ["fred", "yahoo", "lbma", "coinmetrics"])
def test_a_gzip_bomb_is_cut_where_the_limit_is(answering, provider, monkeypatch):
    for module in ("client", "providers"):
        monkeypatch.setattr(f"helpers.data.{module}.LARGEST", 1_000_000)
    bomb = gzip.compress(b"0" * 60_000_000)  # 58 kB on the wire
    with pytest.raises(SourceError, match="more than 1 MB"):
        answering(provider, lambda request: Response(bomb, headers={"Content-Encoding": "gzip"}))


@pytest.mark.parametrize("provider", ["fred", "yahoo"])
def test_an_endless_body_and_one_that_comes_byte_by_byte_end_within_the_stated_time(answering, provider):
    def drip(request):
        def body():
            ends = time.monotonic() + 20
            while time.monotonic() < ends:
                yield b" "
                time.sleep(0.02)

        return Response(body(), headers={"Content-Length": "100000000"})

    began = time.monotonic()
    with pytest.raises(SourceError):
        answering(provider, drip, timeout=0.1)
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("provider", ["fred", "yahoo", "lbma", "coinmetrics"])
@pytest.mark.parametrize(
    "to", ["http://127.0.0.2:9/x", "https://127.0.0.1:9/x", "//127.0.0.2:9/x", "file:///etc/passwd"]
)
def test_a_redirect_to_another_host_or_scheme_is_not_followed(answering, provider, to):
    with pytest.raises(SourceError, match="sends us on to another host, which is not asked"):
        answering(provider, lambda request: Response("", 302, {"Location": to}))


@pytest.mark.parametrize("provider", ["fred", "yahoo"])
def test_redirects_within_the_host_are_followed_a_few_times(answering, provider):
    with pytest.raises(SourceError, match="more than 3 redirects"):
        answering(provider, lambda request: Response("", 302, {"Location": request.path + "x"}))


def test_yahoos_own_hosts_are_the_only_ones_without_a_base_address_of_ones_own():
    from helpers.data.providers import _Session

    with _Session(ADDRESSES["yahoo"], 1.0) as session:
        assert session._ours("https://consent.yahoo.com/x")
        assert not session._ours("http://consent.yahoo.com/x")
        assert not session._ours("https://evilyahoo.com/x")
        assert not session.trust_env


def test_a_disk_that_is_full_while_a_forecast_is_stored_leaves_the_table_as_it_was_and_names_it(tmp_path, monkeypatch):
    from helpers.claims.forecasts import FORECASTS, _append, read_forecasts

    path = tmp_path / "forecasts.csv"
    table = read_forecasts(FORECASTS)
    first = table[table["made"] == table["made"].iloc[0]]
    _append(path, first)
    before = path.read_bytes()

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("helpers.data.store.os.fsync", full)
    with pytest.raises(StoreError, match=r"in forecasts\.csv: the disk is full; what was there still stands"):
        _append(path, first)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["forecasts.csv"]
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"forecasts\.csv: expected a table of forecasts, found a damaged file"):
        read_forecasts(path)


def test_a_day_of_the_future_is_refused():
    with pytest.raises(DataError, match=r"as_of: expected a date from .* to .*, found 2030-01-01"):
        load(source="snapshot", as_of="2030-01-01")


@pytest.mark.parametrize("key", ["1", "0", "e", '"', "'", "x" * 33, "ABCDEF" * 6, "a" * 31 + "\n"])
def test_a_malformed_key_is_named_once_and_every_source_is_asked_without_it(standin, access, monkeypatch, capsys, key):
    from helpers.data.settings import read_settings

    found = read_settings({"FRED_API_KEY": key}, ROOT / "no such file")
    given = replace(access(standin), key=found.key, remark=found.remark)
    monkeypatch.setattr("helpers.data.refresh.read_settings", lambda: given)
    assert main(["--only", "vix,real10", "--dry-run"]) in (0, 3)
    out = capsys.readouterr().out
    assert out.count("FRED_API_KEY is not 32 small letters and digits") == 1
    assert "fredapi" not in "".join(provider for provider, *_ in standin.seen)


def test_frozen_and_live_weeks_of_january_are_the_same_and_another_source_is_said(standin, access, monkeypatch):
    given = access(standin)
    monkeypatch.setenv("SILVER_CACHE", str(given.cache))
    run(given, "btc", "silver")
    january = slice("2026-01-02", "2026-01-30")
    live, frozen = load(source="live"), load(source="snapshot")
    pd.testing.assert_frame_equal(live.weekly.loc[january], frozen.weekly.loc[january])
    standin.faults["yahoo"] = "403"
    run(given, "btc", now=SATURDAY + HOUR)
    assert "Not from the first choice: btc: Bitcoin, close at 00:00 UTC from coinmetrics" in repr(
        load(source="live").banner()
    )


def test_every_series_with_a_source_has_a_guard_against_a_wrong_newest_value():
    series = read_holdings(Settings(source="snapshot", manual=ROOT / "no such folder")).series
    for name, spec in CATALOG.items():
        values = series.get(name)
        if values is not None and spec.sources:
            recent = values.iloc[-2500:]
            assert spec.jump < (5.5 if spec.change == "log" else 10 * recent.std() + 1), name
