"""FRED without a key: the CSV behind the graph page."""

import csv
import datetime as dt
import io
import re

from helpers.data.sources.daily import Daily, SourceError, to_series
from helpers.data.sources.http import Client

CODE = re.compile(r"[A-Z0-9_]{1,30}")


def fetch(client: Client, code: str, since: dt.date | None) -> Daily:
    """Ask FRED's graph page for a series.

    Parameters
    ----------
    client : Client
        The way out.
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
        No answer, another series' header, or rows that are none.
    """
    query = {"id": code} | ({"cosd": str(since)} if since else {})
    page = client.get("fred", code, "/graph/fredgraph.csv", query, "csv")
    header, *rows = csv.reader(io.StringIO(page.body.decode("utf-8-sig")))
    if header[1:] != [code]:
        raise SourceError("fred", code, f"expected the column {code}, got {', '.join(header[1:])[:60]}")
    if any(len(row) != 2 for row in rows):
        raise SourceError("fred", code, "a row without exactly two fields")
    return Daily(to_series("fred", code, [row[0] for row in rows], [row[1] for row in rows]), (page,))
