"""States of the world: fear, debasement, liquidity: C12, C13 and C9 by weeks of fear."""

import numpy as np

from helpers.claims.finding import Finding, Unit, sign, why_not
from helpers.claims.findings.register import finds
from helpers.claims.trial import Trial
from helpers.stats import StateInteractionResult, align_states, by_era, state_contrast, state_interaction, state_margins
from helpers.stats import strength as strength_of

STATE, HORIZON, SEED = "debasement", 13, 12
STORY_STATES = ("debasement", "liquidity")


@finds("C12", unit=Unit("{points} over 13 weeks per standard deviation"))
def depends_on_state(trial: Trial) -> Finding:
    """C12: what the leader's strength says of the follower when the debasement state holds, less when it does not."""
    aligned = _aligned(trial, trial.leader)
    found = state_interaction(**aligned, reps=9999, seed=SEED)
    placebos = {name: _interaction(trial, name) for name in trial.others("gold", "copper", "nasdaq")}
    row = found.table.loc[(STATE, HORIZON)]
    return Finding(
        estimate=row["difference"],
        low=row["lower"],
        high=row["upper"],
        p=found.pvalue,
        direction=0 if found.reason else sign(row["difference"]),
        detectable=row["detectable"],
        n=None if found.reason else row["nobs"],
        k=found.spells.loc[STATE, "spells_inside"],
        placebos={name: result.pvalue for name, result in placebos.items()},
        eras=_by_era(aligned),
        procedure="interaction",
        reason=why_not(found),
        extra={"share of shifted states beaten": found.placebo_rank},
        results={"interaction": found, "placebos": placebos},
    )


@finds("C13", unit=Unit("{points}"))
def conditions_forming(trial: Trial) -> Finding:
    """C13: whether a state held in the week of the record, and whether the follower had already risen."""
    week, margins = trial.day, state_margins(trial.dataset.weekly)
    growth = 100 * np.log(trial.price(trial.follower)).diff(26).dropna().loc[:week]
    move, median = growth.iloc[-1], growth.median()
    standing = {name: margins[name].loc[week] for name in STORY_STATES}
    return Finding(
        estimate=move - median,
        n=len(growth),
        parts={
            "the debasement or the liquidity state held": max(standing.values()) > 0,
            "{Follower}'s 26-week return was not above its own median".format(**trial.words): move <= median,
        },
        extra={"move": move} | {f"margin of {name}": value for name, value in standing.items()},
        results={"margins": margins},
    )


@finds("C9", "fear_weeks", unit=Unit("{percent} a week"))
def weeks_of_fear(trial: Trial) -> Finding:
    """C9 beside: the follower's mean weekly return in weeks of fear less in others."""
    margin = state_margins(trial.dataset.weekly)["fear"]
    assets = trial.returns(*dict.fromkeys((trial.leader, "gold", trial.follower)))
    found = state_contrast(
        returns=assets.reindex(margin.index).dropna(), state=(margin > 0).reindex(assets.index).dropna().astype(bool)
    )
    row = found.table.loc[trial.follower]
    return Finding(
        estimate=row["difference"],
        p=row["pvalue"],
        direction=0 if found.reason else sign(row["difference"]),
        n=found.nobs,
        k=found.spells_inside,
        reason=why_not(found),
        results={"contrast": found},
    )


def _aligned(trial: Trial, leader: str) -> dict:
    """Response, strength and states over the weeks that all have."""
    margins = state_margins(trial.dataset.weekly)
    return align_states(
        effect=trial.dataset.returns(trial.follower)[trial.follower],
        strength=strength_of(price=trial.price(leader)),
        margins={name: margins[name] for name in STORY_STATES},
        start=trial.start,
    )


def _interaction(trial: Trial, leader: str) -> StateInteractionResult:
    return state_interaction(**_aligned(trial, leader), reps=1999, placebos=0, seed=SEED)


def _by_era(aligned: dict) -> dict[str, float]:
    alone = aligned | {"states": aligned["states"][[STATE]]}
    return {
        era: state_interaction(
            **{key: value.loc[part.index] for key, value in alone.items()}, reps=99, placebos=0, seed=SEED
        ).table.loc[(STATE, HORIZON), "difference"]
        for era, part in by_era(alone["states"]).items()
        if len(part) > 52
    }
