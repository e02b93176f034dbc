"""Samples in which the truth is known, and what each procedure of this report decides in one of them.

A decision on a sample is whether a test rejects, whether an interval misses the truth, or whether a rule gives the
verdict asked about; NaN where the procedure declines. `helpers.stats.validation_plan` counts them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from scipy import signal, stats

from helpers.stats.checks import require_choice, require_count
from helpers.stats.event_null import shift_windows, window_sums
from helpers.stats.event_study import BANDWIDTH, HORIZONS, largest_over, share_at_least
from helpers.stats.events import find_highs
from helpers.stats.exceedance import interval_of_shares
from helpers.stats.explosive import explosive_test
from helpers.stats.granger import granger_test
from helpers.stats.lead_design import lead_design
from helpers.stats.lead_map import all_windows, lead_map
from helpers.stats.lead_test import lead_test
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
from helpers.stats.sequential import confidence_sequence
from helpers.stats.shapley import shifted_changes
from helpers.stats.state_tests import state_interaction
from helpers.stats.state_timing import state_means

Process = Literal["iid", "garch", "spillover", "common_volatility"]
Blocks = tuple[np.ndarray, np.ndarray, np.ndarray]

ALPHA, REPS, FEW = 0.05, 199, 99
LAGS, CONTROLS, SEARCH = 8, 4, range(1, 13)
SHARING = 0.4
SPREAD, LONGEST = 26, 30
HALF_YEAR, MARGIN_CONFIDENCE = 26, 0.90
LOOKING = 52 * 10
_SINGLE = 3
_BURN_IN = 200
_STAGES = (39, 60, 100)  # of the 199 draws: a test ends as soon as its p-value can no longer be .05
_WINDOW, _TREND = 13, 26
_ENTER, _LEAVE = 0.03, 0.05
_OWN_RUNGS, _PAST = (1, 3), 5 * 52 + 1
_DAYS, _HIGH_DAYS, _AFTER = 16 * 365, 3 * 365, 90
_LATE_DEVIATION = 8.0
_MARGIN_DRAWS, _MARGIN_PATHS = 299, 2_000
_BITCOIN_WEEK = 9.0
_THIRDS = (1 / 3, 2 / 3)


class Chance(NamedTuple):
    """Where the draws of a decision come from: seed of the chunk, position of the sample, one generator for all."""

    seed: int
    position: int
    rng: np.random.Generator


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


def _four_series(*, n: int, process: Process, reps: int, seed: int) -> np.ndarray:
    """Simulate two unrelated pairs side by side, shape (draws, n, 4): response, tested driver, two other drivers."""
    first, second = (unrelated_pairs(process=process, n=n, reps=reps, seed=s) for s in (seed, seed + 1))
    return np.concatenate([first[:, :, ::-1], second], axis=2)


def _with_controls(*, n: int, process: Process, reps: int, seed: int) -> Iterator[np.ndarray]:
    """Columns cause, effect and unrelated controls of each sample."""
    series = unrelated_pairs(process=process, n=n, reps=reps * (1 + CONTROLS // 2), seed=seed)
    others = series[reps:].reshape(reps, CONTROLS // 2, n, 2)
    for pair, extra in zip(series[:reps], others, strict=True):
        yield np.column_stack([pair, *extra])


def granger_wild(sample: np.ndarray, effect: float, chance: Chance) -> bool:
    """Primary Granger test; the effect is the partial R2 of the cause, even over its lags."""
    sample[LAGS:, 1] += np.sqrt(effect / (1 - effect) / LAGS) * lag_matrix(sample[:, 0], LAGS).sum(axis=1)
    return _bootstrap_rejects(partial_out(*_blocks(sample, LAGS)), chance.rng)


def granger_classical(sample: np.ndarray, effect: float, chance: Chance) -> bool:
    """Classical F test of the same regression."""
    return wald_test(*_blocks(sample, LAGS), covariance="nonrobust").pvalue <= ALPHA


def lag_search(pair: np.ndarray, effect: float, chance: Chance) -> bool:
    """Best classical F test of lag lengths 1 to 12."""
    return min(wald_test(*_blocks(pair, lags), covariance="nonrobust").pvalue for lags in SEARCH) <= ALPHA


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


def local_projection_supt(pair: np.ndarray, effect: float, chance: Chance) -> bool:
    """Maximum over horizons 0 to 26; the effect is the response to 1, a week later."""
    return _projected(pair, effect, reps=REPS, seed=chance.seed + chance.position).test.pvalue <= ALPHA


def local_projection_point(pair: np.ndarray, effect: float, chance: Chance) -> bool:
    """Response at 4 weeks alone."""
    found = _projected(pair, effect, horizons=4)
    return abs(found.estimate[-1]) / found.stderr[-1] >= stats.norm.isf(ALPHA / 2)


def _projected(pair: np.ndarray, effect: float, **options: Any) -> Any:
    response = pd.Series(pair[:, 1] + effect * np.roll(pair[:, 0], 1), name="y")
    return local_projection(response=response, shock=pd.Series(pair[:, 0], name="x"), lags=4, **options).overall


def state_shift(pair: np.ndarray, effect: float, chance: Chance) -> float:
    """Mean returns by a state of spells; the effect is added while it holds."""
    state = pd.Series(_spells(chance.rng, len(pair)), name="state").astype(bool)
    returns = pd.Series(pair[:, 1] + effect * state.to_numpy(), name="y")
    return _at_level(state_means(returns=returns, states=state.to_frame()).table.loc["state", "pvalue"])


def interaction(pair: np.ndarray, effect: float, chance: Chance) -> float:
    """Search over states and horizons; the effect is per unit of strength a week while one state holds."""
    lone = _spells(chance.rng, len(pair) - _TREND)
    strength = _past_sum(pair[:, 0], _WINDOW)[_TREND - _WINDOW :]
    strength /= strength.std()
    returns = pair[_TREND:, 1].copy()
    returns[1:] += effect * (strength * lone)[:-1]
    states = pd.DataFrame({"lone": lone, "trend": _past_sum(pair[:, 0], _TREND) > 0})
    follower, leader = pd.Series(returns, name="follower"), pd.Series(strength, name="leader")
    seed = chance.seed + chance.position
    found = state_interaction(effect=follower, strength=leader, states=states, reps=REPS, placebos=0, seed=seed)
    return _at_level(found.pvalue)


def _longer_pairs(*, n: int, **options: Any) -> np.ndarray:
    return unrelated_pairs(n=n + _TREND, **options)


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


def _at_level(pvalue: float) -> float:
    return np.nan if np.isnan(pvalue) else float(pvalue <= ALPHA)


def driver_wild(data: np.ndarray, effect: float, chance: Chance) -> bool:
    """Wild-bootstrap test of one driver given two others; the effect is its coefficient."""
    y, tested = data[:, 0] + effect * data[:, 1] - 0.5 * data[:, 2], data[:, [1]]
    others = np.column_stack([np.ones(len(data)), data[:, 2:]])
    null = wild_bootstrap_wald(y, others, tested, reps=REPS, seed=chance.seed + chance.position)
    return bootstrap_pvalue(wald_test(y, others, tested).statistic, null) <= ALPHA


def shapley_shift(data: np.ndarray, effect: float, chance: Chance) -> bool:
    """Circular-shift test of a predictor's share of a variance; the effect raises its coefficient since a date."""
    first = round(0.28 * len(data))
    data[:, 0] += data[:, 1] + SHARING * data[:, 3]
    data[first:, 0] += effect * data[first:, 3]
    changes = np.abs(shifted_changes(data, first=first)[:, 2])
    return bool(np.mean(changes >= changes[0] - 1e-12) <= ALPHA)


def _years(*, n: int, process: Process, reps: int, seed: int) -> Iterator[np.ndarray]:
    """Columns of a trending balance and of price changes that ignore it."""
    changes = unrelated_pairs(process=process, n=n, reps=reps, seed=seed)[:, :, 1]
    balances = np.random.default_rng(seed + 1).standard_normal((reps, n)).cumsum(axis=1)
    return (np.column_stack(both) for both in zip(balances, changes, strict=True))


def exact_permutation(years: np.ndarray, effect: float, chance: Chance) -> bool:
    """Exact permutation test; the effect is the correlation of changes and balance."""
    balance, change = years.T
    change = effect * (balance - balance.mean()) / balance.std() + np.sqrt(1 - effect**2) * change
    return exact_rank_test(x=pd.Series(balance, name="balance"), y=pd.Series(change, name="change")).pvalue <= ALPHA


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


def with_events(*, n: int, process: str, reps: int, seed: int, events: EventWeeks) -> Iterator[tuple[np.ndarray, Any]]:
    """Simulate returns with a ladder of events; in the last two processes they are the highs of a leader of its own."""
    rng, ladders = np.random.default_rng(seed), None
    if process == "iid":
        returns = _BITCOIN_WEEK * rng.standard_normal((reps, n))
    elif process == "garch":
        returns = _BITCOIN_WEEK * _garch(rng.standard_normal((n + 200, reps)), 0.02, 0.10, 0.88)[200:].T
    elif process == "falling_variance":
        returns = falling_variance(n, reps, rng)
    elif process == "spillover":
        pairs = unrelated_pairs(process=process, n=n + _PAST, reps=reps, seed=int(rng.integers(2**32)))
        returns, ladders = _BITCOIN_WEEK * pairs[:, _PAST:, 1], _own_highs(pairs[:, :, 0])
    else:
        require_choice(process, name="process", options=EVENT_PROCESSES)
        log_volatility = np.zeros((n + _PAST, reps))
        for week in range(1, n + _PAST):
            log_volatility[week] = 0.97 * log_volatility[week - 1] + 0.12 * rng.standard_normal(reps)
        volatility = np.exp(log_volatility.T)
        ladders = _own_highs(volatility * rng.standard_normal((reps, n + _PAST)))
        returns = _BITCOIN_WEEK * volatility[:, _PAST:] * rng.standard_normal((reps, n))
    return zip(returns, ladders or [events.stretched(n)] * reps, strict=True)


def _garch(shocks: np.ndarray, constant: float, shock: float, persistence: float) -> np.ndarray:
    """Give shocks, shape (weeks, reps), the variances of a GARCH(1, 1)."""
    variance = np.ones(shocks.shape[1])
    for week in shocks:
        week *= np.sqrt(variance)
        variance = constant + shock * week**2 + persistence * variance
    return shocks


def falling_variance(n: int, reps: int, rng: np.random.Generator) -> np.ndarray:
    """Let the deviation fall from 28 to 8 and the mean from 4.9 to .4 after the first fifth, as Bitcoin's did."""
    week = np.arange(n) / n
    spread, drift = _LATE_DEVIATION + 20 * np.exp(-7 * week), np.where(week < 0.215, 4.9, 0.4)
    return drift + spread * rng.standard_normal((reps, n))


def _own_highs(leader: np.ndarray) -> list[list[np.ndarray]]:
    """Weeks of 1- and 3-year highs of a leader with weekly deviation of 3 %, counted from the end of the past."""
    dates = pd.date_range("2000-01-07", periods=leader.shape[1], freq="W-FRI")
    ladders = []
    for path in 100 * np.exp(np.cumsum(0.03 * leader, axis=1)):
        price = pd.Series(path, index=dates)
        found = [dates.get_indexer(find_highs(price, lookback=rung)) - _PAST for rung in _OWN_RUNGS]
        ladders.append([weeks[weeks >= 0] for weeks in found])
    return ladders


def event_circular_shift(sample: tuple[np.ndarray, Any], effect: float, chance: Chance) -> bool:
    """Joint event test; the effect is spread over the 13 weeks after each event of the first rung."""
    returns, ladder = sample
    for event in ladder[0]:
        returns[event + 1 : event + 14] += effect / 13
    return joint_pvalue(returns, ladder) <= ALPHA


def joint_pvalue(returns: np.ndarray, ladder: Sequence[np.ndarray], *, bandwidth: int | None = BANDWIDTH) -> float:
    """Give the p-value of `helpers.stats.event_study.event_ladder` for bare arrays, without eras."""
    windows = shift_windows(returns - returns.mean(), windows=HORIZONS, bandwidth=bandwidth)
    nulls = [windows.null(np.asarray(rung)) for rung in ladder if len(rung)]
    known = [null.standardised for null in nulls if np.isfinite(null.mean[:, 0]).any()]
    if not known:
        return np.nan
    largest = largest_over(np.vstack(known))
    return share_at_least(largest, largest[0])


def _random_walks(*, n: int, process: str, reps: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Sixteen years of days: whether a leader is at a 3-year high, and the returns of an independent series."""
    rng = np.random.default_rng(seed)
    for _ in range(reps):
        leader = pd.Series(np.cumsum(rng.standard_normal(_DAYS + _HIGH_DAYS)))
        high = (leader > leader.rolling(_HIGH_DAYS).max().shift()).to_numpy()[_HIGH_DAYS:]
        yield high, rng.standard_normal(_DAYS)


def naive_events(sample: tuple[np.ndarray, np.ndarray], effect: float, chance: Chance) -> float:
    """Test that popular lead claims imply: t over the overlapping 90-day returns after all high days, as if apart."""
    high, returns = sample
    after = window_sums(returns, _AFTER)[high]
    found = after[np.isfinite(after)]
    if found.size < 2:
        return np.nan
    return float(abs(found.mean()) / (found.std(ddof=1) / np.sqrt(found.size)) > 1.96)


class Lead(NamedTuple):
    """A lead that is planted: its partial R2, and whether it is spread over weeks 1 to 26 or stands in week 3 alone."""

    share: float
    spread: bool = True


class LeadSample(NamedTuple):
    """Deviation of an effect late in its sample, the effect itself, a cause that begins 30 weeks before, another."""

    scale: float
    effect: pd.Series
    cause: pd.Series
    other: pd.Series

    def planted(self, lead: Lead | None) -> tuple[pd.Series, float]:
        """Effect with the lead in it, and its coefficient."""
        if not lead:
            return self.effect.iloc[LONGEST:], 0.0
        weight = float(np.sqrt(lead.share / (1 - lead.share) * (SPREAD if lead.spread else 1))) * self.scale
        past = self.cause.rolling(SPREAD).mean().shift(1) if lead.spread else self.cause.shift(_SINGLE)
        return (self.effect + weight * past).iloc[LONGEST:], weight


def lead_samples(*, n: int, process: str, reps: int, seed: int) -> list[LeadSample]:
    """Simulate pairs on Fridays; the other cause is that of the sample before."""
    require_choice(process, name="process", options=LEAD_PROCESSES)
    falling, base = process == "falling_variance", "iid" if process == "falling_variance" else process
    pairs = unrelated_pairs(process=base, n=n + LONGEST, reps=reps, seed=seed)  # type: ignore[arg-type]
    dates = pd.date_range("2010-01-01", periods=n + LONGEST, freq="W-FRI")
    spread = _LATE_DEVIATION + 20 * np.exp(-7 * np.arange(n + LONGEST) / n) if falling else 1.0
    scale = _LATE_DEVIATION if falling else 1.0
    causes = [pd.Series(pair[:, 0], dates, name="cause") for pair in pairs]
    effects = [pd.Series(pair[:, 1] * spread, dates, name="effect") for pair in pairs]
    return [LeadSample(scale, effects[i], causes[i], causes[i - 1]) for i in range(reps)]


def lead_test_rejects(sample: LeadSample, effect: Lead | None, chance: Chance) -> bool:
    """Lead test of weeks 1 to 26."""
    y, _ = sample.planted(effect)
    found = lead_test(effect=y, cause=sample.cause, window=(1, SPREAD), reps=REPS, seed=chance.position)
    return found.pvalue_bootstrap <= ALPHA


def wald_rejects(sample: LeadSample, effect: Lead | None, chance: Chance) -> bool:
    """Eight-lag Wald test beside the lead test."""
    y, _ = sample.planted(effect)
    found = granger_test(effect=y, cause=sample.cause.reindex(y.index), lags=LAGS, reps=REPS, seed=chance.position)
    return found.pvalue_bootstrap <= ALPHA


def lead_map_rejects(sample: LeadSample, effect: Lead | None, chance: Chance) -> bool:
    """Map of two leaders and all 465 windows."""
    y, _ = sample.planted(effect)
    causes = pd.DataFrame({"first": sample.cause, "second": sample.other})
    return lead_map(effect=y, causes=causes, reps=REPS, seed=chance.position).pvalue <= ALPHA


def lead_interval_misses(sample: LeadSample, effect: Lead | None, chance: Chance) -> bool:
    """Usual interval of the lead test."""
    y, weight = sample.planted(effect)
    low, high = lead_test(effect=y, cause=sample.cause, window=(1, SPREAD), reps=0).interval
    return not low <= weight <= high


def map_bounds_miss(sample: LeadSample, effect: Lead | None, chance: Chance) -> bool:
    """Bounds of the map on all windows at once.

    The cause is uncorrelated over time, so that the true coefficient of a window is the planted weight times the share
    of the 26 weeks that lies in the window.
    """
    y, weight = sample.planted(effect)
    shared = [max(0, min(last, SPREAD) - first + 1) / SPREAD for first, last in all_windows(LONGEST)]
    found = lead_map(effect=y, causes=sample.cause.to_frame(), reps=REPS, seed=chance.position)
    off = (found.cells["estimate"] - weight * np.array(shared)).abs()
    return bool((off > found.critical * found.cells["standard_error"]).any())


def _ten_years_longer(*, n: int, **options: Any) -> np.ndarray:
    return unrelated_pairs(n=n + LOOKING, **options)


def always_valid_misses(pair: np.ndarray, effect: str, chance: Chance) -> bool:
    """Always-valid interval (or the "usual" one) of a slope, HC0 errors, read every week for ten years."""
    registered = len(pair) - LOOKING
    weeks = np.arange(registered, len(pair) + 1)
    x, y = pair.T
    xx, xy, xxyy, xxxy, xxxx = (np.cumsum(v)[weeks - 1] for v in (x * x, x * y, (x * y) ** 2, x**3 * y, x**4))
    slope = xy / xx
    error = np.sqrt(xxyy - 2 * slope * xxxy + slope**2 * xxxx) / xx
    if effect == "usual":
        return bool((np.abs(slope) > stats.norm.isf(ALPHA / 2) * error).any())
    found = confidence_sequence(estimate=slope, standard_error=error, n=weeks, n_registered=registered)
    return bool(((found.low > 0) | (found.high < 0)).any())


def _ten_years_of_leads(*, n: int, **options: Any) -> list[LeadSample]:
    return lead_samples(n=n + LOOKING, **options)


def always_valid_map_misses(sample: LeadSample, effect: int, chance: Chance) -> bool:
    """Always-valid bounds on all windows of two leaders, read every so many weeks for ten years.

    The error rate of one window is the one that the draws at registration give, HC3 errors are those of each look.
    """
    y, causes = sample.effect.iloc[LONGEST:], pd.DataFrame({"first": sample.cause, "second": sample.other})
    first = lead_map(effect=y.iloc[:-LOOKING], causes=causes.iloc[:-LOOKING], reps=REPS, seed=chance.position)
    design = lead_design(effect=y, causes=dict(causes.items()), longest=LONGEST, own_lags=4, half_life=8, sample=None)
    z = np.column_stack([design.weighted(design.mean(name, w)) for name in causes for w in all_windows(LONGEST)])
    blocks = design.weighted(design.y), design.weighted(design.own), z
    for rows in range(first.nobs, len(z) + 1, effect):
        bound = confidence_sequence(
            estimate=0.0, standard_error=1.0, n=rows, n_registered=first.nobs, alpha=first.pointwise_alpha
        )
        if _largest_t(*(block[:rows] for block in blocks)) > bound.factor:
            return True
    return False


def _largest_t(y: np.ndarray, own: np.ndarray, z: np.ndarray) -> float:
    """Largest absolute HC3 t-statistic among columns that are added to a regression one at a time."""
    basis = np.linalg.qr(own)[0]
    y, z = (v - basis @ (basis.T @ v) for v in (y, z))
    length = np.einsum("ij,ij->j", z, z)
    z /= np.sqrt(length)
    score = z.T @ y
    left = 1 - np.einsum("ij,ij->i", basis, basis)[:, None] - z**2
    error = np.sqrt(np.einsum("ij,ij->j", *[z * (y[:, None] - z * score) / left] * 2))
    return float(np.max(np.abs(score) / error))


def margins(*, n: int, process: str, reps: int, seed: int) -> np.ndarray:
    """Weekly differences of two log returns, shape (reps, n), on processes for which no interval was tuned."""
    rng, weeks = np.random.default_rng(seed), n + _BURN_IN
    if process == "falling_variance":
        return falling_variance(n, reps, rng)
    if process == "heavy_tails":
        values = rng.standard_t(3, (reps, weeks))
    elif process == "persistent_garch":
        values = _garch(rng.standard_t(5, (weeks, reps)) * np.sqrt(0.6), 0.01, 0.06, 0.93).T
    elif process == "autocorrelated":
        values = signal.lfilter([1], [1, -0.2], rng.standard_normal((reps, weeks)))
    elif process == "trending":
        drift = signal.lfilter([0.06], [1, -0.95], rng.standard_normal((reps, weeks)))
        values = drift + rng.standard_normal((reps, weeks))
    else:
        require_choice(process, name="process", options=MARGIN_PROCESSES)
        level = signal.lfilter([1], [1, -(0.5 ** (1 / 52))], rng.standard_normal((reps, weeks + 1)))
        values = np.diff(level)
    return values[:, _BURN_IN:]


@lru_cache(maxsize=64)
def true_margins(process: str, n: int, shares: tuple[float, ...]) -> np.ndarray:
    """Margins over 26 weeks that are reached in these shares of weeks on average over samples."""
    total = np.cumsum(margins(n=n, process=process, reps=_MARGIN_PATHS, seed=0), axis=1)
    return np.quantile(total[:, HALF_YEAR:] - total[:, :-HALF_YEAR], 1 - np.array(shares))


def exceedance_misses(sample: tuple[str, np.ndarray], effect: float, chance: Chance) -> bool:
    """Interval (90 %) for the share of half-years with a margin; the effect is the true share."""
    process, weekly = sample
    found = _missed_shares(process, np.ascontiguousarray(weekly).tobytes(), chance.seed + chance.position)
    return found[TRUE_SHARES.index(effect)]


@lru_cache(maxsize=4_096)
def _missed_shares(process: str, raw: bytes, seed: int) -> tuple[bool, ...]:
    """Whether the interval of each of the true shares misses it: one set of rebuilt series serves all."""
    weekly = np.frombuffer(raw)
    total = np.cumsum(np.r_[0.0, weekly])
    gaps, true = total[HALF_YEAR:] - total[:-HALF_YEAR], np.array(TRUE_SHARES)
    shown = (gaps >= true_margins(process, weekly.size, TRUE_SHARES)[:, None]).mean(axis=1)
    low, high = interval_of_shares(
        weekly, shown, horizon=HALF_YEAR, confidence=MARGIN_CONFIDENCE, reps=_MARGIN_DRAWS, seed=seed
    )
    return tuple(bool(miss) for miss in (true < low) | (true > high))


def _named_margins(*, process: str, **options: Any) -> Iterator[tuple[str, np.ndarray]]:
    return ((process, weekly) for weekly in margins(process=process, **options))


class Outcome(NamedTuple):
    """A verdict asked about, and the log points that something adds to the half year that is judged."""

    verdict: Literal["happened", "did not happen", "inconclusive"]
    added: float = 0.0


def _with_a_half_year(*, n: int, **options: Any) -> np.ndarray:
    return _BITCOIN_WEEK * unrelated_pairs(n=n + HALF_YEAR, **options)[:, :, 1]


def forecast_rule(returns: np.ndarray, effect: Outcome, chance: Chance) -> bool:
    """Verdict by the third of the earlier half-years in which the next one lies."""
    total = np.cumsum(np.r_[0.0, returns])
    halves = total[HALF_YEAR:] - total[:-HALF_YEAR]
    place = np.mean(halves[:-HALF_YEAR] < halves[-1] + effect.added)
    told = "happened" if place >= _THIRDS[1] else "did not happen" if place <= _THIRDS[0] else "inconclusive"
    return told == effect.verdict


def _prices(*, n: int, process: str, reps: int, seed: int) -> np.ndarray:
    """Log prices that are random walks, shape (reps, n)."""
    if process == "falling_variance":
        week, rng = np.arange(n) / n, np.random.default_rng(seed)
        return np.cumsum((1 + 2 * (week > 0.8)) * rng.standard_normal((reps, n)), axis=1)
    return np.cumsum(unrelated_pairs(process=process, n=n, reps=reps, seed=seed)[:, :, 1], axis=1)


def explosive_anywhere(price: np.ndarray, effect: float, chance: Chance) -> bool:
    """Test of all windows; the effect is a rise that grows by a tenth a week over the last half year."""
    return _explosive(_blown_up(price, effect), chance.position)[0]


def explosive_on_the_day(price: np.ndarray, effect: float, chance: Chance) -> bool:
    """Alarm in the last week, whose critical value holds for any week of two years."""
    return _explosive(_blown_up(price, effect), chance.position)[1]


def _blown_up(price: np.ndarray, rise: float) -> bytes:
    blown = np.array(price)
    blown[-HALF_YEAR:] += rise * (1.1 ** np.arange(1, HALF_YEAR + 1) - 1) / (1.1**HALF_YEAR - 1)
    return blown.tobytes()


@lru_cache(maxsize=4_096)
def _explosive(raw: bytes, seed: int) -> tuple[bool, bool]:
    price = np.frombuffer(raw)
    dates = pd.date_range("2000-01-07", periods=price.size, freq="W-FRI")
    found = explosive_test(pd.Series(price, dates, name="price"), reps=FEW, seed=seed)
    last = found.path.iloc[-1]
    return found.pvalue <= ALPHA, bool(last["statistic"] > last["critical"])


WEEKLY: tuple[str, ...] = get_args(Process)
EVENT_PROCESSES = ("iid", "garch", "spillover", "falling_variance", "common_volatility")
LEAD_PROCESSES = (*WEEKLY, "falling_variance")
PRICE_PROCESSES = ("iid", "garch", "common_volatility", "falling_variance")
MARGIN_PROCESSES = ("heavy_tails", "persistent_garch", "autocorrelated", "trending", "reverting", "falling_variance")
TRUE_SHARES = (0.04, 0.1, 0.2, 0.4)

Samples = Callable[..., Any]
Decide = Callable[..., float]
