"""One function a claim: a trial in, a `Finding` out."""

from helpers.claims.findings import drivers, forecast, lead, metal, policy, precedence, record, regimes, robustness
from helpers.claims.findings.register import FINDINGS, finds

__all__ = [
    "FINDINGS",
    "drivers",
    "finds",
    "forecast",
    "lead",
    "metal",
    "policy",
    "precedence",
    "record",
    "regimes",
    "robustness",
]
