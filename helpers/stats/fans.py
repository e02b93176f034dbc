"""Fans of possible paths: what the past, as known on a date, says of the path that follows, and how it scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_count
from helpers.stats.results import axes_or_new


def pinball_loss(
    *, forecast: np.ndarray | float, outcome: np.ndarray | float, probability: np.ndarray | float
) -> np.ndarray:
    r"""Score quantile forecasts.

    .. math:: L_\tau(q, y) = \max\{\tau (y - q),\; (\tau - 1)(y - q)\}

    In the unit of the outcome; smaller is better.

    Parameters
    ----------
    forecast, outcome : numpy.ndarray or float, shape (...)
        Forecast quantiles q and what came, in one unit.
    probability : numpy.ndarray or float, shape (...)
        Probabilities of the quantiles, in (0, 1).

    References
    ----------
    Koenker and Bassett (1978), Econometrica 46, 33-50; Gneiting (2011), International Journal of Forecasting 27,
    197-207.
    """
    chance = np.asarray(probability, dtype=float)
    if np.any((chance <= 0) | (chance >= 1)):
        raise InputError(f"probability must lie between 0 and 1, found {probability!r}.")
    miss = np.asarray(outcome, dtype=float) - forecast
    return np.maximum(chance * miss, (chance - 1) * miss)


def brier_score(*, probability: np.ndarray | float, happened: np.ndarray | bool) -> np.ndarray:
    """Score probabilities of events by their squared distance from what came (1 or 0): Brier (1950), .25 for a coin."""
    chances = np.asarray(probability, dtype=float)
    if np.any((chances < 0) | (chances > 1)):
        raise InputError(f"probability must lie between 0 and 1, found {probability!r}.")
    return (chances - np.asarray(happened, dtype=float)) ** 2


def crps(*, sample: np.ndarray, outcome: float) -> float:
    r"""Score a distribution given by a sample, in the unit of the outcome.

    .. math:: \frac1m \sum_i |x_i - y| - \frac{1}{2m(m-1)} \sum_{i \ne j} |x_i - x_j|

    The second mean leaves out each draw's distance from itself, so that few draws are not punished for being few.
    Smaller is better.

    Parameters
    ----------
    sample : numpy.ndarray, shape (m,)
        Draws from the forecast distribution, at least two.
    outcome : float
        What came.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102, 359-378, eq. 21; Ferro (2014),
    Quarterly Journal of the Royal Meteorological Society 140, 1917-1923.
    """
    ordered = _draws(sample)
    size = ordered.size
    # The sum of all distances between two draws is the sum of each ordered draw times its rank's balance.
    balance = 2 * np.arange(1, size + 1) - size - 1
    between = 2 * (balance @ ordered) / (size * (size - 1))
    return float(np.abs(ordered - outcome).mean() - between / 2)


def place(*, sample: np.ndarray, outcome: float) -> float:
    """Give the share of draws below an outcome, ties half: uniform for honest forecasts (Dawid 1984)."""
    draws = _draws(sample)
    return float(np.mean(draws < outcome) + np.mean(draws == outcome) / 2)


def _draws(sample: np.ndarray) -> np.ndarray:
    draws = np.sort(np.asarray(sample, dtype=float))
    if draws.size < 2 or not np.isfinite(draws).all():
        raise InputError(f"A distribution needs at least two finite draws, found {draws.size}.")
    return draws


PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)
MIN_PATHS = 2
MIN_PAST = 104


@dataclass(frozen=True, eq=False)
class Fan:
    """Paths that the past makes possible after a date.

    Parameters
    ----------
    label, as_of : where the paths come from; nothing later enters the fan
    paths : shape (paths, weeks)
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
        """Give the cumulative returns after some weeks."""
        values = self.paths[:, week - 1]
        return values[np.isfinite(values)]

    def quantiles(self, probabilities: Sequence[float] = PROBABILITIES) -> pd.DataFrame:
        """Give quantiles week by week."""
        index = pd.RangeIndex(1, self.weeks + 1, name="week")
        rows = [np.quantile(self.at(week), probabilities, method="median_unbiased") for week in index]
        values = np.reshape(rows, (self.weeks, len(probabilities)))
        return pd.DataFrame(values, index=index, columns=list(probabilities))

    def chance(self, *, week: int, above: float, at_any_time: bool = False) -> float:
        """Give the probability that the cumulative return lies above a threshold."""
        reached = self.paths[np.isfinite(self.paths[:, week - 1]), :week]
        values = reached.max(axis=1) if at_any_time else reached[:, -1]
        return float((np.sum(values > above) + 0.5) / (values.size + 1))

    def tilted(self, *, by: float, label: str) -> "Fan":
        """Add a steady drift to every path."""
        length = self.paths.shape[1]
        return Fan(label, self.as_of, self.paths + by * np.arange(1, length + 1) / length)

    def plot(self, ax: Any = None) -> Any:
        """Draw the median and the bands of the quantiles; returns the axes."""
        ax = axes_or_new(ax)
        band = self.quantiles()
        for outer, inner in zip(PROBABILITIES[:2], PROBABILITIES[:-3:-1], strict=True):
            ax.fill_between(band.index, band[outer], band[inner], color="tab:blue", alpha=0.2, linewidth=0)
        ax.plot(band.index, band[0.5], color="tab:blue")
        ax.set_xlabel(f"weeks after {self.as_of:%Y-%m-%d}")
        ax.set_ylabel(f"log return (%), {self.label}")
        return ax


def event_fan(*, returns: pd.Series, events: pd.DatetimeIndex, as_of: pd.Timestamp, weeks: int = 26) -> Fan:
    """Collect the paths after the events before a date, as far as they were known on it.

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

    Raises
    ------
    InputError
        An event that is not a date of the returns.
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
    return Fan("earlier events", as_of, paths)


def history_fan(
    *,
    returns: pd.Series,
    as_of: pd.Timestamp,
    weeks: int = 26,
    reps: int = 9_999,
    seed: int | None = None,
    label: str = "own history",
) -> Fan:
    """Put stationary-bootstrap blocks of past returns end to end, whatever happened before them.

    Blocks suit the squared returns, so that calm and wild times stay together.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly log returns, per cent.
    as_of : pandas.Timestamp
        Date of the fan; later returns are not used.
    weeks, reps : int
        Length and number of the paths.
    seed : int, optional
        Of the draws.
    label : str
        Of the fan.

    Raises
    ------
    InputError
        Fewer than 104 returns.

    References
    ----------
    Politis and Romano (1994), Journal of the American Statistical Association 89, 1303-1313; Patton, Politis and White
    (2009), Econometric Reviews 28, 372-375 (block length).
    """
    from arch.bootstrap import optimal_block_length

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
    require_clean(returns, role="returns")
    known = returns.loc[:as_of]
    if known.empty:
        raise InputError(f"no return of {returns.name!r} is known by {as_of:%Y-%m-%d}: choose a later date.")
    return known


def score_fans(*, fans: Mapping[str, Fan], path: pd.Series, weeks: Sequence[int] = (4, 13, 26)) -> pd.DataFrame:
    """Score fans by what came.

    Parameters
    ----------
    fans : mapping of str to Fan
        Fans of one date.
    path : pandas.Series, shape (weeks since,)
        Cumulative log return, per cent, after 1, 2, ... weeks as far as it is known.
    weeks : sequence of int
        Weeks ahead to score; those not reached by the path, or not by a fan, are left out.

    Returns
    -------
    pandas.DataFrame
        By week and fan: number of ``paths``, ``outcome``, ``median``, ends of the central 90 % (``lower``, ``upper``),
        ``place`` of the outcome among the paths, ``pinball`` loss (mean over `PROBABILITIES`) and ``crps``.
    """
    rows = {
        (week, name): _scored(fan, week, float(path.iloc[week - 1]))
        for week in weeks
        for name, fan in fans.items()
        if week <= min(len(path), fan.weeks)
    }
    columns = ["paths", "outcome", "median", "lower", "upper", "place", "pinball", "crps"]
    index = pd.MultiIndex.from_tuples(list(rows), names=["week", "fan"])
    return pd.DataFrame(list(rows.values()), index=index, columns=columns)


def backtest_fans(
    *, returns: pd.Series, events: pd.DatetimeIndex, before: pd.Timestamp, weeks: int = 26, seed: int
) -> pd.DataFrame:
    """Score, at each earlier event, the fan from the events before it and the fan from the history before it.

    Parameters
    ----------
    returns, events : as in `event_fan`
    before : pandas.Timestamp
        Only paths complete by this week are scored.
    weeks, seed : int
        Weeks ahead; of the history's paths.

    Returns
    -------
    pandas.DataFrame, shape (events scored, 5)
        By event: ``outcome``, ``place_events``, ``place_history``, ``pinball_events``, ``pinball_history``. An event
        needs two earlier ones that were complete by then, and 104 weeks of returns.
    """
    rows = {}
    for date in events[events + pd.Timedelta(weeks=weeks) <= before]:
        fan = event_fan(returns=returns, events=events, as_of=date, weeks=weeks) if date >= returns.index[0] else None
        if fan is None or fan.weeks < weeks or len(returns.loc[:date]) < MIN_PAST:
            continue
        history = history_fan(returns=returns, as_of=date, weeks=weeks, seed=seed)
        path = path_since(returns=returns, date=date, weeks=weeks)
        scored = score_fans(fans={"events": fan, "history": history}, path=path, weeks=[weeks]).loc[weeks]
        rows[date] = {"outcome": scored["outcome"].iloc[0]} | {
            f"{what}_{who}": scored.loc[who, what] for what in ("place", "pinball") for who in ("events", "history")
        }
    columns = ["outcome", "place_events", "place_history", "pinball_events", "pinball_history"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def skill(*, score: float, reference: float) -> float:
    """Give the share of a reference's mean loss that a score avoids; negative where the reference is better."""
    return 1 - score / reference


def path_since(*, returns: pd.Series, date: pd.Timestamp, weeks: int = 26) -> pd.Series:
    """Cumulate the returns (per cent) of at most `weeks` weeks after a date, whose own week is not counted."""
    require_clean(returns, role="returns")
    return returns[returns.index > date].iloc[:weeks].cumsum()


def _scored(fan: Fan, week: int, outcome: float) -> dict[str, float]:
    values = fan.at(week)
    quantiles = np.quantile(values, PROBABILITIES, method="median_unbiased")
    return {
        "paths": values.size,
        "outcome": outcome,
        "median": quantiles[2],
        "lower": quantiles[0],
        "upper": quantiles[-1],
        "place": place(sample=values, outcome=outcome),
        "pinball": float(pinball_loss(forecast=quantiles, outcome=outcome, probability=np.array(PROBABILITIES)).mean()),
        "crps": crps(sample=values, outcome=outcome),
    }
