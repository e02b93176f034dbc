"""What findings share: the interval that holds at all weeks, p-values with enough draws, projections at one horizon."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from scipy import stats

from helpers.claims.finding import Finding, Value, sign, why_not
from helpers.claims.registry import load_claims, load_rules
from helpers.stats import (
    ConfidenceSequence,
    SimulatedPvalue,
    bayes_factor,
    confidence_sequence,
    decided_pvalue,
    local_projection,
    odds_in_words,
)
from helpers.stats.power import REACH

AT, LAGS, DETECTED = 4, 4, REACH


def n_registered(claim: str, test: str) -> int:
    """Sample size at registration of a finding: of its own rule, else of its claim; 0 where none is registered."""
    known = load_claims().get(claim)
    asked = known.rule.asked if known else {}
    return asked[test].n_registered if test in asked else max((one.n_registered for one in asked.values()), default=0)


def always(claim: str, test: str, *, estimate: Any, se: Any, n: int, alpha: float = 0.05) -> ConfidenceSequence:
    """Give the interval that holds at all weeks at once, narrowest at the registered sample size."""
    return confidence_sequence(
        estimate=estimate, standard_error=se, n=n, n_registered=n_registered(claim, test), alpha=alpha
    )


def decided(test: Callable[[int, int], float], *, family: str, seed: int) -> SimulatedPvalue:
    """Draw until the p-value of `test(reps, seed)` lies on a known side of every limit that Holm can set."""
    standards = load_rules().standards
    members = sum(rule.family == family for claim in load_claims().values() for rule in claim.rule.asked.values())
    cuts = sorted({level / left for level in (standards.level, standards.weak_level) for left in range(1, members + 1)})
    return decided_pvalue(test, cutoffs=cuts, seed=seed)


def odds(*, estimate: float, se: float, scale: float) -> dict[str, Value]:
    """Bayes factor of an effect of the smallest size of interest, and what it says in words; exploratory."""
    if not se > 0:
        return {}
    factor = bayes_factor(estimate=estimate, standard_error=se, scale=scale)
    return {"Bayes factor": factor, "odds": odds_in_words(factor)}


def after_shock(response: pd.Series, shock: pd.Series, *past: pd.Series) -> Finding:
    """Response 4 weeks after a shock of one standard deviation, given the past of both (and of others): own p-value."""
    found = local_projection(
        response=response, shock=shock / shock.std(), controls=pd.concat(past, axis=1) if past else None,
        contemporaneous=False, lags=LAGS, horizons=AT, confidence=0.95,
    )  # fmt: skip
    at = found.overall.frame().loc[AT].rename({"stderr": "se", "lower": "low", "upper": "high"})
    p = float(2 * stats.norm.sf(abs(at["estimate"]) / at["se"]))
    return from_row(at, p=p, n=int(at["n"]), reason=why_not(found))


def from_row(row: Mapping[str, float], *, p: float, **others: Any) -> Finding:
    """Lay out a row of an estimator's table."""
    return Finding(
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        se=row.get("se", math.nan),
        p=p,
        direction=sign(row["estimate"]),
        detectable=row["detectable"],
        **others,
    )


def from_shifts(row: Mapping[str, float], *, weeks: int, n: int, **others: Any) -> Finding:
    """Lay out the mean of a state less that outside, over some weeks, with its null of shifted states."""
    spread = row["detectable"] / DETECTED
    return Finding(
        estimate=weeks * row["difference"],
        low=weeks * row["low"],
        high=weeks * row["high"],
        se=weeks * spread,
        p=row["pvalue"],
        direction=sign(row["difference"]),
        detectable=weeks * row["detectable"],
        n=n,
        k=int(row["spells"]),
        **others,
    )
