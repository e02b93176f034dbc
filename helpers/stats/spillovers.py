"""Connectedness: whose surprises account for whose forecast errors, whatever the order of the series."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean_columns, require_count, require_probability
from helpers.stats.regression import random_signs
from helpers.stats.results import Result

_ROWS_PER_COEFFICIENT = 3


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ConnectednessResult(Result):
    """Shares of forecast-error variance, in per cent, and what each series gives and takes.

    Parameters
    ----------
    table : shape (k, k), row: whose forecast error; column: whose surprises; rows add to 100
    taken, given, net : shape (k,)
        Share of a series' forecast error that comes from others; its share in the errors of the others, summed; given
        less taken.
    net_interval : shape (k, 2), interval of `net`, columns "lower" and "upper"; NaN without draws
    total : mean of `taken`
    pairwise : shape (k, k), what the column gives to the row less what it takes from it
    lags, horizon, nobs, confidence : of the vector autoregression; periods ahead; rows; coverage of the interval
    reps, sample : draws behind it; first and last label
    """

    table: pd.DataFrame
    taken: pd.Series
    given: pd.Series
    net: pd.Series
    net_interval: pd.DataFrame
    total: float
    pairwise: pd.DataFrame
    lags: int
    horizon: int
    nobs: int
    confidence: float
    reps: int
    sample: tuple[Any, Any]

    def _rows(self) -> list[tuple[str, Any]]:
        nets = [
            (f"Net of {name}, %", (float(value), *map(float, self.net_interval.loc[name])))
            for name, value in self.net.items()
        ]
        return [
            *super()._rows(),
            ("Sample", self.sample),
            ("Rows, lags, horizon", (self.nobs, self.lags, self.horizon)),
            ("Total connectedness, %", self.total),
            *nets,
        ]


def generalised_variance_shares(coefficients: np.ndarray, covariance: np.ndarray, *, horizon: int) -> np.ndarray:
    r"""Decompose the variance of forecast errors of a vector autoregression, whatever the order of its series.

    With :math:`\Psi_h` the moving-average coefficients, :math:`\Sigma` the covariance of the errors and H the horizon,

    .. math::

        \theta_{ij} = \frac{\sigma_{jj}^{-1} \sum_{h=0}^{H-1} (e_i' \Psi_h \Sigma e_j)^2}
            {\sum_{h=0}^{H-1} e_i' \Psi_h \Sigma \Psi_h' e_i}, \qquad
        \tilde\theta_{ij} = \theta_{ij} \Big/ \sum_j \theta_{ij} .

    Parameters
    ----------
    coefficients : numpy.ndarray, shape (p, k, k)
        Coefficients of lags 1 to p; row: equation.
    covariance : numpy.ndarray, shape (k, k)
        Of the errors.
    horizon : int
        Periods ahead, at least 1.

    Returns
    -------
    numpy.ndarray, shape (k, k)
        :math:`\tilde\theta_{ij}` at ``[i, j]``: share of the variance of the error in forecasting ``i`` that goes with
        surprises in ``j``, scaled so that each row adds to one.

    References
    ----------
    Pesaran and Shin (1998), Economics Letters 58, 17-29, eq. 10;
    Diebold and Yilmaz (2012), International Journal of Forecasting 28, 57-66, eqs. 1 and 2.
    """
    lags, k, _ = coefficients.shape
    responses = [np.eye(k)]
    for step in range(1, horizon):
        responses.append(sum(coefficients[lag] @ responses[step - 1 - lag] for lag in range(min(lags, step))))
    moving = np.stack(responses)
    explained = np.sum((moving @ covariance) ** 2, axis=0) / np.diag(covariance)
    total = np.einsum("hij,jk,hik->i", moving, covariance, moving)
    shares = explained / total[:, None]
    return shares / shares.sum(axis=1, keepdims=True)


def connectedness(
    *,
    data: pd.DataFrame,
    lags: int,
    horizon: int = 10,
    reps: int = 0,
    seed: int | None = None,
    confidence: float = 0.90,
) -> ConnectednessResult:
    r"""Measure what each series of a system gives to and takes from the others.

    With :math:`\tilde\theta` of `generalised_variance_shares`, series i takes :math:`\sum_{j \ne i} \tilde\theta_{ij}`
    and gives :math:`\sum_{j \ne i} \tilde\theta_{ji}`; the interval of the difference is the basic one, :math:`2
    \hat\theta - q^*`, from systems rebuilt with random signs of the errors. NaN and a reason with fewer than three rows
    per coefficient.

    Parameters
    ----------
    data : pandas.DataFrame, shape (n, k)
        Stationary series, at least two.
    lags, horizon : int
        Of the vector autoregression; periods ahead.
    reps, seed : int
        Draws of a recursive wild bootstrap for the interval of the net measure (0: none); their seed.
    confidence : float
        Coverage of the interval.

    Raises
    ------
    InputError
        Fewer than two series.

    Notes
    -----
    Surprises of the same period count: two series that move together in the same week are connected without either
    leading. Only the net measure tells giver from taker.

    References
    ----------
    Diebold and Yilmaz (2012), International Journal of Forecasting 28, 57-66;
    Goncalves and Kilian (2004), Journal of Econometrics 123, 89-120 (recursive wild bootstrap).
    """
    values, names = _checked(data, lags, horizon, reps, confidence), [str(name) for name in data.columns]
    nobs, parameters = max(len(values) - lags, 0), 1 + len(names) * lags
    shares, bounds = np.full((len(names), len(names)), np.nan), np.full((len(names), 2), np.nan)
    reason = None
    if nobs < _ROWS_PER_COEFFICIENT * parameters:
        reason = f"{nobs} rows are too few for {parameters} coefficients an equation: use fewer lags"
    else:
        from statsmodels.tsa.vector_ar.var_model import VAR

        fit = VAR(values).fit(lags)
        shares = generalised_variance_shares(fit.coefs, fit.sigma_u, horizon=horizon)
        if reps:
            ends = [(1 + confidence) / 2, (1 - confidence) / 2]
            drawn = np.quantile(_net_draws(values, fit, horizon, reps, seed), ends, axis=0)
            bounds = (2 * _net(shares) - drawn).T
    table = pd.DataFrame(100 * shares, index=names, columns=names)
    own = pd.Series(np.diag(table), index=names)
    given = table.sum(min_count=1)
    return ConnectednessResult(
        null="no series gives more to the forecast errors of the others than it takes from them",
        alternative="some series is a net giver",
        table=table,
        taken=100 - own,
        given=given - own,
        net=given - 100,
        net_interval=pd.DataFrame(bounds, index=names, columns=["lower", "upper"]),
        total=float((100 - own).mean()),
        pairwise=table - table.T,
        lags=lags,
        horizon=horizon,
        nobs=nobs,
        confidence=confidence,
        reps=reps,
        sample=(data.index[lags], data.index[-1]) if nobs else (None, None),
        reason=reason,
    )


def _checked(data: pd.DataFrame, lags: int, horizon: int, reps: int, confidence: float) -> np.ndarray:
    values = require_clean_columns(data, role="series")
    require_count(lags, name="lags", least=1)
    require_count(horizon, name="horizon", least=1)
    require_count(reps, name="reps", least=0)
    require_probability(confidence, name="confidence")
    if values.shape[1] < 2:
        raise InputError("connectedness needs at least two series.")
    return values


def _net(shares: np.ndarray) -> np.ndarray:
    return 100 * (shares.sum(axis=-2) - 1)


def _net_draws(values: np.ndarray, fit: Any, horizon: int, reps: int, seed: int | None) -> np.ndarray:
    """Net measures of systems rebuilt from errors with random signs, shape (draws, k)."""
    lags, (n, k) = fit.k_ar, fit.resid.shape
    signs = np.where(random_signs(np.random.default_rng(seed), reps, n), 1.0, -1.0)
    rebuilt = np.empty((reps, n + lags, k))
    rebuilt[:, :lags] = values[:lags]
    for t in range(n):
        past = sum(rebuilt[:, t + lags - lag - 1] @ fit.coefs[lag].T for lag in range(lags))
        rebuilt[:, t + lags] = fit.intercept + past + signs[:, t, None] * fit.resid[t]
    return np.stack([_net(_shares_of(sample, lags, horizon)) for sample in rebuilt])


def _shares_of(values: np.ndarray, lags: int, horizon: int) -> np.ndarray:
    """Fit a vector autoregression by least squares and decompose it."""
    n, k = len(values) - lags, values.shape[1]
    past = np.column_stack([np.ones(n), *(values[lags - lag : len(values) - lag] for lag in range(1, lags + 1))])
    coefficients = np.linalg.lstsq(past, values[lags:])[0]
    errors = values[lags:] - past @ coefficients
    stacked = coefficients[1:].reshape(lags, k, k).transpose(0, 2, 1)
    return generalised_variance_shares(stacked, errors.T @ errors / (n - 1 - k * lags), horizon=horizon)
