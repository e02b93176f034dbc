"""States of the economy fixed in advance, as they could be known at the time, and their spells.

A state holds where its margin, in natural units, is positive; no margin looks past its own week.
"""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index


def _need_rows(series: pd.Series, *, rows: int, role: str) -> None:
    """Refuse a series too short to hold one window."""
    if len(series) < rows:
        raise InputError(f"{role} {series.name!r} has {len(series)} rows and needs {rows}: start it earlier.")


def state_margins(weekly: pd.DataFrame) -> dict[str, pd.Series]:
    """Measure how far each of the three states holds, whatever the last weeks of the series are.

    Parameters
    ----------
    weekly : pandas.DataFrame
        Levels by week: ``vix`` (per cent a year), ``breakeven10`` and ``real10`` (per cent), ``fed_assets`` (any
        unit); NaN where a series is not there.

    Returns
    -------
    dict of str to pandas.Series
        ``fear``, ``debasement`` and ``liquidity``: the margins below, each over the weeks in which its own series are
        there. A state holds where its margin is positive.

    Raises
    ------
    InputError
        As the single margins.
    """
    yields = weekly[["breakeven10", "real10"]].dropna()
    return {
        "fear": fear_margin(vix=weekly["vix"].dropna()),
        "debasement": debasement_margin(breakeven=yields["breakeven10"], real_yield=yields["real10"]),
        "liquidity": liquidity_margin(assets=weekly["fed_assets"].dropna()),
    }


def fear_margin(*, vix: pd.Series, window: int = 260, quantile: float = 0.8) -> pd.Series:
    """Implied volatility above a high quantile of its own trailing window.

    Parameters
    ----------
    vix : pandas.Series, shape (n,)
        Weekly implied volatility, per cent a year.
    window : int
        Weeks of the trailing window, the current week included.
    quantile : float
        Quantile of the window that fear must exceed, in (0, 1).

    Returns
    -------
    pandas.Series, shape (n - window + 1,)
        VIX less its trailing quantile, in points; fear holds where it is positive.

    Raises
    ------
    InputError
        Missing or unordered values, or fewer rows than the window.
    """
    require_clean(vix, role="fear index")
    _need_rows(vix, rows=window, role="fear index")
    return (vix - vix.rolling(window).quantile(quantile)).iloc[window - 1 :].rename("fear")


def debasement_margin(*, breakeven: pd.Series, real_yield: pd.Series, window: int = 26) -> pd.Series:
    """Rise of expected inflation or fall of the real yield, whichever is the smaller.

    Parameters
    ----------
    breakeven, real_yield : pandas.Series, shape (n,)
        Weekly 10-year breakeven inflation and 10-year real yield, per cent, on the same dates.
    window : int
        Weeks over which both are compared.

    Returns
    -------
    pandas.Series, shape (n - window,)
        The smaller of the breakeven's change and the real yield's change with its sign turned, percentage points;
        debasement holds where it is positive, that is where the breakeven rose and the real yield fell.

    Raises
    ------
    InputError
        Missing, unordered or unaligned values, or fewer rows than the window needs.
    """
    for series in (breakeven, real_yield):
        require_clean(series, role="yield")
        _need_rows(series, rows=window + 1, role="yield")
    require_same_index(breakeven, real_yield)
    moves = np.minimum(breakeven.diff(window), -real_yield.diff(window))
    return moves.iloc[window:].rename("debasement")


def liquidity_margin(*, assets: pd.Series, window: int = 26) -> pd.Series:
    """Growth of the central bank's total assets.

    Parameters
    ----------
    assets : pandas.Series, shape (n,)
        Weekly total assets, any positive unit.
    window : int
        Weeks over which growth is measured.

    Returns
    -------
    pandas.Series, shape (n - window,)
        Log growth over the window, per cent; liquidity rises where it is positive.

    Raises
    ------
    InputError
        Missing, unordered or non-positive values, or fewer rows than the window needs.
    """
    values = require_clean(assets, role="assets")
    _need_rows(assets, rows=window + 1, role="assets")
    if values.min() <= 0:
        raise InputError(f"assets {assets.name!r} are not positive on {assets.idxmin()}: growth needs positive levels.")
    return pd.Series(100 * np.log(values[window:] / values[:-window]), index=assets.index[window:], name="liquidity")


def strength(*, price: pd.Series, window: int = 13, history: int = 104) -> pd.Series:
    """Log return over a window in standard deviations of its own past.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly price.
    window : int
        Weeks of the return.
    history : int
        Returns needed before the first value; mean and standard deviation use all returns up to the current week.

    Returns
    -------
    pandas.Series, shape (n - window - history + 1,)
        Standardised return, pure number.

    Raises
    ------
    InputError
        Missing, unordered or non-positive values, or too few rows.
    """
    values = require_clean(price, role="price")
    _need_rows(price, rows=window + history, role="price")
    if values.min() <= 0:
        raise InputError(
            f"price {price.name!r} is not positive on {price.idxmin()}: a log return needs positive prices."
        )
    change = pd.Series(np.log(values[window:] / values[:-window]), index=price.index[window:], name=price.name)
    past = change.expanding(history)
    return ((change - past.mean()) / past.std()).iloc[history - 1 :]


def require_state(state: pd.Series) -> np.ndarray:
    """Return the values of a yes-or-no series with ordered dates."""
    if state.dtype != bool:
        raise InputError(f"state {state.name!r} has dtype {state.dtype}, expected bool: compare its margin with zero.")
    if state.empty:
        raise InputError(f"state {state.name!r} has no rows: start it earlier.")
    if not state.index.is_monotonic_increasing or not state.index.is_unique:
        raise InputError(f"state {state.name!r} has unordered or repeated dates: sort_index() and drop the repeats.")
    return state.to_numpy()


def count_spells(held: np.ndarray) -> int:
    """Count the uninterrupted runs of True."""
    return int(np.count_nonzero(np.diff(held.astype(np.int8), prepend=0) == 1))


def spells(state: pd.Series) -> pd.DataFrame:
    """Date the uninterrupted runs of weeks in which a state holds.

    Parameters
    ----------
    state : pandas.Series of bool, shape (n,)
        Whether the state holds, week by week.

    Returns
    -------
    pandas.DataFrame, shape (spells, 3)
        First week (`start`), last week (`end`) and length (`weeks`) of each spell, in order. The last spell may still
        be running: its end is then the last date of the state.

    Raises
    ------
    InputError
        Not a yes-or-no series, empty, or unordered dates.
    """
    values = require_state(state)
    edges = np.diff(np.concatenate([[0], values.astype(int), [0]]))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return pd.DataFrame({"start": state.index[first], "end": state.index[last], "weeks": last - first + 1})


def state_table(margins: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Sum up states: how often and in how many spells each held, and how each stands in its last week.

    Parameters
    ----------
    margins : mapping of str to pandas.Series
        Margin of each state, which holds where its margin is positive.

    Returns
    -------
    pandas.DataFrame, shape (states, 10)
        By state: `first` and `last` date, `weeks` observed, `share` of weeks held, number of `spells`, median and
        longest weeks of a spell (`median_weeks`, `longest_weeks`), whether it `holds` on the last date, `since` when it
        has held or not held, and the last `margin`.

    Raises
    ------
    InputError
        A margin is empty or its dates are unordered.
    """
    rows = {}
    for name, margin in margins.items():
        state = margin > 0
        found = spells(state)
        turned = state.index[state.ne(state.shift())]
        rows[name] = {
            "first": state.index[0],
            "last": state.index[-1],
            "weeks": len(state),
            "share": state.mean(),
            "spells": len(found),
            "median_weeks": found["weeks"].median(),
            "longest_weeks": found["weeks"].max(),
            "holds": bool(state.iloc[-1]),
            "since": turned[-1],
            "margin": float(margin.iloc[-1]),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def align_states(
    *, effect: pd.Series, strength: pd.Series, margins: Mapping[str, pd.Series], start: str | None = None
) -> dict[str, Any]:
    """Cut returns, strength and states to the weeks that all of them share.

    Parameters
    ----------
    effect, strength : pandas.Series
        Returns and the leader's strength, each on its own dates.
    margins : mapping of str to pandas.Series
        Margin of each state, which holds where its margin is positive.
    start : str, optional
        First week to keep.

    Returns
    -------
    dict
        ``effect``, ``strength`` and ``states`` for `helpers.stats.regimes.state_interaction`.
    """
    parts = [effect.rename("effect"), strength.rename("strength"), *(one.rename(name) for name, one in margins.items())]
    shared = pd.concat(parts, axis=1, join="inner").dropna().loc[start:]
    return {
        "effect": shared["effect"].rename(effect.name),
        "strength": shared["strength"].rename(strength.name),
        "states": shared[list(margins)] > 0,
    }


def high_regime_probability(*, series: pd.Series, first: int = 260, refit: int = 52) -> pd.Series:
    """Judge in real time how probable the regime with the higher mean is (filtered probability).

    A two-state Markov switching model in mean and variance is estimated on the first weeks and again after every
    ``refit`` weeks, on all weeks so far; until the next estimation its parameters are held and only the filter runs
    on. Neither later values nor later parameters reach back.

    Parameters
    ----------
    series : pandas.Series, shape (n,)
        Weekly series.
    first : int
        Weeks of the first estimation sample, at least 104.
    refit : int
        Weeks between estimations.

    Returns
    -------
    pandas.Series, shape (n - first,)
        Probability, from the week after the first estimation sample on.

    Raises
    ------
    InputError
        Missing or unordered values, no week after the first estimation sample, or bad options.

    References
    ----------
    Hamilton (1989), Econometrica 57, 357-384 (filter, eq. 4 to 7).
    """
    values = require_clean(series, role="series")
    require_count(first, name="first", least=104)
    require_count(refit, name="refit", least=1)
    if values.size <= first:
        raise InputError(
            f"series {series.name!r} has {values.size} rows, none after the first {first}: start it earlier."
        )
    blocks = []
    for known in range(first, values.size, refit):
        parameters = _regime_parameters(values[:known])
        blocks.append(_filtered_probability(values[: known + refit], parameters)[known:])
    return pd.Series(np.concatenate(blocks), index=series.index[first:], name=series.name)


def _two_regimes(values: np.ndarray) -> Any:
    """Two regimes that differ in mean and variance."""
    from statsmodels.tsa.api import MarkovRegression

    return MarkovRegression(values, k_regimes=2, switching_variance=True)


def _regime_parameters(values: np.ndarray) -> np.ndarray:
    """Maximum-likelihood parameters, from regimes that last and lie a deviation either side of the mean."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    mean, spread = values.mean(), values.std()
    start = [0.95, 0.05, mean - spread, mean + spread, spread**2 / 2, spread**2 / 2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return _two_regimes(values).fit(start_params=np.array(start), em_iter=0, cov_type="none", disp=False).params


def _filtered_probability(values: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Filter the probability of the regime with the higher mean."""
    means = parameters[2:4]
    return _two_regimes(values).filter(parameters).filtered_marginal_probabilities[:, int(means[1] > means[0])]
