"""Whether a larger model forecasts better than the benchmark that it contains."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index
from helpers.stats.results import Result


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ClarkWestResult(Result):
    """A Clark-West test of equal accuracy of nested forecasts.

    Parameters
    ----------
    statistic : float
        Mean adjusted difference of squared errors over its standard error; large where the larger model is better.
    pvalue : float
        One-sided, standard normal.
    r2 : float
        Out-of-sample R2 of the model against the benchmark, a share.
    lags : int
        Autocovariances in the Bartlett standard error.
    nobs : int
        Forecasts.
    """

    statistic: float
    pvalue: float
    r2: float
    lags: int
    nobs: int

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            Hypotheses, statistic, p-value, R2 out of sample, lags, forecasts.
        """
        return [
            *super().rows(),
            ("Clark-West statistic", self.statistic),
            ("p-value (one-sided, normal)", self.pvalue),
            ("R2 out of sample", self.r2),
            ("Lags of the standard error", self.lags),
            ("Forecasts", self.nobs),
        ]


def clark_west(*, actual: pd.Series, benchmark: pd.Series, model: pd.Series, horizon: int = 1) -> ClarkWestResult:
    """Test whether a larger model forecasts better than the benchmark nested in it.

    Where the benchmark is true, the larger model still pays for estimating coefficients that are zero; the test adds
    that noise back before it compares squared errors.

    Parameters
    ----------
    actual, benchmark, model : pandas.Series, shape (n,)
        Outcomes and both forecasts of them, on one index.
    horizon : int
        Periods that a forecast spans; successive errors overlap by one less, which the standard error allows for.

    Returns
    -------
    ClarkWestResult
        With NaN and a reason where both forecasts are the same.

    Raises
    ------
    InputError
        Missing or unaligned values, or no more forecasts than periods they span.

    References
    ----------
    Clark and West (2007), Journal of Econometrics 138, 291-311, section 2;
    Newey and West (1987), Econometrica 55, 703-708; Campbell and Thompson (2008), Review of Financial Studies 21,
    1509-1531 (R2 out of sample).
    """
    require_count(horizon, name="horizon", least=1)
    values = [require_clean(series, role="forecast series") for series in (actual, benchmark, model)]
    require_same_index(actual, benchmark, model)
    if len(actual) <= horizon:
        raise InputError(f"{len(actual)} forecasts over {horizon} periods overlap throughout: use a longer sample.")
    outcome, small, large = values
    same = np.array_equal(small, large)
    statistic = float("nan") if same else float(clark_west_statistics(outcome - small, outcome - large, horizon))
    return ClarkWestResult(
        null=f"{model.name} forecasts {actual.name} no better than {benchmark.name}",
        alternative=f"{model.name} forecasts {actual.name} better",
        reason="both forecasts are the same" if same else None,
        statistic=statistic,
        pvalue=float(stats.norm.sf(statistic)),
        r2=float(r2_out_of_sample(outcome - small, outcome - large)),
        lags=horizon - 1,
        nobs=len(actual),
    )


def clark_west_statistics(benchmark: np.ndarray, model: np.ndarray, horizon: int) -> np.ndarray:
    """Compute Clark-West statistics of many sets of forecast errors.

    Parameters
    ----------
    benchmark, model : numpy.ndarray, shape (..., n)
        Errors of both forecasts.
    horizon : int
        Periods that a forecast spans.

    Returns
    -------
    numpy.ndarray, shape (...)
        Statistics.

    Notes
    -----
    With Bartlett weights 1 - k/h the long-run variance is the mean square of all sums of h successive values, zeros
    put before and after the sample, divided by h: one cumulative sum in place of h - 1 autocovariances.
    """
    adjusted = benchmark**2 - model**2 + (benchmark - model) ** 2
    nobs = adjusted.shape[-1]
    mean = adjusted.mean(axis=-1)
    padding = [(0, 0)] * (adjusted.ndim - 1) + [(horizon, horizon - 1)]
    total = np.cumsum(np.pad(adjusted - mean[..., None], padding), axis=-1)
    windows = total[..., horizon:] - total[..., :-horizon]
    return mean / np.sqrt((windows**2).sum(axis=-1) / horizon) * nobs


def r2_out_of_sample(benchmark: np.ndarray, model: np.ndarray) -> np.ndarray:
    """Compute the share of the benchmark's squared errors that a model avoids.

    Parameters
    ----------
    benchmark, model : numpy.ndarray, shape (..., n)
        Errors of both forecasts.

    Returns
    -------
    numpy.ndarray, shape (...)
        One less the ratio of squared errors; negative where the model is worse.

    References
    ----------
    Campbell and Thompson (2008), Review of Financial Studies 21, 1509-1531.
    """
    return 1 - (model**2).sum(axis=-1) / (benchmark**2).sum(axis=-1)
