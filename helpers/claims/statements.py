"""The comment statement by statement: what was said, the verdict on it, and what was found in one plain sentence."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.claims import plain
from helpers.claims.judgement import Judged, JudgedPart, Judgement
from helpers.claims.registry import load_rules
from helpers.claims.rule import Evidence, Verdict
from helpers.claims.rules import ThresholdRule
from helpers.data.settings import ROOT

STATEMENTS = ROOT / "claims" / "statements.toml"


@dataclass(frozen=True)
class Statement:
    """One statement of the comment.

    Parameters
    ----------
    number : int
        Its place in the comment.
    text : str
        In our words.
    claim : str
        Id of the claim that answers it; "" where none can.
    verdict : Verdict
        On the statement: of the claim, or of the parts of it that the statement is about.
    plain : str
        What was found, one sentence.
    chapter : str
        Notebook that shows it; "" where none does.
    """

    number: int
    text: str
    claim: str
    verdict: Verdict
    plain: str
    chapter: str


def statements(judgement: Judgement, path: Path = STATEMENTS) -> list[Statement]:
    """Answer every statement of the comment.

    Parameters
    ----------
    judgement : Judgement
        Of `judge` or `verdicts`.
    path : pathlib.Path
        The statements.

    Returns
    -------
    list of Statement
        In the order of the comment.
    """
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["statement"]
    return [_answered(number, said, judgement) for number, said in enumerate(listed, 1)]


def _answered(number: int, said: dict[str, Any], judgement: Judgement) -> Statement:
    if "claim" not in said:
        return Statement(number, said["text"], "", Verdict.CANNOT_BE_DECIDED, said["reason"], "")
    judged = judgement.verdict(said["claim"])
    verdict, sentence = judged.verdict, judged.plain
    if judged.verdict != Verdict.NOT_APPLICABLE and "finding" in said:
        verdict, sentence = _by_threshold(said, judged, judgement)
    elif judged.verdict != Verdict.NOT_APPLICABLE and "parts" in said:
        parts = [judged.part(name) for name in said["parts"]]
        verdict = parts[0].verdict if len({part.verdict for part in parts}) == 1 else Verdict.MIXED
        sentence = plain.finding_in_plain_words(judged.claim, parts, judgement.trial)
    return Statement(number, said["text"], judged.claim.id, verdict, sentence, judged.claim.chapter)


def _by_threshold(said: dict[str, Any], judged: Judged, judgement: Judgement) -> tuple[Verdict, str]:
    found = judgement.findings[judged.claim.id, said["finding"]]
    if found.reason:
        return Verdict.INCONCLUSIVE, f"It cannot be told yet: {found.reason}"
    rule = ThresholdRule(
        estimand="",
        test="",
        null="",
        unit=found.unit.label,
        placebos=(),
        side=said["side"],
        threshold=said["threshold"],
    )
    decided = rule.decide(Evidence(found=found), load_rules().standards)
    part = JudgedPart(
        said["finding"], "", rule, decided.verdict, found, found.p, found.detectable, decided.conditions, decided.why
    )
    return decided.verdict, plain.finding_in_plain_words(judged.claim, [part], judgement.trial)
