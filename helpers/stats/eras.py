"""The three eras in which every main result is shown."""

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

    Parameters
    ----------
    data : pandas.Series or pandas.DataFrame, shape (n, ...)
        With a date index.

    Returns
    -------
    dict of str to the type of `data`
        Only eras that hold at least one row.
    """
    parts = {era: data.loc[first:last] for era, (first, last) in ERAS.items()}
    return {era: part for era, part in parts.items() if len(part)}
