"""Where things are, and what the environment asks for."""

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from helpers.data.errors import DataError

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = Path(os.environ.get("SILVER_SNAPSHOT") or ROOT / "data" / "snapshot")
CACHE = Path(os.environ.get("SILVER_CACHE") or ROOT / "data" / "cache")
MANUAL = Path(os.environ.get("SILVER_MANUAL") or ROOT / "data" / "manual")
SOURCES = ("auto", "snapshot", "live")
ADDRESSES = {
    "fredapi": "https://api.stlouisfed.org",
    "fred": "https://fred.stlouisfed.org",
    "yahoo": "https://query2.finance.yahoo.com",
    "coinmetrics": "https://community-api.coinmetrics.io",
    "lbma": "https://prices.lbma.org.uk",
}
_ADDRESS = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[\w.-]+)(:\d{1,5})?(/[\w.~/-]*)?")


@dataclass(frozen=True)
class Access:
    """How the sources are reached.

    Parameters
    ----------
    addresses : mapping of str to str
        Base address of each provider.
    key : str
        FRED API key; empty without one.
    timeout : float
        Seconds until a silent source is given up.
    attempts : int
        How often a source is asked before it counts as unreachable.
    longest_wait : float
        Upper limit of the pause between two attempts, in seconds.
    fred_interval : float
        Seconds between two requests to FRED.
    cache, manual : pathlib.Path
        Folders of the live data and of the files that the user saved.
    """

    addresses: Mapping[str, str] = field(default_factory=lambda: dict(ADDRESSES))
    key: str = field(default="", repr=False)
    timeout: float = 20.0
    attempts: int = 4
    longest_wait: float = 20.0
    fred_interval: float = 0.5
    cache: Path = CACHE
    manual: Path = MANUAL


def read_access(environment: Mapping[str, str] | None = None, file: Path = ROOT / ".env") -> Access:
    """Read how the sources are reached from the environment, then from a settings file.

    Parameters
    ----------
    environment : mapping of str to str, optional
        FRED_API_KEY, SILVER_FREDAPI_URL, SILVER_FRED_URL, SILVER_YAHOO_URL, SILVER_COINMETRICS_URL, SILVER_LBMA_URL,
        SILVER_TIMEOUT, SILVER_ATTEMPTS; the environment of the process when omitted.
    file : pathlib.Path
        A file of NAME=value lines for what the environment does not set.

    Returns
    -------
    Access
        Defaults for whatever neither of the two sets.

    Raises
    ------
    DataError
        An address that is none, holds a user name or a query, or a number that is none.
    """
    from dotenv import dotenv_values

    given = {name: value for name, value in dotenv_values(file).items() if value}
    given |= {name: value for name, value in (os.environ if environment is None else environment).items() if value}
    addresses = {
        provider: _address(f"SILVER_{provider.upper()}_URL", given.get(f"SILVER_{provider.upper()}_URL", default))
        for provider, default in ADDRESSES.items()
    }
    return Access(
        addresses=addresses,
        key=given.get("FRED_API_KEY", ""),
        timeout=_number("SILVER_TIMEOUT", given.get("SILVER_TIMEOUT", str(Access.timeout))),
        attempts=int(_number("SILVER_ATTEMPTS", given.get("SILVER_ATTEMPTS", str(Access.attempts)))),
    )


def _address(name: str, text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise DataError(name, expected="http(s)://host[:port][/path], no user name, no query", found="another text")
    return text.rstrip("/")


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise DataError(name, expected="a positive number", found=repr(text))
    return number


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
