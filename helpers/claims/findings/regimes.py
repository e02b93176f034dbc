"""States of the world: fear, debasement, liquidity. C12, C13, C16, C20 and C21."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from helpers.claims.finding import Finding, Unit, Value, sign, why_not
from helpers.claims.findings.always import from_row, from_shifts, odds
from helpers.claims.findings.register import finds
from helpers.claims.registry import load_claims
from helpers.claims.trial import Trial, label
from helpers.stats import (
    by_era,
    fear_margin,
    liquidity_margin,
    money_margin,
    state_interaction,
    state_margins,
    state_means,
    state_order,
    state_phase,
)
from helpers.stats import strength as strength_of

STATE, HORIZON, SEED = "debasement", 13, 12
AFTER, FORMING, SMOOTH = 26, 13, 4
OVER_A_QUARTER = Unit("{points} over 13 weeks")
READ_ON = pd.Timestamp("2026-04-24")


def margins_of(trial: Trial) -> dict[str, pd.Series]:
    """Distance of each state from its threshold: fear, debasement, liquidity three ways, as published."""
    found = state_margins(trial.dataset.weekly)
    return {
        "fear": found["fear"],
        STATE: found[STATE],
        "Fed assets": found["liquidity"],
        "liquidity": liquidity_margin(assets=trial.dataset.price("net_liquidity")),
        "money": money_margin(money=trial.dataset.price("m2")),
    }


def _held(trial: Trial, *names: str) -> pd.DataFrame:
    """Whether states hold, over the weeks that all of them and the follower's returns have."""
    margins = margins_of(trial)
    shared = pd.concat([margins[name].rename(name) for name in names], axis=1, join="inner").dropna() > 0
    return shared.loc[shared.index.isin(trial.response.index)]


def _after_fear(fear: pd.Series) -> pd.Series:
    """Whether a spell of fear ended within the last 26 weeks, the week itself no longer one of fear."""
    ended = fear.shift(fill_value=False) & ~fear
    return ended.rolling(AFTER, min_periods=1).max().astype(bool) & ~fear


def _contrast(trial: Trial, state: pd.Series, claim: str, *, procedure: str = "", **extra: Value) -> Finding:
    """Mean weekly return in a state less outside it, over 13 weeks, with other assets as placebos."""
    returns, scale = trial.response.loc[state.index], load_claims()[claim].rule.smallest_effect
    found = state_means(returns=returns, states=state.to_frame())
    if found.reason:
        return Finding(reason=found.reason, n=found.nobs)
    row = found.table.loc[state.name]
    shown = from_shifts(row, weeks=HORIZON, n=found.nobs)
    gaps = {
        era: part[on].mean() - part[~on].mean() for era, part in by_era(returns).items() for on in [state[part.index]]
    }
    means: dict[str, Value] = {"inside, % a week": row["inside"], "outside, % a week": row["outside"]}
    return replace(
        shown,
        placebos={name: _standardised(trial, name, state) for name in trial.others("nasdaq", "copper", "gold")},
        eras={era: HORIZON * float(gap) for era, gap in gaps.items() if not np.isnan(gap)},
        extra=means | extra | odds(estimate=shown.estimate, se=shown.se, scale=scale),
        procedure=procedure,
    )


def _standardised(trial: Trial, name: str, state: pd.Series) -> float:
    own = trial.returns(name)[name].reindex(state.index).dropna()
    found = state_means(returns=own, states=state.loc[own.index].to_frame())
    shown = from_shifts(found.table.loc[state.name], weeks=1, n=1)
    return abs(shown.estimate) / shown.se


@finds("C12", unit=OVER_A_QUARTER)
def fear_turned(trial: Trial) -> Finding:
    """C12: the follower while debasement or liquidity holds within 26 weeks of the end of fear, less other times."""
    held = _held(trial, "fear", STATE, "liquidity")
    either = (held[STATE] | held["liquidity"]).rename("either")
    order = state_order(first=held["fear"], then=either, within=AFTER)
    extra = {"ends of fear": order.K, "followed in time": order.share, "expected": order.expected}
    turned = (_after_fear(held["fear"]) & either).rename("turned")
    return _contrast(trial, turned, "C12", procedure="state_shift", **extra)


def _alone(trial: Trial, name: str) -> Finding:
    """C12 beside: debasement, or net liquidity, alone within 26 weeks of the end of fear."""
    held = _held(trial, "fear", name)
    return _contrast(trial, (_after_fear(held["fear"]) & held[name]).rename("turned"), "C12")


finds("C12", "debasement_after_fear", unit=OVER_A_QUARTER)(partial(_alone, name=STATE))
finds("C12", "liquidity_after_fear", unit=OVER_A_QUARTER)(partial(_alone, name="liquidity"))


@finds("C12", "debasement_follows_fear", unit=Unit("share of ends of fear followed by debasement within 26 weeks"))
def debasement_follows_fear(trial: Trial) -> Finding:
    """C12 beside: whether debasement tends to begin after fear has ended."""
    held = _held(trial, "fear", STATE)
    found = state_order(first=held["fear"], then=held[STATE], within=AFTER)
    return Finding(
        estimate=found.share, p=found.pvalue, n=len(held), k=found.K, reason=why_not(found),
        extra={"expected": found.expected},
    )  # fmt: skip


@finds("C12", "interaction", unit=Unit("{points} over 13 weeks per standard deviation"))
def depends_on_state(trial: Trial) -> Finding:
    """C12 beside, as first registered: what the leader's strength says of the follower in the debasement state."""
    margins, names = state_margins(trial.dataset.weekly), [STATE, "liquidity"]
    strength = strength_of(price=trial.price(trial.leader))
    parts = {"effect": trial.response, "strength": strength} | {name: margins[name] for name in names}
    shared = pd.concat(parts, axis=1, join="inner").dropna().loc[trial.start :]
    found = state_interaction(
        effect=shared["effect"], strength=shared["strength"], states=shared[names] > 0, reps=999, seed=SEED
    )
    row = found.table.loc[(STATE, HORIZON)]
    n = None if found.reason else row["nobs"]
    return from_row(row, p=found.pvalue, n=n, k=found.spells[STATE], reason=why_not(found))


@finds("C13", "forming", unit=Unit("states that were forming", decimals=0, signed=False))
def conditions_forming(trial: Trial) -> Finding:
    """C13, part: whether debasement or liquidity had moved toward its threshold over 13 weeks without being there."""
    phases = {name: str(state_phase(margin, weeks=FORMING).iloc[-1]) for name, margin in _on_the_day(trial).items()}
    forming = [name for name in (STATE, "liquidity") if phases[name] == "forming"]
    return Finding(
        estimate=len(forming),
        parts={"debasement or liquidity was forming": bool(forming)},
        extra={f"phase of {name}": phase for name, phase in phases.items()},
    )


@finds("C13", "holding", unit=Unit("states that held", decimals=0, signed=False))
def conditions_holding(trial: Trial) -> Finding:
    """C13, part: whether debasement or liquidity held already."""
    now = {name: float(margin.iloc[-1]) for name, margin in _on_the_day(trial).items()}
    holding = [name for name in (STATE, "liquidity") if now[name] > 0]
    return Finding(
        estimate=len(holding),
        parts={"debasement or liquidity held": bool(holding)},
        extra={f"margin of {name}": value for name, value in now.items()},
    )


@finds("C13", "priced", unit=Unit("{points} above the median of 26 weeks"))
def not_yet_priced(trial: Trial) -> Finding:
    """C13, part: whether the follower's last 26 weeks were at or below their median."""
    growth = 100 * np.log(trial.price(trial.follower)).diff(AFTER).dropna().loc[: trial.day]
    move, median = growth.iloc[-1], growth.median()
    said = "{Follower}'s 26-week return was not above its own median".format(**trial.words)
    return Finding(estimate=move - median, n=len(growth), parts={said: move <= median}, extra={"move": move})


def _on_the_day(trial: Trial) -> dict[str, pd.Series]:
    return {name: margin.loc[: trial.day] for name, margin in margins_of(trial).items() if name != "fear"}


@finds("C16", unit=Unit("points of the VIX above the threshold of fear"))
def phase_of_fear(trial: Trial) -> Finding:
    """C16: whether the fear state held on the day by the VIX, with policy uncertainty and geopolitical risk beside."""
    vix = margins_of(trial)["fear"].loc[: trial.day]
    extra: dict[str, Value] = {"VIX": float(trial.dataset.price("vix").loc[: trial.day].iloc[-1])}
    for name in ("epu", "gpr"):
        level = trial.dataset.price(name).rolling(SMOOTH).mean().dropna()
        margin = fear_margin(vix=level).loc[: trial.day].iloc[-1]
        extra |= {f"{label(name)}, above its threshold": float(margin), f"fear by {label(name)}": bool(margin > 0)}
    return Finding(
        estimate=float(vix.iloc[-1]),
        n=len(vix),
        parts={"the VIX was above the 80th percentile of its last five years": bool(vix.iloc[-1] > 0)},
        extra=extra,
    )


@finds("C20", unit=Unit("{points} of silver's 13 weeks above their usual"), of="leader")
def defensive_money_continues(trial: Trial) -> Finding:
    """C20: whether silver stayed strong after the record, and if so whether debasement began within 26 weeks."""
    weeks = trial.dataset.weekly.index
    due = bool(weeks[-1] >= READ_ON)
    extra: dict[str, Value] = {"due": due, "due_date": f"{READ_ON:%Y-%m-%d}"}
    if not due:
        return Finding(extra=extra)
    growth = 100 * np.log(trial.dataset.price("silver")).diff(HORIZON).dropna()
    usual, move = float(growth.loc[: trial.day].mean()), float(growth.loc[READ_ON])
    margin = margins_of(trial)[STATE].loc[READ_ON:].iloc[: AFTER + 1]
    told = f"silver's 13 weeks to {READ_ON.day} {READ_ON:%B %Y} brought {move:.1f} log points, usual is {usual:.1f}"
    return Finding(
        estimate=move - usual,
        n=len(growth),
        extra=extra
        | {
            "met": move > usual,
            "move": move,
            "usual": usual,
            "told": told.replace("-", "−"),
            "followed": bool((margin > 0).any()),
            "complete": len(margin) > AFTER,
        },
    )


@finds("C21", unit=OVER_A_QUARTER)
def best_under_debasement(trial: Trial) -> Finding:
    """C21: the follower's mean return in the debasement state less outside, over 13 weeks."""
    held = _held(trial, STATE)
    return _contrast(trial, held[STATE], "C21", procedure="state_shift")


@finds("C21", "all_states")
def best_of_all_states(trial: Trial) -> Finding:
    """C21 beside: the state with the highest mean return of five, its p by the maximum."""
    held = _held(trial, "fear", STATE, "liquidity", "money", "Fed assets")
    found = state_means(returns=trial.response.loc[held.index], states=held)
    return Finding(p=found.best_pvalue, n=found.nobs, reason=why_not(found), extra={"best": found.best})


@finds("C9", "fear_weeks", unit=Unit("{percent} a week"))
def weeks_of_fear(trial: Trial) -> Finding:
    """C9 beside: the follower's mean weekly return in weeks of fear less in others."""
    margin = margins_of(trial)["fear"]
    assets = trial.returns(*dict.fromkeys((trial.leader, "gold", trial.follower)))
    weeks = assets.index.intersection(margin.index)
    found = state_means(returns=assets.loc[weeks, trial.follower], states=(margin.loc[weeks] > 0).to_frame())
    row = found.table.loc["fear"]
    return Finding(
        estimate=row["difference"], p=row["pvalue"], direction=0 if found.reason else sign(row["difference"]),
        n=found.nobs, k=int(row["spells"]), reason=why_not(found),
    )  # fmt: skip
