"""Simulated size of the tests of this report that follow a series through time."""

import numpy as np
import pandas as pd

from helpers.stats.lead_lag import cross_correlation, local_projection
from helpers.stats.validation.processes import Process, unrelated_pairs

_LEVEL = 0.05
_DRAWS, _SURROGATES = 199, 99


def size_local_projection_supt(*, n: int, process: Process, reps: int, seed: int, lead: float = 0.0) -> float:
    """Measure how often the maximum over horizons 0 to 26 finds a response to a shock that does nothing.

    Parameters
    ----------
    n : int
        Periods.
    process : {"iid", "garch", "spillover", "common_volatility"}
        Of `helpers.stats.validation.unrelated_pairs`.
    reps : int
        Simulated samples.
    seed : int
        Of the simulation and of the multipliers.
    lead : float
        Response of the second series to the first of the period before; anything but zero gives power, not size.

    Returns
    -------
    float
        Share of samples with p at most .05 (cumulated response, four lags, 199 multiplier draws).
    """
    pairs = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)
    tests = (
        local_projection(
            response=pd.Series(pair[:, 1] + lead * np.roll(pair[:, 0], 1), name="y"),
            shock=pd.Series(pair[:, 0], name="x"),
            lags=4,
            reps=_DRAWS,
            seed=seed + position,
        ).overall.test.pvalue
        for position, pair in enumerate(pairs)
    )
    return float(np.mean([p <= _LEVEL for p in tests]))


def size_cross_correlation_maximum(*, n: int, process: Process, reps: int, seed: int) -> float:
    """Measure how often the largest of 26 lead correlations of unrelated series exceeds its band.

    Parameters
    ----------
    n, process, draws, seed
        As in `size_local_projection_supt`.

    Returns
    -------
    float
        Share of samples with p at most .05 (phase-randomised surrogates, 99 of them, no whitening).
    """
    pairs = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)
    tests = (
        cross_correlation(
            x=pd.Series(pair[:, 0], name="x"),
            y=pd.Series(pair[:, 1], name="y"),
            max_lag=26,
            prewhiten=None,
            reps=_SURROGATES,
            seed=seed + position,
        ).pvalue_lead
        for position, pair in enumerate(pairs)
    )
    return float(np.mean([p <= _LEVEL for p in tests]))
