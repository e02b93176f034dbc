"""One finding: what a claim's function found on a dataset and a pair, and the unit it is measured in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

PRIMARY = "primary"
NUMBERS = (
    "estimate", "low", "high", "confidence", "se", "always_low", "always_high", "p", "p_error", "detectable",
    "standardised",
)  # fmt: skip
Value = float | str | bool


class NotTestableError(ValueError):
    """A claim cannot be tested on this dataset and pair; the message is the reason, a sentence for a reader."""


@dataclass(frozen=True)
class Unit:
    """What an estimate is measured in.

    Parameters
    ----------
    label : in words; `{points}` and `{percent}` stand for the unit of change of the series measured
    decimals : shown after the point
    signed : whether the sign of the estimate says a direction, which that of a share of variance does not
    """

    label: str
    decimals: int = 2
    signed: bool = True

    def of(self, *, rate: bool) -> "Unit":
        """Fill in the unit of change: log points or per cent of a price, percentage points of a rate."""
        points, percent = ("percentage points", "percentage points") if rate else ("log points", "%")
        return replace(self, label=self.label.format(points=points, percent=percent))


PVALUE = Unit("p-value", decimals=3, signed=False)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Finding:
    """What was found on one claim by one test; NaN, None or empty where there is nothing to say.

    Parameters
    ----------
    claim, test : id of the claim, and "primary" or the name of a supporting test
    unit : of the estimate, its intervals, the detectable effect and the eras
    estimate, low, high, confidence : with its interval, possibly infinite, and the coverage of that
    se, standardised : standard error in the unit of the estimate; distance of the estimate from zero in it
    always_low, always_high : interval that holds at all weeks at once
    p, p_error : unadjusted p-value, and its Monte Carlo standard error (NaN for exact ones)
    direction : sign of the effect found, +1, 0 or -1; 0 where none is meant
    detectable : smallest effect that the test would find with 80 % power at 5 %, before any adjustment
    n, k : weeks (or years) used, and independent episodes
    placebos : `standardised` of the same test with another series in the place of the leader (or of the response)
    eras : signed estimate by era
    parts : stated facts, and whether each holds
    extra : further numbers that a rule or a reader needs
    procedure : name of the inference in claims/simulations.csv; "" for facts
    reason : why there is no estimate; "" otherwise
    results : what the estimators gave, for a chapter to show; not kept in the ledger
    """

    claim: str = ""
    test: str = PRIMARY
    unit: Unit = PVALUE
    estimate: float = math.nan
    low: float = math.nan
    high: float = math.nan
    confidence: float = 0.95
    se: float = math.nan
    always_low: float = math.nan
    always_high: float = math.nan
    p: float = math.nan
    p_error: float = math.nan
    direction: int = 0
    detectable: float = math.nan
    standardised: float = math.nan
    n: int | None = None
    k: int | None = None
    placebos: Mapping[str, float] = field(default_factory=dict)
    eras: Mapping[str, float] = field(default_factory=dict)
    parts: Mapping[str, bool] = field(default_factory=dict)
    extra: Mapping[str, Value] = field(default_factory=dict)
    procedure: str = ""
    reason: str = ""
    results: Mapping[str, Any] = field(default_factory=dict)

    @property
    def placebos_beaten(self) -> float:
        """Share of placebos that lie nearer to zero in standard errors; NaN without placebos or standard error."""
        known = [value for value in self.placebos.values() if not math.isnan(value)]
        if not known or math.isnan(self.standardised):
            return math.nan
        return sum(value < self.standardised for value in known) / len(known)

    @property
    def widest(self) -> tuple[float, float]:
        """The always-valid interval where there is one, else the usual one."""
        return (self.low, self.high) if math.isnan(self.always_low) else (self.always_low, self.always_high)

    def kept(self) -> "Finding":
        """Give the finding as the ledger keeps it: ten significant digits, without the results."""
        told: dict[str, Any] = {name: _ten_digits(getattr(self, name)) for name in NUMBERS}
        for name in ("placebos", "eras", "extra"):
            told[name] = {key: _ten_digits(value) for key, value in getattr(self, name).items()}
        told |= {name: None if getattr(self, name) is None else int(getattr(self, name)) for name in ("n", "k")}
        told["parts"] = {text: bool(holds) for text, holds in self.parts.items()}
        return replace(self, **told, direction=int(self.direction), results={})

    def __repr__(self) -> str:
        facts = [f"{'yes' if holds else 'NO'}: {text}" for text, holds in self.parts.items()]
        size = f"{number(self.estimate, self.unit.decimals)} {self.unit.label}"
        numbers = f"{size} ({interval(*self.widest, self.unit.decimals)}), p {number(self.p, 4)}"
        return "\n  ".join([f"{self.claim} ({self.test})", self.reason or numbers, *facts])


def sign(value: float) -> int:
    """Give the sign of an estimate; 0 for NaN."""
    return 0 if math.isnan(value) or value == 0 else int(math.copysign(1, value))


def why_not(result: Any) -> str:
    """Give the reason why a result could not be computed; "" if it could."""
    return result.reason or ""


def _ten_digits(value: Any) -> Any:
    """Round numbers of any library to what every machine agrees on; leave words and truth values."""
    if value is None:
        return math.nan
    plain = value.item() if hasattr(value, "item") else value
    return plain if isinstance(plain, str | bool) else float(f"{float(plain):.10g}")


def number(value: float, digits: int = 1) -> str:
    """Write a number with a true minus sign and fixed decimals; "n/a" for NaN, never "-0.0"."""
    if math.isnan(value):
        return "n/a"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{abs(value):,.{digits}f}"
    return f"−{text}" if value < 0 and float(text.replace(",", "")) != 0 else text


def interval(low: float, high: float, digits: int = 1) -> str:
    """Write an interval, such as "−4.0 to 12.5"."""
    return f"{number(low, digits)} to {number(high, digits)}"
