"""The record and the gap: C1, C2, C3 and C8."""

from helpers.claims.finding import Finding, NotTestableError, Unit
from helpers.claims.findings.register import finds
from helpers.claims.trial import Trial, label
from helpers.data.earlier_records import earlier_record
from helpers.stats import (
    RAW,
    GapFrequencyResult,
    RelativePerformanceResult,
    find_highs,
    gap_frequency,
    inside_band,
    price_record,
    relative_performance,
)

WEEKS = Unit("% of weeks", signed=False)
STATED_PRICE = 101


@finds("C1", unit=Unit("{points} a week, January less the 26 weeks before"), of="leader")
def record_price(trial: Trial) -> Finding:
    """C1: a record near $101 after a rise that built for months and was faster in January."""
    price = trial.dataset.price(trial.leader, start=trial.start)
    earlier = earlier_record(trial.dataset, trial.leader) or price.iloc[0]
    record = price_record(price, week=trial.day, known=earlier, run_start="2025-01-01")
    return Finding(
        estimate=record.pace_after - record.pace_before,
        parts={
            "the close is above every price on record before it": record.is_record,
            f"it lies within one per cent of ${STATED_PRICE}": abs(record.value / STATED_PRICE - 1) < 0.01,
            "the price had risen over the 26 weeks before January": record.pace_before > 0,
            "January was faster a week than those 26": record.pace_after > record.pace_before,
        },
        results={"record": record},
    )


@finds("C2", unit=WEEKS)
def ahead_of_gold(trial: Trial) -> Finding:
    """C2: how often silver beat gold over 26 weeks by at least as much as in the week of the record."""
    margin = _margin(trial, trial.leader)
    placebo = _margin(trial, "copper")
    row = margin.table.loc[(RAW, 26)]
    return Finding(
        estimate=100 * row["share"],
        low=100 * row["low"],
        high=100 * row["high"],
        confidence=row["confidence"],
        n=row["nobs"],
        k=row["effective"],
        parts={"silver had outperformed gold over 26 weeks": row["value"] > 0},
        extra={"copper's share": 100 * placebo.table.loc[(RAW, 26), "share"]},
        results={"margin": margin, "placebo": placebo},
    )


def _margin(trial: Trial, name: str) -> RelativePerformanceResult:
    pair = trial.prices(name, "gold")
    return relative_performance(leader=pair[name], follower=pair["gold"], date=trial.day)


@finds("C3", unit=Unit("{points}"))
def had_not_followed(trial: Trial) -> Finding:
    """C3: the follower since the leader's first all-time closing high, against the leader and against its own band."""
    pair = trial.prices(trial.leader, trial.follower)
    week = pair.index[pair.index <= trial.day][-1]
    highs = find_highs(trial.price(trial.leader).loc[:week], lookback=None)
    if not len(highs):
        raise NotTestableError(f"{label(trial.leader)} had set no all-time high by {week:%Y-%m-%d}")
    band = inside_band(returns=trial.response.loc[:week], date=highs[-1], seed=31)
    lead = trial.dataset.returns(trial.leader)[trial.leader].reindex(band.band.index).cumsum()
    last = band.band.iloc[-1]
    return Finding(
        estimate=last["actual"],
        n=band.nobs,
        parts={
            "{Follower}'s return since the breakout is below {leader}'s".format(**trial.words): last["actual"]
            < lead.iloc[-1],
            "it is not above the 90 % band of its own paths": last["actual"] <= last["high"],
        },
        extra={
            f"{label(trial.leader)}'s return": lead.iloc[-1],
            "band low": last["low"],
            "band high": last["high"],
            "breakout": f"{highs[-1]:%Y-%m-%d}",
        },
        results={"band": band, "lead": lead},
    )


@finds("C8", unit=WEEKS)
def gap_is_usual(trial: Trial) -> Finding:
    """C8: how often the leader beat the follower over 26 weeks by at least as much as in the week of the record."""
    gaps = _gaps(trial, trial.follower)
    placebo = "nasdaq" if trial.follower != "nasdaq" and trial.leader != "nasdaq" else "dollar"
    placebos = _gaps(trial, placebo)
    found, share = gaps[26], gaps[26].frequency
    return Finding(
        estimate=100 * share.share,
        low=100 * share.low,
        high=100 * share.high,
        confidence=share.confidence,
        n=share.nobs,
        k=len(found.episodes),
        parts={"{leader} was ahead of {follower} over 26 weeks".format(**trial.words): found.threshold > 0},
        extra={
            f"{label(name)} {horizon} weeks": 100 * gap.frequency.share
            for name, by_horizon in ((trial.follower, gaps), (placebo, placebos))
            for horizon, gap in by_horizon.items()
        },
        results={"gaps": gaps, "placebos": placebos},
    )


def _gaps(trial: Trial, follower: str) -> dict[int, GapFrequencyResult]:
    """Gap to a follower in the weeks in which leader, trial's follower and it are all there."""
    first = trial.prices(trial.leader, trial.follower).index[0]
    pair = trial.prices(trial.leader, follower).loc[first:]
    week = pair.index[pair.index <= trial.day][-1]
    return {
        h: gap_frequency(leader=pair[trial.leader], follower=pair[follower], horizon=h, date=week) for h in (13, 26, 52)
    }
