"""Sentences about the verdicts."""

from collections import Counter

from helpers.claims import Judged, Judgement, Verdict
from helpers.claims.trial import label
from helpers.report.prose.words import Sentence, count, listing, number, pvalue

ORDER = (
    Verdict.SUPPORTED,
    Verdict.LEANING,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_SUPPORTED,
    Verdict.CONTRADICTED,
    Verdict.NOT_DUE,
    Verdict.NOT_TESTED,
    Verdict.NOT_APPLICABLE,
)


def say_counts(judged: Judgement) -> Sentence:
    """Count the verdicts.

    Parameters
    ----------
    judged : Judgement
        All claims.

    Returns
    -------
    Sentence
        How many claims got each verdict, and which.
    """
    tally = Counter(verdict.verdict for verdict in judged)
    told = [
        f"{count(tally[word], 'claim')} {word.lower()} ({listing(v.claim.id for v in judged if v.verdict == word)})"
        for word in ORDER
        if tally[word]
    ]
    return Sentence(f"Of {len(judged)} claims: {listing(told)}.")


def say_precedence(judged: Judgement) -> Sentence:
    """Answer the question of the report from the claims of precedence.

    Parameters
    ----------
    judged : Judgement
        All claims.

    Returns
    -------
    Sentence
        Whether silver comes before Bitcoin, with the findings that say so.
    """
    lead = [verdict for verdict in judged if verdict.claim.rule.family == "precedence"]
    backed = [verdict for verdict in lead if verdict.verdict in (Verdict.SUPPORTED, Verdict.LEANING)]
    if all(verdict.verdict == Verdict.NOT_TESTED for verdict in lead):
        answer = "That has not been tested yet"
    elif any(verdict.verdict == Verdict.SUPPORTED for verdict in lead):
        answer = "The data back it, at least in part"
    elif backed:
        answer = "The data lean that way without settling it"
    else:
        answer = "Nothing here shows that it does"
    told = [f"“{v.title}” ({v.claim.id}) is {v.verdict.lower()}{_numbers(v)}" for v in lead]
    leader, follower = label(judged.trial.leader), label(judged.trial.follower)
    question = f"Does {leader}'s strength come before {follower}'s rallies?"
    return Sentence(f"**{question} {answer}.** {'; '.join(told)}.")


def _numbers(verdict: Judged) -> str:
    entry = verdict.finding
    if entry is None or entry.estimate != entry.estimate:
        return ""
    low, high = entry.low, entry.high
    around = f", {100 * entry.confidence:.0f} % interval {number(low)} to {number(high)}" if low == low else ""
    return f", estimate {number(entry.estimate)} {entry.unit.label}{around}, adjusted {pvalue(verdict.adjusted)}"


def say_changes(then: Judgement, now: Judgement) -> Sentence:
    """Say which verdicts have changed between two dates.

    Parameters
    ----------
    then, now : Judgement
        The same claims judged on two ledgers.

    Returns
    -------
    Sentence
        The claims whose verdict differs, from what to what.
    """
    changed = [(a, b) for a, b in zip(then, now, strict=True) if a.verdict != b.verdict]
    kept = len(now) - len(changed)
    told = [f"{b.claim.id} from {a.verdict.lower()} to {b.verdict.lower()}" for a, b in changed]
    if not told:
        return Sentence("No verdict has changed since then.")
    return Sentence(f"Changed since then: {listing(told)}. {count(kept, 'verdict').capitalize()} stayed as they were.")
