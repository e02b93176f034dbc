"""What stops a series: a past that has changed, figures unlike those at hand, a jump that nothing confirms."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.data.catalog import SeriesSpec

SAME = 1e-6
_NEWEST = 3
_BEYOND_BELIEF = 4
_RECENT = 10
_LISTED = 8
_UNLIKE = 0.10
_ENOUGH = 5


@dataclass(frozen=True)
class Changes:
    """How a new answer differs from the previous one over the days that the previous one holds."""

    before: int  # rows of the previous answer
    lost: pd.Series  # previous values by date that the new answer lacks
    later_first: str  # in words, when the new answer starts later
    altered: pd.DataFrame  # was and now, by date
    newest: pd.Timestamp  # from here on, the last three previous days, a source may still correct itself

    @property
    def only_altered(self) -> bool:
        """Whether no day is lost: a re-estimation, not a shorter answer."""
        return not len(self.lost)

    @property
    def only_newest(self) -> bool:
        """Whether the newest rows alone are other ones: a settlement, a correction."""
        return self.only_altered and bool((self.altered.index >= self.newest).all())

    def __bool__(self) -> bool:
        return bool(len(self.lost) or len(self.altered))

    def lines(self) -> list[str]:
        """Say what changed, the first few cases of each kind by date and value."""
        dates = [f"{date:%Y-%m-%d}" for date in self.lost.index[:_LISTED]]
        pairs = [f"{row.Index:%Y-%m-%d} {row.was:g} -> {row.now:g}" for row in self.altered[:_LISTED].itertuples()]
        lost, changed = (
            f"{count} of {self.before} past values {what}: {', '.join(shown)}"
            + (f" and {count - _LISTED} more" if count > _LISTED else "")
            for count, shown, what in ((len(self.lost), dates, "are gone"), (len(self.altered), pairs, "changed"))
        )
        return [lost] * bool(dates) + [self.later_first] * bool(self.later_first) + [changed] * bool(pairs)


def compare(previous: pd.Series, new: pd.Series) -> Changes:
    """Hold a new answer against the previous one of the same code."""
    now = new.reindex(previous.index)
    lost = ~previous.index.isin(new.index)
    differs = ~lost & ~np.isclose(now, previous, rtol=SAME, atol=0.0)
    later = ""
    if new.index[0] > previous.index[0]:
        later = f"it starts on {new.index[0]:%Y-%m-%d}, before it was {previous.index[0]:%Y-%m-%d}"
    altered = pd.DataFrame({"was": previous, "now": now})[differs]
    return Changes(len(previous), previous[lost], later, altered, previous.index[-_NEWEST:][0])


def unlike(spec: SeriesSpec, known: pd.Series, values: pd.Series) -> str:
    """Say in which way figures of another source are not those of the same thing: another unit, a drift.

    Two venues of one market differ by some per cent on a wild day and by nearly nothing at the median, over all common
    days as over the last ones.
    """
    both = known.index.intersection(values.index)
    for days, when in ((both, "over all common days"), (both[-4 * _ENOUGH :], "over the last common days")):
        if len(days) < _ENOUGH:
            continue
        if spec.change == "log":
            ratio = float((values[days] / known[days]).median())
            if not abs(ratio - 1) <= _UNLIKE:
                return f"{ratio:.3g} times the figures at hand at the median {when}"
        elif (apart := float((values[days] - known[days]).abs().median())) > spec.jump / 2:
            return f"{apart:.3g} {spec.unit} from the figures at hand at the median {when}"
    return ""


def moves(spec: SeriesSpec, values: pd.Series) -> pd.Series:
    """Give changes from one observation to the next in the terms of `jump`: of logs, or plain."""
    return (np.log(values.where(values > 0)) if spec.change == "log" else values).diff()


def jumps(spec: SeriesSpec, values: pd.Series, *, after: pd.Timestamp | None) -> pd.Series:
    """Find recent changes too large to be believed from one source.

    Those from the day `after` on, the last one already accepted, whose jump can only now be settled; without it, those
    of the last ten observations.
    """
    found = moves(spec, values)
    recent = found.loc[after:] if after is not None else found.iloc[-_RECENT:]
    return recent[recent.abs() > spec.jump]


def stands(spec: SeriesSpec, values: pd.Series, day: pd.Timestamp) -> bool:
    """Tell whether a jump has been confirmed by time: the next observation stays by the new level.

    A new level that no market reaches in a day is another unit, however long it stays.
    """
    place, found = int(values.index.get_indexer([day])[0]), moves(spec, values).abs()
    believable = float(found.iloc[place]) <= _BEYOND_BELIEF * spec.jump
    return believable and place + 1 < len(values) and float(found.iloc[place + 1]) <= spec.jump


def jump_problem(spec: SeriesSpec, values: pd.Series, day: pd.Timestamp, second: pd.Series) -> str:
    """Ask a second source, which reaches at least to `day`, about a jump; empty when it agrees, else what the two say.

    London fixes silver at noon, New York settles it at 13:25 of the same day, so that what New York sees in the
    afternoon reaches London's price on the next business day. On 30 January 2026 silver's log change was -.376 in New
    York and -.138 in London; over that day and the next one they were -.396 and -.368. So the two may differ by
    `confirm_same_day` on the day itself, and once the next day is there by no more than `confirm` over one or both.
    """
    place = int(values.index.get_indexer([day])[0])
    before, ends = values.index[place - 1], values.index[place : place + 2]
    own = [float(np.log(values[end] / values[before])) for end in ends]
    other = [float(np.log(second.asof(end) / second.asof(before))) for end in ends]
    settled = len(ends) > 1 and second.index[-1] >= ends[-1]
    gaps = [abs(a - b) for a, b in zip(own, other, strict=True)]
    if gaps[0] <= spec.confirm_same_day and (not settled or min(gaps) <= spec.confirm):
        return ""
    return f"log change {own[0]:+.3f}, second source {other[0]:+.3f} (it ends on {second.index[-1]:%Y-%m-%d})"
