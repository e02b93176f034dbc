"""How an event study goes into the ledger."""

import math
from typing import Any

from helpers.stats import EventStudyResult


def study_fields(study: EventStudyResult, horizon: int) -> dict[str, Any]:
    """Give the fields of a ledger entry that one horizon of an event study fills.

    Parameters
    ----------
    study : EventStudyResult
        The study.
    horizon : int
        Weeks h after the events; negative for the weeks up to them, as in `EventStudyResult.before`.

    Returns
    -------
    dict of str to object
        estimate, interval, detectable, direction, n, k, reason and procedure, for `helpers.report.ledger.record`.
    """
    cell = None if study.reason else study.before if horizon < 0 else study.table.loc[horizon]
    if cell is None or not cell["K"] > 0:
        late = f"no episode has a complete window of {abs(horizon)} weeks"
        return {"n": study.nobs, "k": 0, "reason": study.reason or late, "procedure": "event_circular_shift"}
    estimate = float(cell["estimate"])
    return {
        "estimate": estimate,
        "interval": (float(cell["low"]), float(cell["high"])),
        "detectable": float(cell["detectable"]),
        "direction": 0 if estimate == 0 else int(math.copysign(1, estimate)),
        "n": study.nobs,
        "k": int(cell["K"]),
        "procedure": "event_circular_shift",
    }
