"""How often the tests of this report reject: where there is nothing to find, and where an effect is planted.

Every measure takes ``n`` periods, a ``process`` of the samples, ``reps`` samples and a ``seed``, and gives the share of
samples with p at most .05; a planted effect (``lead``, ``beta``, ``gain``, ``correlation``, ``effect``) turns size
into power.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import require_choice, require_count
from helpers.stats.cross_correlations import cross_correlation
from helpers.stats.event_null import shift_windows, window_sums
from helpers.stats.event_study import BANDWIDTH, HORIZONS, largest_over, share_at_least
from helpers.stats.events import find_highs
from helpers.stats.forecast_tests import ExpandingDesign, clark_west_statistics, unpredictable
from helpers.stats.projections import local_projection
from helpers.stats.rank_test import exact_rank_test
from helpers.stats.regression import (
    Fit,
    bootstrap_pvalue,
    lag_matrix,
    partial_out,
    random_signs,
    wald_statistics,
    wald_test,
    wild_bootstrap_wald,
)
from helpers.stats.shapley import shifted_changes
from helpers.stats.state_tests import state_interaction
from helpers.stats.state_timing import state_means

Process = Literal["iid", "garch", "spillover", "common_volatility"]

Blocks = tuple[np.ndarray, np.ndarray, np.ndarray]
Simulated = tuple[np.ndarray, list[list[np.ndarray]] | None]

ALPHA, REPS = 0.05, 199
LAGS, CONTROLS, SEARCH = 8, 4, range(1, 13)
SHARING = 0.4
_BURN_IN = 200
_STAGES = (39, 60, 100)  # of the 199 draws: a test ends as soon as its p-value can no longer be .05
_WINDOW, _TREND = 13, 26
_ENTER, _LEAVE = 0.03, 0.05
_OWN_RUNGS, _PAST = (1, 3), 5 * 52 + 1
_DAYS_A_YEAR = 365


def unrelated_pairs(*, process: Process, n: int, reps: int, seed: int) -> np.ndarray:
    """Simulate martingale differences, shape (reps, n, 2), unrelated in mean whatever their volatilities do."""
    require_count(n, name="n", least=1)
    require_count(reps, name="reps", least=1)
    require_choice(process, name="process", options=get_args(Process))
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((n + _BURN_IN, reps, 2))
    values = normal * np.sqrt(_variances(normal, process, rng))
    return np.ascontiguousarray(values[_BURN_IN:].transpose(1, 0, 2))


def _variances(normal: np.ndarray, process: Process, rng: np.random.Generator) -> np.ndarray:
    """Variance of each value given the past; shape (periods, reps, 2)."""
    variance = np.ones_like(normal)
    if process == "common_volatility":
        log_variance = np.zeros(normal.shape[1])
        for t, innovation in enumerate(0.25 * rng.standard_normal(normal.shape[:2])):
            log_variance = 0.97 * log_variance + innovation
            variance[t] = np.exp(log_variance)[:, None]
    elif process != "iid":
        # h_t = constant + shock e_{t-1}^2 + persistence h_{t-1}, with the e of the series itself or of the first one.
        constant, shock, persistence, source = {
            "garch": (0.05, np.array([0.10, 0.10]), np.array([0.85, 0.85]), [0, 1]),
            "spillover": (0.10, np.array([0.3, 0.6]), np.array([0.6, 0.3]), [0, 0]),
        }[process]
        for t in range(1, len(normal)):
            squared = normal[t - 1] ** 2 * variance[t - 1]
            variance[t] = constant + shock * squared[:, source] + persistence * variance[t - 1]
    return variance


def size_granger_wild(*, n: int, process: Process, reps: int, seed: int, lead: float = 0.0) -> float:
    """Measure how often the primary Granger test rejects; `lead` is the partial R2 of the cause, even over its lags."""
    rng = np.random.default_rng(seed)
    samples = _samples(n=n, process=process, reps=reps, seed=seed, lead=lead)
    return float(np.mean([_bootstrap_rejects(partial_out(*blocks), rng) for blocks in samples]))


def size_granger_classical(*, n: int, process: Process, reps: int, seed: int) -> float:
    """Measure how often the classical F test of the same regressions rejects."""
    samples = _samples(n=n, process=process, reps=reps, seed=seed, lead=0.0)
    return float(np.mean([wald_test(*blocks, covariance="nonrobust").pvalue <= ALPHA for blocks in samples]))


def size_lag_search(*, n: int, process: Process, reps: int, seed: int) -> float:
    """Measure how often the best of the lag lengths 1 to 12 looks significant by the classical F test."""
    pairs = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)
    best = [min(wald_test(*_blocks(pair, lags), covariance="nonrobust").pvalue for lags in SEARCH) for pair in pairs]
    return float(np.mean(np.array(best) <= ALPHA))


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
    """Whether the wild-bootstrap p-value is at most .05; stages change no decision (Besag and Clifford 1991)."""
    observed = wald_statistics(fit, fit.restricted_residuals[None, :])[0]
    allowed = int(ALPHA * (REPS + 1)) - 1
    for draws in _STAGES:
        signs = random_signs(rng, draws, fit.residuals.size)
        errors = np.where(signs, fit.restricted_residuals, -fit.restricted_residuals)
        allowed -= int(np.count_nonzero(wald_statistics(fit, errors) >= observed))
        if allowed < 0:
            return False
    return True


def size_local_projection_supt(*, n: int, process: Process, reps: int, seed: int, lead: float = 0.0) -> float:
    """Measure how often the maximum over horizons 0 to 26 finds a response to a shock that does nothing."""
    pairs = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)
    tests = (
        local_projection(
            response=pd.Series(pair[:, 1] + lead * np.roll(pair[:, 0], 1), name="y"),
            shock=pd.Series(pair[:, 0], name="x"),
            lags=4,
            reps=REPS,
            seed=seed + position,
        ).overall.test.pvalue
        for position, pair in enumerate(pairs)
    )
    return float(np.mean([p <= ALPHA for p in tests]))


def size_local_projection_point(*, n: int, process: Process, reps: int, seed: int, lead: float = 0.0) -> float:
    """Measure how often the response at 4 weeks alone looks significant to a shock that does nothing."""
    rejected = []
    for pair in unrelated_pairs(process=process, n=n, reps=reps, seed=seed):
        found = local_projection(
            response=pd.Series(pair[:, 1] + lead * np.roll(pair[:, 0], 1), name="y"),
            shock=pd.Series(pair[:, 0], name="x"),
            lags=4,
            horizons=4,
        ).overall
        rejected.append(abs(found.estimate[-1]) / found.stderr[-1] >= stats.norm.isf(ALPHA / 2))
    return float(np.mean(rejected))


def size_state_shift(*, n: int, process: Process, reps: int, seed: int, effect: float = 0.0) -> float:
    """Measure how often mean returns differ by a state of spells that has nothing to do with them."""
    rng, rejected = np.random.default_rng(seed), []
    for pair in unrelated_pairs(process=process, n=n, reps=reps, seed=seed):
        state = pd.Series(_spells(rng, n), name="state").astype(bool)
        returns = pd.Series(pair[:, 1] + effect * state.to_numpy(), name="y")
        rejected.append(state_means(returns=returns, states=state.to_frame()).table.loc["state", "pvalue"] <= ALPHA)
    return float(np.mean(rejected))


def size_cross_correlation_maximum(*, n: int, process: Process, reps: int, seed: int) -> float:
    """Measure how often the largest of 26 lead correlations of unrelated series exceeds its band."""
    pairs = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)
    tests = (
        cross_correlation(
            x=pd.Series(pair[:, 0], name="x"),
            y=pd.Series(pair[:, 1], name="y"),
            max_lag=26,
            prewhiten=False,
            reps=99,
            seed=seed + position,
        ).pvalue_lead
        for position, pair in enumerate(pairs)
    )
    return float(np.mean([p <= ALPHA for p in tests]))


def size_interaction(*, n: int, process: Process, reps: int, seed: int, lead: float = 0.0) -> float:
    """Measure how often the search over states and horizons finds an interaction where there is none."""
    pairs = unrelated_pairs(process=process, n=n + _TREND, reps=reps, seed=seed)
    rng = np.random.default_rng(seed)
    tests = [_interaction(pair, _spells(rng, n), lead, seed + position) for position, pair in enumerate(pairs)]
    known = [p for p in tests if not np.isnan(p)]
    return float(np.mean([p <= ALPHA for p in known]))


def size_clark_west(*, n: int, process: Process, reps: int, seed: int) -> float:
    """Measure how often forecasts from an unrelated leader beat the historical mean."""
    pairs = unrelated_pairs(process=process, n=n + _WINDOW, reps=reps, seed=seed)
    rejected = []
    for position, pair in enumerate(pairs):
        returns, strength = pair[_WINDOW:, 1], _past_sum(pair[:, 0], _WINDOW)
        design = ExpandingDesign(strength, _WINDOW, n // 2)
        luck = [
            clark_west_statistics(*design.errors(r), _WINDOW) for r in unpredictable(returns, REPS, seed + position)
        ]
        found = float(clark_west_statistics(*design.errors(returns), _WINDOW))
        rejected.append(bootstrap_pvalue(found, np.concatenate(luck)) <= ALPHA)
    return float(np.mean(rejected))


def _interaction(pair: np.ndarray, lone: np.ndarray, lead: float, seed: int) -> float:
    strength = _past_sum(pair[:, 0], _WINDOW)[_TREND - _WINDOW :]
    strength /= strength.std()
    returns = pair[_TREND:, 1].copy()
    returns[1:] += lead * (strength * lone)[:-1]
    states = pd.DataFrame({"lone": lone, "trend": _past_sum(pair[:, 0], _TREND) > 0})
    return state_interaction(
        effect=pd.Series(returns, name="follower"),
        strength=pd.Series(strength, name="leader"),
        states=states,
        reps=REPS,
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


def size_driver_wild(*, n: int, process: Process, reps: int, seed: int, beta: float = 0.0) -> float:
    """Simulate the wild-bootstrap test of one driver given two others."""
    rejected = []
    for i, data in enumerate(_four_series(n, process, reps, seed)):
        y, tested = data[:, 0] + beta * data[:, 1] - 0.5 * data[:, 2], data[:, [1]]
        others = np.column_stack([np.ones(n), data[:, 2:]])
        null = wild_bootstrap_wald(y, others, tested, reps=REPS, seed=seed + i)
        rejected.append(bootstrap_pvalue(wald_test(y, others, tested).statistic, null) <= ALPHA)
    return float(np.mean(rejected))


def size_exact_permutation(*, n: int, process: Process, reps: int, seed: int, correlation: float = 0.0) -> float:
    """Simulate the exact permutation test of a trending balance against price changes that ignore it."""
    years = pd.RangeIndex(n)
    changes = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)[:, :, 1]
    balances = np.random.default_rng(seed + 1).standard_normal((reps, n)).cumsum(axis=1)
    standardised = (balances - balances.mean(axis=1, keepdims=True)) / balances.std(axis=1, keepdims=True)
    changes = correlation * standardised + np.sqrt(1 - correlation**2) * changes
    rejected = [
        exact_rank_test(x=pd.Series(x, years, name="balance"), y=pd.Series(y, years, name="change")).pvalue <= ALPHA
        for x, y in zip(balances, changes, strict=True)
    ]
    return float(np.mean(rejected))


def size_shapley_shift(*, n: int, process: Process, reps: int, seed: int, gain: float = 0.0) -> float:
    """Simulate the circular-shift test that a predictor's share of a variance is the same before and since a date."""
    rejected, first = [], round(0.28 * n)
    for data in _four_series(n, process, reps, seed):
        data[:, 0] += data[:, 1] + SHARING * data[:, 3]
        data[first:, 0] += gain * data[first:, 3]
        changes = np.abs(shifted_changes(data, first=first)[:, 2])
        rejected.append(np.mean(changes >= changes[0] - 1e-12) <= ALPHA)
    return float(np.mean(rejected))


def _four_series(n: int, process: Process, reps: int, seed: int) -> np.ndarray:
    """Simulate two unrelated pairs side by side, shape (draws, n, 4): response, tested driver, two other drivers."""
    first, second = (unrelated_pairs(process=process, n=n, reps=reps, seed=s) for s in (seed, seed + 1))
    return np.concatenate([first[:, :, ::-1], second], axis=2)


@dataclass(frozen=True)
class EventWeeks:
    """Where a leader's highs lie in a sample: the clustering, and the share in wild early years, a test must cope with.

    Parameters
    ----------
    rungs, weeks : weeks of the events of each rung, counted from the first; of the sample
    """

    rungs: tuple[tuple[int, ...], ...]
    weeks: int

    @classmethod
    def of(cls, ladder: Mapping[str, pd.DatetimeIndex], index: pd.DatetimeIndex) -> "EventWeeks":
        """Count the events of a ladder from the first of some weeks; those outside are left out."""
        found = [index.get_indexer(dates) for dates in ladder.values()]
        return cls(tuple(tuple(int(week) for week in rung if week >= 0) for rung in found), len(index))

    def stretched(self, n: int) -> list[np.ndarray]:
        """Give the weeks in a sample of n."""
        return [np.array(rung, dtype=int) * n // self.weeks for rung in self.rungs]


def size_event_circular_shift(
    *,
    n: int,
    process: str,
    reps: int,
    seed: int | None,
    events: EventWeeks,
    effect: float = 0.0,
    bandwidth: int | None = BANDWIDTH,
) -> float:
    """Measure the joint event test; in the last two processes the events are the highs of a leader of their own."""
    require_choice(process, name="process", options=tuple(_PROCESSES))
    returns, ladders = _PROCESSES[process](n, reps, np.random.default_rng(seed))
    ladders = [events.stretched(n)] * reps if ladders is None else ladders
    rejected = 0
    for row, ladder in zip(returns, ladders, strict=True):
        for event in ladder[0]:
            row[event + 1 : event + 14] += effect / 13
        rejected += joint_pvalue(row, ladder, bandwidth=bandwidth) <= ALPHA
    return rejected / reps


def joint_pvalue(
    returns: np.ndarray,
    ladder: Sequence[np.ndarray],
    *,
    horizons: Sequence[int] = HORIZONS,
    bandwidth: int | None = BANDWIDTH,
) -> float:
    """Give the p-value of `helpers.stats.event_study.event_ladder` for bare arrays, without eras."""
    windows = shift_windows(returns - returns.mean(), windows=horizons, bandwidth=bandwidth)
    nulls = [windows.null(np.asarray(rung)) for rung in ladder if len(rung)]
    known = [null.standardised for null in nulls if np.isfinite(null.mean[:, 0]).any()]
    if not known:
        return np.nan
    largest = largest_over(np.vstack(known))
    return share_at_least(largest, largest[0])


def overlap_illusion(*, reps: int = 200, seed: int | None = None) -> dict[str, float]:
    """Simulate the test that popular lead claims imply: a t-test over the overlapping returns after all high days.

    Parameters
    ----------
    reps, seed : int
        Pairs of independent random walks, 16 years of days, with 3-year highs and the 90 days after each; their seed.

    Returns
    -------
    dict of str to float
        Share of pairs in which the 5 % test rejects: ``naive`` t against zero, ``shift`` circular shift. The first
        takes overlapping windows for independent ones.
    """
    rng, days, past, window = np.random.default_rng(seed), 16 * _DAYS_A_YEAR, 3 * _DAYS_A_YEAR, 90
    naive, shift = [], []
    for _ in range(reps):
        leader = pd.Series(np.cumsum(rng.standard_normal(days + past)))
        high = (leader > leader.rolling(past).max().shift()).to_numpy()[past:]
        returns = rng.standard_normal(days)
        after = window_sums(returns, window)
        events = np.flatnonzero(high)
        found = after[events][np.isfinite(after[events])]
        if found.size < 2:
            continue
        naive.append(abs(found.mean()) / (found.std(ddof=1) / np.sqrt(found.size)) > 1.96)
        shift.append(joint_pvalue(returns, [events], horizons=[window], bandwidth=None) <= ALPHA)
    return {"naive": float(np.mean(naive)), "shift": float(np.mean(shift))}


def _iid(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    return 9 * rng.standard_normal((reps, n)), None


def _garch(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    """GARCH(1, 1) with unit unconditional variance, times 9."""
    shocks, variance = rng.standard_normal((n + 200, reps)), np.ones(reps)
    for week in range(n + 200):
        shocks[week] *= np.sqrt(variance)
        variance = 0.02 + 0.10 * shocks[week] ** 2 + 0.88 * variance
    return 9 * shocks[200:].T, None


def _falling_variance(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    """Let the deviation fall from 28 to 8 and the mean from 4.9 to .4 after the first fifth, as Bitcoin's did."""
    week = np.arange(n) / n
    spread, drift = 8 + 20 * np.exp(-7 * week), np.where(week < 0.215, 4.9, 0.4)
    return drift + spread * rng.standard_normal((reps, n)), None


def _common_volatility(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    """Log volatility is one AR(1) for leader and returns; events are the leader's own highs."""
    log_volatility = np.zeros((n + _PAST, reps))
    for week in range(1, n + _PAST):
        log_volatility[week] = 0.97 * log_volatility[week - 1] + 0.12 * rng.standard_normal(reps)
    volatility = np.exp(log_volatility.T)
    leader = volatility * rng.standard_normal((reps, n + _PAST))
    return 9 * volatility[:, _PAST:] * rng.standard_normal((reps, n)), _own_highs(leader)


def _spillover(n: int, reps: int, rng: np.random.Generator) -> Simulated:
    """Large moves of the leader raise the volatility of the next returns; events are the leader's own highs."""
    pairs = unrelated_pairs(process="spillover", n=n + _PAST, reps=reps, seed=int(rng.integers(2**32)))
    return 9 * pairs[:, _PAST:, 1], _own_highs(pairs[:, :, 0])


def _own_highs(leader: np.ndarray) -> list[list[np.ndarray]]:
    """Weeks of 1- and 3-year highs of a leader with weekly deviation of 3 %, counted from the end of the past."""
    dates = pd.date_range("2000-01-07", periods=leader.shape[1], freq="W-FRI")
    ladders = []
    for path in 100 * np.exp(np.cumsum(0.03 * leader, axis=1)):
        price = pd.Series(path, index=dates)
        found = [dates.get_indexer(find_highs(price, lookback=rung)) - _PAST for rung in _OWN_RUNGS]
        ladders.append([weeks[weeks >= 0] for weeks in found])
    return ladders


_PROCESSES: dict[str, Callable[[int, int, np.random.Generator], Simulated]] = {
    "iid": _iid,
    "garch": _garch,
    "falling_variance": _falling_variance,
    "spillover": _spillover,
    "common_volatility": _common_volatility,
}
