"""How numbers become words: units, p-values, directions, counts, dates."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from helpers.claims.words import interval, number, pvalue, signed

__all__ = ["Sentence", "count", "day", "direction", "interval", "listing", "number", "pvalue", "signed"]


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
