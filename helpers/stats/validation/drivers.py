"""How often the tests of the drivers chapter reject at 5 %: where their null is true, and where it is not."""

import numpy as np
import pandas as pd

from helpers.stats.rank_test import exact_rank_test
from helpers.stats.regression import bootstrap_pvalue, wald_test, wild_bootstrap_wald
from helpers.stats.shapley import shifted_changes
from helpers.stats.validation.processes import Process, unrelated_pairs

LEVEL = 0.05
BOOTSTRAP = 199
SHARING = 0.4


def size_driver_wild(*, n: int, process: Process, reps: int, seed: int, beta: float = 0.0) -> float:
    """Simulate the wild-bootstrap test of one driver given two others.

    Parameters
    ----------
    n : int
        Weeks of a sample.
    process : {"iid", "garch", "spillover", "common_volatility"}
        Of `helpers.stats.validation.unrelated_pairs`.
    reps : int
        Samples.
    seed : int
        Of the samples.
    beta : float
        True coefficient of the driver, for unit variances: 0 for size, else power.

    Returns
    -------
    float
        Rejection rate at 5 %.
    """
    rejected = []
    for i, data in enumerate(_four_series(n, process, reps, seed)):
        y, tested = data[:, 0] + beta * data[:, 1] - 0.5 * data[:, 2], data[:, [1]]
        others = np.column_stack([np.ones(n), data[:, 2:]])
        null = wild_bootstrap_wald(y, others, tested, reps=BOOTSTRAP, seed=seed + i)
        rejected.append(bootstrap_pvalue(wald_test(y, others, tested).statistic, null) <= LEVEL)
    return float(np.mean(rejected))


def size_exact_permutation(*, n: int, process: Process, reps: int, seed: int, correlation: float = 0.0) -> float:
    """Simulate the exact permutation test of a trending balance against price changes that ignore it.

    Parameters
    ----------
    n : int
        Years, at most 10.
    process : {"iid", "garch", "spillover", "common_volatility"}
        Of the price changes (`helpers.stats.validation.unrelated_pairs`); the balance is a random walk, as persistent
        as deficits are.
    reps : int
        Samples.
    seed : int
        Of the samples.
    correlation : float
        Of the changes with the standardised balance: 0 for size, else power.

    Returns
    -------
    float
        Rejection rate at 5 %. The test is discrete: with 8 years it can reject in 4.6 % of cases, not in 5 %.
    """
    years = pd.RangeIndex(n)
    changes = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)[:, :, 1]
    balances = np.random.default_rng(seed + 1).standard_normal((reps, n)).cumsum(axis=1)
    standardised = (balances - balances.mean(axis=1, keepdims=True)) / balances.std(axis=1, keepdims=True)
    changes = correlation * standardised + np.sqrt(1 - correlation**2) * changes
    rejected = [
        exact_rank_test(x=pd.Series(x, years, name="balance"), y=pd.Series(y, years, name="change")).pvalue <= LEVEL
        for x, y in zip(balances, changes, strict=True)
    ]
    return float(np.mean(rejected))


def size_shapley_shift(*, n: int, process: Process, reps: int, seed: int, gain: float = 0.0) -> float:
    """Simulate the circular-shift test that a predictor's share of a variance is the same before and since a date.

    Parameters
    ----------
    n : int
        Weeks; the date comes after 28 % of them, as 2016 does in weeks since the end of 2011.
    process : {"iid", "garch", "spillover", "common_volatility"}
        Of `helpers.stats.validation.unrelated_pairs`.
    reps : int
        Samples.
    seed : int
        Of the samples.
    gain : float
        What the coefficient of the tested predictor, `SHARING` before the date, grows by: 0 for size, else power.

    Returns
    -------
    float
        Rejection rate at 5 % for one of three predictors.
    """
    rejected, first = [], round(0.28 * n)
    for data in _four_series(n, process, reps, seed):
        data[:, 0] += data[:, 1] + SHARING * data[:, 3]
        data[first:, 0] += gain * data[first:, 3]
        changes = np.abs(shifted_changes(data, first=first)[:, 2])
        rejected.append(np.mean(changes >= changes[0] - 1e-12) <= LEVEL)
    return float(np.mean(rejected))


def _four_series(n: int, process: Process, reps: int, seed: int) -> np.ndarray:
    """Simulate two unrelated pairs side by side, shape (draws, n, 4): response, tested driver, two other drivers."""
    first, second = (unrelated_pairs(process=process, n=n, reps=reps, seed=s) for s in (seed, seed + 1))
    return np.concatenate([first[:, :, ::-1], second], axis=2)
