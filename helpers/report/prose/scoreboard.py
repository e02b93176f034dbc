"""Sentences about forecasts: the story scored, gains out of sample, the league, open forecasts."""

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.claims import KeptForecast
from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, day, direction, interval, listing, number, pvalue, signed
from helpers.stats import ForecastLeagueResult, OutOfSampleResult, score_forecast, skill

EVENTS, HISTORY, LATE = "earlier highs", "own history", "own history since 2014"
_FORECASTERS = {"history": "own history", "strength": "history tilted by strength"}


def say_score(scores: pd.DataFrame, *, date: pd.Timestamp, path: pd.Series, due: int, follower: str) -> Sentence:
    """Say how the story of a record has fared.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `helpers.stats.score_fans`, fans "earlier highs" and "own history".
    date : pandas.Timestamp
        Date of the fans.
    path : pandas.Series
        Cumulative log return since, by week; may be empty.
    due : int
        Weeks after which the claim is due.
    follower : str
        Name of the follower.

    Returns
    -------
    Sentence
        Outcome, place, and the comparison of the two fans; or when it is due.
    """
    name = _name(follower)
    if path.empty:
        return Sentence(f"Nothing can be scored yet: no week after {day(date)} is in the data. {_due(date, due)}")
    scored = [int(week) for week in scores.index.get_level_values("week").unique()]
    moved = direction(path.iloc[-1], up="gained", down="lost", level="gained")
    size = number(abs(path.iloc[-1]), 0)
    lead = f"In the {count(len(path), 'week')} since {day(date)} {name} has {moved} {size} log points."
    if not scored:
        return Sentence(f"{lead} No horizon of the fans has passed. {_due(date, due)}")
    week = scored[-1]
    own = scores.loc[(week, HISTORY)]
    placed = (
        f"After {week} weeks it stood at {signed(own['outcome'], 0)}, where the median of its own history was "
        f"{signed(own['median'], 0)} and nine in ten paths lay from {interval(own['lower'], own['upper'], 0)}; "
        f"{number(100 * own['place'], 0)} % of them ended lower."
    )
    compared = ""
    if (week, EVENTS) in scores.index:
        gain = skill(score=scores.loc[(week, EVENTS), "pinball"], reference=own["pinball"])
        word = direction(gain, up="better", down="worse", level="no better")
        compared = f" The fan after earlier highs scored {number(abs(100 * gain), 0)} % {word} than own history."
    rest = "" if week >= due else f" {_due(date, due)}"
    return Sentence(f"{lead} {placed}{compared}{rest}")


def say_late_history(scores: pd.DataFrame) -> Sentence:
    """Say how the fan after highs compares with a history that leaves out the wild early years.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `helpers.stats.score_fans`, with the fan "own history since 2014" too.

    Returns
    -------
    Sentence
        The skill at the longest horizon scored.
    """
    weeks = [week for week, fan in scores.index if fan == LATE and (week, EVENTS) in scores.index]
    if not weeks:
        return Sentence("The fan after highs cannot be compared with later history yet.")
    week = weeks[-1]
    late, own = scores.loc[(week, LATE)], scores.loc[(week, HISTORY)]
    gain = skill(score=scores.loc[(week, EVENTS), "pinball"], reference=late["pinball"])
    word = direction(gain, up="better", down="worse", level="no better")
    width = 100 * (late["upper"] - late["lower"]) / (own["upper"] - own["lower"])
    return Sentence(
        "The years before 2014 shape own history: the middle nine tenths of own history since 2014 are "
        f"{number(width, 0)} % as wide after {week} weeks. Against it the fan after highs scored "
        f"{number(abs(100 * gain), 0)} % {word}."
    )


def say_fans(events: int, known: int, *, leader: str) -> Sentence:
    """Say how little the fan of earlier highs is made of.

    Parameters
    ----------
    events, known : int
        Earlier highs, and those whose whole span was known.
    leader : str
        Name of the leader.

    Returns
    -------
    Sentence
        Both counts.
    """
    return Sentence(
        f"The fan after {NAMES[leader]}'s earlier highs is made of {count(events, 'path')} ({known} known over the "
        "whole span): its quantiles are those of a handful of numbers."
    )


def say_backtest(table: pd.DataFrame) -> Sentence:
    """Say how such fans did at earlier highs.

    Parameters
    ----------
    table : pandas.DataFrame
        From `helpers.stats.backtest_fans`.

    Returns
    -------
    Sentence
        Mean skill and how often the fan after highs scored better.
    """
    if table.empty:
        return Sentence("No earlier high had two complete ones before it, so such fans have no record to look at.")
    gain = skill(score=table["pinball_events"].mean(), reference=table["pinball_history"].mean())
    better = int((table["pinball_events"] < table["pinball_history"]).sum())
    word = direction(gain, up="less", down="more", level="less")
    return Sentence(
        f"Made in the same way at {count(len(table), 'earlier high')}, the fan after highs lost "
        f"{number(abs(100 * gain), 0)} % {word} than own history, and was the better of the two in "
        f"{count(better, 'case')}."
    )


def say_gains(found: Mapping[int, OutOfSampleResult]) -> Sentence:
    """Say whether strength forecasts better than the mean.

    Parameters
    ----------
    found : mapping of int to OutOfSampleResult
        By horizon in weeks.

    Returns
    -------
    Sentence
        R2 and p-value by horizon.
    """
    done = {horizon: result for horizon, result in found.items() if not result.reason}
    missing = [f"{horizon} weeks ({result.reason})" for horizon, result in found.items() if result.reason]
    late = f" Not done: {listing(missing)}." if missing else ""
    if not done:
        return Sentence(late.strip())
    told = [
        f"{signed(100 * result.r2)} % over {horizon} weeks ({pvalue(result.pvalue_bootstrap)}; luck reaches "
        f"{signed(100 * result.r2_by_luck)} % one time in twenty)"
        for horizon, result in done.items()
    ]
    gains = [f"{horizon} weeks" for horizon, result in done.items() if result.r2 > 0]
    first = next(iter(done.values()))
    leader, follower = NAMES.get(first.cause, first.cause), NAMES.get(first.effect, first.effect)
    end = f"a gain over {listing(gains)}" if gains else "no gain over any horizon: the plain mean forecast better"
    return Sentence(f"R2 out of sample of {follower} from {leader}'s strength: {listing(told)}. That is {end}.{late}")


def say_league(found: ForecastLeagueResult, *, leader: str) -> Sentence:
    """Say who leads the league and what the search is worth.

    Parameters
    ----------
    found : ForecastLeagueResult
        The league.
    leader : str
        Name of the leader on trial.

    Returns
    -------
    Sentence
        Rank of the leader, the best of all, and the p-value of the search.
    """
    if found.reason or found.best is None:
        return Sentence(f"The league cannot be played: {found.reason}.")
    names = list(found.standings.index)
    name, back, ahead = found.best
    gains = int((found.table["r2"] > 0).sum())
    rank = f"{NAMES[leader]} is number {names.index(leader) + 1} of {len(names)} by mean R2" if leader in names else ""
    judged = "more than" if found.pvalue < 0.05 else "what"
    return Sentence(
        f"Of {len(found.table)} forecasts {gains} beat the mean; {rank}. The best is {NAMES.get(str(name), str(name))} "
        f"over {back} weeks for the next {ahead} (R2 {signed(100 * found.table.loc[found.best, 'r2'])} %); after the "
        f"search {pvalue(found.pvalue)}: {judged} a search of this size finds by luck."
    )


def say_forecasts(kept: Sequence[KeptForecast], *, prices: pd.Series) -> Sentence:
    """Say which forecasts are open and how those that are due have scored.

    Parameters
    ----------
    kept : sequence of KeptForecast
        From the ledger.
    prices : pandas.Series
        Weekly prices of the follower.

    Returns
    -------
    Sentence
        Mean Brier scores of the forecasts that are due, and the dates of the open ones.
    """
    scored = [table for one in kept if not (table := score_forecast(one.forecast, prices=prices)).empty]
    waiting = [day(one.forecast.due) for one in kept if score_forecast(one.forecast, prices=prices).empty]
    opened = f"Open: {count(len(waiting), 'forecast')}, due on {listing(waiting)}." if waiting else "None is open."
    if not scored:
        return Sentence(f"No forecast is due yet. {opened}")
    means = pd.concat(scored).drop(columns="happened").astype(float).mean()
    told = [f"{_FORECASTERS.get(str(name), str(name))} {number(value, 3)}" for name, value in means.items()]
    best = _FORECASTERS.get(str(means.idxmin()), str(means.idxmin()))
    return Sentence(
        f"{count(len(scored), 'forecast').capitalize()} fell due. Mean Brier score (0 is perfect, a coin scores 0.25): "
        f"{listing(told)}; the better forecaster is {best}. {opened}"
    )


def forecast_table(kept: Sequence[KeptForecast], *, prices: pd.Series) -> pd.DataFrame:
    """Lay forecasts out for reading.

    Parameters
    ----------
    kept : sequence of KeptForecast
        From the ledger.
    prices : pandas.Series
        Weekly prices of the follower.

    Returns
    -------
    pandas.DataFrame
        By date and statement: probability of each forecaster (%), when it was stored, when it is due, and whether it
        happened ("open" before).
    """
    parts = {}
    for one in kept:
        scored = score_forecast(one.forecast, prices=prices)
        table = (100 * one.forecast.probabilities).round(0).astype(int)
        happened = scored["happened"].map({True: "yes", False: "no"}) if len(scored) else "open"
        dates = {"stored": f"{one.stored:%Y-%m-%d}", "due": f"{one.forecast.due:%Y-%m-%d}"}
        parts[f"{one.forecast.made:%Y-%m-%d}"] = table.assign(**dates, happened=happened)
    return pd.concat(parts, names=["made", "statement"])


def _due(date: pd.Timestamp, weeks: int) -> str:
    """Say when the claim is due."""
    return f"The claim is due on {day(date + pd.Timedelta(weeks=weeks))}."


def _name(name: str) -> str:
    """Give the name of a series."""
    return NAMES.get(name, name)
