"""The judgement as a table of text: what was found on each claim, and what would change its verdict."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from helpers.claims.finding import Finding, interval, number
from helpers.claims.rules import Verdict

if TYPE_CHECKING:
    from helpers.claims.judgement import Judged, JudgedPart


def verdict_table(judged: "Iterable[Judged]") -> pd.DataFrame:
    """Lay verdicts out: index claim id; columns claim, verdict, finding, adjusted p, what would change it."""
    columns = ["claim", "verdict", "finding", "adjusted p", "what would change it"]
    rows = {one.claim.id: [one.title, str(one.verdict), _told(one), _adjusted(one), _change(one)] for one in judged}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _told(judged: "Judged") -> str:
    """Give estimates with their intervals, samples and the smallest effects that they could have shown, by part."""
    if len(judged.parts) == 1:
        return _part(judged.parts[0])
    return "; ".join(f"{part.title}: {_part(part)}" for part in judged.parts)


def _part(part: "JudgedPart") -> str:
    found = part.finding
    if found is None or found.reason:
        return "-" if found is None else found.reason
    if math.isnan(found.estimate):
        return part.why
    digits, plus = (
        found.unit.decimals,
        "+" if found.direction and round(found.estimate, found.unit.decimals) > 0 else "",
    )
    around = "" if math.isnan(found.low) else f" ({_intervals(found)})"
    sample = [f"{name} = {value:,}" for name, value in (("n", found.n), ("K", found.k)) if value is not None]
    if not math.isnan(part.detectable):
        sample.append(f"detectable {number(part.detectable, 1)}")
    return "; ".join(
        filter(None, [f"{plus}{number(found.estimate, digits)} {found.unit.label}{around}", ", ".join(sample)])
    )


def _intervals(found: Finding) -> str:
    usual = f"{100 * found.confidence:.0f} %: {interval(found.low, found.high, found.unit.decimals)}"
    if math.isnan(found.always_low):
        return usual
    return f"{usual}; at all weeks: {interval(found.always_low, found.always_high, found.unit.decimals)}"


def _change(judged: "Judged") -> str:
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
    p = next((part.adjusted for part in judged.parts if not math.isnan(part.adjusted)), math.nan)
    return "-" if math.isnan(p) else "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def _data_needed(part: "JudgedPart") -> str:
    """Say how many observations would show the smallest effect of interest with 80 % power."""
    smallest, found = part.rule.smallest_effect, part.finding
    if found is None or found.n is None or not part.detectable > smallest:
        return ""
    wanted = math.ceil(found.n * (part.detectable / smallest) ** (2 if found.unit.signed else 1))
    return f" (about {wanted:,} observations would show {smallest:g} {found.unit.label}; there are {found.n:,})"
