"""Does strength of the leader come first: C10 by the lead test, C11 by the map of lags; other forms beside."""

from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from helpers.claims.finding import Finding, Unit, Value, sign, why_not
from helpers.claims.findings.always import DETECTED, always, decided, odds
from helpers.claims.findings.register import finds
from helpers.claims.registry import load_claims
from helpers.claims.trial import Trial, label
from helpers.stats import (
    ERAS,
    LeadMapResult,
    LeadTestResult,
    align_days,
    lead_map,
    lead_test,
    quantile_causality,
    variance_causality,
)
from helpers.stats.power import BEYOND

SHARE = Unit("% partial R2", signed=False)
OVER_A_QUARTER = Unit("{points} over 13 weeks")
HALF_YEAR, SEED = (1, 26), 20260123
RIVALS = ("copper", "nasdaq", "dollar", "sp500", "platinum")
BESIDE, EARLIEST = 1_999, "2000-01"


def lead_of(trial: Trial, leader: str, window: tuple[int, int] = HALF_YEAR, **options: Any) -> LeadTestResult:
    """Lead test of one series and window on the follower's weeks."""
    cause = trial.dataset.returns(leader, start=EARLIEST)[leader]
    return lead_test(effect=trial.response, cause=cause, window=window, **options)


@finds("C10", unit=SHARE)
def sustained_strength_leads(trial: Trial) -> Finding:
    """C10: what the leader's mean return of the past 26 weeks explains of the follower's next week."""
    found = lead_of(trial, trial.leader)
    if found.reason:
        return Finding(reason=found.reason)

    def _pvalue(reps: int, seed: int) -> float:
        return lead_of(trial, trial.leader, reps=reps, seed=seed).pvalue_bootstrap

    p = decided(_pvalue, family="precedence", seed=SEED)
    placebos = {name: lead_of(trial, name) for name in trial.others(*RIVALS)}
    eras = {era: lead_of(trial, trial.leader, sample=sample) for era, sample in _samples(trial).items()}
    smallest = load_claims()["C10"].rule.smallest_effect / 100
    coefficient = float(np.sqrt(smallest / (1 - smallest) / found.information))
    return replace(
        _beside(found),
        p=p.value,
        p_error=p.error,
        detectable=100 * found.as_partial_r2(DETECTED * found.standard_error),
        placebos={name: abs(one.estimate) / one.standard_error for name, one in placebos.items()},
        eras={era: one.estimate for era, one in eras.items() if not one.reason},
        procedure="lead_test",
        extra=odds(estimate=found.estimate, se=found.standard_error, scale=coefficient) | _quarter(found),
    )


def _samples(trial: Trial) -> dict[str, tuple[Any, Any]]:
    """First and last week of each era that the follower's sample holds."""
    weeks = trial.response.index
    inside = {era: weeks[(weeks >= first) & (weeks <= last)] for era, (first, last) in ERAS.items()}
    return {era: (own[0], own[-1]) for era, own in inside.items() if len(own) > 2 * HALF_YEAR[1]}


def _quarter(found: LeadTestResult) -> dict[str, Value]:
    """Give it in log points over the next 13 weeks after strength one standard deviation above usual."""
    low, high = found.effect_13_weeks_interval
    return {"next 13 weeks": found.effect_13_weeks, "next 13 weeks, low": low, "next 13 weeks, high": high}


def _beside(found: LeadTestResult) -> Finding:
    """Lay a lead test out in the registered unit, the signed share of variance."""
    if found.reason:
        return Finding(n=found.nobs, reason=why_not(found))
    ends = always("C10", "primary", estimate=found.estimate, se=found.standard_error, n=found.nobs)
    low, high, always_low, always_high = (
        100 * found.as_partial_r2(end) for end in (*found.interval, ends.low, ends.high)
    )
    return Finding(
        estimate=100 * found.partial_r2, low=low, high=high, always_low=always_low, always_high=always_high,
        p=found.pvalue_bootstrap if found.reps else found.pvalue,
        direction=sign(found.estimate),
        standardised=abs(found.estimate) / found.standard_error,
        n=found.nobs,
        extra=_quarter(found),
    )  # fmt: skip


@finds("C10", "lead_unweighted", unit=SHARE)
def lead_unweighted(trial: Trial) -> Finding:
    """C10 beside: the lead test with all weeks weighing the same."""
    return _beside(lead_of(trial, trial.leader, half_life=None, reps=BESIDE, seed=SEED))


@finds("C10", "lead_given_others", unit=SHARE)
def lead_given_others(trial: Trial) -> Finding:
    """C10 beside: the lead test given gold, the dollar and equities over the same weeks."""
    names = trial.others("gold", "dollar", "nasdaq")
    sample = trial.dataset.returns(trial.leader, *names)
    pair = {"effect": trial.response, "cause": sample[trial.leader], "controls": sample[names]}
    return _beside(lead_test(**pair, window=HALF_YEAR, reps=BESIDE, seed=SEED))


def _daily(trial: Trial, *, last: int, later: bool) -> Finding:
    """C10 beside: days 1 to `last`; `later` has the leader a day older, which no closing times can help."""
    first = trial.response.index[0]
    follower, leader = (trial.dataset.daily(name).loc[first:].dropna() for name in (trial.follower, trial.leader))
    pair = align_days(effect=follower, cause=leader, cause_closes_first=not later)
    return _beside(lead_test(effect=pair["effect"], cause=pair["cause"], window=(1, last), reps=BESIDE, seed=SEED))


for _last, _later in product((5, 20, 65), (False, True)):
    _kind = f"daily_1_{_last}{'_later' if _later else ''}"
    finds("C10", _kind, unit=SHARE)(partial(_daily, last=_last, later=_later))


@finds("C10", "quantiles")
def in_any_quantile(trial: Trial) -> Finding:
    """C10 beside, exploratory: whether the leader's past half year moves any quantile of the follower's next week."""
    cause = trial.dataset.returns(trial.leader)[trial.leader]
    found = quantile_causality(effect=trial.response, cause=cause, window=HALF_YEAR, reps=BESIDE, seed=SEED)
    return Finding(p=found.pvalue, n=found.nobs, reason=why_not(found))


@finds("C10", "variance")
def in_variance(trial: Trial) -> Finding:
    """C10 beside, exploratory: whether wild weeks of the leader come before wild weeks of the follower."""
    pair = trial.returns(trial.follower, trial.leader)
    found = variance_causality(effect=pair[trial.follower], cause=pair[trial.leader], reps=BESIDE, seed=SEED)
    return Finding(p=found.pvalue, n=found.nobs, reason=why_not(found))


@finds("C11", unit=OVER_A_QUARTER)
def lag_of_weeks_to_months(trial: Trial) -> Finding:
    """C11: every window inside 1 to 30 weeks of silver and gold (of another pair: the leader), one p, one bound."""
    leaders = ["silver", "gold"] if trial.is_story else [trial.leader]
    maps: list[LeadMapResult] = []

    def _pvalue(reps: int, seed: int) -> float:
        maps.append(_map(trial, leaders, reps=reps, seed=seed))
        return maps[-1].pvalue

    p = decided(_pvalue, family="precedence", seed=SEED)
    found = maps[0]
    leader, start, end = found.strongest
    cell = found.cell(leader, start, end)
    # Always-valid bounds over all cells at once: the usual ones carried over at the error rate of one cell.
    ends = always(
        "C11", "primary", estimate=found.cells["estimate"], se=found.cells["standard_error"], n=found.nobs,
        alpha=found.pointwise_alpha,
    )  # fmt: skip
    readings = (found.cells["sd"] * found.cells["weeks"]).to_numpy()
    placebos = _map(trial, trial.others(*RIVALS), reps=199, seed=SEED).cells["statistic"].abs().groupby("leader").max()
    eras = {era: lead_of(trial, leader, (start, end), sample=sample) for era, sample in _samples(trial).items()}
    reading = cell["sd"] * cell["weeks"]
    scale = load_claims()["C11"].rule.smallest_effect
    extra: dict[str, Value] = {
        "strongest window": f"{label(leader)}, weeks {start} to {end}",
        "always-valid standard errors": float(ends.factor),
        "usual standard errors": found.critical,
    }
    return Finding(
        estimate=cell["effect_13_weeks"],
        low=found.lower_bound,
        high=found.upper_bound,
        always_low=float((ends.low * readings).min()),
        always_high=float((ends.high * readings).max()),
        p=p.value,
        p_error=p.error,
        direction=sign(cell["statistic"]),
        detectable=(found.critical + BEYOND) * cell["standard_error"] * reading,
        standardised=abs(cell["statistic"]),
        n=found.nobs,
        placebos=placebos.to_dict(),
        eras={era: one.effect_13_weeks for era, one in eras.items() if not one.reason},
        procedure="lead_map",
        extra=extra | odds(estimate=cell["effect_13_weeks"], se=cell["standard_error"] * reading, scale=scale),
    )


def _map(trial: Trial, leaders: list[str], *, reps: int, seed: int) -> LeadMapResult:
    causes = trial.dataset.returns(*leaders, start=EARLIEST)
    return lead_map(effect=trial.response, causes=causes, reps=reps, seed=seed)


def _liquidity(trial: Trial, *, window: tuple[int, int]) -> Finding:
    """C11, a rival leader: net liquidity as published; the figure of Wednesday is out before the week ends."""
    growth = trial.dataset.returns("net_liquidity")["net_liquidity"]
    found = lead_test(effect=trial.response.loc[growth.index[0] :], cause=growth, window=window, reps=BESIDE, seed=SEED)
    return _beside(found)


for _name, _window in {"10_12": (10, 12), "11_13": (11, 13), "108_days": (15, 16)}.items():
    finds("C11", f"net_liquidity_{_name}", unit=SHARE)(partial(_liquidity, window=_window))
