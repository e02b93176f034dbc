"""What each procedure of this report decides in a sample whose truth is known.

A decision takes a sample, what was planted in it, and a `Chance`: whether a test rejects at 5 %, whether an interval
misses the truth, or whether a rule gives the verdict asked about; NaN where the procedure declines.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats import validation as on
from helpers.stats.event_null import shift_windows, window_sums
from helpers.stats.event_study import BANDWIDTH, HORIZONS, largest_over, share_at_least
from helpers.stats.exceedance import interval_of_shares
from helpers.stats.explosive import explosive_test
from helpers.stats.granger import granger_test
from helpers.stats.lead_design import lead_design
from helpers.stats.lead_map import all_windows, lead_map
from helpers.stats.lead_test import lead_test
from helpers.stats.path_band import counterfactual
from helpers.stats.projections import local_projection
from helpers.stats.rank_test import exact_rank_test
from helpers.stats.regression import (
    Fit,
    lag_matrix,
    partial_out,
    random_signs,
    sum_ahead,
    wald_statistics,
    wald_test,
)
from helpers.stats.sequential import confidence_sequence
from helpers.stats.shapley import shifted_changes
from helpers.stats.state_tests import state_interaction
from helpers.stats.state_timing import state_means
from helpers.stats.supply import supply_response

ALPHA, REPS, FEW = 0.05, 199, 99
LAGS, SEARCH = 8, range(1, 13)
SHARING = 0.4
TREND = 26
LOOKING = 52 * 10
_STAGES = (39, 60, 100)  # of the 199 draws: a test ends as soon as its p-value can no longer be .05
_WINDOW = 13
_ENTER, _LEAVE = 0.03, 0.05
_AFTER_DAYS = 90
_MARGIN_DRAWS = 299
_THIRDS, _QUARTILE = (1 / 3, 2 / 3), 0.25
RESPONSE, QUARTER = 0.5, 13
_SILVER_WEEK, _PRICE_YEAR, _OUTPUT_YEAR = 4.0, 20.0, 4.0


class Chance(NamedTuple):
    """Where a sample is from, and its draws: process, seed of the chunk, position in it, one generator for all."""

    process: str
    seed: int
    position: int
    rng: np.random.Generator

    @property
    def own(self) -> int:
        """Seed of this sample."""
        return self.seed + self.position


class Outcome(NamedTuple):
    """A verdict asked about, and the log points that something adds to the half year that is judged."""

    verdict: Literal["happened", "did not happen"]
    added: float = 0.0


def _granger_wild(sample: np.ndarray, share: float, chance: Chance) -> bool:
    sample[LAGS:, 1] += np.sqrt(share / (1 - share) / LAGS) * lag_matrix(sample[:, 0], LAGS).sum(axis=1)
    return _bootstrap_rejects(partial_out(*_blocks(sample, LAGS)), chance.rng)


def _classical(sample: np.ndarray, _: float, chance: Chance, *, lags: Iterable[int] = (LAGS,)) -> bool:
    """Whether the usual F rejects at the best of some lag lengths."""
    return min(wald_test(*_blocks(sample, many), covariance="nonrobust").pvalue for many in lags) <= ALPHA


def _blocks(sample: np.ndarray, lags: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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


def _projection_supt(pair: np.ndarray, response: float, chance: Chance) -> bool:
    return _projected(pair, response, reps=REPS, seed=chance.own).test.pvalue <= ALPHA


def _projection_point(pair: np.ndarray, response: float, chance: Chance) -> bool:
    found = _projected(pair, response, horizons=4)
    return abs(found.estimate[-1]) / found.stderr[-1] >= stats.norm.isf(ALPHA / 2)


def _projected(pair: np.ndarray, response: float, **options: Any) -> Any:
    y = pd.Series(pair[:, 1] + response * np.roll(pair[:, 0], 1), name="y")
    return local_projection(response=y, shock=pd.Series(pair[:, 0], name="x"), lags=4, **options).overall


def _state_shift(pair: np.ndarray, more: float, chance: Chance) -> float:
    state = pd.Series(_spells(chance.rng, len(pair)), name="state").astype(bool)
    returns = pd.Series(pair[:, 1] + more * state.to_numpy(), name="y")
    return _at_level(state_means(returns=returns, states=state.to_frame()).table.loc["state", "pvalue"])


def _interaction(pair: np.ndarray, link: float, chance: Chance) -> float:
    lone = _spells(chance.rng, len(pair) - TREND)
    strength = sum_ahead(pair[:, 0], _WINDOW)[TREND - _WINDOW :]
    strength /= strength.std()
    returns = pair[TREND:, 1].copy()
    returns[1:] += link * (strength * lone)[:-1]
    states = pd.DataFrame({"lone": lone, "trend": sum_ahead(pair[:, 0], TREND) > 0})
    follower, leader = pd.Series(returns, name="follower"), pd.Series(strength, name="leader")
    found = state_interaction(effect=follower, strength=leader, states=states, reps=REPS, seed=chance.own)
    return _at_level(found.pvalue)


def _spells(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw a state that is entered and left at constant rates."""
    chances = rng.random(n)
    state = np.zeros(n, dtype=bool)
    for week in range(1, n):
        state[week] = chances[week] >= _LEAVE if state[week - 1] else chances[week] < _ENTER
    return state


def _at_level(pvalue: float) -> float:
    return np.nan if np.isnan(pvalue) else float(pvalue <= ALPHA)


def _driver_wild(data: np.ndarray, beta: float, chance: Chance) -> bool:
    y, tested = data[:, 0] + beta * data[:, 1] - 0.5 * data[:, 2], data[:, [1]]
    others = np.column_stack([np.ones(len(data)), data[:, 2:]])
    return wald_test(y, others, tested, reps=REPS, seed=chance.own).pvalue_bootstrap <= ALPHA


def _shapley_shift(data: np.ndarray, gain: float, chance: Chance) -> bool:
    first = round(0.28 * len(data))
    data[:, 0] += data[:, 1] + SHARING * data[:, 3]
    data[first:, 0] += gain * data[first:, 3]
    changes = np.abs(shifted_changes(data, first=first)[:, 2])
    return bool(np.mean(changes >= changes[0] - 1e-12) <= ALPHA)


def _exact_permutation(years: np.ndarray, correlation: float, chance: Chance) -> bool:
    balance, change = years.T
    change = correlation * (balance - balance.mean()) / balance.std() + np.sqrt(1 - correlation**2) * change
    return exact_rank_test(x=pd.Series(balance, name="balance"), y=pd.Series(change, name="change")).pvalue <= ALPHA


def _event_shift(sample: tuple[np.ndarray, Any], rise: float, chance: Chance) -> bool:
    returns, ladder = sample
    for event in ladder[0]:
        returns[event + 1 : event + 14] += rise / 13
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


def _naive_events(sample: tuple[np.ndarray, np.ndarray], _: float, chance: Chance) -> float:
    """Test that popular lead claims imply: t over the overlapping returns after all high days, as if apart."""
    high, returns = sample
    after = window_sums(returns, _AFTER_DAYS)[high]
    found = after[np.isfinite(after)]
    if found.size < 2:
        return np.nan
    return float(abs(found.mean()) / (found.std(ddof=1) / np.sqrt(found.size)) > 1.96)


def _lead_test(sample: on.LeadSample, lead: on.Lead | None, chance: Chance) -> bool:
    y, _ = sample.planted(lead)
    found = lead_test(effect=y, cause=sample.cause, window=(1, on.SPREAD), reps=REPS, seed=chance.position)
    return found.pvalue_bootstrap <= ALPHA


def _wald_beside(sample: on.LeadSample, lead: on.Lead | None, chance: Chance) -> bool:
    y, _ = sample.planted(lead)
    found = granger_test(effect=y, cause=sample.cause.reindex(y.index), lags=LAGS, reps=REPS, seed=chance.position)
    return found.pvalue_bootstrap <= ALPHA


def _lead_map(sample: on.LeadSample, lead: on.Lead | None, chance: Chance) -> bool:
    y, _ = sample.planted(lead)
    causes = pd.DataFrame({"first": sample.cause, "second": sample.other})
    return lead_map(effect=y, causes=causes, reps=REPS, seed=chance.position).pvalue <= ALPHA


def _lead_interval(sample: on.LeadSample, lead: on.Lead | None, chance: Chance) -> bool:
    y, weight = sample.planted(lead)
    low, high = lead_test(effect=y, cause=sample.cause, window=(1, on.SPREAD), reps=0).interval
    return not low <= weight <= high


def _map_bounds(sample: on.LeadSample, lead: on.Lead | None, chance: Chance) -> bool:
    y, weight = sample.planted(lead)
    # The cause is uncorrelated over time: a window has the share of the planted weeks that lies in it.
    shared = [max(0, min(last, on.SPREAD) - first + 1) / on.SPREAD for first, last in all_windows(on.LONGEST)]
    found = lead_map(effect=y, causes=sample.cause.to_frame(), reps=REPS, seed=chance.position)
    off = (found.cells["estimate"] - weight * np.array(shared)).abs()
    return bool((off > found.critical * found.cells["standard_error"]).any())


def _always_valid(pair: np.ndarray, read: str, chance: Chance) -> bool:
    """Whether the interval of a slope, HC0 errors, ever leaves out zero in ten years of weeks."""
    registered = len(pair) - LOOKING
    weeks = np.arange(registered, len(pair) + 1)
    x, y = pair.T
    xx, xy, xxyy, xxxy, xxxx = (np.cumsum(v)[weeks - 1] for v in (x * x, x * y, (x * y) ** 2, x**3 * y, x**4))
    slope = xy / xx
    error = np.sqrt(xxyy - 2 * slope * xxxy + slope**2 * xxxx) / xx
    if read == "usual":
        return bool((np.abs(slope) > stats.norm.isf(ALPHA / 2) * error).any())
    found = confidence_sequence(estimate=slope, standard_error=error, n=weeks, n_registered=registered)
    return bool(((found.low > 0) | (found.high < 0)).any())


def _always_valid_map(sample: on.LeadSample, every: int, chance: Chance) -> bool:
    """Whether a bound on all windows of two leaders leaves out zero; the error rate of one is set at registration."""
    y, causes = sample.effect.iloc[on.LONGEST :], pd.DataFrame({"first": sample.cause, "second": sample.other})
    first = lead_map(effect=y.iloc[:-LOOKING], causes=causes.iloc[:-LOOKING], reps=REPS, seed=chance.position)
    design = lead_design(effect=y, causes=dict(causes.items()), longest=on.LONGEST)
    means = np.column_stack([design.mean(name, window) for name in causes for window in all_windows(on.LONGEST)])
    blocks = [design.weighted(block) for block in (design.y, design.own, means)]
    looks = np.arange(first.nobs, len(means) + 1, every)
    bounds = confidence_sequence(
        estimate=0.0, standard_error=1.0, n=looks, n_registered=first.nobs, alpha=first.pointwise_alpha
    ).factor
    return any(_largest_t(*(b[:rows] for b in blocks)) > bound for rows, bound in zip(looks, bounds, strict=True))


def _largest_t(y: np.ndarray, own: np.ndarray, z: np.ndarray) -> float:
    """Largest absolute HC3 t-statistic among columns that are added to a regression one at a time."""
    basis = np.linalg.qr(own)[0]
    y, z = (v - basis @ (basis.T @ v) for v in (y, z))
    z /= np.linalg.norm(z, axis=0)
    score = z.T @ y
    left = 1 - np.einsum("ij,ij->i", basis, basis)[:, None] - z**2
    return float(np.max(np.abs(score) / np.linalg.norm(z * (y[:, None] - z * score) / left, axis=0)))


def _exceedance(weekly: np.ndarray, share: float, chance: Chance) -> bool:
    return _missed_shares(chance.process, weekly.tobytes(), chance.own)[on.TRUE_SHARES.index(share)]


@lru_cache(maxsize=4_096)
def _missed_shares(process: str, raw: bytes, seed: int) -> tuple[bool, ...]:
    """Whether the interval of each of the true shares misses it: one set of rebuilt series serves all."""
    weekly, true = np.frombuffer(raw), np.array(on.TRUE_SHARES)
    gaps = sum_ahead(np.r_[0.0, weekly], on.HALF_YEAR)
    shown = (gaps >= on.true_margins(process, weekly.size)[:, None]).mean(axis=1)
    low, high = interval_of_shares(weekly, shown, horizon=on.HALF_YEAR, reps=_MARGIN_DRAWS, seed=seed)
    return tuple(bool(miss) for miss in (true < low) | (true > high))


def _forecast_rule(pair: np.ndarray, outcome: Outcome, chance: Chance) -> bool:
    """Whether the third of the earlier half-years in which the last one lies gives the verdict."""
    halves = sum_ahead(np.r_[0.0, on.BITCOIN_WEEK * pair[:, 1]], on.HALF_YEAR)
    place = np.mean(halves[: -on.HALF_YEAR] < halves[-1] + outcome.added)
    return bool(place >= _THIRDS[1] if outcome.verdict == "happened" else place <= _THIRDS[0])


def _expected_path(pair: np.ndarray, beyond: float, chance: Chance) -> bool:
    """Whether the last quarter lies in the lowest quarter of what an earlier response to a leader lets one expect."""
    weeks = pd.date_range("2010-01-01", periods=len(pair), freq="W-FRI")
    leader = pd.Series(_SILVER_WEEK * pair[:, 0], weeks, name="leader")
    follower = (RESPONSE * leader + on.BITCOIN_WEEK * pair[:, 1]).rename("follower")
    follower.iloc[-QUARTER:] += beyond / QUARTER
    date = weeks[-QUARTER - 1]
    found = counterfactual(response=follower, drivers=leader.to_frame(), date=date, reps=REPS, seed=chance.own)
    return found.place < _QUARTILE


def _elasticity(pair: np.ndarray, elasticity: float, chance: Chance) -> bool:
    """Whether the HAC interval of an elasticity that is spread over three years misses it."""
    years = pd.RangeIndex(1971, 1971 + len(pair))
    price = pd.Series(_PRICE_YEAR * pair[:, 0], years, name="price")
    output = _OUTPUT_YEAR * pd.Series(pair[:, 1], years) + elasticity * price.rolling(3).mean().shift(1)
    found = supply_response(growth=output.iloc[3:].rename("output"), price_changes=price, reps=0).table.loc["together"]
    return not found["low"] <= elasticity <= found["high"]


def _explosive(price: np.ndarray, rise: float, chance: Chance, *, day: bool) -> bool:
    """Test of all windows, or alarm in the last week; the rise of the last half year grows by a tenth a week."""
    price = np.array(price)
    price[-on.HALF_YEAR :] += rise * (1.1 ** np.arange(1, on.HALF_YEAR + 1) - 1) / (1.1**on.HALF_YEAR - 1)
    return _alarms(price.tobytes(), chance.position)[day]


@lru_cache(maxsize=4_096)
def _alarms(raw: bytes, seed: int) -> tuple[bool, bool]:
    price = np.frombuffer(raw)
    dates = pd.date_range("2000-01-07", periods=price.size, freq="W-FRI")
    found = explosive_test(pd.Series(price, dates, name="price"), reps=FEW, seed=seed)
    last = found.path.iloc[-1]
    return found.pvalue <= ALPHA, bool(last["statistic"] > last["critical"])
