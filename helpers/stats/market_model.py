"""Normal returns from a market model, and what is abnormal against them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_same_index
from helpers.stats.results import Result

_LEAST = 10


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class MarketModelResult(Result):
    """A market model and the abnormal returns of a window.

    Parameters
    ----------
    alpha, beta : intercept and slope over the estimation window
    sigma, nobs : standard deviation of the residuals, divisor n - 2; rows of the estimation window
    abnormal : shape (m, 4)
        Over the event window: ``normal`` and ``abnormal`` return, ``t`` (abnormal return over its prediction error) and
        ``cumulative`` abnormal return.
    cumulative : abnormal return of the whole window
    t : it over its standard error, prediction errors with their common part from alpha and beta
    """

    alpha: float
    beta: float
    sigma: float
    nobs: int
    abnormal: pd.DataFrame = field(default_factory=pd.DataFrame)
    cumulative: float = np.nan
    t: float = np.nan

    def _rows(self) -> list[tuple[str, Any]]:
        return [
            *super()._rows(),
            ("alpha", self.alpha),
            ("beta", self.beta),
            ("sigma", self.sigma),
            ("Estimation rows", self.nobs),
            ("Cumulative abnormal return", self.cumulative),
            ("t", self.t),
        ]


def market_model(
    *,
    returns: pd.Series,
    market: pd.Series,
    estimation: tuple[str | pd.Timestamp, str | pd.Timestamp],
    window: tuple[str | pd.Timestamp, str | pd.Timestamp],
) -> MarketModelResult:
    r"""Estimate a market model over one window and measure the abnormal returns of another.

    .. math::
        r_t = \alpha + \beta m_t + e_t, \qquad
        \mathrm{Var}(\hat e) = \hat\sigma^2 \big(I + Z (X'X)^{-1} Z'\big)

    Parameters
    ----------
    returns, market : pandas.Series, shape (n,)
        On the same dates, nothing missing, in the same unit.
    estimation, window : tuple of dates
        First and last date of the estimation and of the event window, both included.

    Raises
    ------
    InputError
        Fewer than 10 rows to estimate on, windows that overlap, an empty event window.

    References
    ----------
    MacKinlay (1997), Journal of Economic Literature 35, 13-39, eq. 3 to 9.
    """
    values, index = require_clean(returns, role="returns"), require_same_index(returns, market)
    own = pd.Series(values, index=index)
    other = pd.Series(require_clean(market, role="market"), index=index)
    past, x = own.loc[slice(*estimation)], other.loc[slice(*estimation)]
    after, z = own.loc[slice(*window)], other.loc[slice(*window)]
    _check_split(past.index, after.index)
    beta = float(((x - x.mean()) * past).sum() / ((x - x.mean()) ** 2).sum())
    alpha = float(past.mean() - beta * x.mean())
    sigma = float(np.sqrt(((past - alpha - beta * x) ** 2).sum() / (len(past) - 2)))
    normal = alpha + beta * z
    design = np.column_stack([np.ones(len(z)), z])
    inverse = np.linalg.inv(np.column_stack([np.ones(len(x)), x]).T @ np.column_stack([np.ones(len(x)), x]))
    variance = sigma**2 * (np.eye(len(z)) + design @ inverse @ design.T)
    excess = after - normal
    table = pd.DataFrame({"normal": normal, "abnormal": excess, "t": excess / np.sqrt(np.diag(variance))})
    return MarketModelResult(
        null="Returns of the window follow the market model.",
        alternative="The mean return of the window differs from the market model.",
        alpha=alpha,
        beta=beta,
        sigma=sigma,
        nobs=len(past),
        abnormal=table.assign(cumulative=excess.cumsum()),
        cumulative=float(excess.sum()),
        t=float(excess.sum() / np.sqrt(variance.sum())),
    )


def net_of_market(*, returns: pd.Series, market: pd.Series, window: int = 104) -> pd.Series:
    r"""Take out of each return what the market of that week explains, with a beta known before it.

    .. math:: r_t - \hat\beta_{t-1} m_t

    Parameters
    ----------
    returns, market : pandas.Series, shape (n,)
        On the same dates, nothing missing, in the same unit.
    window : int
        Rows before each date over which its beta is estimated.
    """
    index = require_same_index(returns, market)
    own = pd.Series(require_clean(returns, role="returns"), index=index)
    other = pd.Series(require_clean(market, role="market"), index=index)
    if not _LEAST <= window < len(own):
        raise InputError(
            f"a beta from {window} rows needs more than that, and at least {_LEAST}: found {len(own)} rows."
        )
    beta = (own.rolling(window).cov(other) / other.rolling(window).var()).shift()
    return (own - beta * other).iloc[window:].rename(returns.name)


def _check_split(past: pd.DatetimeIndex, after: pd.DatetimeIndex) -> None:
    if len(past) < _LEAST:
        raise InputError(f"{len(past)} rows to estimate the market model on: {_LEAST} are the least.")
    if not len(after):
        raise InputError("the event window holds no row: choose dates inside the series.")
    if len(past.intersection(after)):
        raise InputError(f"estimation and event window overlap, first on {past.intersection(after)[0]:%Y-%m-%d}.")
