"""Inference that chapters share: families of tests, searches, resampling of dependent data, counts of episodes."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from helpers.stats.checks import InputError, require_probability


def holm(pvalues: Sequence[float]) -> np.ndarray:
    r"""Adjust p-values for the family-wise error rate.

    .. math:: \tilde p_{(i)} = \min\bigl( 1, \max_{j \le i} (m - j + 1) \, p_{(j)} \bigr)

    Parameters
    ----------
    pvalues : sequence of float, shape (m,)
        One a hypothesis of the family, nothing missing.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    return _adjusted(pvalues, "holm")


def benjamini_hochberg(pvalues: Sequence[float]) -> np.ndarray:
    r"""Adjust p-values for the false discovery rate.

    .. math:: \tilde p_{(i)} = \min\bigl( 1, \min_{j \ge i} \tfrac{m}{j} \, p_{(j)} \bigr)

    Parameters
    ----------
    pvalues : sequence of float, shape (m,)
        One a hypothesis, nothing missing.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
    """
    return _adjusted(pvalues, "fdr_bh")


def _adjusted(pvalues: Sequence[float], method: str) -> np.ndarray:
    from statsmodels.stats.multitest import multipletests

    given = np.asarray(pvalues, dtype=float)
    return multipletests(given, method=method)[1] if given.size else given


def episode_starts(mask: np.ndarray, *, gap: int) -> np.ndarray:
    """Give the positions of hits more than `gap` weeks after the one kept before."""
    if gap < 0:
        raise InputError(f"gap must be 0 or more weeks, found {gap}.")
    kept: list[int] = []
    for week in np.flatnonzero(mask):
        if not kept or week - kept[-1] > gap:
            kept.append(int(week))
    return np.array(kept, dtype=int)


def effective_episodes(mask: np.ndarray, *, gap: int) -> int:
    """Count episodes that do not overlap."""
    return len(episode_starts(mask, gap=gap))


def stationary_bootstrap_interval(
    values: np.ndarray,
    *,
    statistic: Callable[..., Any] = np.mean,
    confidence: float = 0.95,
    reps: int = 9_999,
    block: float | None = None,
    seed: int | None = None,
) -> tuple[float, float]:
    r"""Give the basic stationary-bootstrap interval of a statistic of dependent data.

    .. math:: \bigl[ 2 \hat\theta - q^*_{(1 + c) / 2}, \; 2 \hat\theta - q^*_{(1 - c) / 2} \bigr]

    with :math:`q^*` the quantiles of the statistic over samples of blocks of geometric length, and c the confidence.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Values, oldest first.
    statistic : callable
        From an array of shape (n,) to a number.
    confidence : float
        Coverage.
    reps : int
        Bootstrap samples.
    block : float, optional
        Mean block length; the length of Patton, Politis and White (2009) if not given.
    seed : int, optional
        Of the draws.

    Returns
    -------
    low, high : float
        Ends of the interval, in units of the statistic.

    Raises
    ------
    InputError
        Fewer than two values.

    References
    ----------
    Politis and Romano (1994), Journal of the American Statistical Association 89, 1303-1313; Patton, Politis and White
    (2009), Econometric Reviews 28, 372-375.
    """
    from arch.bootstrap import StationaryBootstrap, optimal_block_length

    require_probability(confidence, name="confidence")
    _check_sample(values)
    length = float(optimal_block_length(values)["stationary"].iloc[0]) if block is None else float(block)
    bootstrap = StationaryBootstrap(max(1, round(length)), np.asarray(values, dtype=float), seed=seed)
    interval = bootstrap.conf_int(statistic, reps=reps, method="basic", size=confidence)
    return float(interval[0, 0]), float(interval[1, 0])


def bootstrap_paths(
    returns: np.ndarray, *, horizon: int, reps: int = 9_999, block: int | None = None, seed: int | None = None
) -> np.ndarray:
    """Draw cumulative return paths from circular blocks of past returns.

    Parameters
    ----------
    returns : numpy.ndarray, shape (n,)
        Returns, oldest first.
    horizon, reps : int
        Weeks of each path; paths.
    block : int, optional
        Block length; the circular-block length of Patton, Politis and White (2009), rounded up, if not given.
    seed : int, optional
        Of the draws.

    Returns
    -------
    numpy.ndarray, shape (reps, horizon)
        Cumulative returns after 1 to `horizon` weeks. Their quantiles are a pointwise band for what comes next if the
        future is like the past.

    Raises
    ------
    InputError
        Fewer than two returns.

    References
    ----------
    Politis and Romano (1992), in: Exploring the Limits of Bootstrap, 263-270.
    """
    from arch.bootstrap import optimal_block_length

    _check_sample(returns)
    length = int(np.ceil(optimal_block_length(returns)["circular"].iloc[0])) if block is None else block
    if horizon < 1 or length < 1:
        raise InputError(f"horizon and block must be at least 1, found {horizon} and {length}.")
    starts = np.random.default_rng(seed).integers(0, returns.size, (reps, -(-horizon // length)))
    weeks = (starts[:, :, None] + np.arange(length)).reshape(reps, -1)[:, :horizon] % returns.size
    return np.cumsum(np.asarray(returns, dtype=float)[weeks], axis=1)


def volatility_block(values: np.ndarray) -> int:
    """Give the length of blocks within which calm and stormy weeks stay together."""
    from arch.bootstrap import optimal_block_length

    return max(1, int(np.ceil(optimal_block_length(values**2)["circular"].iloc[0])))


def _check_sample(values: np.ndarray) -> None:
    if np.size(values) < 2 or not np.all(np.isfinite(values)):
        raise InputError(
            f"{np.size(values)} values, {np.sum(~np.isfinite(values))} not finite: two finite ones are the least."
        )


class SearchPvalues(NamedTuple):
    """P-values of a search over ``m`` tests.

    Parameters
    ----------
    joint : of the best of all tests, as a search for it deserves
    single : shape (m,), of each test by itself
    adjusted : shape (m,), of each test, corrected for the search; the smallest equals `joint`
    """

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
