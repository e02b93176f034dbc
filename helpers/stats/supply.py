"""Figures of the silver market: balances pooled over vintages, and supply's response to price."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_clean
from helpers.stats.power import REACH
from helpers.stats.regression import coefficient_test, coefficient_tests
from helpers.stats.results import FieldResult

LARGEST_STRATUM, SMALLEST_STRATUM = 14, 3
YEARS, _MIN_DF = 3, 10


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
    x, y, strata : pandas.Series, shape (n,)
        Values, row by row, and the vintage of each pair: 3 to 14 pairs a vintage, not all alike.

    References
    ----------
    Pitman (1937), Supplement to the Journal of the Royal Statistical Society 4, 225-232.
    """
    if not len(x) == len(y) == len(strata):
        raise InputError(f"x, y and strata have {len(x)}, {len(y)} and {len(strata)} rows: align them first.")
    null, rows = np.ones(1), {}
    for name in dict.fromkeys(strata):
        a, b = (_centred_ranks(part[(strata == name).to_numpy()], str(name)) for part in (x, y))
        rows[name] = {"nobs": a.size, "ab": a @ b, "aa": a @ a, "bb": b @ b}
        null = np.convolve(null, _sum_distribution(a, b))
    table = pd.DataFrame(rows).T
    total = table.sum()
    distance = np.abs(np.arange(null.size) - null.size // 2)
    tails = np.cumsum(np.bincount(distance, weights=null)[::-1])[::-1]
    return PooledRankResult(
        null=f"{x.name} and {y.name} are unrelated: within each stratum every pairing is equally likely",
        alternative=f"{x.name} and {y.name} rise or fall together",
        statistic=float(total["ab"]) / math.sqrt(float(total["aa"]) * float(total["bb"])),
        pvalue=float(min(1.0, tails[abs(int(total["ab"]))])),
        nobs=len(x),
        detectable=math.tanh(REACH / math.sqrt(len(x) - len(table) - 2)),
        strata=table[["nobs"]].assign(correlation=table["ab"] / np.sqrt(table["aa"] * table["bb"])),
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
        Those to use, oldest first; where two hold the same growth, the later one counts. Each needs one positive
        figure a year, and together they must leave no year out.
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
    for series, role in ((growth, "growth"), (price_changes, "price")):
        require_clean(series, role=role)
        if np.any(np.diff(series.index) != 1):
            raise InputError(f"{series.name!r} leaves out a year: use the longest stretch without a hole.")
    lagged = [price_changes.set_axis(price_changes.index + k) for k in range(1, YEARS + 1)]
    frame = pd.concat([growth, *lagged], axis=1, join="inner").sort_index()
    least = YEARS + 1 + _MIN_DF
    if len(frame) < least:
        raise InputError(f"{len(frame)} years are too few for {YEARS} lags: at least {least} are needed.")
    y, x = frame.to_numpy()[:, 0], np.column_stack([np.ones(len(frame)), frame.to_numpy()[:, 1:]])
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
