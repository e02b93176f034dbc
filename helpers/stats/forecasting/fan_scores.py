"""How fans of possible paths scored against the path that came."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.stats.checks import require_clean
from helpers.stats.forecasting.fans import LEVELS, MIN_PAST, Fan, event_fan, history_fan
from helpers.stats.forecasting.scores import crps, pinball_loss, place


def score_fans(*, fans: Mapping[str, Fan], path: pd.Series, weeks: Sequence[int] = (4, 13, 26)) -> pd.DataFrame:
    """Score fans by what came.

    Parameters
    ----------
    fans : mapping of str to Fan
        Fans of one date.
    path : pandas.Series, shape (weeks since,)
        Cumulative log return, per cent, after 1, 2, ... weeks as far as it is known.
    weeks : sequence of int
        Weeks ahead to score; those not reached by the path, or not by a fan, are left out.

    Returns
    -------
    pandas.DataFrame
        By week and fan: number of `paths`, `outcome`, `median`, ends of the central 90% (`lower`, `upper`), `place` of
        the outcome among the paths, mean `pinball` loss over the levels 5, 25, 50, 75 and 95%, and `crps`.
    """
    rows = {
        (week, name): _scored(fan, week, float(path.iloc[week - 1]))
        for week in weeks
        for name, fan in fans.items()
        if week <= min(len(path), fan.weeks)
    }
    columns = ["paths", "outcome", "median", "lower", "upper", "place", "pinball", "crps"]
    index = pd.MultiIndex.from_tuples(list(rows), names=["week", "fan"])
    return pd.DataFrame(list(rows.values()), index=index, columns=columns)


def backtest_fans(
    *, returns: pd.Series, events: pd.DatetimeIndex, before: pd.Timestamp, weeks: int = 26, seed: int
) -> pd.DataFrame:
    """Score, at each earlier event, the fan from the events before it and the fan from the history before it.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly log returns, per cent.
    events : pandas.DatetimeIndex
        Dates of events.
    before : pandas.Timestamp
        Only paths complete by this week are scored.
    weeks : int
        Weeks ahead.
    seed : int
        Of the history's paths.

    Returns
    -------
    pandas.DataFrame, shape (events scored, 5)
        By event: `outcome`, `place_events`, `place_history`, `pinball_events`, `pinball_history`. An event needs two
        earlier ones that were complete by then, and 104 weeks of returns.
    """
    rows = {}
    for date in events[events + pd.Timedelta(weeks=weeks) <= before]:
        fan = event_fan(returns=returns, events=events, as_of=date, weeks=weeks) if date >= returns.index[0] else None
        if fan is None or fan.weeks < weeks or len(returns.loc[:date]) < MIN_PAST:
            continue
        history = history_fan(returns=returns, as_of=date, weeks=weeks, seed=seed)
        path = path_since(returns=returns, date=date, weeks=weeks)
        scored = score_fans(fans={"events": fan, "history": history}, path=path, weeks=[weeks]).loc[weeks]
        rows[date] = {"outcome": scored["outcome"].iloc[0]} | {
            f"{what}_{who}": scored.loc[who, what] for what in ("place", "pinball") for who in ("events", "history")
        }
    columns = ["outcome", "place_events", "place_history", "pinball_events", "pinball_history"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def skill(*, score: float, reference: float) -> float:
    """Compare a score with that of a reference.

    Parameters
    ----------
    score, reference : float
        Mean losses, smaller is better.

    Returns
    -------
    float
        Share of the reference's loss that is avoided; negative where the reference is better.
    """
    return 1 - score / reference


def path_since(*, returns: pd.Series, date: pd.Timestamp, weeks: int = 26) -> pd.Series:
    """Cumulate returns after a date.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly log returns, per cent.
    date : pandas.Timestamp
        Start; the return of its own week is not counted.
    weeks : int
        Longest path.

    Returns
    -------
    pandas.Series, shape (at most weeks,)
        Cumulative return by week; empty where no later week is known.
    """
    require_clean(returns, role="returns")
    return returns[returns.index > date].iloc[:weeks].cumsum()


def _scored(fan: Fan, week: int, outcome: float) -> dict[str, float]:
    """Scores of one fan in one week."""
    values = fan.at(week)
    quantiles = np.quantile(values, LEVELS, method="median_unbiased")
    return {
        "paths": values.size,
        "outcome": outcome,
        "median": quantiles[2],
        "lower": quantiles[0],
        "upper": quantiles[-1],
        "place": place(sample=values, outcome=outcome),
        "pinball": float(pinball_loss(quantile=quantiles, outcome=outcome, level=np.array(LEVELS)).mean()),
        "crps": crps(sample=values, outcome=outcome),
    }
