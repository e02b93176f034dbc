"""What moves an asset in the same week: betas on its drivers, over all weeks and by era."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_clean_columns, require_same_index
from helpers.stats.inference import by_era
from helpers.stats.regression import coefficient_tests, collinear_column
from helpers.stats.results import FieldResult

MIN_DF = 20
COLUMNS = ["estimate", "se", "low", "high", "pvalue", "pvalue_bootstrap", "detectable"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DriverResult(FieldResult):
    """Response of an asset to changes of its drivers in the same week, each given the others.

    Parameters
    ----------
    nobs, r2 : weeks; share of the response's variance that the drivers explain together
    table : shape (k, 7)
        Indexed by driver: ``estimate`` in units of the response per unit of the driver, ``se``, ``low`` and ``high``
        (95 % interval), ``pvalue``, ``pvalue_bootstrap`` (NaN without draws), ``detectable`` (smallest absolute beta
        that is found with 80 % power).
    """

    nobs: int
    r2: float
    table: pd.DataFrame


def driver_betas(*, response: pd.Series, drivers: pd.DataFrame, reps: int = 0, seed: int | None = None) -> DriverResult:
    r"""Regress weekly returns on the changes of their drivers in the same week; each beta is tested given the others.

    .. math:: y_t = \alpha + \sum_j \beta_j x_{jt} + e_t

    with HC3 errors. They say what moves together, not what causes what. NaN and a reason when fewer than 20 degrees of
    freedom are left.

    Parameters
    ----------
    response : pandas.Series, shape (n,)
        Weekly returns.
    drivers : pandas.DataFrame, shape (n, k)
        Weekly changes on the same index.
    reps, seed : int
        Draws of the fixed-design wild bootstrap of each test, null imposed (0: none); their seed.

    References
    ----------
    MacKinnon and White (1985), Journal of Econometrics 29, 305-325 (HC3). Davidson and Flachaire (2008), Journal of
    Econometrics 146, 162-169 (wild bootstrap).
    """
    least = drivers.shape[1] + 1 + MIN_DF
    reason, rows, r2 = None, None, math.nan
    if len(response) < least:
        reason = f"{len(response)} weeks are too few for {drivers.shape[1]} drivers (at least {least})"
    else:
        rows, r2 = coefficient_tests(*driver_design(response=response, drivers=drivers), reps=reps, seed=seed)
    return DriverResult(
        null=f"{response.name} does not respond to a driver, given the others",
        alternative=f"{response.name} moves with the driver in the same week",
        reason=reason,
        nobs=len(response),
        r2=r2,
        table=pd.DataFrame(rows, pd.Index(drivers.columns, name="driver"), COLUMNS, dtype=float),
    )


def betas_by_era(*, response: pd.Series, drivers: pd.DataFrame) -> pd.DataFrame:
    """Estimate the betas in each era: by (driver, era), the columns of `DriverResult.table` and ``nobs``."""
    tables = {}
    for era, part in by_era(response).items():
        found = driver_betas(response=part, drivers=drivers.loc[part.index])
        tables[era] = found.table.assign(nobs=found.nobs)
    return pd.concat(tables, names=["era", "driver"]).swaplevel()


def driver_design(*, response: pd.Series, drivers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Turn a response and its drivers into arrays for least squares, a constant first."""
    require_same_index(response, *(drivers[name] for name in drivers))
    y = require_clean(response, role="response")
    x = np.column_stack([np.ones(len(y)), require_clean_columns(drivers, role="driver")])
    fault = collinear_column(x) if len(y) > x.shape[1] else None
    if fault is not None:
        raise InputError(f"driver {drivers.columns[fault - 1]!r} is a sum of multiples of the drivers before it.")
    return y, x
