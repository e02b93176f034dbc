"""Every reasonable choice at once: specification curves and the clock, beside C10 and C11."""

from helpers.claims.finding import Finding, Unit, why_not
from helpers.claims.findings.precedence import LAGS, controls
from helpers.claims.findings.register import finds
from helpers.claims.trial import Trial
from helpers.stats import SpecificationCurveResult, event_specifications, granger_specifications, granger_test

SEED = 20260123
SIGNIFICANT = Unit("% of specifications significant with the expected sign", signed=False)


@finds("C10", "specification_curve", unit=SIGNIFICANT)
def lead_in_every_specification(trial: Trial) -> Finding:
    """C10 beside: the Granger test in every combination of controls, lags, samples and frequencies."""
    known = controls(trial)
    choices = {"none": [], "gold and the dollar": [n for n in known if n in ("gold", "dollar")], "all": known}
    found = granger_specifications(
        returns=trial.returns(trial.follower, trial.leader, *known),
        effect=trial.follower,
        cause=trial.leader,
        controls=choices,
        starts=_starts(trial),
        seed=SEED,
    )
    return _curve(found)


@finds("C11", "specification_curve", unit=SIGNIFICANT)
def highs_in_every_specification(trial: Trial) -> Finding:
    """C11 beside: the event study in every combination of rungs, quiet spells, horizons and samples."""
    ladders = {f"{quiet} weeks": trial.highs(trial.leader, quiet=quiet) for quiet in (13, 26, 52)}
    return _curve(event_specifications(ladders=ladders, returns=trial.response, starts=_starts(trial)[:2]))


@finds("C10", "clock")
def lead_a_week_older(trial: Trial) -> Finding:
    """C10 beside: the Granger test with the leader a week older, which no difference of closing times can help."""
    known = controls(trial)
    returns = trial.returns(trial.follower, trial.leader, *known)
    older = returns.assign(**{trial.leader: returns[trial.leader].shift()}).iloc[1:]
    found = granger_test(
        effect=older[trial.follower], cause=older[trial.leader], controls=older[known], lags=LAGS, reps=999, seed=SEED
    )
    return Finding(p=found.pvalue_bootstrap, n=found.nobs, reason=why_not(found))


def _starts(trial: Trial) -> list[str]:
    first = trial.start or ""
    return [trial.start or "2010-07", *(later for later in ("2014-01", "2017-01") if later > first)]


def _curve(found: SpecificationCurveResult) -> Finding:
    specifications = {"specifications": len(found.table)}
    return Finding(estimate=100 * found.share, p=found.pvalue, reason=why_not(found), extra=specifications)
