"""Does the leader come first, beside the verdicts: Granger tests, responses, windows over time, events."""

from functools import partial
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.claims.finding import PVALUE, Finding, Unit, sign, why_not
from helpers.claims.findings.register import finds
from helpers.claims.trial import Trial
from helpers.stats import (
    CrossCorrelationResult,
    EventStudyResult,
    LocalProjectionResult,
    by_era,
    causality_path,
    cross_correlation,
    estimates_by_era,
    event_ladder,
    event_study,
    find_highs,
    find_strength,
    frequency_test,
    granger_scan,
    granger_test,
    local_projection,
    pooled_events,
)

LAGS, REPS, SEED = 8, 1999, 20260123
HORIZON, RUNG = 13, "1-year highs"
OVER_A_QUARTER = Unit("{points} over 13 weeks")
RESPONSE_REPS, MAX_LAG = 999, 26
ERA_STARTS = ("2014-01-01", "2020-01-01")
WINDOW, WINDOW_LAGS = 150, 4
Scheme = Literal["forward", "rolling", "recursive"]
REPS_BY_SCHEME: dict[Scheme, int] = {"forward": 499, "rolling": 499, "recursive": 99}


def controls(trial: Trial) -> list[str]:
    """Series held fixed in the Granger tests: gold, the dollar, equities and the VIX, as far as not of the pair."""
    return trial.others("gold", "dollar", "nasdaq", "vix")


@finds("C10", "wald_8_lags", unit=Unit("% partial R2", signed=False))
def lead(trial: Trial) -> Finding:
    """C10 beside, as first registered: what 8 lags of the leader explain beyond the past and the controls."""
    sample = _sample(trial)
    primary = granger_test(**_given(trial, sample), lags=LAGS, reps=REPS, seed=SEED)
    eras = {era: granger_test(**_given(trial, part), lags=LAGS) for era, part in by_era(sample).items()}
    low, high = (100 * end for end in primary.partial_r2_interval)
    return Finding(
        estimate=100 * primary.partial_r2_adjusted, low=low, high=high, p=primary.pvalue_bootstrap,
        direction=sign(primary.coefficient_sum),
        detectable=100 * primary.partial_r2_detectable,
        n=primary.nobs,
        eras={era: test.coefficient_sum for era, test in eras.items()},
        reason=why_not(primary),
    )  # fmt: skip


def _sample(trial: Trial) -> pd.DataFrame:
    return trial.returns()[[trial.follower, trial.leader, *controls(trial)]].dropna()


def _given(trial: Trial, sample: pd.DataFrame) -> dict[str, Any]:
    """Effect, cause and controls of a test of the leader."""
    return {"effect": sample[trial.follower], "cause": sample[trial.leader], "controls": sample[controls(trial)]}


def _tested(given: dict[str, Any], *, extra: int = 0) -> Finding:
    found = granger_test(**given, lags=LAGS, extra=extra, reps=REPS, seed=SEED)
    return Finding(p=found.pvalue_bootstrap, n=found.nobs, reason=why_not(found))


@finds("C10", "reverse", unit=PVALUE)
def reverse_lead(trial: Trial) -> Finding:
    """C10 beside: the same test with follower and leader swapped."""
    given = _given(trial, _sample(trial))
    return _tested(given | {"effect": given["cause"], "cause": given["effect"]})


@finds("C10", "without_controls", unit=PVALUE)
def lead_alone(trial: Trial) -> Finding:
    """C10 beside: the same test without controls."""
    pair = trial.returns()[[trial.follower, trial.leader]].dropna()
    return _tested({"effect": pair[trial.follower], "cause": pair[trial.leader]})


@finds("C10", "levels", unit=PVALUE)
def lead_in_levels(trial: Trial) -> Finding:
    """C10 beside: a lag-augmented test in log levels."""
    return _tested(_given(trial, np.log(trial.prices(trial.follower, trial.leader, *controls(trial)))), extra=1)


@finds("C10", "scan", unit=PVALUE)
def lead_at_any_lag(trial: Trial) -> Finding:
    """C10 beside: the best of six lag lengths, its p by the maximum."""
    found = granger_scan(**_given(trial, _sample(trial)), reps=REPS, seed=SEED)
    return Finding(p=found.pvalue, n=found.nobs, reason=why_not(found))


@finds("C10", "frequency_band", unit=PVALUE)
def lead_by_frequency(trial: Trial) -> Finding:
    """C10 beside: causality at periods of weeks to months."""
    found = frequency_test(**_given(trial, _sample(trial)), lags=LAGS, reps=REPS, seed=SEED)
    return Finding(p=found.band_pvalue, n=found.nobs, reason=why_not(found))


@finds("C10", "local_projection", unit=Unit("{percent} over 13 weeks per 1 of the leader"))
def response_to_leader(trial: Trial) -> Finding:
    """C10 beside: the follower's response over 13 weeks to a shock of the leader."""
    common = trial.others("gold", "dollar", "nasdaq")
    sample = trial.returns(trial.follower, trial.leader, *common)
    after = _response(trial, sample, common)
    eras = {era: _response(trial, part, common) for era, part in by_era(sample).items()}
    row = after.overall.frame().loc[HORIZON]
    return Finding(
        estimate=row["estimate"],
        low=row["band_lower"],
        high=row["band_upper"],
        confidence=after.confidence,
        se=row["stderr"],
        p=after.overall.test.pvalue,
        direction=sign(row["estimate"]),
        detectable=row["detectable"],
        n=after.overall.nobs[0],
        reason=why_not(after),
        eras={era: part.overall.frame().loc[HORIZON, "estimate"] for era, part in eras.items()},
    )


def _response(trial: Trial, data: pd.DataFrame, others: list[str]) -> LocalProjectionResult:
    return local_projection(
        response=data[trial.follower], shock=data[trial.leader], controls=data[others],
        lags=LAGS, horizons=MAX_LAG, first=1, reps=RESPONSE_REPS, seed=SEED,
    )  # fmt: skip


@finds("C10", "cross_correlation", unit=Unit("sum of lead correlations less the same week's"))
def correlation_ahead(trial: Trial) -> Finding:
    """C10 beside: correlations with the follower's next 26 weeks, summed, less that of the same week."""

    def _correlate(pair: pd.DataFrame) -> CrossCorrelationResult:
        x, y = pair[trial.leader], pair[trial.follower]
        return cross_correlation(x=x, y=y, max_lag=MAX_LAG, reps=RESPONSE_REPS, seed=SEED)

    pair = trial.returns(trial.leader, trial.follower)
    found = _correlate(pair)
    eras = {era: _correlate(part) for era, part in by_era(pair).items() if len(part) > 5 * MAX_LAG}
    return Finding(
        estimate=found.lead_excess,
        p=found.pvalue_lead_excess,
        direction=sign(found.lead_excess),
        n=found.nobs,
        eras={era: part.lead_excess for era, part in eras.items()},
        extra={"p of the maximum": found.pvalue_lead},
        reason=why_not(found),
    )


@finds("C10", "sustained_strength", unit=OVER_A_QUARTER)
def after_strength(trial: Trial) -> Finding:
    """C10 beside: the follower after weeks of sustained strength of the leader."""
    return _studied(event_study(events=find_strength(trial.price(trial.leader)), returns=trial.response))


@finds("C11", "events", unit=OVER_A_QUARTER)
def after_highs(trial: Trial) -> Finding:
    """C11 beside, as first registered: the follower's 13 weeks after the leader's 1-year highs less usual."""
    ladder = trial.highs(trial.leader)
    found = event_ladder(ladder=ladder, returns=trial.response)
    eras = estimates_by_era(events=ladder[RUNG], returns=trial.response, horizon=HORIZON)
    return _studied(found.studies[RUNG], p=found.pvalue, eras=eras)


@finds("C11", "pooled_events", unit=OVER_A_QUARTER)
def after_highs_of_both(trial: Trial) -> Finding:
    """C11 beside: highs of silver and gold together, weighed by volatility, less the mean of their era."""
    names = ("silver", "gold") if trial.is_story else (trial.leader,)
    highs = {name: trial.highs(name)[RUNG] for name in names}
    return _studied(pooled_events(leaders=highs, returns=trial.response, eras=ERA_STARTS))


@finds("C11", "own_era", unit=OVER_A_QUARTER)
def after_highs_in_own_era(trial: Trial) -> Finding:
    """C11 beside: each high against the mean of its own era."""
    highs = trial.highs(trial.leader)[RUNG]
    return _studied(event_study(events=highs, returns=trial.response, eras=ERA_STARTS))


@finds("C11", "real_highs", unit=OVER_A_QUARTER)
def after_real_highs(trial: Trial) -> Finding:
    """C11 beside: highs after inflation."""
    highs = find_highs(trial.dataset.real(trial.leader), lookback=1)
    return _studied(event_study(events=highs, returns=trial.response))


def _studied(study: EventStudyResult, **known: Any) -> Finding:
    """Lay out 13 weeks of an event study."""
    common: dict[str, Any] = {"p": study.pvalue, "n": study.nobs, "results": {"study": study}} | known
    cell: Any = {"K": 0} if study.reason else study.table.loc[HORIZON]
    if not cell["K"] > 0:
        late = f"no episode has a complete window of {HORIZON} weeks"
        return Finding(k=0, reason=study.reason or late, **common)
    shown = {name: cell[name] for name in ("estimate", "low", "high", "detectable")}
    return Finding(**shown, direction=sign(cell["estimate"]), k=cell["K"], **common)


def _windows(trial: Trial, *, scheme: Scheme, alone: bool) -> Finding:
    """C11 over time: the largest Granger statistic of all windows of one scheme, with or without controls."""
    given = trial.others("gold", "nasdaq")
    changes = trial.returns(trial.leader, trial.follower, *given)
    found = causality_path(
        effect=changes[trial.follower], cause=changes[trial.leader], controls=None if alone else changes[given],
        lags=WINDOW_LAGS, min_window=WINDOW, covariance="HCR", scheme=scheme, reps=REPS_BY_SCHEME[scheme], seed=SEED,
    )  # fmt: skip
    return Finding(p=found.pvalue, n=len(changes), reason=why_not(found))


for _scheme, _alone in product(REPS_BY_SCHEME, (False, True)):
    finds("C11", f"{_scheme}_windows{'_alone' if _alone else ''}")(partial(_windows, scheme=_scheme, alone=_alone))
