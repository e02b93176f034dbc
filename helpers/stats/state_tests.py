"""Whether returns, or what a leader says of later returns, depend on a state."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index
from helpers.stats.event_null import shift_contrasts
from helpers.stats.inference import min_p
from helpers.stats.regression import Covariance, Fit, partial_out, random_signs, sum_ahead, wald_statistics
from helpers.stats.results import Result, draw_intervals
from helpers.stats.states import count_spells, require_state

_MIN_SPELLS = 3


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StateContrastResult(Result):
    """Mean returns in and out of a state, against the state moved to other times.

    Parameters
    ----------
    state : name of the state
    table : shape (series, 6)
        By series: mean return `inside` and `outside` the state and their `difference`, the central 95% of the
        difference over all circular shifts of the state (`null_lower`, `null_upper`), and the two-sided `pvalue`.
    nobs, weeks_inside, spells_inside : weeks of the sample, weeks in the state, separate spells of it
    """

    state: str
    table: pd.DataFrame
    nobs: int
    weeks_inside: int
    spells_inside: int

    def _rows(self) -> list[tuple[str, Any]]:
        each = [(f"{name} (difference, p)", (row.difference, row.pvalue)) for name, row in self.table.iterrows()]
        return [
            *super()._rows(),
            ("Weeks, weeks in the state", (self.nobs, self.weeks_inside)),
            ("Spells", self.spells_inside),
            *each,
        ]


def state_contrast(*, returns: pd.DataFrame, state: pd.Series) -> StateContrastResult:
    """Compare mean returns in the weeks of a state with those of other weeks.

    NaN and a reason where the state has fewer than three spells, in or out.

    Parameters
    ----------
    returns : pandas.DataFrame, shape (n, k)
        Weekly returns, per cent.
    state : pandas.Series of bool, shape (n,)
        Whether the state holds, on the same dates.

    Raises
    ------
    InputError
        A state that is not bool.

    Notes
    -----
    The null moves the state round the calendar by every number of weeks, which keeps its spells and their order.
    """
    held = require_state(state)
    runs = [count_spells(side) for side in (held, ~held)]
    columns = [require_clean(returns[name], role="return") for name in returns]
    require_same_index(state, *(returns[name] for name in returns))
    few = min(runs) < _MIN_SPELLS
    rows = [_unknown() if few else _contrast(values, held) for values in columns]
    return StateContrastResult(
        null=f"returns are unrelated to the timing of {state.name}",
        alternative=f"mean returns differ between weeks with and without {state.name}",
        reason=f"{runs[0]} spells of {state.name} and {runs[1]} of its absence, at least {_MIN_SPELLS} are needed"
        if few
        else None,
        state=str(state.name),
        table=pd.DataFrame(rows, index=returns.columns),
        nobs=len(state),
        weeks_inside=int(state.sum()),
        spells_inside=runs[0],
    )


def _contrast(values: np.ndarray, state: np.ndarray) -> dict[str, float]:
    """Contrast of one series and its distribution over all circular shifts of the state."""
    shifted = shift_contrasts(values, state)
    extreme = np.abs(shifted) >= abs(shifted[0]) * (1 - 1e-9)
    lower, upper = np.quantile(shifted, [0.025, 0.975])
    return {
        "inside": float(values[state].mean()),
        "outside": float(values[~state].mean()),
        "difference": float(shifted[0]),
        "null_lower": float(lower),
        "null_upper": float(upper),
        "pvalue": float(extreme.mean()),
    }


def _unknown() -> dict[str, float]:
    return dict.fromkeys(("inside", "outside", "difference", "null_lower", "null_upper", "pvalue"), float("nan"))


_MIN_WEEKS = 26
_CHUNK_ROWS = 500
_POWER = float(stats.norm.ppf(0.8))
_COLUMNS = (
    "outside",
    "inside",
    "difference",
    "standard_error",
    "lower",
    "upper",
    "detectable",
    "statistic",
    "pvalue",
    "pvalue_bootstrap",
    "nobs",
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StateInteractionResult(Result):
    """A test that a leader's strength means the same for later returns in and out of one or more states.

    Parameters
    ----------
    effect, strength : names of the predicted returns and of the leader's strength
    table : shape (states x horizons, 11)
        By state and horizon in weeks: change of the return for one unit of strength `outside` and `inside` the state
        and their `difference`, with its bootstrap `standard_error`, 95% interval (`lower`, `upper`) and the size
        `detectable` with 80% power; Wald `statistic`, its asymptotic `pvalue`, `pvalue_bootstrap`, rows (`nobs`).
    pvalue : of the most striking of all states and horizons, by the bootstrap
    placebo_rank : share of circular shifts of the states, all shifted together, that are less striking
    spells : shape (states, 4), by state: weeks and separate spells inside (`weeks_inside`, `spells_inside`) and outside
    first, last : sample
    covariance, reps : of the Wald statistic; draws
    """

    effect: str
    strength: str
    table: pd.DataFrame
    pvalue: float
    placebo_rank: float
    spells: pd.DataFrame
    first: pd.Timestamp
    last: pd.Timestamp
    covariance: Covariance
    reps: int

    def _rows(self) -> list[tuple[str, Any]]:
        counts = [
            (f"Spells of {state}, of its absence", (row.spells_inside, row.spells_outside))
            for state, row in zip(self.spells.index, self.spells.itertuples(), strict=True)
        ]
        differences = [
            (
                f"{state}, {weeks} weeks (difference, se, detectable)",
                (row.difference, row.standard_error, row.detectable),
            )
            for (state, weeks), row in zip(self.table.index, self.table.itertuples(), strict=True)
        ]
        return [
            *super()._rows(),
            ("Sample", (self.first, self.last)),
            *counts,
            ("p-value over all states and horizons", self.pvalue),
            ("Share of shifted states beaten", self.placebo_rank),
            *differences,
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw the differences between states with their intervals; returns the axes."""
        t, label = self.table, f"{self.effect}: response to {self.strength} in the state less out of it (%)"
        names = [f"{state}, {weeks} weeks" for state, weeks in t.index]
        return draw_intervals(ax, t["difference"], t["lower"], t["upper"], names=names, label=label)


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
    covariance: Covariance = "HC3",
    reps: int = 9_999,
    placebos: int = 200,
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
    covariance : {"HC3", "nonrobust", "HAC"}
        Of the Wald statistic; the bootstrap makes any of them honest about overlap.
    reps : int
        Draws, at least 99.
    placebos : int
        States shifted round the calendar together, at most; 0 for none.
    seed : int, optional
        Of the signs.

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
    require_count(placebos, name="placebos", least=0)
    values = [require_clean(series, role=role) for role, series in (("effect", effect), ("strength", strength))]
    index = require_same_index(effect, strength, *(states[name] for name in states))
    counts = pd.DataFrame({name: _counts(require_state(states[name])) for name in states}).T
    samples = {str(name): _Sample(values[0], values[1], states[name].to_numpy(dtype=float)) for name in states}
    reason = _shortage(states, max(horizons))
    tested = None if reason else _tested(samples, horizons, covariance, reps, seed)
    listed = " or ".join(samples)
    return StateInteractionResult(
        null=f"strength of {strength.name} means the same for later {effect.name}, with or without {listed}",
        alternative=f"{listed} changes what strength of {strength.name} means for later {effect.name}",
        reason=reason,
        effect=str(effect.name),
        strength=str(strength.name),
        table=tested[0] if tested else pd.DataFrame(np.nan, index=_cells(samples, horizons), columns=_COLUMNS),
        pvalue=tested[1] if tested else float("nan"),
        placebo_rank=_placebo_rank(samples, horizons, covariance, placebos) if tested and placebos else float("nan"),
        spells=counts,
        first=index[0],
        last=index[-1],
        covariance=covariance,
        reps=reps,
    )


def _cells(samples: dict[str, _Sample], horizons: Sequence[int]) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(list(product(samples, horizons)), names=["state", "horizon"])


def _counts(held: np.ndarray) -> dict[str, int]:
    return {
        "weeks_inside": int(held.sum()),
        "spells_inside": count_spells(held),
        "weeks_outside": int((~held).sum()),
        "spells_outside": count_spells(~held),
    }


def _shortage(states: pd.DataFrame, longest: int) -> str | None:
    if states.empty or len(states) <= longest + 1:
        raise InputError(f"{len(states)} rows hold no return over {longest} weeks: use a longer sample.")
    for name in states:
        counts = _counts(states[name].to_numpy()[:-longest])
        for side in ("inside", "outside"):
            weeks, runs = counts[f"weeks_{side}"], counts[f"spells_{side}"]
            if runs < _MIN_SPELLS or weeks < _MIN_WEEKS:
                return (
                    f"{runs} spells and {weeks} weeks {side} {name}: a comparison needs "
                    f"{_MIN_SPELLS} spells and {_MIN_WEEKS} weeks"
                )
    return None


def _tested(
    samples: dict[str, _Sample], horizons: Sequence[int], covariance: Covariance, reps: int, seed: int | None
) -> tuple[pd.DataFrame, float]:
    cells = list(product(samples.values(), horizons))
    fits = [sample.fit(h) for sample, h in cells]
    observed = np.array([_statistic(fit, covariance) for fit in fits])
    statistics, coefficients = _draws(samples, fits, horizons, covariance, reps, seed)
    found = min_p(observed, statistics)
    rows = [_estimates(fit, sample, h) for fit, (sample, h) in zip(fits, cells, strict=True)]
    table = pd.DataFrame(rows, index=_cells(samples, horizons))
    critical = np.sqrt(np.quantile(statistics, 0.95, axis=0))
    half = critical * table["difference"].abs() / np.sqrt(observed)
    usual = critical * np.median(np.abs(coefficients) / np.sqrt(statistics), axis=0)
    spread = coefficients.std(axis=0)
    table = table.assign(
        standard_error=spread,
        lower=table["difference"] - half,
        upper=table["difference"] + half,
        detectable=usual + _POWER * spread,
        statistic=observed,
        pvalue=[float(stats.f.sf(value, *fit.df)) for value, fit in zip(observed, fits, strict=True)],
        pvalue_bootstrap=found.single,
    )
    return table[list(_COLUMNS)], found.joint


def _statistic(fit: Fit, covariance: Covariance) -> float:
    return float(wald_statistics(fit, fit.restricted_residuals[None, :], covariance=covariance)[0])


def _estimates(fit: Fit, sample: _Sample, horizon: int) -> dict[str, float]:
    """Slope outside and inside the state and their difference."""
    difference = float(fit.scores[0] / fit.triangle[0, 0])
    net = sum_ahead(sample.returns, horizon) - difference * (sample.strength * sample.state)[:-horizon]
    known = np.column_stack([np.ones(net.size), sample.strength[:-horizon], sample.state[:-horizon]])
    outside = float(np.linalg.lstsq(known, net, rcond=None)[0][1])
    return {"outside": outside, "inside": outside + difference, "difference": difference, "nobs": net.size}


def _draws(
    samples: dict[str, _Sample],
    fits: Sequence[Fit],
    horizons: Sequence[int],
    covariance: Covariance,
    reps: int,
    seed: int | None,
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
        statistics.append(np.column_stack([wald_statistics(f, e, covariance=covariance) for f, e in pairs]))
        coefficients.append(np.column_stack([e @ f.basis[:, -1] / f.triangle[0, 0] for f, e in pairs]))
    return np.vstack(statistics), np.vstack(coefficients)


def _placebo_rank(samples: dict[str, _Sample], horizons: Sequence[int], covariance: Covariance, placebos: int) -> float:
    """Share of states, shifted round the calendar by more than the longest horizon, that look less striking."""
    weeks = next(iter(samples.values())).state.size
    shifts = np.unique(np.linspace(max(horizons) + 1, weeks - max(horizons) - 1, placebos).astype(int))
    pool = np.array([_shifted(samples, horizons, covariance, shift) for shift in (0, *shifts)])
    return 1 - min_p(pool[0], pool[1:]).joint


def _shifted(samples: dict[str, _Sample], horizons: Sequence[int], covariance: Covariance, shift: int) -> list[float]:
    """Statistics of all cells with the states moved on by some weeks."""
    moved = [_Sample(one.returns, one.strength, np.roll(one.state, shift)) for one in samples.values()]
    return [_statistic(sample.fit(h), covariance) for sample, h in product(moved, horizons)]
