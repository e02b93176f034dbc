"""Yahoo's chart prices through yfinance."""

import datetime as dt
import json
import logging
import os
import re
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yfinance
from curl_cffi.requests import Response, Session
from yfinance.data import YfData

from helpers.data.settings import ADDRESSES
from helpers.data.sources.daily import Daily, Page, SourceError, to_series
from helpers.data.sources.http import Client, Reply

CODE = re.compile(r"[A-Z0-9.^=-]{1,20}")
_END_OF_TIME = 9_999_999_999

yfinance.set_tz_cache_location(
    f"{os.devnull}/none"
)  # a folder that cannot be made: yfinance then keeps nothing on disk
logging.getLogger("yfinance").addHandler(logging.NullHandler())


class _Session(Session):
    """yfinance's usual session, kept to our time limit and, where the base address was changed, to that address."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(impersonate="chrome")
        self._base, self._limit = base, timeout

    def request(self, method: Any, url: str, **options: Any) -> Response:  # type: ignore[override]
        """Send a request of yfinance."""
        if self._base != ADDRESSES["yahoo"] and not url.startswith(self._base):
            url = self._base + urlsplit(url).path
        return super().request(method, url, **{**options, "timeout": self._limit})


def fetch(client: Client, code: str, since: dt.date | None) -> Daily:
    """Ask Yahoo for daily closing prices, not adjusted for dividends.

    Parameters
    ----------
    client : Client
        The way out.
    code : str
        Symbol, such as "SI=F".
    since : datetime.date, optional
        First day asked for.

    Returns
    -------
    Daily
        Prices in USD by the exchange's calendar date; its running day counts as open.

    Raises
    ------
    SourceError
        No answer, or one for another symbol, currency or interval.

    Notes
    -----
    yfinance makes the requests, with the cookies Yahoo wants. Its `history` is not used: it turns failures into empty
    frames, drops what Yahoo sent, and adjusts prices, where the answer itself has to be kept and checked.
    """
    address = f"{client.access.addresses['yahoo']}/v8/finance/chart/{code}"
    start = int(dt.datetime.combine(since, dt.time(), dt.UTC).timestamp()) if since else 0
    query = {"period1": start, "period2": _END_OF_TIME, "interval": "1d"}
    with _Session(client.access.addresses["yahoo"], client.access.timeout) as session:
        body = client.ask("yahoo", code, partial(_send, session, address, query, client.access.timeout), "json")
    shown = f"{address}?" + "&".join(f"{name}={value}" for name, value in query.items())
    return parse(client, code, Page(shown, body, "json"))


def _send(session: _Session, address: str, query: dict[str, object], timeout: float) -> Reply:
    answer = YfData(session=session).get(url=address, params=query, timeout=timeout)
    return Reply(answer.status_code, answer.content)


def parse(client: Client, code: str, page: Page) -> Daily:
    """Read a chart answer.

    Parameters
    ----------
    client : Client
        For the moment of the refresh.
    code : str
        The symbol asked for.
    page : Page
        The answer.

    Returns
    -------
    Daily
        As `fetch`.

    Raises
    ------
    SourceError
        Another symbol, currency or interval; repeated or unordered times.
    """
    result = json.loads(page.body)["chart"]["result"][0]
    meta, times, closes = result["meta"], result["timestamp"], result["indicators"]["quote"][0]["close"]
    found = (meta["symbol"], meta["currency"], meta["dataGranularity"])
    if found != (code, "USD", "1d"):
        raise SourceError("yahoo", code, f"expected {code} in USD by day, got {', '.join(map(str, found))}")
    zone = ZoneInfo(meta["exchangeTimezoneName"])
    dates = [dt.datetime.fromtimestamp(time, zone).date() for time in times]
    if len(dates) > 1 and dates[-1] == dates[-2] and times[-1] > times[-2]:
        del dates[-2], closes[-2]  # the day's row and, after it, the latest quote of that same day
    return Daily(to_series("yahoo", code, dates, closes), (page,), open_from=client.now.astimezone(zone).date())
