"""What comes after what: the order of states, and mean returns by state, against states moved round the calendar."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.stats.checks import require_clean, require_count, require_same_index
from helpers.stats.event_null import shift_sums
from helpers.stats.power import REACH
from helpers.stats.results import FieldResult
from helpers.stats.states import count_spells, require_state, spells

_FEWEST = 3
_TIE = 1e-9


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StateOrderResult(FieldResult):
    """Whether one state starts soon after another has ended.

    Parameters
    ----------
    K, share, expected
        Ends whose window is complete; of these, followed by a start in time; the same share, mean over all shifts.
    pvalue : share of shifts that give at least as large a share
    table : shape (ends, 4)
        One row an end of the first state: last week of it (``end``), next ``start`` of the other (NaT if none came),
        weeks between (``wait``), and whether the other state was ``holding`` already.
    returns
        Of the series given, if any: mean weekly return in spells that began in time (``after``) and in ``other`` spells
        of the state, their ``difference``, two-sided ``pvalue``, and numbers of spells ``K_after``, ``K_other``. NaN
        without two spells of each kind.
    """

    K: int
    share: float
    expected: float
    pvalue: float
    table: pd.DataFrame
    returns: pd.Series


def state_order(
    *, first: pd.Series, then: pd.Series, within: int = 26, returns: pd.Series | None = None
) -> StateOrderResult:
    r"""Test whether one state tends to start within some weeks of the end of another.

    .. math:: S = \frac1K \sum_{k=1}^K 1\{\exists\, s \in (e_k, e_k + w] : \text{the second state starts in week } s\}

    The null moves the second state against the first by every number of weeks, on a closed circle of weeks, which keeps
    the lengths of all spells and the distances between them. NaN and a reason when fewer than three ends have a
    complete window.

    Parameters
    ----------
    first, then : pandas.Series of bool, shape (n,)
        Whether each state holds, week by week, on the same dates.
    within : int
        Weeks w.
    returns : pandas.Series, shape (n,), optional
        Weekly returns, per cent: compared between spells of `then` that began in time and its other spells.

    References
    ----------
    Politis and Romano (1992), in: Exploring the Limits of Bootstrap, 263-270 (the closed circle of weeks).
    """
    require_count(within, name="within", least=1)
    held, later = require_state(first), require_state(then)
    index, n = require_same_index(first, then), held.size
    ends = np.flatnonzero(held[:-1] & ~held[1:])
    starts = np.flatnonzero(~later[:-1] & later[1:]) + 1
    complete = ends[ends + within < n]
    shares = shift_sums(_near(starts, n, range(-within, 0)), complete) / max(len(complete), 1)
    known, reason = [shares[0], shares.mean(), np.mean(shares >= shares[0] - _TIE)], None
    if len(complete) < _FEWEST:
        known = [math.nan] * 3
        reason = f"{len(complete)} ends of {first.name} have a complete window, at least {_FEWEST} are needed"
    following = np.append(starts, -1)[np.searchsorted(starts, ends, side="right")]
    there = following >= 0
    table = {
        "end": index[ends],
        "start": pd.Series(index[following]).where(there),
        "wait": np.where(there, following - ends, np.nan),
        "holding": later[ends],
    }
    return StateOrderResult(
        null=f"{then.name} starts as often in the {within} weeks after an end of {first.name} as in any others",
        alternative=f"{then.name} tends to follow {first.name}",
        reason=reason,
        K=len(complete),
        **dict(zip(("share", "expected", "pvalue"), map(float, known), strict=True)),
        table=pd.DataFrame(table),
        returns=pd.Series(dtype=float) if returns is None else _spell_returns(returns, then, ends, within),
    )


def _near(weeks: np.ndarray, n: int, offsets: range) -> np.ndarray:
    """Mark (as 1.0) what lies at these offsets from some weeks of a closed circle."""
    marked = np.zeros(n)
    marked[(weeks[:, None] + np.array(offsets)) % n] = 1.0
    return marked


def _spell_returns(returns: pd.Series, then: pd.Series, ends: np.ndarray, within: int) -> pd.Series:
    """Mean returns in spells that began in time and in others; the null moves the ends round the circle."""
    values, n = require_clean(returns, role="returns"), len(then)
    require_same_index(returns, then)
    runs = spells(then)
    runs = runs[runs["start"] > then.index[0]]
    begun = then.index.get_indexer(runs["start"])
    sums = np.add.reduceat(np.append(values, 0.0), np.column_stack([begun, begun + runs["weeks"]]).ravel())[::2]
    weeks = runs["weeks"].to_numpy(dtype=float)
    recent = _near(ends, n, range(1, within + 1))
    labels = np.array([recent[(begun + shift) % n] for shift in range(n)]) > 0
    counts = labels.sum(axis=1)
    usable = (counts >= 2) & (len(runs) - counts >= 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        after, other = labels @ sums / (labels @ weeks), ~labels @ sums / (~labels @ weeks)
    gap = np.where(usable, after - other, np.nan)
    known = np.abs(gap[usable])
    told = {"after": after[0], "other": other[0], "difference": gap[0]}
    told["pvalue"] = np.mean(known >= abs(gap[0]) - _TIE) if usable[0] else math.nan
    return pd.Series(told | {"K_after": counts[0], "K_other": len(runs) - counts[0]}, name=returns.name)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StateMeansResult(FieldResult):
    """Mean returns by state.

    Parameters
    ----------
    nobs : weeks, and shifts
    table : shape (states, 9)
        By state: ``weeks`` and ``spells`` in it; mean weekly return ``inside`` and ``outside`` (per cent), their
        ``difference`` with a 95 % interval ``low`` to ``high`` from the shifts, two-sided ``pvalue``, ``detectable``
        with 80 % power. NaN for a state with fewer than three spells, in or out.
    best : state with the highest mean
    best_pvalue
        Share of shifts, all states moved together, in which the best standardised difference is at least as high.
    """

    nobs: int
    table: pd.DataFrame
    best: str
    best_pvalue: float


def state_means(*, returns: pd.Series, states: pd.DataFrame) -> StateMeansResult:
    r"""Compare mean returns by state, and ask whether the best of several states is best by chance.

    .. math:: D_j = \bar r_{\{t : S_{jt} = 1\}} - \bar r_{\{t : S_{jt} = 0\}}

    The null moves all states together by every number of weeks on a closed circle, which keeps their spells and how
    they overlap; each difference is divided by its root mean square over the shifts before the maximum is taken. NaN
    and a reason where no state has three spells in and out.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly returns, per cent.
    states : pandas.DataFrame of bool, shape (n, s)
        Whether each state holds, on the same dates; states may overlap.
    """
    values = require_clean(returns, role="returns")
    require_same_index(returns, *(states[name] for name in states))
    held = {name: require_state(states[name]) for name in states}
    runs = {name: [count_spells(one), count_spells(~one)] for name, one in held.items()}
    moved = {name: _shift_contrasts(values, one) for name, one in held.items() if min(runs[name]) >= _FEWEST}
    rows = {name: _described(values, one, moved.get(name)) for name, one in held.items()}
    table = pd.DataFrame.from_dict(rows, orient="index")
    reason, best, pvalue = None, "", math.nan
    if moved:
        best = str(table["inside"].idxmax())
        scaled = {name: d / np.sqrt(np.mean(d**2)) for name, d in moved.items()}
        pvalue = float(np.mean(np.max(list(scaled.values()), axis=0) >= scaled[best][0] - _TIE))
    else:
        told = [f"{inside} spells of {name} and {outside} of its absence" for name, (inside, outside) in runs.items()]
        reason = f"{', '.join(told)}: at least {_FEWEST} of each are needed"
    return StateMeansResult(
        null=f"mean returns of {returns.name} have nothing to do with the timing of {', '.join(map(str, states))}",
        alternative="in some state the mean return differs",
        reason=reason,
        nobs=values.size,
        table=table,
        best=best,
        best_pvalue=pvalue,
    )


def _shift_contrasts(values: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Mean of the held weeks less that of all others at every circular shift, the unmoved one first."""
    sums, inside = shift_sums(values, np.flatnonzero(held)), int(held.sum())
    return sums / inside - (values.sum() - sums) / (values.size - inside)


def _described(values: np.ndarray, held: np.ndarray, moved: np.ndarray | None) -> dict[str, float]:
    told = {"weeks": int(held.sum()), "spells": count_spells(held)}
    if moved is None:
        return told | dict.fromkeys(
            ("inside", "outside", "difference", "low", "high", "pvalue", "detectable"), math.nan
        )
    low, high = np.quantile(moved, [0.025, 0.975])
    return told | {
        "inside": float(values[held].mean()),
        "outside": float(values[~held].mean()),
        "difference": float(moved[0]),
        "low": float(moved[0] - high),
        "high": float(moved[0] - low),
        "pvalue": float(np.mean(np.abs(moved) >= abs(moved[0]) - _TIE)),
        "detectable": REACH * float(np.sqrt(np.mean(moved**2))),
    }
