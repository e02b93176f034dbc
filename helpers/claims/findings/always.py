"""What findings share: the interval that holds at all weeks, p-values with enough draws, projections at one horizon."""

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from helpers.claims.finding import Finding, Value, sign, why_not
from helpers.claims.registry import load_claims, load_rules
from helpers.stats import (
    ConfidenceSequence,
    DecidedPvalue,
    bayes_factor,
    confidence_sequence,
    decided_pvalue,
    local_projection,
    odds_in_words,
)

AT, LAGS = 4, 4
DETECTED = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8))


def n_registered(claim: str, test: str) -> int:
    """Sample size at registration of a finding: of its own rule, else of its claim; 0 where none is registered."""
    known = load_claims().get(claim)
    if known is None:
        return 0
    rule = known.rule.asked.get(test)
    beside = max((part.n_registered for part in known.rule.asked.values()), default=0)
    return rule.n_registered if rule else beside


def always(claim: str, test: str, *, estimate: Any, se: Any, n: int, alpha: float = 0.05) -> ConfidenceSequence:
    """Give the interval that holds at all weeks at once, narrowest at the registered sample size."""
    return confidence_sequence(
        estimate=estimate, standard_error=se, n=n, n_registered=n_registered(claim, test), alpha=alpha
    )


def decided(test: Callable[[int, int], float], *, family: str, seed: int, first: int = 9_999) -> DecidedPvalue:
    """Draw until the p-value of `test(reps, seed)` lies on a known side of every limit that Holm can set."""
    standards, members = load_rules().standards, family_size(family)
    cuts = sorted({level / left for level in (standards.level, standards.weak_level) for left in range(1, members + 1)})

    def draw(reps: int, seed: int) -> np.ndarray:
        exceeded = round(test(reps, seed) * (reps + 1)) - 1
        return (np.arange(reps) < exceeded).astype(float)

    return decided_pvalue(1.0, draw, cutoffs=cuts, seed=seed, first=first)


def odds(*, estimate: float, se: float, scale: float, direction: Literal[1, -1] = 1) -> dict[str, Value]:
    """Bayes factor of an effect of the smallest size of interest, and what it says in words; exploratory."""
    if not se > 0:
        return {}
    factor = bayes_factor(estimate=estimate, standard_error=se, scale=scale, sign=direction)
    return {"Bayes factor": factor, "odds": odds_in_words(factor)}


def family_size(family: str) -> int:
    """Count the registered members of a family."""
    rules = itertools.chain.from_iterable(claim.rule.asked.values() for claim in load_claims().values())
    return sum(rule.family == family for rule in rules)


def after_shock(response: pd.Series, shock: pd.Series) -> Finding:
    """Response of one series 4 weeks after a shock of one standard deviation to another, with its own p-value."""
    found = local_projection(response=response, shock=shock / shock.std(), lags=LAGS, horizons=AT, confidence=0.95)
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
