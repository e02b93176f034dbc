"""Sentences about the data."""

import pandas as pd

from helpers.data import Dataset
from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, day, listing, number


def say_coverage(panel: Dataset) -> Sentence:
    """Say what the panel holds.

    Parameters
    ----------
    panel : Dataset
        The data in use.

    Returns
    -------
    Sentence
        Span of the three prices, weeks in common, series that end early.
    """
    btc, common, end = panel.price("btc"), panel.weekly.dropna().index, panel.weekly.index[-1]
    early = [NAMES[name] for name, values in panel.weekly.items() if values.dropna().index[-1] < end]
    holes = sum(int(values.loc[values.first_valid_index() : values.last_valid_index()].isna().sum())
                for _, values in panel.weekly.items())  # fmt: skip
    late = f" {listing(early).capitalize()} {'ends' if len(early) == 1 else 'end'} before that." if early else ""
    return Sentence(
        f"Silver and gold are there from {day(panel.price('silver').index[0])}, Bitcoin from {day(btc.index[0])} "
        f"({len(btc):,} weeks), to {day(end)}.{late} All series together cover {len(common):,} weeks. "
        f"Inside their spans the series have {count(holes, 'missing week')}; nothing has been filled in."
    )


def say_dispersion(table: pd.DataFrame) -> Sentence:
    """Say how much wilder Bitcoin is than silver, by era.

    Parameters
    ----------
    table : pandas.DataFrame
        From `helpers.stats.describe_changes`.

    Returns
    -------
    Sentence
        Weekly standard deviations.
    """
    btc, silver = table.loc["btc", "sd"], table.loc["silver", "sd"]
    told = [f"{number(value)} % against {number(silver[era])} % in {era}" for era, value in btc.items()]
    path = f"from {number(btc.iloc[0])} % to {number(btc.iloc[-1])} %"
    return Sentence(
        f"Weekly standard deviations, Bitcoin against silver: {listing(told)}. "
        f"Bitcoin's went {path}, so tests that take the variance for constant cannot be trusted."
    )


def say_averaging(average: float, month_end: float, theory: float) -> Sentence:
    """Say what averaging within a month does.

    Parameters
    ----------
    average, month_end : float
        First-order autocorrelation of changes of month averages and of month-end prices.
    theory : float
        What averaging a random walk gives by itself.

    Returns
    -------
    Sentence
        With the three numbers.
    """
    return Sentence(
        f"Changes of month averages of silver have an autocorrelation of {number(average, 2)}, changes of month-end "
        f"prices {number(month_end, 2)}; averaging a random walk gives {number(theory, 2)} by itself (Working 1960). "
        "Set against month-end prices of anything, such averages show a lead that is not there."
    )
