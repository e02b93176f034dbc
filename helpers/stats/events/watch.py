"""What to watch: how far the next high is, and whether it would count as a new event."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.stats.events.highs import RUNGS, new_highs, running_record


def distance_to_highs(
    price: pd.Series,
    *,
    lookbacks: Sequence[float | None] = tuple(RUNGS.values()),
    quiet: int = 26,
    floor: float | None = None,
) -> pd.DataFrame:
    """Say how far the next weekly close is from a new high of each kind.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly closes.
    lookbacks : sequence of float or None
        Years that the high must stand out against; None for all time.
    quiet : int
        Weeks without such a high before one counts as a new event.
    floor : float, optional
        A record known from before the first row, for all-time highs.

    Returns
    -------
    pandas.DataFrame, shape (lookbacks, 4)
        By name of the high: `level` that the next close has to beat (unit of the price), `distance` to it in log
        points, `last` week of such a high, and whether a high next week would be a new `event`.

    Raises
    ------
    InputError
        As in `helpers.stats.events.running_record`.
    """
    next_week = price.index[-1] + pd.Timedelta(weeks=1)
    longer = pd.concat([price, pd.Series([price.iloc[-1]], [next_week], name=price.name)])
    rows = {}
    for lookback in lookbacks:
        known = floor if lookback is None else None
        level = running_record(longer, lookback=lookback, floor=known).iloc[-1]
        highs = new_highs(price, lookback=lookback, floor=known)
        last = highs.index[highs][-1] if highs.any() else pd.NaT
        fresh = bool(pd.isna(last) or next_week - last > pd.Timedelta(weeks=quiet))
        rows[high_name(lookback)] = [level, 100 * np.log(level / price.iloc[-1]), last, fresh]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["level", "distance", "last", "event"])


def high_name(lookback: float | None) -> str:
    """Name a kind of high.

    Parameters
    ----------
    lookback : float or None
        Years; None for all time.

    Returns
    -------
    str
        Such as "2-year high" or "all-time high".
    """
    return "all-time high" if lookback is None else f"{lookback:g}-year high"
