"""Whether past strength of a cause moves not the mean but some quantile of an effect: exploratory."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, sparse, stats

from helpers.stats.checks import InputError, named, require_count
from helpers.stats.lead_design import Window, lead_design, require_window
from helpers.stats.monte_carlo import simulated_pvalue
from helpers.stats.results import FieldResult

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
_CHUNK_ROWS = 512


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class QuantileCausalityResult(FieldResult):
    """Tests that a cause moves no quantile of an effect.

    Parameters
    ----------
    effect, cause : names of the series
    window, nobs : first and last lag whose mean is the regressor; rows
    table : shape (quantiles, 3)
        By quantile: ``coefficient`` (per cent of the quantile for one per cent a row of cause), ``statistic`` (signed
        rank score, standard normal alone), ``pvalue`` (this quantile alone).
    statistic : largest absolute statistic
    pvalue, pvalue_error : of it, from draws that all quantiles share, and its Monte Carlo standard error
    """

    effect: str
    cause: str
    window: Window
    nobs: int
    table: pd.DataFrame
    statistic: float
    pvalue: float
    pvalue_error: float


def quantile_causality(
    *,
    effect: pd.Series,
    cause: pd.Series,
    window: Window,
    reps: int = 9_999,
    seed: int | None = None,
) -> QuantileCausalityResult:
    r"""Test whether the mean of a cause over a window of lags moves any quantile of an effect.

    Effect and regressors are divided by the expected deviation :math:`v_t` of `helpers.stats.lead_test`. With
    :math:`\tilde x` the cause's window net of constant and own lags, and :math:`\hat u` the residual of the quantile
    regression without the cause (rank scores: the indicator is interpolated where it is zero),

    .. math::

        T_\tau = \frac{\sum_t \tilde x_t \, (\tau - 1\{\hat u_t(\tau) < 0\})}
        {\sqrt{\tau (1 - \tau) \sum_t \tilde x_t^2}},

    and the p-value of :math:`\max_\tau |T_\tau|` comes from the same sums with independent uniform draws in place of
    the ranks of the effect. Exploratory: no verdict rests on it.

    Parameters
    ----------
    effect, cause, window : as in `helpers.stats.lead_test`
    reps, seed : int
        Draws; their seed.

    Raises
    ------
    InputError
        Fewer than 100 rows.

    References
    ----------
    Gutenbrunner, Jureckova, Koenker and Portnoy (1993), Journal of Nonparametric Statistics 2, 307-331 (rank scores);
    Koenker and Machado (1999), Journal of the American Statistical Association 94, 1296-1310, section 3 (search over
    quantiles); Chuang, Kuan and Lin (2009), Journal of Banking and Finance 33, 1351-1360 (causality in quantiles).
    """
    require_count(reps, name="reps", least=199)
    first, last = require_window(window)
    design = lead_design(effect=effect, causes={"cause": cause}, longest=last)
    if design.y.size < 100:
        raise InputError(f"{design.y.size} rows are too few for quantiles: at least 100.")
    y, x = design.weighted(design.y), design.weighted(design.mean("cause", (first, last)))
    own = np.column_stack([np.ones(y.size), design.weighted(design.own[:, 1:])])
    net = x - own @ np.linalg.lstsq(own, x, rcond=None)[0]
    net /= np.linalg.norm(net)
    levels = np.array(QUANTILES)
    spread = np.sqrt(levels * (1 - levels))
    ranks = np.column_stack([_quantile_fit(y, own, tau)[1] for tau in levels])
    observed = net @ ranks / spread
    coefficients = [_quantile_fit(y, np.column_stack([own, x]), tau)[0][-1] for tau in levels]
    rng, largest = np.random.default_rng(seed), np.zeros(reps)
    for done in range(0, reps, _CHUNK_ROWS):  # uniform ranks; the centred regressor needs no constant
        ranks = rng.random((min(_CHUNK_ROWS, reps - done), net.size))
        out = largest[done : done + len(ranks)]
        for tau, scale in zip(levels, spread, strict=True):
            np.maximum(out, np.abs((tau - (ranks < tau)) @ net) / scale, out=out)
    joint, name = simulated_pvalue(float(np.abs(observed).max()), largest), named(cause, "cause")
    return QuantileCausalityResult(
        null=f"{name} over the {design.unit}s {first} to {last} before moves no quantile of {design.effect}",
        alternative="it moves at least one",
        effect=design.effect,
        cause=name,
        window=(first, last),
        nobs=y.size,
        table=pd.DataFrame(
            {"coefficient": coefficients, "statistic": observed, "pvalue": 2 * stats.norm.sf(np.abs(observed))},
            index=pd.Index(levels, name="quantile"),
        ),
        statistic=float(np.abs(observed).max()),
        pvalue=joint.value,
        pvalue_error=joint.error,
    )


def _quantile_fit(y: np.ndarray, design: np.ndarray, tau: float) -> tuple[np.ndarray, np.ndarray]:
    """Solve a quantile regression as a linear programme, whose dual is the rank scores tau - 1{residual < 0}."""
    n, k = design.shape
    cost = np.concatenate([np.zeros(k), np.full(n, tau), np.full(n, 1 - tau)])
    unit = sparse.eye_array(n)
    found = optimize.linprog(
        cost,
        A_eq=sparse.hstack([sparse.csc_array(design), unit, -unit], format="csc"),
        b_eq=y,
        bounds=[(None, None)] * k + [(0, None)] * (2 * n),
        method="highs",
    )
    return found.x[:k], found.eqlin.marginals
