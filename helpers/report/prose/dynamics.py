"""Sentences about who moves first."""

from collections.abc import Mapping

import pandas as pd

from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, interval, listing, number, pvalue, signed
from helpers.stats import (
    CointegrationResult,
    ConnectednessResult,
    CrossCorrelationResult,
    LeadSearchNull,
    LocalProjectionResult,
    UnitRootResult,
)

LEVEL = 0.05


def say_cross_correlation(found: CrossCorrelationResult) -> Sentence:
    """Answer who moves first in the raw correlations.

    Parameters
    ----------
    found : CrossCorrelationResult
        Of the pair.

    Returns
    -------
    Sentence
        The lead, the reverse, the same week, the excess of the lead.
    """
    leader, follower = NAMES[found.x], NAMES[found.y]
    leads, follows = found.pvalue_lead < LEVEL, found.pvalue_follow < LEVEL
    answer = {
        (True, True): "each comes before the other at some lag",
        (True, False): f"{leader} comes before {follower} at some lag",
        (False, True): f"{follower} comes before {leader} at some lag, not the other way round",
        (False, False): "neither comes before the other",
    }[leads, follows]
    after = found.lags > 0
    best = int(found.lags[after][abs(found.correlation[after]).argmax()])
    value = float(found.correlation[found.lags == best][0])
    exceeds = "exceed" if found.pvalue_lead_excess < LEVEL else "do not exceed"
    return Sentence(
        f"**In {found.nobs:,} weeks, {answer}.** The largest correlation of {follower} with earlier {leader} is "
        f"{signed(value, 2)} at {count(best, 'week')}; among {found.max_lag} lags, unrelated series show one as large "
        f"with {pvalue(found.pvalue_lead)} ({pvalue(found.pvalue_follow)} in the other direction). In the same week it "
        f"is {signed(float(found.correlation[found.max_lag]), 2)}. The lead correlations together {exceeds} "
        f"that of the "
        f"same week by more than chance gives: {signed(found.lead_excess, 2)}, standard error "
        f"{number(found.lead_excess_stderr, 2)}, {pvalue(found.pvalue_lead_excess)}."
    )


def say_response(found: LocalProjectionResult, placebo: LocalProjectionResult, *, horizon: int) -> Sentence:
    """Say what follows a surprise, and what preceded it.

    Parameters
    ----------
    found, placebo : LocalProjectionResult
        Forwards and backwards in time.
    horizon : int
        Weeks at which the size is told.

    Returns
    -------
    Sentence
        Size, band, p, detectable size, the placebo.
    """
    leader, follower = NAMES[found.shock], NAMES[found.response]
    if found.reason:
        return Sentence(f"What follows a surprise in {leader} cannot be estimated here: {found.reason}.")
    row = found.overall.frame().loc[horizon]
    moves = "moves" if found.overall.test.pvalue < LEVEL else "does not visibly move"
    back, p = placebo.overall.test.pvalue, found.overall.test.pvalue
    compared = "a larger" if back > p else "no larger"
    return Sentence(
        f"After a surprise in {leader} {follower} {moves} over {found.overall.horizons[-1]} weeks ({pvalue(p)} for the "
        f"largest horizon). One per cent more {leader} goes with {signed(float(row['estimate']), 2)} % of {follower} "
        f"over the next {horizon} weeks; the {100 * found.confidence:.0f} % band for all horizons reaches from "
        f"{interval(float(row['band_lower']), float(row['band_upper']), 2)}. A response of "
        f"{number(float(row['detectable']), 1)} % would have been found four times out of five. With time running "
        f"backwards, where no lead can be, the same test gives {compared} p ({pvalue(back)})."
    )


def say_response_league(results: Mapping[str, LocalProjectionResult]) -> Sentence:
    """Say whether the leader does better than others in its place.

    Parameters
    ----------
    results : mapping of str to LocalProjectionResult
        By leader, the one on trial first.

    Returns
    -------
    Sentence
        Its rank by p-value.
    """
    known = {name: found.overall.test.pvalue for name, found in results.items() if not found.reason}
    first = next(iter(results))
    if first not in known:
        return Sentence(f"There is no estimate for {NAMES[first]}: {results[first].reason}.")
    better = [NAMES[name] for name, p in known.items() if p < known[first]]
    ends = {name: found.overall.estimate[-1] * found.shock_sd for name, found in results.items() if name in known}
    told = listing(f"{NAMES[name]} {signed(end)} % ({pvalue(known[name])})" for name, end in ends.items())
    verdict = f"{listing(better)} {'gives' if len(better) == 1 else 'give'}" if better else "none gives"
    weeks, follower = results[first].overall.horizons[-1], NAMES[results[first].response]
    return Sentence(
        f"In {NAMES[first]}'s place, {verdict} a smaller p. {follower[0].upper()}{follower[1:]} {weeks} weeks after a "
        f"surprise of usual size: {told}."
        f" To count among {len(known)} leaders, a p has to be below {number(LEVEL / len(known), 2)}."
    )


def say_fear(results: Mapping[str, CrossCorrelationResult]) -> Sentence:
    """Say who moves with fear, and who later.

    Parameters
    ----------
    results : mapping of str to CrossCorrelationResult
        Of the VIX with each asset.

    Returns
    -------
    Sentence
        Same-week correlations and delayed ones.
    """
    same = {name: float(found.correlation[found.max_lag]) for name, found in results.items()}
    late = [NAMES[name] for name, found in results.items() if found.pvalue_lead < LEVEL]
    rises = [NAMES[name] for name, value in same.items() if value > 0]
    told = listing(f"{NAMES[name]} {signed(value, 2)}" for name, value in same.items())
    up = f"{listing(rises)} {'goes' if len(rises) == 1 else 'go'} up with the VIX" if rises else "none goes up with it"
    later = f"a delayed move shows in {listing(late)}" if late else "a delayed move shows in none of them"
    return Sentence(
        f"In the week in which the VIX rises, {up}: same-week correlations are {told}. In the weeks after, {later}. "
        "A first wave into metals would show as a rise in the same week, Bitcoin's later turn as a rise after it."
    )


def say_connectedness(found: ConnectednessResult, *, leader: str, follower: str) -> Sentence:
    """Say who gives and who takes.

    Parameters
    ----------
    found : ConnectednessResult
        With draws.
    leader, follower : str
        The pair.

    Returns
    -------
    Sentence
        Total, givers and takers, the pair.
    """
    bounds = found.net_interval
    givers = [NAMES[str(name)] for name in bounds.index[bounds["lower"] > 0]]
    takers = [NAMES[str(name)] for name in bounds.index[bounds["upper"] < 0]]
    share, back = (float(found.table.loc[a, b]) for a, b in ((follower, leader), (leader, follower)))
    return Sentence(
        f"Surprises of others account for {number(found.total, 0)} % of a series' forecast error on average. "
        f"Net givers, "
        f"beyond sampling error: {listing(givers)}; net takers: {listing(takers)}. Of {NAMES[follower]}'s error "
        f"{number(share)} % goes with {NAMES[leader]}, of {NAMES[leader]}'s {number(back)} % with {NAMES[follower]}."
    )


def say_unit_roots(results: Mapping[str, UnitRootResult], pair: CointegrationResult) -> Sentence:
    """Say why changes are used and not levels.

    Parameters
    ----------
    results : mapping of str to UnitRootResult
        By series.
    pair : CointegrationResult
        Of the pair.

    Returns
    -------
    Sentence
        Which wander, which are doubtful, whether the pair shares a trend.
    """
    wander = [NAMES[name] for name, found in results.items() if found.order == 1]
    doubtful = [NAMES[name] for name, found in results.items() if found.order is None]
    still = [NAMES[name] for name, found in results.items() if found.order == 0]
    parts = [
        text
        for names, text in (
            (wander, f"by all tests the levels of {listing(wander)} wander and their changes do not"),
            (doubtful, f"for {listing(doubtful)} the tests contradict each other"),
            (still, f"{listing(still)} would do in levels"),
        )
        if names
    ]
    first, second = (NAMES[name] for name in pair.names)
    told = "; ".join(parts)
    return Sentence(
        f"{told[0].upper()}{told[1:]}. Of {first} and {second} together: {pair.verdict} (Johansen's trace test and the "
        "residual test of Engle and Granger). Changes are safe whichever is right, levels are not."
    )


def say_rivals(
    table: pd.DataFrame, published: Mapping[str, tuple[int, int]], *, leader: str, follower: str
) -> Sentence:
    """Say how far the best lag depends on the sample, and which published lags fit about as well.

    Parameters
    ----------
    table : pandas.DataFrame
        From `helpers.stats.search_by_window`.
    published : mapping of str to (int, int)
        Shortest and longest lag of each claim, in weeks.
    leader, follower : str
        The pair.

    Returns
    -------
    Sentence
        Range of best lags and correlations; samples in which a claimed lag is as good as the best.
    """
    lags, best = table["lag"], table["correlation"]
    width = (table["high"] - table["low"]).median()
    fits = {
        claim: int(((table["low"] <= last) & (table["high"] >= first)).sum())
        for claim, (first, last) in published.items()
    }
    told = listing(f"the lead of {claim} in {count} of them" for claim, count in fits.items())
    return Sentence(
        f"**{NAMES[leader][0].upper()}{NAMES[leader][1:]}.** In {len(table)} samples that a reader could defend, the "
        f"best lag before {NAMES[follower]} is anything from {lags.min()} to {lags.max()} weeks, at correlations of "
        f"{number(best.min(), 2)} to {number(best.max(), 2)}. The top is flat: in the median sample lags "
        f"{number(width, 0)} weeks apart fit almost equally well. Within a hair of the best lies {told}."
    )


def say_search_null(nulls: Mapping[str, LeadSearchNull]) -> Sentence:
    """Say how much the search finds where there is nothing to find.

    Parameters
    ----------
    nulls : mapping of str to LeadSearchNull
        By kind of null.

    Returns
    -------
    Sentence
        Median, share as high, share with a lead.
    """
    walks = nulls["walks"]
    leader, follower = NAMES[walks.observed.leader], NAMES[walks.observed.follower]
    others = listing(f"{number(100 * null.pvalue, 0)} % ({_kind(kind)})" for kind, null in nulls.items())
    return Sentence(
        f"The search finds {number(walks.observed.correlation, 2)} at {count(walks.observed.lag, 'week')} for {leader} "
        f"before {follower}. Unrelated random walks with the same drift give {number(walks.median, 2)} in the "
        f"median, and "
        f"{number(100 * walks.led, 0)} % of them a best lag above zero. At least the correlation "
        f"found is reached without any relation in {others}."
    )


def say_averaging_lead(share: float, drawn: float, *, months: int, correlation: float) -> Sentence:
    """Say what month averages against month ends give without any lead.

    Parameters
    ----------
    share : float
        Population partial R2.
    drawn : float
        Median simulated F.
    months : int
        Length of the simulated samples.
    correlation : float
        Of daily changes in the same day.

    Returns
    -------
    Sentence
        With both numbers.
    """
    return Sentence(
        f"Two random walks whose days correlate by {number(correlation, 1)} and of which neither leads, one "
        f"taken at month "
        f"ends and the other as month averages: over {months} months the usual test gives F = "
        f"{number(drawn, 0)} in the "
        f"median, a 'lead' that explains {number(100 * share, 0)} % of the variance. It is the averaging."
    )


def _kind(kind: str) -> str:
    """Name a null."""
    return {"walks": "random walks", "blocks": "the series' own blocks", "shifted": "shifted around a circle"}[kind]
