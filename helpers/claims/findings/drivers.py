"""What moves the leader: fear and yields. C4, C5 and C9, and the policy news beside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from helpers.claims.finding import Finding, NotTestableError, Unit, sign, why_not
from helpers.claims.findings.always import AT, after_shock, decided, odds, projected
from helpers.claims.findings.register import finds
from helpers.claims.registry import load_claims
from helpers.claims.trial import Trial, is_rate, label
from helpers.stats import (
    ERAS,
    DriverResult,
    PolicyNewsResult,
    by_era,
    changes_over_days,
    cross_correlation,
    driver_betas,
    joint_response_test,
    policy_news_response,
)

PER_FEAR = Unit("{percent} over 4 weeks per standard deviation of the VIX change")
PER_YIELD = Unit("{percent} per +10 basis points")
PATH, REPS = 26, 499
TEN = 10.0
FEARS = {"epu": "policy uncertainty", "gpr": "geopolitical risk"}
SETTLES_BEFORE = ("silver", "gold", "copper", "dollar", "oil", "palladium", "london_silver", "london_gold")
Change = Literal["log", "difference"]


@finds("C4", unit=PER_FEAR, of="leader")
def gains_in_fear(trial: Trial) -> Finding:
    """C4: the leader's response 4 weeks after a jump of the VIX by one standard deviation, beside other assets'."""
    _require(trial.leader, "vix", shock="fear")
    weekly = {name: trial.returns(name, "vix") for name in (trial.leader, *trial.others(*_beside(trial)))}
    fear = {name: after_shock(part[name], part["vix"], horizons=PATH, reps=REPS) for name, part in weekly.items()}
    own = weekly[trial.leader]
    eras = {era: _response(part[trial.leader], part["vix"], own["vix"].std()) for era, part in by_era(own).items()}
    responses = {name: projected(found) for name, found in fear.items()}
    return replace(
        responses[trial.leader],
        eras=eras,
        placebos={name: _standardised(responses[name]) for name in _placebos(trial)},
        procedure="local_projection_point",
        extra={label(name): found.estimate for name, found in responses.items() if name != trial.leader},
        results={"response": fear[trial.leader], "others": fear},
    )


def _response(response: pd.Series, shock: pd.Series, scale: float) -> float:
    """Response 4 weeks after a shock of the size that is usual in the whole sample."""
    return projected(after_shock(response, shock)).estimate * scale / float(shock.std())


def _beside(trial: Trial) -> tuple[str, ...]:
    return tuple(name for name in ("gold", "copper", "nasdaq", "sp500") if name != trial.leader)


def _placebos(trial: Trial) -> list[str]:
    """Series that take the leader's place."""
    return trial.others("copper", "nasdaq")


def _standardised(found: Finding) -> float:
    return abs(found.estimate) / found.se


@finds(
    "C4", "policy_uncertainty", unit=Unit("{percent} over 4 weeks per standard deviation of uncertainty"), of="leader"
)
def policy_uncertainty(trial: Trial) -> Finding:
    """C4 beside: the same with economic policy uncertainty, means of four weeks, as fear."""
    return _after_news(trial, "epu")


@finds("C4", "geopolitical_risk", unit=Unit("{percent} over 4 weeks per standard deviation of risk"), of="leader")
def geopolitical_risk(trial: Trial) -> Finding:
    """C4 beside: the same with geopolitical risk, means of four weeks, as fear."""
    return _after_news(trial, "gpr")


def _after_news(trial: Trial, name: str) -> Finding:
    level = trial.dataset.price(name).rolling(AT).mean().dropna()
    both = pd.concat([trial.returns(trial.leader), level.diff().rename(name)], axis=1, join="inner").dropna()
    found = after_shock(both[trial.leader], both[name], horizons=PATH)
    return projected(found, results={"response": found})


@finds("C4", "london", unit=PER_FEAR)
def london_in_fear(trial: Trial) -> Finding:
    """C4 beside: silver in London from 1990 on."""
    weekly = trial.returns("london_silver", "vix")
    found = after_shock(weekly["london_silver"], weekly["vix"], horizons=PATH)
    return projected(found, results={"response": found})


@finds("C4", "conditions", unit=Unit("{percent} over 4 weeks per usual surprise in financial conditions"), of="leader")
def tighter_conditions(trial: Trial) -> Finding:
    """C4 beside: the leader's response to a surprise tightening of financial conditions (re-estimated history)."""
    _require(trial.leader, "nfci", shock="tightness")
    weekly = trial.returns(trial.leader, "nfci")
    found = after_shock(weekly[trial.leader], weekly["nfci"], horizons=PATH)
    return projected(found, results={"response": found})


@finds("C9", "metals", unit=PER_FEAR, of="leader")
def metals_first(trial: Trial) -> Finding:
    """C9, part: the metals (of another pair: the leader) 4 weeks after a jump of the VIX."""
    weekly, metals, found = _joint(trial)
    row = found.table.loc["metals"]
    swapped = {name: projected(_path(trial, name)) for name in _placebos(trial)}
    return Finding(
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        se=row["se"],
        p=min(1.0, 2 * min(row["pvalue"], row["pvalue_against"])),
        direction=sign(row["estimate"]),
        detectable=row["detectable"],
        n=found.nobs,
        eras={
            era: _response(part, weekly["vix"].loc[part.index], weekly["vix"].std())
            for era, part in by_era(metals).items()
        },
        placebos={name: _standardised(part) for name, part in swapped.items()},
        procedure="local_projection_point",
        reason=why_not(found),
        extra=odds(estimate=row["estimate"], se=row["se"], scale=_smallest("C9", "metals")),
        results={"joint": found, "response": after_shock(metals, weekly["vix"], horizons=PATH, reps=REPS)},
    )


@finds("C9", "waits", unit=PER_FEAR)
def follower_waits(trial: Trial) -> Finding:
    """C9, part: the follower 4 weeks after a jump of the VIX, which must not lose more than the smallest effect."""
    weekly, _, found = _joint(trial)
    row, whole = found.table.loc[trial.follower], projected(_path(trial, trial.follower))
    return Finding(
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        se=row["se"],
        p=min(1.0, 2 * min(row["pvalue"], row["pvalue_against"])),
        direction=sign(row["estimate"]),
        n=found.nobs,
        reason=why_not(found),
        extra={"own sample": whole.estimate, "joint p": found.pvalue, "joint p of the opposite": found.pvalue_against},
        results={
            "joint": found,
            "response": after_shock(weekly[trial.follower], weekly["vix"], horizons=PATH, reps=REPS),
        },
    )


@finds("C9", "spread", unit=PER_FEAR)
def metals_less_follower(trial: Trial) -> Finding:
    """C9 beside: the metals less the follower."""
    return _difference(trial, None)


@finds("C9", "spread_since_2014", unit=PER_FEAR)
def metals_less_follower_since_2014(trial: Trial) -> Finding:
    """C9 beside: the metals less the follower since 2014, without Bitcoin's thin early years."""
    return _difference(trial, "2014")


def _difference(trial: Trial, first: str | None) -> Finding:
    weekly, metals, _ = _joint(trial)
    spread = (metals - weekly[trial.follower]).rename("spread").loc[first:]
    found = after_shock(spread, weekly["vix"].loc[first:], horizons=PATH)
    return projected(found, results={"response": found})


def _joint(trial: Trial) -> tuple[pd.DataFrame, pd.Series, Any]:
    for name in (trial.leader, trial.follower):
        _require(name, "vix", shock="fear")
    names = ["silver", "gold"] if trial.is_story else [trial.leader]
    weekly = trial.returns(*names, trial.follower, "vix")
    metals = weekly[names].mean(axis=1).rename("metals")
    found = joint_response_test(
        rises=metals, holds=weekly[trial.follower], shock=weekly["vix"], horizon=AT, margin=_smallest("C9", "metals")
    )
    return weekly, metals, found


def _path(trial: Trial, name: str) -> Any:
    weekly = trial.returns(name, "vix")
    return after_shock(weekly[name], weekly["vix"])


def _smallest(claim: str, test: str) -> float:
    return load_claims()[claim].rule.asked[test].smallest_effect


@finds("C9", "fear_first_week", unit=Unit("same-week correlation with the VIX"))
def first_week_of_fear(trial: Trial) -> Finding:
    """C9 beside: gold's same-week correlation with the VIX less the follower's."""
    safe = list(dict.fromkeys(("gold", trial.leader, trial.follower)))
    for name in safe:
        _require(name, "vix", shock="fear")
    weekly = trial.returns("vix", *safe)
    fear = {
        name: cross_correlation(x=weekly["vix"], y=weekly[name], max_lag=26, reps=REPS, seed=20260123) for name in safe
    }
    now = {name: result.correlation[26] for name, result in fear.items()}
    return Finding(estimate=now["gold"] - now[trial.follower], n=fear[trial.follower].nobs, extra=now, results=fear)


@finds("C5", unit=PER_YIELD, of="leader")
def lower_yields(trial: Trial) -> Finding:
    """C5: the leader's weekly return per +10 basis points of the real yield, whatever the dollar does meanwhile."""
    _require(trial.leader, "real10", shock="driver")
    betas = {
        name: _total(trial, name) for name in (trial.leader, *trial.others(*_beside(trial)), *trial.others("dollar"))
    }
    primary = betas[trial.leader]

    def test(reps: int, seed: int) -> float:
        return float(_total(trial, trial.leader, reps=reps, seed=seed).table["pvalue_bootstrap"].iloc[0])

    p = decided(test, family="mechanism", seed=42)
    eras = {
        era: driver_betas(response=part[trial.leader], drivers=_yield(part)).table["estimate"].iloc[0]
        for era, part in by_era(trial.returns(trial.leader, "real10")).items()
    }
    return replace(
        _beta(primary),
        p=p.value,
        p_error=p.error,
        eras=eras,
        placebos={name: abs(_beta(betas[name]).estimate) / _beta(betas[name]).se for name in _placebos(trial)},
        procedure="driver_wild",
        extra={label(name): _beta(found).estimate for name, found in betas.items() if name != trial.leader},
        results={"betas": betas, "eras": eras},
    )


@finds("C5", "direct", unit=PER_YIELD, of="leader")
def direct_part(trial: Trial) -> Finding:
    """C5 beside: what is left of it with the dollar and expected policy held fixed."""
    _require(trial.leader, "real10", "dollar", "dgs2", "policy_rate", shock="driver")
    weekly = _from_eras(trial.returns(trial.leader, "real10", "dollar", "dgs2", "policy_rate"))
    drivers = _yield(weekly).assign(
        **{"dollar": weekly["dollar"], "expected policy": TEN * (weekly["dgs2"] - weekly["policy_rate"])}
    )
    found = driver_betas(response=weekly[trial.leader], drivers=drivers)
    return replace(_beta(found), results={"betas": found})


@finds("C5", "dollar", unit=Unit("% of the dollar per +10 basis points"))
def dollar_and_yields(trial: Trial) -> Finding:
    """C5 beside: the dollar's own response, the channel that the comment names."""
    return replace(_beta(found := _total(trial, "dollar")), results={"betas": found})


@finds("C5", "follower", unit=PER_YIELD)
def follower_and_yields(trial: Trial) -> Finding:
    """C5 beside: the follower's response, whether it shares the tailwind."""
    _require(trial.follower, "real10", shock="driver")
    return replace(_beta(found := _total(trial, trial.follower)), results={"betas": found})


@finds("C5", "policy_news", unit=Unit("{percent} per +10 basis points of surprise"), of="leader")
def policy_news(trial: Trial) -> Finding:
    """C5 beside: the leader's move over decision days of the Federal Reserve per surprise in the two-year yield."""
    return _on_decision_days(trial, trial.leader)


@finds("C5", "policy_news_follower", unit=Unit("{percent} per +10 basis points of surprise"))
def policy_news_follower(trial: Trial) -> Finding:
    """C5 beside: the follower's move over the same days."""
    return _on_decision_days(trial, trial.follower)


def _on_decision_days(trial: Trial, name: str) -> Finding:
    events = trial.dataset.table("fomc_events_usmpd").set_index("date")
    surprises = events.loc[events["unscheduled"] == 0, ["ust2y"]].dropna()
    kind: Change = "difference" if is_rate(name) else "log"
    levels = trial.dataset.daily(name).dropna()
    moves, earlier = (
        changes_over_days(
            levels, surprises.index, settles_before=name in SETTLES_BEFORE, change=kind, weeks_earlier=weeks
        ).to_frame(name)
        for weeks in (0, 1)
    )
    found: PolicyNewsResult = policy_news_response(
        moves.reindex(surprises.index), surprises, placebo=earlier.reindex(surprises.index), reps=1_999, seed=5
    )
    row: Mapping[str, float] = found.table.iloc[0]
    return Finding(
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        se=row["se"],
        p=row["pvalue_bootstrap"],
        direction=sign(row["estimate"]),
        detectable=row["detectable"],
        n=int(row["nobs"]),
        extra={"a week earlier": row["placebo"], "p a week earlier": row["placebo_pvalue"]},
        results={"news": found},
    )


def _yield(weekly: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"real yield": TEN * weekly["real10"]})


def _from_eras(weekly: pd.DataFrame) -> pd.DataFrame:
    """Keep the weeks from the first era on, so that total and direct effect speak of the same ones."""
    return weekly.loc[next(iter(ERAS.values()))[0] :]


def _total(trial: Trial, name: str, *, reps: int = 0, seed: int | None = None) -> DriverResult:
    weekly = _from_eras(trial.returns(name, "real10"))
    return driver_betas(response=weekly[name], drivers=_yield(weekly), reps=reps, seed=seed)


def _beta(found: DriverResult) -> Finding:
    row = found.table.loc["real yield"]
    return Finding(
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        se=row["se"],
        p=row["pvalue"],
        direction=sign(row["estimate"]),
        detectable=row["detectable"],
        n=found.nobs,
        reason=why_not(found),
    )


def _require(name: str, *drivers: str, shock: str) -> None:
    """Refuse to ask how a series responds to itself."""
    if name in drivers:
        raise NotTestableError(f"{label(name)} is itself the {shock} whose effect is measured")
