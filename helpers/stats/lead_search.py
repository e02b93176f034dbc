"""Leads that are not there: the best of many lags, and prices averaged within the month."""

from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_choice, require_clean, require_count, require_same_index
from helpers.stats.granger import granger_test
from helpers.stats.inference import bootstrap_paths
from helpers.stats.regression import bootstrap_pvalue
from helpers.stats.results import Result

Scale = Literal["levels", "returns"]
Null = Literal["walks", "blocks", "shifted"]

_LEAST_OVERLAP = 26
_BLOCK = 13
_CLOSE = 0.02
_WINDOW_COLUMNS = ("first", "last", "nobs", "lag", "correlation", "low", "high")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeadSearchResult(Result):
    """The lag with the highest correlation.

    Parameters
    ----------
    leader, follower : names of the series
    on, lag, correlation
        "levels" or "returns"; periods by which the leader's values come first in the best pairing; correlation there.
    curve : shape (max_lag + 1,), correlation at lags 0 to max_lag, each over the periods that overlap; index "lag"
    nobs, sample : periods; first and last label
    """

    leader: str
    follower: str
    on: str
    lag: int
    correlation: float
    curve: pd.Series
    nobs: int
    sample: tuple[Any, Any]

    def _rows(self) -> list[tuple[str, Any]]:
        return [
            *super()._rows(),
            ("Sample", self.sample),
            ("Lags tried", len(self.curve)),
            ("Best lag", self.lag),
            ("Correlation there", self.correlation),
            ("Correlation at lag 0", float(self.curve.iloc[0])),
        ]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeadSearchNull(Result):
    """What the same search finds in pairs that have nothing to do with each other.

    Parameters
    ----------
    observed, kind : the search in the data; "walks", "blocks" or "shifted"
    lags : shape (draws,), best lag of each unrelated pair
    correlations : shape (draws,), correlation there
    pvalue : share of unrelated pairs whose best correlation is at least the observed one
    """

    observed: LeadSearchResult
    kind: str
    lags: np.ndarray
    correlations: np.ndarray
    pvalue: float

    @property
    def median(self) -> float:
        """Median of the best correlations."""
        return float(np.median(self.correlations))

    @property
    def led(self) -> float:
        """Share of unrelated pairs in which some lag above zero is best."""
        return float(np.mean(self.lags > 0))

    def _rows(self) -> list[tuple[str, Any]]:
        return [
            *super()._rows(),
            ("Best lag and correlation found", (self.observed.lag, self.observed.correlation)),
            ("Unrelated pairs", self.lags.size),
            ("Median of their best correlations", self.median),
            ("Their 95% quantile", float(np.quantile(self.correlations, 0.95))),
            ("Share with a best lag above zero", self.led),
            ("p-value of the search", self.pvalue),
        ]


def best_lead_search(*, leader: pd.Series, follower: pd.Series, max_lag: int, on: Scale = "levels") -> LeadSearchResult:
    r"""Correlate a price with later values of another at every lag and keep the best.

    .. math:: \hat k = \arg\max_{0 \le k \le K} \mathrm{corr}(x_t, y_{t+k})

    Two walks that have nothing to do with each other have such a best lag too, and a high correlation there. No test:
    see `search_null`.

    Parameters
    ----------
    leader, follower : pandas.Series, shape (n,)
        Prices on one index, positive.
    max_lag : int
        Largest lag tried.
    on : {"levels", "returns"}
        Prices themselves, as in the published claims, or their log changes.

    Raises
    ------
    InputError
        Values that are not positive; fewer than 26 periods of overlap at the last lag.
    """
    prices, index = _prices(leader, follower, max_lag, on)
    x, y = _scaled(np.log(prices), on)[:, None, :]
    curve = _curves(x, y, max_lag)[0]
    best = int(curve.argmax())
    return LeadSearchResult(
        null=f"{leader.name} and {follower.name} are unrelated",
        alternative=f"{leader.name} leads {follower.name} at some lag up to {max_lag}",
        leader=str(leader.name),
        follower=str(follower.name),
        on=on,
        lag=best,
        correlation=float(curve[best]),
        curve=pd.Series(curve, index=pd.RangeIndex(max_lag + 1, name="lag"), name="correlation"),
        nobs=len(index),
        sample=(index[0], index[-1]),
    )


def search_null(
    *,
    leader: pd.Series,
    follower: pd.Series,
    max_lag: int,
    on: Scale = "levels",
    kind: Null = "walks",
    reps: int = 999,
    seed: int | None = None,
) -> LeadSearchNull:
    """Repeat the search in pairs that are unrelated by construction.

    Parameters
    ----------
    leader, follower, max_lag, on : as in `best_lead_search`
    kind : {"walks", "blocks", "shifted"}
        "walks": two random walks with the drift and volatility of the two series. "blocks": each series' own changes in
        blocks of 13 periods drawn separately. "shifted": the follower's changes turned around a circle.
    reps, seed : int
        Unrelated pairs; their seed.

    References
    ----------
    Yule (1926), Journal of the Royal Statistical Society 89, 1-63; Granger and Newbold (1974), Journal of
    Econometrics 2, 111-120 (correlations of unrelated walks).
    """
    require_count(reps, name="reps", least=19)
    require_choice(kind, name="kind", options=get_args(Null))
    observed = best_lead_search(leader=leader, follower=follower, max_lag=max_lag, on=on)
    prices, _ = _prices(leader, follower, max_lag, on)
    x, y = _unrelated(np.diff(np.log(prices), axis=1), kind, max_lag, reps, np.random.default_rng(seed))
    curves = _curves(_scaled(x, on), _scaled(y, on), max_lag)
    best = curves.max(axis=1)
    return LeadSearchNull(
        null=observed.null,
        alternative=observed.alternative,
        observed=observed,
        kind=kind,
        lags=curves.argmax(axis=1),
        correlations=best,
        pvalue=bootstrap_pvalue(observed.correlation, best),
    )


def search_by_window(
    *, leader: pd.Series, follower: pd.Series, max_lag: int, starts: tuple[str, ...], ends: tuple[str, ...]
) -> pd.DataFrame:
    """Run the search in several samples, to see how far its answer depends on them.

    Parameters
    ----------
    leader, follower, max_lag : as in `best_lead_search`
    starts, ends : tuple of str
        First and last dates; every pair with enough periods is used, ends beyond the data once.

    Returns
    -------
    pandas.DataFrame, shape (windows, 7)
        Columns "first", "last", "nobs", "lag", "correlation", and "low", "high": smallest and largest lag whose
        correlation falls short of the best by at most .02.
    """
    rows: dict[tuple[Any, Any], tuple[Any, ...]] = {}
    for start, end in product(starts, ends):
        sample = slice(start, end)
        if len(leader.loc[sample]) < max_lag + _LEAST_OVERLAP:
            continue
        found = best_lead_search(leader=leader.loc[sample], follower=follower.loc[sample], max_lag=max_lag)
        close = found.curve.index[found.curve >= found.correlation - _CLOSE]
        rows[found.sample] = (*found.sample, found.nobs, found.lag, found.correlation, close[0], close[-1])
    return pd.DataFrame(list(rows.values()), columns=list(_WINDOW_COLUMNS))


def _prices(leader: pd.Series, follower: pd.Series, max_lag: int, on: str) -> tuple[np.ndarray, pd.Index]:
    """Clean positive prices, shape (2, n)."""
    prices = np.stack([require_clean(leader, role="leader"), require_clean(follower, role="follower")])
    index = require_same_index(leader, follower)
    require_count(max_lag, name="max_lag", least=1)
    require_choice(on, name="on", options=get_args(Scale))
    if prices.min() <= 0:
        raise InputError(f"prices must be positive, found {prices.min():g}: give prices, not returns.")
    if len(index) < max_lag + _LEAST_OVERLAP:
        raise InputError(f"{len(index)} periods leave fewer than {_LEAST_OVERLAP} at lag {max_lag}: use fewer lags.")
    return prices, index


def _scaled(log_prices: np.ndarray, on: str) -> np.ndarray:
    """Prices with mean near one, or changes of their logarithm; along the last axis."""
    if on == "returns":
        return np.diff(log_prices, axis=-1)
    return np.exp(log_prices - log_prices.mean(axis=-1, keepdims=True))


def _unrelated(
    changes: np.ndarray, kind: str, max_lag: int, reps: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Log prices of unrelated pairs, each of shape (draws, n)."""
    n = changes.shape[1]
    if kind == "walks":
        steps = rng.normal(changes.mean(axis=1), changes.std(axis=1, ddof=1), (reps, n, 2))
        leader, follower = (np.cumsum(steps[:, :, side], axis=1) for side in (0, 1))
    elif kind == "blocks":
        seeds = rng.integers(0, 2**32, 2)
        leader, follower = (
            bootstrap_paths(own, horizon=n, reps=reps, block=_BLOCK, seed=int(seed))
            for own, seed in zip(changes, seeds, strict=True)
        )
    else:
        shifts = rng.integers(max_lag + 1, n - max_lag, reps)
        leader = np.broadcast_to(np.cumsum(changes[0]), (reps, n))
        follower = np.cumsum(changes[1][(np.arange(n) - shifts[:, None]) % n], axis=1)
    return np.pad(leader, ((0, 0), (1, 0))), np.pad(follower, ((0, 0), (1, 0)))


def _curves(leader: np.ndarray, follower: np.ndarray, max_lag: int) -> np.ndarray:
    """Correlations at lags 0 to max_lag over the periods that overlap, shape (draws, max_lag + 1)."""
    n = leader.shape[1]
    curves = np.empty((leader.shape[0], max_lag + 1))
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


def averaging_partial_r2(days: int, correlation: float) -> float:
    r"""Give how well month-end prices seem to predict month averages of another random walk that they do not lead.

    Parameters
    ----------
    days : int
        Days a month.
    correlation : float
        Of the daily changes of the two walks, within the same day only.

    Returns
    -------
    float
        Population partial R2 of last month's month-end change of one walk for this month's change of the average of
        the other, given last month's.

    Notes
    -----
    With unit daily variance, m days a month, a the change of the average, x that of the month end and r the daily
    correlation,

    .. math::

        \mathrm{var}\,a = \frac{2 m^2 + 1}{3 m}, \quad \mathrm{cov}(a, a_{-1}) = \frac{m^2 - 1}{6 m}, \quad
        \mathrm{var}\,x = m, \quad \mathrm{cov}(a, x_{-1}) = r \frac{m - 1}{2}, \quad
        \mathrm{cov}(a_{-1}, x_{-1}) = r \frac{m + 1}{2} .

    References
    ----------
    Working (1960), Econometrica 28, 916-918.
    """
    m, r = days, correlation
    variance, persistence = (2 * m**2 + 1) / (3 * m), working_autocorrelation(m)
    own, lead = r * (m + 1) / 2, r * (m - 1) / 2
    left_effect = variance * (1 - persistence**2)
    left_cause = m - own**2 / variance
    return (lead - persistence * own) ** 2 / (left_effect * left_cause)


def averaging_f_statistics(
    *, days: int = 21, months: int, correlation: float, reps: int, seed: int | None = None
) -> np.ndarray:
    """Simulate the Granger F statistic of month ends for month averages of walks that do not lead each other.

    Parameters
    ----------
    days, months : int
        Days a month; months.
    correlation : float
        Of daily changes within the same day.
    reps, seed : int
        Pairs; their seed.
    """
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((2, reps, months * days))
    steps[1] = correlation * steps[0] + np.sqrt(1 - correlation**2) * steps[1]
    leader, follower = np.cumsum(steps, axis=2).reshape(2, reps, months, days)
    ends, averages = pd.DataFrame(np.diff(leader[:, :, -1]).T), pd.DataFrame(np.diff(follower.mean(axis=2)).T)
    tests = (granger_test(effect=averages[i], cause=ends[i], lags=1, covariance="nonrobust") for i in range(reps))
    return np.array([test.statistic for test in tests])
