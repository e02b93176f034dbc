"""The comment statement by statement: what was said, the verdict on it, and what was found in one plain sentence."""

import math
from dataclasses import dataclass, replace
from typing import Any

from helpers.claims import plain
from helpers.claims.finding import Finding
from helpers.claims.judgement import Judged, Judgement
from helpers.claims.registry import load_rules, read_toml
from helpers.claims.rules import Decision, Held, JudgedPart, Verdict, by_side, combine
from helpers.data.settings import ROOT

STATEMENTS = ROOT / "claims" / "statements.toml"


@dataclass(frozen=True)
class Statement:
    """One statement of the comment.

    Parameters
    ----------
    number, text : its place in the comment; in our words
    verdict, plain : on the claim, or on what of it the statement is about; what was found, one sentence
    chapter : notebook that shows it; "" where no figure can decide
    finding : the one number that decides; None where there are several
    line : where the rule draws its line on the axis of that number; NaN for none
    """

    number: int
    text: str
    verdict: Verdict
    plain: str
    chapter: str = ""
    finding: Finding | None = None
    line: float = math.nan


def statements(judgement: Judgement) -> list[Statement]:
    """Answer every statement of the comment, in its order, from a judgement of the story's own pair.

    Each has the sentence that answers it and no other.
    """
    return [_answered(number, said, judgement) for number, said in enumerate(read_toml(STATEMENTS)["statement"], 1)]


def _answered(number: int, said: dict[str, Any], judgement: Judgement) -> Statement:
    if "claim" not in said:
        return Statement(number, said["text"], Verdict.CANNOT_BE_DECIDED, said["reason"])
    judged = judgement.verdict(said["claim"])
    parts, together = [part for part in judged.parts if part.name in said.get("parts", [part.name])], "each"
    if "facts" in said:
        parts = [_on_facts(parts[0], said["facts"])]
    elif "findings" in said:
        parts, together = [_by_side(judged, name, said, judgement) for name in said["findings"]], "all"
    whole = parts == list(judged.parts)
    verdict = judged.verdict if whole else combine([part.verdict for part in parts], together)
    if "says" in said and verdict not in plain.UNTOLD:
        tests = {part.name: part.finding for part in parts if part.finding is not None}
        sentence = plain.answer_in_plain_words(f"{judged.claim.id}_{said['says']}", verdict, tests, judgement.trial)
    else:
        sentence = plain.finding_in_plain_words(judged.claim.id, parts, judgement.trial)
    found = parts[0].finding if len(parts) == 1 else None
    line = said.get("threshold", parts[0].rule.line)
    return Statement(number, said["text"], verdict, sentence, judged.claim.chapter, found, line)


def _on_facts(part: JudgedPart, places: list[int]) -> JudgedPart:
    """Judge some of the stated facts of a claim, by their places."""
    facts = list(part.finding.parts.items()) if part.finding is not None else []
    found = replace(part.finding or Finding(), parts=dict(facts[place - 1] for place in places))
    return replace(part, finding=found, **part.rule.decide(found, Held(load_rules().standards))._asdict())


def _by_side(judged: Judged, name: str, said: dict[str, Any], judgement: Judgement) -> JudgedPart:
    """Judge a supporting finding by the side of a threshold on which its interval lies."""
    found = judgement.findings[judged.claim.id, name]
    told = by_side(found, said["side"], said["threshold"])
    decided = Decision(Verdict.INCONCLUSIVE, found.reason) if found.reason else told
    return JudgedPart(name, "", judged.claim.rule, found, found.p, found.detectable, *decided)
