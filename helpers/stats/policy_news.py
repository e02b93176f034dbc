"""What policy news does to prices: changes over decision days regressed on the surprise in the statement's window."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_choice, require_clean, require_same_index
from helpers.stats.driver_betas import driver_betas
from helpers.stats.results import FieldResult

HALF_YEAR, TEN_BASIS_POINTS = 26, 0.10
_LONGEST_GAP = pd.Timedelta(days=5)
_BESIDE = {"estimate": "placebo", "low": "placebo_low", "high": "placebo_high", "pvalue": "placebo_pvalue"}
Change = Literal["log", "difference"]


def changes_over_days(
    levels: pd.Series, days: pd.DatetimeIndex, *, settles_before: bool, change: Change = "log", weeks_earlier: int = 0
) -> pd.Series:
    """Give the change of a daily series from the last value that cannot know the news of a day to the first that can.

    Statements of the Federal Reserve come at 14:00 New York time (14:15 before 2013). COMEX metals settle at 13:25 to
    13:30, the broad dollar is of noon, London is older still: their value of the day itself is the one *before*, and
    the change is that of the **next** day. Treasury yields (15:30), shares and the VIX (16:00) and Bitcoin (00:00 UTC)
    know the statement at their value of the day.

    Parameters
    ----------
    levels, days : pandas.Series, shape (n,), and pandas.DatetimeIndex, shape (m,)
        Daily values by day; days of the news.
    settles_before : bool
        Whether the value of a day is taken before the news.
    change : {"log", "difference"}
        100 times the log difference (per cent), or the difference.
    weeks_earlier : int
        Weeks by which every day is moved back, for a placebo.

    Returns
    -------
    pandas.Series, shape (<= m,)
        By day of the news (unmoved); days without a value within five days on either side are left out.
    """
    values = require_clean(levels, role="levels", irregular=True)
    require_choice(change, name="change", options=get_args(Change))
    if change == "log" and values.min() <= 0:
        raise InputError(f"{levels.name!r} is {values.min():g} on {levels.idxmin()}: use change='difference'.")
    index = pd.DatetimeIndex(levels.index)
    moved = days - pd.Timedelta(weeks=weeks_earlier)
    after = index.searchsorted(moved, side="right" if settles_before else "left")
    inside = (after > 0) & (after < len(index))
    days, moved, after = days[inside], moved[inside], after[inside]
    near = (index[after] - moved <= _LONGEST_GAP) & (moved - index[after - 1] <= _LONGEST_GAP)
    scaled = 100 * np.log(values) if change == "log" else values
    moves = scaled[after[near]] - scaled[after[near] - 1]
    return pd.Series(moves, index=days[near], name=levels.name)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PolicyNewsResult(FieldResult):
    """Responses of several series to surprises of monetary policy.

    Parameters
    ----------
    table
        Indexed by (``series``, ``surprise``): the columns of `DriverResult.table`, the response per +10 basis points of
        surprise in units of the series; ``r2`` of the regression, ``nobs``; and ``placebo``, ``placebo_low``,
        ``placebo_high``, ``placebo_pvalue``: the same regression of the placebo changes.
    """

    table: pd.DataFrame


def policy_news_response(
    changes: pd.DataFrame, surprises: pd.DataFrame, *, placebo: pd.DataFrame, reps: int = 9_999, seed: int | None = None
) -> PolicyNewsResult:
    r"""Regress changes over decision days on the surprises of the statements.

    .. math:: \Delta p_d = a + \sum_k b_k s_{kd} + e_d,

    with one row for each decision d and HC3 errors. What else moves prices on such a day is unrelated to a surprise
    measured in half an hour around the statement, so that b is a response and not only a correlation, as far as the
    surprise is not itself the central bank's news about the economy.

    Parameters
    ----------
    changes : pandas.DataFrame, shape (m, c)
        One series a column (`changes_over_days`), NaN where it is not there yet.
    surprises : pandas.DataFrame, shape (m, k)
        Percentage points, on the same days; scheduled decisions only.
    placebo : pandas.DataFrame, shape (m, c)
        The same changes over other days (a week earlier).
    reps, seed : int
        Draws of the fixed-design wild bootstrap of each coefficient, its null imposed (0: none); their seed.

    Raises
    ------
    InputError
        A series with fewer decisions than 21 and one a surprise.

    References
    ----------
    Kuttner (2001), Journal of Monetary Economics 47, 523-544; Jarocinski and Karadi (2020), American Economic Journal:
    Macroeconomics 12, 1-43; Davidson and Flachaire (2008), Journal of Econometrics 146, 162-169 (wild bootstrap).
    """
    require_same_index(changes.iloc[:, 0], *(surprises[name] for name in surprises))
    if list(placebo.columns) != list(changes.columns):
        raise InputError(f"placebo has columns {list(placebo.columns)}, changes {list(changes.columns)}: use the same.")
    tables = {}
    for name in changes:
        idle = _responses(placebo[name], surprises, 0, None)[list(_BESIDE)].rename(columns=_BESIDE)
        tables[name] = pd.concat([_responses(changes[name], surprises, reps, seed), idle], axis=1)
    return PolicyNewsResult(
        null="the series does not respond to the surprise",
        alternative="it moves with the surprise from the close before the statement to the close after it",
        table=pd.concat(tables, names=["series", "surprise"]),
    )


def _responses(change: pd.Series, surprises: pd.DataFrame, reps: int, seed: int | None) -> pd.DataFrame:
    known = change.dropna()
    # Decisions follow one another at uneven distances: as rows without dates.
    y, x = (data.reset_index(drop=True) for data in (known, surprises.reindex(known.index) / TEN_BASIS_POINTS))
    found = driver_betas(response=y, drivers=x, reps=reps, seed=seed)
    if found.reason:
        raise InputError(
            f"{change.name!r} has {len(y)} decision days, too few for {x.shape[1]} surprises: leave it out."
        )
    return found.table.assign(r2=found.r2, nobs=found.nobs)


def moves_between(
    levels: pd.DataFrame, *, start: pd.Timestamp, end: pd.Timestamp, changes: Mapping[str, Change]
) -> pd.DataFrame:
    """Give how far several series went between two dates.

    Parameters
    ----------
    levels : pandas.DataFrame, shape (n, c)
        Values by date; NaN where a series has none.
    start, end : pandas.Timestamp
        Dates; the last value on or before each, at most five days old, counts.
    changes : mapping of str to {"log", "difference"}
        How each column is compared: in per cent of the start ("log", for prices), or as a difference.

    Returns
    -------
    pandas.DataFrame, shape (c, 3)
        Indexed by column: ``start``, ``end`` (values), ``move`` (per cent, or units of the series).
    """
    rows = {}
    for name, kind in changes.items():
        first, last = (_value_on(levels[name], date) for date in (start, end))
        rows[name] = {"start": first, "end": last, "move": 100 * (last / first - 1) if kind == "log" else last - first}
    return pd.DataFrame(rows).T.rename_axis("series")


def _value_on(series: pd.Series, date: pd.Timestamp) -> float:
    known = series.dropna().loc[:date]
    if known.empty or date - known.index[-1] > _LONGEST_GAP:
        raise InputError(f"{series.name!r} has no value within five days before {date}: choose another date.")
    return float(known.iloc[-1])


class ExpectedCuts(NamedTuple):
    """The two-year yield less the policy rate: what markets expected of the policy rate, give or take a term premium.

    Parameters
    ----------
    date : of the reading
    gap, change : on the date, and over the 26 weeks before, percentage points; below zero where cuts are expected
    course : the gap over these weeks
    place : share of all earlier readings below the one of the date
    """

    date: pd.Timestamp
    gap: float
    change: float
    course: pd.Series
    place: float


def expected_cuts(*, two_year: pd.Series, policy_rate: pd.Series, date: pd.Timestamp) -> ExpectedCuts:
    """Read from the two-year yield (n,) and the policy rate, per cent, weekly, whether cuts were expected on a date.

    The date must have 26 weeks before it.
    """
    require_same_index(two_year, policy_rate)
    gap = pd.Series(require_clean(two_year, role="yield") - require_clean(policy_rate, role="rate"), two_year.index)
    past = gap.loc[:date]
    if date not in gap.index or len(past) <= HALF_YEAR:
        raise InputError(f"{two_year.name!r} has no value on {date}, or not {HALF_YEAR} weeks before: choose another.")
    course = past.iloc[-HALF_YEAR - 1 :].rename("gap")
    place = float(np.mean(past.iloc[:-1] < past.iloc[-1]))
    return ExpectedCuts(date, float(course.iloc[-1]), float(course.iloc[-1] - course.iloc[0]), course, place)
