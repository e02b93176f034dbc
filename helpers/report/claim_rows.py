"""Verdicts as rows: the statements of the comment, the claims of a pair, and the lines with which a chapter closes."""

import math
import re
from collections.abc import Callable

from helpers.claims import Finding, Judged, Judgement, statements
from helpers.claims.finding import interval, number
from helpers.report.components import Block, Row, ledger_row
from helpers.report.sentences.words import first_upper, in_print

_LOG_POINTS = re.compile(r"(−?\d+(?:\.\d+)?) log points(?:, usual is (−?\d+(?:\.\d+)?))?")


def statement_rows(judgement: Judgement) -> list[Row]:
    """Give every statement with the verdict on it, in the order of the comment; the finding is one plain sentence."""
    return [
        row_of(str(said.number), said.text, said.verdict, said.plain, _link(said.chapter), said.finding, said.line)
        for said in statements(judgement)
    ]


def claim_list(judgement: Judgement) -> list[Row]:
    """Give every claim that is asked of the pair, in the order of the registry."""
    return [
        row_of(one.claim.id, one.title, one.verdict, one.plain, _link(one.claim.chapter), *_number(one))
        for one in judgement
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


def row_of(label: str, title: str, verdict: str, plain: str, link: str, found: Finding | None, line: float) -> Row:
    """Give a claim as a row, with the strip of its interval where it has one."""
    plain = in_print(plain)
    if found is None or not all(map(math.isfinite, (*found.widest, found.estimate))):
        return Row(label, title, verdict, plain, link)
    low, high = found.widest
    ends = [low, high, found.estimate, 0.0, *([] if math.isnan(line) else [line])]
    room = 0.04 * (max(ends) - min(ends))
    strip = (low, found.estimate, high, min(ends) - room, max(ends) + room)
    return Row(label, title, verdict, plain, link, strip, line)


def _link(chapter: str) -> str:
    return f"{chapter}.ipynb" if chapter else ""


def _number(judged: Judged) -> tuple[Finding | None, float]:
    part = judged.parts[0]
    return (part.finding, part.rule.line) if len(judged.parts) == 1 else (None, math.nan)


def _folded(judged: Judged, story: bool) -> Block:
    told = {"claimed": judged.claim.text if story else judged.title, "found": in_print(judged.plain)}
    for part in judged.parts:
        ahead = "" if len(judged.parts) == 1 else f"{part.title}: "
        told[f"{ahead}why"] = f"{reason_in_print(part.why)}."
        if len(judged.parts) > 1:
            told[f"{ahead}verdict"] = str(part.verdict)
        if part.finding is not None:
            told |= {f"{ahead}{name}": value for name, value in _numbers(part.finding, part.detectable).items()}
    return ledger_row(f"{judged.claim.id}, {judged.title}", str(judged.verdict), told)


def reason_in_print(reason: str) -> str:
    """Write the reason of a rule as print has it: capital first, no p of zero, per cent in place of log points."""
    told = in_print(reason.replace("p = 0.000", "p < 0.001"))
    return first_upper(_LOG_POINTS.sub(_in_per_cent, told))


def _in_per_cent(found: re.Match[str]) -> str:
    values = [float(text.replace("\N{MINUS SIGN}", "-")) for text in found.groups(default="0")]
    move, usual = (f"{number(_grown(value), 0)}%" for value in values)
    return f"{move}, where {usual} is usual" if found[2] else move


def _grown(log_points: float) -> float:
    return 100 * math.expm1(log_points / 100)


def in_units(found: Finding) -> tuple[Callable[[float], float], str]:
    """Give the unit of a finding for readers, per cent in place of log points, and what turns its numbers into it."""
    label = found.unit.label
    if label.startswith("log points"):
        return _grown, label.replace("log points", "%", 1)
    return float, label


def _numbers(found: Finding, detectable: float) -> dict[str, str]:
    told, label = in_units(found)
    digits = found.unit.decimals
    kept = {
        "estimate": f"{number(told(found.estimate), digits)} ({label})",
        "interval": interval(told(found.low), told(found.high), digits),
        "always-valid interval": interval(told(found.always_low), told(found.always_high), digits),
        "minimum detectable effect at 80% power": number(told(detectable), digits),
        "n": number(found.n or math.nan, 0),
        "K (episodes)": number(found.k or math.nan, 0),
    }
    return {name: value for name, value in kept.items() if "n/a" not in value}
