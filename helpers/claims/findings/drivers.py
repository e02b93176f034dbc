"""What moves the leader: fear and yields. C4, C5 and C9, and the policy news beside."""

from dataclasses import replace
from typing import Any

import pandas as pd

from helpers.claims.finding import Finding, NotTestableError, Unit, why_not
from helpers.claims.findings.always import AT, after_shock, decided, from_row, odds
from helpers.claims.findings.register import finds
from helpers.claims.registry import load_claims
from helpers.claims.trial import Trial, is_rate, label
from helpers.stats import (
    ERAS,
    DriverResult,
    betas_by_era,
    by_era,
    changes_over_days,
    cross_correlation,
    driver_betas,
    joint_response_test,
    policy_news_response,
)

PER_FEAR = Unit("{percent} over 4 weeks per standard deviation of the VIX change")
PER_YIELD = Unit("{percent} per +10 basis points")
BESIDE, PLACEBOS = ("gold", "copper", "nasdaq", "sp500"), ("copper", "nasdaq")
SETTLES_BEFORE = ("silver", "gold", "copper", "dollar", "oil", "palladium", "london_silver", "london_gold")
YIELD, TEN = "real yield", 10.0


@finds("C4", unit=PER_FEAR, of="leader")
def gains_in_fear(trial: Trial) -> Finding:
    """C4: the leader's response 4 weeks after a jump of the VIX by one standard deviation, beside other assets'."""
    _require(trial.leader, "vix", shock="fear")
    own = trial.returns(trial.leader, "vix")
    others = {name: _after_fear(trial, name) for name in trial.others(*BESIDE)}
    return replace(
        _after_fear(trial, trial.leader),
        eras={era: _response(part[trial.leader], part["vix"], own["vix"].std()) for era, part in by_era(own).items()},
        placebos={name: _standardised(others[name]) for name in trial.others(*PLACEBOS)},
        procedure="local_projection_point",
        extra={label(name): found.estimate for name, found in others.items()},
    )


def _after_fear(trial: Trial, name: str) -> Finding:
    weekly = trial.returns(name, "vix")
    return after_shock(weekly[name], weekly["vix"])


def _response(response: pd.Series, shock: pd.Series, scale: float) -> float:
    """Response 4 weeks after a shock of the size that is usual in the whole sample."""
    return after_shock(response, shock).estimate * scale / float(shock.std())


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
    return after_shock(both[trial.leader], both[name])


@finds("C4", "london", unit=PER_FEAR)
def london_in_fear(trial: Trial) -> Finding:
    """C4 beside: silver in London from 1990 on."""
    return _after_fear(trial, "london_silver")


@finds("C4", "conditions", unit=Unit("{percent} over 4 weeks per usual surprise in financial conditions"), of="leader")
def tighter_conditions(trial: Trial) -> Finding:
    """C4 beside: the leader's response to a surprise tightening of financial conditions (re-estimated history)."""
    _require(trial.leader, "nfci", shock="tightness")
    weekly = trial.returns(trial.leader, "nfci")
    return after_shock(weekly[trial.leader], weekly["nfci"])


@finds("C9", "metals", unit=PER_FEAR, of="leader")
def metals_first(trial: Trial) -> Finding:
    """C9, part: the metals (of another pair: the leader) 4 weeks after a jump of the VIX."""
    weekly, metals = _metals(trial)
    found, eras = _joint(trial, "metals"), by_era(metals).items()
    return replace(
        found,
        eras={era: _response(part, weekly["vix"].loc[part.index], weekly["vix"].std()) for era, part in eras},
        placebos={name: _standardised(_after_fear(trial, name)) for name in trial.others(*PLACEBOS)},
        procedure="local_projection_point",
        extra=odds(estimate=found.estimate, se=found.se, scale=_smallest()),
    )


@finds("C9", "waits", unit=PER_FEAR)
def follower_waits(trial: Trial) -> Finding:
    """C9, part: the follower 4 weeks after a jump of the VIX, which must not lose more than the smallest effect."""
    found = _joint(trial, trial.follower)
    own = {"own sample": _after_fear(trial, trial.follower).estimate}
    return replace(found, detectable=float("nan"), extra=own | dict(found.extra))


@finds("C9", "spread", unit=PER_FEAR)
def metals_less_follower(trial: Trial) -> Finding:
    """C9 beside: the metals less the follower."""
    return _difference(trial, None)


@finds("C9", "spread_since_2014", unit=PER_FEAR)
def metals_less_follower_since_2014(trial: Trial) -> Finding:
    """C9 beside: the metals less the follower since 2014, without Bitcoin's thin early years."""
    return _difference(trial, "2014")


def _difference(trial: Trial, first: str | None) -> Finding:
    weekly, metals = _metals(trial)
    return after_shock((metals - weekly[trial.follower]).loc[first:], weekly["vix"].loc[first:])


def _metals(trial: Trial) -> tuple[pd.DataFrame, pd.Series]:
    for name in (trial.leader, trial.follower):
        _require(name, "vix", shock="fear")
    names = ["silver", "gold"] if trial.is_story else [trial.leader]
    weekly = trial.returns(*names, trial.follower, "vix")
    return weekly, weekly[names].mean(axis=1).rename("metals")


def _joint(trial: Trial, name: str) -> Finding:
    """One of the two responses of the joint test."""
    weekly, metals = _metals(trial)
    found = joint_response_test(
        rises=metals, holds=weekly[trial.follower], shock=weekly["vix"], horizon=AT, margin=_smallest()
    )
    row = found.table.loc[name]
    p = min(1.0, 2 * min(row["pvalue"], row["pvalue_against"]))
    joint = {"joint p": found.pvalue, "joint p of the opposite": found.pvalue_against}
    return from_row(row, p=p, n=found.nobs, reason=why_not(found), extra=joint)


def _smallest() -> float:
    return load_claims()["C9"].rule.asked["metals"].smallest_effect


@finds("C9", "fear_first_week", unit=Unit("same-week correlation with the VIX"))
def first_week_of_fear(trial: Trial) -> Finding:
    """C9 beside: gold's same-week correlation with the VIX less the follower's."""
    safe = list(dict.fromkeys(("gold", trial.leader, trial.follower)))
    for name in safe:
        _require(name, "vix", shock="fear")
    weekly = trial.returns("vix", *safe)
    fear = {name: cross_correlation(x=weekly["vix"], y=weekly[name], max_lag=26, reps=19, seed=1) for name in safe}
    now = {name: result.table["correlation"][0] for name, result in fear.items()}
    return Finding(estimate=now["gold"] - now[trial.follower], n=fear[trial.follower].nobs, extra=now)


@finds("C5", unit=PER_YIELD, of="leader")
def lower_yields(trial: Trial) -> Finding:
    """C5: the leader's weekly return per +10 basis points of the real yield, whatever the dollar does meanwhile."""
    _require(trial.leader, "real10", shock="driver")
    others = {name: _beta(_total(trial, name)) for name in (*trial.others(*BESIDE), *trial.others("dollar"))}

    def _pvalue(reps: int, seed: int) -> float:
        return float(_total(trial, trial.leader, reps=reps, seed=seed).table["pvalue_bootstrap"].iloc[0])

    p = decided(_pvalue, family="mechanism", seed=42)
    weekly = trial.returns(trial.leader, "real10")
    eras = betas_by_era(response=weekly[trial.leader], drivers=_yield(weekly)).loc[YIELD, "estimate"]
    return replace(
        _beta(_total(trial, trial.leader)),
        p=p.value,
        p_error=p.error,
        eras=eras.to_dict(),
        placebos={name: _standardised(others[name]) for name in trial.others(*PLACEBOS)},
        procedure="driver_wild",
        extra={label(name): found.estimate for name, found in others.items()},
    )


@finds("C5", "direct", unit=PER_YIELD, of="leader")
def direct_part(trial: Trial) -> Finding:
    """C5 beside: what is left of it with the dollar and expected policy held fixed."""
    _require(trial.leader, "real10", "dollar", "dgs2", "policy_rate", shock="driver")
    weekly = _from_eras(trial.returns(trial.leader, "real10", "dollar", "dgs2", "policy_rate"))
    policy = TEN * (weekly["dgs2"] - weekly["policy_rate"])
    drivers = _yield(weekly).assign(**{"dollar": weekly["dollar"], "expected policy": policy})
    return _beta(driver_betas(response=weekly[trial.leader], drivers=drivers))


@finds("C5", "dollar", unit=Unit("% of the dollar per +10 basis points"))
def dollar_and_yields(trial: Trial) -> Finding:
    """C5 beside: the dollar's own response, the channel that the comment names."""
    return _beta(_total(trial, "dollar"))


@finds("C5", "follower", unit=PER_YIELD)
def follower_and_yields(trial: Trial) -> Finding:
    """C5 beside: the follower's response, whether it shares the tailwind."""
    _require(trial.follower, "real10", shock="driver")
    return _beta(_total(trial, trial.follower))


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
    levels = trial.dataset.daily(name).dropna()
    options: dict[str, Any] = {
        "settles_before": name in SETTLES_BEFORE, "change": "difference" if is_rate(name) else "log",
    }  # fmt: skip
    moves, earlier = (
        changes_over_days(levels, surprises.index, weeks_earlier=weeks, **options)
        .to_frame(name)
        .reindex(surprises.index)
        for weeks in (0, 1)
    )
    row = policy_news_response(moves, surprises, placebo=earlier, reps=1_999, seed=5).table.iloc[0]
    beside = {"a week earlier": row["placebo"], "p a week earlier": row["placebo_pvalue"]}
    return from_row(row, p=row["pvalue_bootstrap"], n=int(row["nobs"]), extra=beside)


def _yield(weekly: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({YIELD: TEN * weekly["real10"]})


def _from_eras(weekly: pd.DataFrame) -> pd.DataFrame:
    """Keep the weeks from the first era on, so that total and direct effect speak of the same ones."""
    return weekly.loc[next(iter(ERAS.values()))[0] :]


def _total(trial: Trial, name: str, *, reps: int = 0, seed: int | None = None) -> DriverResult:
    weekly = _from_eras(trial.returns(name, "real10"))
    return driver_betas(response=weekly[name], drivers=_yield(weekly), reps=reps, seed=seed)


def _beta(found: DriverResult) -> Finding:
    row = found.table.loc[YIELD]
    return from_row(row, p=row["pvalue"], n=found.nobs, reason=why_not(found))


def _require(name: str, *drivers: str, shock: str) -> None:
    """Refuse to ask how a series responds to itself."""
    if name in drivers:
        raise NotTestableError(f"{label(name)} is itself the {shock} whose effect is measured")
