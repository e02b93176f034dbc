"""The rules of judgement, one a kind of claim, and what they ask for."""

import math
from collections.abc import Callable

from helpers.report.ledger import Entry
from helpers.report.registry import Claim, load_rules

REGISTERED = load_rules()
LEVEL, WEAK_LEVEL, SIZE_BAND = REGISTERED.level, REGISTERED.weak_level, REGISTERED.size_band

SUPPORTED, LEANING, INCONCLUSIVE = "Supported", "Leaning", "Inconclusive"
NOT_SUPPORTED, CONTRADICTED = "Not supported", "Contradicted"
NOT_TESTED, NOT_DUE = "Not tested yet", "Not due yet"

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
    low, high = entry.interval
    holds_zero = low <= 0 <= high
    if right and len(missed) == 1 and not holds_zero:
        return LEANING, conditions, f"all but one condition is met; missing: {missed[0]}"
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
        (f"beats {REGISTERED.placebo_share:.0%} of the placebos", entry.placebos_beaten >= REGISTERED.placebo_share),
        (
            f"the same sign in {REGISTERED.eras_needed} of 3 eras",
            sum(sign * value > 0 for value in eras) >= REGISTERED.eras_needed,
        ),
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


RULES: dict[str, Callable[[Claim, Entry, float, Entry | None], Judgement]] = {
    "fact": _judge_fact,
    "frequency": _judge_frequency,
    "test": _judge_test,
    "forecast": _judge_forecast,
}
