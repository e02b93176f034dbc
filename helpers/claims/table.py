"""The judgement as tables of text: for the summary, the README and the comparison of two dates."""

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from helpers.claims.finding import Finding
from helpers.claims.registry import Claim, VerdictRules, load_claims
from helpers.claims.rule import Verdict
from helpers.claims.words import interval, number, pvalue, signed

if TYPE_CHECKING:
    from helpers.claims.judgement import Judged, JudgedPart


def verdict_table(judged: "Iterable[Judged]") -> pd.DataFrame:
    """Lay verdicts out: index claim id; columns claim, verdict, finding, adjusted p, what would change it."""
    rows = {one.claim.id: [one.title, str(one.verdict), told(one), _adjusted(one), change(one)] for one in judged}
    columns = ["claim", "verdict", "finding", "adjusted p", "what would change it"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def parts_table(judged: "Iterable[Judged]") -> pd.DataFrame:
    """Lay every part out: index claim id and part; columns what it says, verdict, finding, both intervals."""
    columns = ["part", "verdict", "estimate", "usual interval", "always-valid interval", "adjusted p"]
    rows = {
        f"{one.claim.id} {part.name}": [
            part.title,
            str(part.verdict),
            number(part.finding.estimate, part.finding.unit.decimals),
            _ends(part.finding.low, part.finding.high, part.finding),
            _ends(part.finding.always_low, part.finding.always_high, part.finding),
            "-" if math.isnan(part.adjusted) else pvalue(part.adjusted),
        ]
        for one in judged
        for part in one.parts
        if part.finding is not None
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _ends(low: float, high: float, found: Finding) -> str:
    return "-" if math.isnan(low) else interval(low, high, found.unit.decimals)


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
    claims = load_claims()
    rows = {
        f"{claim}, {test.replace('_', ' ')}": [findings[claim, test].p, p]
        for (claim, test), p in adjusted.items()
        if test not in claims[claim].rule.asked
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["p", "adjusted p"])


def told(judged: "Judged") -> str:
    """Give estimates with their intervals, samples and the smallest effects that they could have shown, by part."""
    if len(judged.parts) == 1:
        return _told(judged.parts[0])
    return "; ".join(f"{part.title}: {_told(part)}" for part in judged.parts)


def _told(part: "JudgedPart") -> str:
    found = part.finding
    if found is None:
        return "-"
    if found.reason:
        return found.reason
    if math.isnan(found.estimate):
        return part.why
    digits = found.unit.decimals
    size = (signed if found.direction or found.estimate < 0 else number)(found.estimate, digits)
    around = f" ({100 * found.confidence:.0f} %: {interval(found.low, found.high, digits)}{_always(found)})"
    return f"{size} {found.unit.label}{'' if math.isnan(found.low) else around}{_sample(part, found)}"


def _always(found: Finding) -> str:
    if math.isnan(found.always_low):
        return ""
    return f"; at all weeks: {interval(found.always_low, found.always_high, found.unit.decimals)}"


def change(judged: "Judged") -> str:
    """Say what it would take for another verdict: conditions not met, and how much more data the test needs."""
    if not judged.conditions:
        wrong_sign = judged.verdict == Verdict.CONTRADICTED
        return "the sign that the claim says" if wrong_sign else judged.why
    missed = [text for text, met in judged.conditions if not met]
    if not missed:
        return "any of the conditions it meets failing on new data"
    needed = "".join(_data_needed(part) for part in judged.parts if part.verdict == Verdict.INCONCLUSIVE)
    return f"{'; '.join(missed)}{needed}"


def _adjusted(judged: "Judged") -> str:
    return "-" if math.isnan(judged.adjusted) else pvalue(judged.adjusted)


def _sample(part: "JudgedPart", found: Finding) -> str:
    parts = [f"{name} = {value:,}" for name, value in (("n", found.n), ("K", found.k)) if value is not None]
    if not math.isnan(part.detectable):
        parts.append(f"detectable {number(part.detectable, 1)}")
    return f"; {', '.join(parts)}" if parts else ""


def _data_needed(part: "JudgedPart") -> str:
    """Say how many observations would show the smallest effect of interest with 80 % power."""
    smallest, found = part.rule.smallest_effect, part.finding
    if found is None or found.n is None or not part.detectable > smallest:
        return ""
    power = 2 if found.unit.signed else 1
    wanted = math.ceil(found.n * (part.detectable / smallest) ** power)
    return f" (about {wanted:,} observations would show {smallest:g} {found.unit.label}; there are {found.n:,})"
