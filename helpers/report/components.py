"""Pieces of a page beside charts: verdicts, statements, key figures, folded rows; HTML with a text twin."""

import html
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Block:
    """A piece of a page.

    Parameters
    ----------
    html : str
        For pages and JupyterLab.
    text : str
        The same in plain text.
    """

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


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


def verdict_mark(verdict: str) -> str:
    """Write a verdict with its mark, as HTML."""
    kind, mark = VERDICTS[verdict]
    return f"<span class='verdict {kind}'><span aria-hidden='true'>{mark}</span> {html.escape(verdict)}</span>"


def verdict_list(rows: Iterable[Row]) -> Block:
    """Group claims by verdict, a plain sentence each, with the interval where there is one.

    Parameters
    ----------
    rows : iterable of Row
        In the order of the registry; the order inside a group stays.

    Returns
    -------
    Block
        Groups in the order of `VERDICTS`.
    """
    known = list(rows)
    parts, lines = [], []
    for verdict, (kind, mark) in VERDICTS.items():
        group = [row for row in known if row.verdict == verdict]
        if not group:
            continue
        items = "".join(_item(row, "claim") for row in group)
        parts.append(
            f"<section class='group {kind}'><p class='group-head'>{verdict_mark(verdict)} "
            f"<span class='many'>{len(group)} of {len(known)}</span></p><ul>{items}</ul></section>"
        )
        lines += [f"{mark} {verdict}", *(f"  {row.label} {row.title}. {row.finding}" for row in group)]
    return Block(f"<div class='verdicts'>{''.join(parts)}</div>", "\n".join(lines))


def statement_list(rows: Iterable[Row]) -> Block:
    """List the statements of the comment in its own order, each with its verdict.

    Parameters
    ----------
    rows : iterable of Row
        One a statement; the label is its number.

    Returns
    -------
    Block
        A tally of the verdicts, whose numbers lead to the statements, and an ordered list.
    """
    known = list(rows)
    items = "".join(_item(row, "statement") for row in known)
    lines = [f"{row.label}. {row.title} {VERDICTS[row.verdict][1]} {row.verdict}. {row.finding}" for row in known]
    groups = {word: [row.label for row in known if row.verdict == word] for word in VERDICTS}
    counted = {word: labels for word, labels in groups.items() if labels}
    tally = "".join(
        f"<li>{verdict_mark(word)} <b>{len(labels)}</b> <span>{' '.join(map(_way, labels))}</span></li>"
        for word, labels in counted.items()
    )
    lines.insert(0, "; ".join(f"{word} {len(labels)}" for word, labels in counted.items()))
    return Block(f"<ul class='tally'>{tally}</ul><ol class='statements'>{items}</ol>", "\n".join(lines))


def _way(label: str) -> str:
    return f"<a href='#statement-{html.escape(label)}'>{html.escape(label)}</a>"


def _item(row: Row, kind: str) -> str:
    title = html.escape(row.title)
    name = f"<a href='{html.escape(row.link)}'>{title}</a>" if row.link else title
    label = f"<span class='label'>{html.escape(row.label)}</span>"
    anchor = f" id='{kind}-{html.escape(row.label)}'"
    extra = verdict_mark(row.verdict) if kind == "statement" else ""
    extra += _strip(row) if row.strip else ""
    return (
        f"<li{anchor}>{label}<div><span class='said'>{name}</span> {extra}"
        f"<span class='found'>{html.escape(row.finding)}</span></div></li>"
    )


def _strip(row: Row) -> str:
    low, estimate, high, left, right = row.strip  # type: ignore[misc]

    def place(value: float) -> float:
        return 4 + 112 * min(max((value - left) / (right - left), 0), 1)

    kind = VERDICTS[row.verdict][0]
    marks = "".join(
        f"<line x1='{place(at):.1f}' x2='{place(at):.1f}' y1='1' y2='15' class='{name}'/>"
        for name, at in (("zero", 0.0), ("asked", row.line))
        if left <= at <= right and not (name == "asked" and at == 0)
    )
    asked = "" if math.isnan(row.line) else f"; the rule draws its line at {row.line:g}"
    return (
        f"<svg class='strip {kind}' viewBox='0 0 120 16' role='img' aria-label='{estimate:.3g}, between {low:.3g} and "
        f"{high:.3g}{asked}'>{marks}<line x1='{place(low):.1f}' x2='{place(high):.1f}' y1='8' y2='8'/>"
        f"<circle cx='{place(estimate):.1f}' cy='8' r='4'/></svg>"
    )


def key_figures(figures: Iterable[tuple[str, str, str]]) -> Block:
    """Show the few numbers that a reader takes away: value, what it is, and what it compares with."""
    known = list(figures)
    items = "".join(
        f"<div><dt>{html.escape(what)}</dt><dd>{html.escape(value)}<small>{html.escape(beside)}</small></dd></div>"
        for value, what, beside in known
    )
    lines = [f"{what}: {value} ({beside})" for value, what, beside in known]
    return Block(f"<dl class='key-figures'>{items}</dl>", "\n".join(lines))


def folded(title: str, content: object) -> Block:
    """Put something, HTML or what shows itself as such, behind a line that opens it; on paper it is open."""
    inner = content if isinstance(content, str) else content._repr_html_()  # type: ignore[attr-defined]
    body = f"<details class='folded'><summary>{html.escape(title)}</summary><div>{inner}</div></details>"
    return Block(body, f"{title}\n{content!r}" if not isinstance(content, str) else title)


def ledger_row(claim: str, verdict: str, fields: Mapping[str, str]) -> Block:
    """Close a chapter: the row of the ledger that it gives, folded.

    Parameters
    ----------
    claim : str
        Number and title, such as "C10, Silver comes before Bitcoin".
    verdict : str
        A key of `VERDICTS`.
    fields : mapping of str to str
        What the row holds, as words: estimate, interval, n, rule, what would change it.

    Returns
    -------
    Block
        The verdict to see, the row behind it.
    """
    rows = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in fields.items())
    body = (
        f"<details class='folded ledger'><summary>{html.escape(claim)}: {verdict_mark(verdict)}</summary>"
        f"<dl class='fields'>{rows}</dl></details>"
    )
    lines = [f"{claim}: {verdict}", *(f"  {name}: {value}" for name, value in fields.items())]
    return Block(body, "\n".join(lines))
