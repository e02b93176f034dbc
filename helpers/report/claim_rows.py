"""Verdicts as rows: the statements of the comment, the claims of a pair, and the lines with which a chapter closes."""

import math
import re
from pathlib import Path

from helpers.claims import Finding, Judged, Judgement, statements, verdicts
from helpers.claims.finding import interval, number
from helpers.data import load
from helpers.report.components import Block, Row, ledger_row, statement_list
from helpers.report.sentences.words import first_upper, in_print

_LOG_POINTS = re.compile(r"(−?\d+(?:\.\d+)?) log points")
_HEAD = """# The comment, statement by statement

On 23 January 2026 a market comment, copied widely, explained silver's record and what it means for
Bitcoin. Here is all that it says, in its own order and in our words, with the verdict on each and the way to the
evidence.

"""


def statement_rows(judgement: Judgement) -> list[Row]:
    """Give every statement with the verdict on it, in the order of the comment; the finding is one plain sentence."""
    return [
        _row(str(said.number), said.text, said.verdict, said.plain, said.chapter, said.finding, said.line)
        for said in statements(judgement)
    ]


def claim_list(judgement: Judgement) -> list[Row]:
    """Give every claim that is asked of the pair, in the order of the registry."""
    return [
        _row(one.claim.id, one.title, one.verdict, one.plain, one.claim.chapter, *_number(one)) for one in judgement
    ]


def claim_rows(judgement: Judgement, *ids: str) -> Block:
    """Close a chapter with the verdicts on its claims, a folded row each; of another pair, those that are asked of it.

    Parameters
    ----------
    judgement : Judgement
        Of the dataset and pair in use.
    *ids : str
        Claims, such as "C10".

    Returns
    -------
    Block
        A folded row a claim.
    """
    story = judgement.trial.is_story
    rows = [_folded(judged, story) for judged in judgement if judged.claim.id in ids]
    return Block("".join(row.html for row in rows), "\n".join(row.text for row in rows))


def write_statements(path: Path) -> None:
    """Write the page of statements on the committed or current ledger."""
    block = statement_list(statement_rows(verdicts(load(source="snapshot"))))
    body = block.html.replace(".ipynb'", ".html'")
    path.write_text(f"{_HEAD}```{{raw}} html\n{body}\n```\n", encoding="utf-8")


def _row(label: str, title: str, verdict: str, plain: str, chapter: str, found: Finding | None, line: float) -> Row:
    link = f"{chapter}.ipynb" if chapter else ""
    if found is None or not all(map(math.isfinite, (*found.widest, found.estimate))):
        return Row(label, title, verdict, plain, link)
    ends = [*found.widest, found.estimate, 0.0, *([] if math.isnan(line) else [line])]
    room = 0.04 * (max(ends) - min(ends))
    low, high = found.widest
    return Row(
        label, title, verdict, plain, link, (low, found.estimate, high, min(ends) - room, max(ends) + room), line
    )


def _number(judged: Judged) -> tuple[Finding | None, float]:
    part = judged.parts[0]
    return (part.finding, part.rule.line) if len(judged.parts) == 1 else (None, math.nan)


def _folded(judged: Judged, story: bool) -> Block:
    told = {"claimed": judged.claim.text if story else judged.title, "found": judged.plain}
    for part in judged.parts:
        ahead = "" if len(judged.parts) == 1 else f"{part.title}: "
        told[f"{ahead}why"] = f"{reason_in_print(part.why)}."
        if len(judged.parts) > 1:
            told[f"{ahead}verdict"] = str(part.verdict)
        if part.finding is not None:
            least = math.nan if part.rule.kind == "search" else part.detectable  # of a search it is one cell's alone
            told |= {f"{ahead}{name}": value for name, value in _numbers(part.finding, least).items()}
    return ledger_row(f"{judged.claim.id}, {judged.title}", str(judged.verdict), told)


def reason_in_print(reason: str) -> str:
    """Write the reason of a rule as print has it: capital first, no p of zero, per cent in place of log points."""
    told = in_print(reason.replace("p = 0.000", "p < 0.001"))
    return first_upper(_LOG_POINTS.sub(lambda found: _share(found[1]), told))


def _share(log_points: str) -> str:
    return f"{number(_grown(float(log_points.replace('−', '-'))), 0)}%"


def _grown(log_points: float) -> float:
    return 100 * math.expm1(log_points / 100)


def _numbers(found: Finding, detectable: float) -> dict[str, str]:
    label, digits = found.unit.label, found.unit.decimals
    values = [found.estimate, found.low, found.high, found.always_low, found.always_high, detectable]
    if label.startswith("log points"):
        label, values = label.replace("log points", "%", 1), [_grown(value) for value in values]
    estimate, low, high, always_low, always_high, least = values
    told = {
        "estimate": f"{number(estimate, digits)} ({label})",
        "interval": interval(low, high, digits),
        "always-valid interval": interval(always_low, always_high, digits),
        "minimum detectable effect at 80% power": number(least, digits),
        "n": number(found.n or math.nan, 0),
        "K (episodes)": number(found.k or math.nan, 0),
    }
    return {name: value for name, value in told.items() if "n/a" not in value}
