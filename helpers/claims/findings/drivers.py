"""What moves the leader: fear and yields. C4, C5 and C9, and the policy news beside."""

from dataclasses import replace
from functools import partial
from typing import Literal

import pandas as pd
from scipy import stats

from helpers.claims.finding import Finding, NotTestableError, Unit, Value, why_not
from helpers.claims.findings.always import AT, after_shock, decided, from_row, odds
from helpers.claims.findings.register import Function, finds
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
    policy_news_response,
)

PER_FEAR = Unit("{percent} over 4 weeks per standard deviation of the VIX change")
PER_YIELD = Unit("{percent} per +10 basis points")
PER_SURPRISE = Unit("{percent} per +10 basis points of surprise")
BESIDE, PLACEBOS = ("gold", "copper", "nasdaq", "sp500"), ("copper", "nasdaq")
SETTLES_BEFORE = ("silver", "gold", "copper", "dollar", "oil", "palladium", "london_silver", "london_gold")
YIELD, TEN = "real yield", 10.0


@finds("C4", unit=PER_FEAR, of="leader")
def gains_in_fear(trial: Trial) -> Finding:
    """C4: the leader's response 4 weeks after a jump of the VIX by one standard deviation, beside other assets'."""
    own = trial.returns(trial.leader, "vix")
    beside = {label(name): _after(trial, name).estimate for name in trial.others(*BESIDE)}
    return _in_context(trial, _after(trial, trial.leader), own[trial.leader], own["vix"], beside)


@finds("C9", "metals", unit=PER_FEAR, of="leader")
def metals_first(trial: Trial) -> Finding:
    """C9, part: the metals (of another pair: the leader) 4 weeks after a jump of the VIX."""
    weekly, metals = _metals(trial)
    found = _joint(trial, "metals")
    chances = odds(estimate=found.estimate, se=found.se, scale=_smallest())
    return _in_context(trial, found, metals, weekly["vix"], chances)


def _in_context(
    trial: Trial, found: Finding, response: pd.Series, fear: pd.Series, extra: dict[str, Value] | dict[str, float]
) -> Finding:
    """Add placebos, and the eras, each after a jump of the size that is usual in the whole sample."""
    eras = {}
    for era, part in by_era(response).items():
        jump = fear.loc[part.index]
        eras[era] = after_shock(part, jump).estimate * fear.std() / float(jump.std())
    placebos = {name: _standardised(_after(trial, name)) for name in trial.others(*PLACEBOS)}
    return replace(found, eras=eras, placebos=placebos, procedure="local_projection_point", extra=extra)


def _after(trial: Trial, name: str, shock: str = "vix") -> Finding:
    _require(name, shock)
    weekly = trial.returns(name, shock)
    return after_shock(weekly[name], weekly[shock])


def _standardised(found: Finding) -> float:
    return abs(found.estimate) / found.se


def _after_news(trial: Trial, name: str) -> Finding:
    """Fear as the press tells it: means of four weeks of an index."""
    level = trial.dataset.price(name).rolling(AT).mean().dropna()
    both = pd.concat([trial.returns(trial.leader), level.diff().rename(name)], axis=1, join="inner").dropna()
    return after_shock(both[trial.leader], both[name])


@finds("C9", "waits", unit=PER_FEAR)
def follower_waits(trial: Trial) -> Finding:
    """C9, part: the follower 4 weeks after a jump of the VIX, which must not lose more than the smallest effect."""
    found = _joint(trial, trial.follower)
    own = {"own sample": _after(trial, trial.follower).estimate}
    return replace(found, detectable=float("nan"), extra=own | dict(found.extra))


def _difference(trial: Trial, first: str | None) -> Finding:
    """Subtract the follower: since 2014 without the thin early years of Bitcoin."""
    weekly, metals = _metals(trial)
    return after_shock((metals - weekly[trial.follower]).loc[first:], weekly["vix"].loc[first:])


def _metals(trial: Trial) -> tuple[pd.DataFrame, pd.Series]:
    for name in (trial.leader, trial.follower):
        _require(name, "vix")
    names = ["silver", "gold"] if trial.is_story else [trial.leader]
    weekly = trial.returns(*names, trial.follower, "vix")
    return weekly, weekly[names].mean(axis=1).rename("metals")


def _joint(trial: Trial, name: str) -> Finding:
    """One of two responses of which both must hold: the larger one-sided p counts (Berger 1982, Technometrics 24)."""
    weekly, metals = _metals(trial)
    follower, fear = weekly[trial.follower], weekly["vix"]
    parts = {"metals": after_shock(metals, fear, follower), trial.follower: after_shock(follower, fear, metals)}
    bounds = {"metals": 0.0, trial.follower: -_smallest()}
    z = {part: (found.estimate - bounds[part]) / found.se for part, found in parts.items()}
    least = min(z.values())
    joint = {
        "joint p": float(stats.norm.sf(least)), "joint p of the opposite": min(1.0, 2 * float(stats.norm.cdf(least))),
    }  # fmt: skip
    return replace(parts[name], p=2 * float(stats.norm.sf(abs(z[name]))), extra=joint)


def _smallest() -> float:
    return load_claims()["C9"].rule.asked["metals"].smallest_effect


@finds("C9", "fear_first_week", unit=Unit("same-week correlation with the VIX"))
def first_week_of_fear(trial: Trial) -> Finding:
    """C9 beside: gold's same-week correlation with the VIX less the follower's."""
    safe = list(dict.fromkeys(("gold", trial.leader, trial.follower)))
    for name in safe:
        _require(name, "vix")
    weekly = trial.returns("vix", *safe)
    fear = {name: cross_correlation(x=weekly["vix"], y=weekly[name], max_lag=26, reps=19, seed=1) for name in safe}
    now = {name: result.table["correlation"][0] for name, result in fear.items()}
    return Finding(estimate=now["gold"] - now[trial.follower], n=fear[trial.follower].nobs, extra=now)


@finds("C5", unit=PER_YIELD, of="leader")
def lower_yields(trial: Trial) -> Finding:
    """C5: the leader's weekly return per +10 basis points of the real yield, whatever the dollar does meanwhile."""
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


def _direct_part(trial: Trial) -> Finding:
    """Respond to yields with the dollar and expected policy held fixed."""
    _require(trial.leader, "real10", "dollar", "dgs2", "policy_rate")
    weekly = _from_eras(trial.returns(trial.leader, "real10", "dollar", "dgs2", "policy_rate"))
    policy = TEN * (weekly["dgs2"] - weekly["policy_rate"])
    drivers = _yield(weekly).assign(**{"dollar": weekly["dollar"], "expected policy": policy})
    return _beta(driver_betas(response=weekly[trial.leader], drivers=drivers))


def _on_decision_days(trial: Trial, *, leader: bool) -> Finding:
    """Move over decision days per surprise in the two-year yield, and over the days a week before."""
    name = trial.leader if leader else trial.follower
    events = trial.dataset.table("fomc_events_usmpd").set_index("date")
    surprises = events.loc[events["unscheduled"] == 0, ["ust2y"]].dropna()
    moves, earlier = (
        changes_over_days(
            trial.dataset.daily(name).dropna(),
            surprises.index,
            settles_before=name in SETTLES_BEFORE,
            change="difference" if is_rate(name) else "log",
            weeks_earlier=weeks,
        )
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
    _require(name, "real10")
    weekly = _from_eras(trial.returns(name, "real10"))
    return driver_betas(response=weekly[name], drivers=_yield(weekly), reps=reps, seed=seed)


def _beta(found: DriverResult) -> Finding:
    row = found.table.loc[YIELD]
    return from_row(row, p=row["pvalue"], n=found.nobs, reason=why_not(found))


def _require(name: str, *drivers: str) -> None:
    """Refuse to ask how a series responds to itself."""
    if name in drivers:
        what = {"vix": "fear", "nfci": "tightness"}.get(name, "driver")
        raise NotTestableError(f"{label(name)} is itself the {what} whose effect is measured")


_SUPPORTING: tuple[tuple[str, str, Unit, Literal["leader", "follower"], Function], ...] = (
    ("C4", "policy_uncertainty", Unit("{percent} over 4 weeks per standard deviation of uncertainty"), "leader",
     partial(_after_news, name="epu")),
    ("C4", "geopolitical_risk", Unit("{percent} over 4 weeks per standard deviation of risk"), "leader",
     partial(_after_news, name="gpr")),
    ("C4", "london", PER_FEAR, "follower", partial(_after, name="london_silver")),
    ("C4", "conditions", Unit("{percent} over 4 weeks per usual surprise in financial conditions"), "leader",
     lambda trial: _after(trial, trial.leader, "nfci")),
    ("C5", "direct", PER_YIELD, "leader", _direct_part),
    ("C5", "dollar", Unit("% of the dollar per +10 basis points"), "follower",
     lambda trial: _beta(_total(trial, "dollar"))),
    ("C5", "follower", PER_YIELD, "follower", lambda trial: _beta(_total(trial, trial.follower))),
    ("C5", "policy_news", PER_SURPRISE, "leader", partial(_on_decision_days, leader=True)),
    ("C5", "policy_news_follower", PER_SURPRISE, "follower", partial(_on_decision_days, leader=False)),
    ("C9", "spread", PER_FEAR, "follower", partial(_difference, first=None)),
    ("C9", "spread_since_2014", PER_FEAR, "follower", partial(_difference, first="2014")),
)  # fmt: skip
for _claim, _test, _unit, _of, _find in _SUPPORTING:
    finds(_claim, _test, unit=_unit, of=_of)(_find)
