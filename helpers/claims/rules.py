"""The rules of judgement, one class a kind of claim: what it fixes in advance, and the verdict that follows."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from helpers.claims.finding import Finding


class Verdict(StrEnum):
    """What a rule can say of a claim."""

    SUPPORTED = "Supported"
    LEANING = "Leaning"
    INCONCLUSIVE = "Inconclusive"
    NOT_SUPPORTED = "Not supported"
    CONTRADICTED = "Contradicted"
    NOT_DUE = "Not due yet"
    NOT_TESTED = "Not tested yet"
    NOT_APPLICABLE = "Does not apply"


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


Conditions = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Decision:
    """A verdict, what "Supported" asks for and whether each is met, and the deciding fact in words."""

    verdict: Verdict
    conditions: Conditions
    why: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule fixes in advance.

    Parameters
    ----------
    estimand, test, null, unit : str
        What is measured, how it is tested, what holds if the claim does not, and the unit of the estimate.
    placebos : tuple of str
        Series that take the leader's (or the response's) place.
    """

    kind: ClassVar[str]
    estimand: str
    test: str
    null: str
    unit: str
    placebos: tuple[str, ...]
    family: str = ""
    smallest_effect: float = math.nan

    def decide(self, found: Finding, adjusted: float, gain: float, standards: Standards) -> Decision:
        """Judge a finding.

        Parameters
        ----------
        found : Finding
            The primary one.
        adjusted : float
            Its p-value, adjusted within the family.
        gain : float
            R2 out of sample of the claim, NaN where there is none.
        standards : Standards
            The numbers.

        Returns
        -------
        Decision
            The verdict and why.
        """
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class FactRule(Rule):
    """Supported if every stated fact holds, else contradicted."""

    kind = "fact"

    def decide(self, found: Finding, adjusted: float, gain: float, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        conditions = tuple(found.parts.items())
        wrong = _first_missed(conditions)
        if wrong:
            return Decision(Verdict.CONTRADICTED, conditions, f"does not hold: {wrong}")
        return Decision(Verdict.SUPPORTED, conditions, "every stated fact holds")


@dataclass(frozen=True, kw_only=True)
class FrequencyRule(Rule):
    """Judged by where the interval of a share of weeks lies against a threshold.

    Parameters
    ----------
    side : {"rare", "common"}
        Whether the claim says that the share lies below the threshold or above it.
    threshold : float
        In the unit of the estimate.
    """

    kind = "frequency"
    side: str
    threshold: float

    def decide(self, found: Finding, adjusted: float, gain: float, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        rare, limit = self.side == "rare", self.threshold
        word, opposite = ("below", "above") if rare else ("above", "below")
        below, above = found.high < limit, found.low > limit
        whole, contrary = (below, above) if rare else (above, below)
        claimed = found.estimate < limit if rare else found.estimate > limit
        mark = f"{limit:g} {found.unit.label}"
        stated = tuple(found.parts.items())
        conditions = (*stated, (f"whole interval {word} {mark}", whole))
        wrong = _first_missed(stated)
        if wrong:
            return Decision(Verdict.CONTRADICTED, conditions, f"does not hold: {wrong}")
        if whole:
            return Decision(Verdict.SUPPORTED, conditions, f"the whole interval lies {word} {mark}")
        if contrary:
            return Decision(Verdict.NOT_SUPPORTED, conditions, f"the whole interval lies {opposite} {mark}")
        if claimed:
            why = f"the estimate lies {word} {mark}, the interval reaches across"
            return Decision(Verdict.LEANING, conditions, why)
        why = f"the interval reaches across {mark}, the estimate lies {opposite}"
        return Decision(Verdict.INCONCLUSIVE, conditions, why)


@dataclass(frozen=True, kw_only=True)
class TestRule(Rule):
    """Judged by adjusted p, sign, size, placebos, eras, and for precedence a gain out of sample.

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
    family: str
    expected_sign: int
    smallest_effect: float
    placebo_role: str
    needs_out_of_sample: bool

    def decide(self, found: Finding, adjusted: float, gain: float, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        right = found.direction == self.expected_sign
        if found.direction == -self.expected_sign and adjusted < standards.level:
            return Decision(Verdict.CONTRADICTED, (), f"the opposite sign, adjusted p = {adjusted:.3f}")
        conditions = self._conditions(found, adjusted, gain, standards)
        missed = [text for text, met in conditions if not met]
        if not missed:
            return Decision(Verdict.SUPPORTED, conditions, "everything the rule asks for is met")
        if right and adjusted < standards.weak_level:
            why = f"right sign, adjusted p = {adjusted:.3f}, but not: {missed[0]}"
            return Decision(Verdict.LEANING, conditions, why)
        if right and len(missed) == 1 and not found.holds_zero:
            return Decision(Verdict.LEANING, conditions, f"all but one condition is met; missing: {missed[0]}")
        if not found.holds_zero:
            return Decision(Verdict.INCONCLUSIVE, conditions, f"no other verdict applies; missing: {missed[0]}")
        farthest = -found.low if self.expected_sign < 0 and found.unit.signed else found.high
        if farthest >= self.smallest_effect:
            why = "the interval holds both zero and the smallest effect of interest"
            return Decision(Verdict.INCONCLUSIVE, conditions, why)
        why = "the interval holds zero and excludes the smallest effect of interest"
        return Decision(Verdict.NOT_SUPPORTED, conditions, why)

    def _conditions(self, found: Finding, adjusted: float, gain: float, standards: Standards) -> Conditions:
        size = self.expected_sign * found.estimate if found.unit.signed else found.estimate
        agreeing = sum(self.expected_sign * value > 0 for value in found.eras.values())
        conditions = [
            (f"adjusted p below {standards.level:g}", adjusted < standards.level),
            ("the sign that the claim says", found.direction == self.expected_sign),
            (f"at least {self.smallest_effect:g} {found.unit.label}", size >= self.smallest_effect),
            (f"beats {standards.placebo_share:.0%} of the placebos", found.placebos_beaten >= standards.placebo_share),
            (f"the same sign in {standards.eras_needed} of 3 eras", agreeing >= standards.eras_needed),
        ]
        if self.needs_out_of_sample:
            conditions.append(("a gain out of sample", gain > 0))
        return tuple(conditions)


@dataclass(frozen=True, kw_only=True)
class ForecastRule(Rule):
    """Judged, once due, by the outcome's distance from the median and its place among outcomes known in advance.

    Parameters
    ----------
    due_weeks : int
        Weeks until the claim can be judged.
    smallest_effect : float
        Smallest distance above the median of interest.
    """

    kind = "forecast"
    due_weeks: int
    smallest_effect: float

    def decide(self, found: Finding, adjusted: float, gain: float, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        if not found.extra["due"]:
            return Decision(Verdict.NOT_DUE, (), f"due on {found.extra['due_date']}")
        place, skill = float(found.extra["place"]), float(found.extra["skill"])
        smallest = self.smallest_effect
        conditions = (
            *found.parts.items(),
            (f"at least {smallest:g} {found.unit.label} above the median", found.estimate >= smallest),
            ("among the highest tenth of outcomes", place >= 1 - standards.weak_level),
            ("the fan after the leader's highs scored better than the unconditional one", skill > 0),
        )
        if all(met for _, met in conditions):
            return Decision(Verdict.SUPPORTED, conditions, "everything the rule asks for is met")
        if place <= standards.level:
            why = "the outcome lies in the lowest twentieth of the unconditional distribution"
            return Decision(Verdict.CONTRADICTED, conditions, why)
        if found.estimate >= smallest:
            why = "the rise is large enough, but not everything the rule asks for is met"
            return Decision(Verdict.LEANING, conditions, why)
        if found.estimate <= 0:
            return Decision(Verdict.NOT_SUPPORTED, conditions, "the outcome lies below the unconditional median")
        why = "the outcome lies above the median by less than the smallest effect of interest"
        return Decision(Verdict.INCONCLUSIVE, conditions, why)


RULES: dict[str, type[Rule]] = {rule.kind: rule for rule in (FactRule, FrequencyRule, TestRule, ForecastRule)}


def _first_missed(conditions: Conditions) -> str:
    return next((text for text, met in conditions if not met), "")
