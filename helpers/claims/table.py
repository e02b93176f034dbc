"""The judgement as tables of text: for the summary, the README and the comparison of two dates."""

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from helpers.claims.finding import PRIMARY, Finding
from helpers.claims.registry import Claim, VerdictRules
from helpers.claims.rules import Verdict
from helpers.claims.words import interval, number, pvalue, signed
from helpers.stats import episodes_needed, implied_sd

if TYPE_CHECKING:
    from helpers.claims.judgement import Judged


def verdict_table(judged: "Iterable[Judged]") -> pd.DataFrame:
    """Lay verdicts out: index claim id; columns claim, verdict, finding, adjusted p, what would change it."""
    rows = {one.claim.id: [one.title, str(one.verdict), told(one), _adjusted(one), change(one)] for one in judged}
    columns = ["claim", "verdict", "finding", "adjusted p", "what would change it"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def compare_tables(then: "Iterable[Judged]", now: "Iterable[Judged]") -> pd.DataFrame:
    """Set two judgements of the same claims side by side: claim, then, finding then, now, finding now."""
    rows = {
        a.claim.id: [a.title, str(a.verdict), told(a), str(b.verdict), told(b)] for a, b in zip(then, now, strict=True)
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["claim", "then", "finding then", "now", "finding now"])


def rules_table(rules: VerdictRules, claims: Mapping[str, Claim]) -> pd.DataFrame:
    """Lay out the registered rules and every change since, of the rules and of single claims."""
    rows = dict(rules.words)
    registered = {"rules": rules.amendments} | {name: claim.amendments for name, claim in claims.items()}
    for name, amendments in registered.items():
        rows |= {f"{name}, change {i} ({change.date})": change.reason for i, change in enumerate(amendments[1:], 1)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["rule"])


def supporting_table(
    findings: Mapping[tuple[str, str], Finding], adjusted: Mapping[tuple[str, str], float]
) -> pd.DataFrame:
    """List supporting findings with a p-value: index claim and test in words; columns p and adjusted p."""
    rows = {
        f"{claim}, {test.replace('_', ' ')}": [findings[claim, test].p, p]
        for (claim, test), p in adjusted.items()
        if test != PRIMARY
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["p", "adjusted p"])


def told(judged: "Judged") -> str:
    """Give the estimate with its interval, its sample and the smallest effect that it could have shown."""
    found = judged.finding
    if found is None:
        return "-"
    if found.reason:
        return found.reason
    if math.isnan(found.estimate):
        return judged.why
    digits = found.unit.decimals
    size = (signed if found.direction or found.estimate < 0 else number)(found.estimate, digits)
    around = f" ({100 * found.confidence:.0f} %: {interval(found.low, found.high, digits)})"
    return f"{size} {found.unit.label}{'' if math.isnan(found.low) else around}{_sample(found)}"


def change(judged: "Judged") -> str:
    """Say what it would take for another verdict: conditions not met, and how much more data the test needs."""
    if not judged.conditions:
        wrong_sign = judged.verdict == Verdict.CONTRADICTED
        return "the sign that the claim says" if wrong_sign else judged.why
    missed = [text for text, met in judged.conditions if not met]
    if not missed:
        return "any of the conditions it meets failing on new data"
    needed = _data_needed(judged.claim, judged.finding) if judged.verdict == Verdict.INCONCLUSIVE else ""
    return f"{'; '.join(missed)}{needed}"


def _adjusted(judged: "Judged") -> str:
    return "-" if math.isnan(judged.adjusted) else pvalue(judged.adjusted)


def _sample(found: Finding) -> str:
    parts = [f"{name} = {value:,}" for name, value in (("n", found.n), ("K", found.k)) if value is not None]
    if not math.isnan(found.detectable):
        parts.append(f"detectable {number(found.detectable, 1)}")
    return f"; {', '.join(parts)}" if parts else ""


def _data_needed(claim: Claim, found: Finding | None) -> str:
    """Say how large a sample would show the smallest effect of interest with 80 % power."""
    smallest = claim.rule.smallest_effect
    if found is None or math.isnan(smallest) or math.isnan(found.detectable) or found.detectable <= smallest:
        return ""
    if found.k is not None and found.k > 1:
        spread = implied_sd(detectable=found.detectable, episodes=found.k)
        wanted, have, noun = episodes_needed(effect=smallest, sd=spread), found.k, "episodes"
    elif found.k is None and found.n is not None:
        power = 2 if found.unit.signed else 1
        wanted = math.ceil(found.n * (found.detectable / smallest) ** power)
        have, noun = found.n, "observations"
    else:
        return ""
    much = "more" if wanted is None else f"about {wanted:,}"
    return f" ({much} {noun} would show {smallest:g} {found.unit.label}; there are {have:,})"
