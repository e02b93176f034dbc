"""Where things are, and what the environment asks for."""

import datetime as dt
import os
from pathlib import Path

from helpers.data.errors import DataError

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = ROOT / "data" / "snapshot"
CACHE = ROOT / "data" / "cache"
MANUAL = ROOT / "data" / "manual"
SOURCES = ("auto", "snapshot", "live")


def chosen_source(source: str) -> str:
    """Settle which data a run uses.

    Parameters
    ----------
    source : {"auto", "snapshot", "live"}
        What the caller asks for; "auto" defers to the environment variable SILVER_SOURCE.

    Returns
    -------
    str
        One of "auto", "snapshot", "live".

    Raises
    ------
    DataError
        Neither the argument nor the variable is one of the three.
    """
    choice = os.environ.get("SILVER_SOURCE", "auto") if source == "auto" else source
    if choice not in SOURCES:
        raise DataError("SILVER_SOURCE", expected=f"one of {', '.join(SOURCES)}", found=repr(choice))
    return choice


def chosen_date(as_of: str | dt.date | None) -> dt.date | None:
    """Settle the date at which every series is cut.

    Parameters
    ----------
    as_of : str, datetime.date or None
        What the caller asks for; None defers to the environment variable SILVER_AS_OF.

    Returns
    -------
    datetime.date or None
        None means the latest data.

    Raises
    ------
    DataError
        The text is not a date.
    """
    choice = as_of if as_of is not None else os.environ.get("SILVER_AS_OF") or None
    if choice is None or isinstance(choice, dt.date):
        return choice.date() if isinstance(choice, dt.datetime) else choice
    try:
        return dt.date.fromisoformat(str(choice))
    except ValueError:
        raise DataError("as_of", expected="a date such as 2026-01-23", found=repr(choice)) from None
