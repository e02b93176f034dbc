"""Leads that are not there: the best of many lags, rises after picked dates, and prices averaged within the month."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index
from helpers.stats.regression import bootstrap_pvalue
from helpers.stats.results import FieldResult

_LEAST_OVERLAP = 26


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeadSearchResult(FieldResult):
    """The lag with the highest correlation, and what the same search finds in pairs that are unrelated.

    Parameters
    ----------
    leader, follower : names of the series
    lag, correlation : periods by which the leader's values come first in the best pairing; correlation there
    curve : shape (max_lag + 1,), correlation at lags 0 to max_lag, each over the periods that overlap; index "lag"
    nobs, sample : periods; first and last label
    lags, correlations : shape (draws,), best lag of each unrelated pair and correlation there
    pvalue : share of unrelated pairs whose best correlation is at least the observed one; NaN without draws
    """

    leader: str
    follower: str
    lag: int
    correlation: float
    curve: pd.Series
    nobs: int
    sample: tuple[Any, Any]
    lags: np.ndarray
    correlations: np.ndarray
    pvalue: float


def lead_search(
    *, leader: pd.Series, follower: pd.Series, max_lag: int, reps: int = 0, seed: int | None = None
) -> LeadSearchResult:
    r"""Correlate a price with later values of another at every lag, keep the best, and try the same on unrelated walks.

    .. math:: \hat k = \arg\max_{0 \le k \le K} \mathrm{corr}(x_t, y_{t+k})

    Two random walks that have nothing to do with each other have such a best lag too, and a high correlation there:
    drawn with the drift and the volatility of the two series, they say how little it means.

    Parameters
    ----------
    leader, follower : pandas.Series, shape (n,)
        Prices on one index, positive.
    max_lag : int
        Largest lag tried.
    reps, seed : int
        Unrelated pairs (0: none); their seed.

    Raises
    ------
    InputError
        Values that are not positive; fewer than 26 periods of overlap at the last lag.

    References
    ----------
    Yule (1926), Journal of the Royal Statistical Society 89, 1-63; Granger and Newbold (1974), Journal of
    Econometrics 2, 111-120 (correlations of unrelated walks).
    """
    prices = np.stack([require_clean(leader, role="leader"), require_clean(follower, role="follower")])
    index, n = require_same_index(leader, follower), prices.shape[1]
    require_count(max_lag, name="max_lag", least=1)
    require_count(reps, name="reps", least=0)
    if prices.min() <= 0:
        raise InputError(f"prices must be positive, found {prices.min():g}: give prices, not returns.")
    if n < max_lag + _LEAST_OVERLAP:
        raise InputError(f"{n} periods leave fewer than {_LEAST_OVERLAP} at lag {max_lag}: use fewer lags.")
    curve = _curves(np.log(prices)[:, None, :], max_lag)[0]
    best, changes = int(curve.argmax()), np.diff(np.log(prices), axis=1)
    drift, spread = changes.mean(axis=1), changes.std(axis=1, ddof=1)
    steps = np.random.default_rng(seed).normal(drift, spread, (reps, n - 1, 2))
    walks = np.pad(np.moveaxis(np.cumsum(steps, axis=1), 2, 0), ((0, 0), (0, 0), (1, 0)))
    drawn = _curves(walks, max_lag)
    return LeadSearchResult(
        null=f"{leader.name} and {follower.name} are unrelated",
        alternative=f"{leader.name} leads {follower.name} at some lag up to {max_lag}",
        leader=str(leader.name),
        follower=str(follower.name),
        lag=best,
        correlation=float(curve[best]),
        curve=pd.Series(curve, index=pd.RangeIndex(max_lag + 1, name="lag"), name="correlation"),
        nobs=n,
        sample=(index[0], index[-1]),
        lags=drawn.argmax(axis=1),
        correlations=drawn.max(axis=1),
        pvalue=bootstrap_pvalue(float(curve[best]), drawn.max(axis=1)),
    )


def _curves(pairs: np.ndarray, max_lag: int) -> np.ndarray:
    """Correlations of pairs of log prices (2, draws, n) at lags 0 to max_lag, shape (draws, max_lag + 1)."""
    leader, follower = np.exp(pairs - pairs.mean(axis=-1, keepdims=True))
    n, curves = leader.shape[1], np.empty((leader.shape[0], max_lag + 1))
    for lag in range(max_lag + 1):
        x, y = leader[:, : n - lag], follower[:, lag:]
        x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
        norm = np.sqrt(np.einsum("ij,ij->i", x, x) * np.einsum("ij,ij->i", y, y))
        curves[:, lag] = np.einsum("ij,ij->i", x, y) / norm
    return curves


def rise_after(*, price: pd.Series, date: pd.Timestamp, horizons: tuple[int, ...]) -> pd.DataFrame:
    """Set the rise of a price after one date beside its rises after every other date.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Prices, positive.
    date : pandas.Timestamp
        A date of the index.
    horizons : tuple of int
        Periods after it.

    Returns
    -------
    pandas.DataFrame, shape (horizons, 2)
        Columns "rise" (per cent) and "share" of all dates with a rise at least as large; NaN where the sample ends
        before; index "horizon".

    Raises
    ------
    InputError
        A date that is not in the index.
    """
    values = pd.Series(require_clean(price, role="price"), index=price.index)
    if date not in values.index:
        raise InputError(f"{price.name!r} has no value on {date}: choose a date of its index.")
    rows = {}
    for horizon in horizons:
        rises = 100 * (values.shift(-horizon) / values - 1)
        rows[horizon] = {"rise": rises[date], "share": (rises.dropna() >= rises[date]).mean()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")
    return table.where(table["rise"].notna())


def working_autocorrelation(days: int) -> float:
    r"""Give the first-order autocorrelation of changes of period averages of a random walk.

    .. math:: \frac{m^2 - 1}{2 (2 m^2 + 1)}: \quad 0 \text{ for } m = 1, \; 1/4 \text{ for large } m.

    References
    ----------
    Working (1960), Econometrica 28, 916-918.
    """
    return (days**2 - 1) / (2 * (2 * days**2 + 1))
