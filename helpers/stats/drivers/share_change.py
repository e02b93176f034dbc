"""Whether predictors explain another share of a variance since a date fixed in advance."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from helpers.stats.drivers.shapley import SHORTEST, bootstrap_shares, predictor_matrix, shapley_decomposition
from helpers.stats.results import Result

LEVEL, POWER = 0.05, 0.80


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ShapleyChangeResult(Result):
    """Change of the shares at a date fixed in advance.

    Parameters
    ----------
    response : str
        Name of the series explained.
    date : pandas.Timestamp
        First week of the later part.
    nobs : tuple of int
        Weeks before and since.
    level : float
        Coverage of the intervals.
    table : pandas.DataFrame, shape (k, 7)
        Indexed by predictor: ``before`` and ``since`` (shares in per cent), ``change`` in percentage points with
        ``low`` and ``high`` (block bootstrap), ``pvalue`` (circular shift of the date) and ``detectable`` (smallest
        absolute change found with 80 % power).
    shifts : pandas.DataFrame, shape (n, k)
        The change at every shift of the date, the observed one first.
    """

    response: str
    date: pd.Timestamp
    nobs: tuple[int, int]
    level: float
    table: pd.DataFrame
    shifts: pd.DataFrame

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            In the order in which they are shown.
        """
        changes = zip(self.table.index, self.table.to_dict("records"), strict=True)
        lines = [
            (
                str(name),
                f"{r['change']:+.1f} points ({r['low']:.1f} to {r['high']:.1f}), p = {r['pvalue']:.3f}, "
                f"detectable {r['detectable']:.1f}",
            )
            for name, r in changes
        ]
        return [*super().rows(), ("Later part from", self.date), ("Weeks before, since", self.nobs), *lines]


def shapley_change(
    *,
    response: pd.Series,
    predictors: pd.DataFrame,
    date: pd.Timestamp,
    reps: int = 999,
    level: float = 0.95,
    seed: int,
) -> ShapleyChangeResult:
    """Test whether the shares are the same before and since a date.

    The null distribution comes from moving the date through the whole sample, as if it were closed to a circle: under
    the null the true date is one of n equally likely ones. The p-value is two-sided.

    Parameters
    ----------
    response, predictors, draws, seed
        As in `shapley_shares`.
    date : pandas.Timestamp
        First week of the later part, fixed before looking.
    level : float
        Coverage of the intervals; the two parts are resampled apart.

    Returns
    -------
    ShapleyChangeResult
        With NaN and the reason when a part has fewer than 52 weeks.

    Raises
    ------
    InputError
        As `shapley_shares`.
    """
    data = predictor_matrix(response=response, predictors=predictors)
    names = pd.Index(predictors.columns, name="predictor")
    first = int(np.searchsorted(response.index, date))
    head: dict[str, Any] = {
        "null": f"each predictor's share of the variance of {response.name} is the same before and since {date.date()}",
        "alternative": "the share differs",
        "response": str(response.name),
        "date": date,
        "nobs": (first, len(data) - first),
        "level": level,
    }
    columns = ["before", "since", "change", "low", "high", "pvalue", "detectable"]
    if min(head["nobs"]) < SHORTEST:
        reason = f"{first} weeks before and {len(data) - first} since, at least {SHORTEST} are needed on either side"
        empty = pd.DataFrame(math.nan, index=names, columns=columns)
        return ShapleyChangeResult(**head, reason=reason, table=empty, shifts=pd.DataFrame(columns=names))
    before, since = (shapley_decomposition(np.corrcoef(part.T)) for part in (data[:first], data[first:]))
    shifts = shifted_changes(data, first=first)
    later = bootstrap_shares(data[first:], reps=reps, seed=seed)
    resampled = later - bootstrap_shares(data[:first], reps=reps, seed=seed + 1)
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2], axis=0)
    p = np.mean(np.abs(shifts) >= np.abs(shifts[0]) - 1e-12, axis=0)
    detectable = (norm.ppf(1 - LEVEL / 2) + norm.ppf(POWER)) * np.sqrt(np.mean(shifts**2, axis=0))
    values = np.column_stack([before, since, since - before, low, high, p, detectable])
    table = pd.DataFrame(values, index=names, columns=columns)
    return ShapleyChangeResult(**head, table=table, shifts=pd.DataFrame(shifts, columns=names))


def shifted_changes(data: np.ndarray, *, first: int) -> np.ndarray:
    """Give the change of the shares for every place of the date on the closed circle of weeks.

    Parameters
    ----------
    data : numpy.ndarray, shape (n, 1 + k)
        Response and predictors.
    first : int
        Weeks before the date.

    Returns
    -------
    numpy.ndarray, shape (n, k)
        Share since less share before, in percentage points; row s for a date moved by s weeks, row 0 unmoved.
    """
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
