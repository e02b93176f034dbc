"""The rules of judgement, one class a kind of claim: what it fixes in advance, and the verdict that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from helpers.claims.rule import Conditions, Decision, Evidence, Rule, Standards, Verdict, first_missed
from helpers.claims.significance import SearchRule, TestRule

_FROM_WORST = (
    Verdict.CONTRADICTED,
    Verdict.NOT_SUPPORTED,
    Verdict.UNDECIDED,
    Verdict.INCONCLUSIVE,
    Verdict.LEANING,
    Verdict.SUPPORTED,
)


@dataclass(frozen=True, kw_only=True)
class FactRule(Rule):
    """Supported if every stated fact holds, else contradicted."""

    kind = "fact"

    def decide(self, evidence: Evidence, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        conditions = tuple(evidence.found.parts.items())
        wrong = first_missed(conditions)
        if wrong:
            return Decision(Verdict.CONTRADICTED, conditions, f"does not hold: {wrong}")
        return Decision(Verdict.SUPPORTED, conditions, "every stated fact holds")


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

    def decide(self, evidence: Evidence, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        found, limit, below = evidence.found, self.threshold, self.side == "below"
        low, high = found.widest
        opposite = "above" if below else "below"
        under, over = high < limit, low > limit
        whole, contrary = (under, over) if below else (over, under)
        claimed = found.estimate < limit if below else found.estimate > limit
        mark = f"{f'{limit:g}'.replace('-', '−')} {found.unit.label}"
        stated = tuple(found.parts.items())
        conditions = (*stated, (f"whole interval {self.side} {mark}", whole))
        wrong = first_missed(stated)
        if wrong:
            return Decision(Verdict.CONTRADICTED, conditions, f"does not hold: {wrong}")
        if whole:
            return Decision(Verdict.SUPPORTED, conditions, f"the whole interval lies {self.side} {mark}")
        if contrary:
            return Decision(Verdict.NOT_SUPPORTED, conditions, f"the whole interval lies {opposite} {mark}")
        if claimed:
            why = f"the estimate lies {self.side} {mark}, the interval reaches across"
            return Decision(Verdict.LEANING, conditions, why)
        why = f"the interval reaches across {mark}, the estimate lies {opposite}"
        return Decision(Verdict.INCONCLUSIVE, conditions, why)


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

    def decide(self, evidence: Evidence, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        place = evidence.found.estimate / 100
        conditions = (
            (f"among the lowest {100 * self.quartile:.0f} % of what was to be expected", place < self.quartile),
        )
        at = f"{100 * place:.0f} % of the outcomes to be expected were lower"
        if place < self.quartile:
            return Decision(Verdict.SUPPORTED, conditions, at)
        if place < self.middle:
            return Decision(Verdict.LEANING, conditions, at)
        return Decision(Verdict.CONTRADICTED, conditions, at)


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

    def decide(self, evidence: Evidence, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        extra = evidence.found.extra
        if not extra["due"]:
            return Decision(Verdict.NOT_DUE, (), f"due on {extra['due_date']}")
        place = float(extra["place"])
        conditions = ((f"among the highest {100 * (1 - self.upper):.0f} % of outcomes", place >= self.upper),)
        at = f"{100 * place:.0f} % of earlier outcomes were lower"
        if place >= self.upper:
            return Decision(Verdict.HAPPENED, conditions, at)
        if place <= self.lower:
            return Decision(Verdict.DID_NOT_HAPPEN, conditions, at)
        return Decision(Verdict.INCONCLUSIVE, conditions, at)


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

    def decide(self, evidence: Evidence, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        extra = evidence.found.extra
        if not extra["due"]:
            return Decision(Verdict.NOT_DUE, (), f"the condition can be read on {extra['due_date']}")
        conditions: Conditions = (("its condition is met", bool(extra["met"])),)
        if not extra["met"]:
            return Decision(Verdict.CONDITION_NOT_MET, conditions, str(extra["told"]))
        conditions = (*conditions, (f"it followed within {self.within_weeks} weeks", bool(extra["followed"])))
        if extra["followed"]:
            return Decision(Verdict.SUPPORTED, conditions, "the condition was met, and it followed in time")
        if not extra["complete"]:
            return Decision(Verdict.NOT_DUE, conditions, f"the {self.within_weeks} weeks are not over")
        return Decision(Verdict.CONTRADICTED, conditions, "the condition was met, and it did not follow in time")


@dataclass(frozen=True, kw_only=True)
class OpenRule(Rule):
    """Cannot be decided: facts are listed, and the figures that would decide are named.

    Parameters
    ----------
    needed : str
        The figures that would decide, in words.
    """

    kind = "open"
    needed: str

    def decide(self, evidence: Evidence, standards: Standards) -> Decision:
        """Judge as `Rule.decide`."""
        facts = tuple(evidence.found.parts.items())
        return Decision(Verdict.CANNOT_BE_DECIDED, facts, f"it would take {self.needed}")


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
        """As of `Rule`."""
        return self.parts

    def combine(self, verdicts: list[Verdict]) -> Verdict:
        """Give the verdict on all parts together."""
        if len(set(verdicts)) == 1:
            return verdicts[0]
        if self.together == "each" or not set(verdicts) <= set(_FROM_WORST):
            return Verdict.MIXED
        return min(verdicts, key=_FROM_WORST.index)


RULES: dict[str, type[Rule]] = {
    rule.kind: rule
    for rule in (
        FactRule,
        ThresholdRule,
        TestRule,
        SearchRule,
        ExpectedRule,
        ForecastRule,
        ConditionRule,
        OpenRule,
        PartsRule,
    )
}
