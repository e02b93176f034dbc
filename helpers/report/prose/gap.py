"""Sentences about the gap: whether the follower came along, how unusual the distance is, and what followed."""

from collections.abc import Sequence

import pandas as pd

from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, day, direction, listing, number, pvalue, signed
from helpers.stats import EventStudyResult, GapFrequencyResult, PathBandResult


def say_follow(leader: pd.Series, found: PathBandResult) -> Sentence:
    """Say whether the follower had come along since the breakout.

    Parameters
    ----------
    leader : pandas.Series, shape (h,)
        Cumulative log return of the leader since the breakout.
    found : PathBandResult
        Of the follower, from the breakout.

    Returns
    -------
    Sentence
        Both returns, and the place of the follower's among its own paths.
    """
    who = NAMES[found.asset]
    if found.reason:
        return Sentence(f"Whether {who} came along cannot be said: {found.reason}.")
    last, moved = found.band.iloc[-1], {"up": "gained", "down": "lost", "level": "moved"}
    lead, follow = float(leader.iloc[-1]), float(last["actual"])
    where = "above" if follow > last["high"] else "below" if follow < last["low"] else "inside"
    return Sentence(
        f"From the breakout of {day(found.date)} to {day(found.band.index[-1])}, {NAMES[str(leader.name)]} "
        f"{direction(lead, **moved)} {number(abs(lead))} log points and {who} {direction(follow, **moved)} "
        f"{number(abs(follow))}: it {'had' if follow >= lead else 'had not'} followed. That lay {where} the range "
        f"which its past made likely ({number(last['low'])} to {number(last['high'])}); "
        f"{number(100 * found.place, 0)} % of simulated paths ended lower."
    )


def say_gap(found: GapFrequencyResult) -> Sentence:
    """Say how often the gap had been as large.

    Parameters
    ----------
    found : GapFrequencyResult
        At one span.

    Returns
    -------
    Sentence
        The gap, the share of weeks with its interval, the episodes.
    """
    leader, follower, share = NAMES[found.leader], NAMES[found.follower], found.frequency
    verb = direction(found.threshold, up="ahead of", down="behind", level="level with")
    began = f", which began in {listing(f'{week:%B %Y}' for week in found.episodes.index)}"
    return Sentence(
        f"Over the {found.horizon} weeks to {day(found.date)}, {leader} ran {number(abs(found.threshold))} log points "
        f"{verb} {follower}. A gap at least as large stood in {share.count} of {share.nobs} earlier weeks, "
        f"{number(100 * share.share)} % ({100 * share.confidence:.0f} % interval {number(100 * share.low)} to "
        f"{number(100 * share.high)} %): {count(len(found.episodes), 'separate episode')}"
        f"{began if 0 < len(found.episodes) <= 4 else ''}."
    )


def say_followed(found: GapFrequencyResult, study: EventStudyResult, *, horizon: int) -> Sentence:
    """Say what the follower did after large gaps.

    Parameters
    ----------
    found : GapFrequencyResult
        Episodes of large gaps.
    study : EventStudyResult
        Of the follower's returns after their first weeks.
    horizon : int
        Weeks after, the one told.

    Returns
    -------
    Sentence
        Mean after the episodes against other weeks, p-value, K and the detectable effect.
    """
    who = NAMES[found.follower]
    if study.reason:
        return Sentence(f"What {who} did after such gaps cannot be said: {study.reason}.")
    row = study.table.loc[horizon]
    unlike = "no different from what it does after any week" if study.pvalue >= 0.05 else "unlike other weeks"
    return Sentence(
        f"After the {count(int(row['K']), 'episode')} with a gap of at least {number(found.threshold, 0)} log points, "
        f"{who} moved {signed(row['mean'])} log points over {horizon} weeks, {signed(row['estimate'])} against what "
        f"was usual in its era ({pvalue(row['pvalue'])}; over all spans together {pvalue(study.pvalue)}): {unlike}. "
        f"With so few episodes only a difference of about {number(row['detectable'], 0)} log points would be found."
    )


def say_after(unconditional: PathBandResult, implied: PathBandResult) -> Sentence:
    """Say how the follower fared after the week on trial.

    Parameters
    ----------
    unconditional : PathBandResult
        Against its own past.
    implied : PathBandResult
        Against what its drivers implied.

    Returns
    -------
    Sentence
        Both comparisons, or that nothing has come yet.
    """
    who = NAMES[unconditional.asset]
    if unconditional.reason:
        return Sentence(f"How {who} fared afterwards is not known here: {unconditional.reason}.")
    told = [
        f"From {day(unconditional.date)} to {day(unconditional.band.index[-1])}, {who} moved "
        f"{signed(unconditional.band['actual'].iloc[-1])} log points, {_against(unconditional)} its own past"
    ]
    if implied.reason:
        return Sentence(f"{told[0]}. What its drivers implied cannot be said: {implied.reason}.")
    drivers = listing(NAMES[name] for name in implied.coefficients.index)
    told.append(
        f"Given {drivers} (known to {day(implied.band.index[-1])}), {signed(implied.band['centre'].iloc[-1])} was "
        f"implied and {signed(implied.band['actual'].iloc[-1])} came, {_against(implied)} those drivers"
    )
    return Sentence(". ".join(told) + ".")


def say_placebo(results: Sequence[GapFrequencyResult]) -> Sentence:
    """Say how often another asset had been left as far behind.

    Parameters
    ----------
    results : sequence of GapFrequencyResult
        With the placebo in the follower's place, one a span.

    Returns
    -------
    Sentence
        Gap and share for each span.
    """
    told = [
        f"{signed(found.threshold, 0)} over {found.horizon} weeks "
        f"(as large in {number(100 * found.frequency.share)} % of earlier weeks)"
        for found in results
    ]
    first = results[0]
    return Sentence(
        f"{NAMES[first.leader].capitalize()} less {NAMES[first.follower]} in log points: {listing(told)}. Where this "
        "is as rare as the gap on trial, the distance says more about the leader's rise than about the follower."
    )


def _against(found: PathBandResult) -> str:
    """Give the comparison with the band for whole paths."""
    place = "inside the band of" if found.inside else "outside the band of"
    return f"{place} whole paths ({pvalue(found.pvalue)} for the farthest week) given"
