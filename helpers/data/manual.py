"""Files that the user saved: one header, one date column, one column of values picked by its name."""

import csv
import io
import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.data.catalog import CATALOG, TABLES, WEEKLY, SeriesSpec
from helpers.data.checks import LARGEST, to_series
from helpers.data.errors import DataError, SourceError
from helpers.data.settings import read_settings
from helpers.data.store import read_table

NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_DATES = ("date", "day", "week", "month", "time", "datetime", "timestamp", "observation_date")
_VALUES = ("close", "price", "value", "settle", "last")
_NEVER = ("open", "high", "low", "volume", "vol.", "change %", "adj close")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_ABOUT = ("label", "unit", "change", "quantity", "licence", "colour")


def read_text(path: Path) -> str:
    """Read a saved file as text, within 50 MB, in UTF-8 or marked UTF-16."""
    if not path.is_file():
        raise SourceError(f"no such file in data/{path.parent.name}")
    if path.stat().st_size > LARGEST:
        raise SourceError(f"larger than {LARGEST // 1_000_000} MB")
    body = path.read_bytes()
    try:
        return body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("neither UTF-8 nor UTF-16 text; save it as UTF-8") from None


def read_saved(path: Path, *, names: tuple[str, ...] = ()) -> tuple[pd.Series, dict[str, str]]:
    """Read dates and values from a saved CSV, and what its lines "# unit: USD/lb" say of it.

    The column of values is called Close, Price, Value, Settle or Last, or first of all as `names` have it.

    Raises
    ------
    SourceError
        No header, no or several columns that could be meant, a row that is none.
    """
    lines = read_text(path).splitlines()
    about = {found[1]: found[2] for line in lines if (found := re.fullmatch(r"#\s*(\w+):\s*(.+?)\s*", line))}
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    if not lines:
        raise SourceError("an empty file")
    mark = max(",;\t", key=lines[0].count)
    first, *rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=mark)
    header = [cell.strip().lower() for cell in first]
    dates, values = _columns(header, [name.lower() for name in names])
    short = next((row for row in rows if len(row) != len(header)), None)
    if short is not None:
        raise SourceError(f"expected {len(header)} fields, got {','.join(short)[:40]!r}")
    pairs = [(row[dates].strip(), _plain(row[values])) for row in rows]
    if len(pairs) > 1 and pairs[0][0] > pairs[-1][0]:
        pairs.reverse()  # newest first, as some sites save it
    try:
        return to_series(*map(list, zip(*pairs, strict=True))), about
    except (ValueError, TypeError):
        raise SourceError("dates that are not like 2026-01-23") from None


def _columns(header: list[str], wanted: list[str]) -> tuple[int, int]:
    """Find the column of dates, and that of values: called after the series, else as usual, else the only one."""
    shown = ", ".join(header)[:60]
    dates, rest = ([n for n, name in enumerate(header) if (name in _DATES) == dated] for dated in (True, False))
    if len(dates) != 1:
        raise SourceError(f"expected a header with one date column ({', '.join(_DATES)}), got {shown!r}")
    choices = [[n for n in rest if header[n] in known] for known in (wanted, _VALUES)]
    choices.append([n for n in rest if header[rest[0]] not in _NEVER])
    values = next((found for found in choices if found), [])
    if len(values) != 1:
        raise SourceError(f"expected one column called {', '.join(dict.fromkeys([*wanted, *_VALUES]))}, got {shown!r}")
    return dates[0], values[0]


def _plain(text: str) -> str:
    text = text.strip()
    if text.lower() in ("null", "nan", "n/a", "-"):
        return "."
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def own_series(folder: Path) -> dict[str, tuple[SeriesSpec, pd.Series]]:
    """Read what each saved file that is called after nothing in the catalog says of its series, and its values by date.

    Raises
    ------
    DataError
        A file that cannot be read, by name, with what to do.
    """
    known = CATALOG.keys() | TABLES.keys()
    return {path.stem: _own(path) for path in sorted(folder.glob("*.csv")) if path.stem not in known}


def spec_of(name: str) -> SeriesSpec:
    """Say what a series is: the catalog's entry, else what a saved file that is called after it says.

    Raises
    ------
    DataError
        There is neither; or the file cannot be read.
    """
    if name in CATALOG:
        return CATALOG[name]
    own = own_series(read_settings().manual)
    if name not in own:
        weekly = ", ".join([*WEEKLY, *own])
        raise DataError(name, expected=f"a series of {weekly}", found=f"{name!r}, and no data/manual/{name}.csv")
    return own[name][0]


def _own(path: Path) -> tuple[SeriesSpec, pd.Series]:
    refusal = partial(DataError, path.name, remedy=f"Mend or remove data/{path.parent.name}/{path.name}.")
    if not NAME.fullmatch(path.stem):
        raise refusal(expected="a name such as tin.csv: small letters, digits, _", found="another")
    try:
        values, about = read_saved(path, names=(path.stem,))
    except SourceError as error:
        raise refusal(expected="a header, dates and values", found=error.reason) from None
    unknown = about.keys() - set(_ABOUT)
    change = about.get("change", "log" if (values > 0).all() else "difference")
    if unknown or change not in ("log", "difference"):
        expected = f"lines on {', '.join(_ABOUT)}; change is log or difference"
        raise refusal(expected=expected, found=", ".join([*unknown, change]))
    label = about.get("label", path.stem.replace("_", " "))
    spacing = np.median(np.diff(values.index.to_numpy()) / np.timedelta64(1, "D")) if len(values) > 1 else 1
    spec = SeriesSpec(
        path.stem, label, about.get("colour", "#555555"), about.get("quantity", label), about.get("unit", "units"),
        "log" if change == "log" else "difference", (-np.inf, np.inf), np.inf, (), about.get("licence", "your own"),
        frequency="monthly" if spacing > 20 else "weekly" if spacing > 4 else "daily", gap=10_000, required=False,
        note=f"file saved by the user: {path.name}",
    )  # fmt: skip
    return spec, values


def read_saved_table(path: Path) -> pd.DataFrame:
    """Read a saved table: the columns of the catalog by name, further ones left out.

    Raises
    ------
    DataError
        A column is missing, or a row of an edition whose day of publication is not in the catalog.
    """
    table = read_table(path.stem, io.StringIO(read_text(path)), more=True)
    if TABLES[path.stem].known(table).isna().any():
        raise DataError(path.name, expected="a day of publication for every row", found="a row without one")
    return table
