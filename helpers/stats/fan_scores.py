"""How fans of possible paths scored against the path that came."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.stats.checks import require_clean
from helpers.stats.fans import LEVELS, Fan
from helpers.stats.scores import crps, pinball_loss, place


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
