"""Rules for claims that a test decides: by p, sign and an interval that holds at all weeks at once."""

from dataclasses import dataclass, replace
from typing import ClassVar

from scipy import stats

from helpers.claims.finding import Finding
from helpers.claims.rule import Conditions, Decision, Evidence, Rule, Standards, Verdict, first_missed

_SURE = float(stats.norm.ppf(0.9995))


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
    family: str
    expected_sign: int
    smallest_effect: float
    placebo_role: str
    needs_out_of_sample: bool

    def decide(self, evidence: Evidence, standards: Standards) -> Decision:
        """Judge as `Rule.decide`; where chance in the draws of the p-value decides, say that it does."""
        told = self._decide(evidence, standards)
        error = _SURE * evidence.found.p_error / evidence.share
        if not error > 0:
            return told
        either = [
            self._decide(replace(evidence, adjusted=evidence.adjusted + side * error), standards).verdict
            for side in (-1, 1)
        ]
        if set(either) == {told.verdict}:
            return told
        why = f"{' or '.join(either)}: chance in the draws moves p across a limit"
        return Decision(Verdict.UNDECIDED, told.conditions, why)

    def _decide(self, evidence: Evidence, standards: Standards) -> Decision:
        found, adjusted = evidence.found, evidence.adjusted
        right, excludes = found.direction == self.expected_sign, self._excludes_zero(found)
        if found.direction == -self.expected_sign and adjusted < standards.level and excludes:
            return Decision(Verdict.CONTRADICTED, (), f"the opposite sign, adjusted p = {max(adjusted, 0):.3f}")
        conditions = self._conditions(evidence, standards)
        missed = first_missed(conditions)
        if not missed:
            return Decision(Verdict.SUPPORTED, conditions, "everything the rule asks for is met")
        if self._farthest(found) < self.smallest_effect:
            why = "the always-valid interval excludes the smallest effect of interest"
            return Decision(Verdict.NOT_SUPPORTED, conditions, why)
        weak = standards.weak_level
        if right and adjusted < weak and self._is_beyond(found, weak * evidence.share):
            why = f"right sign, adjusted p = {max(adjusted, 0):.3f}, but not: {missed}"
            return Decision(Verdict.LEANING, conditions, why)
        why = "the always-valid interval holds both zero and the smallest effect of interest"
        return Decision(Verdict.INCONCLUSIVE, conditions, why if not excludes else f"missing: {missed}")

    def _conditions(self, evidence: Evidence, standards: Standards) -> Conditions:
        found = evidence.found
        size = self.expected_sign * found.estimate if found.unit.signed else found.estimate
        agreeing = sum(self.expected_sign * value > 0 for value in found.eras.values())
        conditions = [
            (f"adjusted p below {standards.level:g}", evidence.adjusted < standards.level),
            ("the sign that the claim says", found.direction == self.expected_sign),
            ("an always-valid interval without zero", self._excludes_zero(found)),
            (f"at least {self.smallest_effect:g} {found.unit.label}", size >= self.smallest_effect),
            (f"beats {standards.placebo_share:.0%} of the placebos", found.placebos_beaten >= standards.placebo_share),
            (f"the same sign in {standards.eras_needed} of 3 eras", agreeing >= standards.eras_needed),
        ]
        if self.needs_out_of_sample:
            conditions.append(("a gain out of sample", evidence.gain > 0))
        return tuple(conditions)

    def _excludes_zero(self, found: Finding) -> bool:
        """Whether the always-valid interval lies on one side of zero."""
        low, high = found.widest
        return low > 0 or high < 0

    def _is_beyond(self, found: Finding, alpha: float) -> bool:
        """Whether the usual interval at a level excludes zero."""
        return found.standardised > stats.norm.isf(alpha / 2)

    def _farthest(self, found: Finding) -> float:
        """Largest effect in the claimed direction that the always-valid interval still holds."""
        low, high = found.widest
        return -low if self.expected_sign < 0 else high


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
