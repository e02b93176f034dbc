"""How far one asset has run ahead of another, and how often it had done so before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_same_index
from helpers.stats.event_study import detectable_effect
from helpers.stats.gap.time_share import TimeShare, time_share
from helpers.stats.results import Result

HORIZONS = (4, 13, 26, 52)
SHORTEST_PAST = 104


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class GapFrequencyResult(Result):
    """How often the gap between two assets was at least as large as a given one, and what came after.

    Parameters
    ----------
    leader, follower : str
        Names of the assets.
    horizon : int
        Weeks over which the gap opened.
    date : pandas.Timestamp
        Week whose past is searched.
    threshold : float
        Gap looked for, in log points.
    gap : pandas.Series, shape (n,)
        All gaps up to `date`, in log points.
    frequency : TimeShare
        Share of the weeks before `date`, with its interval.
    episodes : pandas.DataFrame, shape (K, 2 + len(after))
        Indexed by the first week of each episode that had ended its own window by `date`: ``gap``, ``leader`` and
        ``follower`` (log returns over the window, log points), and ``after_h``, the follower's log return over the
        next h weeks (NaN where not over yet).
    followed : pandas.DataFrame, shape (len(after), 5)
        Indexed by h: ``K`` complete cases, ``mean`` of the follower's log return after the episodes, ``usual`` mean
        over all weeks, ``difference``, and ``detectable``, the smallest difference that K cases find with 80 % power
        (NaN for fewer than two).
    """

    leader: str
    follower: str
    horizon: int
    date: pd.Timestamp
    threshold: float
    gap: pd.Series
    frequency: TimeShare
    episodes: pd.DataFrame
    followed: pd.DataFrame

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            In the order in which they are shown.
        """
        found = self.frequency
        return [
            *super().rows(),
            ("Gap looked for (log points)", self.threshold),
            ("Weeks of the gap", self.horizon),
            ("Up to", self.date),
            ("Share of past weeks", found.share),
            (f"{100 * found.level:g} % interval", (found.low, found.high)),
            ("Weeks", f"{found.count} of {found.nobs}"),
            ("Non-overlapping episodes K", len(self.episodes)),
            ("They began", tuple(self.episodes.index) or None),
        ]


def log_gap(*, leader: pd.Series, follower: pd.Series, horizon: int) -> pd.Series:
    """Give the log return of one asset less that of another over the last weeks.

    Parameters
    ----------
    leader, follower : pandas.Series, shape (n,)
        Weekly prices on one evenly spaced index.
    horizon : int
        Weeks, at least 1.

    Returns
    -------
    pandas.Series, shape (n - horizon,)
        ``100 * (log L[t] / L[t-h] - log F[t] / F[t-h])``, in log points.

    Raises
    ------
    InputError
        Missing, non-positive or constant prices, different or unevenly spaced dates, a horizon outside [1, n).
    """
    logs = _log_prices(leader, follower)
    return (logs["leader"] - logs["follower"]).diff(_checked(horizon, len(logs))).iloc[horizon:].rename("gap")


def net_of_beta(*, leader: pd.Series, follower: pd.Series, horizon: int) -> pd.DataFrame:
    """Give the log return of one asset less beta times that of another, with beta from before the window.

    Beta for the window from t - h to t is the regression slope (with a constant) of the leader's weekly log returns on
    the follower's over all weeks up to t - h, so that neither a later return nor one inside the window enters it.

    Parameters
    ----------
    leader, follower : pandas.Series, shape (n,)
        Weekly prices on one evenly spaced index.
    horizon : int
        Weeks, at least 1.

    Returns
    -------
    pandas.DataFrame, shape (n - horizon - 104, 2)
        ``gap`` in log points and ``beta``; the first 104 weekly returns only serve to estimate beta.

    Raises
    ------
    InputError
        As `log_gap`.
    """
    logs = _log_prices(leader, follower)
    _checked(horizon, len(logs))
    weekly, window = logs.diff(), logs.diff(horizon)
    past = weekly.expanding(min_periods=SHORTEST_PAST)
    slope = past["leader"].cov(weekly["follower"]) / past["follower"].var()
    beta = slope.shift(horizon)
    return pd.DataFrame({"gap": window["leader"] - beta * window["follower"], "beta": beta}).dropna()


def past_percentile(values: pd.Series) -> pd.Series:
    """Place every value among the ones before it.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Values over time.

    Returns
    -------
    pandas.Series, shape (n,)
        Share of strictly earlier values that are smaller, in per cent; NaN for the first.

    Raises
    ------
    InputError
        Missing, infinite, unordered or constant values.
    """
    require_clean(values, role="values")
    smaller = values.expanding().rank(method="min") - 1
    earlier = pd.Series(np.arange(len(values), dtype=float), index=values.index)
    return 100 * smaller / earlier.where(earlier > 0)


def up_to(gap: pd.Series, date: pd.Timestamp | None) -> pd.Series:
    """Cut what came after a date, and require a past to compare with.

    Parameters
    ----------
    gap : pandas.Series, shape (n,)
        Gaps over time.
    date : pandas.Timestamp or None
        Last week to keep; None keeps all.

    Returns
    -------
    pandas.Series
        At least 105 weeks, the last of them `date`.

    Raises
    ------
    InputError
        A date that is not in the index; fewer than 104 weeks before it.
    """
    if date is not None and date not in gap.index:
        raise InputError(f"{date} has no gap: they run from {gap.index[0]} to {gap.index[-1]}.")
    cut = gap.loc[:date]
    if len(cut) <= SHORTEST_PAST:
        raise InputError(f"{len(cut) - 1} past weeks of gaps, at least {SHORTEST_PAST} are needed: start earlier.")
    return cut


def gap_frequency(
    *,
    leader: pd.Series,
    follower: pd.Series,
    horizon: int,
    threshold: float | None = None,
    date: pd.Timestamp | None = None,
    after: Sequence[int] = HORIZONS,
    level: float = 0.90,
) -> GapFrequencyResult:
    """Count how often the gap between two assets was at least as large as a given one.

    An episode begins in the first week with such a gap; the next one can begin `horizon` weeks later at the earliest,
    so that no return is counted twice. A window that overlaps that of `date` belongs to the present case and is not an
    episode of the past.

    Parameters
    ----------
    leader, follower : pandas.Series, shape (n,)
        Weekly prices on one evenly spaced index.
    horizon : int
        Weeks over which the gap opens.
    threshold : float, optional
        Gap looked for, in log points; by default the gap at `date`.
    date : pandas.Timestamp, optional
        Week whose past is searched; by default the last.
    after : sequence of int
        Weeks after each episode over which the follower is watched.
    level : float
        Coverage of the interval of the frequency.

    Returns
    -------
    GapFrequencyResult
        Frequency, episodes and what followed.

    Raises
    ------
    InputError
        As `log_gap`; a date that is not in the index; fewer than 104 past gaps.

    References
    ----------
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American Statistical Association
    89, 1303-1313. Patton, A., Politis, D. N. and White, H. (2009). Econometric Reviews 28, 372-375 (block length).
    """
    gap = up_to(log_gap(leader=leader, follower=follower, horizon=horizon), date)
    wanted = float(gap.iloc[-1]) if threshold is None else float(threshold)
    starts = _episode_starts((gap >= wanted).to_numpy(), spacing=horizon)
    first_weeks = gap.index[starts[starts < len(gap) - horizon]]
    logs = _log_prices(leader, follower)
    later = pd.DataFrame({f"after_{h}": logs["follower"].diff(h).shift(-h) for h in after})
    episodes = gap.loc[first_weeks].to_frame().join(logs.diff(horizon)).join(later)
    return GapFrequencyResult(
        null=f"a {horizon}-week gap of this size is an ordinary week of its own past",
        alternative=f"{leader.name} had seldom been so far ahead of {follower.name}",
        leader=str(leader.name),
        follower=str(follower.name),
        horizon=horizon,
        date=gap.index[-1],
        threshold=wanted,
        gap=gap,
        frequency=time_share((gap.iloc[:-1] >= wanted).to_numpy(), window=horizon, level=level),
        episodes=episodes,
        followed=_followed(later, first_weeks, after),
    )


def _log_prices(leader: pd.Series, follower: pd.Series) -> pd.DataFrame:
    """Give 100 times the logs of two checked price series, side by side."""
    index = require_same_index(leader, follower)
    for series, role in ((leader, "leader"), (follower, "follower")):
        if require_clean(series, role=role).min() <= 0:
            raise InputError(f"{role} {series.name!r} has a price of zero or less on {series.idxmin()}: it has no log.")
    steps = np.diff(index.asi8) if isinstance(index, pd.DatetimeIndex) else np.diff(index)
    if np.ptp(steps):
        raise InputError(f"The weeks are not evenly spaced, first after {index[np.flatnonzero(steps != steps[0])[0]]}.")
    prices = pd.concat([leader, follower], axis=1, keys=["leader", "follower"])
    return 100 * prices.apply(np.log)


def _checked(horizon: int, nobs: int) -> int:
    """Give back a horizon that fits the sample."""
    if not 1 <= horizon < nobs:
        raise InputError(f"A horizon of {horizon} weeks does not fit {nobs} weeks of prices: take 1 to {nobs - 1}.")
    return horizon


def _episode_starts(hits: np.ndarray, *, spacing: int) -> np.ndarray:
    """Give the positions of hits that are at least `spacing` after the one kept before."""
    kept: list[int] = []
    for place in np.flatnonzero(hits):
        if not kept or place - kept[-1] >= spacing:
            kept.append(int(place))
    return np.array(kept, dtype=int)


def _followed(later: pd.DataFrame, first_weeks: pd.Index, after: Sequence[int]) -> pd.DataFrame:
    """Compare the follower's returns after the episodes with those after all weeks."""
    chosen = later.loc[first_weeks]
    table = pd.DataFrame({"K": chosen.count(), "mean": chosen.mean(), "usual": later.mean()})
    table["difference"] = table["mean"] - table["usual"]
    table["detectable"] = [
        detectable_effect(episodes=int(k), sd=float(sd)) for k, sd in zip(table["K"], later.std(), strict=True)
    ]
    return table.set_axis(pd.Index(list(after), name="weeks"))
