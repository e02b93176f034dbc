"""Sentences about the states of the economy and what silver's strength meant in each."""

from collections.abc import Mapping

import pandas as pd

from helpers.report.charts.base import NAMES
from helpers.report.prose.words import (
    Sentence,
    count,
    day,
    direction,
    interval,
    listing,
    number,
    pvalue,
    signed,
)
from helpers.stats import LocalProjectionResult, StateContrastResult, StateInteractionResult


def say_answer(found: StateInteractionResult, table: pd.DataFrame, *, state: str, horizon: int) -> Sentence:
    """Answer the question of the chapter.

    Parameters
    ----------
    found : StateInteractionResult
        The primary test.
    table : pandas.DataFrame
        From `helpers.stats.state_table`.
    state : str
        The state of the estimand.
    horizon : int
        Its horizon, weeks.

    Returns
    -------
    Sentence
        With estimate, interval, detectable size, p-value and where the states stand.
    """
    leader, follower = NAMES.get(found.strength, found.strength), NAMES.get(found.effect, found.effect)
    standing = [f"{name} {'holds' if row['holds'] else 'does not hold'}" for name, row in table.iterrows()]
    now = f"In the last week of the data {listing(standing)}."
    if found.reason:
        return Sentence(f"The question cannot be put to these data: {found.reason}. {now}")
    row = found.table.loc[(state, horizon)]
    higher = direction(row["difference"], up="higher", down="lower", level="higher")
    return Sentence(
        f"When {state} held, one standard deviation of strength in {leader} went with a return of {follower} over the "
        f"next {horizon} weeks that was {number(abs(row['difference']))} log points {higher} than when it did not hold "
        f"(95 % interval {interval(row['lower'], row['upper'])}). "
        f"Only a difference of about {number(row['detectable'], 0)} would be found four times in five. Over all states "
        f"and horizons of the search {pvalue(found.pvalue)}: {_weight(found.pvalue)}. {now}"
    )


def say_placebos(found: StateInteractionResult, placebos: Mapping[str, float]) -> Sentence:
    """Say how the same search did with other leaders and with shifted states.

    Parameters
    ----------
    found : StateInteractionResult
        The primary test.
    placebos : mapping of str to float
        P-value of the same search with another leader.

    Returns
    -------
    Sentence
        Which placebos look at least as striking.
    """
    leader = NAMES.get(found.strength, found.strength)
    known = {name: p for name, p in placebos.items() if p == p}
    told = [f"{NAMES.get(name, name)} {pvalue(p)}" for name, p in known.items()]
    if found.reason or not known:
        return Sentence("There is nothing to compare: the test could not be done on these data.")
    stronger = [NAMES.get(name, name) for name, p in known.items() if p <= found.pvalue]
    give = "gives" if len(stronger) == 1 else "give"
    verdict = (
        f"{listing(stronger)} in {leader}'s place {give} at least as small a p-value"
        if stronger
        else f"none of them gives as small a p-value as {leader}"
    )
    return Sentence(
        f"The same search for other leaders: {listing(told)}; {verdict}. Moved round the calendar, "
        f"{number(100 * found.placebo_rank, 0)} % of shifted states look less striking than the true ones."
    )


def say_eras(differences: Mapping[str, float], *, state: str, horizon: int) -> Sentence:
    """Say what the difference was in each era.

    Parameters
    ----------
    differences : mapping of str to float
        By era; NaN where the state varied too little.
    state : str
        The state.
    horizon : int
        Weeks.

    Returns
    -------
    Sentence
        With the estimates and how many share a sign.
    """
    known = {era: value for era, value in differences.items() if value == value}
    told = [f"{signed(value)} in {era}" for era, value in known.items()]
    missing = [era for era in differences if era not in known]
    late = f" In {listing(missing)} {state} came and went too rarely to tell." if missing else ""
    positive = sum(value > 0 for value in known.values())
    lead = f"The difference over {horizon} weeks by era, log points: {listing(told)}." if told else ""
    sign = f" It is positive in {count(positive, 'era')} of {len(known)}." if told else ""
    return Sentence(f"{lead}{sign}{late}".strip())


def say_conditions(
    margins: Mapping[str, pd.Series], *, week: pd.Timestamp, move: float, median: float, follower: str
) -> Sentence:
    """Say how the states stood in one week and whether the follower had already moved.

    Parameters
    ----------
    margins : mapping of str to pandas.Series
        Margin of each state, as known.
    week : pandas.Timestamp
        The week.
    move, median : float
        The follower's 26-week log return in that week, and its median over all weeks until then, log points.
    follower : str
        Name of the follower.

    Returns
    -------
    Sentence
        Which states held, how near the others were, and the comparison.
    """
    standing = {name: float(margin.loc[week]) for name, margin in margins.items() if week in margin.index}
    held = [name for name, value in standing.items() if value > 0]
    absent = [name for name, value in standing.items() if value <= 0]
    first = f"On {day(week)} {listing(held)} held" if held else f"On {day(week)} none of the states held"
    rest = f"; {listing(absent)} did not" if held and absent else ""
    near = [_approach(name, margins[name], week) for name in absent]
    moved = direction(move - median, up="above", down="below", level="at")
    return Sentence(
        f"{first}{rest}.{' ' if near else ''}{' '.join(near)} {_name(follower)}'s return over the 26 weeks before was "
        f"{signed(move)} log points, {moved} the median of its own history until then ({signed(median)})."
    )


def say_contrast(found: StateContrastResult) -> Sentence:
    """Say how returns differed while a state held.

    Parameters
    ----------
    found : StateContrastResult
        Of one state.

    Returns
    -------
    Sentence
        Each asset's difference with its p-value.
    """
    if found.reason:
        return Sentence(f"Returns in and out of {found.state} cannot be compared: {found.reason}.")
    told = [
        f"{NAMES.get(str(name), str(name))} {signed(row['inside'], 2)} % a week against {signed(row['outside'], 2)} % "
        f"({pvalue(row['pvalue'])})"
        for name, row in found.table.iterrows()
    ]
    clear = [NAMES.get(str(name), str(name)) for name, row in found.table.iterrows() if row["pvalue"] < 0.05]
    held = f"{count(found.spells_inside, 'spell')}, {found.weeks_inside} of {found.nobs} weeks"
    beyond = f"Beyond what shifted spells give by chance: {listing(clear)}."
    within = "None of these differences is beyond what shifted spells give by chance."
    return Sentence(f"While {found.state} held ({held}), {'; '.join(told)}. {beyond if clear else within}")


def say_responses(found: Mapping[str, LocalProjectionResult]) -> Sentence:
    """Say whether the response to a surprise differs by state.

    Parameters
    ----------
    found : mapping of str to LocalProjectionResult
        By state.

    Returns
    -------
    Sentence
        The p-value of the difference over all horizons, by state.
    """
    done = {state: result.difference for state, result in found.items() if result.difference is not None}
    missing = [f"{state} ({result.reason})" for state, result in found.items() if result.difference is None]
    told = [f"{state} {pvalue(part.test.pvalue)}" for state, part in done.items()]
    late = f" Not estimated: {listing(missing)}." if missing else ""
    lead = f"Difference between the two responses at any horizon: {listing(told)}." if told else ""
    return Sentence(f"{lead}{late}".strip())


def say_switching(fixed: pd.Series, probability: pd.Series, found: StateInteractionResult, *, horizon: int) -> Sentence:
    """Compare fear by the fixed rule with a regime that a model finds.

    Parameters
    ----------
    fixed : pandas.Series of bool
        Fear by the rule fixed in advance.
    probability : pandas.Series
        Filtered probability of the high-volatility regime.
    found : StateInteractionResult
        The interaction test with the model's regime as the state.
    horizon : int
        Weeks.

    Returns
    -------
    Sentence
        Shares, agreement, and the test.
    """
    both = pd.concat([fixed.rename("fixed"), (probability > 0.5).rename("model")], axis=1, join="inner")
    agree = float((both["fixed"] == both["model"]).mean())
    shares = [number(100 * value, 0) for value in (both["model"].mean(), both["fixed"].mean(), agree)]
    lead = (
        f"The model puts {shares[0]} % of weeks in its high regime, the fixed rule calls {shares[1]} % of them fear; "
        f"they agree in {shares[2]} %."
    )
    if found.reason:
        return Sentence(f"{lead} The interaction cannot be tested with it: {found.reason}.")
    row = found.table.xs(horizon, level="horizon").iloc[0]
    return Sentence(
        f"{lead} With the model's regime in place of fear, the difference is {signed(row['difference'])} log points "
        f"over {horizon} weeks (95 % interval {interval(row['lower'], row['upper'])}); over all horizons "
        f"{pvalue(found.pvalue)}."
    )


def say_what_would_change(found: StateInteractionResult, *, state: str, horizon: int, smallest: float) -> Sentence:
    """Say what it would take to learn more.

    Parameters
    ----------
    found : StateInteractionResult
        The primary test.
    state : str
        The state of the estimand.
    horizon : int
        Its horizon, weeks.
    smallest : float
        Smallest effect of interest, log points.

    Returns
    -------
    Sentence
        How much longer the record would have to be.
    """
    if found.reason:
        return Sentence(f"More weeks in and out of the states: {found.reason}.")
    row = found.table.loc[(state, horizon)]
    spells = int(found.spells.loc[state, "spells_inside"])
    times = (row["detectable"] / smallest) ** 2
    enough = (
        f"The record ({count(spells, 'spell')} of {state}) is long enough to find {number(smallest, 0)} log points."
    )
    short = (
        f"The record holds {count(spells, 'spell')} of {state}. To find {number(smallest, 0)} log points over "
        f"{horizon} weeks four times in five, it would have to be about {number(times)} times as long."
    )
    return Sentence(short if times > 1 else enough)


def _approach(name: str, margin: pd.Series, week: pd.Timestamp) -> str:
    """Say whether a state that did not hold was coming nearer."""
    before, now = float(margin.shift(13).loc[week]), float(margin.loc[week])
    short = f"{name.capitalize()} was short of its threshold by {number(-now, 2)}"
    if before != before:
        return f"{short}."
    if before > 0:
        return f"{short}; 13 weeks earlier it had held."
    moving = direction(now - before, up="nearer to", down="farther from", level="no nearer to")
    return f"{short}, {moving} it than 13 weeks earlier ({number(-before, 2)})."


def _weight(p: float) -> str:
    """Say what a p-value of a whole search means."""
    if p < 0.05:
        return "more than such a search finds by luck"
    return "a hint, no more" if p < 0.10 else "no more than such a search finds by luck"


def _name(name: str) -> str:
    """Give the name of a series at the start of a sentence."""
    label = NAMES.get(name, name)
    return f"{label[0].upper()}{label[1:]}"
