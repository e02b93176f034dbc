"""Whether large moves of a cause are followed by large moves of an effect: exploratory."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, named, require_clean, require_count, require_same_index
from helpers.stats.monte_carlo import simulated_pvalue
from helpers.stats.results import FieldResult

LAGS = 8


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class VarianceCausalityResult(FieldResult):
    """A test that the past of a cause says nothing of the variance of an effect.

    Parameters
    ----------
    effect, cause : names of the series
    nobs : rows
    correlations : shape (lags,)
        Of the effect's squared standardised residual with the cause's some rows earlier; index "lag".
    statistic : weighted sum of squared correlations, standardised (standard normal in large samples without causality)
    pvalue, pvalue_error : one-sided, over random orders of the cause's residuals, and its Monte Carlo standard error
    """

    effect: str
    cause: str
    nobs: int
    correlations: pd.Series
    statistic: float
    pvalue: float
    pvalue_error: float


def variance_causality(
    *, effect: pd.Series, cause: pd.Series, reps: int = 9_999, seed: int | None = None
) -> VarianceCausalityResult:
    r"""Test whether past squares of a cause go before large squares of an effect.

    Each series is standardised by its own AR(1)-GARCH(1,1). With :math:`\rho_j` the correlation of the effect's squared
    residual with the cause's ``j`` rows earlier, M = 8 lags and Bartlett weights :math:`k_j = 1 - j / (M + 1)`,

    .. math::

        Q = \frac{n \sum_{j=1}^{M} k_j^2 \rho_j^2 - C}{\sqrt{2 D}}, \quad
        C = \sum_j (1 - j / n) k_j^2, \quad D = \sum_j (1 - j / n)(1 - (j + 1) / n) k_j^4.

    Squares of returns have tails too fat for the normal limit: the p-value comes from random orders of the cause.
    Exploratory: no verdict rests on it. Causality in mean shows here too.

    Parameters
    ----------
    effect, cause : pandas.Series, shape (n,)
        Returns, per cent, on one index.
    reps, seed : int
        Random orders; their seed.

    Raises
    ------
    InputError
        Fewer than 109 rows.

    References
    ----------
    Hong (2001), Journal of Econometrics 103, 183-224, eq. 11 to 13; Cheung and Ng (1996), Journal of Econometrics 72,
    33-48 (correlations of squared standardised residuals).
    """
    require_count(reps, name="reps", least=199)
    values = [require_clean(one, role=role) for one, role in ((effect, "effect"), (cause, "cause"))]
    n, lags = len(require_same_index(effect, cause)) - 1, LAGS
    if n - lags < 100:
        raise InputError(f"{n} rows are too few for {lags} lags and two variances: at least {100 + lags}.")
    y, x = ((one - one.mean()) / one.std() for one in map(_standardised_squares, values))
    rho = _correlations(y, x, lags)
    rng = np.random.default_rng(seed)
    weights = (1 - np.arange(1, lags + 1) / (lags + 1)) ** 2
    drawn = np.array([_correlations(y, rng.permutation(x), lags) ** 2 @ weights for _ in range(reps)])
    joint = simulated_pvalue(float(rho**2 @ weights), drawn)
    share = 1 - np.arange(1, lags + 2) / n
    centre, spread = share[:-1] @ weights, np.sqrt(2 * (share[:-1] * share[1:]) @ weights**2)
    names = named(effect, "effect"), named(cause, "cause")
    return VarianceCausalityResult(
        null=f"past {names[1]} says nothing of the variance of {names[0]}",
        alternative=f"large moves of {names[1]} go before large, or small, moves of {names[0]}",
        effect=names[0],
        cause=names[1],
        nobs=n,
        correlations=pd.Series(rho, index=pd.RangeIndex(1, lags + 1, name="lag")),
        statistic=float((n * rho**2 @ weights - centre) / spread),
        pvalue=joint.value,
        pvalue_error=joint.error,
    )


def _standardised_squares(values: np.ndarray) -> np.ndarray:
    """Squared residuals of an AR(1)-GARCH(1,1) over its variance, without the first row."""
    from arch import arch_model

    scaled = values / values.std()
    fit = arch_model(scaled, mean="AR", lags=1, vol="GARCH", p=1, q=1, rescale=False).fit(
        disp="off", show_warning=False
    )
    return np.asarray(fit.std_resid)[1:] ** 2


def _correlations(y: np.ndarray, x: np.ndarray, lags: int) -> np.ndarray:
    return np.array([x[: y.size - lag] @ y[lag:] / y.size for lag in range(1, lags + 1)])
