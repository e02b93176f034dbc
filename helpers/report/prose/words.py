"""How numbers become words: units, p-values, directions, counts, dates."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Sentence:
    """Computed prose, shown as a paragraph.

    Parameters
    ----------
    text : str
        One or more sentences; every number in them comes from a result.
    """

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text.replace("$", r"\$")


def number(value: float, digits: int = 1) -> str:
    """Write a number with a true minus sign and a fixed number of decimals.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        Decimals.

    Returns
    -------
    str
        "n/a" for NaN; never "-0.0".
    """
    if math.isnan(value):
        return "n/a"
    text = f"{abs(value):,.{digits}f}"
    return f"−{text}" if value < 0 and float(text.replace(",", "")) != 0 else text


def signed(value: float, digits: int = 1) -> str:
    """Write a number with its sign, plus included.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        Decimals.

    Returns
    -------
    str
        Such as "+3.2" or "−0.4".
    """
    text = number(value, digits)
    return text if text.startswith("−") or text == "n/a" or float(text.replace(",", "")) == 0 else f"+{text}"


def pvalue(p: float) -> str:
    """Write a p-value as a journal does.

    Parameters
    ----------
    p : float
        Between 0 and 1, or NaN.

    Returns
    -------
    str
        "p = 0.032", "p < 0.001" or "no p-value".
    """
    if math.isnan(p):
        return "no p-value"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def interval(low: float, high: float, digits: int = 1) -> str:
    """Write an interval.

    Parameters
    ----------
    low, high : float
        Its ends.
    digits : int
        Decimals.

    Returns
    -------
    str
        Such as "−4.0 to 12.5".
    """
    return f"{number(low, digits)} to {number(high, digits)}"


def direction(value: float, *, up: str = "rose", down: str = "fell", level: str = "did not move") -> str:
    """Choose the word for a sign.

    Parameters
    ----------
    value : float
        The number.
    up, down, level : str
        Words for positive, negative, zero.

    Returns
    -------
    str
        One of the three.
    """
    return up if value > 0 else down if value < 0 else level


def count(n: int, singular: str, plural: str | None = None) -> str:
    """Write a count with its noun.

    Parameters
    ----------
    n : int
        How many.
    singular, plural : str
        The noun; the plural adds an s if not given.

    Returns
    -------
    str
        "no episodes", "one episode", "12 episodes".
    """
    noun = singular if n == 1 else plural or f"{singular}s"
    words = {0: "no", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
    return f"{words.get(n, f'{n:,}')} {noun}"


def listing(items: Iterable[str]) -> str:
    """Join items as a sentence does.

    Parameters
    ----------
    items : iterable of str
        The items.

    Returns
    -------
    str
        "a", "a and b", "a, b and c"; "none" for no items.
    """
    known = list(items)
    if not known:
        return "none"
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"


def day(date: pd.Timestamp) -> str:
    """Write a date.

    Parameters
    ----------
    date : pandas.Timestamp
        The date.

    Returns
    -------
    str
        Such as "23 January 2026".
    """
    return f"{date.day} {date:%B %Y}"
