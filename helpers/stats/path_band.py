"""Whether a path after a date is one that the past made likely: resampled paths, and a counterfactual from drivers."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from arch.bootstrap import StationaryBootstrap, optimal_block_length

from helpers.stats.checks import InputError, require_clean
from helpers.stats.drivers import driver_design
from helpers.stats.results import Result

SHORTEST_PAST = 104


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PathBandResult(Result):
    """A path after a date against the band of paths that the weeks before it made likely.

    Parameters
    ----------
    asset : str
        Name of the asset.
    date : pandas.Timestamp
        Week from which the path is counted; nothing later enters the band.
    nobs : int
        Weeks before it.
    level : float
        Coverage of the bands.
    band : pandas.DataFrame, shape (h, 6)
        Indexed by week: ``actual`` cumulative log return, ``centre`` of the simulated paths, pointwise band ``low`` to
        ``high``, and ``low_path`` to ``high_path``, which holds whole paths (all in log points).
    pvalue : float
        Share of simulated paths that stray at least as far from the centre, at their farthest, in standard deviations.
    place : float
        Share of simulated paths that end below the actual one.
    coefficients : pandas.Series
        Of the drivers, estimated before the date; empty without drivers.
    """

    asset: str
    date: pd.Timestamp
    nobs: int
    level: float
    band: pd.DataFrame
    pvalue: float
    place: float
    coefficients: pd.Series

    @property
    def inside(self) -> bool:
        """Whether there is a path and all of it stays in the band for whole paths."""
        stays = self.band["actual"].between(self.band["low_path"], self.band["high_path"])
        return len(stays) > 0 and bool(stays.all())

    @property
    def excess(self) -> float:
        """Actual less central path at the end, in log points; NaN without a path."""
        return float(self.band["actual"].iloc[-1] - self.band["centre"].iloc[-1]) if len(self.band) else math.nan

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            In the order in which they are shown.
        """
        last = self.band.iloc[-1] if len(self.band) else pd.Series(math.nan, index=self.band.columns)
        return [
            *super().rows(),
            ("From", self.date),
            ("To", self.band.index[-1] if len(self.band) else None),
            ("Weeks before", self.nobs),
            ("Actual (log points)", float(last["actual"])),
            ("Centre", float(last["centre"])),
            (f"{100 * self.level:g} % of paths end in", (float(last["low"]), float(last["high"]))),
            ("Whole path inside its band", self.inside),
            ("p-value of the farthest week", self.pvalue),
            ("Share of paths that end lower", self.place),
            *((f"Beta on {name}", float(beta)) for name, beta in self.coefficients.items()),
        ]


def inside_band(
    *, returns: pd.Series, date: pd.Timestamp, level: float = 0.90, draws: int = 4999, seed: int
) -> PathBandResult:
    """Compare the path after a date with paths resampled in blocks from the weeks up to it.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly log returns in per cent, before and after the date.
    date : pandas.Timestamp
        Last week of the past.
    level : float
        Coverage of the bands.
    draws : int
        Simulated paths (stationary bootstrap, mean block from the squared returns, so that volatility clusters).
    seed : int
        Of the draws.

    Returns
    -------
    PathBandResult
        With the reason when no week has come after the date, or fewer than 104 up to it.

    Raises
    ------
    InputError
        Missing values; more weeks after the date than before it.

    References
    ----------
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American Statistical Association
    89, 1303-1313. Montiel Olea, J. L. and Plagborg-Moller, M. (2019). Simultaneous confidence bands: theory,
    implementation, and an application to SVARs. Journal of Applied Econometrics 34, 1-17 (sup-t band).
    """
    values = require_clean(returns, role="returns")
    first = _split(returns, date)
    null = f"{returns.name} after {date.date()} is a draw from its own past"
    reason = _too_short(first, len(values), date)
    if reason:
        return _not_done(returns, date, first, level, null, reason)
    paths = _resampled(values[:first, None], len(values) - first, draws, seed)[..., 0].cumsum(axis=1)
    return _placed(returns, date, first, paths, level, null, pd.Series(dtype=float))


def counterfactual(
    *, response: pd.Series, drivers: pd.DataFrame, date: pd.Timestamp, level: float = 0.90, draws: int = 1999, seed: int
) -> PathBandResult:
    """Compare the path after a date with the one that the drivers' actual moves implied by the betas of before.

    The band holds what the regression leaves open: each simulated path takes coefficients estimated on weeks resampled
    in blocks, and residuals resampled in blocks, all from before the date.

    Parameters
    ----------
    response : pandas.Series, shape (n,)
        Weekly log returns in per cent, before and after the date.
    drivers : pandas.DataFrame, shape (n, k)
        Weekly changes on the same index.
    date : pandas.Timestamp
        Last week of the estimation.
    level : float
        Coverage of the bands.
    draws : int
        Simulated paths.
    seed : int
        Of the draws.

    Returns
    -------
    PathBandResult
        With the reason when no week has come after the date, or fewer than 104 up to it.

    Raises
    ------
    InputError
        Missing, constant or collinear values, or different dates; more weeks after the date than before it.
    """
    y, x = driver_design(response=response, drivers=drivers)
    first = _split(response, date)
    null = f"{response.name} after {date.date()} moved as its drivers implied"
    reason = _too_short(first, len(y), date)
    if reason:
        return _not_done(response, date, first, level, null, reason)
    horizon, columns = len(y) - first, x.shape[1]
    beta = np.linalg.lstsq(x[:first], y[:first])[0]
    residuals = (y[:first] - x[:first] @ beta) * math.sqrt(first / (first - columns))
    betas = [
        np.linalg.lstsq(sample[:, 1:], sample[:, 0])[0]
        for sample in _resampled(np.column_stack([y, x])[:first], first, draws, seed)
    ]
    noise = _resampled(residuals[:, None], horizon, draws, seed + 1)[..., 0]
    paths = (np.array(betas) @ x[first:].T + noise).cumsum(axis=1)
    return _placed(response, date, first, paths, level, null, pd.Series(beta[1:], index=drivers.columns))


def _split(series: pd.Series, date: pd.Timestamp) -> int:
    """Give the number of weeks up to and with the date."""
    first = int(series.index.searchsorted(date, side="right"))
    if len(series) - first > first:
        raise InputError(f"{len(series) - first} weeks after {date.date()} and only {first} before: use a longer past.")
    return first


def _too_short(first: int, nobs: int, date: pd.Timestamp) -> str | None:
    """Say why there is nothing to compare, if so."""
    if first < SHORTEST_PAST:
        return f"{first} weeks up to {date.date()}, at least {SHORTEST_PAST} are needed"
    return f"no week has come after {date.date()}" if nobs == first else None


def _resampled(rows: np.ndarray, length: int, draws: int, seed: int) -> np.ndarray:
    """Give blocks of rows put end to end, shape (draws, length, columns)."""
    block = max(1, math.ceil(optimal_block_length(rows[:, 0] ** 2)["stationary"].iloc[0]))
    samples = StationaryBootstrap(block, rows, seed=seed).bootstrap(draws)
    return np.stack([sample[0][:length] for sample, _ in samples])


def _placed(
    series: pd.Series,
    date: pd.Timestamp,
    first: int,
    paths: np.ndarray,
    level: float,
    null: str,
    coefficients: pd.Series,
) -> PathBandResult:
    """Place the actual path among the simulated ones."""
    actual = series.iloc[first:].cumsum().to_numpy()
    centre, spread = paths.mean(axis=0), paths.std(axis=0)
    farthest = np.max(np.abs(paths - centre) / spread, axis=1)
    observed = np.max(np.abs(actual - centre) / spread)
    reach = np.quantile(farthest, level) * spread
    low, high = np.quantile(paths, [(1 - level) / 2, (1 + level) / 2], axis=0)
    columns = {"actual": actual, "centre": centre, "low": low, "high": high}
    return PathBandResult(
        null=null,
        alternative="its path left the band",
        asset=str(series.name),
        date=date,
        nobs=first,
        level=level,
        band=pd.DataFrame(columns | {"low_path": centre - reach, "high_path": centre + reach}, series.index[first:]),
        pvalue=float((1 + np.sum(farthest >= observed)) / (1 + len(paths))),
        place=float(np.mean(paths[:, -1] < actual[-1])),
        coefficients=coefficients,
    )


def _not_done(
    series: pd.Series, date: pd.Timestamp, first: int, level: float, null: str, reason: str
) -> PathBandResult:
    """Give the result without a path."""
    columns = ["actual", "centre", "low", "high", "low_path", "high_path"]
    return PathBandResult(
        null=null,
        alternative="its path left the band",
        reason=reason,
        asset=str(series.name),
        date=date,
        nobs=first,
        level=level,
        band=pd.DataFrame(columns=columns, dtype=float),
        pvalue=math.nan,
        place=math.nan,
        coefficients=pd.Series(dtype=float),
    )
