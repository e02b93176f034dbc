"""Sentences about the verdicts."""

from collections import Counter

from helpers.report import rules
from helpers.report.prose.words import Sentence, count, listing, number, pvalue
from helpers.report.verdicts import Verdict

ORDER = (
    rules.SUPPORTED,
    rules.LEANING,
    rules.INCONCLUSIVE,
    rules.NOT_SUPPORTED,
    rules.CONTRADICTED,
    rules.NOT_DUE,
    rules.NOT_TESTED,
)


def say_counts(judged: list[Verdict]) -> Sentence:
    """Count the verdicts.

    Parameters
    ----------
    judged : list of Verdict
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


def say_precedence(judged: list[Verdict]) -> Sentence:
    """Answer the question of the report from the claims of precedence.

    Parameters
    ----------
    judged : list of Verdict
        All claims.

    Returns
    -------
    Sentence
        Whether silver comes before Bitcoin, with the findings that say so.
    """
    lead = [verdict for verdict in judged if verdict.claim.rule.get("family") == "precedence"]
    backed = [verdict for verdict in lead if verdict.verdict in (rules.SUPPORTED, rules.LEANING)]
    if all(verdict.verdict == rules.NOT_TESTED for verdict in lead):
        answer = "That has not been tested yet"
    elif any(verdict.verdict == rules.SUPPORTED for verdict in lead):
        answer = "The data back it, at least in part"
    elif backed:
        answer = "The data lean that way without settling it"
    else:
        answer = "Nothing here shows that it does"
    told = [f"“{v.claim.title}” ({v.claim.id}) is {v.verdict.lower()}{_numbers(v)}" for v in lead]
    question = "Does silver's strength come before Bitcoin's rallies?"
    return Sentence(f"**{question} {answer}.** {'; '.join(told)}.")


def _numbers(verdict: Verdict) -> str:
    entry = verdict.entry
    if entry is None or entry.estimate != entry.estimate:
        return ""
    low, high = entry.interval
    around = f", {100 * entry.level:.0f} % interval {number(low)} to {number(high)}" if low == low else ""
    return f", estimate {number(entry.estimate)} {entry.unit}{around}, adjusted {pvalue(verdict.adjusted_pvalue)}"


def say_changes(then: list[Verdict], now: list[Verdict]) -> Sentence:
    """Say which verdicts have changed between two dates.

    Parameters
    ----------
    then, now : list of Verdict
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


def say_stale(judged: list[Verdict]) -> Sentence:
    """Say which findings were made on other data than those in use.

    Parameters
    ----------
    judged : list of Verdict
        All claims.

    Returns
    -------
    Sentence
        The stale claims, or that there are none.
    """
    stale = [verdict.claim.id for verdict in judged if verdict.stale]
    if not stale:
        return Sentence("Every finding was made on the data named above.")
    return Sentence(f"Made on other data than those named above, and so stale: {listing(stale)}.")
