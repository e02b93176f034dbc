"""Sentences about what came after, and before, a set of events."""

import math
from collections.abc import Mapping

import pandas as pd

from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, day, direction, interval, listing, number, pvalue
from helpers.stats import EventLadderResult, EventStudyResult, episodes_needed, implied_sd

_ALPHA = 0.05


def say_answer(
    found: EventLadderResult, *, rung: str, horizon: int, leader: str, follower: str, smallest: float
) -> Sentence:
    """Say what the follower did after the leader's highs.

    Parameters
    ----------
    found : EventLadderResult
        All rungs.
    rung, horizon : str, int
        The registered cell.
    leader, follower : str
        Series of the catalog.
    smallest : float
        Smallest effect of interest, log points.

    Returns
    -------
    Sentence
        Estimate, interval, joint p, K and what could have been found.
    """
    if found.reason or not _known(found, rung, horizon):
        return Sentence(f"There is no answer yet: {found.reason or f'no {rung[:-1]} has {horizon} weeks behind it'}.")
    cell = found.table.loc[(rung, horizon)]
    less = direction(cell["estimate"], up="more", down="less", level="as much")
    return Sentence(
        f"Over the {horizon} weeks after the first of {NAMES[leader]}'s {rung}, {NAMES[follower]} returned "
        f"{number(cell['mean'])} log points on average, {number(abs(cell['estimate']))} {less} than over an average "
        f"{horizon} weeks (95 % interval of the difference {interval(cell['low'], cell['high'])}; "
        f"{count(int(cell['K']), 'episode')}). {_all_together(found)} "
        f"{_could_find(cell, smallest)}"
    )


def _all_together(found: EventLadderResult) -> str:
    """Judge all rungs and horizons by their maximum."""
    return (
        f"Taking all rungs and horizons together, a deviation as large as the largest one turns up in "
        f"{100 * found.pvalue:.0f} % of all shifts of the calendar ({pvalue(found.pvalue)})."
    )


def _could_find(cell: pd.Series, smallest: float) -> str:
    """Set the detectable effect against the smallest one of interest."""
    if math.isnan(cell["detectable"]):
        return "One episode shows no spread of its own, so no detectable effect can be named."
    enough = "which is fine enough" if cell["detectable"] <= smallest else "so an effect that matters could go unseen"
    return (
        f"With {count(int(cell['K']), 'episode')} a difference is found reliably only from "
        f"{number(cell['detectable'], 0)} log points on; {number(smallest, 0)} would matter, {enough}."
    )


def say_placebos(
    found: EventLadderResult, placebos: Mapping[str, EventLadderResult], *, leader: str, follower: str
) -> Sentence:
    """Say whether other leaders do as well.

    Parameters
    ----------
    found : EventLadderResult
        Of the leader.
    placebos : mapping of str to EventLadderResult
        The same with another series in its place.
    leader, follower : str
        Series of the catalog.

    Returns
    -------
    Sentence
        Their p-values and how many are larger.
    """
    done = {name: other for name, other in placebos.items() if not other.reason}
    if found.reason or not done:
        return Sentence("No other leader can be set beside it.")
    told = listing(f"{NAMES[name]} ({pvalue(other.pvalue)})" for name, other in done.items())
    beaten = sum(other.pvalue > found.pvalue for other in done.values())
    word = "none" if beaten == 0 else "all" if beaten == len(done) else f"{beaten}"
    return Sentence(
        f"Put in {NAMES[leader]}'s place, the highs of {told} go through the same test. {_capital(NAMES[leader])} "
        f"({pvalue(found.pvalue)}) says more about {NAMES[follower]} than {word} of these {len(done)}."
    )


def say_episodes(study: EventStudyResult, *, horizon: int, leader: str, follower: str) -> Sentence:
    """Say how the episodes went one by one.

    Parameters
    ----------
    study : EventStudyResult
        Of one rung.
    horizon : int
        Weeks h.
    leader, follower : str
        Series of the catalog.

    Returns
    -------
    Sentence
        Count of gains against the base rate, range when one episode is left out, events left out.
    """
    if study.reason or not study.table.loc[horizon, "K"] > 1:
        return Sentence("There are too few episodes to set one against another.")
    cell = study.table.loc[horizon]
    early = int(study.excluded["reason"].str.startswith("before").sum())
    late = (
        f" {_capital(count(early, 'earlier event'))} of {NAMES[leader]} came before {NAMES[follower]}'s first return."
        if early
        else ""
    )
    return Sentence(
        f"{_capital(NAMES[follower])} was higher {horizon} weeks later in {int(cell['positive'])} of {int(cell['K'])} "
        "episodes. That has to be held against its own habit, not against a coin: it was higher in "
        f"{100 * cell['base_rate']:.0f} % of all such windows ({pvalue(cell['sign_pvalue'])}). "
        "Leaving out one episode at a time, the estimate runs from "
        f"{interval(cell['loo_low'], cell['loo_high'])} log points.{late}"
    )


def say_latest(latest: pd.DataFrame, *, follower: str) -> Sentence:
    """Say how far the latest episodes have got.

    Parameters
    ----------
    latest : pandas.DataFrame, shape (weeks, m)
        Paths by weeks from the event, one column an event date.
    follower : str
        Series of the catalog.

    Returns
    -------
    Sentence
        Weeks passed and the change so far.
    """
    told = []
    for date, path in latest.items():
        known = path.dropna()
        weeks = int(known.index[-1])
        if weeks:
            since = day(pd.Timestamp(str(date)))
            told.append(f"{number(known.iloc[-1])} log points in {count(weeks, 'week')} since {since}")
    return Sentence(f"So far {NAMES[follower]} has moved by {listing(told)}." if told else "No week has passed yet.")


def say_order(forward: EventStudyResult, reverse: EventStudyResult, *, leader: str, follower: str) -> Sentence:
    """Say what came before the leader's highs, and what the leader did after the follower's.

    Parameters
    ----------
    forward, reverse : EventStudyResult
        Follower around the leader's highs, leader around the follower's.
    leader, follower : str
        Series of the catalog.

    Returns
    -------
    Sentence
        Both ways round.
    """
    if forward.reason or not forward.before["K"] > 0:
        return Sentence("No episode has the weeks before it in the sample.")
    before = forward.before
    weeks = -int(forward.path.index[0])
    less = direction(before["estimate"], up="more", down="less", level="as much")
    first = (
        f"In the {weeks} weeks up to {NAMES[leader]}'s highs {NAMES[follower]} had already returned "
        f"{number(before['mean'])} log points, {number(abs(before['estimate']))} {less} than usual, and was up in "
        f"{int(before['positive'])} of {int(before['K'])} episodes ({pvalue(before['pvalue'])})."
    )
    if reverse.reason:
        return Sentence(f"{first} The other way round cannot be asked: {reverse.reason}.")
    largest = reverse.table["estimate"].abs().idxmax()
    back = reverse.table.loc[largest]
    return Sentence(
        f"{first} The other way round, {NAMES[leader]} after {NAMES[follower]}'s highs: the largest difference is "
        f"{number(back['estimate'])} log points at {largest} weeks, and all horizons together give "
        f"{pvalue(reverse.pvalue)}."
    )


def say_variants(table: pd.DataFrame) -> Sentence:
    """Say how far the answer depends on the way of asking.

    Parameters
    ----------
    table : pandas.DataFrame
        From `helpers.stats.compare_studies`.

    Returns
    -------
    Sentence
        Range of the estimates, and how many are significant by themselves.
    """
    if table.empty:
        return Sentence("No variant has a complete window yet.")
    low, high = table["estimate"].idxmin(), table["estimate"].idxmax()
    small = int((table["pvalue"] < _ALPHA).sum())
    zero = int(((table["low"] <= 0) & (table["high"] >= 0)).sum())
    return Sentence(
        f"Across {len(table)} ways of asking, the estimate runs from {number(table.loc[low, 'estimate'])} ({low}) to "
        f"{number(table.loc[high, 'estimate'])} log points ({high}). {_capital(count(zero, 'interval'))} of "
        f"{len(table)} {'holds' if zero == 1 else 'hold'} zero; {count(small, 'variant')} would count as significant "
        "as the only test."
    )


def say_strength(study: EventStudyResult, *, horizon: int, leader: str, follower: str) -> Sentence:
    """Say what came after sustained strength.

    Parameters
    ----------
    study : EventStudyResult
        Of the beginnings of sustained strength.
    horizon : int
        Weeks h.
    leader, follower : str
        Series of the catalog.

    Returns
    -------
    Sentence
        Estimate, interval, p.
    """
    if study.reason:
        return Sentence(f"Sustained strength of {NAMES[leader]} gives no answer yet: {study.reason}.")
    cell, dates = study.table.loc[horizon], listing(f"{date:%b %Y}" for date in study.episodes.index)
    return Sentence(
        f"Sustained strength of {NAMES[leader]} began in {dates}. {NAMES[follower]}'s next {horizon} weeks differed "
        f"from usual by {number(cell['estimate'])} log points (95 % interval {interval(cell['low'], cell['high'])}; "
        f"{count(int(cell['K']), 'episode')}); over all horizons {pvalue(study.pvalue)}."
    )


def say_venues(records: pd.DataFrame, events: pd.DatetimeIndex) -> Sentence:
    """Say whether the clock of another venue would have dated the latest record differently.

    Parameters
    ----------
    records : pandas.DataFrame
        Highs by venue: date, venue, usd_per_oz.
    events : pandas.DatetimeIndex
        All-time highs on weekly COMEX closes.

    Returns
    -------
    Sentence
        Week of the record by venue, and how the two differed on the last day on which both are on record.
    """
    if not len(events):
        return Sentence("There is no all-time high yet on weekly closes.")
    london = _closes(records, "London")
    comex = _closes(records, "COMEX")
    near = london.loc[events[-1] - pd.Timedelta(days=6) : events[-1]]
    dated = (
        f"London in the same week ({day(near.index[0])})" if len(near) else "London has no record listed for that week"
    )
    both = london.index.intersection(comex.index)
    both = both[both > events[-1]]
    if not len(both):
        return Sentence(f"COMEX set the record in the week to {day(events[-1])}, {dated}.")
    apart = 100 * math.log(london[both[-1]] / comex[both[-1]])
    side = direction(apart, up="above", down="below", level="off")
    return Sentence(
        f"COMEX set the record in the week to {day(events[-1])}, {dated}. The clocks matter afterwards: on "
        f"{day(both[-1])} London stood {number(abs(apart))} log points {side} New York."
    )


def _closes(records: pd.DataFrame, venue: str) -> pd.Series:
    """Prices of one venue by date, intraday highs left out."""
    kept = records[records["venue"].str.contains(venue) & records["measure"].isin(["daily", "settlement"])]
    return kept.set_index("date")["usd_per_oz"].sort_index()


def say_power(study: EventStudyResult, *, horizon: int, smallest: float) -> Sentence:
    """Say how many more episodes it would take.

    Parameters
    ----------
    study : EventStudyResult
        Of one rung.
    horizon : int
        Weeks h.
    smallest : float
        Smallest effect of interest, log points.

    Returns
    -------
    Sentence
        Episodes needed and, at the rate so far, years.
    """
    if study.reason or not study.table.loc[horizon, "K"] > 1:
        return Sentence("Too few episodes to say how many it would take.")
    cell = study.table.loc[horizon]
    spread = implied_sd(detectable=cell["detectable"], episodes=int(cell["K"]))
    needed = episodes_needed(effect=smallest, sd=spread)
    if needed is None:
        return Sentence("No number of episodes that anyone could wait for would show the smallest effect of interest.")
    rate = cell["K"] / (study.nobs / 52.18)
    if needed <= cell["K"]:
        return Sentence(
            f"{number(smallest, 0)} log points over {horizon} weeks can be found with 80 % power from about {needed} "
            f"episodes on at the volatility of the ones seen so far, and there are {int(cell['K'])}."
        )
    return Sentence(
        f"To find {number(smallest, 0)} log points over {horizon} weeks with 80 % power takes about {needed} episodes "
        f"at the volatility of the ones seen so far. There are {int(cell['K'])}, one in {number(1 / rate)} years: at "
        f"that rate it takes {number((needed - cell['K']) / rate, 0)} more years. An answer will have to come "
        "from tests that use every week."
    )


def _known(found: EventLadderResult, rung: str, horizon: int) -> bool:
    return (rung, horizon) in found.table.index and not math.isnan(found.table.loc[(rung, horizon), "estimate"])


def say_illusion(rates: Mapping[str, float]) -> Sentence:
    """Say what the usual way of testing such claims does with series that know nothing of each other.

    Parameters
    ----------
    rates : mapping of str to float
        From `helpers.stats.regression_illusion`.

    Returns
    -------
    Sentence
        Both rejection rates.
    """
    return Sentence(
        "Take two series that have nothing to do with each other, mark every day on which the first stands at a 3-year "
        "high, and test the average 90-day return of the second after those days as if each day were a new fact. That "
        f"test, meant to be wrong in 5 % of cases, finds something in {100 * rates['naive']:.0f} % of them. Moving the "
        f"days round the calendar together finds something in {100 * rates['shift']:.0f} %."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
