"""Sentences about Granger tests."""

import math

from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, interval, listing, number, pvalue
from helpers.stats import FrequencyResult, GrangerResult, GrangerScanResult, LagAugmentedResult, LeagueResult

LEVEL = 0.05


def say_granger(test: GrangerResult, *, smallest: float) -> Sentence:
    """Answer whether one series helps to predict another.

    Parameters
    ----------
    test : GrangerResult
        With bootstrap draws.
    smallest : float
        Smallest effect of interest, per cent of variance.

    Returns
    -------
    Sentence
        Yes or no, the share of variance, its interval, what could have been seen.
    """
    leader, follower = NAMES[test.cause], NAMES[test.effect]
    if test.reason:
        return Sentence(f"Whether {leader} helps to predict {follower} cannot be tested here: {test.reason}.")
    low, high = (100 * end for end in test.partial_r2_interval)
    verb = "help" if test.pvalue_bootstrap < LEVEL else "do not visibly help"
    reach = _reach(low, high, smallest)
    return Sentence(
        f"**The past {count(test.lags, 'week')} of {leader} {verb} to predict {follower}'s next week** "
        f"({pvalue(test.pvalue_bootstrap)}, {test.nobs:,} weeks{_given(test)}). They explain "
        f"{number(100 * test.partial_r2_adjusted, 2)} % of what the rest leaves open, with a 95 % interval of "
        f"{interval(low, high, 2)} %, {reach}. With so many weeks, {number(100 * test.partial_r2_detectable)} % would "
        f"be found four times out of five. The coefficients add up to {number(test.coefficient_sum, 2)} "
        f"(standard error {number(test.coefficient_sum_se, 2)})."
    )


def _given(test: GrangerResult) -> str:
    return f", given {listing(NAMES[name] for name in test.controls)}" if test.controls else ", given nothing else"


def _reach(low: float, high: float, smallest: float) -> str:
    if low > 0 and low >= smallest:
        return f"all at or above the {smallest:g} % that would matter"
    if low > 0:
        return f"more than nothing, though not surely the {smallest:g} % that would matter"
    if high < smallest:
        return f"that holds nothing at all and excludes the {smallest:g} % that would matter"
    return f"that holds both nothing at all and the {smallest:g} % that would matter"


def say_directions(forward: GrangerResult, back: GrangerResult) -> Sentence:
    """Compare the two directions.

    Parameters
    ----------
    forward, back : GrangerResult
        The claimed direction and the reverse.

    Returns
    -------
    Sentence
        Which of the two the data show, if any.
    """
    told = [
        f"from {NAMES[test.cause]} to {NAMES[test.effect]} {pvalue(test.pvalue_bootstrap)} "
        f"({number(100 * test.partial_r2_adjusted, 2)} %)"
        for test in (forward, back)
    ]
    seen = [test for test in (forward, back) if test.pvalue_bootstrap < LEVEL]
    verdict = {0: "Neither direction shows", 2: "Both directions show"}.get(
        len(seen), f"Only the past of {NAMES[seen[0].cause] if seen else ''} shows"
    )
    return Sentence(f"{verdict} at the 5 % level: {listing(told)}.")


def say_league(league: LeagueResult, *, leader: str) -> Sentence:
    """Rank the leader among the placebos.

    Parameters
    ----------
    league : LeagueResult
        With the leader among its tests.
    leader : str
        The series on trial.

    Returns
    -------
    Sentence
        Its place, and which placebo does better.
    """
    own = league.pvalues[leader]
    rest = {name: p for name, p in league.pvalues.items() if name != leader and not math.isnan(p)}
    better = [f"{NAMES[name]} ({pvalue(p)})" for name, p in rest.items() if p <= own]
    beaten = count(len(rest) - len(better), "placebo")
    more = f" {listing(better).capitalize()} did at least as well." if better else ""
    return Sentence(f"In the same place {NAMES[leader]} ({pvalue(own)}) beats {beaten} out of {len(rest)}.{more}")


def say_scan(scan: GrangerScanResult) -> Sentence:
    """Say what the search over lag lengths is worth.

    Parameters
    ----------
    scan : GrangerScanResult
        With bootstrap draws.

    Returns
    -------
    Sentence
        The p-value of the search beside the smallest single one.
    """
    if scan.reason:
        return Sentence(f"The lags cannot be scanned: {scan.reason}.")
    single = scan.table["pvalue_bootstrap"]
    return Sentence(
        f"Over lags of {listing(map(str, scan.table.index))} weeks the smallest single p-value is "
        f"{number(single.min(), 3)} (at {single.idxmin()}). A search this wide finds one as small with no causality "
        f"in {number(100 * scan.pvalue)} % of cases: {pvalue(scan.pvalue)} for the scan."
    )


def say_frequency(test: FrequencyResult) -> Sentence:
    """Say whether any period of the band carries a lead.

    Parameters
    ----------
    test : FrequencyResult
        With bootstrap draws.

    Returns
    -------
    Sentence
        The p-value of the band and where the curve is highest.
    """
    if test.reason:
        return Sentence(f"The curve cannot be drawn: {test.reason}.")
    inside = test.curve[test.curve["in_band"]]
    peak = inside.loc[inside["statistic"].idxmax(), "period"]
    low, high = test.band
    return Sentence(
        f"Swings of {low:g} to {high:g} weeks, the weeks to months of the claim: {pvalue(test.band_pvalue)} for the "
        f"band as a whole. The curve is highest at a period of {number(peak)} weeks, where F is "
        f"{number(test.band_statistic, 2)} against a critical value of {number(test.band_critical, 2)} for the largest "
        "of them all."
    )


def say_levels(test: LagAugmentedResult) -> Sentence:
    """Say what the test on levels adds.

    Parameters
    ----------
    test : LagAugmentedResult
        With bootstrap draws.

    Returns
    -------
    Sentence
        Its p-value.
    """
    if test.reason:
        return Sentence(f"The test on levels cannot be done: {test.reason}.")
    extra = count(test.lags_fitted - test.lags_tested, "lag")
    return Sentence(
        f"On log levels, with {extra} more fitted than tested so that no decision on unit roots is needed: "
        f"{pvalue(test.pvalue_bootstrap)} from {NAMES[test.cause]} to {NAMES[test.effect]}."
    )


def say_needed(test: GrangerResult, *, smallest: float) -> Sentence:
    """Say how many more weeks would settle the question.

    Parameters
    ----------
    test : GrangerResult
        The primary test.
    smallest : float
        Smallest effect of interest, per cent of variance.

    Returns
    -------
    Sentence
        The weeks needed to find that effect four times out of five; the detectable share falls as one over the weeks.
    """
    if test.reason:
        return Sentence(f"More data: {test.reason}.")
    detectable = 100 * test.partial_r2_detectable
    if detectable <= smallest:
        return Sentence(f"The sample is long enough: {number(detectable)} % would be found four times out of five.")
    weeks = math.ceil(test.nobs * detectable / smallest)
    return Sentence(
        f"To find a share of {smallest:g} % four times out of five takes about {weeks:,} weeks; there are "
        f"{test.nobs:,}, and the rest would take {number((weeks - test.nobs) / 52, 0)} more years."
    )
