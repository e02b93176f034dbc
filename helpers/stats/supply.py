"""Figures of the silver market: balances pooled over vintages, supply's response to price, positions of funds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_clean, require_count
from helpers.stats.power import REACH
from helpers.stats.regression import coefficient_test, coefficient_tests
from helpers.stats.results import FieldResult

LARGEST_STRATUM, SMALLEST_STRATUM = 14, 3
YEARS, _MIN_DF = 3, 10
PUBLISHED_AFTER, OLDEST = pd.Timedelta(days=3), pd.Timedelta(days=21)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PooledRankResult(FieldResult):
    """Rank correlation within strata, pooled, against all pairings within strata.

    Parameters
    ----------
    statistic : correlation of the ranks within strata, over all pairs, in [-1, 1]
    pvalue : two-sided and exact: share of the pairings within strata that are at least as far from zero
    nobs : pairs
    detectable : smallest absolute correlation detected with 80 % power (Fisher's approximation, a mean lost a stratum)
    strata : indexed by stratum: ``nobs`` and ``correlation`` of its own
    """

    statistic: float
    pvalue: float
    nobs: int
    detectable: float
    strata: pd.DataFrame


def pooled_rank_test(*, x: pd.Series, y: pd.Series, strata: pd.Series) -> PooledRankResult:
    r"""Test whether two series rise and fall together within strata whose levels cannot be compared.

    With midranks R and Q within the stratum, less their mean,

    .. math:: r = \sum_s \sum_i R_{si} Q_{si} \Big/ \sqrt{\sum_s \sum_i R_{si}^2 \sum_s \sum_i Q_{si}^2}.

    Every pairing within strata is counted: the distribution of the sum in a stratum follows from those of its subsets,
    and the sums of strata are independent.

    Parameters
    ----------
    x, y : pandas.Series, shape (n,)
        Values on one index, which may repeat a year that two strata hold.
    strata : pandas.Series, shape (n,)
        Vintage of each pair, of 3 to 14 pairs each.

    Raises
    ------
    InputError
        A stratum that is too small, too large or constant.

    References
    ----------
    Pitman (1937), Supplement to the Journal of the Royal Statistical Society 4, 225-232.
    """
    if not len(x) == len(y) == len(strata):
        raise InputError(f"x, y and strata have {len(x)}, {len(y)} and {len(strata)} rows: align them first.")
    ranks, rows = [], {}
    for name in dict.fromkeys(strata):
        chosen = (strata == name).to_numpy()
        a, b = (_centred_ranks(part[chosen], str(name)) for part in (x, y))
        ranks.append((a, b))
        rows[name] = {"nobs": a.size, "correlation": float(a @ b) / math.sqrt(float(a @ a) * float(b @ b))}
    scale = math.sqrt(float(sum(a @ a for a, _ in ranks)) * float(sum(b @ b for _, b in ranks)))
    observed = int(sum(a @ b for a, b in ranks))
    null = np.ones(1)
    for a, b in ranks:
        null = np.convolve(null, _sum_distribution(a, b))
    distance = np.abs(np.arange(null.size) - null.size // 2)
    tails = np.cumsum(np.bincount(distance, weights=null)[::-1])[::-1]
    return PooledRankResult(
        null=f"{x.name} and {y.name} are unrelated: within each stratum every pairing is equally likely",
        alternative=f"{x.name} and {y.name} rise or fall together",
        statistic=observed / scale,
        pvalue=float(min(1.0, tails[abs(observed)])),
        nobs=len(x),
        detectable=math.tanh(REACH / math.sqrt(len(x) - len(ranks) - 2)),
        strata=pd.DataFrame(rows).T,
    )


def _centred_ranks(values: pd.Series, stratum: str) -> np.ndarray:
    """Give twice the midranks, centred: integers, so that equal sums are recognised exactly."""
    clean = require_clean(values.reset_index(drop=True), role=f"stratum {stratum}:")
    if not SMALLEST_STRATUM <= clean.size <= LARGEST_STRATUM:
        raise InputError(
            f"stratum {stratum} has {clean.size} pairs: {SMALLEST_STRATUM} to {LARGEST_STRATUM} can be counted."
        )
    return np.rint(2 * stats.rankdata(clean)).astype(np.int64) - (clean.size + 1)


def _sum_distribution(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Give the probability of each sum of products over all pairings, from minus to plus the largest."""
    n, reach = a.size, int(np.sum(np.abs(np.sort(a) * np.sort(b))))
    counts = np.zeros((1 << n, 2 * reach + 1))
    counts[0, reach] = 1.0
    for mask in range((1 << n) - 1):
        first = a[mask.bit_count()]
        for j in range(n):
            if not mask >> j & 1:
                shift = int(first * b[j])
                target = counts[mask | 1 << j]
                target[max(shift, 0) : target.size + min(shift, 0)] += counts[
                    mask, max(-shift, 0) : target.size - max(shift, 0)
                ]
    return counts[-1] / counts[-1].sum()


def growth_within_vintages(figures: pd.DataFrame, *, vintages: Sequence[str]) -> pd.Series:
    """Give the yearly growth of a quantity from figures of several vintages, never across two of them.

    Parameters
    ----------
    figures : pandas.DataFrame
        Columns year, moz, vintage.
    vintages : sequence of str
        Those to use, oldest first; where two hold the same growth, the later one counts.

    Raises
    ------
    InputError
        A vintage that is not there, a year twice in one, a figure that is not positive, years without growth between.
    """
    growth = pd.Series(dtype=float)
    for vintage in vintages:
        own = figures[figures["vintage"] == vintage].set_index("year")["moz"].sort_index()
        if own.empty or not own.index.is_unique or own.min() <= 0:
            raise InputError(f"{vintage!r} needs one positive figure a year, found {own.to_dict()}: mend the table.")
        changes = (100 * np.log(own)).diff()[np.diff(own.index, prepend=own.index[0]) == 1]
        growth = changes.combine_first(growth)
    growth = growth.dropna().sort_index()
    holes = np.flatnonzero(np.diff(growth.index) != 1)
    if holes.size:
        raise InputError(f"No vintage holds the growth after {growth.index[holes[0]]}: add one that does.")
    return growth.rename("growth").rename_axis("year")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SupplyResponseResult(FieldResult):
    """Growth of an output on the price changes of past years.

    Parameters
    ----------
    nobs, sample : years; first and last year
    r2 : share of the variance of growth that the price changes explain
    table
        Indexed by "1 year before" .. and "together": ``estimate`` (per cent of output per per cent of price), ``se``,
        ``low``, ``high`` (95 %), ``pvalue``, ``pvalue_bootstrap`` (NaN without draws), ``detectable`` (80 % power).
    """

    nobs: int
    sample: tuple[int, int]
    r2: float
    table: pd.DataFrame

    @property
    def elasticity(self) -> float:
        """Response of output to a lasting price change, after all the years."""
        return float(self.table.loc["together", "estimate"])


def supply_response(
    *, growth: pd.Series, price_changes: pd.Series, reps: int = 9_999, seed: int | None = None
) -> SupplyResponseResult:
    r"""Regress the growth of an output on the price changes of the past three years.

    .. math:: g_t = a + \sum_{k=1}^{3} b_k \Delta p_{t-k} + e_t,

    with the sum of the b as the elasticity of output after three years, and Newey-West errors.

    Parameters
    ----------
    growth : pandas.Series, shape (n,)
        Log growth of output in per cent by year, without a hole (`growth_within_vintages`).
    price_changes : pandas.Series
        Log changes of the price in per cent by year, deflated where inflation moved.
    reps, seed : int
        Draws of the fixed-design wild bootstrap of each test, its null imposed (0: none); their seed.

    Raises
    ------
    InputError
        Fewer than 10 degrees of freedom.
    """
    require_count(reps, name="reps", least=0)
    for series, role in ((growth, "growth"), (price_changes, "price")):
        require_clean(series, role=role)
        if np.any(np.diff(series.index) != 1):
            raise InputError(f"{series.name!r} leaves out a year: use the longest stretch without a hole.")
    lagged = [price_changes.set_axis(price_changes.index + k) for k in range(1, YEARS + 1)]
    frame = pd.concat([growth, *lagged], axis=1, join="inner").sort_index()
    data, least = frame.to_numpy(), YEARS + 1 + _MIN_DF
    if len(data) < least:
        raise InputError(f"{len(data)} years are too few for {YEARS} lags: at least {least} are needed.")
    y, x = data[:, 0], np.column_stack([np.ones(len(data)), data[:, 1:]])
    # With differences from the last lag beside it, the coefficient of the last lag is the sum of all.
    joined = x.copy()
    joined[:, 1:-1] -= x[:, [-1]]
    options: dict[str, Any] = {"covariance": "HAC", "reps": reps, "seed": seed}
    rows, r2 = coefficient_tests(y, x, **options)
    names = ["1 year before", *(f"{k} years before" for k in range(2, YEARS + 1)), "together"]
    return SupplyResponseResult(
        null="output does not respond to the price of past years",
        alternative="output grows after the price has risen, or falls",
        nobs=len(y),
        sample=(int(frame.index[0]), int(frame.index[-1])),
        r2=r2,
        table=pd.DataFrame([*rows, coefficient_test(y, joined, YEARS, **options)], index=names),
    )


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PositionResult(FieldResult):
    """Where the net position of a group of traders stood at the last report known on a date.

    Parameters
    ----------
    report : day of the positions
    value, percentile : net position, in units of the series; share of earlier reports below it, in per cent
    nobs : earlier reports
    """

    report: pd.Timestamp
    value: float
    percentile: float
    nobs: int


def position_percentile(net: pd.Series, *, date: pd.Timestamp) -> PositionResult:
    """Place a net position among all earlier ones, as it was known on a date: three days after, at most 21 days old.

    Parameters
    ----------
    net : pandas.Series, shape (n,)
        Net position (per cent of open interest) by the day of the positions, a Tuesday.
    date : pandas.Timestamp
        Of the reading.

    Raises
    ------
    InputError
        No report known by the date, or only one that is too old.
    """
    values = require_clean(net, role="net position")
    known = int(net.index.searchsorted(date - PUBLISHED_AFTER, side="right"))
    if known < 2:
        raise InputError(f"{net.name!r} has {known} reports known by {date}: at least 2 are needed.")
    report, past = net.index[known - 1], values[: known - 1]
    if date - report > OLDEST:
        age = (date - report).days
        raise InputError(f"{net.name!r} ends on {report}, {age} days before {date}: add the reports since.")
    return PositionResult(
        null="the position is as usual",
        alternative="it is high among earlier reports",
        report=report,
        value=float(values[known - 1]),
        percentile=100 * float(np.mean(past < values[known - 1])),
        nobs=known - 1,
    )
