"""Whether a path after a date is one that the past made likely: resampled paths, and a counterfactual from drivers."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean
from helpers.stats.driver_betas import driver_design
from helpers.stats.inference import bootstrap_paths, volatility_block
from helpers.stats.results import Result, axes_or_new

SHORTEST_PAST = 104
LONGEST_FAN = 104
COLUMNS = ["actual", "centre", "low", "high", "low_path", "high_path"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PathBandResult(Result):
    """A path after a date against the band of paths that the weeks before it made likely.

    Parameters
    ----------
    asset : name of the asset
    date : week from which the path is counted; nothing later enters the band
    nobs, confidence : weeks before it; coverage of the bands
    band : shape (h, 6)
        Indexed by week: ``actual`` cumulative log return, ``centre`` of the simulated paths, pointwise band ``low`` to
        ``high``, and ``low_path`` to ``high_path``, which holds whole paths (all in log points).
    pvalue
        Share of simulated paths that stray at least as far from the centre, at their farthest, in standard deviations.
    place : share of simulated paths that end below the actual one
    coefficients : of the drivers, estimated before the date; empty without drivers
    """

    asset: str
    date: pd.Timestamp
    nobs: int
    confidence: float
    band: pd.DataFrame
    pvalue: float = math.nan
    place: float = math.nan
    coefficients: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))

    @property
    def inside(self) -> bool:
        """Whether there is a path and all of it stays in the band for whole paths."""
        stays = self.band["actual"].between(self.band["low_path"], self.band["high_path"])
        return len(stays) > 0 and bool(stays.all())

    @property
    def excess(self) -> float:
        """Actual less central path at the end, in log points; NaN without a path."""
        return float(self.band["actual"].iloc[-1] - self.band["centre"].iloc[-1]) if len(self.band) else math.nan

    def _rows(self) -> list[tuple[str, Any]]:
        last = self.band.iloc[-1] if len(self.band) else pd.Series(math.nan, index=self.band.columns)
        return [
            *super()._rows(),
            ("From", self.date),
            ("To", self.band.index[-1] if len(self.band) else None),
            ("Weeks before", self.nobs),
            ("Actual (log points)", float(last["actual"])),
            ("Centre", float(last["centre"])),
            (f"{100 * self.confidence:g} % of paths end in", (float(last["low"]), float(last["high"]))),
            ("Whole path inside its band", self.inside),
            ("p-value of the farthest week", self.pvalue),
            ("Share of paths that end lower", self.place),
            *((f"Beta on {name}", float(beta)) for name, beta in self.coefficients.items()),
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw the path, the band of each week and the band of whole paths; returns the axes."""
        ax = axes_or_new(ax)
        band = self.band
        ax.fill_between(band.index, band["low"], band["high"], color="tab:blue", alpha=0.25, linewidth=0)
        ax.plot(band.index, band[["low_path", "high_path"]], color="tab:blue", linewidth=0.8)
        ax.plot(band.index, band["centre"], color="tab:blue", linestyle="--")
        ax.plot(band.index, band["actual"], color="black")
        ax.set_ylabel(f"{self.asset}: log points since {self.date:%Y-%m-%d}")
        return ax


def inside_band(
    *, returns: pd.Series, date: pd.Timestamp, confidence: float = 0.90, reps: int = 4999, seed: int
) -> PathBandResult:
    r"""Compare the path after a date with paths resampled in blocks from the weeks up to it.

    .. math::
        Y_k = \sum_{j \le k} r_{T+j} \;\text{ against }\; \bar Y^*_k \pm q\,\mathrm{sd}^*_k, \qquad
        q: P^*\big(\max_k |Y^*_k - \bar Y^*_k| / \mathrm{sd}^*_k \le q\big) = \text{confidence}

    No numbers and a reason when no week has come after the date, or fewer than 104 up to it.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly log returns in per cent, before and after the date.
    date : pandas.Timestamp
        Last week of the past.
    confidence : float
        Of the bands, for each week and for whole paths.
    reps, seed : int
        Simulated paths, of blocks that keep the clusters of volatility; each takes its own mean week from resampled
        blocks; their seed.

    Raises
    ------
    InputError
        More weeks after the date than before it.

    References
    ----------
    Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1-17; Patton, Politis and White (2009),
    Econometric Reviews 28, 372-375 (block length).
    """
    values = require_clean(returns, role="returns")
    null = f"{returns.name} after {date.date()} is a draw from its own past"
    return _compare(returns, values, np.ones((len(values), 1)), date, confidence, reps, seed, null, [])


def counterfactual(
    *,
    response: pd.Series,
    drivers: pd.DataFrame,
    date: pd.Timestamp,
    confidence: float = 0.90,
    reps: int = 1999,
    seed: int,
) -> PathBandResult:
    """Compare the path after a date with the one that the drivers' actual moves implied by the betas of before.

    Each simulated path takes coefficients estimated on weeks resampled in blocks, and residuals resampled in blocks,
    all from before the date: the band holds what the regression leaves open.

    Parameters
    ----------
    response : pandas.Series, shape (n,)
        Weekly log returns in per cent, before and after the date.
    drivers : pandas.DataFrame, shape (n, k)
        Weekly changes on the same index.
    date, confidence, reps, seed : as in `inside_band`

    Raises
    ------
    InputError
        Collinear drivers; more weeks after the date than before it.
    """
    y, x = driver_design(response=response, drivers=drivers)
    null = f"{response.name} after {date.date()} moved as its drivers implied"
    return _compare(response, y, x, date, confidence, reps, seed, null, list(drivers.columns))


def _compare(
    series: pd.Series,
    y: np.ndarray,
    x: np.ndarray,
    date: pd.Timestamp,
    confidence: float,
    reps: int,
    seed: int,
    null: str,
    drivers: list[str],
) -> PathBandResult:
    """Place the path after the date among those that a regression on the weeks before it gives."""
    first = int(series.index.searchsorted(date, side="right"))
    after = len(y) - first
    if after > first:
        raise InputError(f"{after} weeks after {date.date()} and only {first} before: use a longer past.")
    head: dict[str, Any] = {"null": null, "alternative": "its path left the band", "asset": str(series.name)}
    head |= {"date": date, "nobs": first, "confidence": confidence}
    if first < SHORTEST_PAST or not after:
        few = f"{first} weeks up to {date.date()}, at least {SHORTEST_PAST} are needed"
        reason = few if first < SHORTEST_PAST else f"no week has come after {date.date()}"
        return PathBandResult(**head, reason=reason, band=pd.DataFrame(columns=COLUMNS, dtype=float))
    beta, paths = _simulated(y[:first], x[:first], x[first:], reps, seed)
    actual = y[first:].cumsum()
    band, pvalue = _band(actual, paths, confidence)
    return PathBandResult(
        **head,
        band=pd.DataFrame(band, series.index[first:], COLUMNS),
        pvalue=pvalue,
        place=float(np.mean(paths[:, -1] < actual[-1])),
        coefficients=pd.Series(beta[1:], index=drivers),
    )


def _simulated(y: np.ndarray, x: np.ndarray, ahead: np.ndarray, reps: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the coefficients of the past and the paths that they, their uncertainty and the residuals lead to."""
    from arch.bootstrap import StationaryBootstrap

    beta = np.linalg.lstsq(x, y)[0]
    residuals = (y - x @ beta) * math.sqrt(len(y) / (len(y) - x.shape[1]))
    block, horizon = volatility_block(residuals), len(ahead)
    rows = StationaryBootstrap(block, np.column_stack([y, x]), seed=seed).bootstrap(reps)
    betas = np.array([np.linalg.lstsq(sample[0][:, 1:], sample[0][:, 0])[0] for sample, _ in rows])
    longest = max(horizon, LONGEST_FAN)
    noise = bootstrap_paths(residuals, horizon=longest, reps=reps, block=block, seed=seed + 1)
    return beta, (betas @ ahead.T).cumsum(axis=1) + noise[:, :horizon]


def _band(actual: np.ndarray, paths: np.ndarray, confidence: float) -> tuple[np.ndarray, float]:
    """Give the columns of the band, and the p-value of the farthest week."""
    centre, spread = paths.mean(axis=0), paths.std(axis=0)
    farthest = np.max(np.abs(paths - centre) / spread, axis=1)
    observed = np.max(np.abs(actual - centre) / spread)
    reach = np.quantile(farthest, confidence) * spread
    low, high = np.quantile(paths, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    columns = np.column_stack([actual, centre, low, high, centre - reach, centre + reach])
    return columns, float((1 + np.sum(farthest >= observed)) / (1 + len(paths)))
