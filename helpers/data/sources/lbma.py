"""London precious metal prices, from the JSON files of the LBMA."""

import datetime as dt
import json
import re

import pandas as pd

from helpers.data.sources.daily import Daily, SourceError, to_series
from helpers.data.sources.http import Client

CODE = re.compile(r"[a-z_]{1,20}")


def fetch(client: Client, code: str, since: dt.date | None) -> Daily:
    """Ask the LBMA for a metal's price in dollars.

    Parameters
    ----------
    client : Client
        The way out.
    code : str
        Name of the file: "silver" or "gold_pm".
    since : datetime.date, optional
        First day kept; the file always holds all of them.

    Returns
    -------
    Daily
        USD an ounce.

    Raises
    ------
    SourceError
        No answer, or one of another shape.
    """
    page = client.get("lbma", code, f"/json/{code}.json", {}, "json")
    values = parse("lbma", code, page.body)
    return Daily(values.loc[pd.Timestamp(since) :] if since else values, (page,))


def parse(provider: str, code: str, body: bytes) -> pd.Series:
    """Read an LBMA file.

    Parameters
    ----------
    provider, code : str
        Named in errors: the file can also have been saved by hand.
    body : bytes
        JSON list of {"d": date, "v": [USD, GBP, EUR]}.

    Returns
    -------
    pandas.Series
        USD by date, missing ones left out.

    Raises
    ------
    SourceError
        Another shape, or repeated or unordered dates.
    """
    rows = json.loads(body)
    if not isinstance(rows, list):
        raise SourceError(provider, code, "expected a list of days")
    return to_series(provider, code, [row["d"] for row in rows], [row["v"][0] for row in rows])
