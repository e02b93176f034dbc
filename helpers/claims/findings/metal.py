"""The metal itself: market balance, industry, positions, supply. C6, C7, C15, C18 and C19."""

import datetime as dt
import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from helpers.claims.finding import Finding, NotTestableError, Unit, sign, why_not
from helpers.claims.findings.always import DETECTED, always, from_row
from helpers.claims.findings.register import finds
from helpers.claims.trial import Trial
from helpers.stats import (
    PooledRankResult,
    ShapleyResult,
    annual_changes,
    exact_rank_test,
    explosive_test,
    growth_within_vintages,
    pair_years,
    pooled_rank_test,
    shapley_change,
    shapley_shares,
    single_vintage,
    supply_response,
)

SPLIT, OTHERS = pd.Timestamp("2016-01-01"), ["gold", "dollar", "copper"]
LATER = {"2016-2019": ("2016", "2019"), "2020-2022": ("2020", "2022"), "2023 on": ("2023", "2100")}
BALANCES = ("WSS 2019", "Nov-2021 Interim Review", "WSS 2026")
OUTPUTS = ("Clio Infra / USGS", "WSS 2013", "WSS 2019", "Nov-2021 Interim Review", "WSS 2024", "WSS 2026")
YEARS_OF_DEFICIT, FEWEST = 5, 3
CROWDED = 90
# Of a Tuesday, out on Friday; an older report than this is another one's.
PUBLISHED_AFTER, OLDEST = pd.Timedelta(days=3), pd.Timedelta(days=21)
MONITORED_FROM, UPPER = "2010-07", 0.975
LISTED = dt.date(2025, 11, 7)


@finds("C6", "deficit", unit=Unit("million ounces a year, mean of the last five"))
def in_deficit(trial: Trial) -> Finding:
    """C6, part: a deficit in each of the last five years of one edition of the balance."""
    balance, vintage = single_vintage(balance=trial.dataset.balance, item="market_balance")
    last = balance.iloc[-YEARS_OF_DEFICIT:]
    if len(last) < YEARS_OF_DEFICIT:
        raise NotTestableError(f"the edition with most years, {vintage}, has {len(last)} of the balance, not five")
    return Finding(
        estimate=float(last.mean()),
        n=len(last),
        parts={f"a deficit in each year from {last.index[0]} to {last.index[-1]}": bool((last < 0).all())},
        extra={"edition": vintage, "last year": float(last.iloc[-1])},
    )


@finds("C6", "price", unit=Unit("rank correlation within editions"))
def deficit_supports(trial: Trial) -> Finding:
    """C6, part: ranks of balance and next year's price change, within editions, against gold and copper."""
    ranks = {name: _ranked(trial, name) for name in ("silver", "gold", "copper")}
    found, z, spread = ranks["silver"]
    ends = always("C6", "price", estimate=z, se=spread, n=found.nobs)
    reach = stats.norm.ppf(UPPER) * spread
    return Finding(
        estimate=found.statistic,
        low=math.tanh(z - reach),
        high=math.tanh(z + reach),
        always_low=math.tanh(ends.low),
        always_high=math.tanh(ends.high),
        p=found.pvalue,
        direction=sign(found.statistic),
        detectable=found.detectable,
        standardised=abs(z) / spread,
        n=found.nobs,
        placebos={name: abs(ranks[name][1]) / ranks[name][2] for name in ("gold", "copper")},
        eras=found.strata["correlation"].to_dict(),
        procedure="exact_permutation",
        extra={"editions": ", ".join(map(str, found.strata.index))},
    )


def _ranked(trial: Trial, name: str) -> tuple[PooledRankResult, float, float]:
    """Rank balance and next year's price change, each year from the latest edition that holds it.

    With the result Fisher's z and its standard error, a mean lost an edition.
    """
    figures = trial.dataset.table("silver_balance_long").query("item == 'market_balance'")
    changes, kept = annual_changes(trial.dataset.price(name)), pd.DataFrame()
    for vintage in reversed(BALANCES):
        own = figures[figures["vintage"] == vintage].set_index("year")["moz"].sort_index()
        years = pair_years(figures=own[~own.index.isin(kept.index)].rename("balance"), changes=changes, lead=1)
        if len(years) >= FEWEST:
            kept = pd.concat([years.assign(vintage=vintage), kept])
    if kept.empty:
        raise NotTestableError("no edition of the balance with three years and the price changes after them was out")
    found = pooled_rank_test(x=kept["balance"], y=kept[name], strata=kept["vintage"])
    return found, math.atanh(found.statistic), 1 / math.sqrt(found.nobs - len(found.strata) - 2)


@finds("C6", "one_edition", unit=Unit("Spearman's rho"))
def deficit_in_one_edition(trial: Trial) -> Finding:
    """C6 beside: the same in the edition with most years alone, as first registered."""
    balance, vintage = single_vintage(balance=trial.dataset.balance, item="market_balance")
    years = pair_years(figures=balance, changes=annual_changes(trial.dataset.price("silver")), lead=1)
    found = exact_rank_test(x=years.iloc[:, 0], y=years.iloc[:, 1])
    return Finding(
        estimate=found.statistic, low=found.interval[0], high=found.interval[1], p=found.pvalue,
        direction=sign(found.statistic), detectable=found.detectable, n=found.nobs, reason=why_not(found),
        extra={"edition": vintage},
    )  # fmt: skip


@finds("C7", "demand", unit=Unit("% more industrial demand than in the first year of the edition"))
def industrial_demand(trial: Trial) -> Finding:
    """C7, part: industrial demand has grown, within one edition; solar named."""
    demand, vintage = single_vintage(balance=trial.dataset.balance, item="industrial")
    if len(demand) < YEARS_OF_DEFICIT:
        raise NotTestableError(f"no edition with five years of industrial demand was out; {vintage} has {len(demand)}")
    figures = trial.dataset.balance.query("item == 'photovoltaics' and status == 'A' and vintage == @vintage")
    solar = figures.set_index("year")["moz"].sort_index()
    first, last = demand.index[0], demand.index[-1]
    return Finding(
        estimate=100 * (demand.iloc[-1] / demand.iloc[0] - 1),
        n=len(demand),
        parts={
            f"industrial demand was higher in {last} than in {first}": bool(demand.iloc[-1] > demand.iloc[0]),
            "solar panels took more silver": bool(solar.iloc[-1] > solar.iloc[0]),
        },
        extra={
            "edition": vintage,
            "industry, last year": float(demand.iloc[-1]),
            "solar, first year": float(solar.iloc[0]),
            "solar, last year": float(solar.iloc[-1]),
        },
    )


@finds("C7", "copper", unit=Unit("percentage points of silver's variance"))
def industrial_metal(trial: Trial) -> Finding:
    """C7, part: copper's Shapley share of silver's variance since 2016 less before, with gold's as placebo."""
    weekly = trial.returns("silver", "gold", "dollar", "copper")
    share, change = _changed(weekly, "silver", "gold", seed=45)
    _, beside = _changed(weekly, "gold", "silver", seed=46)
    later = {}
    for era, (first, last) in LATER.items():
        part = weekly.loc[first:last]
        if len(part) > YEARS_OF_DEFICIT:
            found = shapley_shares(response=part["silver"], predictors=part[OTHERS], reps=9, seed=47)
            later[era] = found.table.loc["copper", "share"] - change["before"]
    return from_row(
        change,
        p=change["pvalue"],
        n=sum(share.nobs),
        placebos={"gold": abs(beside["estimate"]) / beside["se"]},
        eras=later,
        procedure="shapley_shift",
        reason=why_not(share),
        extra={"before": change["before"], "since": change["before"] + change["estimate"]},
    )


def _changed(weekly: pd.DataFrame, response: str, other: str, *, seed: int) -> tuple[ShapleyResult, pd.Series]:
    """With the result the row of copper, and the standard error that its bootstrap interval stands for."""
    predictors = weekly[[other, "dollar", "copper"]]
    found = shapley_change(response=weekly[response], predictors=predictors, date=SPLIT, seed=seed)
    row = found.table.loc["copper"].rename({"change": "estimate"})
    return found, pd.concat([row, pd.Series({"se": (row["high"] - row["low"]) / (2 * stats.norm.ppf(UPPER))})])


class Position(NamedTuple):
    """Net position of funds at the last report known, and the share of earlier reports below it, both in per cent."""

    report: pd.Timestamp
    value: float
    percentile: float


@finds(
    "C15", "positions", unit=Unit("% of earlier reports had a smaller net position of funds", decimals=0, signed=False)
)
def positions(trial: Trial) -> Finding:
    """C15, part: managed money's net position in silver at the last report known, among all earlier ones."""
    cot = trial.dataset.table("cot_silver").set_index("date")
    net = (100 * (cot["mm_long"] - cot["mm_short"]) / cot["open_interest"]).rename("net position")
    known = net.loc[: trial.day - PUBLISHED_AFTER]
    if len(known) < 2 or trial.day - known.index[-1] > OLDEST:
        raise NotTestableError(
            f"no report of positions of the three weeks before {trial.day:%Y-%m-%d}, and one before it"
        )
    place = Position(known.index[-1], float(known.iloc[-1]), 100 * float(np.mean(known.iloc[:-1] < known.iloc[-1])))
    return Finding(
        estimate=place.percentile,
        n=len(known) - 1,
        parts={"the net position of funds lay below the 90th percentile of its history": place.percentile < CROWDED},
        extra={"net position": place.value, "report": f"{place.report:%Y-%m-%d}"},
        results={"position": place, "net": net},
    )


@finds("C15", "price", unit=Unit("right-tailed Dickey-Fuller t on the day"))
def explosive_price(trial: Trial) -> Finding:
    """C15, part: whether silver's price grew explosively on the day, as it could be known then."""
    price = np.log(trial.dataset.price("silver", start=MONITORED_FROM)).loc[: trial.day].rename("silver")
    found = explosive_test(price, reps=999, seed=15)
    last = found.path.iloc[-1]
    alarm = found.path["statistic"] > found.path["critical"]
    weeks = int(alarm[::-1].cumprod().sum())
    return Finding(
        estimate=last["statistic"],
        n=found.nobs,
        parts={"no explosive growth of the price on the day": not alarm.iloc[-1]},
        extra={
            "critical value": last["critical"],
            "weeks of alarm": weeks,
            "alarm since": f"{alarm.index[-weeks]:%Y-%m-%d}" if weeks else "",
            "p of any explosive growth": found.pvalue,
        },
        results={"explosive": found},
    )


@finds("C18", unit=Unit("% of mine output per % of price, after three years"))
def inelastic_supply(trial: Trial) -> Finding:
    """C18: the elasticity of mine output to the real price of the past one to three years, editions never joined."""
    figures = trial.dataset.table("silver_balance_long").query("item == 'mine_production'")
    growth = growth_within_vintages(figures, vintages=[name for name in OUTPUTS if name in set(figures["vintage"])])
    real = (trial.dataset.daily("silver_average") / trial.dataset.daily("cpi")).dropna()
    changes = (100 * np.log(real.groupby(real.index.year).mean())).diff().dropna().rename("real price")
    found = supply_response(growth=growth, price_changes=changes, reps=1_999, seed=18)
    row = found.table.loc["together"]
    return replace(
        from_row(row, p=row["pvalue_bootstrap"], n=found.nobs),
        detectable=row["se"] * DETECTED,
        extra={"first year": found.sample[0], "last year": found.sample[1], "R2": found.r2},
        results={"supply": found, "growth": growth, "price": changes},
    )


@finds("C19", unit=Unit("facts on record", signed=False))
def critical_mineral(trial: Trial) -> Finding:
    """C19: the one dated, public fact; what would decide the rest is named in the registry."""
    listed = "silver is on the final United States list of critical minerals of November 2025 (Interior, USGS)"
    return Finding(parts={listed: trial.dataset.as_of >= LISTED}, extra={"published": f"{LISTED:%Y-%m-%d}"})
