"""The record and the gap: C1, C2, C3 and C8."""

from functools import partial

import pandas as pd

from helpers.claims.finding import Finding, NotTestableError, Unit, Value
from helpers.claims.findings.register import finds
from helpers.claims.trial import Trial, label
from helpers.stats import (
    ExceedanceResult,
    PathBandResult,
    counterfactual,
    exceedance_curve,
    find_highs,
    price_record,
)

WEEKS = Unit("% of half-years", signed=False)
STATED_PRICE = 101
HALF_YEAR, MARGIN = 26, 25


@finds("C1", unit=Unit("{points} a week, January less the 26 weeks before"), of="leader")
def record_price(trial: Trial) -> Finding:
    """C1: a record near $101 after a rise that built for months and was faster in January; by venue and real beside."""
    price = trial.dataset.price(trial.leader, start=trial.start)
    earlier = trial.dataset.earlier_record(trial.leader) or price.iloc[0]
    record = price_record(price, week=trial.day, known=earlier)
    extra: dict[str, Value] = {"weekly close": record.value}
    london = trial.dataset.daily("london_silver").loc[: trial.day]
    if len(london):
        # London reaches back to 1968, New York here to 2000: only there can a price be held against that of 1980.
        real = trial.dataset.real("london_silver").loc[: trial.day]
        extra |= {
            "London, last": london.iloc[-1],
            "London, highest before": london.iloc[:-1].max(),
            "London, share of its highest week after inflation": real.iloc[-1] / real.max(),
        }
    return Finding(
        estimate=record.pace_after - record.pace_before,
        parts={
            "the close is above every price on record before it": record.is_record,
            f"it lies within one per cent of ${STATED_PRICE}": abs(record.value / STATED_PRICE - 1) < 0.01,
            "the price had risen over the 26 weeks before January": record.pace_before > 0,
            "January was faster a week than those 26": record.pace_after > record.pace_before,
        },
        extra=extra,
    )


def ahead_of_gold(trial: Trial, margin: int) -> Finding:
    """C2: how often silver beats gold over half a year at all, and by 25 log points or more."""
    return _exceeded(_margin(trial, "silver", "gold"), margin, placebo=_margin(trial, "copper", "gold"))


finds("C2", "any", unit=WEEKS)(partial(ahead_of_gold, margin=0))
finds("C2", "large", unit=WEEKS)(partial(ahead_of_gold, margin=MARGIN))


@finds("C8", unit=WEEKS)
def gap_is_usual(trial: Trial) -> Finding:
    """C8: how often the leader beats the follower over half a year by 25 log points or more."""
    first = trial.prices(trial.leader, trial.follower).index[0]
    curve = _margin(trial, trial.leader, trial.follower, first=first)
    placebo = trial.others("nasdaq", "dollar", "gold")[0]
    return _exceeded(curve, MARGIN, placebo=_margin(trial, trial.leader, placebo, first=first))


def _margin(trial: Trial, leader: str, follower: str, *, first: pd.Timestamp | None = None) -> ExceedanceResult:
    pair = trial.prices(leader, follower).loc[first : trial.day]
    return exceedance_curve(leader=pair[leader], follower=pair[follower], horizon=HALF_YEAR, reps=499, seed=26)


def _exceeded(curve: ExceedanceResult, margin: int, *, placebo: ExceedanceResult) -> Finding:
    """Lay out one margin of a curve, with the margin of the week of the record beside."""
    row = curve.table.loc[margin]
    return Finding(
        estimate=100 * row["share"],
        low=100 * row["low"],
        high=100 * row["high"],
        confidence=curve.confidence,
        n=curve.nobs,
        k=int(row["episodes"]),
        parts={f"{label(curve.leader)} was ahead of {label(curve.follower)} over 26 weeks": curve.margin > 0},
        extra={
            "margin of that week": curve.margin,
            "earlier half-years as far ahead": curve.as_wide,
            f"{label(placebo.leader)} over {label(placebo.follower)}": 100 * placebo.table.loc[margin, "share"],
        },
    )


@finds("C3", unit=Unit("% of the outcomes to be expected were lower", decimals=0, signed=False))
def had_not_followed(trial: Trial) -> Finding:
    """C3: the follower since the breakout among what its own earlier response to the leader's run predicts."""
    week = trial.prices(trial.leader, trial.follower).loc[: trial.day].index[-1]
    highs = find_highs(trial.price(trial.leader).loc[:week], lookback=None)
    highs = highs[highs < week]
    if not len(highs):
        raise NotTestableError(f"{label(trial.leader)} had set no all-time high before {week:%Y-%m-%d}")
    band = _expected(trial, trial.follower, highs[-1], week)
    stand_in = trial.others("nasdaq", "copper", "dollar")[0]
    placebo = _expected(trial, stand_in, highs[-1], week)
    lead = trial.dataset.returns(trial.leader)[trial.leader].reindex(band.band.index).cumsum()
    last = band.band.iloc[-1]
    return Finding(
        estimate=100 * band.place,
        n=band.nobs,
        extra={
            f"{label(trial.follower)}'s return": last["actual"],
            f"{label(trial.leader)}'s return": lead.iloc[-1],
            "expected, middle": last["centre"],
            "place of the placebo, " + label(stand_in): 100 * placebo.place,
            "response": float(band.coefficients.iloc[0]),
            "breakout": f"{highs[-1]:%Y-%m-%d}",
        },
    )


def _expected(trial: Trial, name: str, date: pd.Timestamp, week: pd.Timestamp) -> PathBandResult:
    both = trial.returns(name, trial.leader).loc[:week]
    found = counterfactual(response=both[name], drivers=both[[trial.leader]], date=date, reps=999, seed=31)
    if found.reason:
        raise NotTestableError(found.reason)
    return found
