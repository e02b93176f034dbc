"""How numbers become words: per cent, dollars, odds, counts, dates; each is a filter of the sentence templates."""

import math
import re
from collections.abc import Iterable

import pandas as pd

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(value: float, digits: int = 1) -> str:
    """Write a number with a true minus sign and fixed decimals; one that would round to nothing as "< 0.1".

    Parameters
    ----------
    value : float
        The number.
    digits : int
        Decimals.

    Returns
    -------
    str
        "n/a" for NaN; "0" only for a true nought.
    """
    if value is None or math.isnan(value):
        return "n/a"
    if value == 0:
        return "0"
    text = f"{abs(value):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return f"{'> −' if value < 0 else '< '}{10**-digits:.{digits}f}"
    return f"−{text}" if value < 0 else text


def signed(value: float, digits: int = 1) -> str:
    """Write a number with its sign, plus included."""
    text = number(value, digits)
    return f"+{text}" if text[0].isdigit() and value != 0 else text


def growth(log_points: float, digits: int = 0) -> str:
    """Write a change in log points (100 times the log) as per cent, with its sign."""
    return f"{signed(100 * math.expm1(log_points / 100), digits)}%"


def percent(share: float, digits: int = 0) -> str:
    """Write a share between 0 and 1 as per cent."""
    return f"{number(100 * share, digits)}%"


def dollars(value: float, digits: int | None = None) -> str:
    """Write a price: cents below $1,000 unless `digits` says otherwise."""
    text = number(round(value, 6), (2 if abs(value) < 1000 else 0) if digits is None else digits)
    return f"−${text[1:]}" if text.startswith("−") else f"${text}"


def pvalue(p: float) -> str:
    """Write a p-value as a journal does: "p = 0.032", "p < 0.001"."""
    if math.isnan(p):
        return "no p-value"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def odds(p: float) -> str:
    """Say a p-value in words: how often chance alone does as well.

    Parameters
    ----------
    p : float
        Between 0 and 1.

    Returns
    -------
    str
        "about one time in 5", "in 71% of cases", "less than one time in 1,000".
    """
    if p < 0.001:
        return "less than one time in 1,000"
    if p >= 0.34:
        return f"in {100 * p:.0f}% of cases"
    times = 1 / p
    step = 1 if times < 20 else 5 if times < 100 else 10 if times < 500 else 100
    return f"about one time in {step * round(times / step):,}"


def interval(ends: tuple[float, float], digits: int = 1) -> str:
    """Write an interval: "−4.0 to 12.5"."""
    return f"{number(ends[0], digits)} to {number(ends[1], digits)}"


def in_print(text: str) -> str:
    """Write as the pages do everywhere: per cent next to its number, R², years joined by a dash, dates in words."""
    text = re.sub(r"\bR2\b", "R²", re.sub(r"(?<=\d) %", "%", text))
    text = re.sub(r"(?<![\d-])((?:19|20)\d\d)-((?:19|20)\d\d)(?![\d-])", "\\1\N{EN DASH}\\2", text)
    return re.sub(r"(?<![\w=/\"'`-])(?:19|20)\d\d-\d\d-\d\d(?![\w-])", lambda found: day(pd.Timestamp(found[0])), text)


def direction(value: float, up: str = "rose", down: str = "fell", level: str = "did not move") -> str:
    """Choose the word for a sign."""
    return up if value > 0 else down if value < 0 else level


def count(n: int, singular: str, plural: str = "") -> str:
    """Write a count with its noun: "no episodes", "one episode", "13 episodes"."""
    return f"{spelled(n)} {singular if n == 1 else plural or f'{singular}s'}"


def spelled(n: int) -> str:
    """Spell a count up to twelve, in digits above."""
    return _SMALL[n] if n < len(_SMALL) else f"{n:,}"


def listing(items: Iterable[str]) -> str:
    """Join items as a sentence does: "a, b and c"; "none" for no items."""
    known = list(items)
    if not known:
        return "none"
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"


def first_upper(text: str) -> str:
    """Begin a sentence; what follows stays as it is, so that names keep their capitals."""
    return text[:1].upper() + text[1:]


def day(date: pd.Timestamp) -> str:
    """Write a date: "23 January 2026"."""
    return f"{date.day} {date:%B %Y}"


def went(change: str) -> str:
    """Say a change that is written with its sign: "rose by 102%" of "+102%"."""
    told = change.lstrip("+\N{MINUS SIGN}")
    return f"rose by {told}" if change[0] == "+" else f"fell by {told}" if change != told else "did not move"


def month(date: pd.Timestamp) -> str:
    """Write a month: "January 2026"."""
    return f"{date:%B %Y}"


FILTERS = {
    function.__name__: function
    for function in (
        number, signed, growth, percent, dollars, pvalue, odds, interval, direction, count, spelled,
        listing, first_upper, day, month, went,
    )
}  # fmt: skip
