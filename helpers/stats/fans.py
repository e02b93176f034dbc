"""Fans of possible paths: what the past, as known on a date, says of the path that follows, and how it scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean
from helpers.stats.results import axes_or_new

PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)
MIN_PATHS, MIN_PAST = 2, 104
SCORED = (4, 13, 26)
WEEKS = SCORED[-1]


def pinball_loss(
    *, forecast: np.ndarray | float, outcome: np.ndarray | float, probability: np.ndarray | float
) -> np.ndarray:
    r"""Score quantile forecasts q of outcomes y, in the unit of the outcome; smaller is better.

    .. math:: L_\tau(q, y) = \max\{\tau (y - q),\; (\tau - 1)(y - q)\}

    References
    ----------
    Koenker and Bassett (1978), Econometrica 46, 33-50; Gneiting (2011), International Journal of Forecasting 27,
    197-207.
    """
    chance, miss = np.asarray(probability, dtype=float), np.asarray(outcome, dtype=float) - forecast
    return np.maximum(chance * miss, (chance - 1) * miss)


def brier_score(*, probability: np.ndarray | float, happened: np.ndarray | bool) -> np.ndarray:
    """Score probabilities of events by their squared distance from what came (1 or 0): Brier (1950), .25 for a coin."""
    return (np.asarray(probability, dtype=float) - np.asarray(happened, dtype=float)) ** 2


def place(*, sample: np.ndarray, outcome: float) -> float:
    """Give the share of draws below an outcome, ties half: uniform for honest forecasts (Dawid 1984)."""
    draws = np.asarray(sample, dtype=float)
    if draws.size < MIN_PATHS or not np.isfinite(draws).all():
        raise InputError(f"A distribution needs at least two finite draws, found {draws.size}.")
    return float(np.mean(draws < outcome) + np.mean(draws == outcome) / 2)


@dataclass(frozen=True, eq=False)
class Fan:
    """Paths that the past makes possible after a date.

    Parameters
    ----------
    as_of : nothing later enters the fan
    paths : shape (paths, weeks)
        Cumulative log returns after 1, 2, ... weeks, per cent; NaN in weeks that a path had not reached by `as_of`.
    """

    as_of: pd.Timestamp
    paths: np.ndarray

    @property
    def weeks(self) -> int:
        """Weeks ahead for which at least two paths are known."""
        return int((np.isfinite(self.paths).sum(axis=0) >= MIN_PATHS).sum())

    def at(self, week: int) -> np.ndarray:
        """Give the cumulative returns after some weeks."""
        values = self.paths[:, week - 1]
        return values[np.isfinite(values)]

    def quantiles(self) -> pd.DataFrame:
        """Give the quantiles of `PROBABILITIES` week by week."""
        rows = {week: _quantiles(self.at(week)) for week in range(1, self.weeks + 1)}
        return pd.DataFrame.from_dict(rows, orient="index", columns=list(PROBABILITIES)).rename_axis("week")

    def plot(self, ax: Any = None) -> Any:
        """Draw the median and the bands of the `quantiles` on matplotlib axes, which are returned."""
        ax, band = axes_or_new(ax), self.quantiles()
        for low, high in ((0.05, 0.95), (0.25, 0.75)):
            ax.fill_between(band.index, band[low], band[high], color="C0", alpha=0.2, label=f"{high - low:.0%}")
        ax.plot(band.index, band[0.5], color="C0", label="median")
        ax.set(xlabel=f"weeks after {self.as_of:%Y-%m-%d}", ylabel="cumulative log return (%)")
        ax.legend()
        return ax

    def chance(self, *, week: int, above: float, at_any_time: bool = False) -> float:
        """Give the probability that the cumulative return lies above a threshold."""
        reached = self.paths[np.isfinite(self.paths[:, week - 1]), :week]
        values = reached.max(axis=1) if at_any_time else reached[:, -1]
        return float((np.sum(values > above) + 0.5) / (values.size + 1))

    def tilted(self, by: float) -> "Fan":
        """Add a steady drift to every path."""
        length = self.paths.shape[1]
        return Fan(self.as_of, self.paths + by * np.arange(1, length + 1) / length)


def event_fan(*, returns: pd.Series, events: pd.DatetimeIndex, as_of: pd.Timestamp) -> Fan:
    """Collect the 26 weeks after the events before a date, as far as they were known on it.

    Parameters
    ----------
    returns, events : pandas.Series, shape (n,), pandas.DatetimeIndex
        Weekly log returns, per cent; dates of them, of which those before the first return are left out.
    as_of : pandas.Timestamp
        Date of the fan.
    """
    known = _known(returns, as_of)
    earlier = events[(events >= known.index[0]) & (events < as_of)]
    starts = known.index.get_indexer(earlier)
    if (starts < 0).any():
        raise InputError(f"{earlier[starts < 0][0]:%Y-%m-%d} is not a date of {returns.name!r}: use the same weeks.")
    total = np.concatenate([known.cumsum().to_numpy(), np.full(WEEKS, np.nan)])
    return Fan(as_of, total[starts[:, None] + np.arange(1, WEEKS + 1)] - total[starts, None])


def history_fan(
    *, returns: pd.Series, as_of: pd.Timestamp, weeks: int = WEEKS, reps: int = 9_999, seed: int | None = None
) -> Fan:
    """Put stationary-bootstrap blocks of past returns end to end, whatever happened before them.

    Blocks suit the squared returns, so that calm and wild times stay together.

    Parameters
    ----------
    returns, as_of : pandas.Series, shape (n,), pandas.Timestamp
        Weekly log returns, per cent; date of the fan, with at least 104 of them until then. Later ones are not used.
    weeks, reps, seed : int
        Length and number of the paths; seed of the draws.

    References
    ----------
    Politis and Romano (1994), Journal of the American Statistical Association 89, 1303-1313; Patton, Politis and White
    (2009), Econometric Reviews 28, 372-375 (block length).
    """
    from arch.bootstrap import optimal_block_length

    known = _known(returns, as_of).to_numpy()
    if known.size < MIN_PAST:
        raise InputError(f"{known.size} returns of {returns.name!r} by {as_of:%Y-%m-%d}, at least {MIN_PAST} needed.")
    block = max(1.0, float(optimal_block_length(known**2)["stationary"].iloc[0]))
    rng = np.random.default_rng(seed)
    fresh = rng.random((reps, weeks)) < 1 / block
    fresh[:, 0] = True
    since = np.arange(weeks) - np.maximum.accumulate(np.where(fresh, np.arange(weeks), 0), axis=1)
    starts = rng.integers(known.size, size=(reps, weeks))
    first = np.take_along_axis(starts, np.arange(weeks) - since, axis=1)
    return Fan(as_of, known[(first + since) % known.size].cumsum(axis=1))


def score_fans(*, fans: Mapping[str, Fan], path: pd.Series) -> pd.DataFrame:
    """Score fans of one date by what came after 4, 13 and 26 weeks, as far as path and fan reach.

    Parameters
    ----------
    fans, path : mapping of str to Fan, pandas.Series, shape (weeks since,)
        By name; cumulative log return, per cent, after 1, 2, ... weeks as far as it is known.

    Returns
    -------
    pandas.DataFrame
        By week and fan: number of ``paths``, ``outcome``, ``median``, ends of the central 90 % (``lower``, ``upper``),
        ``place`` of the outcome among the paths and ``pinball`` loss (mean over `PROBABILITIES`).
    """
    rows = {}
    for week in SCORED:
        for name, fan in fans.items():
            if week <= min(len(path), fan.weeks):
                values, outcome = fan.at(week), float(path.iloc[week - 1])
                cuts = _quantiles(values)
                loss = pinball_loss(forecast=cuts, outcome=outcome, probability=np.array(PROBABILITIES)).mean()
                middle, share = (cuts[2], cuts[0], cuts[-1]), place(sample=values, outcome=outcome)
                rows[week, name] = (values.size, outcome, *middle, share, float(loss))
    index = pd.MultiIndex.from_tuples(list(rows), names=["week", "fan"])
    columns = ["paths", "outcome", "median", "lower", "upper", "place", "pinball"]
    return pd.DataFrame(list(rows.values()), index=index, columns=columns)


def path_since(*, returns: pd.Series, date: pd.Timestamp, weeks: int = WEEKS) -> pd.Series:
    """Cumulate the returns (per cent) of at most `weeks` weeks after a date, whose own week is not counted."""
    return returns[returns.index > date].iloc[:weeks].cumsum()


def _known(returns: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    require_clean(returns, role="returns")
    known = returns.loc[:as_of]
    if known.empty:
        raise InputError(f"no return of {returns.name!r} is known by {as_of:%Y-%m-%d}: choose a later date.")
    return known


def _quantiles(values: np.ndarray) -> np.ndarray:
    return np.quantile(values, PROBABILITIES, method="median_unbiased")
