"""Is a series stationary, and do two trending series share their trend: the standard tests with one verdict each."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_clean_columns, require_count
from helpers.stats.results import Result

Trend = Literal["c", "ct"]

_MIN_ROWS = 50
_ALPHA = 0.05
_TESTS = {
    "Dickey-Fuller": ("ADF", {"method": "bic"}, "unit root"),
    "Phillips-Perron": ("PhillipsPerron", {}, "unit root"),
    "Zivot-Andrews": ("ZivotAndrews", {"method": "bic"}, "unit root, no break"),
    "KPSS": ("KPSS", {}, "stationary"),
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class UnitRootResult(Result):
    """Tests of the level and of the change of a series.

    Parameters
    ----------
    name : of the series
    table : one row for each form ("level", "change") and test; columns "null", "statistic", "pvalue", "lags", "rejects"
    order : 0 or 1; None where the tests contradict each other
    verdict, nobs : the same in words; rows
    """

    name: str
    table: pd.DataFrame
    order: int | None
    verdict: str
    nobs: int

    def _rows(self) -> list[tuple[str, Any]]:
        told = [(f"{test}, {form}: p if {row['null']}", row["pvalue"]) for (form, test), row in self.table.iterrows()]
        return [*super()._rows(), ("Rows", self.nobs), *told, ("Verdict", self.verdict)]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CointegrationResult(Result):
    """Whether two or more trending series share a trend.

    Parameters
    ----------
    names : the series
    johansen
        One row a rank ``r`` (null: at most r shared relations); columns "trace", "trace_critical", "largest",
        "largest_critical" (5 per cent).
    engle_granger_statistic, engle_granger_pvalue : of the residual test, the first series on the others
    lags, rank, verdict, nobs
        Lagged differences; relations by the trace test at 5 per cent; of both tests, in words; rows.
    """

    names: tuple[str, ...]
    johansen: pd.DataFrame
    engle_granger_statistic: float
    engle_granger_pvalue: float
    lags: int
    rank: int
    verdict: str
    nobs: int

    def _rows(self) -> list[tuple[str, Any]]:
        return [
            *super()._rows(),
            ("Rows, lagged differences", (self.nobs, self.lags)),
            ("Johansen trace statistic, its 5% critical value", tuple(map(float, self.johansen.iloc[0, :2]))),
            ("Relations found", self.rank),
            ("Engle-Granger p-value", self.engle_granger_pvalue),
            ("Verdict", self.verdict),
        ]


def unit_roots(*, series: pd.Series, trend: Trend = "c") -> UnitRootResult:
    r"""Test the level of a series and its change for a unit root and for stationarity, each at 5 per cent.

    Dickey and Fuller's regression, with lags by the Bayes criterion, is

    .. math:: \Delta y_t = c + \rho y_{t-1} + \sum_{j=1}^{p} g_j \Delta y_{t-j} + e_t, \qquad H_0: \rho = 0;

    Phillips and Perron correct its t-statistic for autocorrelation instead; Zivot and Andrews let c (and a trend) break
    once, at the least favourable date; KPSS turns the null around.

    Parameters
    ----------
    series : pandas.Series, shape (n,)
        Levels, such as log prices.
    trend : {"c", "ct"}
        What a stationary level may have: a mean, or a mean and a linear trend. Changes have a mean.

    Raises
    ------
    InputError
        Fewer than 50 rows.

    Notes
    -----
    The order rests on the tests without a break: Dickey-Fuller and Phillips-Perron reject a unit root and KPSS does not
    reject stationarity (or the reverse; bandwidth ``12 (n / 100)^(1/4)``). Zivot-Andrews says whether one break would
    change that.

    References
    ----------
    Said and Dickey (1984), Biometrika 71, 599-607; Phillips and Perron (1988), Biometrika 75, 335-346;
    Kwiatkowski et al. (1992), Journal of Econometrics 54, 159-178; Zivot and Andrews (1992), Journal of Business and
    Economic Statistics 10, 251-270.
    """
    values = require_clean(series, role="series")
    if values.size < _MIN_ROWS:
        raise InputError(f"{series.name!r} has {values.size} rows: unit root tests need at least {_MIN_ROWS}.")
    forms = {"level": (values, trend), "change": (np.diff(values), "c")}
    rows = {(form, test): _run(test, *forms[form]) for form in forms for test in _TESTS}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = pd.MultiIndex.from_tuples(rows, names=["form", "test"])
    order = _order(table["rejects"])
    return UnitRootResult(
        null=f"{series.name} has a unit root (KPSS: is stationary)",
        alternative="is stationary (KPSS: has a unit root)",
        name=str(series.name),
        table=table,
        order=order,
        verdict=_verdict(str(series.name), order, table["rejects"]),
        nobs=values.size,
    )


def cointegration(*, series: pd.DataFrame, max_lags: int = 12) -> CointegrationResult:
    r"""Test whether trending series share a trend.

    Johansen's trace statistic for at most r relations, with :math:`\lambda_i` the squared canonical correlations of
    changes and lagged levels, is

    .. math:: -n \sum_{i=r+1}^{k} \log(1 - \lambda_i);

    Engle and Granger test the residual of the first series on the others for a unit root.

    Parameters
    ----------
    series : pandas.DataFrame, shape (n, k)
        Levels; the first is explained by the others in the residual test.
    max_lags : int
        Largest lag length of the vector autoregression in levels; the Bayes criterion chooses.

    Raises
    ------
    InputError
        Fewer than two series or 50 rows.

    References
    ----------
    Johansen (1991), Econometrica 59, 1551-1580; Engle and Granger (1987), Econometrica 55, 251-276.
    """
    from arch.unitroot import engle_granger
    from statsmodels.tsa.vector_ar.var_model import VAR
    from statsmodels.tsa.vector_ar.vecm import coint_johansen

    values = require_clean_columns(series, role="series")
    require_count(max_lags, name="max_lags", least=1)
    if values.shape[1] < 2 or len(values) < _MIN_ROWS:
        raise InputError(f"cointegration needs at least two series and {_MIN_ROWS} rows, found {values.shape[::-1]}.")
    lags = max(int(VAR(values).select_order(max_lags).bic) - 1, 0)
    found = coint_johansen(values, 0, lags)
    ranks = pd.RangeIndex(values.shape[1], name="at most")
    columns = {"trace": found.lr1, "trace_critical": found.cvt[:, 1], "largest": found.lr2}
    johansen = pd.DataFrame(columns | {"largest_critical": found.cvm[:, 1]}, index=ranks)
    over = (johansen["trace"] > johansen["trace_critical"]).to_numpy()
    residual = engle_granger(series.iloc[:, 0], series.iloc[:, 1:], trend="c", method="bic")
    rank = int(np.argmin(over)) if not over.all() else over.size
    return CointegrationResult(
        null="the series share no trend",
        alternative="some combination of them is stationary",
        names=tuple(map(str, series.columns)),
        johansen=johansen,
        engle_granger_statistic=float(residual.stat),
        engle_granger_pvalue=float(residual.pvalue),
        lags=lags,
        rank=rank,
        verdict=_shared(rank, float(residual.pvalue), over.size),
        nobs=len(values),
    )


def _run(test: str, values: np.ndarray, trend: str) -> dict[str, Any]:
    from arch import unitroot

    kind, chosen, null = _TESTS[test]
    options: dict[str, Any] = dict(chosen)
    if kind == "KPSS":
        options = {"lags": int(np.ceil(12 * (values.size / 100) ** 0.25))}
    found = getattr(unitroot, kind)(values, trend=trend, **options)
    return {
        "null": null,
        "statistic": float(found.stat),
        "pvalue": float(found.pvalue),
        "lags": int(found.lags),
        "rejects": bool(found.pvalue < _ALPHA),
    }


def _looks_stationary(rejects: pd.Series, form: str) -> bool | None:
    """Tell whether the tests agree that a form is stationary, that it is not, or neither."""
    roots = [rejects[form, "Dickey-Fuller"], rejects[form, "Phillips-Perron"]]
    if all(roots) and not rejects[form, "KPSS"]:
        return True
    return False if not any(roots) and rejects[form, "KPSS"] else None


def _order(rejects: pd.Series) -> int | None:
    level, change = _looks_stationary(rejects, "level"), _looks_stationary(rejects, "change")
    if level:
        return 0
    return 1 if level is False and change else None


def _verdict(name: str, order: int | None, rejects: pd.Series) -> str:
    if order == 0:
        return f"{name} is stationary: its level can enter a regression"
    if order == 1:
        broken = " One break in its mean would do as well." if rejects["level", "Zivot-Andrews"] else ""
        return f"{name} wanders and its changes do not: use changes.{broken}"
    doubtful = [form for form in ("level", "change") if _looks_stationary(rejects, form) is None]
    if doubtful:
        return f"the tests contradict each other on the {' and the '.join(doubtful)} of {name}"
    return f"{name} wanders, and so do its changes"


def _shared(rank: int, pvalue: float, count: int) -> str:
    if rank == count:
        return "the trace test takes every series for stationary, so that there is no trend to share"
    if rank and pvalue < _ALPHA:
        return "both tests find a shared trend"
    if not rank and pvalue >= _ALPHA:
        return "neither test finds a shared trend"
    return f"only {'Johansen' if rank else 'Engle and Granger'} finds a shared trend: not settled"
