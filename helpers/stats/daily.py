"""Days of two markets that close at different hours, set side by side so that no lead is made by the clock."""

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean


def align_days(*, effect: pd.Series, cause: pd.Series, cause_closes_first: bool) -> pd.DataFrame:
    """Give daily returns in which lag 1 of the cause is the latest that ended before the effect's day began.

    Silver settles at 13:30 in New York, Bitcoin's day ends at 00:00 UTC, 19:00 or 20:00 there. Silver's day ``t`` is
    over before Bitcoin's day ``t + 1`` begins, so that its lag 1 is an honest lead. Bitcoin's day ``t`` ends inside
    silver's day ``t + 1``: the first honest lead of Bitcoin is of two days, and the cause is moved by one day.

    Parameters
    ----------
    effect, cause : pandas.Series, shapes (n,) and (m,)
        Daily prices, positive, labelled with the day.
    cause_closes_first : bool
        Whether the cause's day ends before the effect's day of the same label.

    Returns
    -------
    pandas.DataFrame, shape (days, 2)
        Columns ``effect`` and ``cause``: 100 x log differences over the days that both have (a weekend is in Monday's).

    Raises
    ------
    InputError
        Prices that are not positive; fewer than three days in common.
    """
    for series, role in ((effect, "effect"), (cause, "cause")):
        if not require_clean(series, role=role).min() > 0:
            where = series.index[series.to_numpy() <= 0][0]
            raise InputError(f"{role} {series.name!r} is not positive on {where}: give prices, not returns.")
    prices = pd.concat({"effect": effect, "cause": cause}, axis=1, join="inner", sort=True)
    if len(prices) < 3:
        raise InputError(f"{effect.name!r} and {cause.name!r} have {len(prices)} days in common: three are the least.")
    returns = 100 * np.log(prices).diff()
    if not cause_closes_first:
        returns["cause"] = returns["cause"].shift(1)
    return returns.dropna()
