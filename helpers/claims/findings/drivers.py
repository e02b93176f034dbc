"""What moves the leader: fear, real yields, the market balance, industry: C4 to C7 and C9."""

import pandas as pd

from helpers.claims.finding import Finding, NotTestableError, Unit, sign, why_not
from helpers.claims.findings.register import finds
from helpers.claims.trial import Trial, label
from helpers.stats import (
    DriverResult,
    LocalProjectionResult,
    annual_changes,
    betas_by_era,
    by_era,
    cross_correlation,
    driver_betas,
    exact_rank_test,
    local_projection,
    pair_years,
    shapley_change,
    shapley_shares,
    single_vintage,
)

PER_FEAR = Unit("{percent} per standard deviation of the VIX change")
AT, LAGS, REPS = 4, 4, 1999
YIELDS = ("real10", "dollar", "dgs2", "policy_rate")
SPLIT = pd.Timestamp("2016-01-01")
LATER = {"2016-2019": ("2016", "2019"), "2020-2022": ("2020", "2022"), "2023 on": ("2023", "2100")}


@finds("C4", unit=PER_FEAR, of="leader")
def gains_in_fear(trial: Trial) -> Finding:
    """C4: the leader's response 4 weeks after a jump of the VIX by one standard deviation."""
    _require(trial.leader, "vix", shock="fear")
    fear = {name: _after_fear(trial.returns(name, "vix"), name, seed=41) for name in (trial.leader, *_placebos(trial))}
    weekly = trial.returns(trial.leader, "vix")
    scale = weekly["vix"].std()
    eras = {
        era: _at(local_projection(response=part[trial.leader], shock=part["vix"] / scale, lags=LAGS))["estimate"]
        for era, part in by_era(weekly).items()
    }
    found = fear.pop(trial.leader)
    placebos = {name: result.overall.test.pvalue for name, result in fear.items()}
    return _projected(found, procedure="local_projection_supt", eras=eras, placebos=placebos, others=fear)


@finds("C4", "conditions", unit=Unit("{percent} per usual surprise in financial conditions"), of="leader")
def tighter_conditions(trial: Trial) -> Finding:
    """C4 beside: the leader's response to a surprise tightening of financial conditions."""
    _require(trial.leader, "nfci", shock="tightness")
    weekly = trial.returns(trial.leader, "nfci")
    surprise = local_projection(response=weekly[trial.leader], shock=weekly["nfci"], lags=LAGS).shock_sd
    found = local_projection(
        response=weekly[trial.leader], shock=weekly["nfci"] / surprise, lags=LAGS, reps=REPS, confidence=0.95, seed=41
    )
    return _projected(found)


@finds("C9", unit=PER_FEAR, of="leader")
def metals_first(trial: Trial) -> Finding:
    """C9: the metals (of another pair: the leader) less the follower, 4 weeks after a jump of the VIX."""
    _require(trial.leader, "vix", shock="fear")
    _require(trial.follower, "vix", shock="fear")
    metals = ["silver", "gold"] if trial.is_story else [trial.leader]
    weekly = trial.returns(*metals, trial.follower, "vix")
    shock = weekly["vix"] / weekly["vix"].std()
    spread = (weekly[metals].mean(axis=1) - weekly[trial.follower]).rename("spread")
    found = local_projection(response=spread, shock=shock, lags=LAGS, reps=REPS, confidence=0.95, seed=41)
    eras = {
        era: _at(local_projection(response=part, shock=shock.loc[part.index], lags=LAGS))["estimate"]
        for era, part in by_era(spread).items()
    }
    swapped = {name: _spread_after_fear(trial, name) for name in _placebos(trial) if name != trial.follower}
    placebos = {name: result.overall.test.pvalue for name, result in swapped.items()}
    return _projected(found, procedure="local_projection_supt", eras=eras, placebos=placebos, others=swapped)


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


@finds("C5", unit=Unit("{percent} per +10 basis points"), of="leader")
def lower_yields(trial: Trial) -> Finding:
    """C5: the leader's weekly return per +10 basis points of the real yield, given the dollar and expected policy."""
    _require(trial.leader, *YIELDS, shock="driver")
    betas = {name: _betas(trial, name) for name in (trial.leader, *_placebos(trial))}
    response, drivers = _driven(trial, trial.leader)
    eras = betas_by_era(response=response, drivers=drivers)
    row = betas[trial.leader].table.loc["real yield"]
    return Finding(
        estimate=row["beta"],
        low=row["low"],
        high=row["high"],
        p=row["pvalue_bootstrap"],
        direction=sign(row["beta"]),
        detectable=row["detectable"],
        n=betas[trial.leader].nobs,
        eras=eras.loc["real yield", "beta"].to_dict(),
        placebos={name: betas[name].table.loc["real yield", "pvalue_bootstrap"] for name in _placebos(trial)},
        procedure="driver_wild",
        reason=why_not(betas[trial.leader]),
        results={"betas": betas, "eras": eras},
    )


@finds("C6", unit=Unit("Spearman's rho"))
def deficit_supports(trial: Trial) -> Finding:
    """C6: rank correlation of silver's market balance with the next year's price change, against gold and copper."""
    balance, vintage = single_vintage(balance=trial.dataset.balance, item="market_balance")
    pairs = {
        name: pair_years(figures=balance, changes=annual_changes(trial.dataset.price(name)), lead=1)
        for name in ("silver", "gold", "copper")
    }
    ranks = {name: exact_rank_test(x=years.iloc[:, 0], y=years.iloc[:, 1]) for name, years in pairs.items()}
    found = ranks["silver"]
    return Finding(
        estimate=found.statistic,
        low=found.interval[0],
        high=found.interval[1],
        p=found.pvalue,
        direction=sign(found.statistic),
        detectable=found.detectable,
        n=found.nobs,
        placebos={name: ranks[name].pvalue for name in ("gold", "copper")},
        procedure="exact_permutation",
        reason=why_not(found),
        extra={"vintage": vintage},
        results={"ranks": ranks, "pairs": pairs},
    )


@finds("C7", unit=Unit("percentage points of silver's variance"))
def industrial_metal(trial: Trial) -> Finding:
    """C7: copper's Shapley share of silver's variance since 2016 less before, with gold's as placebo."""
    weekly = trial.returns("silver", "gold", "dollar", "copper")
    share = shapley_change(
        response=weekly["silver"], predictors=weekly[["gold", "dollar", "copper"]], date=SPLIT, seed=45
    )
    placebo = shapley_change(
        response=weekly["gold"], predictors=weekly[["silver", "dollar", "copper"]], date=SPLIT, seed=46
    )
    change = share.table.loc["copper"]
    later = {
        era: shapley_shares(response=part["silver"], predictors=part[["gold", "dollar", "copper"]], reps=299, seed=47)
        for era, (first, last) in LATER.items()
        for part in [weekly.loc[first:last]]
    }
    return Finding(
        estimate=change["change"],
        low=change["low"],
        high=change["high"],
        p=change["pvalue"],
        direction=sign(change["change"]),
        detectable=change["detectable"],
        n=sum(share.nobs),
        placebos={"gold": placebo.table.loc["copper", "pvalue"]},
        eras={era: found.table.loc["copper", "share"] - change["before"] for era, found in later.items()},
        procedure="shapley_shift",
        reason=why_not(share),
        results={"share": share, "placebo": placebo, "later": later},
    )


def _require(name: str, *drivers: str, shock: str) -> None:
    """Refuse to ask how a series responds to itself."""
    if name in drivers:
        raise NotTestableError(f"{label(name)} is itself the {shock} whose effect is measured")


def _placebos(trial: Trial) -> list[str]:
    """Series that take the leader's place."""
    return [name for name in ("copper", "nasdaq") if name != trial.leader]


def _after_fear(weekly: pd.DataFrame, name: str, *, seed: int) -> LocalProjectionResult:
    shock = weekly["vix"] / weekly["vix"].std()
    return local_projection(response=weekly[name], shock=shock, lags=LAGS, reps=REPS, confidence=0.95, seed=seed)


def _spread_after_fear(trial: Trial, name: str) -> LocalProjectionResult:
    weekly = trial.returns(name, trial.follower, "vix")
    spread = (weekly[name] - weekly[trial.follower]).rename(name)
    return _after_fear(weekly.assign(**{name: spread}), name, seed=41)


def _at(found: LocalProjectionResult) -> pd.Series:
    return found.overall.frame().loc[AT]


def _projected(
    found: LocalProjectionResult,
    *,
    procedure: str = "",
    eras: dict[str, float] | None = None,
    placebos: dict[str, float] | None = None,
    others: dict[str, LocalProjectionResult] | None = None,
) -> Finding:
    """Lay out a response 4 weeks after the shock; a supporting one carries neither direction nor detectable effect."""
    row = _at(found)
    tried = bool(procedure)
    return Finding(
        estimate=row["estimate"],
        low=row["lower"],
        high=row["upper"],
        p=found.overall.test.pvalue,
        direction=sign(row["estimate"]) if tried else 0,
        detectable=row["detectable"] if tried else float("nan"),
        n=row["n"],
        eras=eras or {},
        placebos=placebos or {},
        procedure=procedure,
        reason=why_not(found),
        results={"response": found, "others": others or {}},
    )


def _driven(trial: Trial, name: str) -> tuple[pd.Series, pd.DataFrame]:
    """Weekly changes of a series and of its drivers: yields per 10 basis points, the dollar in per cent."""
    weekly = trial.returns(name, *YIELDS)
    drivers = pd.DataFrame(
        {
            "real yield": 10 * weekly["real10"],
            "dollar": weekly["dollar"],
            "expected policy": 10 * (weekly["dgs2"] - weekly["policy_rate"]),
        }
    )
    return weekly[name], drivers


def _betas(trial: Trial, name: str) -> DriverResult:
    response, drivers = _driven(trial, name)
    return driver_betas(response=response, drivers=drivers, reps=4999, seed=42)
