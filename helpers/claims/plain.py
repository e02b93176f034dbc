"""One plain sentence a verdict, for readers: dollars and per cent, the strength of the words as of the verdict."""

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from helpers.claims.finding import PRIMARY, Finding, number
from helpers.claims.registry import load_claims
from helpers.claims.rules import JudgedPart, Verdict
from helpers.claims.trial import Trial

CLOSING = {
    Verdict.LEANING: ": more likely than not, but not settled",
    Verdict.INCONCLUSIVE: ": too little data to tell",
    Verdict.UNDECIDED: ": undecided by the draws at hand",
    Verdict.NOT_SUPPORTED: ": not of a size that matters",
    Verdict.CONTRADICTED: ": the opposite of the claim",
}
UNTOLD = (Verdict.NOT_TESTED, Verdict.NOT_APPLICABLE, Verdict.NOT_DUE)
MARGIN = 25.0


def finding_in_plain_words(claim: str, parts: Sequence[JudgedPart], trial: Trial) -> str:
    """Say what was found on a claim: a sentence a part, one for neighbours that stand alike."""
    told, begun = "", False
    clauses = [_part(claim, part, trial) for part in parts]
    for (clause, closing), (_, following) in zip(clauses, [*clauses[1:], ("", "")], strict=True):
        together = bool(closing) and closing == following
        told += f" and {clause}" if begun else f" {clause[:1].upper()}{clause[1:]}"
        told += "" if together else f"{closing}."
        begun = together
    return told.strip()


def answer_in_plain_words(name: str, verdict: Verdict, tests: Mapping[str, Finding], trial: Trial) -> str:
    """Answer one statement of the comment in one sentence, as strong as the verdict on the statement.

    Parameters
    ----------
    name, verdict : of the clause in the template; on the statement
    tests : those of the claim by name, the one that the statement is about first
    trial : the dataset and the pair
    """
    reason = next((found.reason for found in tests.values() if found.reason), "")
    if reason:
        return f"It cannot be told yet: {reason}."
    closing = ": not as the claim has it" if verdict == Verdict.CONTRADICTED else CLOSING.get(verdict, "")
    return _sentence(_clause(name, tests, trial) + closing)


def _part(claim: str, part: JudgedPart, trial: Trial) -> tuple[str, str]:
    """Say what was found on a part, a clause without its full stop, and how sure that is."""
    found, verdict = part.finding, part.verdict
    if verdict in UNTOLD or found is None:
        return f"{verdict}: {part.why}", ""
    if found.reason:
        return f"It cannot be told yet: {found.reason}", ""
    clause = _clause(claim if part.name == PRIMARY else f"{claim}_{part.name}", {part.name: found}, trial)
    if claim == "C2" and verdict == Verdict.NOT_SUPPORTED:
        return clause, ": not rare"
    if part.rule.kind in ("fact", "expected") and verdict == Verdict.CONTRADICTED:
        return clause, ": not as the claim has it"
    return clause, CLOSING.get(verdict, "")


def _clause(name: str, tests: Mapping[str, Finding], trial: Trial) -> str:
    """Render a clause of the template; where it has none, give the facts that hold or the estimate in its unit."""
    found = next(iter(tests.values()))
    day = f"{trial.day.day} {trial.day:%B %Y}"
    record = "the record" if trial.is_story else day
    known = {"found": found, "beside": tests, "story": trial.is_story, "margin": MARGIN, "day": day, "record": record}
    known["rare"] = load_claims()["C2"].rule.asked["large"].threshold
    clause = getattr(_template().make_module(known | trial.words), name, None)
    if clause is not None:
        return re.sub(r"[ \n]+", " ", str(clause())).strip()
    held = [text for text, holds in found.parts.items() if holds]
    return "; ".join(held) or f"{number(found.estimate, found.unit.decimals)} {found.unit.label}"


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


@cache
def _template() -> Template:
    found = Environment(loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text of our own
    found.filters |= {
        "number": number,
        "share": _share,
        "grown": _grown,
        "moved": _moved,
        "doubled": lambda elasticity: _grown(100 * elasticity * math.log(2)),
        "signed": lambda value: f"{'+' if round(value) > 0 else ''}{_share(value)}",
        "dollars": "${:,.2f}".format,
    }
    return found.get_template("plain.md.j2")


def _share(value: float, digits: int = 0) -> str:
    """Write a percentage that is never rounded to nothing."""
    least = 10.0**-digits
    text = f"less than {number(least, digits)}" if 0 < abs(value) < least / 2 else number(value, digits)
    return f"{text}%"


def _grown(log_points: float) -> float:
    """Turn log points into per cent."""
    return 100 * (math.exp(log_points / 100) - 1)


def _moved(value: float, digits: int = 1) -> str:
    """Say a move in per cent with its direction in words."""
    return f"{'gained' if value > 0 else 'lost'} {_share(abs(value), digits)}"
