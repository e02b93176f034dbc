"""States of the economy fixed in advance, as they could be known at the time, and their spells.

A state holds where its margin, in natural units, is positive; no margin looks past its own week. Missing, unordered or
unaligned values, levels that are not positive where a logarithm is taken, and too few rows raise `InputError`, with the
series, the date and the remedy.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index


def _need_rows(series: pd.Series, *, rows: int, role: str) -> None:
    if len(series) < rows:
        raise InputError(f"{role} {series.name!r} has {len(series)} rows and needs {rows}: start it earlier.")


def state_margins(weekly: pd.DataFrame) -> dict[str, pd.Series]:
    """Measure how far fear, debasement and liquidity hold, whatever the last weeks of the series are.

    Each over the weeks of its own series.

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


def fear_margin(*, vix: pd.Series, window: int = 260, quantile: float = 0.8) -> pd.Series:
    r"""Measure implied volatility above a high quantile of its own trailing window, in points.

    .. math:: v_t - Q_{0.8}(v_{t-259}, \ldots, v_t)

    Parameters
    ----------
    vix : pandas.Series, shape (n,)
        Weekly implied volatility, per cent a year.
    window : int
        Weeks of the trailing window, the current week included.
    quantile : float
        That fear must exceed, in (0, 1).
    """
    require_clean(vix, role="fear index")
    _need_rows(vix, rows=window, role="fear index")
    return (vix - vix.rolling(window).quantile(quantile)).iloc[window - 1 :].rename("fear")


def debasement_margin(*, breakeven: pd.Series, real_yield: pd.Series, window: int = 26) -> pd.Series:
    r"""Measure the rise of expected inflation or the fall of the real yield, whichever is the smaller.

    .. math:: \min(b_t - b_{t-26},\; y_{t-26} - y_t)

    In percentage points.

    Parameters
    ----------
    breakeven, real_yield : pandas.Series, shape (n,)
        Weekly 10-year breakeven inflation and real yield, per cent, on the same dates.
    window : int
        Weeks over which both are compared.
    """
    for series in (breakeven, real_yield):
        require_clean(series, role="yield")
        _need_rows(series, rows=window + 1, role="yield")
    require_same_index(breakeven, real_yield)
    moves = np.minimum(breakeven.diff(window), -real_yield.diff(window))
    return moves.iloc[window:].rename("debasement")


def liquidity_margin(*, assets: pd.Series, window: int = 26) -> pd.Series:
    r"""Measure the log growth of the central bank's assets (or of `net_liquidity`) over a window, per cent.

    .. math:: 100 \log(A_t / A_{t-26})

    Parameters
    ----------
    assets : pandas.Series, shape (n,)
        Weekly, any positive unit.
    window : int
        Weeks over which growth is measured.
    """
    values = require_clean(assets, role="assets")
    _need_rows(assets, rows=window + 1, role="assets")
    if values.min() <= 0:
        raise InputError(f"assets {assets.name!r} are not positive on {assets.idxmin()}: growth needs positive levels.")
    return pd.Series(100 * np.log(values[window:] / values[:-window]), index=assets.index[window:], name="liquidity")


def net_liquidity(*, assets: pd.Series, treasury_account: pd.Series, reverse_repo: pd.Series) -> pd.Series:
    """Give the part of the central bank's assets that is in private hands.

    .. math:: L_t = A_t - T_t - R_t

    `liquidity_margin` turns it into a state.

    Parameters
    ----------
    assets, treasury_account, reverse_repo : pandas.Series, shape (n,)
        Weekly total assets, Treasury's account at the central bank and overnight reverse repurchases, on the same weeks
        and **in one unit** (FRED gives the first two in millions and the last in billions of dollars).
    """
    whole = require_clean(assets, role="assets")
    require_same_index(assets, treasury_account, reverse_repo)
    for part in (treasury_account, reverse_repo):
        larger = require_clean(part, role="liability") >= whole
        if larger.any():
            where = f"{assets.index[larger.argmax()]}"
            raise InputError(f"{part.name!r} is not smaller than {assets.name!r} on {where}: bring both to one unit.")
    return (assets - treasury_account - reverse_repo).rename("net liquidity")


def money_margin(*, money: pd.Series, window: int = 26, year: int = 52) -> pd.Series:
    r"""Measure whether money grows faster than half a year before.

    .. math:: 100\,[\log(M_t / M_{t-52}) - \log(M_{t-26} / M_{t-78})]

    In log percentage points. (Growth itself is hardly ever not positive.)

    Parameters
    ----------
    money : pandas.Series, shape (n,)
        Weekly money stock as published, any positive unit.
    window, year : int
        Weeks between the two growth rates, and weeks of each.
    """
    growth = liquidity_margin(assets=money, window=year)
    _need_rows(growth, rows=window + 1, role="growth of")
    return growth.diff(window).iloc[window:].rename("money")


def state_phase(margin: pd.Series, *, weeks: int = 13) -> pd.Series:
    r"""Tell weeks in which a state holds from weeks in which it is forming.

    .. math::
        \text{holding: } m_t > 0, \qquad \text{forming: } m_t \le 0 \text{ and } m_t > m_{t-w}

    Parameters
    ----------
    margin : pandas.Series, shape (n,)
        Distance to the threshold, as from `fear_margin` and its like.
    weeks : int
        Weeks w over which it must have come nearer.
    """
    values = require_clean(margin, role="margin")
    _need_rows(margin, rows=require_count(weeks, name="weeks", least=1) + 1, role="margin")
    now, before = values[weeks:], values[:-weeks]
    phase = np.select([now > 0, now > before], ["holding", "forming"], "absent")
    return pd.Series(phase, index=margin.index[weeks:], name=margin.name)


def strength(*, price: pd.Series, window: int = 13, history: int = 104) -> pd.Series:
    r"""Give the log return over a window in standard deviations of its own past.

    .. math:: (g_t - \bar g_{\le t}) / s_{\le t}, \qquad g_t = \log(P_t / P_{t-13})

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly price.
    window, history : int
        Weeks of the return; returns needed before the first value.
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
    """Date the uninterrupted runs of weeks in which a state holds: ``start``, ``end`` (last week) and ``weeks``."""
    values = require_state(state)
    edges = np.diff(np.concatenate([[0], values.astype(int), [0]]))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return pd.DataFrame({"start": state.index[first], "end": state.index[last], "weeks": last - first + 1})


def align_states(
    *, effect: pd.Series, strength: pd.Series, margins: Mapping[str, pd.Series], start: str | None = None
) -> dict[str, Any]:
    """Cut returns, strength and states to the weeks that all share, as `state_interaction` takes them."""
    parts = [effect.rename("effect"), strength.rename("strength"), *(one.rename(name) for name, one in margins.items())]
    shared = pd.concat(parts, axis=1, join="inner").dropna().loc[start:]
    return {
        "effect": shared["effect"].rename(effect.name),
        "strength": shared["strength"].rename(strength.name),
        "states": shared[list(margins)] > 0,
    }
