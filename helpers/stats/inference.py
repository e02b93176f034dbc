"""Inference that chapters share: families of tests, searches, eras, dependent data, counts of episodes."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError

Data = TypeVar("Data", pd.Series, pd.DataFrame)
ERAS: dict[str, tuple[str, str]] = {
    "2010-2013": ("2010-07-01", "2013-12-31"),
    "2014-2019": ("2014-01-01", "2019-12-31"),
    "2020 on": ("2020-01-01", "2262-01-01"),
}


def by_era(data: Data) -> dict[str, Data]:
    """Split data with a date index into the three eras in which main results are shown; empty ones are left out."""
    parts = {era: data.loc[first:last] for era, (first, last) in ERAS.items()}
    return {era: part for era, part in parts.items() if len(part)}


def holm(pvalues: Sequence[float]) -> np.ndarray:
    r"""Adjust the p-values of a family for the family-wise error rate: Holm (1979), Scand. J. Statist. 6, 65-70.

    .. math:: \tilde p_{(i)} = \min\bigl( 1, \max_{j \le i} (m - j + 1) \, p_{(j)} \bigr)
    """
    p = np.asarray(pvalues, dtype=float)  # not statsmodels, which collects all garbage at each call: 0.1 to 0.5 s
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)).clip(max=1)
    return adjusted


def benjamini_hochberg(pvalues: Sequence[float]) -> np.ndarray:
    r"""Adjust p-values for the false discovery rate: Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57, 289-300.

    .. math:: \tilde p_{(i)} = \min\bigl( 1, \min_{j \ge i} \tfrac{m}{j} \, p_{(j)} \bigr)
    """
    from statsmodels.stats.multitest import multipletests

    given = np.asarray(pvalues, dtype=float)
    return multipletests(given, method="fdr_bh")[1] if given.size else given


def effective_episodes(mask: np.ndarray, *, gap: int) -> int:
    """Count hits more than `gap` weeks after the one counted before: episodes that do not overlap."""
    if gap < 0:
        raise InputError(f"gap must be 0 or more weeks, found {gap}.")
    count, last = 0, -gap - 1
    for week in np.flatnonzero(mask):
        if week - last > gap:
            count, last = count + 1, int(week)
    return count


def bootstrap_paths(returns: np.ndarray, *, horizon: int, reps: int, block: int, seed: int | None = None) -> np.ndarray:
    """Draw cumulative return paths from circular blocks of past returns.

    Parameters
    ----------
    returns : numpy.ndarray, shape (n,)
        Returns, oldest first; at least two, nothing missing.
    horizon, reps, block : int
        Weeks of each path; paths; weeks of a block.
    seed : int, optional
        Of the draws.

    Returns
    -------
    numpy.ndarray, shape (reps, horizon)
        Cumulative returns after 1 to `horizon` weeks.

    References
    ----------
    Politis and Romano (1992), in: Exploring the Limits of Bootstrap, 263-270.
    """
    values = np.asarray(returns, dtype=float)
    if values.size < 2 or not np.isfinite(values).all():
        raise InputError(f"{values.size} values, {np.sum(~np.isfinite(values))} not finite: two finite are the least.")
    if horizon < 1 or block < 1:
        raise InputError(f"horizon and block must be at least 1, found {horizon} and {block}.")
    starts = np.random.default_rng(seed).integers(0, values.size, (reps, -(-horizon // block)))
    weeks = (starts[:, :, None] + np.arange(block)).reshape(reps, -1)[:, :horizon] % values.size
    return np.cumsum(values[weeks], axis=1)


def volatility_block(values: np.ndarray) -> int:
    """Give the length of blocks within which calm and stormy weeks stay together: Patton, Politis, White (2009)."""
    from arch.bootstrap import optimal_block_length

    return max(1, int(np.ceil(optimal_block_length(values**2)["circular"].iloc[0])))


class SearchPvalues(NamedTuple):
    """P-values of a search over m tests: of the best one; of each by itself; of each, corrected for the search."""

    joint: float
    single: np.ndarray
    adjusted: np.ndarray


def min_p(observed: np.ndarray, draws: np.ndarray) -> SearchPvalues:
    """Compare the smallest p-value of several tests with what the same search finds under the null."""
    pool = np.vstack([observed, draws])
    single = stats.rankdata(-pool, method="max", axis=0) / len(pool)
    smallest = np.sort(single.min(axis=1))
    adjusted = np.searchsorted(smallest, single[0], side="right") / len(pool)
    return SearchPvalues(float(adjusted.min()), single[0], adjusted)
