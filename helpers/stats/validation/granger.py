"""How often Granger tests find a lead: where there is none, and where one is planted."""

from collections.abc import Iterator

import numpy as np

from helpers.stats.checks import require_count
from helpers.stats.regression import Fit, lag_matrix, partial_out, random_signs, wald_statistics, wald_test
from helpers.stats.validation.processes import Process, unrelated_pairs

LEVEL = 0.05
LAGS = 8
CONTROLS = 4
BOOTSTRAP = 199
SEARCH = range(1, 13)
_STAGES = (39, 60, 100)

Blocks = tuple[np.ndarray, np.ndarray, np.ndarray]


def size_granger_wild(*, n: int, process: Process, reps: int, seed: int, lead: float = 0.0) -> float:
    """Measure how often the primary Granger test rejects: 8 lags, four controls, HC3 Wald, wild bootstrap.

    Parameters
    ----------
    n : int
        Weeks.
    process : {"iid", "garch", "spillover", "common_volatility"}
        Of `helpers.stats.validation.unrelated_pairs`: cause and effect, and two more pairs as controls.
    reps : int
        Simulated samples.
    seed : int
        Of the simulation and of the bootstrap.
    lead : float
        Population partial R2 that the lags of the cause are given, evenly over the lags: 0 for size, else power.

    Returns
    -------
    float
        Share of samples with p at most .05 (199 bootstrap draws).

    Notes
    -----
    Draws are taken in stages and end as soon as too many exceed the statistic for p to be .05 still, which changes no
    decision (Besag and Clifford 1991, Biometrika 78, 301-304, for a fixed number of draws at most).
    """
    rng = np.random.default_rng(seed)
    samples = _samples(n=n, process=process, reps=reps, seed=seed, lead=lead)
    return float(np.mean([_bootstrap_rejects(partial_out(*blocks), rng) for blocks in samples]))


def size_granger_classical(*, n: int, process: Process, reps: int, seed: int) -> float:
    """Measure how often the classical F test of the same regressions rejects.

    Parameters
    ----------
    n, process, draws, seed
        As in `size_granger_wild`.

    Returns
    -------
    float
        Share of samples with p at most .05.
    """
    samples = _samples(n=n, process=process, reps=reps, seed=seed, lead=0.0)
    return float(np.mean([wald_test(*blocks, covariance="nonrobust").pvalue <= LEVEL for blocks in samples]))


def size_lag_search(*, n: int, process: Process, reps: int, seed: int) -> float:
    """Measure how often the best of the lag lengths 1 to 12 looks significant by the classical F test.

    Parameters
    ----------
    n, process, draws, seed
        As in `size_granger_wild`, without controls.

    Returns
    -------
    float
        Share of samples whose smallest p-value is at most .05.
    """
    pairs = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)
    best = [min(wald_test(*_blocks(pair, lags), covariance="nonrobust").pvalue for lags in SEARCH) for pair in pairs]
    return float(np.mean(np.array(best) <= LEVEL))


def _samples(*, n: int, process: Process, reps: int, seed: int, lead: float) -> Iterator[Blocks]:
    """Regression blocks of each sample, with a lead planted in the effect."""
    require_count(reps, name="reps", least=1)
    weight = np.sqrt(lead / (1 - lead) / LAGS)
    series = unrelated_pairs(process=process, n=n, reps=reps * (1 + CONTROLS // 2), seed=seed)
    others = series[reps:].reshape(reps, CONTROLS // 2, n, 2)
    for pair, extra in zip(series[:reps], others, strict=True):
        pair[LAGS:, 1] += weight * lag_matrix(pair[:, 0], LAGS).sum(axis=1)
        yield _blocks(np.column_stack([pair, *extra]), LAGS)


def _blocks(sample: np.ndarray, lags: int) -> Blocks:
    """Effect, restricted and tested regressors from columns cause, effect, controls."""
    cause, own, *controls = (lag_matrix(values, lags) for values in sample.T)
    return sample[lags:, 1], np.column_stack([np.ones(len(own)), own, *controls]), cause


def _bootstrap_rejects(fit: Fit, rng: np.random.Generator) -> bool:
    """Whether the wild-bootstrap p-value of the HC3 Wald test is at most the level."""
    observed = wald_statistics(fit, fit.restricted_residuals[None, :])[0]
    allowed = int(LEVEL * (BOOTSTRAP + 1)) - 1
    for draws in _STAGES:
        signs = random_signs(rng, draws, fit.residuals.size)
        errors = np.where(signs, fit.restricted_residuals, -fit.restricted_residuals)
        allowed -= int(np.count_nonzero(wald_statistics(fit, errors) >= observed))
        if allowed < 0:
            return False
    return True
