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
        Rows (series, era); columns weeks, mean, sd, lowest, in week, highest, in week_, first-order autocorrelation.
    """
    rows = {}
    for name in changes:
        for era, values in by_era(changes[name].dropna()).items():
            rows[name, era] = [
                len(values), values.mean(), values.std(), values.min(), values.idxmin(), values.max(), values.idxmax(), values.autocorr(1),
            ]  # fmt: skip
    columns = ["weeks", "mean", "sd", "lowest", "lowest_week", "highest", "highest_week", "autocorrelation"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index = pd.MultiIndex.from_tuples(table.index, names=["series", "era"])
    return table
