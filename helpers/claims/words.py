"""How numbers become words: true minus signs, fixed decimals, p-values as a journal writes them."""

import math


def number(value: float, digits: int = 1) -> str:
    """Write a number with a true minus sign and fixed decimals; "n/a" for NaN, never "-0.0"."""
    if math.isnan(value):
        return "n/a"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{abs(value):,.{digits}f}"
    return f"−{text}" if value < 0 and float(text.replace(",", "")) != 0 else text


def signed(value: float, digits: int = 1) -> str:
    """Write a number with its sign, plus included, such as "+3.2" or "−0.4"."""
    text = number(value, digits)
    return text if value <= 0 or text == "n/a" or float(f"{value:.{digits}f}") == 0 else f"+{text}"


def pvalue(p: float) -> str:
    """Write a p-value: "p = 0.032", "p < 0.001" or "no p-value"."""
    if math.isnan(p):
        return "no p-value"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def interval(low: float, high: float, digits: int = 1) -> str:
    """Write an interval, such as "−4.0 to 12.5"."""
    return f"{number(low, digits)} to {number(high, digits)}"
