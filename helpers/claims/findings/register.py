"""Where a claim finds its function: the one list that a new finding joins."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Literal

from helpers.claims.finding import PRIMARY, PVALUE, Finding, NotTestableError, Unit
from helpers.claims.findings.always import always, n_registered
from helpers.claims.trial import Trial, is_rate
from helpers.data import DataError
from helpers.stats import InputError

Function = Callable[[Trial], Finding]


@dataclass(frozen=True)
class Registered:
    """A function that finds, and the unit in which it does."""

    function: Function
    unit: Unit
    of: Literal["leader", "follower"]

    def unit_for(self, trial: Trial) -> Unit:
        """Give the unit, in percentage points where the series measured is a rate."""
        return self.unit.of(rate=is_rate(getattr(trial, self.of)))


FINDINGS: dict[tuple[str, str], Registered] = {}


def finds(
    claim: str, test: str = PRIMARY, *, unit: Unit = PVALUE, of: Literal["leader", "follower"] = "follower"
) -> Callable[[Function], Function]:
    """Register a function as what tests a claim; `of` names the series whose changes the unit counts.

    What the function cannot test on a dataset and pair becomes a finding with the reason.
    """

    def _register(function: Function) -> Function:
        @wraps(function)
        def find(trial: Trial) -> Finding:
            try:
                found = function(trial)
            except (NotTestableError, InputError, DataError) as error:
                found = Finding(reason=str(error))
            return _completed(replace(found, claim=claim, test=test, unit=FINDINGS[claim, test].unit_for(trial)))

        FINDINGS[claim, test] = Registered(find, unit, of)
        return find

    return _register


def _completed(found: Finding) -> Finding:
    """Add what follows from the standard error: the distance from zero in it, and the always-valid interval."""
    if math.isnan(found.se) or not found.se > 0:
        return found
    if math.isnan(found.standardised):
        found = replace(found, standardised=abs(found.estimate) / found.se)
    if math.isnan(found.always_low) and found.n and n_registered(found.claim, found.test):
        ends = always(found.claim, found.test, estimate=found.estimate, se=found.se, n=found.n)
        found = replace(found, always_low=float(ends.low), always_high=float(ends.high))
    return found
