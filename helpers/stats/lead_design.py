"""Rows, regressors and weights that lead tests share, and days of two markets that close at different hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, named, require_clean, require_count, require_ordered

OWN_LAGS = 4
BURN_IN_WEEKS = 26
READING_WEEKS = 13
TRADING_DAYS, CALENDAR_DAYS = 5, 7
_LONGEST_HOLIDAY = 10

Window = tuple[int, int]
Sample = tuple[Any, Any]


@dataclass(frozen=True, eq=False)
class LeadDesign:
    """The weighted regression of an effect on its own past, to which windows of causes are added.

    Parameters
    ----------
    effect, half_life : name of the effect; of the variance behind the weights, weeks, None for equal weights
    y, own : shape (n,), the effect, per cent; shape (n, 5), constant and its four lags
    lags : shape (n, longest), column ``j`` holds the cause ``j + 1`` rows earlier
    root_weights, index : shape (n,), ``1 / v_t``, ones without weighting; labels of the rows
    per_week : rows a week: 1, 5 (trading days) or 7
    """

    effect: str
    half_life: float | None
    y: np.ndarray
    own: np.ndarray
    lags: dict[str, np.ndarray]
    root_weights: np.ndarray
    index: pd.Index
    per_week: int

    def mean(self, name: str, window: Window) -> np.ndarray:
        """Mean of a cause over a window of lags, shape (n,)."""
        first, last = window
        return self.lags[name][:, first - 1 : last].mean(axis=1)

    def weighted(self, columns: np.ndarray) -> np.ndarray:
        """Rows divided by their expected deviation."""
        return columns * (self.root_weights if columns.ndim == 1 else self.root_weights[:, None])

    @property
    def unit(self) -> str:
        """What a row is called."""
        return "week" if self.per_week == 1 else "day"

    @property
    def bounds(self) -> Sample:
        """First and last row."""
        return (self.index[0], self.index[-1]) if len(self.index) else (None, None)


def lead_design(
    *,
    effect: pd.Series,
    causes: Mapping[str, pd.Series],
    longest: int,
    half_life: float | None = 8,
    sample: Sample | None = None,
) -> LeadDesign:
    """Check the series and keep the rows whose lags and weight are there, the same rows for all causes."""
    if half_life is not None and not 0 < half_life < np.inf:
        raise InputError(f"half_life must be a positive number of weeks or None, found {half_life!r}.")
    effect, causes = _inside(effect), {name: _inside(cause) for name, cause in causes.items()}
    grid = _common_grid([effect, *causes.values()])
    per_week = rows_per_week(grid)
    values = require_clean(effect, role="effect")
    start = grid.get_loc(effect.index[0])
    burn_in = 0 if half_life is None else BURN_IN_WEEKS * per_week
    rows = np.arange(start + max(OWN_LAGS, burn_in), start + values.size)
    clean = {name: require_clean(cause, role=f"cause {name}") for name, cause in causes.items()}
    known = {name: (grid.get_loc(causes[name].index[0]), cause) for name, cause in clean.items()}
    for at, cause in known.values():
        rows = rows[(rows >= at + longest) & (rows - 1 < at + cause.size)]
    if sample is not None:
        dated = isinstance(grid, pd.DatetimeIndex)
        first, last = (pd.Timestamp(bound) if dated and bound is not None else bound for bound in sample)
        rows = pd.Series(rows, grid[rows]).loc[first:last].to_numpy()
    own = [values[rows - start - lag] for lag in range(1, OWN_LAGS + 1)]
    weights = np.ones(rows.size)
    if half_life is not None:
        weights = 1 / _past_deviation(effect, half_life, per_week)[rows - start]
    return LeadDesign(
        effect=named(effect, "effect"),
        half_life=half_life,
        y=values[rows - start],
        own=np.column_stack([np.ones(rows.size), *own]),
        lags={name: cause[rows[:, None] - at - np.arange(1, longest + 1)] for name, (at, cause) in known.items()},
        root_weights=weights,
        index=grid[rows],
        per_week=per_week,
    )


def fading_sum(window: Window, per_week: int) -> float:
    """Weeks' worth of effect in the next 13 weeks, if strength over a window of m rows fades in m rows."""
    length = window[1] - window[0] + 1
    return float(np.maximum(0, 1 - np.arange(READING_WEEKS * per_week) / length).sum())


def require_window(window: Window) -> Window:
    """Return a window of lags whose ends are whole numbers in order, or refuse it."""
    if not isinstance(window, tuple) or len(window) != 2:
        raise InputError(f"window must be a pair (first, last) of lags, found {window!r}.")
    first = require_count(window[0], name="first lag of the window", least=1)
    return first, require_count(window[1], name="last lag of the window", least=first)


def _past_deviation(effect: pd.Series, half_life: float, per_week: int) -> np.ndarray:
    """Root of the exponentially weighted mean square of the effect before each row."""
    square = (effect.astype(float) ** 2).ewm(halflife=half_life * per_week).mean().shift(1).to_numpy()
    burnt = square[BURN_IN_WEEKS * per_week :]
    if burnt.size and burnt.min() <= 0:
        where = effect.index[BURN_IN_WEEKS * per_week + int(burnt.argmin())]
        raise InputError(f"effect {effect.name!r} has been zero throughout before {where}: it has no volatility there.")
    return np.sqrt(square)


def _inside(series: pd.Series) -> pd.Series:
    """Cut a series to its first and last value: a panel holds nothing before a series begins."""
    if not isinstance(series, pd.Series):
        raise InputError(f"effect and causes must be pandas Series, found {type(series).__name__}.")
    return series.loc[series.first_valid_index() : series.last_valid_index()] if series.notna().any() else series


def _common_grid(series: list[pd.Series]) -> pd.Index:
    """All dates of all series, each of which must cover one stretch of them without a hole."""
    for one in series:
        if one.empty:
            raise InputError(f"{one.name!r} has no rows.")
        if type(one.index) is not type(series[0].index):
            raise InputError(f"{one.name!r} and {series[0].name!r} have indexes of different kinds: align them first.")
        require_ordered(one.index, label=repr(one.name))
    grid = reduce(pd.Index.union, (one.index for one in series))
    for one in series:
        span = grid[grid.get_loc(one.index[0]) : grid.get_loc(one.index[-1]) + 1]
        if len(span) != len(one):
            where = span.difference(one.index)[0]
            raise InputError(f"{one.name!r} has no row on {where}, where another series has one: align their dates.")
    return grid


def rows_per_week(index: pd.Index) -> int:
    """Rows a week of a weekly or daily index, refused where it is neither or has a hole; 1 where it has no dates."""
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 2:
        return 1
    days = pd.Series(index).diff().iloc[1:] / pd.Timedelta(days=1)
    if days.median() >= 6:
        bad, per_week = np.flatnonzero(abs(days - 7) > 1), 1
    else:
        per_week = CALENDAR_DAYS if days.mean() < 1.2 else TRADING_DAYS
        bad = np.flatnonzero((days > _LONGEST_HOLIDAY) | (days < 20 / 24))
    if bad.size:
        raise InputError(
            f"The dates step from {index[bad[0]]} to {index[bad[0] + 1]}: a lead is counted in rows, so that "
            "the index must be weekly, or daily without holes. Fill in or cut the sample."
        )
    return per_week


def align_days(*, effect: pd.Series, cause: pd.Series, cause_closes_first: bool) -> pd.DataFrame:
    """Give daily returns in which lag 1 of the cause is the latest that ended before the effect's day began.

    Silver settles at 13:30 in New York, Bitcoin's day ends at 19:00 or 20:00 there (00:00 UTC). Silver's day ``t`` is
    over before Bitcoin's ``t + 1`` begins: its lag 1 is an honest lead. Bitcoin's day ``t`` ends inside silver's
    ``t + 1``: its first honest lead is of two days, and it is moved by one day as the cause.

    Parameters
    ----------
    effect, cause : pandas.Series, shapes (n,) and (m,)
        Daily prices, positive, labelled with the day.
    cause_closes_first : bool
        Whether the cause's day ends before the effect's day of the same label.

    Returns
    -------
    pandas.DataFrame, shape (days, 2)
        Columns ``effect`` and ``cause``: 100 x log differences over the days that both have (a weekend is in Monday's).

    Raises
    ------
    InputError
        Prices that are not positive; fewer than three days in common.
    """
    for series, role in ((effect, "effect"), (cause, "cause")):
        if not require_clean(series, role=role).min() > 0:
            where = series.index[series.to_numpy() <= 0][0]
            raise InputError(f"{role} {series.name!r} is not positive on {where}: give prices, not returns.")
    prices = pd.concat({"effect": effect, "cause": cause}, axis=1, join="inner", sort=True)
    if len(prices) < 3:
        raise InputError(f"{effect.name!r} and {cause.name!r} have {len(prices)} days in common: three are the least.")
    returns = 100 * np.log(prices).diff()
    if not cause_closes_first:
        returns["cause"] = returns["cause"].shift(1)
    return returns.dropna()
