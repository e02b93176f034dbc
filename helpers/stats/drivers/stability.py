"""Whether an asset responds to its drivers in the same way at all times: by era, rolling, and tested."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.rolling import RollingOLS

from helpers.stats.checks import InputError, require_count
from helpers.stats.drivers.betas import MIN_DF, driver_betas, driver_design, wild_pvalue
from helpers.stats.eras import by_era
from helpers.stats.regression import Covariance, wald_test
from helpers.stats.results import Result


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StabilityResult(Result):
    """Wald test that the betas are the same in every era.

    Parameters
    ----------
    eras : tuple of str
        Eras compared.
    statistic : float
        Wald statistic in F form.
    df : tuple of int
        Restrictions and residual degrees of freedom.
    pvalue, pvalue_bootstrap : float
        From the F distribution, and by the wild bootstrap (NaN without).
    nobs : int
        Weeks.
    """

    eras: tuple[str, ...]
    statistic: float
    df: tuple[int, int]
    pvalue: float
    pvalue_bootstrap: float
    nobs: int

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            In the order in which they are shown.
        """
        return [
            *super().rows(),
            ("Eras", self.eras),
            ("F", self.statistic),
            ("Degrees of freedom", self.df),
            ("p-value", self.pvalue),
            ("p-value (wild bootstrap)", self.pvalue_bootstrap),
            ("Weeks", self.nobs),
        ]


def betas_by_era(*, response: pd.Series, drivers: pd.DataFrame, covariance: Covariance = "HC3") -> pd.DataFrame:
    """Estimate the betas in each era.

    Parameters
    ----------
    response, drivers, covariance
        As in `driver_betas`.

    Returns
    -------
    pandas.DataFrame
        Indexed by (driver, era): the columns of `DriverResult.table` and ``nobs``; NaN in an era that is too short.

    Raises
    ------
    InputError
        As `driver_betas`.
    """
    parts = {
        era: driver_betas(response=part, drivers=drivers.loc[part.index], covariance=covariance)
        for era, part in by_era(response).items()
    }
    tables = {era: result.table.assign(nobs=result.nobs) for era, result in parts.items()}
    return pd.concat(tables, names=["era", "driver"]).swaplevel()


def beta_stability(
    *,
    response: pd.Series,
    drivers: pd.DataFrame,
    covariance: Covariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> StabilityResult:
    """Test whether the betas are the same in every era.

    Parameters
    ----------
    response, drivers, covariance, bootstrap, seed
        As in `driver_betas`.

    Returns
    -------
    StabilityResult
        With NaN and the reason when fewer than two eras have enough weeks.

    Raises
    ------
    InputError
        As `driver_betas`.

    References
    ----------
    Chow, G. C. (1960). Tests of equality between sets of coefficients in two linear regressions. Econometrica 28,
    591-605.
    """
    y, x = driver_design(response=response, drivers=drivers)
    eras = {era: part.index for era, part in by_era(response).items() if len(part) - x.shape[1] >= MIN_DF}
    head: dict[str, Any] = {
        "null": f"the betas of {response.name} are the same in every era",
        "alternative": "at least one beta differs between eras",
        "eras": tuple(eras),
    }
    if len(eras) < 2:
        return StabilityResult(**head, reason="fewer than two eras have enough weeks", statistic=math.nan,
                               df=(0, 0), pvalue=math.nan, pvalue_bootstrap=math.nan, nobs=len(y))  # fmt: skip
    member = np.column_stack([response.index.isin(index) for index in eras.values()])
    rows = member.any(axis=1)
    dummies = member[rows].astype(float)
    restricted = np.column_stack([dummies, x[rows, 1:]])
    tested = np.hstack([dummies[:, [j]] * x[rows, 1:] for j in range(1, len(eras))])
    test = wald_test(y[rows], restricted, tested, covariance=covariance)
    return StabilityResult(
        **head,
        statistic=test.statistic,
        df=test.df,
        pvalue=test.pvalue,
        pvalue_bootstrap=wild_pvalue(
            test.statistic, y[rows], restricted, tested, covariance=covariance, reps=reps, seed=seed
        ),
        nobs=int(rows.sum()),
    )


def rolling_betas(*, response: pd.Series, drivers: pd.DataFrame, window: int, level: float = 0.90) -> pd.DataFrame:
    """Estimate the betas over every window of a given length.

    Parameters
    ----------
    response, drivers
        As in `driver_betas`.
    window : int
        Weeks.
    level : float
        Coverage of the pointwise intervals, from heteroskedasticity-robust standard errors.

    Returns
    -------
    pandas.DataFrame, shape (n - window + 1, 3 k)
        Indexed by the last week of the window; columns (driver, "beta" | "low" | "high").

    Raises
    ------
    InputError
        As `driver_betas`; a window that leaves fewer than 20 degrees of freedom or is longer than the sample.
    """
    y, x = driver_design(response=response, drivers=drivers)
    require_count(window, name="window", least=x.shape[1] + MIN_DF)
    if window > len(y):
        raise InputError(f"A window of {window} weeks is longer than the {len(y)} weeks of {response.name!r}.")
    fit = RollingOLS(y, x, window=window).fit(cov_type="HC0", use_t=False)
    reach = stats.norm.ppf((1 + level) / 2) * np.asarray(fit.bse)
    beta = np.asarray(fit.params)
    paths = {
        (driver, label): values[window - 1 :, j]
        for j, driver in enumerate(drivers, start=1)
        for label, values in (("beta", beta), ("low", beta - reach), ("high", beta + reach))
    }
    return pd.DataFrame(paths, index=response.index[window - 1 :])
