"""The rules of judgement: what a rule fixes in advance, and for each kind of claim the verdict that follows."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from scipy import stats

from helpers.claims.finding import PRIMARY, Finding

_SURE = float(stats.norm.ppf(0.9995))


class Verdict(StrEnum):
    """What a rule can say of a claim."""

    SUPPORTED = "Supported"
    LEANING = "Leaning"
    INCONCLUSIVE = "Inconclusive"
    NOT_SUPPORTED = "Not supported"
    CONTRADICTED = "Contradicted"
    MIXED = "Mixed"
    HAPPENED = "Happened"
    DID_NOT_HAPPEN = "Did not happen"
    CONDITION_NOT_MET = "Condition not met"
    CANNOT_BE_DECIDED = "Cannot be decided"
    UNDECIDED = "Undecided by simulation"
    NOT_DUE = "Not due yet"
    NOT_TESTED = "Not tested yet"
    NOT_APPLICABLE = "Does not apply"


_FROM_WORST = (
    Verdict.CONTRADICTED, Verdict.NOT_SUPPORTED, Verdict.UNDECIDED, Verdict.INCONCLUSIVE, Verdict.LEANING,
    Verdict.SUPPORTED,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Standards:
    """The numbers by which verdicts follow.

    Parameters
    ----------
    level, weak_level : significance for "supported" and for "leaning"
    placebo_share : share of placebos to beat
    eras_needed : eras, out of three, that must show the claimed sign
    size_band : simulated sizes at 5 % that a test may have, both ends included
    """

    level: float
    weak_level: float
    placebo_share: float
    eras_needed: int
    size_band: tuple[float, float]


Conditions = tuple[tuple[str, bool], ...]


class Decision(NamedTuple):
    """A verdict, the deciding fact in words, and what "Supported" asks for with whether each is met."""

    verdict: Verdict
    why: str
    conditions: Conditions = ()


class Held(NamedTuple):
    """What a rule holds a finding against.

    Parameters
    ----------
    standards : the numbers fixed for all
    adjusted, share : p by Holm within the family, NaN outside a family; part of the level that Holm leaves, in (0, 1]
    gain : R2 out of sample of the claim; NaN where there is none
    """

    standards: Standards
    adjusted: float = math.nan
    share: float = 1.0
    gain: float = math.nan


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is fixed in advance of a claim, or of a part of it; which fields there are depends on the kind.

    Parameters
    ----------
    kind : a key of `RULES`
    estimand, test, null, unit : what is measured, how, what holds if the claim does not, and the unit of the estimate
    placebos, placebo_role : series that take another's place, and whose
    family : claims whose p-values are adjusted together; "" for none
    expected_sign, smallest_effect : +1 or -1, and the smallest effect of interest in the unit of the estimate
    needs_out_of_sample : whether "supported" asks for a gain out of sample
    n_registered : sample size at registration, at which the always-valid interval is narrowest; 0 for no interval
    side, threshold : "below" or "above", and what: where the claim says that the estimate lies
    quartile, middle : places below which an outcome supports the claim, and leans to it
    upper, lower, due_weeks : places from which a forecast happened, and up to which it did not; weeks until it is due
    within_weeks : weeks in which what a conditional claim says must follow
    needed : the figures that would decide, in words
    together, titles, parts
        Of a claim that says several things: "each" for the verdict that all share, or Mixed, and "all" for the worst;
        what each part says, and its rule.
    """

    kind: str
    estimand: str
    test: str
    null: str
    unit: str
    placebos: tuple[str, ...]
    placebo_role: str = ""
    family: str = ""
    expected_sign: int = 0
    smallest_effect: float = math.nan
    needs_out_of_sample: bool = False
    n_registered: int = 0
    side: str = ""
    threshold: float = math.nan
    quartile: float = math.nan
    middle: float = math.nan
    upper: float = math.nan
    lower: float = math.nan
    due_weeks: int = 0
    within_weeks: int = 0
    needed: str = ""
    together: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    parts: "Mapping[str, Rule]" = field(default_factory=dict)

    @property
    def asked(self) -> "Mapping[str, Rule]":
        """The rules that single findings are judged by, by name of the finding."""
        return self.parts or {PRIMARY: self}

    @property
    def line(self) -> float:
        """Where on the axis of the estimate the rule draws its line; NaN for none."""
        return self.threshold if self.kind == "threshold" else (self.expected_sign or math.nan) * self.smallest_effect

    def decide(self, found: Finding, held: Held) -> Decision:
        """Judge a finding."""
        return _DECIDE[self.kind](self, found, held)


@dataclass(frozen=True)
class JudgedPart:
    """What its rule says of one part of a claim, or of a claim that has one part only.

    Parameters
    ----------
    name, title : name of the finding that it rests on, and what it says in a few words
    rule, finding : by which it is judged, and what was found; None where it was not tested
    adjusted, detectable
        Holm's p over the registered family, and the smallest effect found with 80 % power after Holm; NaN for none.
    verdict, why, conditions : as of `Decision`
    """

    name: str
    title: str
    rule: Rule
    finding: Finding | None
    adjusted: float
    detectable: float
    verdict: Verdict
    why: str
    conditions: Conditions = ()


def combine(verdicts: list[Verdict], together: str) -> Verdict:
    """Give the verdict that all share; else Mixed, or the worst where "all" are needed together."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    if together == "each" or not set(verdicts) <= set(_FROM_WORST):
        return Verdict.MIXED
    return min(verdicts, key=_FROM_WORST.index)


def by_side(found: Finding, side: str, threshold: float) -> Decision:
    """Judge by the side of a threshold on which an interval, always-valid where there is one, and its estimate lie."""
    sign, opposite = (-1, "above") if side == "below" else (1, "below")
    near, far = sorted(sign * (end - threshold) for end in found.widest)
    mark, stated = f"{f'{threshold:g}'.replace('-', '−')} {found.unit.label}", tuple(found.parts.items())
    conditions = (*stated, (f"whole interval {side} {mark}", near > 0))
    if wrong := _wrong_fact(stated, conditions):
        return wrong
    if near > 0:
        return Decision(Verdict.SUPPORTED, f"the whole interval lies {side} {mark}", conditions)
    if far < 0:
        return Decision(Verdict.NOT_SUPPORTED, f"the whole interval lies {opposite} {mark}", conditions)
    if sign * (found.estimate - threshold) > 0:
        return Decision(Verdict.LEANING, f"the estimate lies {side} {mark}, the interval reaches across", conditions)
    why = f"the interval reaches across {mark}, the estimate lies {opposite}"
    return Decision(Verdict.INCONCLUSIVE, why, conditions)


def _fact(rule: Rule, found: Finding, held: Held) -> Decision:
    """Supported if every stated fact holds, else contradicted."""
    stated = tuple(found.parts.items())
    return _wrong_fact(stated, stated) or Decision(Verdict.SUPPORTED, "every stated fact holds", stated)


def _test(rule: Rule, found: Finding, held: Held) -> Decision:
    """Judge by p, sign, size and interval; where chance in the draws of p decides, say that it does."""
    told = _by_test(rule, found, held)
    error = _SURE * found.p_error / held.share
    if not error > 0:
        return told
    ends = [held._replace(adjusted=held.adjusted + side * error) for side in (-1, 1)]
    either = [_by_test(rule, found, end).verdict for end in ends]
    if set(either) == {told.verdict}:
        return told
    why = f"{' or '.join(either)}: chance in the draws moves p across a limit"
    return Decision(Verdict.UNDECIDED, why, told.conditions)


def _by_test(rule: Rule, found: Finding, held: Held) -> Decision:
    adjusted, right, excludes = held.adjusted, found.direction == rule.expected_sign, _excludes_zero(rule, found)
    written = f"adjusted p = {max(adjusted, 0):.3f}"
    if found.direction == -rule.expected_sign and adjusted < held.standards.level and excludes:
        return Decision(Verdict.CONTRADICTED, f"the opposite sign, {written}")
    conditions = _conditions(rule, found, held)
    missed = _first_missed(conditions)
    if not missed:
        return Decision(Verdict.SUPPORTED, "everything the rule asks for is met", conditions)
    low, high = found.widest
    if (-low if rule.expected_sign < 0 else high) < rule.smallest_effect:
        why = "the always-valid interval excludes the smallest effect of interest"
        return Decision(Verdict.NOT_SUPPORTED, why, conditions)
    weak = held.standards.weak_level
    # p by the maximum of a search says already what the usual interval of one cell would
    beyond = rule.kind == "search" or found.standardised > stats.norm.isf(weak * held.share / 2)
    if right and adjusted < weak and beyond:
        return Decision(Verdict.LEANING, f"right sign, {written}, but not: {missed}", conditions)
    why = "the always-valid interval holds both zero and the smallest effect of interest"
    return Decision(Verdict.INCONCLUSIVE, f"missing: {missed}" if excludes else why, conditions)


def _excludes_zero(rule: Rule, found: Finding) -> bool:
    """Whether the always-valid interval lies on one side of zero; of a search, the band of all cells."""
    if rule.kind == "search":
        return found.standardised > float(found.extra["always-valid standard errors"])
    low, high = found.widest
    return low > 0 or high < 0


def _conditions(rule: Rule, found: Finding, held: Held) -> Conditions:
    standards, sign = held.standards, rule.expected_sign
    size = sign * found.estimate if found.unit.signed else found.estimate
    agreeing = sum(sign * value > 0 for value in found.eras.values())
    conditions = (
        (f"adjusted p below {standards.level:g}", held.adjusted < standards.level),
        ("the sign that the claim says", found.direction == sign),
        ("an always-valid interval without zero", _excludes_zero(rule, found)),
        (f"at least {rule.smallest_effect:g} {found.unit.label}", size >= rule.smallest_effect),
        (f"beats {standards.placebo_share:.0%} of the placebos", found.placebos_beaten >= standards.placebo_share),
        (f"the same sign in {standards.eras_needed} of 3 eras", agreeing >= standards.eras_needed),
    )
    return (*conditions, ("a gain out of sample", held.gain > 0)) if rule.needs_out_of_sample else conditions


def _expected(rule: Rule, found: Finding, held: Held) -> Decision:
    """Judge by the place of an outcome among those that an earlier response predicts."""
    place = found.estimate / 100
    low, middle = place < rule.quartile, place < rule.middle
    verdict = Verdict.SUPPORTED if low else Verdict.LEANING if middle else Verdict.CONTRADICTED
    asked = f"among the lowest {100 * rule.quartile:.0f} % of what was to be expected"
    return Decision(verdict, f"{100 * place:.0f} % of the outcomes to be expected were lower", ((asked, low),))


def _forecast(rule: Rule, found: Finding, held: Held) -> Decision:
    """Judge, once due, by the place of the outcome in history, the same at both ends."""
    if not found.extra["due"]:
        return Decision(Verdict.NOT_DUE, f"due on {found.extra['due_date']}")
    place = float(found.extra["place"])
    high, low = place >= rule.upper, place <= rule.lower
    verdict = Verdict.HAPPENED if high else Verdict.DID_NOT_HAPPEN if low else Verdict.INCONCLUSIVE
    asked = f"among the highest {100 * (1 - rule.upper):.0f} % of outcomes"
    return Decision(verdict, f"{100 * place:.0f} % of earlier outcomes were lower", ((asked, high),))


def _condition(rule: Rule, found: Finding, held: Held) -> Decision:
    """Judge only once the condition has been met, and then by what followed within a time."""
    extra = found.extra
    if not extra["due"]:
        return Decision(Verdict.NOT_DUE, f"the condition can be read on {extra['due_date']}")
    met = ("its condition is met", bool(extra["met"]))
    if not extra["met"]:
        return Decision(Verdict.CONDITION_NOT_MET, str(extra["told"]), (met,))
    both = (met, (f"it followed within {rule.within_weeks} weeks", bool(extra["followed"])))
    if extra["followed"]:
        return Decision(Verdict.SUPPORTED, "the condition was met, and it followed in time", both)
    if not extra["complete"]:
        return Decision(Verdict.NOT_DUE, f"the {rule.within_weeks} weeks are not over", both)
    return Decision(Verdict.CONTRADICTED, "the condition was met, and it did not follow in time", both)


def _open(rule: Rule, found: Finding, held: Held) -> Decision:
    """Say that it cannot be decided: facts are listed, and the figures that would decide are named."""
    return Decision(Verdict.CANNOT_BE_DECIDED, f"it would take {rule.needed}", tuple(found.parts.items()))


def _first_missed(conditions: Conditions) -> str:
    """Name the first condition that is not met; "" if all are."""
    return next((text for text, met in conditions if not met), "")


def _wrong_fact(stated: Conditions, conditions: Conditions) -> Decision | None:
    wrong = _first_missed(stated)
    return Decision(Verdict.CONTRADICTED, f"does not hold: {wrong}", conditions) if wrong else None


_TESTED = ("family", "expected_sign", "smallest_effect", "placebo_role", "needs_out_of_sample")
RULES: dict[str, tuple[str, ...]] = {
    "fact": (),
    "threshold": ("side", "threshold"),
    "test": _TESTED,
    "search": _TESTED,
    "expected": ("quartile", "middle"),
    "forecast": ("due_weeks", "upper", "lower"),
    "condition": ("within_weeks",),
    "open": ("needed",),
    "parts": ("together", "titles", "parts"),
}
"""Kinds of rules, and what each fixes beside what all do."""
_DECIDE: dict[str, Callable[[Rule, Finding, Held], Decision]] = {
    "fact": _fact, "threshold": lambda rule, found, _: by_side(found, rule.side, rule.threshold), "test": _test,
    "search": _test, "expected": _expected, "forecast": _forecast, "condition": _condition, "open": _open,
}  # fmt: skip
