"""Pieces of a page beside charts: verdicts, statements, key figures, folded rows; HTML with a text twin."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

VERDICTS = {
    "Supported": ("supported", "✓"),
    "Leaning": ("leaning", "◐"),
    "Inconclusive": ("inconclusive", "?"),
    "Not supported": ("not-supported", "○"),
    "Contradicted": ("contradicted", "✗"),
    "Mixed": ("inconclusive", "±"),
    "Happened": ("supported", "▲"),
    "Did not happen": ("contradicted", "▽"),
    "Undecided by simulation": ("inconclusive", "≈"),
    "Condition not met": ("open", "∅"),
    "Cannot be decided": ("open", "–"),
    "Not due yet": ("open", "…"),
    "Not tested yet": ("open", "–"),
    "Does not apply": ("open", "–"),
}
"""Class and mark of each verdict: never told by colour alone."""

SCALE = {
    "Supported": "high confidence that it holds",
    "Leaning": "more likely than not, but not settled",
    "Inconclusive": "too little data to tell",
    "Not supported": "high confidence that there is nothing of a size that matters",
    "Contradicted": "high confidence in the opposite",
    "Mixed": "it says several things, and they do not stand alike",
    "Happened": "the outcome lies in the upper third of its history",
    "Did not happen": "the outcome lies in the lower third of its history",
    "Condition not met": "what it supposes did not come about",
    "Cannot be decided": "public data cannot decide",
    "Undecided by simulation": "chance in the draws decides as yet",
    "Not due yet": "the date has not come",
}
"""The confidence behind each verdict in words: one scale, defined on the front page and used everywhere."""


DOLLAR = "<span>&#36;</span>"
"""A dollar in HTML: JupyterLab sets what stands between two bare ones as mathematics."""
_BARE_DOLLAR = re.compile(r"\$(?![^<]*>)")


@dataclass(frozen=True)
class Block:
    """A piece of a page: HTML for pages and JupyterLab, and the same in plain text."""

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return _BARE_DOLLAR.sub(DOLLAR, self.html)


@dataclass(frozen=True)
class Row:
    """A claim, or a statement of the comment, with what became of it.

    Parameters
    ----------
    label : str
        Such as "C10", or the number of the statement.
    title : str
        What is claimed, in our own words.
    verdict : str
        A key of `VERDICTS`.
    finding : str
        One plain sentence with the natural unit.
    link : str
        Where the evidence is, such as "06_granger_causality.ipynb".
    strip : tuple of float, optional
        Low, estimate, high, and the ends of the scale of the little interval beside the sentence.
    line : float
        What the rule asks for, on the same scale; NaN for nothing.
    """

    label: str
    title: str
    verdict: str
    finding: str
    link: str = ""
    strip: tuple[float, float, float, float, float] | None = None
    line: float = math.nan


@cache
def _macros() -> Any:
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=True, trim_blocks=True
    )
    found.globals["VERDICTS"] = VERDICTS
    found.filters["curly"] = lambda text: text.replace("'", "’")
    return found.get_template("blocks.html.j2").module


def render(name: str, *values: Any) -> str:
    """Render a macro of `blocks.html.j2`; text that is not HTML is escaped."""
    return str(getattr(_macros(), name)(*values)).strip()


def _by_verdict(rows: Sequence[Row]) -> dict[str, list[Row]]:
    groups = {verdict: [row for row in rows if row.verdict == verdict] for verdict in VERDICTS}
    return {verdict: group for verdict, group in groups.items() if group}


def verdict_list(rows: Sequence[Row]) -> Block:
    """Group claims by verdict, in the order of `VERDICTS`: a plain sentence each, the interval where there is one."""
    groups, lines = _by_verdict(rows), []
    for verdict, group in groups.items():
        lines.append(f"{VERDICTS[verdict][1]} {verdict}")
        lines += [f"  {row.label} {row.title}. {row.finding}" for row in group]
    return Block(render("verdict_list", groups, len(rows)), "\n".join(lines))


def statement_list(rows: Sequence[Row]) -> Block:
    """List the statements of the comment in its own order, each with its verdict, under a tally of the verdicts."""
    groups = _by_verdict(rows)
    lines = ["; ".join(f"{verdict} {len(group)}" for verdict, group in groups.items())]
    lines += [f"{row.label}. {row.title} {VERDICTS[row.verdict][1]} {row.verdict}. {row.finding}" for row in rows]
    return Block(render("statement_list", groups, rows), "\n".join(lines))


def key_figures(figures: Iterable[tuple[str, str, str]]) -> Block:
    """Show the few numbers that a reader takes away: value, what it is, and what it compares with."""
    known = list(figures)
    lines = [f"{what}: {value} ({beside})" for value, what, beside in known]
    return Block(render("key_figures", known), "\n".join(lines))


def folded(title: str, content: object) -> Block:
    """Put something, HTML or what shows itself as such, behind a line that opens it; on paper it is open."""
    inner = content if isinstance(content, str) else content._repr_html_()  # type: ignore[attr-defined]
    return Block(render("folded", title, inner), f"{title}\n{content!r}" if not isinstance(content, str) else title)


def ledger_row(claim: str, verdict: str, fields: Mapping[str, str]) -> Block:
    """Close a chapter with a row of the ledger: number, title and verdict to see, everything that it holds folded."""
    lines = [f"{claim}: {verdict}", *(f"  {name}: {value}" for name, value in fields.items())]
    return Block(render("ledger_row", claim, verdict, fields), "\n".join(lines))
