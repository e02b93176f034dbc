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
    effect, strength : pandas.Series, shape (n,)
        Weekly log return y, per cent; the leader's strength s as known in each week.
    states : pandas.DataFrame of bool, shape (n, s)
        Whether each state D holds, as known in each week; each is tested by itself, and the overall p-value allows for
        the search over states and horizons.
    horizons : sequence of int
        Weeks ahead.
    reps, seed : int
        Draws, at least 99; seed of the signs.

    References
    ----------
    Goncalves and Kilian (2004), Journal of Econometrics 123, 89-120 (fixed-design wild bootstrap); Clark and McCracken
    (2012), Journal of Business & Economic Statistics 30, 53-66 (overlapping errors from one-period errors).
    """
    require_count(reps, name="reps", least=99)
    y, s = (require_clean(series, role=role) for role, series in (("effect", effect), ("strength", strength)))
    require_same_index(effect, strength, *(states[name] for name in states))
    spells = pd.Series({name: count_spells(require_state(states[name])) for name in states}, name="spells")
    known = {str(name): np.column_stack([np.ones(y.size), s, d, s * d]) for name, d in states.astype(float).items()}
    cells = pd.MultiIndex.from_product([known, horizons], names=["state", "horizon"])
    reason = _shortage(states, max(horizons))
    rows, pvalue = (np.nan, np.nan) if reason else _tested(y, known, horizons, reps, seed)
    listed = " or ".join(known)
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
                least = f"a comparison needs {_MIN_SPELLS} spells and {_MIN_WEEKS} weeks"
                return f"{runs} spells and {weeks} weeks {side} {name}: {least}"
    return None


def _fit(y: np.ndarray, x: np.ndarray, horizon: int) -> Fit:
    """Regress the return ahead on constant, strength and state, with their product as the tested part."""
    rows = x[: y.size - horizon]
    return partial_out(sum_ahead(y, horizon), rows[:, :3], rows[:, 3:])


def _tested(
    y: np.ndarray, known: dict[str, np.ndarray], horizons: Sequence[int], reps: int, seed: int | None
) -> tuple[list[dict[str, float]], float]:
    """Every cell's row of the table, and the p-value of all."""
    cells = list(product(known.values(), horizons))
    fits = [_fit(y, x, h) for x, h in cells]
    observed = np.array([float(wald_statistics(fit, fit.restricted_residuals[None, :])[0]) for fit in fits])
    statistics, coefficients = _draws(y, known, fits, horizons, reps, seed)
    found = min_p(observed, statistics)
    critical = np.sqrt(np.quantile(statistics, 0.95, axis=0))
    usual = critical * np.median(np.abs(coefficients) / np.sqrt(statistics), axis=0)
    detectable = usual + _POWER * coefficients.std(axis=0)
    rows = []
    for k, (x, h) in enumerate(cells):
        _, outside, _, more = np.linalg.lstsq(x[:-h], sum_ahead(y, h), rcond=None)[0]
        half = critical[k] * abs(more) / np.sqrt(observed[k])
        told = (outside, outside + more, more, more - half, more + half, detectable[k], observed[k], found.single[k])
        rows.append(dict(zip(_COLUMNS, (*told, y.size - h), strict=True)))
    return rows, found.joint


def _draws(
    y: np.ndarray,
    known: dict[str, np.ndarray],
    fits: Sequence[Fit],
    horizons: Sequence[int],
    reps: int,
    seed: int | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Statistics and coefficients (draws, cells) under the null, one set of weekly signs for all cells.

    A weekly surprise is what strength and state of the week before leave of a return; zero in the first week.
    """
    rng = np.random.default_rng(seed)
    surprises = [np.r_[0.0, _fit(y, x, 1).restricted_residuals] for x in known.values()]
    statistics, coefficients = [], []
    for done in range(0, reps, _CHUNK_ROWS):
        signs = random_signs(rng, min(_CHUNK_ROWS, reps - done), y.size)
        weekly = [np.where(signs, surprise, -surprise) for surprise in surprises]
        errors = [sum_ahead(draws, h) for draws, h in product(weekly, horizons)]
        pairs = list(zip(fits, errors, strict=True))
        statistics.append(np.column_stack([wald_statistics(f, e) for f, e in pairs]))
        coefficients.append(np.column_stack([e @ f.basis[:, -1] / f.triangle[0, 0] for f, e in pairs]))
    return np.vstack(statistics), np.vstack(coefficients)
