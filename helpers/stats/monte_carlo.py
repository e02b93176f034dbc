"""P-values from draws: how far chance in the draws moves them, and when enough have been drawn."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from scipy import stats

from helpers.stats.checks import InputError

FIRST_DRAWS, MOST_DRAWS = 9_999, 199_999
_CONFIDENCE = 0.999


class SimulatedPvalue(NamedTuple):
    """A p-value from draws under the null.

    Parameters
    ----------
    value : ``(1 + #{draw >= statistic}) / (B + 1)``; NaN without draws
    error, reps : Monte Carlo standard error ``sqrt(p (1 - p) / (B + 1))``; draws ``B``
    """

    value: float
    error: float
    reps: int


def simulated_pvalue(statistic: float, draws: np.ndarray) -> SimulatedPvalue:
    """Give the share of draws, shape (B,), at least as large as a statistic, which itself counts as one.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, eq. 4.11, p. 148.
    """
    return _simulated(int(np.count_nonzero(draws >= statistic)), draws.size)


def decided_pvalue(test: Callable[[int, int], float], *, cutoffs: Iterable[float], seed: int) -> SimulatedPvalue:
    """Draw until chance in the draws no longer decides on which side of a cut-off a p-value lies.

    Draws double from 9,999 up to 199,999; they end when no cut-off lies inside the 99.9 per cent Clopper-Pearson
    interval of the p-value, which makes a wrong side rarer than one in a few hundred over all looks.

    Parameters
    ----------
    test : callable
        ``test(reps, seed)`` gives the p-value of `simulated_pvalue` from so many draws.
    cutoffs : iterable of float
        Levels that a rule compares the p-value with, each in (0, 1).
    seed : int
        Of all draws; block ``k`` gets the ``k``-th seed derived from it.

    References
    ----------
    Besag and Clifford (1991), Biometrika 78, 301-304; Gandy (2009), Journal of the American Statistical Association
    104, 1504-1511 (bounded risk of a wrong side).
    """
    cuts = tuple(cutoffs)
    if not cuts or not all(0 < cut < 1 for cut in cuts):
        raise InputError(f"cutoffs must lie in (0, 1), found {cuts}.")
    taken, exceeded, block = 0, 0, FIRST_DRAWS
    for own in np.random.SeedSequence(seed).generate_state(64):
        exceeded += round(test(block, int(own)) * (block + 1)) - 1
        taken += block
        low, high = stats.binomtest(exceeded, taken).proportion_ci(_CONFIDENCE)
        if taken >= MOST_DRAWS or not any(low < cut < high for cut in cuts):
            break
        block = min(taken + 1, MOST_DRAWS - taken)
    return _simulated(exceeded, taken)


def _simulated(exceeded: int, reps: int) -> SimulatedPvalue:
    if not reps:
        return SimulatedPvalue(float("nan"), float("nan"), 0)
    value = (1 + exceeded) / (reps + 1)
    return SimulatedPvalue(value, float(np.sqrt(value * (1 - value) / (reps + 1))), reps)
