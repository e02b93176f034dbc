"""One small adapter a provider: how it is asked, and how its answer is read."""

import csv
import datetime as dt
import io
import json
import logging
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit
from zoneinfo import ZoneInfo

import pandas as pd
import yfinance
from curl_cffi.requests import Response, Session
from fredapi import Fred
from yfinance.data import YfData

from helpers.data.catalog import CATALOG, Source
from helpers.data.checks import LARGEST, to_series
from helpers.data.client import MOST_REDIRECTS, Client, Daily, Page, Reply
from helpers.data.errors import SourceError
from helpers.data.manual import read_saved
from helpers.data.settings import ADDRESSES

_MOST_PAGES, _CFTC_PAGE = 20, 50_000
_CFTC_FIELDS = {
    "date": "report_date_as_yyyy_mm_dd", "mm_long": "m_money_positions_long_all",
    "mm_short": "m_money_positions_short_all", "open_interest": "open_interest_all",
}  # fmt: skip
_END_OF_TIME = 9_999_999_999
_ELSEWHERE = (301, 302, 303, 307, 308)

yfinance.set_tz_cache_location(f"{os.devnull}/none")  # a folder that cannot be made: yfinance then keeps nothing
logging.getLogger("yfinance").addHandler(logging.NullHandler())


def fetch(client: Client, source: Source, since: dt.date | None = None) -> Daily:
    """Ask one source for one series, from `since` on; days that had not ended at the source are left out.

    Raises
    ------
    SourceError
        Whatever went wrong, in one sentence without secrets.
    """
    return _guarded(client, source, lambda adapter: _ended(client, adapter(client, source.code, since), since))


def _ended(client: Client, daily: Daily, since: dt.date | None) -> Daily:
    values, now = daily.series, client.now
    if values.index[-1] > pd.Timestamp(now.astimezone(dt.UTC).date()) + pd.Timedelta(days=1):
        last = f"{values.index[-1]:%Y-%m-%d}"
        raise SourceError(f"{last} lies in the future of the clock here, {now:%Y-%m-%d %H:%M}; set the clock")
    if daily.open_from is not None:
        values = values[values.index < pd.Timestamp(daily.open_from)]
        if not len(values):
            raise SourceError("only values of days that have not ended")
    if since is not None:
        values = values.loc[pd.Timestamp(since) :]
        if not len(values):
            raise SourceError(f"nothing from {since} on")
    return Daily(values, daily.pages)


def _guarded(client: Client, source: Source, work: Callable[[Callable[..., Any]], Any]) -> Any:
    """Name the source in every error, and turn what a parser stumbles over into one without the failed request."""
    form, adapter = _ADAPTERS[source.provider]
    known = re.fullmatch(form, source.code) is not None
    where = f"{source.provider} {source.code if known else 'code'}"
    try:
        if not known:
            raise SourceError("not a code of this provider; nothing was asked")
        return work(adapter)
    except SourceError as error:
        error.where = where
        raise
    except Exception as error:
        found = f"{type(error).__name__}: {client.redact(str(error))[:120]}"
    problem = SourceError(f"the answer is not of the expected form ({found})")
    problem.where = where
    raise problem


def fetch_table(client: Client, source: Source) -> tuple[pd.DataFrame, tuple[Page, ...]]:
    """Ask the CFTC for managed money and open interest of a contract, by Tuesday; errors as of `fetch`."""
    return _guarded(client, source, lambda adapter: adapter(client, source.code, None))


def _fred(client: Client, code: str, since: dt.date | None) -> Daily:
    """FRED without a key: the CSV behind the graph page."""
    query = {"id": code} | ({"cosd": str(since)} if since else {})
    page = client.get("fred", "/graph/fredgraph.csv", query, "csv")
    header, *rows = csv.reader(io.StringIO(page.body.decode("utf-8-sig")))
    if header[1:] != [code]:
        raise SourceError(f"expected the column {code}, got {', '.join(header[1:])[:60]}")
    if any(len(row) != 2 for row in rows):
        raise SourceError("a row without exactly two fields")
    return Daily(to_series([row[0] for row in rows], [row[1] for row in rows]), (page,))


class _Fred(Fred):
    """fredapi's client on our way out: with a time limit, with retries, keeping the answer, not telling the key."""

    def __init__(self, client: Client) -> None:
        super().__init__(api_key=client.settings.key)
        self.root_url = client.settings.addresses["fredapi"] + "/fred"
        self.page: Page | None = None
        self._client = client

    def _parse(self, date_str: str, format: str = "") -> dt.datetime:
        """Read a date some hundred times faster than the package does."""
        return dt.datetime.fromisoformat(date_str)

    def _Fred__fetch_data(self, url: str) -> ET.Element:  # noqa: N802
        """Stand in for the package's method that opens an address and reads XML."""
        query = dict(parse_qsl(urlsplit(url).query))
        path = url.removeprefix(self._client.settings.addresses["fredapi"]).partition("?")[0]
        self.page = self._client.get("fredapi", path, query, "xml", api_key=self.api_key)
        return ET.fromstring(self.page.body)  # noqa: S314


def _fredapi(client: Client, code: str, since: dt.date | None) -> Daily:
    """FRED through its API, for those who have a key."""
    if not client.settings.key:
        raise SourceError("FRED_API_KEY is not set")
    fred = _Fred(client)
    series, _, day = code.partition("@")
    edition = {"realtime_start": day, "realtime_end": day} if day else {}  # as FRED's archive had it on that day
    values = fred.get_series(series, observation_start=since, **edition)
    if fred.page is None:
        raise SourceError("this version of fredapi fetches in another way; fredapi 0.5 is needed")
    root = ET.fromstring(fred.page.body)  # noqa: S314
    if len(root) != int(root.get("count", len(root))) or len(root) != len(values):
        found = f"{len(root)} rows, {root.get('count')} announced, {len(values)} dates"
        raise SourceError(f"incomplete answer or repeated dates: {found}")
    dates, figures = ([row.get(name) for row in root] for name in ("date", "value"))
    return Daily(to_series(dates, figures), (fred.page,))


class _Session(Session):
    """yfinance's usual session, kept to our limits and to Yahoo, or to the address that was set in its place."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(impersonate="chrome", trust_env=False)
        self._base, self._limit = base, timeout

    def request(self, method: Any, url: str, **options: Any) -> Response:  # type: ignore[override]
        """Send a request of yfinance: `timeout` for the whole of each answer, redirects within Yahoo only."""
        if self._base != ADDRESSES["yahoo"] and not url.startswith(self._base):
            url = self._base + urlsplit(url).path
        for _ in range(MOST_REDIRECTS + 1):
            body = bytearray()
            kept = {"timeout": self._limit, "allow_redirects": False, "content_callback": partial(_within, body)}
            answer = super().request(method, url, **{**options, **kept})
            answer.content = bytes(body)
            if answer.status_code not in _ELSEWHERE or "Location" not in answer.headers:
                return answer
            url, method, options = urljoin(url, answer.headers["Location"]), "GET", {}
            if not self._ours(url):
                raise SourceError("sends us on to another host, which is not asked")
        raise SourceError(f"more than {MOST_REDIRECTS} redirects")

    def _ours(self, url: str) -> bool:
        there, base = urlsplit(url), urlsplit(self._base)
        if self._base == ADDRESSES["yahoo"]:
            return there.scheme == "https" and (there.hostname or "").endswith(".yahoo.com")
        return (there.scheme, there.netloc) == (base.scheme, base.netloc)


def _within(body: bytearray, chunk: bytes) -> int:
    """Take a piece of a body, which is refused while it comes, once it is too large."""
    body += chunk
    if len(body) > LARGEST:
        raise SourceError(f"more than {LARGEST // 1_000_000} MB")
    return len(chunk)


def _yahoo(client: Client, code: str, since: dt.date | None) -> Daily:
    """Yahoo's daily closes, not adjusted for dividends, by the exchange's calendar; its running day counts as open.

    yfinance makes the requests, with the cookies Yahoo wants. Its `history` is not used: it turns failures into empty
    frames, drops what Yahoo sent, and adjusts prices, where the answer itself has to be kept and checked.
    """
    base, timeout = client.settings.addresses["yahoo"], client.settings.timeout
    address = f"{base}/v8/finance/chart/{code}"
    start = int(dt.datetime.combine(since, dt.time(), dt.UTC).timestamp()) if since else -_END_OF_TIME
    query = {"period1": start, "period2": _END_OF_TIME, "interval": "1d"}

    def send() -> Reply:
        answer = YfData(session=session).get(url=address, params=query, timeout=timeout)
        return answer.status_code, answer.content

    with _Session(base, timeout) as session:
        body = client.ask("yahoo", send, "json")
    shown = f"{address}?" + "&".join(f"{name}={value}" for name, value in query.items())
    result = json.loads(body)["chart"]["result"][0]
    meta, times, closes = result["meta"], result["timestamp"], result["indicators"]["quote"][0]["close"]
    found = (meta["symbol"], meta["currency"], meta["dataGranularity"])
    if found != (code, "USD", "1d"):
        raise SourceError(f"expected {code} in USD by day, got {', '.join(map(str, found))}")
    zone = ZoneInfo(meta["exchangeTimezoneName"])
    dates = [dt.datetime.fromtimestamp(time, zone).date() for time in times]
    if len(dates) > 1 and dates[-1] == dates[-2] and times[-1] > times[-2]:
        del dates[-2], closes[-2]  # the day's row and, after it, the latest quote of that same day
    page = Page(shown, body, "json")
    return Daily(to_series(dates, closes), (page,), open_from=client.now.astimezone(zone).date())


def _coinmetrics(client: Client, code: str, since: dt.date | None) -> Daily:
    """Coin Metrics' dollar price at 00:00 UTC after each day.

    The next page is asked for by its token at the base address in use: the address that the answer proposes would lead
    past a mirror.
    """
    query = {"assets": code, "metrics": "PriceUSD", "frequency": "1d", "page_size": "10000"}
    query |= {"start_time": str(since)} if since else {}
    pages: list[Page] = []
    rows: list[dict] = []
    for _ in range(_MOST_PAGES):
        pages.append(client.get("coinmetrics", "/v4/timeseries/asset-metrics", query, "json"))
        answer = json.loads(pages[-1].body)
        rows += answer["data"]
        if not answer.get("next_page_token"):
            break
        query["next_page_token"] = str(answer["next_page_token"])
    else:
        raise SourceError(f"more than {_MOST_PAGES} pages")
    if any(row["asset"] != code for row in rows):
        raise SourceError("rows of another asset")
    values = to_series([row["time"][:10] for row in rows], [row.get("PriceUSD") for row in rows])
    return Daily(values, tuple(pages), open_from=client.now.astimezone(dt.UTC).date())


def _lbma(client: Client, code: str, since: dt.date | None) -> Daily:
    """London prices in USD; the file always holds all days."""
    page = client.get("lbma", f"/json/{code}.json", {}, "json")
    return Daily(_read_lbma(page.body), (page,))


def _read_lbma(body: bytes | str) -> pd.Series:
    rows = json.loads(body)
    if not isinstance(rows, list):
        raise SourceError("expected a list of days")
    return to_series([row["d"] for row in rows], [row["v"][0] for row in rows])


def _manual(client: Client, code: str, since: dt.date | None) -> Daily:
    """Read a saved file: CSV, or JSON as the LBMA has it."""
    path = client.settings.manual / code
    if path.suffix == ".json":
        values = _read_lbma(path.read_bytes())
    else:
        spec = CATALOG[path.stem]
        values, _ = read_saved(path, names=(spec.name, spec.label, *(source.code for source in spec.sources)))
    return Daily(values, (Page(f"data/manual/{code}", path.read_bytes(), path.suffix[1:]),))


def _cftc(client: Client, code: str, since: dt.date | None) -> tuple[pd.DataFrame, tuple[Page, ...]]:
    """Ask for managed money and open interest of a contract, all weeks in one page."""
    query = {"$select": ",".join(_CFTC_FIELDS.values()), "$where": f"cftc_contract_market_code='{code}'"}
    query |= {"$order": _CFTC_FIELDS["date"], "$limit": str(_CFTC_PAGE)}
    page = client.get("cftc", "/resource/72hh-3qpy.json", query, "json")
    rows = json.loads(page.body)
    if len(rows) >= _CFTC_PAGE:
        raise SourceError(f"{len(rows)} reports or more")
    dates = [row[_CFTC_FIELDS["date"]] for row in rows]
    columns = {name: to_series(dates, [row[field] for row in rows]).astype("int64")
               for name, field in _CFTC_FIELDS.items() if name != "date"}  # fmt: skip
    return pd.DataFrame(columns).reset_index(), (page,)


_ADAPTERS: dict[str, tuple[str, Callable[[Client, str, dt.date | None], Any]]] = {
    "fredapi": (r"[A-Z0-9_]{1,30}(@\d{4}-\d\d-\d\d)?", _fredapi),
    "fred": (r"[A-Z0-9_]{1,30}", _fred),
    "yahoo": (r"[A-Z0-9.^=-]{1,20}", _yahoo),
    "coinmetrics": (r"[a-z0-9_]{1,20}", _coinmetrics),
    "lbma": (r"[a-z_]{1,20}", _lbma),
    "cftc": (r"[0-9A-Z+]{6}", _cftc),
    "manual": (r"[a-z0-9_]{1,30}\.(csv|json)", _manual),
}
"""Provider: what its codes look like, and its adapter."""
