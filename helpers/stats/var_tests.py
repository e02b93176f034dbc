"""Tests in a vector autoregression: blocks of causes and effects, and causality within the same period."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_choice, require_clean, require_count, require_same_index
from helpers.stats.regression import bootstrap_pvalue, collinear_column, lag_matrix, random_signs
from helpers.stats.results import Result

SystemCovariance = Literal["nonrobust", "HC3"]
MomentCovariance = Literal["nonrobust", "HC0"]

_MIN_DF = 10
_NO_DRAWS = np.empty(0)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class VarTestResult(Result):
    """A Wald test in a vector autoregression.

    Parameters
    ----------
    effects, causes, controls : names of the variables in each role
    lags, nobs, covariance
        Lags of every variable; rows of the regression; how the covariance of the tested quantities is estimated.
    statistic : Wald statistic, divided by the first of `df` where the p-value is from the F distribution
    df, pvalue : two numbers for the F distribution, one for chi-square; from that distribution
    reps : draws of the wild bootstrap (0: none)
    pvalue_bootstrap : from these draws; NaN without
    """

    effects: tuple[str, ...]
    causes: tuple[str, ...]
    controls: tuple[str, ...]
    lags: int
    nobs: int
    covariance: str
    statistic: float
    df: tuple[int, ...]
    pvalue: float
    reps: int = 0
    pvalue_bootstrap: float = float("nan")

    def _rows(self) -> list[tuple[str, Any]]:
        draws = [(f"p-value, {self.reps:,} wild-bootstrap draws", self.pvalue_bootstrap)] if self.reps else []
        name = f"F{self.df}" if len(self.df) == 2 else f"chi2({self.df[0]})"
        return [
            *super()._rows(),
            ("Rows, lags", (self.nobs, self.lags)),
            (f"{name}, {self.covariance}", self.statistic),
            ("p-value", self.pvalue),
            *draws,
        ]


@dataclass(frozen=True, eq=False)
class _System:
    """Variables of a VAR by role, checked, and its regressors (constant and lags, those of the causes last)."""

    effects: tuple[str, ...]
    causes: tuple[str, ...]
    controls: tuple[str, ...]
    lags: int
    values: dict[str, np.ndarray]
    design: np.ndarray

    @property
    def shortage(self) -> str | None:
        """Why the sample is too short for the test, or None."""
        n, k = self.design.shape
        return None if n - k >= _MIN_DF else f"{n} rows are too few for {k} regressors (at least {k + _MIN_DF})"

    def current(self, names: tuple[str, ...]) -> np.ndarray:
        """Values of the variables on the rows of the regression."""
        return np.column_stack([self.values[name][self.lags :] for name in names])

    def phrase(self, kind: str) -> str:
        """Word the hypothesis of one kind of causality."""
        given = f" given {', '.join(self.controls)}" if self.controls else ""
        return f"{kind} causality from {', '.join(self.causes)} to {', '.join(self.effects)}{given}"


def block_test(
    *,
    effects: pd.DataFrame,
    causes: pd.DataFrame,
    lags: int,
    controls: pd.DataFrame | None = None,
    covariance: SystemCovariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> VarTestResult:
    r"""Test that no lag of any cause enters the equation of any effect.

    In the vector autoregression :math:`y_t = c + \sum_j A_j y_{t-j} + e_t` the elements of every :math:`A_j` in the
    rows of the effects and the columns of the causes, stacked into :math:`a`, are zero under the null:

    .. math:: F = \hat a' \hat V(\hat a)^{-1} \hat a / (m c p).

    F form with ``(m c lags, K (n - k))`` degrees of freedom, K variables in all.

    Parameters
    ----------
    effects, causes : pandas.DataFrame, shapes (n, m) and (n, c)
        Stationary variables on one index.
    lags : int
        Lags of every variable.
    controls : pandas.DataFrame, shape (n, d), optional
        Further variables of the VAR.
    covariance : {"HC3", "nonrobust"}
        Across equations: "nonrobust" is the Kronecker product of the residual covariance and the regressors' moments.
    reps, seed : int
        Draws of the fixed-design wild bootstrap with signs common to all equations (0: none); their seed.

    Raises
    ------
    InputError
        A variable in two roles.

    References
    ----------
    Luetkepohl (2005), New Introduction to Multiple Time Series Analysis, section 3.6.1, p. 103.
    """
    require_choice(covariance, name="covariance", options=get_args(SystemCovariance))
    require_count(reps, name="reps", least=0)
    system = _system(effects, causes, controls, lags)
    n, k = system.design.shape
    q = lags * len(system.causes)
    df = (q * len(system.effects), (n - k) * len(system.values))
    if system.shortage:
        return _result(system, "Granger", covariance, float("nan"), df)
    basis = np.linalg.qr(system.design)[0]
    y = system.current(system.effects)
    restricted = y - basis[:, :-q] @ (basis[:, :-q].T @ y)
    rng = np.random.default_rng(seed)
    signs = 2.0 * random_signs(rng, reps, n) - 1
    walds = [_system_wald(basis, q, restricted * row[:, None], covariance) for row in signs]
    draws = np.array(walds) / df[0]
    statistic = _system_wald(basis, q, restricted, covariance) / df[0]
    return _result(system, "Granger", covariance, statistic, df, draws)


def instantaneous_test(
    *,
    effects: pd.DataFrame,
    causes: pd.DataFrame,
    lags: int,
    controls: pd.DataFrame | None = None,
    covariance: MomentCovariance = "HC0",
) -> VarTestResult:
    r"""Test that effects and causes do not move together within a period, given the past of all.

    With :math:`u_t, v_t` the residuals of effects and causes and :math:`\hat\sigma` the mean of
    :math:`u_t \otimes v_t`,

    .. math:: W = n \hat\sigma' \hat V(\hat\sigma)^{-1} \hat\sigma \to \chi^2(m c).

    Chi-square with ``m c`` degrees of freedom.

    Parameters
    ----------
    effects, causes : pandas.DataFrame, shapes (n, m) and (n, c)
        Stationary variables on one index; the test is symmetric in the two.
    lags : int
        Lags of every variable.
    controls : pandas.DataFrame, shape (n, d), optional
        Further variables; their lags and their values of the same period are given.
    covariance : {"HC0", "nonrobust"}
        Of the residual covariances under test: from their sample products, or from normality of the residuals.

    References
    ----------
    Luetkepohl (2005), New Introduction to Multiple Time Series Analysis, section 3.6.3, eq. 3.6.12, p. 105.
    """
    require_choice(covariance, name="covariance", options=get_args(MomentCovariance))
    system = _system(effects, causes, controls, lags)
    df = (len(system.effects) * len(system.causes),)
    if system.shortage:
        return _result(system, "instantaneous", covariance, float("nan"), df)
    design = np.column_stack([system.design, system.current(system.controls)]) if system.controls else system.design
    basis = np.linalg.qr(design)[0]
    left, right = (v - basis @ (basis.T @ v) for v in (system.current(system.effects), system.current(system.causes)))
    n, scale = len(left), len(left) - basis.shape[1]
    products = (left[:, :, None] * right[:, None, :]).reshape(n, -1)
    cross = products.sum(axis=0) / scale
    if covariance == "HC0":
        variance = (products - products.mean(axis=0)).T @ (products - products.mean(axis=0)) / scale
    else:
        mixed = left.T @ right / scale
        swap = np.einsum("il,kj->ijkl", mixed, mixed).reshape(cross.size, cross.size)
        variance = np.kron(left.T @ left, right.T @ right) / scale**2 + swap
    statistic = float(n * cross @ np.linalg.solve(variance, cross))
    return _result(system, "instantaneous", covariance, statistic, df)


def _system(effects: pd.DataFrame, causes: pd.DataFrame, controls: pd.DataFrame | None, lags: int) -> _System:
    roles = {"effect": effects, "cause": causes} | ({} if controls is None else {"control": controls})
    for role, frame in roles.items():
        if not isinstance(frame, pd.DataFrame) or not frame.shape[1]:
            raise InputError(f"{role}s must be a pandas DataFrame with a column, found {type(frame).__name__}.")
    named = [(role, frame.iloc[:, i]) for role, frame in roles.items() for i in range(frame.shape[1])]
    names = {role: tuple(str(column) for column in frame.columns) for role, frame in roles.items()}
    values = {str(series.name): require_clean(series, role=role) for role, series in named}
    if len(values) < len(named):
        raise InputError(f"A variable has two roles among {', '.join(str(s.name) for _, s in named)}: give it one.")
    require_same_index(*(series for _, series in named))
    centred = {name: v - v.mean() for name, v in values.items()}
    ordered = (*names["effect"], *names.get("control", ()), *names["cause"])
    blocks = [lag_matrix(centred[name], lags) for name in ordered]
    design = np.column_stack([np.ones(len(blocks[0])), *blocks])
    system = _System(names["effect"], names["cause"], names.get("control", ()), lags, centred, design)
    fault = None if system.shortage else collinear_column(design)
    if fault is not None:
        raise InputError(f"{ordered[(fault - 1) // lags]!r} is collinear with the variables before it: drop it.")
    return system


def _system_wald(basis: np.ndarray, q: int, y: np.ndarray, covariance: SystemCovariance) -> float:
    """Wald statistic that the last ``q`` basis columns have no weight in any column of ``y``."""
    scores = basis.T @ y
    residuals = y - basis @ scores
    stacked = scores[-q:].T.ravel()
    if covariance == "nonrobust":
        meat = np.kron(residuals.T @ residuals / (basis.shape[0] - basis.shape[1]), np.eye(q))
    else:
        weighted = residuals / (1 - np.einsum("ij,ij->i", basis, basis))[:, None]
        moments = (weighted[:, :, None] * basis[:, None, -q:]).reshape(len(y), -1)
        meat = moments.T @ moments
    return float(stacked @ np.linalg.solve(meat, stacked))


def _result(
    system: _System, kind: str, covariance: str, statistic: float, df: tuple[int, ...], draws: np.ndarray = _NO_DRAWS
) -> VarTestResult:
    law = stats.f(*df) if len(df) == 2 else stats.chi2(*df)
    return VarTestResult(
        null=f"no {system.phrase(kind)}",
        alternative=system.phrase(kind),
        reason=system.shortage,
        effects=system.effects,
        causes=system.causes,
        controls=system.controls,
        lags=system.lags,
        nobs=len(system.design),
        covariance=covariance,
        statistic=statistic,
        df=df,
        pvalue=float("nan") if system.shortage else float(law.sf(statistic)),
        reps=draws.size,
        pvalue_bootstrap=bootstrap_pvalue(statistic, draws),
    )
