"""How much of a variance each of several related predictors explains, and whether that changed at a date."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_clean_columns, require_same_index
from helpers.stats.power import REACH
from helpers.stats.results import FieldResult, axes_or_new, draw_intervals

MOST_PREDICTORS = 10
SHORTEST = 52
_DRAWN = {
    "change": "share of the variance, since less before (percentage points)",
    "share": "share of the variance (%)",
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ShapleyResult(FieldResult):
    """Shares of a variance by predictor, or their change at a date.

    Parameters
    ----------
    nobs : weeks; of a change, those before and since
    table
        Indexed by predictor. Of shares, shape (k, 3): ``share`` in per cent of the response's variance with ``low`` and
        ``high`` (90 %, block bootstrap). Of a change, shape (k, 7): ``before`` and ``since`` (shares), ``change`` in
        percentage points with ``low`` and ``high`` (95 %), ``pvalue`` (circular shift of the date) and ``detectable``
        (smallest absolute change found with 80 % power).
    """

    nobs: tuple[int, ...]
    table: pd.DataFrame

    def plot(self, ax: Any = None) -> Any:
        """Draw shares, or changes, with their intervals on matplotlib axes, which are returned."""
        what, label = next((name, label) for name, label in _DRAWN.items() if name in self.table)
        told = (self.table[name] for name in (what, "low", "high"))
        return draw_intervals(axes_or_new(ax, self.reason), self.table.index, *told, label=label)


def shapley_shares(*, response: pd.Series, predictors: pd.DataFrame, reps: int = 999, seed: int) -> ShapleyResult:
    r"""Divide the explained variance among predictors: the gain in R2 averaged over all orders of entry.

    .. math::
        \phi_j = \sum_{S \subseteq N \setminus j} \frac{|S|!\,(k - |S| - 1)!}{k!} \big(R^2_{S \cup j} - R^2_S\big)

    NaN and a reason when there are fewer than 52 weeks. A share cannot be negative, so an interval near zero never
    holds it.

    Parameters
    ----------
    response : pandas.Series, shape (n,)
        Weekly returns.
    predictors : pandas.DataFrame, shape (n, k)
        Weekly changes on the same index, 2 to 10 of them.
    reps, seed : int
        Draws of the stationary bootstrap, which keeps weeks of all series together; its blocks are the longest that
        Patton, Politis and White (2009) give for the squared columns; its seed.

    References
    ----------
    Lindeman, Merenda and Gold (1980), Introduction to Bivariate and Multivariate Analysis, p. 119; Groemping (2007),
    The American Statistician 61, 139-147.
    """
    data, reason, values = _matrix(response, predictors), None, None
    if len(data) < SHORTEST:
        reason = f"{len(data)} weeks, at least {SHORTEST} are needed"
    else:
        interval = np.quantile(_bootstrap_shares(data, reps=reps, seed=seed), [0.05, 0.95], axis=0)
        values = np.column_stack([shapley_decomposition(np.corrcoef(data.T)), *interval])
    return ShapleyResult(
        null="no test: estimates with intervals",
        alternative="-",
        reason=reason,
        nobs=(len(data),),
        table=_table(values, predictors, ["share", "low", "high"]),
    )


def shapley_change(
    *, response: pd.Series, predictors: pd.DataFrame, date: pd.Timestamp, reps: int = 999, seed: int
) -> ShapleyResult:
    """Test whether the shares are the same before and since a date.

    The null distribution comes from moving the date through the whole sample, closed to a circle: under the null the
    true date is one of n equally likely ones. The p-value is two-sided; for the interval the two parts are resampled
    apart. NaN and a reason when a part has fewer than 52 weeks.

    Parameters
    ----------
    response, predictors, reps, seed : as in `shapley_shares`
    date : pandas.Timestamp
        First week of the later part, fixed before looking.
    """
    data = _matrix(response, predictors)
    first = int(np.searchsorted(response.index, date))
    nobs, values, reason = (first, len(data) - first), None, None
    if min(nobs) < SHORTEST:
        reason = f"{nobs[0]} weeks before and {nobs[1]} since, at least {SHORTEST} are needed on either side"
    else:
        before, since = (shapley_decomposition(np.corrcoef(part.T)) for part in (data[:first], data[first:]))
        shifts = shifted_changes(data, first=first)
        later = _bootstrap_shares(data[first:], reps=reps, seed=seed)
        resampled = later - _bootstrap_shares(data[:first], reps=reps, seed=seed + 1)
        interval = np.quantile(resampled, [0.025, 0.975], axis=0)
        p = np.mean(np.abs(shifts) >= np.abs(shifts[0]) - 1e-12, axis=0)
        detectable = REACH * np.sqrt(np.mean(shifts**2, axis=0))
        values = np.column_stack([before, since, since - before, *interval, p, detectable])
    return ShapleyResult(
        null=f"each predictor's share of the variance of {response.name} is the same before and since {date.date()}",
        alternative="the share differs",
        reason=reason,
        nobs=nobs,
        table=_table(values, predictors, ["before", "since", "change", "low", "high", "pvalue", "detectable"]),
    )


def _table(values: np.ndarray | None, predictors: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(values, pd.Index(predictors.columns, name="predictor"), columns, dtype=float)


def _matrix(response: pd.Series, predictors: pd.DataFrame) -> np.ndarray:
    if not 2 <= predictors.shape[1] <= MOST_PREDICTORS:
        raise InputError(f"{predictors.shape[1]} predictors: shares need 2 to {MOST_PREDICTORS}.")
    require_same_index(response, predictors.iloc[:, 0])
    y, x = require_clean(response, role="response"), require_clean_columns(predictors, role="predictor")
    return np.column_stack([y, x])


def shapley_decomposition(correlation: np.ndarray) -> np.ndarray:
    """Divide R2 among predictors, exactly, over all subsets; correlations with the response first."""
    k = correlation.shape[-1] - 1
    shares = np.zeros((*correlation.shape[:-2], k))
    orders = math.factorial(k)
    for code in range(1, 2**k):
        member = (code >> np.arange(k)) % 2 == 1
        inside, outside = np.flatnonzero(member), np.flatnonzero(~member)
        across = correlation[..., inside + 1, 0]
        within = correlation[..., inside[:, None] + 1, inside + 1]
        r2 = np.einsum("...i,...i->...", across, np.linalg.solve(within, across[..., None])[..., 0])[..., None]
        shares[..., inside] += math.factorial(inside.size - 1) * math.factorial(outside.size) / orders * r2
        if outside.size:
            shares[..., outside] -= math.factorial(inside.size) * math.factorial(outside.size - 1) / orders * r2
    return 100 * shares


def _bootstrap_shares(data: np.ndarray, *, reps: int, seed: int) -> np.ndarray:
    """Give the shares in resampled blocks of weeks."""
    from arch.bootstrap import StationaryBootstrap, optimal_block_length

    block = max(1, math.ceil(optimal_block_length(data**2)["stationary"].max()))
    samples = StationaryBootstrap(block, data, seed=seed).bootstrap(reps)
    return shapley_decomposition(np.stack([np.corrcoef(sample[0].T) for sample, _ in samples]))


def shifted_changes(data: np.ndarray, *, first: int) -> np.ndarray:
    """Give the change of the shares for every place of the date on the closed circle of weeks."""
    n = len(data)
    scaled = (data - data.mean(axis=0)) / data.std(axis=0)
    products = np.concatenate([scaled[:, :, None] * scaled[:, None, :], scaled[:, :, None]], axis=2)
    total = products.sum(axis=0)
    running = np.concatenate([np.zeros_like(products[:1]), np.cumsum(np.concatenate([products, products]), axis=0)])
    early = running[first : first + n] - running[:n]
    before, since = (_correlation(sums, count) for sums, count in ((early, first), (total - early, n - first)))
    return shapley_decomposition(since) - shapley_decomposition(before)


def _correlation(sums: np.ndarray, count: int) -> np.ndarray:
    """Turn sums of products and of values, side by side, into correlations."""
    mean = sums[..., -1] / count
    covariance = sums[..., :-1] / count - mean[..., :, None] * mean[..., None, :]
    scale = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    return covariance / scale[..., :, None] / scale[..., None, :]
