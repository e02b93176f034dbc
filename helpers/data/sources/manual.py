"""A file that the user saved from a source by hand."""

import csv
import datetime as dt
import io
import re

import pandas as pd

from helpers.data.sources import lbma
from helpers.data.sources.daily import Daily, Page, SourceError, to_series
from helpers.data.sources.http import Client

CODE = re.compile(r"[a-z0-9_]{1,30}\.(csv|json)")


def fetch(client: Client, code: str, since: dt.date | None) -> Daily:
    """Read a file from the folder of saved files.

    Parameters
    ----------
    client : Client
        For the folder.
    code : str
        File name: "<series>.csv" with a header and the columns date and price, or "<series>.json" as the LBMA has it.
    since : datetime.date, optional
        First day kept.

    Returns
    -------
    Daily
        Values in the unit of the catalog, as the file has them.

    Raises
    ------
    SourceError
        No such file, or rows that are not a date and a price.
    """
    path = client.access.manual / code
    if not path.is_file():
        raise SourceError("manual", code, "no such file in data/manual")
    page = Page(f"data/manual/{code}", path.read_bytes(), path.suffix[1:])
    values = lbma.parse("manual", code, page.body) if page.suffix == "json" else _read_csv(code, page.body)
    return Daily(values.loc[pd.Timestamp(since) :] if since else values, (page,))


def _read_csv(code: str, body: bytes) -> pd.Series:
    rows = [row for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) if row][1:]
    short = next((row for row in rows if len(row) < 2), None)
    if short is not None:
        raise SourceError("manual", code, f"expected a date and a price, got {','.join(short)[:40]!r}")
    return to_series("manual", code, [row[0] for row in rows], [row[1] for row in rows])
