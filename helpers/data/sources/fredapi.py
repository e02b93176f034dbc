"""FRED through its API and the fredapi package, for those who have a key."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from urllib.parse import parse_qsl, urlsplit

from fredapi import Fred

from helpers.data.sources.daily import Daily, Page, SourceError, to_series
from helpers.data.sources.http import Client

CODE = re.compile(r"[A-Z0-9_]{1,30}")
_KEY = re.compile(r"[0-9a-z]{32}")


class _Fred(Fred):
    """The package's client on our way out: with a time limit, with retries, keeping the answer, not telling the key."""

    def __init__(self, client: Client, code: str) -> None:
        super().__init__(api_key=client.access.key)
        self.root_url = client.access.addresses["fredapi"] + "/fred"
        self.page: Page | None = None
        self._client, self._code = client, code

    def _parse(self, date_str: str, format: str = "%Y-%m-%d") -> dt.datetime:
        """Stand in for the package's method that reads a date: the same, some hundred times faster."""
        return dt.datetime.strptime(date_str, format)

    def _Fred__fetch_data(self, url: str) -> ET.Element:  # noqa: N802
        """Stand in for the package's method that opens an address and reads XML."""
        query = dict(parse_qsl(urlsplit(url).query))
        path = url.removeprefix(self._client.access.addresses["fredapi"]).partition("?")[0]
        self.page = self._client.get("fredapi", self._code, path, query, "xml", api_key=self.api_key)
        return ET.fromstring(self.page.body)  # noqa: S314


def fetch(client: Client, code: str, since: dt.date | None) -> Daily:
    """Ask FRED's API for a series.

    Parameters
    ----------
    client : Client
        The way out; its access must hold a key.
    code : str
        FRED's id, such as "DFII10".
    since : datetime.date, optional
        First day asked for.

    Returns
    -------
    Daily
        Observations, missing ones left out.

    Raises
    ------
    SourceError
        No key or a malformed one, no answer, or an incomplete answer.
    """
    if not _KEY.fullmatch(client.access.key):
        state = "is not 32 small letters and digits" if client.access.key else "is not set"
        raise SourceError("fredapi", code, f"FRED_API_KEY {state}")
    fred = _Fred(client, code)
    values = fred.get_series(code, observation_start=since)
    if fred.page is None:
        raise SourceError("fredapi", code, "this version of fredapi fetches in another way; fredapi 0.5 is needed")
    root = ET.fromstring(fred.page.body)  # noqa: S314
    if len(root) != int(root.get("count", len(root))) or len(root) != len(values):
        found = f"{len(root)} rows, {root.get('count')} announced, {len(values)} dates"
        raise SourceError("fredapi", code, f"incomplete answer or repeated dates: {found}")
    return Daily(to_series("fredapi", code, list(values.index), [None if v != v else v for v in values]), (fred.page,))
