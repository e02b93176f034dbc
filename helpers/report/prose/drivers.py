"""Sentences about what moves silver: fear, yields and the dollar, policy, industry, the balance of the market."""

from collections.abc import Mapping

import pandas as pd

from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, direction, interval, listing, number, pvalue, signed
from helpers.stats import (
    DecisionResult,
    DriverResult,
    LocalProjectionResult,
    RankTestResult,
    ShapleyChangeResult,
    StabilityResult,
)


def say_fear(results: Mapping[str, LocalProjectionResult], *, horizon: int) -> Sentence:
    """Say what assets did after a shock.

    Parameters
    ----------
    results : mapping of str to LocalProjectionResult
        By asset, the shock in standard deviations; the first is the one on trial.
    horizon : int
        Weeks after the shock.

    Returns
    -------
    Sentence
        Response of each at that horizon, and the test over all horizons for the first.
    """
    told = []
    for name, found in results.items():
        row = found.overall.frame().loc[horizon]
        told.append(f"{NAMES[name]} {signed(row['estimate'])} % ({interval(row['lower'], row['upper'])})")
    name, first = next(iter(results.items()))
    if first.reason:
        return Sentence(f"What a surprise in the {NAMES[first.shock]} does cannot be said: {first.reason}.")
    moved = direction(float(first.overall.frame().loc[horizon, "estimate"]), up="gain", down="lose", level="stay")
    likely = "seldom gives" if first.overall.test.pvalue < 0.05 else "gives often enough"
    return Sentence(
        f"After a surprise rise of one standard deviation in the {NAMES[first.shock]}, over {horizon} weeks: "
        f"{listing(told)}. {NAMES[name].capitalize()} tends to {moved}; over all horizons together that is a response "
        f"which chance {likely} ({pvalue(first.overall.test.pvalue)})."
    )


def say_difference(found: LocalProjectionResult, *, horizon: int) -> Sentence:
    """Say whether metals and the follower respond differently to fear.

    Parameters
    ----------
    found : LocalProjectionResult
        Of the mean of the metals less the follower.
    horizon : int
        Weeks after the shock.

    Returns
    -------
    Sentence
        The difference with its interval and the detectable effect.
    """
    if found.reason:
        return Sentence(f"Whether metals come first cannot be said: {found.reason}.")
    row = found.overall.frame().loc[horizon]
    likely = "seldom gives" if found.overall.test.pvalue < 0.05 else "gives often enough"
    return Sentence(
        f"Over {horizon} weeks after the shock, {found.response}: {signed(row['estimate'])} % "
        f"({interval(row['lower'], row['upper'])}), over all horizons together a difference which chance {likely} "
        f"({pvalue(found.overall.test.pvalue)}). One of {number(row['detectable'])} % would have been found with good "
        "power."
    )


def say_betas(found: DriverResult, *, driver: str, unit: str) -> Sentence:
    """Say how an asset responds to one driver, given the others.

    Parameters
    ----------
    found : DriverResult
        With or without bootstrap.
    driver : str
        The driver told.
    unit : str
        Of the driver, such as "10 basis points".

    Returns
    -------
    Sentence
        Beta, interval, p-value, and what the drivers explain together.
    """
    who = NAMES[found.response]
    if found.reason:
        return Sentence(f"How {who} responds cannot be said: {found.reason}.")
    row = found.table.loc[driver]
    p = row["pvalue"] if pd.isna(row["pvalue_bootstrap"]) else row["pvalue_bootstrap"]
    moved = direction(row["beta"], up="gains", down="loses", level="moves")
    other = [f"{name} {signed(value, 2)}" for name, value in found.table["beta"].drop(driver).items()]
    return Sentence(
        f"In a week in which the {driver} rises by {unit}, {who} {moved} {number(abs(row['beta']), 2)} % "
        f"({interval(row['low'], row['high'], 2)}; {pvalue(p)}), given the other drivers ({listing(other)}). Together "
        f"they explain {number(100 * found.r2, 0)} % of its weekly variance over {found.nobs} weeks."
    )


def say_stability(results: Mapping[str, StabilityResult]) -> Sentence:
    """Say whether betas are the same in every era.

    Parameters
    ----------
    results : mapping of str to StabilityResult
        By asset.

    Returns
    -------
    Sentence
        One p-value an asset.
    """
    known = {name: found for name, found in results.items() if not found.reason}
    if not known:
        return Sentence("Too few eras have enough weeks to compare betas.")
    p = {
        name: found.pvalue if pd.isna(found.pvalue_bootstrap) else found.pvalue_bootstrap
        for name, found in known.items()
    }
    changed = [NAMES[name] for name, value in p.items() if value < 0.05]
    told = listing(f"{NAMES[name]} {pvalue(value)}" for name, value in p.items())
    seen = f"They changed for {listing(changed)}: one number is not enough" if changed else "No change is seen"
    return Sentence(f"That the responses are the same in every era: {told}. {seen}.")


def say_decisions(results: Mapping[str, DecisionResult]) -> Sentence:
    """Say whether assets move more in weeks of policy decisions.

    Parameters
    ----------
    results : mapping of str to DecisionResult
        By asset.

    Returns
    -------
    Sentence
        Size of the move against other weeks, and the return in weeks of cuts.
    """
    first = next(iter(results.values()))
    if first.reason:
        return Sentence(f"Policy decisions cannot be studied: {first.reason}.")
    size = [_contrast(name, found, "absolute return", "all changes") for name, found in results.items()]
    cuts = [_contrast(name, found, "return", "cuts") for name, found in results.items()]
    return Sentence(
        f"In the {len(first.weeks)} weeks with a change of the policy rate, the size of the move against other weeks: "
        f"{listing(size)}. The return in weeks of cuts against other weeks: {listing(cuts)}."
    )


def say_shares(found: ShapleyChangeResult, *, predictor: str) -> Sentence:
    """Say whether a predictor explains more of the variance since the date.

    Parameters
    ----------
    found : ShapleyChangeResult
        Shares before and since.
    predictor : str
        The one told.

    Returns
    -------
    Sentence
        Shares, change with interval, p-value, detectable change.
    """
    if found.reason:
        return Sentence(f"The shares before and since {found.date:%Y} cannot be compared: {found.reason}.")
    row, who = found.table.loc[predictor], NAMES[predictor].capitalize()
    firm = "a change that chance seldom gives" if row["pvalue"] < 0.05 else "within what a date anywhere else gives"
    return Sentence(
        f"{who} explains {number(row['before'])} % of {NAMES[found.response]}'s weekly variance before {found.date:%Y} "
        f"and {number(row['since'])} % since: {signed(row['change'])} points ({interval(row['low'], row['high'])}), "
        f"{firm} ({pvalue(row['pvalue'])}). Only a change beyond "
        f"{number(row['detectable'])} points would have been found with good power."
    )


def say_balance(found: RankTestResult, *, vintage: str) -> Sentence:
    """Say whether the balance orders the next year's price changes.

    Parameters
    ----------
    found : RankTestResult
        Of balance and change.
    vintage : str
        Edition of the balance.

    Returns
    -------
    Sentence
        Correlation, p-value, what so few years could show.
    """
    if found.reason:
        return Sentence(f"As of this date no edition of the balance is long enough ({vintage}): {found.reason}.")
    sign = direction(found.statistic, up="A surplus was followed by higher", down="A deficit was followed by higher",
                     level="The balance did not order the")  # fmt: skip
    firm = "more than chance" if found.pvalue < 0.05 else "no more than chance"
    return Sentence(
        f"{sign} price changes in the next year by rank (rho {number(found.statistic, 2)}, "
        f"{interval(*found.interval, 2)}), {firm} would give ({pvalue(found.pvalue)}, {count(found.nobs, 'year')} of "
        f"{vintage}). With so few years only a correlation beyond {number(found.critical, 2)} is significant, and "
        f"one of {number(found.detectable, 2)} is needed to be found with good power."
    )


def _contrast(name: str, found: DecisionResult, measure: str, group: str) -> str:
    """Give one difference with its p-value."""
    row = found.table.loc[(measure, group)]
    return f"{NAMES[name]} {signed(row['difference'])} % ({pvalue(row['pvalue'])}, K = {int(row['K'])})"
