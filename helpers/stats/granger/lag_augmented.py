"""Granger tests on levels that may hold unit roots: fit more lags than are tested."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import require_count
from helpers.stats.granger.primary import Design, granger_design
from helpers.stats.granger.result import CausalityResult
from helpers.stats.regression import Covariance, bootstrap_pvalue, wald_test, wild_bootstrap_wald


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LagAugmentedResult(CausalityResult):
    """A lag-augmented Granger test.

    Parameters
    ----------
    lags_tested, lags_fitted, nobs : int
        Lags of the cause that are zero under the null; lags of every series in the regression; its rows.
    statistic : float
        Wald statistic.
    df : int
        Its degrees of freedom, `lags_tested`.
    pvalue : float
        From the chi-square distribution.
    reps : int
        Draws of the wild bootstrap (0: none).
    pvalue_bootstrap : float
        From these draws; NaN without.
    coefficients : pandas.Series, shape (lags_tested,)
        Of the tested lags; index "lag".
    coefficient_sum, coefficient_sum_se : float
        Their sum and its standard error.
    """

    lags_tested: int
    lags_fitted: int
    nobs: int
    statistic: float
    df: int
    pvalue: float
    reps: int
    pvalue_bootstrap: float
    coefficients: pd.Series
    coefficient_sum: float
    coefficient_sum_se: float

    def rows(self) -> list[tuple[str, Any]]:
        """Give the lines of the summary.

        Returns
        -------
        list of (str, object)
            Hypotheses, sample, lags, test, direction.
        """
        draws = [(f"p-value, {self.reps:,} wild-bootstrap draws", self.pvalue_bootstrap)] if self.reps else []
        return [
            *super().rows(),
            ("Rows", self.nobs),
            ("Lags tested, fitted", (self.lags_tested, self.lags_fitted)),
            (f"Wald chi2({self.df}), {self.covariance}", self.statistic),
            ("p-value", self.pvalue),
            *draws,
            ("Sum of coefficients", self.coefficient_sum),
            ("Standard error of the sum", self.coefficient_sum_se),
        ]


def lag_augmented_test(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: int,
    extra: int = 1,
    controls: pd.DataFrame | None = None,
    covariance: Covariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> LagAugmentedResult:
    """Test Granger causality between levels without a prior decision on unit roots and cointegration.

    The regression holds ``lags + extra`` lags of every series; only the first ``lags`` of the cause are tested. With
    ``extra`` at least the highest order of integration the Wald statistic is asymptotically chi-square.

    Parameters
    ----------
    effect, cause : pandas.Series, shape (n,)
        Levels (log prices, rates) on one index.
    lags : int
        Lags tested.
    extra : int
        Lags added, the highest order of integration that is thought possible.
    controls, covariance, bootstrap, seed
        As in `helpers.stats.granger.granger_test`.

    Returns
    -------
    LagAugmentedResult
        With NaN and a reason where the sample is too short.

    Raises
    ------
    InputError
        As in `granger_test`.

    References
    ----------
    Toda and Yamamoto (1995), Journal of Econometrics 66, 225-250, theorem 2;
    Dolado and Luetkepohl (1996), Econometric Reviews 15, 369-386.
    """
    require_count(lags, name="lags", least=1)
    require_count(extra, name="extra", least=1)
    require_count(reps, name="reps", least=0)
    design = granger_design(effect=effect, cause=cause, lags=lags + extra, controls=controls)
    if design.shortage:
        nan = float("nan")
        return _result(design, lags, covariance, nan, np.full(lags, nan), nan, np.empty(0))
    augmented = np.column_stack([design.x_restricted, design.x_tested[:, lags:]])
    blocks = (design.y, augmented, design.x_tested[:, :lags])
    test = wald_test(*blocks, covariance=covariance)
    draws = np.empty(0)
    if reps:
        draws = lags * wild_bootstrap_wald(*blocks, covariance=covariance, reps=reps, seed=seed)
    error = float(np.sqrt(test.covariance.sum()))
    return _result(design, lags, covariance, lags * test.statistic, test.coefficients, error, draws)


def _result(
    design: Design,
    lags: int,
    covariance: str,
    statistic: float,
    coefficients: np.ndarray,
    error: float,
    draws: np.ndarray,
) -> LagAugmentedResult:
    """Put the test, or the reason why there is none, into a result."""
    return LagAugmentedResult(
        null=f"{design.null} (levels)",
        alternative=design.alternative,
        reason=design.shortage,
        effect=design.effect,
        cause=design.cause,
        controls=design.controls,
        lags_tested=lags,
        lags_fitted=design.x_tested.shape[1],
        nobs=design.y.size,
        covariance=covariance,
        statistic=statistic,
        df=lags,
        pvalue=float(stats.chi2.sf(statistic, lags)),
        reps=draws.size,
        pvalue_bootstrap=bootstrap_pvalue(statistic, draws) if draws.size else float("nan"),
        coefficients=pd.Series(coefficients, index=pd.RangeIndex(1, lags + 1, name="lag"), name=design.cause),
        coefficient_sum=float(coefficients.sum()),
        coefficient_sum_se=error,
    )
