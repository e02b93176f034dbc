"""How often the tests of the chapters on regimes and on forecasts reject: without a link, and with one planted."""

import numpy as np
import pandas as pd

from helpers.stats.forecast_tests import ExpandingDesign, clark_west_statistics, unpredictable
from helpers.stats.regression import bootstrap_pvalue
from helpers.stats.state_tests import state_interaction
from helpers.stats.validation.processes import Process, unrelated_pairs

_LEVEL = 0.05
_DRAWS = 199
_WINDOW = 13
_TREND = 26
_ENTER, _LEAVE = 0.03, 0.05


def size_interaction(*, n: int, process: Process, reps: int, seed: int, lead: float = 0.0) -> float:
    """Measure how often the search over states and horizons finds an interaction where there is none.

    Parameters
    ----------
    n : int
        Weeks.
    process : {"iid", "garch", "spillover", "common_volatility"}
        Of `helpers.stats.validation.unrelated_pairs`: returns of the leader and of the follower.
    reps : int
        Simulated samples.
    seed : int
        Of the simulation and of the bootstrap.
    lead : float
        What one standard deviation of strength adds to the follower's next week while the first state holds, in the
        follower's deviations: 0 for size, else power.

    Returns
    -------
    float
        Share of samples with p at most .05 among those that could be tested. Strength is the leader's 13-week return;
        one state comes and goes by itself (20 weeks on average, every 33), the other holds while the leader has risen
        over 26 weeks; horizons 4, 13 and 26 weeks, 199 bootstrap draws.
    """
    pairs = unrelated_pairs(process=process, n=n + _TREND, reps=reps, seed=seed)
    rng = np.random.default_rng(seed)
    tests = [_interaction(pair, _spells(rng, n), lead, seed + position) for position, pair in enumerate(pairs)]
    known = [p for p in tests if not np.isnan(p)]
    return float(np.mean([p <= _LEVEL for p in known]))


def size_clark_west(*, n: int, process: Process, reps: int, seed: int) -> float:
    """Measure how often forecasts from an unrelated leader beat the historical mean.

    Parameters
    ----------
    n, process, draws, seed
        As in `size_interaction`.

    Returns
    -------
    float
        Share of samples with a bootstrap p at most .05 (predictor: the leader's 13-week return; horizon 13 weeks, the
        first forecast after half of the sample, 199 draws).
    """
    pairs = unrelated_pairs(process=process, n=n + _WINDOW, reps=reps, seed=seed)
    rejected = []
    for position, pair in enumerate(pairs):
        returns, strength = pair[_WINDOW:, 1], _past_sum(pair[:, 0], _WINDOW)
        design = ExpandingDesign(strength, _WINDOW, n // 2)
        luck = [
            clark_west_statistics(*design.errors(r), _WINDOW) for r in unpredictable(returns, _DRAWS, seed + position)
        ]
        found = float(clark_west_statistics(*design.errors(returns), _WINDOW))
        rejected.append(bootstrap_pvalue(found, np.concatenate(luck)) <= _LEVEL)
    return float(np.mean(rejected))


def _interaction(pair: np.ndarray, lone: np.ndarray, lead: float, seed: int) -> float:
    """P-value of one sample."""
    strength = _past_sum(pair[:, 0], _WINDOW)[_TREND - _WINDOW :]
    strength /= strength.std()
    returns = pair[_TREND:, 1].copy()
    returns[1:] += lead * (strength * lone)[:-1]
    states = pd.DataFrame({"lone": lone, "trend": _past_sum(pair[:, 0], _TREND) > 0})
    return state_interaction(
        effect=pd.Series(returns, name="follower"),
        strength=pd.Series(strength, name="leader"),
        states=states,
        reps=_DRAWS,
        placebos=0,
        seed=seed,
    ).pvalue


def _past_sum(values: np.ndarray, weeks: int) -> np.ndarray:
    """Sum of the last weeks, the current one included, from the first complete sum on, without the first row."""
    total = np.cumsum(values)
    return total[weeks:] - total[:-weeks]


def _spells(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw a state that is entered and left at constant rates."""
    chances = rng.random(n)
    state = np.zeros(n, dtype=bool)
    for week in range(1, n):
        state[week] = chances[week] >= _LEAVE if state[week - 1] else chances[week] < _ENTER
    return state
