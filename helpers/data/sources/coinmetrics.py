"""Bitcoin from the community API of Coin Metrics."""

import datetime as dt
import json
import re

from helpers.data.sources.daily import Daily, Page, SourceError, to_series
from helpers.data.sources.http import Client

CODE = re.compile(r"[a-z0-9_]{1,20}")
_ROWS_A_PAGE = 10_000
_MOST_PAGES = 20


def fetch(client: Client, code: str, since: dt.date | None) -> Daily:
    """Ask Coin Metrics for the daily dollar price of an asset.

    Parameters
    ----------
    client : Client
        The way out.
    code : str
        Asset, such as "btc".
    since : datetime.date, optional
        First day asked for.

    Returns
    -------
    Daily
        Prices in USD at 00:00 UTC after each day; the running day counts as open.

    Raises
    ------
    SourceError
        No answer, another asset, or pages without end.

    Notes
    -----
    The next page is asked for by its token at the base address in use: the address that the answer proposes would lead
    past a mirror.
    """
    query = {"assets": code, "metrics": "PriceUSD", "frequency": "1d", "page_size": str(_ROWS_A_PAGE)}
    query |= {"start_time": str(since)} if since else {}
    pages: list[Page] = []
    rows: list[dict] = []
    while len(pages) < _MOST_PAGES:
        page = client.get("coinmetrics", code, "/v4/timeseries/asset-metrics", query, "json")
        answer = json.loads(page.body)
        pages.append(page)
        rows += answer["data"]
        if not answer.get("next_page_token"):
            return _daily(client, code, rows, tuple(pages))
        query["next_page_token"] = str(answer["next_page_token"])
    raise SourceError("coinmetrics", code, f"more than {_MOST_PAGES} pages")


def _daily(client: Client, code: str, rows: list[dict], pages: tuple[Page, ...]) -> Daily:
    if any(row["asset"] != code for row in rows):
        raise SourceError("coinmetrics", code, "rows of another asset")
    values = to_series("coinmetrics", code, [row["time"][:10] for row in rows], [row.get("PriceUSD") for row in rows])
    return Daily(values, pages, open_from=client.now.astimezone(dt.UTC).date())
