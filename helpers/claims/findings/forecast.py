"""What followed: C14 scored against its history, and gains out of sample for C10 and C11."""

import math

import numpy as np
import pandas as pd

from helpers.claims.finding import Finding, Unit, Value, sign, why_not
from helpers.claims.findings.register import finds
from helpers.claims.registry import load_claims
from helpers.claims.trial import Trial
from helpers.stats import (
    ForecastLeagueResult,
    event_fan,
    find_highs,
    forecast_league,
    history_fan,
    merge_events,
    out_of_sample,
    path_since,
    place,
)

SEED, SINCE = 14, "2014"
OUT_OF_SAMPLE = Unit("% R2 out of sample")


@finds("C14", unit=Unit("{points} over 26 weeks"))
def stage_is_set(trial: Trial) -> Finding:
    """C14: the follower's 26 weeks from the record less their median since 2014, and their place among them."""
    week, returns, weeks = trial.day, trial.response, load_claims()["C14"].rule.due_weeks
    highs = merge_events(*(find_highs(trial.price(trial.leader), lookback=years) for years in (1, 2, 3, 5, None)))
    known = returns.loc[SINCE:week] if len(returns.loc[SINCE:week]) > 2 * weeks else returns.loc[:week]
    path, past = path_since(returns=returns, date=week, weeks=weeks), known.rolling(weeks).sum().dropna()
    due, fan = len(path) == weeks, history_fan(returns=returns, as_of=week, weeks=weeks, seed=SEED)
    outcome = float(path.iloc[-1]) if due else math.nan
    extra: dict[str, Value] = {
        "due": due,
        "due_date": f"{week + pd.Timedelta(weeks=weeks):%Y-%m-%d}",
        "place": float((past < outcome).mean()) if due else math.nan,
        "outcome": outcome,
        "median": float(past.median()),
        "place at any start since 2010": place(sample=fan.at(weeks), outcome=outcome) if due else math.nan,
    }
    episodes = event_fan(returns=returns, events=highs, as_of=week).paths
    return Finding(estimate=outcome - float(past.median()), n=len(past), k=len(episodes), extra=extra)


@finds("C10", "out_of_sample", unit=OUT_OF_SAMPLE)
def gain_in_a_month(trial: Trial) -> Finding:
    """C10 beside: what the leader's 13-week strength adds to forecasts of the follower's next 4 weeks."""
    return _gain(trial, horizon=4, league=league_of_leaders(trial).pvalue)


@finds("C11", "out_of_sample", unit=OUT_OF_SAMPLE)
def gain_in_a_quarter(trial: Trial) -> Finding:
    """C11 beside: the same for the next 13 weeks."""
    return _gain(trial, horizon=13)


def _gain(trial: Trial, *, horizon: int, **searched: float) -> Finding:
    strength = 100 * np.log(trial.price(trial.leader)).diff(13)
    known = pd.DataFrame({trial.follower: trial.response, trial.leader: strength}).dropna()
    found = out_of_sample(
        effect=known[trial.follower], cause=known[trial.leader], horizon=horizon, reps=1999, seed=SEED
    )
    return Finding(
        estimate=100 * found.r2,
        p=found.pvalue_bootstrap,
        direction=0 if found.reason else sign(found.r2),
        n=found.nobs,
        k=found.episodes,
        reason=why_not(found),
        extra={"horizon": horizon, **searched, "R2 by luck, one in twenty": 100 * found.r2_by_luck},
    )


def league_of_leaders(trial: Trial) -> ForecastLeagueResult:
    """Every leader at every lag against the historical mean, with the reality check."""
    wanted = (trial.leader, "gold", "copper", "nasdaq", "dollar")
    players = [name for name in dict.fromkeys(wanted) if name != trial.follower]
    changes = trial.returns(trial.follower, *players)
    return forecast_league(effect=changes[trial.follower], leaders=changes[players], reps=999, seed=SEED)
