"""What policy news does to prices: changes over decision days regressed on the surprise in the statement's window."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_choice, require_clean, require_count, require_same_index
from helpers.stats.regression import coefficient_tests, collinear_column
from helpers.stats.results import FieldResult

FEWEST, HALF_YEAR = 20, 26
TEN_BASIS_POINTS = 0.10
_LONGEST_GAP = pd.Timedelta(days=5)
_BESIDE = ("estimate", "low", "high", "pvalue")
Change = Literal["log", "difference"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PolicyNewsResult(FieldResult):
    """Responses of several series to surprises of monetary policy.

    Parameters
    ----------
    table
        Indexed by (``series``, ``surprise``): ``estimate`` per +10 basis points of surprise, in units of the series,
        ``se`` (HC3), ``low``, ``high`` (95 %), ``pvalue``, ``pvalue_bootstrap``, ``detectable`` (with 80 % power),
        ``r2`` of the regression, ``nobs``, and ``placebo``, ``placebo_low``, ``placebo_high``, ``placebo_pvalue``: the
        same regression of the placebo changes (NaN without).
    """

    table: pd.DataFrame


def changes_over_days(
    levels: pd.Series, days: pd.DatetimeIndex, *, settles_before: bool, change: Change = "log", weeks_earlier: int = 0
) -> pd.Series:
    """Give the change of a daily series over the afternoon news of some days.

    It runs from the last value that cannot know the news to the first that can.

    Statements of the Federal Reserve come at 14:00 New York time (14:15 before 2013). COMEX metals settle at 13:25 to
    13:30, the broad dollar is of noon, London is older still: their value of the day itself is the one *before*, and
    the change is that of the **next** day. Treasury yields (15:30), shares and the VIX (16:00) and Bitcoin (00:00 UTC)
    know the statement at their value of the day, and the one before is the day before's.

    Parameters
    ----------
    levels : pandas.Series, shape (n,)
        Daily values by day.
    days : pandas.DatetimeIndex, shape (m,)
        Days of the news.
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

    Raises
    ------
    InputError
        Values that have no logarithm.
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


def policy_news_response(
    changes: pd.DataFrame,
    surprises: pd.DataFrame,
    *,
    placebo: pd.DataFrame | None = None,
    reps: int = 9_999,
    seed: int | None = None,
) -> PolicyNewsResult:
    r"""Regress changes over decision days on the surprises of the statements.

    .. math:: \Delta p_d = a + \sum_k b_k s_{kd} + e_d,

    with one row for each decision d. What else moves prices on such a day is unrelated to a surprise measured in half
    an hour around the statement, so that b is a response and not only a correlation, as far as the surprise is not
    itself the central bank's news about the economy (for which policy and information shocks are two columns).

    Parameters
    ----------
    changes : pandas.DataFrame, shape (m, c)
        One series a column (`changes_over_days`), NaN where it is not there yet.
    surprises : pandas.DataFrame, shape (m, k)
        Percentage points, on the same days; scheduled decisions only.
    placebo : pandas.DataFrame, shape (m, c), optional
        The same changes over other days (a week earlier), same columns.
    reps, seed : int
        Draws of the fixed-design wild bootstrap of each coefficient, its null imposed (0: none); their seed.

    Raises
    ------
    InputError
        Collinear surprises, fewer than 20 decisions of a series, placebo columns that differ.

    References
    ----------
    Kuttner (2001), Journal of Monetary Economics 47, 523-544; Jarocinski and Karadi (2020), American Economic Journal:
    Macroeconomics 12, 1-43; Davidson and Flachaire (2008), Journal of Econometrics 146, 162-169 (wild bootstrap).
    """
    require_count(reps, name="reps", least=0)
    columns = [surprises[name] for name in surprises]
    for column in columns:
        require_clean(column, role="surprise", irregular=True)
    require_same_index(changes.iloc[:, 0], *columns)
    if placebo is not None and list(placebo.columns) != list(changes.columns):
        raise InputError(f"placebo has columns {list(placebo.columns)}, changes {list(changes.columns)}: use the same.")
    rows: dict[tuple[str, str], dict[str, float]] = {}
    for name in changes:
        found = _responses(changes[name], surprises, reps, seed)
        idle = [dict.fromkeys(_BESIDE, math.nan)] * len(found)
        if placebo is not None:
            idle = _responses(placebo[name], surprises, 0, None)
        for surprise, row, other in zip(surprises, found, idle, strict=True):
            beside = {"placebo" if key == "estimate" else f"placebo_{key}": other[key] for key in _BESIDE}
            rows[str(name), str(surprise)] = row | beside
    return PolicyNewsResult(
        null="the series does not respond to the surprise",
        alternative="it moves with the surprise from the close before the statement to the close after it",
        table=pd.DataFrame(rows).T.rename_axis(["series", "surprise"]),
    )


def _responses(change: pd.Series, surprises: pd.DataFrame, reps: int, seed: int | None) -> list[dict[str, float]]:
    known = change.dropna()
    if len(known) < FEWEST:
        raise InputError(f"{change.name!r} has {len(known)} decision days, at least {FEWEST} are needed: leave it out.")
    y = require_clean(known, role="change", irregular=True)
    x = np.column_stack([np.ones(len(y)), surprises.reindex(known.index).to_numpy(dtype=float) / TEN_BASIS_POINTS])
    if not np.isfinite(x).all():
        raise InputError(f"{change.name!r} has a change on a day without a surprise: use the same days.")
    fault = collinear_column(x)
    if fault is not None:
        raise InputError(f"surprise {surprises.columns[fault - 1]!r} is collinear with those before it: drop it.")
    tests, r2 = coefficient_tests(y, x, reps=reps, seed=seed)
    return [test | {"r2": r2, "nobs": len(y)} for test in tests]


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

    Raises
    ------
    InputError
        A series has no value within five days before a date, or the end is not after the start.
    """
    if end <= start:
        raise InputError(f"{end} is not after {start}: give the earlier date as start.")
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


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ExpectedCutsResult(FieldResult):
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


def expected_cuts(*, two_year: pd.Series, policy_rate: pd.Series, date: pd.Timestamp) -> ExpectedCutsResult:
    """Read from the two-year yield whether cuts were expected on a date.

    Parameters
    ----------
    two_year, policy_rate : pandas.Series, shape (n,)
        Per cent, on one weekly index.
    date : pandas.Timestamp
        Of the reading; must be in the index.

    Raises
    ------
    InputError
        A date that is not in the index, or has fewer than 26 weeks before it.
    """
    require_same_index(two_year, policy_rate)
    gap = pd.Series(require_clean(two_year, role="yield") - require_clean(policy_rate, role="rate"), two_year.index)
    if date not in gap.index:
        raise InputError(f"{two_year.name!r} has no value on {date}: give a date that is in its index.")
    past = gap.loc[:date]
    if len(past) <= HALF_YEAR:
        raise InputError(f"{two_year.name!r} has {len(past) - 1} weeks before {date}: {HALF_YEAR} are asked for.")
    course = past.iloc[-HALF_YEAR - 1 :].rename("gap")
    return ExpectedCutsResult(
        null="no change of the policy rate is expected: its gap to the two-year yield is zero",
        alternative="a gap below zero: cuts are expected",
        date=date,
        gap=float(course.iloc[-1]),
        change=float(course.iloc[-1] - course.iloc[0]),
        course=course,
        place=float(np.mean(past.iloc[:-1] < past.iloc[-1])),
    )
