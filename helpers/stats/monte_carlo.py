"""P-values from draws: how far chance in the draws moves them, and when enough have been drawn."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.results import Result

MOST_DRAWS = 199_999
_CONFIDENCE = 0.999

Draw = Callable[[int, int], np.ndarray]


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


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DecidedPvalue(Result):
    """A p-value with as many draws as its side of each cut-off needs.

    Parameters
    ----------
    statistic, value, error : observed statistic, its p-value and the Monte Carlo standard error of that
    interval, reps : 99.9 per cent Clopper-Pearson interval for the p-value that endless draws would give; draws taken
    cutoffs, undecided
        On whose side the p-value has to be known; cut-offs that lie inside the interval after the last draw.
    """

    statistic: float
    value: float
    error: float
    interval: tuple[float, float]
    reps: int
    cutoffs: tuple[float, ...]
    undecided: tuple[float, ...]

    def _rows(self) -> list[tuple[str, Any]]:
        side = f"undecided by simulation at {', '.join(f'{cut:g}' for cut in self.undecided)}"
        return [
            *super()._rows(),
            ("Statistic", self.statistic),
            (f"p, {self.reps:,} draws, and its error", (self.value, self.error)),
            ("99.9% interval of the draws", self.interval),
            ("Cut-offs", self.cutoffs),
            ("Verdict of the draws", side if self.undecided else "on a known side of every cut-off"),
        ]


def simulated_pvalue(statistic: float, draws: np.ndarray) -> SimulatedPvalue:
    """Give the share of draws at least as large as a statistic, which itself counts as one, and its error.

    Parameters
    ----------
    statistic : float
        Observed value.
    draws : numpy.ndarray, shape (B,)
        Values under the null.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, eq. 4.11, p. 148.
    """
    return _simulated(int(np.count_nonzero(draws >= statistic)), draws.size)


def decided_pvalue(
    statistic: float, draw: Draw, *, cutoffs: Iterable[float], seed: int, first: int = 9_999
) -> DecidedPvalue:
    """Draw until chance in the draws no longer decides on which side of a cut-off a p-value lies.

    Draws double from `first` up to 199,999; they end when no cut-off lies inside the 99.9 per cent Clopper-Pearson
    interval of the p-value, which makes a wrong side rarer than one in a few hundred over all looks.

    Parameters
    ----------
    statistic : float
        Observed value, large against the null.
    draw : callable
        ``draw(reps, seed)`` gives statistics under the null, shape (reps,).
    cutoffs : iterable of float
        Levels that a rule compares the p-value with, each in (0, 1).
    seed : int
        Of all draws; block ``k`` gets the ``k``-th seed derived from it.
    first : int
        Draws of the first block, at least 19.

    References
    ----------
    Besag and Clifford (1991), Biometrika 78, 301-304; Gandy (2009), Journal of the American Statistical Association
    104, 1504-1511 (bounded risk of a wrong side).
    """
    cuts = tuple(cutoffs)
    require_count(first, name="first", least=19)
    if not cuts or not all(0 < cut < 1 for cut in cuts):
        raise InputError(f"cutoffs must lie in (0, 1), found {cuts}.")
    if not np.isfinite(statistic):
        raise InputError(f"The statistic must be finite, found {statistic}: there is nothing to draw for.")
    seeds = iter(np.random.SeedSequence(seed).generate_state(64))
    taken = exceeded = 0
    block = first
    while True:
        drawn = np.asarray(draw(block, int(next(seeds))))
        taken, exceeded = taken + drawn.size, exceeded + int(np.count_nonzero(drawn >= statistic))
        ends = stats.binomtest(exceeded, taken).proportion_ci(_CONFIDENCE)
        interval = float(ends.low), float(ends.high)
        undecided = tuple(cut for cut in cuts if interval[0] < cut < interval[1])
        if not undecided or taken >= MOST_DRAWS:
            break
        block = min(taken + 1, MOST_DRAWS - taken)
    value, error, reps = _simulated(exceeded, taken)
    return DecidedPvalue(
        null="the statistic comes from the distribution of the draws",
        alternative="it is larger than that",
        statistic=float(statistic),
        value=value,
        error=error,
        interval=interval,
        reps=reps,
        cutoffs=cuts,
        undecided=undecided,
    )


def _simulated(exceeded: int, reps: int) -> SimulatedPvalue:
    if not reps:
        return SimulatedPvalue(float("nan"), float("nan"), 0)
    value = (1 + exceeded) / (reps + 1)
    return SimulatedPvalue(value, float(np.sqrt(value * (1 - value) / (reps + 1))), reps)
