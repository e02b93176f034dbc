"""What moves an asset in the same week: betas on its drivers, over all weeks and by era."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_same_index
from helpers.stats.eras import by_era
from helpers.stats.regression import Covariance, coefficient_test, collinear_column, wald_test
from helpers.stats.results import Result

MIN_DF = 20
COLUMNS = ["beta", "se", "low", "high", "per_sd", "detectable", "pvalue", "pvalue_bootstrap"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DriverResult(Result):
    """Response of an asset to changes of its drivers in the same week, each given the others.

    Parameters
    ----------
    response, nobs, sample, covariance : name of the asset; weeks; first and last week; "nonrobust", "HC3" or "HAC"
    reps : draws of the wild bootstrap (0: none)
    r2 : share of the response's variance that the drivers explain together
    table : shape (k, 8)
        Indexed by driver: ``beta`` in units of the response per unit of the driver, ``se``, ``low`` and ``high`` (95 %
        interval), ``per_sd`` (beta times the driver's standard deviation), ``detectable`` (smallest absolute beta that
        is found with 80 % power), ``pvalue`` and ``pvalue_bootstrap`` (NaN without).
    """

    response: str
    nobs: int
    sample: tuple[Any, Any]
    covariance: str
    reps: int
    r2: float
    table: pd.DataFrame

    def _rows(self) -> list[tuple[str, Any]]:
        lines = [
            (str(driver), f"{row['beta']:.3g} ({row['low']:.3g} to {row['high']:.3g}), p = {_best_p(row):.3f}")
            for driver, row in zip(self.table.index, self.table.to_dict("records"), strict=True)
        ]
        return [
            *super()._rows(),
            ("Weeks", self.nobs),
            ("Sample", self.sample),
            ("Covariance", self.covariance),
            ("Wild-bootstrap draws", self.reps or None),
            ("R2", self.r2),
            *lines,
        ]


def driver_betas(
    *,
    response: pd.Series,
    drivers: pd.DataFrame,
    covariance: Covariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> DriverResult:
    r"""Regress weekly returns on the changes of their drivers in the same week; each beta is tested given the others.

    .. math:: y_t = \alpha + \sum_j \beta_j x_{jt} + e_t

    They say what moves together, not what causes what. NaN and a reason when fewer than 20 degrees of freedom are left.

    Parameters
    ----------
    response : pandas.Series, shape (n,)
        Weekly returns.
    drivers : pandas.DataFrame, shape (n, k)
        Weekly changes on the same index.
    covariance : {"HC3", "HAC", "nonrobust"}
        Robust to heteroskedasticity, also to autocorrelation, or neither.
    reps, seed : int
        Draws of the fixed-design wild bootstrap of each test, null imposed (0: none); their seed.

    References
    ----------
    MacKinnon and White (1985), Journal of Econometrics 29, 305-325 (HC3). Davidson and Flachaire (2008), Journal of
    Econometrics 146, 162-169 (wild bootstrap).
    """
    names = list(drivers.columns)
    head: dict[str, Any] = {
        "null": f"{response.name} does not respond to a driver, given the others",
        "alternative": f"{response.name} moves with the driver in the same week",
        "response": str(response.name),
        "nobs": len(response),
        "covariance": covariance,
    }
    least = len(names) + 1 + MIN_DF
    if len(response) < least:
        reason = f"{len(response)} weeks are too few for {len(names)} drivers (at least {least})"
        empty = pd.DataFrame(math.nan, index=names, columns=COLUMNS)
        return DriverResult(**head, reason=reason, sample=(None, None), reps=0, r2=math.nan, table=empty)
    y, x = driver_design(response=response, drivers=drivers)
    options: dict[str, Any] = {"covariance": covariance, "reps": reps, "seed": seed}
    rows = [coefficient_test(y, x, j + 1, **options) for j in range(len(names))]
    table = pd.DataFrame(rows, index=pd.Index(names, name="driver")).rename(columns={"estimate": "beta"})
    table = table.assign(per_sd=table["beta"] * drivers.std())[COLUMNS]
    everything = wald_test(y, x[:, :1], x[:, 1:], covariance=covariance)
    return DriverResult(
        **head,
        sample=(response.index[0], response.index[-1]),
        reps=reps,
        r2=1 - everything.ssr / everything.ssr_restricted,
        table=table,
    )


def driver_design(*, response: pd.Series, drivers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Turn a response and its drivers into arrays for least squares."""
    columns = [drivers[name] for name in drivers]
    require_same_index(response, *columns)
    y = require_clean(response, role="response")
    x = np.column_stack([np.ones(len(y)), *(require_clean(column, role="driver") for column in columns)])
    fault = collinear_column(x) if len(y) > x.shape[1] else None
    if fault is not None:
        raise InputError(f"driver {drivers.columns[fault - 1]!r} is a sum of multiples of the drivers before it.")
    return y, x


def _best_p(row: dict[str, float]) -> float:
    return row["pvalue"] if math.isnan(row["pvalue_bootstrap"]) else row["pvalue_bootstrap"]


def betas_by_era(*, response: pd.Series, drivers: pd.DataFrame, covariance: Covariance = "HC3") -> pd.DataFrame:
    """Estimate the betas in each era: by (driver, era), the columns of `DriverResult.table` and ``nobs``."""
    parts = {
        era: driver_betas(response=part, drivers=drivers.loc[part.index], covariance=covariance)
        for era, part in by_era(response).items()
    }
    tables = {era: result.table.assign(nobs=result.nobs) for era, result in parts.items()}
    return pd.concat(tables, names=["era", "driver"]).swaplevel()
