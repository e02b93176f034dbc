"""Fans: what the past, as known on a date, says about the paths that may follow it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from arch.bootstrap import optimal_block_length

from helpers.stats.checks import InputError, require_clean, require_count

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
MIN_PATHS = 2
MIN_PAST = 104


@dataclass(frozen=True, eq=False)
class Fan:
    """Paths that the past makes possible after a date.

    Parameters
    ----------
    label : str
        Where the paths come from.
    as_of : pandas.Timestamp
        Nothing later enters the fan.
    paths : numpy.ndarray, shape (paths, weeks)
        Cumulative log returns after 1, 2, ... weeks, per cent; NaN in weeks that a path had not reached by `as_of`.
    """

    label: str
    as_of: pd.Timestamp
    paths: np.ndarray

    @property
    def weeks(self) -> int:
        """Weeks ahead for which at least two paths are known."""
        return int((np.isfinite(self.paths).sum(axis=0) >= MIN_PATHS).sum())

    def at(self, week: int) -> np.ndarray:
        """Give the cumulative returns after some weeks.

        Parameters
        ----------
        week : int
            1 to `weeks`.

        Returns
        -------
        numpy.ndarray, shape (paths known that far,)
            Per cent.
        """
        values = self.paths[:, week - 1]
        return values[np.isfinite(values)]

    def quantiles(self, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
        """Give quantiles week by week.

        Parameters
        ----------
        levels : sequence of float
            In (0, 1).

        Returns
        -------
        pandas.DataFrame, shape (weeks, levels)
            Cumulative log returns, per cent, by weeks ahead.
        """
        rows = [np.quantile(self.at(week), levels, method="median_unbiased") for week in range(1, self.weeks + 1)]
        index = pd.RangeIndex(1, self.weeks + 1, name="week")
        return pd.DataFrame(np.reshape(rows, (self.weeks, len(levels))), index=index, columns=list(levels))

    def chance(self, *, week: int, above: float, at_any_time: bool = False) -> float:
        """Give the probability that the cumulative return lies above a threshold.

        Parameters
        ----------
        week : int
            1 to `weeks`.
        above : float
            Threshold, per cent.
        at_any_time : bool
            Whether any week up to `week` counts, and not that week alone.

        Returns
        -------
        float
            Share of paths, half a path added on either side, so that few paths never say never.
        """
        reached = self.paths[np.isfinite(self.paths[:, week - 1]), :week]
        values = reached.max(axis=1) if at_any_time else reached[:, -1]
        return float((np.sum(values > above) + 0.5) / (values.size + 1))

    def tilted(self, *, by: float, label: str) -> "Fan":
        """Add a steady drift to every path.

        Parameters
        ----------
        by : float
            Drift over the whole length of the paths, per cent.
        label : str
            Of the new fan.

        Returns
        -------
        Fan
            With a share of the drift in each week.
        """
        length = self.paths.shape[1]
        return Fan(label, self.as_of, self.paths + by * np.arange(1, length + 1) / length)


def merge_events(*sets: pd.DatetimeIndex, apart: int = 26) -> pd.DatetimeIndex:
    """Join event sets into episodes.

    Parameters
    ----------
    *sets : pandas.DatetimeIndex
        Dates of events.
    apart : int
        Weeks that must lie between the beginnings of two episodes.

    Returns
    -------
    pandas.DatetimeIndex
        Every event that comes at least `apart` weeks after the last one kept; nothing later decides that.
    """
    kept: list[pd.Timestamp] = []
    for date in sorted(set().union(*sets)):
        if not kept or date - kept[-1] >= pd.Timedelta(weeks=apart):
            kept.append(date)
    return pd.DatetimeIndex(kept, name="event")


def event_fan(
    *, returns: pd.Series, events: pd.DatetimeIndex, as_of: pd.Timestamp, weeks: int = 26, label: str = "earlier events"
) -> Fan:
    """Collect the paths after events that lie before a date, as far as they were known on it.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly log returns, per cent.
    events : pandas.DatetimeIndex
        Dates of events; those on or after `as_of`, and those before the first return, are left out.
    as_of : pandas.Timestamp
        Date of the fan.
    weeks : int
        Length of the paths.
    label : str
        Of the fan.

    Returns
    -------
    Fan
        One path an event.

    Raises
    ------
    InputError
        Missing returns, or an event that is not one of their dates.
    """
    require_count(weeks, name="weeks", least=1)
    known = _known(returns, as_of)
    earlier = events[(events >= known.index[0]) & (events < as_of)]
    missing = earlier.difference(known.index)
    if len(missing):
        raise InputError(f"event {missing[0]:%Y-%m-%d} is not a date of {returns.name!r}: use the same weeks.")
    total = np.concatenate([known.cumsum().to_numpy(), np.full(weeks, np.nan)])
    starts = known.index.get_indexer(earlier)
    paths = total[starts[:, None] + np.arange(1, weeks + 1)] - total[starts, None]
    return Fan(label, as_of, paths)


def history_fan(
    *,
    returns: pd.Series,
    as_of: pd.Timestamp,
    weeks: int = 26,
    reps: int = 9_999,
    seed: int | None = None,
    label: str = "own history",
) -> Fan:
    """Put blocks of past returns end to end, whatever happened before them.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly log returns, per cent.
    as_of : pandas.Timestamp
        Date of the fan; later returns are not used.
    weeks : int
        Length of the paths.
    reps : int
        Number of paths.
    seed : int, optional
        Of the draws.
    label : str
        Of the fan.

    Returns
    -------
    Fan
        Paths of the stationary bootstrap, with the mean block that suits the squared returns, so that calm and wild
        times stay together.

    Raises
    ------
    InputError
        Missing returns, or fewer than 104 of them.

    References
    ----------
    Politis and Romano (1994), Journal of the American Statistical Association 89, 1303-1313; Patton, Politis and White
    (2009), Econometric Reviews 28, 372-375 (block length).
    """
    require_count(weeks, name="weeks", least=1)
    require_count(reps, name="reps", least=MIN_PATHS)
    known = _known(returns, as_of).to_numpy()
    if known.size < MIN_PAST:
        raise InputError(
            f"{known.size} returns of {returns.name!r} by {as_of:%Y-%m-%d}, at least {MIN_PAST} are needed."
        )
    block = max(1.0, float(optimal_block_length(known**2)["stationary"].iloc[0]))
    rng = np.random.default_rng(seed)
    fresh = rng.random((reps, weeks)) < 1 / block
    fresh[:, 0] = True
    since = np.arange(weeks) - np.maximum.accumulate(np.where(fresh, np.arange(weeks), 0), axis=1)
    starts = rng.integers(known.size, size=(reps, weeks))
    first = np.take_along_axis(starts, np.arange(weeks) - since, axis=1)
    return Fan(label, as_of, known[(first + since) % known.size].cumsum(axis=1))


def _known(returns: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Cut returns at a date."""
    require_clean(returns, role="returns")
    known = returns.loc[:as_of]
    if known.empty:
        raise InputError(f"no return of {returns.name!r} is known by {as_of:%Y-%m-%d}: choose a later date.")
    return known
