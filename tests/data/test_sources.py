"""The adapters: each answer read as its provider writes it, each wrong one refused by name."""

import datetime as dt
import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from werkzeug import Response

from helpers.data.catalog import LIVE, Source
from helpers.data.settings import ADDRESSES, Access, read_access
from helpers.data.sources import _ADAPTERS, Client, SourceError, fetch
from helpers.data.sources.http import USER_AGENT
from tests.data.standin import KEY, PROVIDERS

NOW = dt.datetime(2026, 8, 22, 9, tzinfo=dt.UTC)  # a Saturday


@pytest.fixture
def ask(server):
    """Let a provider give one answer, and read it."""

    def make(provider, code, *answers, now=NOW, since=None, **changes):
        given = list(answers)

        def respond(request):
            ask.seen.append(request)
            answer = given.pop(0) if len(given) > 1 else given[0]
            return answer if isinstance(answer, Response) else Response(answer)

        server.clear()
        server.expect_request(re.compile(f"/{provider}/.+")).respond_with_handler(respond)
        addresses = {name: f"http://127.0.0.1:{server.port}/{name}" for name in PROVIDERS}
        plain = {"timeout": 5.0, "attempts": 1, "longest_wait": 0.01, "fred_interval": 0.0, "key": KEY}
        with Client(Access(addresses=addresses, **(plain | changes)), now=now) as client:
            return fetch(client, Source(provider, code, ""), since)

    ask.seen = make.seen = []
    yield make
    server.clear()


def pairs(daily):
    return {f"{day:%Y-%m-%d}": value for day, value in daily.series.items()}


@pytest.mark.parametrize("header", ["observation_date,DFII10", "DATE,DFII10", "\ufeffobservation_date,DFII10"])
def test_freds_csv_is_read_with_either_header_and_both_ways_of_missing(ask, header):
    daily = ask("fred", "DFII10", f"{header}\n2026-08-18,2.35\n2026-08-19,.\n2026-08-20,\n2026-08-21,2.40\n")
    assert pairs(daily) == {"2026-08-18": 2.35, "2026-08-21": 2.40}
    assert daily.pages[0].address.endswith("/fred/graph/fredgraph.csv?id=DFII10")
    assert daily.pages[0].body.endswith(b"2026-08-21,2.40\n")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("observation_date,DFII5\n2026-08-18,2.35\n", "expected the column DFII10, got DFII5"),
        ("observation_date,DFII10\n2026-08-18\n", "a row without exactly two fields"),
        ("observation_date,DFII10\n2026-08-18,n/a\n", "'n/a' on 2026-08-18 is not a number"),
        ("observation_date,DFII10\n2026-08-18,inf\n", "'inf' on 2026-08-18 is not a number"),
        ("observation_date,DFII10\n2026-08-18,.\n", "no observation in the answer"),
        ("observation_date,DFII10\n2026-08-19,1\n2026-08-18,1\n", "DFII10 on 2026-08-18: expected rising dates"),
        ("observation_date,DFII10\n2026-08-19,1\n2026-08-19,1\n", "DFII10 on 2026-08-19: expected every date once"),
        ("observation_date,DFII10\nyesterday,1\n", "not of the expected form"),
        ("<!doctype html><html></html>", "expected CSV, got a web page"),
        ("", "expected CSV, got nothing"),
        ("2026-08-19,1\n", "expected CSV, got something else"),
    ],
)
def test_a_wrong_csv_is_refused_by_name(ask, body, said):
    with pytest.raises(SourceError, match="fred DFII10: ") as caught:
        ask("fred", "DFII10", body)
    assert said in caught.value.reason


XML = '<?xml version="1.0"?><observations count="{}">{}</observations>'
ROWS = '<observation date="2026-08-19" value="2.35"/><observation date="2026-08-20" value="."/>'


def test_freds_api_is_asked_through_fredapi_and_its_key_is_not_in_the_address(ask):
    daily = ask("fredapi", "DFII10", XML.format(2, ROWS), since=dt.date(2026, 8, 19))
    assert pairs(daily) == {"2026-08-19": 2.35}
    assert ask.seen[0].args["api_key"] == KEY
    assert ask.seen[0].args["observation_start"] == "2026-08-19"
    assert daily.pages[0].address.endswith(
        "/fredapi/fred/series/observations?series_id=DFII10&observation_start=2026-08-19"
    )
    assert daily.pages[0].body == XML.format(2, ROWS).encode()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (XML.format(3, ROWS), "incomplete answer or repeated dates: 2 rows, 3 announced, 2 dates"),
        (XML.format(2, ROWS.replace("20", "19")), "incomplete answer or repeated dates"),
        (XML.format(0, ""), "no observation in the answer"),
        ('<?xml version="1.0"?><observations', "not of the expected form (ParseError"),
        (Response('<?xml version="1.0"?><error code="400" message="Bad Request."/>', 400), "status 400 (Bad Request.)"),
    ],
)
def test_a_wrong_answer_of_freds_api_is_refused_by_name(ask, answer, said):
    with pytest.raises(SourceError, match="fredapi DFII10: ") as caught:
        ask("fredapi", "DFII10", answer)
    assert said in caught.value.reason


@pytest.mark.parametrize(("key", "said"), [("", "is not set"), ("ABC", "is not 32 small letters and digits")])
def test_a_missing_or_malformed_key_is_named_and_nothing_is_asked(ask, key, said):
    with pytest.raises(SourceError, match=f"FRED_API_KEY {said}"):
        ask("fredapi", "DFII10", XML.format(2, ROWS), key=key)
    assert not ask.seen


@pytest.mark.parametrize("rung", [
    Source("fred", "DFII 10", ""), Source("fredapi", "DFII10&api_key=x", ""), Source("yahoo", "../SI", ""),
    Source("lbma", "silver/../x", ""), Source("coinmetrics", "btc&assets=eth", ""),
    Source("manual", "../secret.csv", ""),
])  # fmt: skip
def test_a_code_that_is_none_never_reaches_an_address(ask, rung):
    with pytest.raises(SourceError, match="not a code of this provider; nothing was asked"):
        ask(rung.provider, rung.code, "")
    assert not ask.seen


def test_every_code_of_the_catalog_is_one_of_its_provider():
    for spec in LIVE.values():
        for rung in spec.ladder:
            assert _ADAPTERS[rung.provider].CODE.fullmatch(rung.code), rung


def page_of(*days, following=None):
    rows = [{"asset": "btc", "time": f"{day}T00:00:00.000000000Z", "PriceUSD": value} for day, value in days]
    more = {"next_page_token": following, "next_page_url": "http://192.0.2.1/v4/x"} if following else {}
    return json.dumps({"data": rows} | more)


def test_coin_metrics_pages_are_joined_by_token_at_the_address_in_use(ask):
    first, second = (
        page_of(("2026-08-19", "1.5"), following="t&1"),
        page_of(("2026-08-20", "2.5"), ("2026-08-21", "3.5")),
    )
    daily = ask("coinmetrics", "btc", first, second)
    assert pairs(daily) == {"2026-08-19": 1.5, "2026-08-20": 2.5, "2026-08-21": 3.5}
    assert [request.args.get("next_page_token") for request in ask.seen] == [None, "t&1"]
    assert len(daily.pages) == 2


def test_bitcoins_running_day_is_left_out(ask):
    rows = [("2026-08-20", "1"), ("2026-08-21", "2"), ("2026-08-22", "3")]
    assert list(pairs(ask("coinmetrics", "btc", page_of(*rows)))) == ["2026-08-20", "2026-08-21"]
    just_after = dt.datetime(2026, 8, 23, 0, 0, 1, tzinfo=dt.UTC)
    assert list(pairs(ask("coinmetrics", "btc", page_of(*rows), now=just_after)))[-1] == "2026-08-22"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (page_of(("2026-08-20", "1"), following="again"), "more than 20 pages"),
        (page_of(("2026-08-20", "1")).replace('"btc"', '"eth"'), "rows of another asset"),
        ('{"error": {"type": "bad_parameter"}}', "not of the expected form (KeyError: 'data'"),
        (page_of(("2026-08-22", "1")), "only values of days that have not ended"),
    ],
)
def test_a_wrong_answer_of_coin_metrics_is_refused_by_name(ask, body, said):
    with pytest.raises(SourceError) as caught:
        ask("coinmetrics", "btc", body)
    assert said in caught.value.reason


def test_londons_prices_are_the_dollar_ones_and_days_without_are_left_out(ask):
    days = [{"is_cms_locked": 0, "d": "1968-01-02", "v": [2.173, 0.904, None]}, {"d": "1968-01-03", "v": [None, 1, 1]}]
    assert pairs(ask("lbma", "silver", json.dumps(days))) == {"1968-01-02": 2.173}
    with pytest.raises(SourceError, match="expected a list of days"):
        ask("lbma", "silver", '{"d": []}')


def chart(times, closes, **meta):
    about = {"symbol": "SI=F", "currency": "USD", "exchangeTimezoneName": "America/New_York", "dataGranularity": "1d"}
    quote = {"quote": [{"close": closes}]}
    return json.dumps({"chart": {"result": [{"meta": about | meta, "timestamp": times, "indicators": quote}]}})


def at(text):
    return int(pd.Timestamp(text, tz="America/New_York").timestamp())


def test_yahoos_days_are_the_exchanges_and_the_running_one_is_left_out(ask):
    times = [at("2026-08-19"), at("2026-08-20"), at("2026-08-21")]
    body = chart(times, [66.0, None, 69.466])
    # 03:59 UTC on Saturday is still Friday evening in New York: Friday's close can still be replaced by a settlement.
    evening = dt.datetime(2026, 8, 22, 3, 59, tzinfo=dt.UTC)
    assert pairs(ask("yahoo", "SI=F", body, now=evening)) == {"2026-08-19": 66.0}
    assert pairs(ask("yahoo", "SI=F", body)) == {"2026-08-19": 66.0, "2026-08-21": 69.466}


def test_yahoos_second_row_of_the_last_day_replaces_the_first_unless_it_is_the_same_moment(ask):
    twice = [at("2026-08-20"), at("2026-08-21"), at("2026-08-21 16:59")]
    assert pairs(ask("yahoo", "SI=F", chart(twice, [1.0, 2.0, 2.5]))) == {"2026-08-20": 1.0, "2026-08-21": 2.5}
    with pytest.raises(SourceError, match="2026-08-21: expected every date once"):
        ask("yahoo", "SI=F", chart([twice[0], twice[1], twice[1]], [1.0, 2.0, 2.0]))


@pytest.mark.parametrize("meta", [{"symbol": "SIL"}, {"currency": "GBp"}, {"dataGranularity": "1mo"}])
def test_another_symbol_currency_or_interval_is_refused(ask, meta):
    with pytest.raises(SourceError, match="expected SI=F in USD by day, got"):
        ask("yahoo", "SI=F", chart([at("2026-08-20")], [1.0], **meta))


def test_yahoos_own_error_is_no_series(ask):
    with pytest.raises(SourceError, match="not of the expected form"):
        ask("yahoo", "SI=F", json.dumps({"chart": {"result": None, "error": {"code": "Not Found"}}}))


def test_a_file_saved_by_hand_is_read_with_any_names_of_its_two_columns(tmp_path):
    access = Access(manual=tmp_path)
    (tmp_path / "silver.csv").write_text("\ufeffDay,USD,other\n2026-08-20,68.026,x\n\n2026-08-21,69.466,x\n")
    (tmp_path / "gold.csv").write_text("date,price\n2026-08-20\n")
    with Client(access, now=NOW) as client:
        assert pairs(fetch(client, Source("manual", "silver.csv", ""))) == {"2026-08-20": 68.026, "2026-08-21": 69.466}
        with pytest.raises(SourceError, match="expected a date and a price, got '2026-08-20'"):
            fetch(client, Source("manual", "gold.csv", ""))
        with pytest.raises(SourceError, match="no such file in data/manual"):
            fetch(client, Source("manual", "btc.csv", ""))


def test_a_busy_source_is_asked_again_and_a_forbidding_one_is_not(ask):
    good = "observation_date,DFII10\n2026-08-18,2.35\n"
    busy = [Response("", 429), Response("<html>", 200), Response("", 503), Response(good)]
    assert pairs(ask("fred", "DFII10", *busy, attempts=4)) == {"2026-08-18": 2.35}
    assert len(ask.seen) == 4
    ask.seen.clear()
    with pytest.raises(SourceError, match="status 403"):
        ask("fred", "DFII10", Response("", 403), attempts=4)
    assert len(ask.seen) == 1


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.now, self.naps = 100.0, []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds


def test_fred_is_asked_at_most_twice_a_second_by_whichever_address(standin, access, monkeypatch):
    clock = Clock()
    monkeypatch.setattr("helpers.data.sources.http.time", clock)
    given = replace(access(standin, key=KEY), fred_interval=Access.fred_interval)
    with Client(given, now=NOW) as client:
        for provider in ("fredapi", "fred", "fredapi", "fred", "fredapi"):
            fetch(client, Source(provider, "DFII10", ""))
        fetch(client, Source("coinmetrics", "btc", ""))
    assert clock.naps == [0.5, 0.5, 0.5, 0.5]


def test_every_request_of_ours_says_what_it_is(standin, access):
    with Client(access(standin, key=KEY), now=NOW) as client:
        for provider, code in (("fredapi", "DFII10"), ("fred", "DFII10"), ("lbma", "silver"), ("coinmetrics", "btc")):
            fetch(client, Source(provider, code, ""))
    assert {headers["User-Agent"] for *_, headers in standin.seen} == {USER_AGENT}
    assert USER_AGENT.startswith("silver-and-bitcoin/")


def test_settings_come_from_the_environment_then_from_the_file_then_from_the_defaults(tmp_path):
    file = tmp_path / ".env"
    file.write_text(f"FRED_API_KEY={KEY}\nSILVER_LBMA_URL=http://mirror/lbma/\nSILVER_TIMEOUT=3\n")
    access = read_access({"SILVER_TIMEOUT": "7", "SILVER_YAHOO_URL": ""}, file)
    assert (access.key, access.timeout, access.addresses["lbma"]) == (KEY, 7.0, "http://mirror/lbma")
    assert access.addresses["yahoo"] == ADDRESSES["yahoo"]
    assert read_access({}, tmp_path / "none").key == ""
