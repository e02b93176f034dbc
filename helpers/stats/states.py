"""States of the economy fixed in advance, as they could be known at the time, and their spells.

A state holds where its margin, in natural units, is positive; no margin looks past its own week. Levels that are not
positive where a logarithm is taken, and too few rows, are refused too.
"""

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index

HALF_YEAR, YEAR = 26, 52
FEAR_WINDOW, FEAR_QUANTILE = 260, 0.8
STRENGTH_WINDOW, STRENGTH_HISTORY = 13, 104


def state_margins(weekly: pd.DataFrame) -> dict[str, pd.Series]:
    """Measure how far fear, debasement and liquidity hold, each over the weeks of its own series.

    Parameters
    ----------
    weekly : pandas.DataFrame
        Levels by week: ``vix`` (per cent a year), ``breakeven10`` and ``real10`` (per cent), ``fed_assets`` (any unit);
        NaN where a series is not there.
    """
    yields = weekly[["breakeven10", "real10"]].dropna()
    return {
        "fear": fear_margin(vix=weekly["vix"].dropna()),
        "debasement": debasement_margin(breakeven=yields["breakeven10"], real_yield=yields["real10"]),
        "liquidity": liquidity_margin(assets=weekly["fed_assets"].dropna()),
    }


def fear_margin(*, vix: pd.Series) -> pd.Series:
    r"""Measure an index of fear (n,), such as implied volatility, above the highest fifth of its last five years.

    .. math:: v_t - Q_{0.8}(v_{t-259}, \ldots, v_t)
    """
    _clean(vix, rows=FEAR_WINDOW, role="fear index")
    return (vix - vix.rolling(FEAR_WINDOW).quantile(FEAR_QUANTILE)).iloc[FEAR_WINDOW - 1 :].rename("fear")


def debasement_margin(*, breakeven: pd.Series, real_yield: pd.Series) -> pd.Series:
    r"""Measure the rise of expected inflation or the fall of the real yield over half a year, the smaller of the two.

    .. math:: \min(b_t - b_{t-26},\; y_{t-26} - y_t)

    In percentage points, from weekly 10-year breakeven inflation and real yield (n,), per cent, on the same dates.
    """
    for series in (breakeven, real_yield):
        _clean(series, rows=HALF_YEAR + 1, role="yield")
    require_same_index(breakeven, real_yield)
    moves = np.minimum(breakeven.diff(HALF_YEAR), -real_yield.diff(HALF_YEAR))
    return moves.iloc[HALF_YEAR:].rename("debasement")


def liquidity_margin(*, assets: pd.Series, window: int = HALF_YEAR) -> pd.Series:
    r"""Measure the log growth of the central bank's assets (or of net liquidity) over a window of weeks, per cent.

    .. math:: 100\,\log(A_t / A_{t-26})

    Weekly assets (n,), of any positive unit.
    """
    values = _clean(assets, rows=window + 1, role="assets", positive=True)
    return pd.Series(100 * np.log(values[window:] / values[:-window]), index=assets.index[window:], name="liquidity")


def money_margin(*, money: pd.Series) -> pd.Series:
    r"""Measure whether money (n,), as published, grows faster than half a year before, in log percentage points.

    .. math:: 100\,[\log(M_t / M_{t-52}) - \log(M_{t-26} / M_{t-78})]

    (Growth itself is hardly ever not positive.)
    """
    growth = liquidity_margin(assets=money, window=YEAR)
    _clean(growth, rows=HALF_YEAR + 1, role="growth of")
    return growth.diff(HALF_YEAR).iloc[HALF_YEAR:].rename("money")


def state_phase(margin: pd.Series, *, weeks: int = 13) -> pd.Series:
    r"""Tell weeks in which a state holds from weeks in which it is forming: not there, but nearer than w weeks before.

    .. math::
        \text{holding: } m_t > 0, \qquad \text{forming: } m_t \le 0 \text{ and } m_t > m_{t-w}

    Parameters
    ----------
    margin : pandas.Series, shape (n,)
        Distance to the threshold, as from `fear_margin` and its like.
    weeks : int
        Weeks w.

    Returns
    -------
    pandas.Series of str, shape (n - w,)
        "holding", "forming" or "absent".
    """
    values = _clean(margin, rows=require_count(weeks, name="weeks", least=1) + 1, role="margin")
    now, before = values[weeks:], values[:-weeks]
    phase = np.select([now > 0, now > before], ["holding", "forming"], "absent")
    return pd.Series(phase, index=margin.index[weeks:], name=margin.name)


def strength(*, price: pd.Series) -> pd.Series:
    r"""Give the 13-week log return of a weekly price (n,) in standard deviations of its own past, of 104 weeks or more.

    .. math:: (g_t - \bar g_{\le t}) / s_{\le t}, \qquad g_t = \log(P_t / P_{t-13})
    """
    window, history = STRENGTH_WINDOW, STRENGTH_HISTORY
    values = _clean(price, rows=window + history, role="price", positive=True)
    change = pd.Series(np.log(values[window:] / values[:-window]), index=price.index[window:], name=price.name)
    past = change.expanding(history)
    return ((change - past.mean()) / past.std()).iloc[history - 1 :]


def _clean(series: pd.Series, *, rows: int, role: str, positive: bool = False) -> np.ndarray:
    values = require_clean(series, role=role)
    if len(series) < rows:
        raise InputError(f"{role} {series.name!r} has {len(series)} rows and needs {rows}: start it earlier.")
    if positive and values.min() <= 0:
        raise InputError(f"{role} {series.name!r} is not positive on {series.idxmin()}: a logarithm needs it to be.")
    return values


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
    """Date the uninterrupted runs of weeks in which a state holds: ``start``, ``end`` (last week) and ``weeks``."""
    values = require_state(state)
    edges = np.diff(np.concatenate([[0], values.astype(int), [0]]))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return pd.DataFrame({"start": state.index[first], "end": state.index[last], "weeks": last - first + 1})
