"""Annual figures: one vintage, whole years, and a rank correlation of a few pairs by its exact permutation null."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata

from helpers.stats.checks import InputError, require_clean, require_same_index
from helpers.stats.power import REACH
from helpers.stats.results import FieldResult

YEAR_END_DAYS = 7


def single_vintage(*, balance: pd.DataFrame, item: str) -> tuple[pd.Series, str]:
    """Give the years of one item from the one vintage that holds most of them: definitions change between vintages.

    Parameters
    ----------
    balance : pandas.DataFrame
        Columns year, item (such as "market_balance"), moz (million ounces), status ("A" for actual), vintage.

    Returns
    -------
    pandas.Series, str
        Actual figures by year, million ounces; their vintage, of two with as many years the one that ends later.

    Raises
    ------
    InputError
        No actual figure of the item, or a year twice in one vintage.
    """
    rows = balance[(balance["item"] == item) & (balance["status"] == "A")]
    if rows.empty:
        raise InputError(f"{item!r} has no actual figure in the balance.")
    extent = rows.groupby("vintage")["year"].agg(["nunique", "max"]).sort_values(["nunique", "max"])
    vintage = str(extent.index[-1])
    series = rows[rows["vintage"] == vintage].set_index("year")["moz"].rename(item).sort_index()
    if not series.index.is_unique:
        twice = series.index[series.index.duplicated()][0]
        raise InputError(f"{item!r} has the year {twice} twice in {vintage!r}.")
    return series, vintage


def annual_changes(price: pd.Series) -> pd.Series:
    """Give the log change of a price (per cent) over each whole calendar year, from last close to last close.

    A year counts when it and the one before have a close in their last seven days.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Daily or weekly closes.
    """
    require_clean(price, role="price")
    dates = pd.DatetimeIndex(price.index)
    last = price.groupby(dates.year).last()
    closes = pd.Series(dates, index=dates).groupby(dates.year).last()
    ends = pd.to_datetime(closes.index.astype(str) + "-12-31")
    complete = last.where((ends - pd.DatetimeIndex(closes)).days < YEAR_END_DAYS)
    return (100 * np.log(complete)).diff().dropna().rename_axis("year").rename(price.name)


def pair_years(*, figures: pd.Series, changes: pd.Series, lead: int) -> pd.DataFrame:
    """Set annual figures beside the price change `lead` years later; complete pairs only, by the year of the figure."""
    later = changes.set_axis(changes.index - lead)
    return pd.concat([figures, later], axis=1, join="inner").dropna()


LARGEST_EXACT = 10
SMALLEST_N = 5
TOLERANCE = 1e-12


@dataclass(frozen=True, kw_only=True)
class RankTestResult(FieldResult):
    """Rank correlation of two short series against all the ways in which they could have been paired.

    Parameters
    ----------
    statistic : Spearman's rho with midranks for ties
    interval : 95 % interval of the correlation, by Fisher's transformation; wide enough to be read with so few pairs
    pvalue : two-sided: the share of all ``nobs!`` pairings with a correlation at least as far from zero
    nobs : number of pairs
    detectable : smallest absolute correlation that `nobs` pairs detect with 80 % power
    """

    statistic: float = math.nan
    interval: tuple[float, float] = (math.nan, math.nan)
    pvalue: float = math.nan
    nobs: int
    detectable: float = math.nan


def detectable_correlation(*, nobs: int) -> float:
    """Give the smallest correlation found with 80 % power: atanh(r) = (z(1 - alpha/2) + z(.8)) / sqrt(n - 3)."""
    if nobs < SMALLEST_N:
        raise InputError(f"{nobs} pairs cannot detect a correlation: at least {SMALLEST_N} are needed.")
    return math.tanh(REACH / math.sqrt(nobs - 3))


def correlation_interval(correlation: float, *, nobs: int) -> tuple[float, float]:
    """Give a 95 % interval by Fisher's transformation, variance (1 + r^2 / 2) / (n - 3): Bonett and Wright (2000)."""
    if abs(correlation) >= 1:
        return -1.0, 1.0
    reach = norm.ppf(0.975) * math.sqrt((1 + correlation**2 / 2) / (nobs - 3))
    centre = math.atanh(correlation)
    return math.tanh(centre - reach), math.tanh(centre + reach)


def exact_rank_test(*, x: pd.Series, y: pd.Series) -> RankTestResult:
    r"""Test whether the order of two short series is related, by permutation of Spearman's rho.

    .. math:: p = \frac{1}{n!} \#\{\pi : |\rho(x, y_\pi)| \ge |\rho(x, y)|\}

    Every pairing is counted, so that p is exact whatever the distributions, ties included. NaN and a reason when there
    are fewer than 5 pairs, of which even a perfect order is not significant.

    Parameters
    ----------
    x, y : pandas.Series, shape (n,)
        Values on one common index, at most 10.

    Raises
    ------
    InputError
        More than 10 pairs.

    References
    ----------
    Pitman (1937), Supplement to the Journal of the Royal Statistical Society 4, 225-232.
    """
    require_same_index(x, y)
    null = f"{x.name} and {y.name} are unrelated: every pairing of their values is equally likely"
    alternative = f"{x.name} and {y.name} rise or fall together"
    nobs = len(x)
    if nobs < SMALLEST_N:
        reason = f"{nobs} pairs: even a perfect order of fewer than {SMALLEST_N} is not significant at 5 %"
        return RankTestResult(null=null, alternative=alternative, reason=reason, nobs=nobs)
    ranks = [_integer_ranks(require_clean(s, role=role)) for s, role in ((x, "x"), (y, "y"))]
    if nobs > LARGEST_EXACT:
        raise InputError(f"{nobs} pairs are too many to count every pairing: at most {LARGEST_EXACT}.")
    values, observed = _correlations(ranks[0], ranks[1], _all_pairings(nobs))
    distance = np.abs(values)
    return RankTestResult(
        null=null,
        alternative=alternative,
        statistic=observed,
        interval=correlation_interval(observed, nobs=nobs),
        pvalue=float(np.mean(distance >= abs(observed) - TOLERANCE)),
        nobs=nobs,
        detectable=detectable_correlation(nobs=nobs),
    )


def _integer_ranks(values: np.ndarray) -> np.ndarray:
    """Give twice the midranks, centred: integers, so that ties between pairings are recognised exactly."""
    return np.rint(2 * rankdata(values)).astype(np.int32) - (len(values) + 1)


@lru_cache(maxsize=2)
def _all_pairings(n: int) -> np.ndarray:
    table = np.zeros((1, 1), dtype=np.int8)
    for new in range(1, n):
        table = np.concatenate([np.insert(table, place, new, axis=1) for place in range(new + 1)])
    return table


def _correlations(a: np.ndarray, b: np.ndarray, pairings: np.ndarray) -> tuple[np.ndarray, float]:
    """Give Spearman's rho of `a` with `b` reordered by each pairing, and in the order in which it came."""
    # Whole numbers throughout: ties between pairings are exact. scipy.stats.permutation_test takes 20 times as long.
    scale = math.sqrt(np.sum(a**2) * np.sum(b**2))
    total = np.zeros(len(pairings), dtype=np.int64)
    for place, value in enumerate(a):
        total += value * b[pairings[:, place]]
    return total / scale, float(np.sum(a * b) / scale)
