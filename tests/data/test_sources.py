"""The adapters: each answer read as its provider writes it, each wrong one refused by name."""

import datetime as dt
import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from werkzeug import Response

from helpers.data.catalog import CATALOG, TABLES, Source
from helpers.data.client import USER_AGENT, Client
from helpers.data.errors import DataError, SourceError
from helpers.data.providers import _ADAPTERS, fetch, fetch_table
from helpers.data.settings import ADDRESSES, ROOT, Settings, read_settings
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
        with Client(Settings(addresses=addresses, **(plain | changes)), now=now) as client:
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
        ("observation_date,DFII10\n2026-08-19,1\n2026-08-18,1\n", "a row on 2026-08-18: expected rising dates"),
        ("observation_date,DFII10\n2026-08-19,1\n2026-08-19,1\n", "a row on 2026-08-19: expected every date once"),
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


def test_a_missing_key_is_named_and_nothing_is_asked(ask):
    with pytest.raises(SourceError, match="FRED_API_KEY is not set"):
        ask("fredapi", "DFII10", XML.format(2, ROWS), key="")
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
    for spec in (*CATALOG.values(), *TABLES.values()):
        for source in spec.sources:
            assert re.fullmatch(_ADAPTERS[source.provider][0], source.code), source


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


def test_the_cftc_gives_a_table_by_tuesday_and_a_code_that_is_none_is_not_asked(standin, access):
    with Client(access(standin), now=NOW) as client:
        table, (page,) = fetch_table(client, TABLES["cot_silver"].sources[0])
        with pytest.raises(SourceError, match="not a code of this provider"):
            fetch_table(client, Source("cftc", "084691' OR 1=1", ""))
    assert tuple(table) == TABLES["cot_silver"].columns
    # The first and the last report of the embedded sample.
    assert table.iloc[0].tolist() == [pd.Timestamp("2006-06-13"), 22510, 5526, 112993]
    assert table.iloc[-1].tolist() == [pd.Timestamp("2026-01-06"), 26978, 11156, 153240]
    assert page.suffix == "json"


def test_a_redirect_to_another_host_is_not_followed_and_an_endless_answer_is_cut(server, ask, monkeypatch):
    with pytest.raises(SourceError, match="sends us on to another host"):
        ask("fred", "DFII10", Response("", 302, {"Location": "http://127.0.0.2:9/x"}))
    monkeypatch.setattr("helpers.data.client.LARGEST", 1_000_000)
    with pytest.raises(SourceError, match="more than 1 MB"):
        ask("fred", "DFII10", "observation_date,DFII10\n" + "2026-08-18,2.35\n" * 100_000)


def test_a_time_of_day_counts_as_its_day_and_two_of_one_day_are_refused(ask):
    body = "observation_date,DFII10\n2026-08-18,2.35\n2026-08-21T00:00:00Z,2.40\n"
    assert pairs(ask("fred", "DFII10", body)) == {"2026-08-18": 2.35, "2026-08-21": 2.40}
    with pytest.raises(SourceError, match="a row on 2026-08-21: expected every date once"):
        ask("fred", "DFII10", body + "2026-08-21T12:00:00Z,2.41\n")


def test_a_mirror_that_sends_more_than_was_asked_for_is_cut_to_it(ask):
    body = "observation_date,DFII10\n2026-08-18,2.35\n2026-08-21,2.40\n"
    assert pairs(ask("fred", "DFII10", body, since=dt.date(2026, 8, 20))) == {"2026-08-21": 2.40}


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
    monkeypatch.setattr("helpers.data.client.time", clock)
    given = replace(access(standin, key=KEY), fred_interval=Settings.fred_interval)
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
    settings = read_settings({"SILVER_TIMEOUT": "7", "SILVER_YAHOO_URL": ""}, file)
    assert (settings.key, settings.timeout, settings.addresses["lbma"]) == (KEY, 7.0, "http://mirror/lbma")
    assert settings.addresses["yahoo"] == ADDRESSES["yahoo"]
    assert read_settings({}, tmp_path / "none").key == ""
    file.write_text("FRED_API_KEY=x", encoding="utf-16")
    with pytest.raises(DataError, match=r"\.env: expected UTF-8 text"):
        read_settings({}, file)


def test_a_malformed_key_is_said_once_and_not_used_and_a_relative_folder_counts_from_the_project(tmp_path):
    settings = read_settings({"FRED_API_KEY": "1", "SILVER_CACHE": "data/elsewhere"}, tmp_path / "none")
    assert settings.key == ""
    assert settings.remark == "FRED_API_KEY is not 32 small letters and digits, and is not used"
    assert settings.cache == ROOT / "data" / "elsewhere"
