"""Tables for people: named columns with units, numbers aligned and rounded, sentences wrapped; cards on a phone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real

import pandas as pd

from helpers.report.components import Block, render
from helpers.report.sentences.words import in_print, number

Form = int | str | Callable[[float], str]
PHONE = 40
"""Characters that a phone shows abreast: a wider table becomes a card a row there."""
_NOTHING = re.compile(r"[-+](?=0*\.?0*%?$)")
_FIGURE = re.compile(r"[-+−<> ]*\$?[\d,]*\.?\d+ ?%?|–|n/a|")


@dataclass(frozen=True)
class Table:
    """A table of results.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns named for a reader, unit in the name: "share of variance (%)".
    caption : str
        What the table says, one sentence.
    formats : mapping of str to int, str or callable
        By column: decimals, a format such as "{:+.1f}", or a function of the words; two decimals where none is given.
    note : str
        Below the table: what n counts, how the interval was made.
    """

    frame: pd.DataFrame
    caption: str = ""
    formats: Mapping[str, Form] = field(default_factory=dict)
    note: str = ""

    def __repr__(self) -> str:
        cells = pd.DataFrame(self._cells(), index=self._labels())
        return "\n".join(part for part in (self.caption, cells.to_string(), self.note) if part)

    def _repr_html_(self) -> str:
        cells = self._cells()
        columns = [(name, _kind(column), column) for name, column in cells.items()]
        form = "small" if self._width(cells) <= PHONE else "cards"
        corner = str(self.frame.index.name or "")
        return Block(render("table", self.caption, self.note, corner, form, self._labels(), columns), "")._repr_html_()

    def _labels(self) -> list[str]:
        return [in_print(str(name)) for name in self.frame.index]

    def _width(self, cells: dict[str, list[str]]) -> int:
        """Fewest characters abreast: what cannot be broken in each column, and a little for the space between."""
        names = [self.frame.index.name or "", *map(str, self.frame.index)]
        first = min(max(map(len, names)), max([12, *(len(word) for name in names for word in str(name).split())]))
        rest = [max([0, *map(len, name.split()), *map(len, column)]) + 2 for name, column in cells.items()]
        return first + sum(rest)

    def _cells(self) -> dict[str, list[str]]:
        return {
            str(name): [_cell(value, self.formats.get(name, 2)) for value in self.frame[name]] for name in self.frame
        }


def _kind(cells: list[str]) -> str:
    """Set figures to the right, words to the left; keep what is short on one line."""
    if all(_FIGURE.fullmatch(text) for text in cells):
        return "num"
    return "txt short" if all(len(text) <= 13 for text in cells) else "txt"


def _cell(value: object, form: Form) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, bool) or not isinstance(value, Real):
        return "" if value is None else in_print(str(value))
    if pd.isna(value):
        return "–"
    if callable(form):
        return form(float(value))
    if isinstance(form, str):
        return _NOTHING.sub("", form.format(value)).replace("-", "−")
    if float(value).is_integer() and (form == 0 or isinstance(value, Integral)):
        return number(float(value), 0)
    return number(float(value), form)
