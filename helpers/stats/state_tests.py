"""Whether what a leader says of later returns depends on a state."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index
from helpers.stats.inference import min_p
from helpers.stats.regression import Fit, partial_out, random_signs, sum_ahead, wald_statistics
from helpers.stats.results import FieldResult
from helpers.stats.states import count_spells, require_state

_MIN_SPELLS, _MIN_WEEKS = 3, 26
_CHUNK_ROWS = 500
_POWER = float(stats.norm.ppf(0.8))
_COLUMNS = ["outside", "inside", "estimate", "low", "high", "detectable", "statistic", "pvalue_bootstrap", "nobs"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StateInteractionResult(FieldResult):
    """A test that a leader's strength means the same for later returns in and out of one or more states.

    Parameters
    ----------
    pvalue : of the most striking of all states and horizons, by the bootstrap
    table : shape (states x horizons, 9)
        By state and horizon in weeks: change of the return for one unit of strength `outside` and `inside` the state
        and the difference of the two as `estimate`, with its bootstrap 95% interval (`low`, `high`) and the size
        `detectable` with 80% power; Wald `statistic` (HC3), its `pvalue_bootstrap`, rows (`nobs`).
    spells : by state, separate spells of it
    """

    pvalue: float
    table: pd.DataFrame
    spells: pd.Series


@dataclass(frozen=True, eq=False)
class _Sample:
    """Aligned arrays: weekly returns, strength, one state as 0 and 1."""

    returns: np.ndarray
    strength: np.ndarray
    state: np.ndarray

    def fit(self, horizon: int) -> Fit:
        """Regress the return ahead on constant, strength and state, with their product as the tested part."""
        rows = slice(0, self.returns.size - horizon)
        known = np.column_stack([np.ones(self.returns.size), self.strength, self.state])[rows]
        return partial_out(sum_ahead(self.returns, horizon), known, (self.strength * self.state)[rows, None])

    def surprises(self) -> np.ndarray:
        """Weekly returns less what strength and state of the week before say about them; zero in the first week."""
        return np.concatenate([[0.0], self.fit(1).restricted_residuals])


def state_interaction(
    *,
    effect: pd.Series,
    strength: pd.Series,
    states: pd.DataFrame,
    horizons: Sequence[int] = (4, 13, 26),
    reps: int = 9_999,
    seed: int | None = None,
) -> StateInteractionResult:
    r"""Test whether states change what a leader's strength says about later returns.

    .. math:: \sum_{j=1}^h y_{t+j} = a + b\,s_t + c\,D_t + \delta\,s_t D_t + u_t, \qquad H_0: \delta = 0

    Returns over several weeks overlap and both regressors persist: random signs on overlapping residuals would break
    the overlap and reject a true null in half of all samples. Here the signs fall on weekly surprises, which are then
    summed over the horizon, so that every draw overlaps as the data do. NaN and a reason where a state has too few
    spells or weeks.

    Parameters
    ----------
    effect : pandas.Series, shape (n,)
        Weekly log return y, per cent.
    strength : pandas.Series, shape (n,)
        The leader's strength s as known in each week, on the same dates.
    states : pandas.DataFrame of bool, shape (n, s)
        Whether each state D holds, as known in each week; each is tested by itself, and the overall p-value allows for
        the search over states and horizons.
    horizons : sequence of int
        Weeks ahead.
    reps, seed : int
        Draws, at least 99; seed of the signs.

    Raises
    ------
    InputError
        A state that is not bool.

    References
    ----------
    Goncalves and Kilian (2004), Journal of Econometrics 123, 89-120 (fixed-design wild bootstrap); Clark and McCracken
    (2012), Journal of Business & Economic Statistics 30, 53-66 (overlapping errors from one-period errors).
    """
    require_count(reps, name="reps", least=99)
    values = [require_clean(series, role=role) for role, series in (("effect", effect), ("strength", strength))]
    require_same_index(effect, strength, *(states[name] for name in states))
    spells = pd.Series({name: count_spells(require_state(states[name])) for name in states}, name="spells")
    samples = {str(name): _Sample(values[0], values[1], states[name].to_numpy(dtype=float)) for name in states}
    cells = pd.MultiIndex.from_tuples(list(product(samples, horizons)), names=["state", "horizon"])
    reason = _shortage(states, max(horizons))
    rows, pvalue = (np.nan, np.nan) if reason else _tested(samples, horizons, reps, seed)
    listed = " or ".join(samples)
    return StateInteractionResult(
        null=f"strength of {strength.name} means the same for later {effect.name}, with or without {listed}",
        alternative=f"{listed} changes what strength of {strength.name} means for later {effect.name}",
        reason=reason,
        pvalue=pvalue,
        table=pd.DataFrame(rows, index=cells, columns=_COLUMNS),
        spells=spells,
    )


def _shortage(states: pd.DataFrame, longest: int) -> str | None:
    if states.empty or len(states) <= longest + 1:
        raise InputError(f"{len(states)} rows hold no return over {longest} weeks: use a longer sample.")
    for name in states:
        held = states[name].to_numpy()[:-longest]
        for side, on in (("inside", held), ("outside", ~held)):
            weeks, runs = int(on.sum()), count_spells(on)
            if runs < _MIN_SPELLS or weeks < _MIN_WEEKS:
                return (
                    f"{runs} spells and {weeks} weeks {side} {name}: a comparison needs "
                    f"{_MIN_SPELLS} spells and {_MIN_WEEKS} weeks"
                )
    return None


def _tested(
    samples: dict[str, _Sample], horizons: Sequence[int], reps: int, seed: int | None
) -> tuple[list[dict[str, float]], float]:
    """Every cell's row of the table, and the p-value of all."""
    cells = list(product(samples.values(), horizons))
    fits = [sample.fit(h) for sample, h in cells]
    observed = np.array([float(wald_statistics(fit, fit.restricted_residuals[None, :])[0]) for fit in fits])
    statistics, coefficients = _draws(samples, fits, horizons, reps, seed)
    found = min_p(observed, statistics)
    critical = np.sqrt(np.quantile(statistics, 0.95, axis=0))
    usual = critical * np.median(np.abs(coefficients) / np.sqrt(statistics), axis=0)
    detectable = usual + _POWER * coefficients.std(axis=0)
    rows = []
    for k, (fit, (sample, h)) in enumerate(zip(fits, cells, strict=True)):
        row = _estimates(fit, sample, h)
        half = critical[k] * abs(row["estimate"]) / np.sqrt(observed[k])
        row |= {"low": row["estimate"] - half, "high": row["estimate"] + half, "detectable": detectable[k]}
        rows.append(row | {"statistic": observed[k], "pvalue_bootstrap": found.single[k]})
    return rows, found.joint


def _estimates(fit: Fit, sample: _Sample, horizon: int) -> dict[str, float]:
    """Slope outside and inside the state and their difference."""
    difference = float(fit.scores[0] / fit.triangle[0, 0])
    net = sum_ahead(sample.returns, horizon) - difference * (sample.strength * sample.state)[:-horizon]
    known = np.column_stack([np.ones(net.size), sample.strength[:-horizon], sample.state[:-horizon]])
    outside = float(np.linalg.lstsq(known, net, rcond=None)[0][1])
    return {"outside": outside, "inside": outside + difference, "estimate": difference, "nobs": net.size}


def _draws(
    samples: dict[str, _Sample], fits: Sequence[Fit], horizons: Sequence[int], reps: int, seed: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Statistics and coefficients (draws, cells) under the null, one set of weekly signs for all cells."""
    rng = np.random.default_rng(seed)
    surprises = [sample.surprises() for sample in samples.values()]
    statistics, coefficients = [], []
    for done in range(0, reps, _CHUNK_ROWS):
        signs = random_signs(rng, min(_CHUNK_ROWS, reps - done), surprises[0].size)
        weekly = [np.where(signs, surprise, -surprise) for surprise in surprises]
        errors = [sum_ahead(draws, h) for draws, h in product(weekly, horizons)]
        pairs = list(zip(fits, errors, strict=True))
        statistics.append(np.column_stack([wald_statistics(f, e) for f, e in pairs]))
        coefficients.append(np.column_stack([e @ f.basis[:, -1] / f.triangle[0, 0] for f, e in pairs]))
    return np.vstack(statistics), np.vstack(coefficients)
