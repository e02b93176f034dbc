"""Whether a path after a date is one that the past made likely: a counterfactual from drivers, with its band."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError
from helpers.stats.driver_betas import driver_design
from helpers.stats.inference import bootstrap_paths, volatility_block
from helpers.stats.results import FieldResult, axes_or_new

SHORTEST_PAST = LONGEST_FAN = 104
COLUMNS = ["actual", "centre", "low", "high"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PathBandResult(FieldResult):
    """A path after a date against the paths that its drivers imply by what the weeks before it made likely.

    Parameters
    ----------
    nobs : weeks up to the date; nothing later enters the band
    band : shape (h, 4)
        Indexed by week: ``actual`` cumulative log return, ``centre`` of the simulated paths, ``low`` and ``high`` end
        of their pointwise band (all in log points).
    place, coefficients : share of simulated paths that end below the actual one; of the drivers, before the date
    """

    nobs: int
    band: pd.DataFrame
    place: float = math.nan
    coefficients: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))

    def plot(self, ax: Any = None) -> Any:
        """Draw the actual path, the centre and the band of the simulated ones; returns the axes."""
        ax, band = axes_or_new(ax, self.reason), self.band
        ax.fill_between(band.index, band["low"], band["high"], alpha=0.25, label="as the drivers implied")
        ax.plot(band.index, band["centre"], linestyle="--")
        ax.plot(band.index, band["actual"], color="0.1", label="actual")
        ax.set(xlabel="week", ylabel="cumulative log return (log points)")
        ax.legend()
        return ax


def counterfactual(
    *,
    response: pd.Series,
    drivers: pd.DataFrame,
    date: pd.Timestamp,
    confidence: float = 0.90,
    reps: int = 1999,
    seed: int,
) -> PathBandResult:
    r"""Compare the path after a date with the one that the drivers' actual moves implied by the betas of before.

    .. math:: \sum_{j \le k} y_{T+j} \;\text{ against }\; \sum_{j \le k} \big(x_{T+j}'\beta^* + e^*_j\big)

    Each simulated path takes coefficients :math:`\beta^*` estimated on weeks resampled in blocks, and residuals
    :math:`e^*` resampled in blocks, all from before the date T: the band holds what the regression leaves open. No
    numbers and a reason when no week has come after the date, or fewer than 104 up to it.

    Parameters
    ----------
    response : pandas.Series, shape (n,)
        Weekly log returns in per cent, before and after the date.
    drivers : pandas.DataFrame, shape (n, k)
        Weekly changes on the same index.
    date : pandas.Timestamp
        Last week of the past.
    confidence : float
        Of the pointwise band.
    reps, seed : int
        Simulated paths; their seed.

    Raises
    ------
    InputError
        Collinear drivers; more weeks after the date than before it.

    References
    ----------
    Patton, Politis and White (2009), Econometric Reviews 28, 372-375 (block length).
    """
    y, x = driver_design(response=response, drivers=drivers)
    first = int(response.index.searchsorted(date, side="right"))
    after = len(y) - first
    if after > first:
        raise InputError(f"{after} weeks after {date.date()} and only {first} before: use a longer past.")
    head: dict[str, Any] = {
        "null": f"{response.name} after {date.date()} moved as its drivers implied",
        "alternative": "its path left the band",
        "nobs": first,
    }
    if first < SHORTEST_PAST or not after:
        few = f"{first} weeks up to {date.date()}, at least {SHORTEST_PAST} are needed"
        reason = few if first < SHORTEST_PAST else f"no week has come after {date.date()}"
        return PathBandResult(**head, reason=reason, band=pd.DataFrame(columns=COLUMNS, dtype=float))
    beta, paths = _simulated(y[:first], x[:first], x[first:], reps, seed)
    actual = y[first:].cumsum()
    low, high = np.quantile(paths, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    band = np.column_stack([actual, paths.mean(axis=0), low, high])
    return PathBandResult(
        **head,
        band=pd.DataFrame(band, response.index[first:], COLUMNS),
        place=float(np.mean(paths[:, -1] < actual[-1])),
        coefficients=pd.Series(beta[1:], index=list(drivers.columns)),
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
