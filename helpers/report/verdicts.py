"""The verdict on each claim: computed from what was recorded, by the rule that was registered."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.report.ledger import PRIMARY, VALIDATION, Entry, results_folder
from helpers.report.registry import Claim, load_claims
from helpers.stats.inference import benjamini_hochberg, holm

SIZE_BAND = (0.03, 0.07)
LEVEL, WEAK_LEVEL = 0.05, 0.10
PLACEBO_SHARE = 0.9
ERAS_NEEDED = 2

SUPPORTED, LEANING, INCONCLUSIVE = "Supported", "Leaning", "Inconclusive"
NOT_SUPPORTED, CONTRADICTED = "Not supported", "Contradicted"
NOT_TESTED, NOT_DUE = "Not tested yet", "Not due yet"


@dataclass(frozen=True)
class Verdict:
    """What the rule says of one claim.

    Parameters
    ----------
    claim : Claim
        With its rule.
    verdict : str
        One of the five verdicts, "Not tested yet" or "Not due yet".
    entry : Entry or None
        The primary finding; None for an untested claim.
    adjusted_pvalue : float
        Holm's p over the registered family; NaN outside a family.
    conditions : tuple of (str, bool)
        What "Supported" asks for, and whether each is met.
    why : str
        The deciding fact, in words.
    stale : bool
        Whether the finding was made on other data than those in use.
    """

    claim: Claim
    verdict: str
    entry: Entry | None
    adjusted_pvalue: float
    conditions: tuple[tuple[str, bool], ...]
    why: str
    stale: bool


def judge(
    entries: list[Entry], *, digest: str, folder: Path | None = None, registry: Mapping[str, Claim] | None = None
) -> list[Verdict]:
    """Judge every registered claim.

    Parameters
    ----------
    entries : list of Entry
        The ledger.
    digest : str
        Digest of the data in use; findings on other data are marked stale.
    folder : pathlib.Path, optional
        Where validation.json is; `results_folder()` if not given.
    registry : mapping of str to Claim, optional
        `load_claims()` if not given.

    Returns
    -------
    list of Verdict
        One a claim, in the order of the registry.
    """
    registry = load_claims() if registry is None else registry
    sizes = read_sizes(folder)
    found = {(entry.claim, entry.test): entry for entry in entries}
    adjusted = adjusted_pvalues(found, registry)
    return [_judge_one(claim, found, adjusted.get(name, math.nan), digest, sizes) for name, claim in registry.items()]


def adjusted_pvalues(found: Mapping[tuple[str, str], Entry], registry: Mapping[str, Claim]) -> dict[str, float]:
    """Adjust the primary p-values within each registered family by Holm's method.

    Parameters
    ----------
    found : mapping of (claim, test) to Entry
        The ledger.
    registry : mapping of str to Claim
        The families. A registered member without a p-value counts as p = 1, so that testing fewer claims gains nothing.

    Returns
    -------
    dict of str to float
        By claim id; NaN where the claim has no p-value.
    """
    families: dict[str, list[str]] = {}
    for name, claim in registry.items():
        if "family" in claim.rule:
            families.setdefault(claim.rule["family"], []).append(name)
    out: dict[str, float] = {}
    for members in families.values():
        raw = [found[name, PRIMARY].pvalue if (name, PRIMARY) in found else math.nan for name in members]
        adjusted = holm([1.0 if math.isnan(p) else p for p in raw])
        out |= {
            name: math.nan if math.isnan(p) else float(a) for name, p, a in zip(members, raw, adjusted, strict=True)
        }
    return out


def exploratory_pvalues(entries: list[Entry]) -> dict[tuple[str, str], float]:
    """Adjust the p-values of everything that is not a primary test by Benjamini and Hochberg.

    Parameters
    ----------
    entries : list of Entry
        The ledger.

    Returns
    -------
    dict of (claim, test) to float
        Only findings with a p-value.
    """
    rest = [entry for entry in entries if entry.test != PRIMARY and not math.isnan(entry.pvalue)]
    if not rest:
        return {}
    adjusted = benjamini_hochberg([entry.pvalue for entry in rest])
    return {(entry.claim, entry.test): float(p) for entry, p in zip(rest, adjusted, strict=True)}


def read_sizes(folder: Path | None = None) -> dict[str, float]:
    """Read the simulated size of each procedure that is farthest from 5 %.

    Parameters
    ----------
    folder : pathlib.Path, optional
        `results_folder()` if not given; its validation.json is what the robustness chapter wrote.

    Returns
    -------
    dict of str to float
        Empty where nothing has been simulated yet.
    """
    path = (folder or results_folder()) / VALIDATION
    if not path.exists():
        return {}
    table = json.loads(path.read_text(encoding="utf-8"))["procedures"]
    return {name: max(row["size"].values(), key=lambda size: abs(size - LEVEL)) for name, row in table.items()}


def write_verdicts(verdicts: list[Verdict], folder: Path | None = None) -> Path:
    """Store the verdicts beside the findings they were computed from.

    Parameters
    ----------
    verdicts : list of Verdict
        From `judge`.
    folder : pathlib.Path, optional
        `results_folder()` if not given.

    Returns
    -------
    pathlib.Path
        The file written, verdicts.json.
    """
    rows: dict[str, dict[str, Any]] = {}
    for verdict in verdicts:
        adjusted = None if math.isnan(verdict.adjusted_pvalue) else float(f"{verdict.adjusted_pvalue:.10g}")
        conditions = dict(verdict.conditions)
        rows[verdict.claim.id] = {
            "verdict": verdict.verdict,
            "adjusted_pvalue": adjusted,
            "conditions": conditions,
            "why": verdict.why,
        }
    path = (folder or results_folder()) / "verdicts.json"
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return path


def _judge_one(
    claim: Claim, found: Mapping[tuple[str, str], Entry], adjusted: float, digest: str, sizes: Mapping[str, float]
) -> Verdict:
    entry = found.get((claim.id, PRIMARY))
    if entry is None:
        return Verdict(claim, NOT_TESTED, None, math.nan, (), "no finding is recorded", stale=False)
    stale = entry.data.get("digest") != digest
    refusal = _refusal(entry, sizes)
    if refusal:
        return Verdict(claim, INCONCLUSIVE, entry, adjusted, (), refusal, stale)
    oos = found.get((claim.id, "out_of_sample"))
    verdict, conditions, why = _RULES[claim.rule["kind"]](claim, entry, adjusted, oos)
    return Verdict(claim, verdict, entry, adjusted, conditions, why, stale)


def _refusal(entry: Entry, sizes: Mapping[str, float]) -> str:
    """Say why a finding cannot feed a verdict, if so."""
    if entry.reason:
        return entry.reason
    if not entry.procedure:
        return ""
    if entry.procedure not in sizes:
        return f"no simulated size is on record for {entry.procedure}"
    size = sizes[entry.procedure]
    if not SIZE_BAND[0] <= size <= SIZE_BAND[1]:
        return f"{entry.procedure} rejects {100 * size:.1f} % of true nulls at 5 %"
    return ""


Judgement = tuple[str, tuple[tuple[str, bool], ...], str]


def _judge_fact(claim: Claim, entry: Entry, adjusted: float, oos: Entry | None) -> Judgement:
    conditions = tuple(entry.parts.items())
    wrong = [text for text, holds in conditions if not holds]
    if wrong:
        return CONTRADICTED, conditions, f"does not hold: {wrong[0]}"
    return SUPPORTED, conditions, "every stated fact holds"


def _judge_frequency(claim: Claim, entry: Entry, adjusted: float, oos: Entry | None) -> Judgement:
    rare, limit = claim.rule["side"] == "rare", claim.rule["threshold"]
    low, high = entry.interval
    word, opposite = ("below", "above") if rare else ("above", "below")
    whole, claimed, contrary = (
        (high < limit, entry.estimate < limit, low > limit)
        if rare
        else (low > limit, entry.estimate > limit, high < limit)
    )
    condition = (f"whole interval {word} {limit:g} {entry.unit}", whole)
    conditions = (*entry.parts.items(), condition)
    wrong = [text for text, holds in entry.parts.items() if not holds]
    if wrong:
        return CONTRADICTED, conditions, f"does not hold: {wrong[0]}"
    if whole:
        return SUPPORTED, conditions, f"the whole interval lies {word} {limit:g} {entry.unit}"
    if contrary:
        return NOT_SUPPORTED, conditions, f"the whole interval lies {opposite} {limit:g} {entry.unit}"
    if claimed:
        return LEANING, conditions, f"the estimate lies {word} {limit:g} {entry.unit}, the interval reaches across"
    return INCONCLUSIVE, conditions, f"the interval reaches across {limit:g} {entry.unit}, the estimate lies {opposite}"


def _judge_test(claim: Claim, entry: Entry, adjusted: float, oos: Entry | None) -> Judgement:
    rule = claim.rule
    sign, smallest = rule["expected_sign"], rule["smallest_effect"]
    right = entry.direction == sign
    if entry.direction == -sign and adjusted < LEVEL:
        return CONTRADICTED, (), f"the opposite sign, adjusted p = {adjusted:.3f}"
    conditions = _test_conditions(claim, entry, adjusted, oos)
    missed = [text for text, met in conditions if not met]
    if not missed:
        return SUPPORTED, conditions, "everything the rule asks for is met"
    if right and adjusted < WEAK_LEVEL:
        return LEANING, conditions, f"right sign, adjusted p = {adjusted:.3f}, but not: {missed[0]}"
    if right and len(missed) == 1:
        return LEANING, conditions, f"all but one condition is met; missing: {missed[0]}"
    low, high = entry.interval
    holds_zero = low <= 0 <= high
    reaches = (high if sign > 0 or _unsigned(claim) else -low) >= smallest
    if holds_zero and not reaches:
        return NOT_SUPPORTED, conditions, "the interval holds zero and excludes the smallest effect of interest"
    if holds_zero:
        return INCONCLUSIVE, conditions, "the interval holds both zero and the smallest effect of interest"
    return INCONCLUSIVE, conditions, f"no other verdict applies; missing: {missed[0]}"


def _unsigned(claim: Claim) -> bool:
    """Tell whether the estimate is a size without sign, such as a partial R2."""
    return "R2" in claim.rule["unit"]


def _test_conditions(claim: Claim, entry: Entry, adjusted: float, oos: Entry | None) -> tuple[tuple[str, bool], ...]:
    rule = claim.rule
    sign = rule["expected_sign"]
    size = entry.estimate if _unsigned(claim) else sign * entry.estimate
    eras = [value for value in entry.eras.values() if not math.isnan(value)]
    conditions = [
        (f"adjusted p below {LEVEL:g}", adjusted < LEVEL),
        ("the sign that the claim says", entry.direction == sign),
        (f"at least {rule['smallest_effect']:g} {entry.unit}", size >= rule["smallest_effect"]),
        (f"beats {PLACEBO_SHARE:.0%} of the placebos", entry.placebos_beaten >= PLACEBO_SHARE),
        (f"the same sign in {ERAS_NEEDED} of 3 eras", sum(sign * value > 0 for value in eras) >= ERAS_NEEDED),
    ]
    if rule["needs_out_of_sample"]:
        conditions.append(("a gain out of sample", oos is not None and oos.estimate > 0))
    return tuple(conditions)


def _judge_forecast(claim: Claim, entry: Entry, adjusted: float, oos: Entry | None) -> Judgement:
    if not entry.extra["due"]:
        return NOT_DUE, (), f"due on {entry.extra['due_date']}"
    smallest, place = claim.rule["smallest_effect"], entry.extra["place"]
    conditions = (
        *entry.parts.items(),
        (f"at least {smallest:g} {entry.unit} above the median", entry.estimate >= smallest),
        ("among the highest tenth of outcomes", place >= 1 - WEAK_LEVEL),
        ("the fan after silver highs scored better than the unconditional one", entry.extra["skill"] > 0),
    )
    if all(met for _, met in conditions):
        return SUPPORTED, conditions, "everything the rule asks for is met"
    if place <= LEVEL:
        return CONTRADICTED, conditions, "the outcome lies in the lowest twentieth of the unconditional distribution"
    if entry.estimate >= smallest:
        return LEANING, conditions, "the rise is large enough, but not everything the rule asks for is met"
    if entry.estimate <= 0:
        return NOT_SUPPORTED, conditions, "the outcome lies below the unconditional median"
    return INCONCLUSIVE, conditions, "the outcome lies above the median by less than the smallest effect of interest"


_RULES: dict[str, Callable[[Claim, Entry, float, Entry | None], Judgement]] = {
    "fact": _judge_fact,
    "frequency": _judge_frequency,
    "test": _judge_test,
    "forecast": _judge_forecast,
}
