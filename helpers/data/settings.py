"""Where things are and what the environment asks for, read when it is needed and in this one place."""

import datetime as dt
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.data.errors import DataError

PACKAGE = Path(__file__).resolve().parents[1]
# An installed package carries the embedded data and the rules.
ROOT = PACKAGE / "project" if (PACKAGE / "project").is_dir() else PACKAGE.parent
SOURCES = ("auto", "snapshot", "live")
ADDRESSES = {
    "fredapi": "https://api.stlouisfed.org",
    "fred": "https://fred.stlouisfed.org",
    "yahoo": "https://query2.finance.yahoo.com",
    "coinmetrics": "https://community-api.coinmetrics.io",
    "lbma": "https://prices.lbma.org.uk",
    "cftc": "https://publicreporting.cftc.gov",
}
_ADDRESS = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[\w.-]+)(:\d{1,5})?(/[\w.~/-]*)?")
_KEY = re.compile(r"[0-9a-z]{32}")


@dataclass(frozen=True)
class Settings:
    """Everything that can be set; `VARIABLES` lists the variable behind each field."""

    source: str = "auto"  # "snapshot", "live" (what `make refresh` brought), or "auto": the latter where it is there
    as_of: dt.date | None = None  # the date at which every series is cut
    snapshot: Path = ROOT / "data" / "snapshot"
    cache: Path = ROOT / "data" / "cache"  # the live data
    manual: Path = ROOT / "data" / "manual"  # what the user saved
    addresses: Mapping[str, str] = field(default_factory=lambda: dict(ADDRESSES))  # base address of each provider
    key: str = field(default="", repr=False)  # for FRED's API
    timeout: float = 20.0  # seconds until a silent source is given up
    attempts: int = 4  # how often a source is asked before it counts as unreachable
    longest_wait: float = 20.0  # upper limit of the pause between two attempts, in seconds
    fred_interval: float = 0.5  # seconds between two requests to FRED
    remark: str = ""  # what was set and could not be used, for the user to read once


def read_settings(environment: Mapping[str, str] | None = None, file: Path = ROOT / ".env") -> Settings:
    """Read the settings from the environment, then from a file of NAME=value lines, then from the defaults.

    Raises
    ------
    DataError
        A value that cannot be one, named with its variable and never shown where it could hold a secret.
    """
    given = _from_file(file) if file.is_file() else {}
    given |= dict(os.environ if environment is None else environment)
    values: dict[str, Any] = {
        name: read(variable, given[variable]) for variable, (name, read, _) in VARIABLES.items() if given.get(variable)
    }
    addresses = {
        provider: _address(variable, given[variable])
        for provider in ADDRESSES
        if given.get(variable := f"SILVER_{provider.upper()}_URL")
    }
    if not _KEY.fullmatch(values.get("key", "0" * 32)):
        values |= {"key": "", "remark": "FRED_API_KEY is not 32 small letters and digits, and is not used"}
    return Settings(addresses=ADDRESSES | addresses, **values)


def _from_file(file: Path) -> dict[str, str]:
    from dotenv import dotenv_values

    try:
        return {name: value for name, value in dotenv_values(file, encoding="utf-8-sig").items() if value}
    except UnicodeDecodeError:
        raise DataError(file.name, expected="UTF-8 text", found="another encoding") from None


def chosen_date(as_of: str | dt.date | None) -> dt.date | None:
    """Settle the date at which every series is cut: what the caller asks for, else SILVER_AS_OF; None is the latest."""
    if isinstance(as_of, dt.datetime):
        return as_of.date()
    if isinstance(as_of, dt.date):
        return as_of
    return read_date("as_of", as_of) if as_of else read_settings().as_of


def read_date(name: str, text: str) -> dt.date:
    """Read a date as a user writes it."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise DataError(name, expected="a date such as 2026-01-23", found=repr(text)) from None


def read_source(name: str, text: str) -> str:
    """Read which data are asked for."""
    if text not in SOURCES:
        raise DataError(name, expected=f"one of {', '.join(SOURCES)}", found=repr(text))
    return text


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


def _folder(name: str, text: str) -> Path:
    """Resolve a path; a relative one counts from the project, so that it means one folder to every process."""
    return (ROOT / Path(text).expanduser()).resolve()


VARIABLES: dict[str, tuple[str, Callable[[str, str], Any], str]] = {
    "SILVER_SOURCE": ("source", read_source, "auto, snapshot or live: which data a run uses"),
    "SILVER_AS_OF": ("as_of", lambda _, text: read_date("as_of", text), "date at which every series is cut"),
    "SILVER_SNAPSHOT": ("snapshot", _folder, "folder of the embedded data"),
    "SILVER_CACHE": ("cache", _folder, "folder of the live data"),
    "SILVER_MANUAL": ("manual", _folder, "folder of the files that you saved"),
    "SILVER_TIMEOUT": ("timeout", _number, "seconds until a silent source is given up"),
    "SILVER_ATTEMPTS": ("attempts", lambda name, text: int(_number(name, text)), "how often a source is asked"),
    "FRED_API_KEY": ("key", lambda _, text: text, "key for FRED's API; without it FRED is asked by its public CSV"),
}
"""Variable: field, reader, meaning. SILVER_<PROVIDER>_URL sets the base address of a provider."""
