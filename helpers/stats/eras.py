"""The three eras in which every main result is shown, and what a series is like in each."""

from typing import TypeVar

import pandas as pd

ERAS: dict[str, tuple[str, str]] = {
    "2010-2013": ("2010-07-01", "2013-12-31"),
    "2014-2019": ("2014-01-01", "2019-12-31"),
    "2020 on": ("2020-01-01", "2262-01-01"),
}

Data = TypeVar("Data", pd.Series, pd.DataFrame)


def by_era(data: Data) -> dict[str, Data]:
    """Split data into the eras.

    Only eras that hold at least one row.

    Parameters
    ----------
    data : pandas.Series or pandas.DataFrame, shape (n, ...)
        With a date index.
    """
    parts = {era: data.loc[first:last] for era, (first, last) in ERAS.items()}
    return {era: part for era, part in parts.items() if len(part)}


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
