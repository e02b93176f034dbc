"""What a reader may ask of the chapters: checked whole, before anything is removed or run."""

import ast
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.data import spec_of
from helpers.data.catalog import WEEKLY
from helpers.data.errors import DataError
from helpers.data.settings import chosen_date

Value = str | int | float | None
PAIR, DAYS = ("LEADER", "FOLLOWER"), ("AS_OF", "START", "WEEK")
FIRST_DAY = "2026-01-23"
_NAMED = re.compile(r"(?<![\w/])([Ss]ilver|Bitcoin|\{leader\}|\{follower\})(?!\w)")
_BEGINS = re.compile(r"(^|[.?!] |\n\n|\n?[#*-]+ \*?)$")
_KINDS = {int: "a whole number", float: "a number", bool: "True or False"}


def parameter_cell(notebook: NotebookNode) -> NotebookNode | None:
    """Find the cell tagged `parameters`; a chapter without one takes none."""
    return next((cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])), None)


def defaults(notebook: NotebookNode) -> dict[str, Value]:
    """Read names and values of a chapter's parameters."""
    cell = parameter_cell(notebook)
    if cell is None:
        return {}
    lines = [node for node in ast.parse(cell.source).body if isinstance(node, ast.Assign)]
    return {line.targets[0].id: ast.literal_eval(line.value) for line in lines if isinstance(line.targets[0], ast.Name)}


def inject(notebook: NotebookNode, parameters: Mapping[str, Value]) -> None:
    """Put values in the place of those that the chapter has, and the names of another pair in its texts.

    A text cell whose metadata hold `pair` has that text for another pair, and `false` keeps the names as they are.
    """
    from helpers.claims.trial import STORY  # which brings the statistics; what is asked is checked before they load

    cell, known = parameter_cell(notebook), defaults(notebook)
    taken = {name: value for name, value in parameters.items() if name in known}
    if cell is not None and taken:
        cell.source = "\n".join(f"{name} = {value!r}" for name, value in (known | taken).items())
    pair = [str((known | taken).get(name, told)) for name, told in zip(PAIR, STORY, strict=True)]
    if pair != list(STORY):
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = _told_of(pair, cell.source, cell.metadata.get("pair"))


def _told_of(pair: list[str], source: str, own: str | bool | None) -> str:
    leader, follower = (spec_of(name).label for name in pair)
    words = {"silver": leader, "bitcoin": follower, "{leader}": leader, "{follower}": follower}

    def name(match: re.Match[str]) -> str:
        told = words[match[0].lower()]
        return told[:1].upper() + told[1:] if match[0][0] == "S" or _BEGINS.search(source[: match.start()]) else told

    source = source if own is None or own is False else str(own)
    return source if own is False else _NAMED.sub(name, source)


def read_parameters(words: Iterable[str], paths: Iterable[Path], *, today: dt.date | None = None) -> dict[str, Value]:
    """Read NAME=VALUE as a reader types it, and refuse what no chapter could answer.

    Parameters
    ----------
    words : iterable of str
        Such as "LEADER=gold", "LAGS=4" or "AS_OF=2026-03-06".
    paths : iterable of pathlib.Path
        The chapters that are to run; each name must be a parameter of at least one of them.
    today : datetime.date, optional
        The last day that may be asked for; the present one when omitted.

    Returns
    -------
    dict
        Name to value; numbers are numbers.

    Raises
    ------
    DataError
        An unknown name, a value of another kind, a series that is neither in the catalog nor saved in data/manual, a
        pair of one series, or a day before the record or after today.
    """
    known: dict[str, Value] = {}
    for path in paths:
        known = defaults(nbformat.read(path, as_version=4)) | known
    given: dict[str, Value] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or name not in known:
            expected = f"NAME=VALUE with a name of {', '.join(sorted(known))}"
            raise DataError("parameters", expected=expected, found=repr(word))
        given[name] = _value(name, text, known[name])
    _check_pair(known | given)
    _check_days(given, today or dt.datetime.now(dt.UTC).date())
    return given


def _value(name: str, text: str, default: Value) -> Value:
    """Give a value of the kind that the chapter has; `None` where that is what the chapter has."""
    if name in DAYS:
        if text in ("", "None"):
            return default
        try:
            return dt.date.fromisoformat(text).isoformat()
        except ValueError:
            raise DataError(name, expected="a date such as 2026-01-23", found=repr(text)) from None
    if isinstance(default, str) or default is None:
        return text
    kind = type(default)
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise DataError(name, expected=_KINDS[kind], found=repr(text))
    return value


def _check_pair(values: Mapping[str, Value]) -> None:
    for name in PAIR:
        if name in values and values[name] not in WEEKLY:
            _check_own(name, str(values[name]))
    if "LEADER" in values and values["LEADER"] == values.get("FOLLOWER"):
        raise DataError("FOLLOWER", expected="another series than LEADER", found=repr(values["LEADER"]))


def _check_own(parameter: str, name: str) -> None:
    """Let a weekly series of a saved file in, and no other."""
    try:
        weekly = spec_of(name).frequency != "monthly"
    except DataError as error:
        raise DataError(parameter, expected=error.expected, found=error.found) from None
    if not weekly:
        raise DataError(
            parameter, expected=f"a weekly series: {', '.join(WEEKLY)}", found=f"{name!r}, which is monthly"
        )


def _check_days(given: Mapping[str, Value], today: dt.date) -> None:
    days = {name: str(given[name]) for name in DAYS if given.get(name) is not None}
    as_of = chosen_date(days.get("AS_OF"))
    if as_of is not None:
        days["AS_OF"] = as_of.isoformat()
    for name, day in days.items():
        if day > today.isoformat():
            raise DataError(name, expected=f"a day up to {today}", found=day)
    if days.get("AS_OF", FIRST_DAY) < FIRST_DAY:
        expected = f"{FIRST_DAY}, the day of the record that is reported on, or later"
        raise DataError("AS_OF", expected=expected, found=days["AS_OF"])
