"""Annual figures for small-sample tests: one vintage of a balance, and price changes of whole calendar years."""

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean

YEAR_END_DAYS = 7


def single_vintage(*, balance: pd.DataFrame, item: str) -> tuple[pd.Series, str]:
    """Give the years of one item from the one vintage that holds most of them.

    Definitions change between vintages, so years of different vintages are never put side by side.

    Parameters
    ----------
    balance : pandas.DataFrame
        Columns year, item, moz (million ounces), status ("A" for actual), vintage.
    item : str
        Such as "market_balance".

    Returns
    -------
    series : pandas.Series
        Million ounces by year, actual figures only.
    vintage : str
        Where they come from; of two with as many years, the one with the later last year.

    Raises
    ------
    InputError
        No actual figure of the item, or a year twice in one vintage.
    """
    rows = balance[(balance["item"] == item) & (balance["status"] == "A")]
    if rows.empty:
        raise InputError(f"{item!r} has no actual figure in the balance.")
    extent = rows.groupby("vintage")["year"].agg(["nunique", "max"]).sort_values(["nunique", "max"])
    vintage = str(extent.index[-1])
    series = rows[rows["vintage"] == vintage].set_index("year")["moz"].rename(item).sort_index()
    if not series.index.is_unique:
        twice = series.index[series.index.duplicated()][0]
        raise InputError(f"{item!r} has the year {twice} twice in {vintage!r}.")
    return series, vintage


def annual_changes(price: pd.Series) -> pd.Series:
    """Give the log change of a price over each complete calendar year, from last close to last close.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Daily or weekly closes.

    Returns
    -------
    pandas.Series
        Per cent (log), by year; a year counts when it and the one before have a close in their last seven days.

    Raises
    ------
    InputError
        Missing or constant closes.
    """
    require_clean(price, role="price")
    dates = pd.DatetimeIndex(price.index)
    last = price.groupby(dates.year).last()
    closes = pd.Series(dates, index=dates).groupby(dates.year).last()
    ends = pd.to_datetime(closes.index.astype(str) + "-12-31")
    complete = last.where((ends - pd.DatetimeIndex(closes)).days < YEAR_END_DAYS)
    return (100 * np.log(complete)).diff().dropna().rename_axis("year").rename(price.name)


def pair_years(*, figures: pd.Series, changes: pd.Series, lead: int) -> pd.DataFrame:
    """Set annual figures beside the price change of the same or a later year.

    Parameters
    ----------
    figures : pandas.Series
        By year.
    changes : pandas.Series
        Price changes by year.
    lead : int
        Years from the figure to the change: 0 for the same year, 1 for the next.

    Returns
    -------
    pandas.DataFrame
        Indexed by the year of the figure; columns named after the two series; complete pairs only.
    """
    later = changes.set_axis(changes.index - lead)
    return pd.concat([figures, later], axis=1, join="inner").dropna()
