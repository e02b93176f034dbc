"""What every rule of judgement has: verdicts, the numbers that are fixed for all, evidence in, a decision out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from helpers.claims.finding import PRIMARY, Finding


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
class Evidence:
    """What a rule looks at.

    Parameters
    ----------
    found : Finding
        The one that the rule is about.
    adjusted : float
        Its p-value by Holm within the family; NaN outside a family.
    share : float
        Part of the level that Holm leaves for it, in (0, 1].
    gain : float
        R2 out of sample of the claim, NaN where there is none.
    """

    found: Finding
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

    def decide(self, evidence: Evidence, standards: Standards) -> Decision:
        """Judge a finding.

        Parameters
        ----------
        evidence : Evidence
            The finding, its p-value within the family, the gain out of sample.
        standards : Standards
            The numbers.

        Returns
        -------
        Decision
            The verdict and why.
        """
        raise NotImplementedError


def first_missed(conditions: Conditions) -> str:
    """Name the first condition that is not met; "" if all are."""
    return next((text for text, met in conditions if not met), "")
