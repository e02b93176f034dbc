"""How two runs of a chapter are compared: words to the letter, numbers to the last digit shown."""

import re

NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?")


def text_outputs(notebook):
    """Give every text output of a notebook, in order, with the number of its cell."""
    for position, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            yield position, output.get("text") or output.get("data", {}).get("text/plain", "")


def same_text(ours, theirs):
    """Tell whether two texts have the same words, and numbers within one unit of the last digit shown."""
    ours, theirs = " ".join(ours.split()), " ".join(theirs.split())
    if NUMBER.sub("#", ours) != NUMBER.sub("#", theirs):
        return False
    return all(_close(a, b) for a, b in zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True))


def _close(a, b):
    return abs(_value(a) - _value(b)) <= 1.001 * max(_unit(a), _unit(b))


def _value(text):
    return float(text.replace(",", "").replace("−", "-"))


def _unit(text):
    mantissa, _, exponent = text.replace(",", "").lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    if not decimals and not exponent:
        return 0.0
    return 10.0 ** (int(exponent or 0) - decimals)
