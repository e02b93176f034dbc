"""Faults that the test makes up: whatever a source sends, what is in force is true, whole and as it was or newer."""

import datetime as dt
import functools
import gzip
import json
import re
import shutil
import time

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug import Response

from helpers.data.refresh import refresh
from helpers.data.settings import Settings
from helpers.data.store import Store
from tests.data.standin import PROVIDERS, StandIn, snapshot_series
from tests.data.writing import embedded, write_store

NOW = dt.datetime(2026, 8, 22, 9, tzinfo=dt.UTC)
ROWS, NEW = 40, 5
SAFE = ROWS - NEW - 3  # the last three known rows may be corrected by their source
SERIES = {"fred": ("vix", "VIXCLS"), "yahoo": ("silver", "SI=F"), "lbma": ("london_silver", "silver"),
          "coinmetrics": ("btc", "btc")}  # fmt: skip
ANSWERED = re.compile("/[a-z]+/(graph|v8|json|v4)")
TIMEOUT = 0.4

not_digits = st.text(st.characters(exclude_categories=("Nd", "Nl", "No", "Cs")), max_size=12)
places = st.integers(0, ROWS - 1)
odd_values = st.sampled_from(["nan", "inf", "-inf", "1e400", "0x10", "null", "true", "[]", "=1+1", "1,5"]) | not_digits
odd_dates = not_digits | st.sampled_from(
    ["2026-02-30", "0001-01-01", "9999-12-31", "12/31/2026", "1e5", "20260821T99", "2026-08-21T25:00", "-1", "0"]
)
row_faults = st.one_of(
    st.tuples(st.just("value"), places, odd_values),
    st.tuples(st.just("times"), places, st.sampled_from([-1.0, 0.0, 0.01, 0.3, 3.0, 100.0, 1e300])),
    st.tuples(st.just("tail"), places, st.sampled_from([0.0, 0.01, 100.0])),
    st.tuples(st.just("date"), places, odd_dates),
    st.tuples(st.just("years"), places, st.sampled_from([-30, -1, 1, 30])),
    st.tuples(st.just("swap"), places, places),
    st.tuples(st.sampled_from(["drop", "again", "missing"]), places, st.none()),
)
body_faults = st.one_of(
    st.tuples(st.just("cut"), st.floats(0, 1), st.none()),
    st.tuples(st.just("garbage"), st.floats(0, 1), st.binary(min_size=1, max_size=20)),
    st.tuples(st.just("before"), st.none(), st.binary(min_size=1, max_size=20)),
    st.tuples(st.just("behind"), st.none(), st.binary(min_size=1, max_size=20)),
    st.tuples(st.just("code"), st.none(), st.sampled_from(["utf-16", "utf-32", "utf-7", "cp500"])),
    st.tuples(st.sampled_from(["zip", "none", "page"]), st.none(), st.none()),
)
headers = st.dictionaries(
    st.sampled_from(["Content-Encoding", "Content-Length", "Content-Type", "Transfer-Encoding", "Location",
                     "Set-Cookie", "Retry-After", "X-Long", "Content-Range"]),
    st.sampled_from(["gzip", "deflate", "br", "gzip, gzip", "identity", "chunked", "0", "7", "-1", "9999999",
                     "many",
                     "text/html; charset=utf-99", "http://127.0.0.2:9/", "//", "http://[", "x" * 70_000, "\u00e9"]),
    min_size=1, max_size=3,
)  # fmt: skip
statuses = st.sampled_from(
    [200, 204, 206, 300, 301, 302, 304, 307, 308, 400, 401, 404, 410, 418, 429, 500, 503, 599, 999]
)
delays = st.sampled_from([0.0, 0.02, 2 * TIMEOUT])


@functools.cache
def truth(provider):
    """The last rows of the code that a provider serves."""
    return snapshot_series()[SERIES[provider][1]][-ROWS:]


def spoilt_rows(rows, fault):
    kind, at, how = fault
    rows, at = list(rows), min(at, len(rows) - 1)
    day, value = rows[at]
    if kind in ("value", "date", "missing"):
        rows[at] = {"value": (day, how), "date": (how, value), "missing": (day, ".")}[kind]
    elif kind == "swap":
        how = min(how, len(rows) - 1)
        rows[at], rows[how] = rows[how], rows[at]
    elif kind == "years":
        rows[at] = (f"{int(day[:4]) + how}{day[4:]}" if day[:4].isdigit() else day, value)
    elif kind in ("drop", "again"):
        rows[at : at + 1] = [] if kind == "drop" and len(rows) > 1 else [rows[at]] * 2
    else:
        end = at + 1 if kind == "times" else len(rows)
        rows[at:end] = [(day, _times(value, how)) for day, value in rows[at:end]]
    return rows


def _times(text, factor):
    try:
        return repr(float(text) * factor)
    except ValueError:
        return text


def spoilt_body(body, fault, known):
    """Spoil a body; within a row, only in the part that repeats what is known: elsewhere nothing could tell."""
    kind, share, what = fault
    place = int((share or 0) * known)
    return {
        "cut": lambda: body[:place],
        "garbage": lambda: body[:place] + (what or b"") + body[place + 1 :],
        "before": lambda: (what or b"") + body,
        "behind": lambda: body + (what or b""),
        "code": lambda: body.decode(errors="replace").encode(what or "utf-8", errors="replace"),
        "zip": lambda: gzip.compress(body),
        "none": lambda: b"",
        "page": lambda: b"<html>\x1b[31m</html>",
    }[kind]()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small embedded data set, and for each provider a small cache that holds all but the newest rows."""
    folder = tmp_path_factory.mktemp("small")
    _, series, _ = embedded()
    few = {name: _series(truth(provider)[:-NEW]) for provider, (name, _) in SERIES.items()}
    few["btc"] = series["btc"].loc[few["btc"].index]
    write_store(folder / "snapshot", few, {})
    return folder


def _series(rows):
    days, values = zip(*rows, strict=True)
    return pd.Series([float(value) for value in values], index=pd.DatetimeIndex(days, name="date").as_unit("us"))


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None if text == "." else text


class Scene:
    """One provider that answers as told; every other one is not there."""

    def __init__(self, server, folder, provider):
        self.provider, self.status, self.headers, self.delay = provider, 200, {}, 0.0
        self.body, self.code = b"", SERIES[provider][1]
        server.clear()
        server.expect_request(re.compile("/.*")).respond_with_handler(self.answer)
        addresses = {name: f"http://127.0.0.1:{server.port}/{name}" for name in PROVIDERS}
        self.given = Settings(addresses=addresses, snapshot=folder / "snapshot", cache=folder / provider,
                              manual=folder / "none", timeout=TIMEOUT, attempts=1, longest_wait=0.01,
                              fred_interval=0.0)  # fmt: skip
        self.kept = folder / f"{provider}-kept"
        if not self.kept.exists():
            rows = truth(provider)[:-NEW]
            self.body = self.written(rows)
            before = dt.datetime.fromisoformat(rows[-1][0]).replace(tzinfo=dt.UTC) + dt.timedelta(days=1, hours=9)
            assert self.refreshed(before).status == "ok"
            shutil.copytree(self.given.cache, self.kept)

    def refreshed(self, now):
        return refresh(settings=self.given, only=[SERIES[self.provider][0]], now=now).outcomes[0]

    def written(self, rows):
        """Write rows as the provider does, whatever stands in them."""
        if self.provider == "fred":
            return StandIn._fred(None, self.code, rows, {}).encode()
        if self.provider == "lbma":
            return json.dumps([{"d": day, "v": [_number(value), None, None]} for day, value in rows]).encode()
        if self.provider == "coinmetrics":
            page = [{"asset": "btc", "time": f"{day}T00:00:00.000000000Z", "PriceUSD": value} for day, value in rows]
            return json.dumps({"data": page}).encode()
        times = [self._seconds(day) for day, _ in rows]
        meta = {"symbol": self.code, "currency": "USD", "exchangeTimezoneName": "UTC", "dataGranularity": "1d"}
        quote = {"close": [_number(value) for _, value in rows]}
        result = {"meta": meta, "timestamp": times, "indicators": {"quote": [quote]}}
        return json.dumps({"chart": {"result": [result], "error": None}}).encode()

    @staticmethod
    def _seconds(day):
        try:
            return int(pd.Timestamp(day, tz="UTC").timestamp())
        except (ValueError, OverflowError):
            return day

    def answer(self, request):
        if not ANSWERED.match(request.path) or not request.path.startswith(f"/{self.provider}/"):
            return Response("{}", status=404)
        time.sleep(self.delay)
        answer = Response(self.body, status=self.status)
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            answer.automatically_set_content_length = False
        answer.headers.update(self.headers)
        return answer

    def check(self):
        """Refresh from the spoilt answer, and hold what is then in force against the truth."""
        shutil.rmtree(self.given.cache, ignore_errors=True)
        shutil.copytree(self.kept, self.given.cache)
        before, store = self._files(), Store(self.given.cache)
        passing = {
            "manifest.json",
            *(f"objects/{name}" for entry in store.load().entries.values() for _, name in entry.pages),
        }
        began = time.monotonic()
        result = self.refreshed(NOW)
        assert time.monotonic() - began < 12 * TIMEOUT + 2
        assert len(str(result.note)) < 2_000
        assert result.note.isprintable()
        after = self._files()
        kept = {name: body for name, body in before.items() if name not in passing}
        assert {name: after.get(name) for name in kept} == kept
        if result.status != "ok":
            assert after == before
        held = store.figures(result.name, store.load().entries[result.name])
        true = _series(truth(self.provider))
        assert held.index.isin(true.index).all(), held
        pd.testing.assert_series_equal(held, true[held.index], check_names=False, rtol=1e-9)
        assert true.index[: ROWS - NEW].isin(held.index).all()

    def _files(self):
        paths = (path for path in self.given.cache.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.given.cache)): path.read_bytes()
            for path in paths
            if path.name not in ("lock", "refresh.log")
        }


generated = functools.partial(
    settings, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
each = pytest.mark.parametrize("provider", SERIES)


@each
def test_the_true_answer_is_taken(server, small, provider):
    scene = Scene(server, small, provider)
    scene.body = scene.written(truth(provider))
    scene.check()
    assert Store(scene.given.cache).load().entries[SERIES[provider][0]].last == truth(provider)[-1][0]


@each
@generated(max_examples=40)
@given(faults=st.lists(row_faults, min_size=1, max_size=3))
def test_no_rows_bring_a_wrong_value_into_force(server, small, provider, faults):
    scene = Scene(server, small, provider)
    scene.body = scene.written(functools.reduce(spoilt_rows, faults, truth(provider)))
    scene.check()


@pytest.mark.slow
@each
@generated(max_examples=30)
@given(faults=st.lists(body_faults, min_size=1, max_size=2))
def test_no_body_brings_a_wrong_value_into_force(server, small, provider, faults):
    scene = Scene(server, small, provider)
    body = scene.written(truth(provider))
    known = len(scene.written(truth(provider)[:SAFE])) - 60
    if provider == "yahoo":
        known = body.index(b'"timestamp"')
    scene.body = functools.reduce(lambda sofar, fault: spoilt_body(sofar, fault, known), faults, body)
    scene.check()


@pytest.mark.slow
@each
@generated(max_examples=25)
@given(headers=headers, status=statuses, delay=delays, whole=st.booleans())
def test_no_headers_status_or_delay_brings_a_wrong_value_into_force(
    server, small, provider, headers, status, delay, whole
):
    scene = Scene(server, small, provider)
    scene.body = scene.written(truth(provider))[: None if whole else 50]
    scene.status, scene.headers, scene.delay = status, headers, delay
    scene.check()
