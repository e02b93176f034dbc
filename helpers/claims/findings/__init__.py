"""One function a claim: a trial in, a `Finding` out; what is imported here is registered."""

from helpers.claims.findings import drivers, forecast, lead, metal, policy, precedence, record, regimes, robustness
from helpers.claims.findings.register import FINDINGS, finds
