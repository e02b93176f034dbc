"""Descriptive statistics of weekly changes."""

import pandas as pd

from helpers.stats.eras import by_era


def describe_changes(changes: pd.DataFrame) -> pd.DataFrame:
    """Describe weekly changes in each era.

    Parameters
    ----------
    changes : pandas.DataFrame, shape (n, k)
        Weekly changes, NaN where missing.

    Returns
    -------
    pandas.DataFrame
        Rows (series, era); columns weeks, mean, sd, lowest and its week, highest and its week, first-order
        autocorrelation.
    """
    rows = {}
    for name in changes:
        for era, values in by_era(changes[name].dropna()).items():
            rows[name, era] = _describe(values)
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = pd.MultiIndex.from_tuples(table.index, names=["series", "era"])
    return table


def _describe(values: pd.Series) -> dict[str, float | str]:
    return {
        "weeks": len(values),
        "mean": values.mean(),
        "sd": values.std(),
        "lowest": values.min(),
        "lowest_week": f"{values.idxmin():%Y-%m-%d}",
        "highest": values.max(),
        "highest_week": f"{values.idxmax():%Y-%m-%d}",
        "autocorrelation": values.autocorr(1),
    }
