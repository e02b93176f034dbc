"""What stops a series: values that cannot be, a past that has changed, a jump that no second source saw."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.data.catalog import SeriesSpec, Source
from helpers.data.errors import DataError
from helpers.data.tables import check_values

SAME = 1e-6
_SETTLING_DAYS = 3
_RECENT = 10
_LISTED = 8
_ANY_GAP = 10**6
KNOWN_ERRORS = {("yahoo", "CPER"): {"2015-06-26": 19.30}}


@dataclass(frozen=True)
class Changes:
    """How a new answer differs from the previous one over the days that the previous one holds.

    Parameters
    ----------
    before, after : int
        Rows of the previous answer, and of the new one up to the previous one's last day.
    lost : pandas.Series
        Previous values by date that the new answer lacks.
    later_first : str
        In words, when the new answer starts later; else empty.
    altered : pandas.DataFrame
        Columns was and now, by date.
    """

    before: int
    after: int
    lost: pd.Series
    later_first: str
    altered: pd.DataFrame

    @property
    def only_altered(self) -> bool:
        """Whether no day is lost: a re-estimation, not a shorter answer."""
        return not len(self.lost)

    def __bool__(self) -> bool:
        return bool(len(self.lost) or len(self.altered))

    def lines(self) -> list[str]:
        """Say what changed, the first few cases of each kind by date and value."""
        lines = []
        if len(self.lost):
            dates = ", ".join(f"{date:%Y-%m-%d}" for date in self.lost.index[:_LISTED])
            lines.append(f"{len(self.lost)} of {self.before} past values are gone: {dates}{_more(self.lost)}")
        if self.later_first:
            lines.append(self.later_first)
        if len(self.altered):
            pairs = ", ".join(f"{row.Index:%Y-%m-%d} {row.was:g} -> {row.now:g}" for row in
                              self.altered.head(_LISTED).itertuples())  # fmt: skip
            lines.append(f"{len(self.altered)} of {self.before} past values changed: {pairs}{_more(self.altered)}")
        return lines


def _more(items: pd.Series | pd.DataFrame) -> str:
    return f" and {len(items) - _LISTED} more" if len(items) > _LISTED else ""


def compare(previous: pd.Series, new: pd.Series, *, settling: pd.Timestamp | None = None) -> Changes:
    """Hold a new answer against the previous one.

    Parameters
    ----------
    previous, new : pandas.Series
        Observations by date of the same code of the same source.
    settling : pandas.Timestamp, optional
        A day whose previous value may still change without being a revision.

    Returns
    -------
    Changes
        False when nothing of the past has changed.
    """
    lost = previous[~previous.index.isin(new.index)]
    both = previous.index.intersection(new.index)
    was, now = previous.loc[both], new.loc[both]
    differs = ~np.isclose(now.to_numpy(), was.to_numpy(), rtol=SAME, atol=0.0) & np.asarray(both != settling)
    later = ""
    if new.index[0] > previous.index[0]:
        later = f"it starts on {new.index[0]:%Y-%m-%d}, before it was {previous.index[0]:%Y-%m-%d}"
    altered = pd.DataFrame({"was": was[differs], "now": now[differs]})
    return Changes(len(previous), int((new.index <= previous.index[-1]).sum()), lost, later, altered)


def settling_day(provider: str, previous: pd.Series, retrieved: str) -> pd.Timestamp | None:
    """Give the last day of an answer that was so fresh that its close may still have been replaced by a settlement.

    Parameters
    ----------
    provider : str
        Only Yahoo's last rows are known to settle later.
    previous : pandas.Series
        The previous answer.
    retrieved : str
        When it was given (ISO 8601).

    Returns
    -------
    pandas.Timestamp or None
        The day, if there is one.
    """
    last = previous.index[-1]
    age = pd.Timestamp(retrieved).tz_convert(None) - last
    return last if provider == "yahoo" and age <= pd.Timedelta(days=_SETTLING_DAYS) else None


def drop_known_errors(rung: Source, values: pd.Series) -> pd.Series:
    """Leave out prints that are known to be wrong, as long as the source still shows them.

    Parameters
    ----------
    rung : Source
        The source.
    values : pandas.Series
        Observations by date.

    Returns
    -------
    pandas.Series
        Without them.
    """
    wrong = [
        pd.Timestamp(date)
        for date, value in KNOWN_ERRORS.get((rung.provider, rung.code), {}).items()
        if np.isclose(values.get(pd.Timestamp(date), np.nan), value, rtol=1e-4)
    ]
    return values.drop(wrong)


def check_bounds(spec: SeriesSpec, values: pd.Series, *, first_week: pd.Timestamp) -> pd.Series:
    """Require the values of the sample to be inside the catalog's bounds.

    Parameters
    ----------
    spec : SeriesSpec
        With the bounds.
    values : pandas.Series
        Observations by date.
    first_week : pandas.Timestamp
        The first week (or month) of the series in the embedded snapshot: the start of the sample.

    Returns
    -------
    pandas.Series
        The observations of the sample.

    Raises
    ------
    DataError
        There are none, or one is out of bounds.
    """
    sample = values[values.index > first_week - pd.Timedelta(days=7)]
    if not len(sample):
        raise DataError(spec.name, expected=f"values after {first_week:%Y-%m-%d}", found="none")
    check_values(replace(spec, max_gap_days=_ANY_GAP), sample)
    return sample


def check_whole(spec: SeriesSpec, sample: pd.Series, *, reaches_back_to: pd.Timestamp | None) -> None:
    """Require a series without a missing week (month), and from the start of the sample on.

    Parameters
    ----------
    spec : SeriesSpec
        With the longest gap.
    sample : pandas.Series
        The observations of the sample.
    reaches_back_to : pandas.Timestamp, optional
        The first week of a sample that the source is known to hold.

    Raises
    ------
    DataError
        A gap, or a later start.
    """
    weekly = spec.max_gap_days <= 7
    check_values(spec, sample.resample("W-FRI").last().dropna() if weekly else sample)
    if reaches_back_to is not None and sample.index[0] > reaches_back_to:
        expected = f"a first value by {reaches_back_to:%Y-%m-%d}, as in the snapshot"
        raise DataError(spec.name, date=sample.index[0], expected=expected, found="the first value")


def jumps(spec: SeriesSpec, values: pd.Series, *, after: pd.Timestamp | None) -> pd.Series:
    """Find recent one-day changes too large to be believed from one source.

    Parameters
    ----------
    spec : SeriesSpec
        With the largest log change that is.
    values : pandas.Series
        Observations by date.
    after : pandas.Timestamp, optional
        Last day already accepted, looked at again because its jump can only now be settled; without it, the last ten
        observations are looked at.

    Returns
    -------
    pandas.Series
        Log changes by day.
    """
    if not np.isfinite(spec.jump):
        return pd.Series(dtype=float)
    changes = pd.Series(np.log(values)).diff()
    recent = changes.loc[after:] if after is not None else changes.iloc[-_RECENT:]
    return recent[recent.abs() > spec.jump]


def jump_problem(spec: SeriesSpec, values: pd.Series, day: pd.Timestamp, second: pd.Series) -> str:
    """Ask a second source about a jump.

    Parameters
    ----------
    spec : SeriesSpec
        Tolerances.
    values : pandas.Series
        The series with the jump.
    day : pandas.Timestamp
        Of the jump.
    second : pandas.Series
        Another source's observations by date, perhaps at another hour; it reaches at least to `day`.

    Returns
    -------
    str
        Empty when the second source agrees, else what the two say.

    Notes
    -----
    London fixes silver at noon, New York settles it at 13:25 of the same day, so that what New York sees in the
    afternoon reaches London's price on the next business day. On 30 January 2026 silver's log change was -.376 in New
    York and -.138 in London; over that day and the next one they were -.396 and -.368. So the two may differ by
    `jump_tolerance_same_day` on the day itself, and once the next day is there by no more than `jump_tolerance` over
    one or both of them.
    """
    place = int(values.index.get_indexer([day])[0])
    before, ends = values.index[place - 1], values.index[place : place + 2]
    own = [float(np.log(values[end] / values[before])) for end in ends]
    other = [float(np.log(second.asof(end) / second.asof(before))) for end in ends]
    settled = len(ends) > 1 and second.index[-1] >= ends[-1]
    gaps = [abs(a - b) for a, b in zip(own, other, strict=True)]
    if gaps[0] <= spec.jump_tolerance_same_day and (not settled or min(gaps) <= spec.jump_tolerance):
        return ""
    return f"log change {own[0]:+.3f}, second source {other[0]:+.3f} (it ends on {second.index[-1]:%Y-%m-%d})"
