"""What was expected of policy, and what yields and the dollar did: C17."""

from functools import partial

import pandas as pd

from helpers.claims.finding import Finding, Unit
from helpers.claims.findings.register import finds
from helpers.claims.trial import Trial
from helpers.stats import expected_cuts, moves_between

RUN, WEEKS = pd.Timestamp("2025-10-17"), 26


@finds("C17", "cuts", unit=Unit("percentage points, 2-year yield less policy rate"))
def cuts_expected(trial: Trial) -> Finding:
    """C17, part: whether the two-year yield lay below the policy rate on the day."""
    rates = trial.dataset.weekly[["dgs2", "policy_rate"]].dropna()
    found = expected_cuts(two_year=rates["dgs2"], policy_rate=rates["policy_rate"], date=_known(rates, trial))
    return Finding(
        estimate=found.gap,
        n=len(rates),
        parts={"the two-year yield lay below the policy rate": found.gap < 0},
        extra={"change over 26 weeks": found.change, "share of earlier weeks below": found.place},
    )


def _known(levels: pd.DataFrame, trial: Trial) -> pd.Timestamp:
    return levels.index[levels.index <= trial.day][-1]


def _lower(trial: Trial, name: str, words: str) -> Finding:
    """C17, part: whether the real yield, or the dollar, had fallen over silver's run and over the half year."""
    levels = trial.dataset.weekly[[name]].dropna()
    end = _known(levels, trial)
    kind = trial.dataset.specs[name].change
    run, half = (
        moves_between(levels, start=start, end=end, changes={name: kind}).loc[name]
        for start in (RUN, end - pd.Timedelta(weeks=WEEKS))
    )
    return Finding(
        estimate=run["move"],
        parts={
            f"{words} was lower than on {RUN.day} {RUN:%B %Y}": run["move"] < 0,
            f"{words} was lower than {WEEKS} weeks before": half["move"] < 0,
        },
        extra={"start": run["start"], "end": run["end"], "over 26 weeks": half["move"], "week": f"{end:%Y-%m-%d}"},
    )


finds("C17", "real_yield", unit=Unit("percentage points over the run"))(
    partial(_lower, name="real10", words="the real yield")
)
finds("C17", "dollar", unit=Unit("% over the run"))(partial(_lower, name="dollar", words="the dollar"))
