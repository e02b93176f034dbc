"""The rules of judgement, one class a kind of claim: what it fixes in advance, and the verdict that follows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Literal, NamedTuple

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
    level, weak_level : float
        Significance for "supported" and for "leaning".
    placebo_share : float
        Share of placebos to beat.
    eras_needed : int
        Eras, out of three, that must show the claimed sign.
    size_band : tuple of float
        Simulated sizes at 5 % that a test may have, both ends included.
    """

    level: float
    weak_level: float
    placebo_share: float
    eras_needed: int
    size_band: tuple[float, float]


class Decision(NamedTuple):
    """A verdict, the deciding fact in words, and what "Supported" asks for with whether each is met."""

    verdict: Verdict
    why: str
    conditions: tuple[tuple[str, bool], ...] = ()


class Held(NamedTuple):
    """What a rule holds a finding against.

    Parameters
    ----------
    standards : Standards
        The numbers fixed for all.
    adjusted : float
        The p-value by Holm within the family; NaN outside a family.
    share : float
        Part of the level that Holm leaves for it, in (0, 1].
    gain : float
        R2 out of sample of the claim; NaN where there is none.
    """

    standards: Standards
    adjusted: float = math.nan
    share: float = 1.0
    gain: float = math.nan


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule fixes in advance.

    Parameters
    ----------
    estimand, test, null, unit : str
        What is measured, how it is tested, what holds if the claim does not, and the unit of the estimate.
    placebos : tuple of str
        Series that take the leader's (or the response's) place.
    family : str
        Claims whose p-values are adjusted together; "" for none.
    smallest_effect : float
        Smallest effect of interest, in the unit of the estimate; NaN for none.
    n_registered : int
        Sample size at registration, at which the always-valid interval is narrowest; 0 where there is no interval.
    """

    kind: ClassVar[str]
    estimand: str
    test: str
    null: str
    unit: str
    placebos: tuple[str, ...]
    family: str = ""
    smallest_effect: float = math.nan
    n_registered: int = 0

    @property
    def asked(self) -> "Mapping[str, Rule]":
        """The rules that single findings are judged by, by name of the finding."""
        return {PRIMARY: self}

    @property
    def line(self) -> float:
        """Where on the axis of the estimate the rule draws its line; NaN for none."""
        return math.nan

    def decide(self, found: Finding, held: Held) -> Decision:
        """Judge a finding."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class FactRule(Rule):
    """Supported if every stated fact holds, else contradicted."""

    kind = "fact"

    def decide(self, found: Finding, held: Held) -> Decision:
        """Judge a finding."""
        stated = tuple(found.parts.items())
        return _wrong_fact(stated, stated) or Decision(Verdict.SUPPORTED, "every stated fact holds", stated)


@dataclass(frozen=True, kw_only=True)
class ThresholdRule(Rule):
    """Judged by where an interval lies against a threshold; the always-valid one where there is one.

    Parameters
    ----------
    side : {"below", "above"}
        Where the claim says that the estimate lies.
    threshold : float
        In the unit of the estimate, fixed before looking.
    """

    kind = "threshold"
    side: Literal["below", "above"]
    threshold: float

    @property
    def line(self) -> float:
        """The threshold."""
        return self.threshold

    def decide(self, found: Finding, held: Held) -> Decision:
        """Judge a finding."""
        return by_side(found, self.side, self.threshold)


def by_side(found: Finding, side: str, threshold: float) -> Decision:
    """Judge by the side of a threshold on which an interval and its estimate lie."""
    (low, high), opposite = found.widest, "above" if side == "below" else "below"
    whole, contrary, claimed = high < threshold, low > threshold, found.estimate < threshold
    if side == "above":
        whole, contrary, claimed = contrary, whole, found.estimate > threshold
    mark = f"{f'{threshold:g}'.replace('-', '−')} {found.unit.label}"
    stated = tuple(found.parts.items())
    conditions = (*stated, (f"whole interval {side} {mark}", whole))
    if wrong := _wrong_fact(stated, conditions):
        return wrong
    if whole:
        return Decision(Verdict.SUPPORTED, f"the whole interval lies {side} {mark}", conditions)
    if contrary:
        return Decision(Verdict.NOT_SUPPORTED, f"the whole interval lies {opposite} {mark}", conditions)
    if claimed:
        return Decision(Verdict.LEANING, f"the estimate lies {side} {mark}, the interval reaches across", conditions)
    why = f"the interval reaches across {mark}, the estimate lies {opposite}"
    return Decision(Verdict.INCONCLUSIVE, why, conditions)


@dataclass(frozen=True, kw_only=True)
class TestRule(Rule):
    """Judged by Holm's p, sign, size, placebos, eras, always-valid interval, and for precedence a gain out of sample.

    Parameters
    ----------
    family : str
        Claims whose p-values are adjusted together.
    expected_sign : int
        +1 or -1.
    smallest_effect : float
        Smallest effect of interest, in the unit of the estimate.
    placebo_role : str
        Whose place the placebos take.
    needs_out_of_sample : bool
        Whether "supported" asks for a gain out of sample.
    """

    __test__: ClassVar[bool] = False
    kind = "test"
    family: str = field()
    expected_sign: int
    smallest_effect: float = field()
    placebo_role: str
    needs_out_of_sample: bool

    @property
    def line(self) -> float:
        """The smallest effect, with the sign that the claim says."""
        return self.expected_sign * self.smallest_effect

    def decide(self, found: Finding, held: Held) -> Decision:
        """Judge a finding; where chance in the draws of its p-value decides, say that it does."""
        told = self._decide(found, held)
        error = _SURE * found.p_error / held.share
        if not error > 0:
            return told
        ends = (held.adjusted - error, held.adjusted + error)
        either = [self._decide(found, held._replace(adjusted=end)).verdict for end in ends]
        if set(either) == {told.verdict}:
            return told
        why = f"{' or '.join(either)}: chance in the draws moves p across a limit"
        return Decision(Verdict.UNDECIDED, why, told.conditions)

    def _decide(self, found: Finding, held: Held) -> Decision:
        standards, adjusted, excludes = held.standards, held.adjusted, self._excludes_zero(found)
        written = f"adjusted p = {max(adjusted, 0):.3f}"
        if found.direction == -self.expected_sign and adjusted < standards.level and excludes:
            return Decision(Verdict.CONTRADICTED, f"the opposite sign, {written}")
        conditions = self._conditions(found, held)
        missed = _first_missed(conditions)
        if not missed:
            return Decision(Verdict.SUPPORTED, "everything the rule asks for is met", conditions)
        low, high = found.widest
        if (-low if self.expected_sign < 0 else high) < self.smallest_effect:
            why = "the always-valid interval excludes the smallest effect of interest"
            return Decision(Verdict.NOT_SUPPORTED, why, conditions)
        weak, right = standards.weak_level, found.direction == self.expected_sign
        if right and adjusted < weak and self._is_beyond(found, weak * held.share):
            return Decision(Verdict.LEANING, f"right sign, {written}, but not: {missed}", conditions)
        why = "the always-valid interval holds both zero and the smallest effect of interest"
        return Decision(Verdict.INCONCLUSIVE, f"missing: {missed}" if excludes else why, conditions)

    def _conditions(self, found: Finding, held: Held) -> tuple[tuple[str, bool], ...]:
        standards = held.standards
        size = self.expected_sign * found.estimate if found.unit.signed else found.estimate
        agreeing = sum(self.expected_sign * value > 0 for value in found.eras.values())
        conditions = (
            (f"adjusted p below {standards.level:g}", held.adjusted < standards.level),
            ("the sign that the claim says", found.direction == self.expected_sign),
            ("an always-valid interval without zero", self._excludes_zero(found)),
            (f"at least {self.smallest_effect:g} {found.unit.label}", size >= self.smallest_effect),
            (f"beats {standards.placebo_share:.0%} of the placebos", found.placebos_beaten >= standards.placebo_share),
            (f"the same sign in {standards.eras_needed} of 3 eras", agreeing >= standards.eras_needed),
        )
        return (*conditions, ("a gain out of sample", held.gain > 0)) if self.needs_out_of_sample else conditions

    def _excludes_zero(self, found: Finding) -> bool:
        """Whether the always-valid interval lies on one side of zero."""
        low, high = found.widest
        return low > 0 or high < 0

    def _is_beyond(self, found: Finding, alpha: float) -> bool:
        """Whether the usual interval at a level excludes zero."""
        return found.standardised > stats.norm.isf(alpha / 2)


@dataclass(frozen=True, kw_only=True)
class SearchRule(TestRule):
    """A test whose estimate is the strongest of many cells: p by the maximum, intervals that hold for all at once."""

    kind = "search"

    def _excludes_zero(self, found: Finding) -> bool:
        """Whether the strongest cell is beyond what the always-valid band of all cells allows."""
        return found.standardised > float(found.extra["always-valid standard errors"])

    def _is_beyond(self, found: Finding, alpha: float) -> bool:
        """Say what p by the maximum says already."""
        return True


@dataclass(frozen=True, kw_only=True)
class ExpectedRule(Rule):
    """Judged by the place of an outcome among those that an earlier response predicts.

    Parameters
    ----------
    quartile, middle : float
        Places below which the claim is supported, and leaned to; at or above the second it is contradicted.
    """

    kind = "expected"
    quartile: float
    middle: float

    def decide(self, found: Finding, held: Held) -> Decision:
        """Judge a finding."""
        place = found.estimate / 100
        low, middle = place < self.quartile, place < self.middle
        verdict = Verdict.SUPPORTED if low else Verdict.LEANING if middle else Verdict.CONTRADICTED
        asked = f"among the lowest {100 * self.quartile:.0f} % of what was to be expected"
        return Decision(verdict, f"{100 * place:.0f} % of the outcomes to be expected were lower", ((asked, low),))


@dataclass(frozen=True, kw_only=True)
class ForecastRule(Rule):
    """Judged, once due, by the place of the outcome in history, the same at both ends.

    Parameters
    ----------
    due_weeks : int
        Weeks until the claim can be judged.
    upper, lower : float
        Places from which on it happened, and up to which it did not.
    """

    kind = "forecast"
    due_weeks: int
    upper: float
    lower: float

    def decide(self, found: Finding, held: Held) -> Decision:
        """Judge a finding."""
        if not found.extra["due"]:
            return Decision(Verdict.NOT_DUE, f"due on {found.extra['due_date']}")
        place = float(found.extra["place"])
        high, low = place >= self.upper, place <= self.lower
        verdict = Verdict.HAPPENED if high else Verdict.DID_NOT_HAPPEN if low else Verdict.INCONCLUSIVE
        asked = f"among the highest {100 * (1 - self.upper):.0f} % of outcomes"
        return Decision(verdict, f"{100 * place:.0f} % of earlier outcomes were lower", ((asked, high),))


@dataclass(frozen=True, kw_only=True)
class ConditionRule(Rule):
    """Judged only once its condition has been met, and then by what followed within a time.

    Parameters
    ----------
    within_weeks : int
        Weeks in which what the claim says must follow.
    """

    kind = "condition"
    within_weeks: int

    def decide(self, found: Finding, held: Held) -> Decision:
        """Judge a finding."""
        extra: Mapping[str, Any] = found.extra
        if not extra["due"]:
            return Decision(Verdict.NOT_DUE, f"the condition can be read on {extra['due_date']}")
        met = ("its condition is met", bool(extra["met"]))
        if not extra["met"]:
            return Decision(Verdict.CONDITION_NOT_MET, str(extra["told"]), (met,))
        both = (met, (f"it followed within {self.within_weeks} weeks", bool(extra["followed"])))
        if extra["followed"]:
            return Decision(Verdict.SUPPORTED, "the condition was met, and it followed in time", both)
        if not extra["complete"]:
            return Decision(Verdict.NOT_DUE, f"the {self.within_weeks} weeks are not over", both)
        return Decision(Verdict.CONTRADICTED, "the condition was met, and it did not follow in time", both)


@dataclass(frozen=True, kw_only=True)
class OpenRule(Rule):
    """Cannot be decided: facts are listed, and the figures that would decide are named in `needed`."""

    kind = "open"
    needed: str

    def decide(self, found: Finding, held: Held) -> Decision:
        """Judge a finding."""
        return Decision(Verdict.CANNOT_BE_DECIDED, f"it would take {self.needed}", tuple(found.parts.items()))


@dataclass(frozen=True, kw_only=True)
class PartsRule(Rule):
    """A claim that says several things: each has its own rule, finding and verdict.

    Parameters
    ----------
    together : {"each", "all"}
        "each": the verdict that all share, or Mixed; "all": the claim needs them together and is worth its worst part.
    titles : mapping of str to str
        What each part says, by its name.
    parts : mapping of str to Rule
        Its rule.
    """

    kind = "parts"
    together: Literal["each", "all"]
    titles: Mapping[str, str]
    parts: Mapping[str, Rule]

    @property
    def asked(self) -> Mapping[str, Rule]:
        """The rules of its parts, by name."""
        return self.parts

    def combine(self, verdicts: list[Verdict]) -> Verdict:
        """Give the verdict on all parts together."""
        return combine(verdicts, self.together)


def combine(verdicts: list[Verdict], together: str) -> Verdict:
    """Give the verdict that all share; else Mixed, or the worst where all are needed together."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    if together == "each" or not set(verdicts) <= set(_FROM_WORST):
        return Verdict.MIXED
    return min(verdicts, key=_FROM_WORST.index)


RULES: dict[str, type[Rule]] = {
    rule.kind: rule
    for rule in (FactRule, ThresholdRule, TestRule, SearchRule, ExpectedRule, ForecastRule, ConditionRule, OpenRule,
                 PartsRule)
}  # fmt: skip


def _first_missed(conditions: tuple[tuple[str, bool], ...]) -> str:
    """Name the first condition that is not met; "" if all are."""
    return next((text for text, met in conditions if not met), "")


def _wrong_fact(stated: tuple[tuple[str, bool], ...], conditions: tuple[tuple[str, bool], ...]) -> Decision | None:
    wrong = _first_missed(stated)
    return Decision(Verdict.CONTRADICTED, f"does not hold: {wrong}", conditions) if wrong else None
