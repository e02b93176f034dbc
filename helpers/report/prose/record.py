"""Sentences about the record: how high, how fast, how rare."""

import pandas as pd

from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, day, direction, number, signed
from helpers.stats import RAW, RecordResult, RelativePerformanceResult


def say_record(found: RecordResult) -> Sentence:
    """Say whether the week was a record and how it came about.

    Parameters
    ----------
    found : RecordResult
        From `price_record`.

    Returns
    -------
    Sentence
        Level, earlier high, since when, pace.
    """
    verb = "above" if found.is_record else "not above"
    since = (
        f"Weekly closes had been above the earlier high of {number(found.earlier, 2)} since {day(found.first_above)}."
        if found.first_above is not None
        else f"No weekly close of the run stood above the earlier high of {number(found.earlier, 2)}."
    )
    faster = "faster" if found.pace_after > found.pace_before else "no faster"
    return Sentence(
        f"On {day(found.week)} {NAMES[found.name]} closed at ${number(found.value, 2)}, {verb} every price on record "
        f"before it. {since} It moved {signed(found.pace_before)} log points a week over the half-year to "
        f"{day(found.year_start)} and {signed(found.pace_after)} a week after that: {faster} at the end."
    )


def say_real(value: float, earlier: float, when: pd.Timestamp) -> Sentence:
    """Say how the record compares after inflation.

    Parameters
    ----------
    value : float
        The close on trial, in the money of the latest published month.
    earlier : float
        The earlier high in the same money.
    when : pandas.Timestamp
        Date of the earlier high.

    Returns
    -------
    Sentence
        Both in the same money, and whether the record is one in real terms.
    """
    record = "also" if value > earlier else "not"
    return Sentence(
        f"In the money of the latest published month the high of {day(when)} was worth ${number(earlier, 0)} an ounce, "
        f"and the close of the record ${number(value, 0)}: {record} a record in real terms "
        f"({number(100 * value / earlier, 0)} % of the earlier high)."
    )


def say_after(price: pd.Series, week: pd.Timestamp) -> Sentence:
    """Say what came after the record week, as far as the data go.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly closes.
    week : pandas.Timestamp
        The record week.

    Returns
    -------
    Sentence
        The next week and the latest one; that nothing is known yet if the data end there.
    """
    later = price[price.index > week]
    if not len(later):
        return Sentence("The data end with the week of the record: nothing after it is known here.")
    first, last = (
        f"{number(100 * abs(move))} % {direction(move, up='higher', down='lower', level='away')}"
        for move in (later.iloc[0] / price[week] - 1, later.iloc[-1] / price[week] - 1)
    )
    return Sentence(f"A week later {NAMES[str(price.name)]} stood {first}; by {day(later.index[-1])}, {last}.")


def say_rarity(found: RelativePerformanceResult, *, horizon: int) -> Sentence:
    """Say how rare the margin over the other asset was.

    Parameters
    ----------
    found : RelativePerformanceResult
        From `relative_performance`.
    horizon : int
        Weeks of the primary margin.

    Returns
    -------
    Sentence
        The margin, the share of earlier weeks at least as large, its interval.
    """
    row = found.table.loc[(RAW, horizon)]
    verb = direction(row["value"], up="had beaten", down="had fallen behind", level="was level with")
    margin = f"Over {horizon} weeks to {day(found.date)} {NAMES[found.leader]} {verb} {NAMES[found.follower]} by"
    if row["value"] <= 0:
        return Sentence(f"{margin} {number(abs(row['value']))} log points: there is no lead to place.")
    confidence, low, high = row["confidence"], 100 * row["low"], 100 * row["high"]
    return Sentence(
        f"{margin} {number(row['value'])} log points. Of {int(row['nobs']):,} earlier weeks, "
        f"{number(100 * row['share'])} % saw a margin at least as large ({100 * confidence:.0f} % interval "
        f"{number(low)} to {number(high)} %; the overlapping weeks count for about "
        f"{number(row['effective'], 0)} independent ones)."
    )
