"""Granger causality: the regression, and the test."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from helpers.stats.checks import InputError, named, require_clean, require_count, require_same_index
from helpers.stats.regression import Covariance, WaldTest, collinear_column, lag_matrix, wald_test
from helpers.stats.results import FieldResult

MIN_DF = 10
_POWER = 0.80


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CausalityResult(FieldResult):
    """Base of the tests whether the past of one series helps to predict another.

    Parameters
    ----------
    effect, cause : names of the predicted series and of the series whose lags are tested
    controls : series whose lags stay in the regression under the null
    covariance : of the statistic: "nonrobust", "HC3" or "HAC"; for windows over time "nonrobust", "HC3" or "HCR"
    lags, nobs : of every series; rows of the regression
    """

    effect: str
    cause: str
    controls: tuple[str, ...]
    covariance: str
    lags: int
    nobs: int


@dataclass(frozen=True, eq=False)
class Design:
    """The regression behind a Granger test, with the cause's lags as the tested block.

    Parameters
    ----------
    y : shape (n,), the effect, centred, without the rows lost to lags
    x_restricted : shape (n, 1 + lags * (1 + number of controls)), constant, lags of the effect, lags of each control
    x_tested : shape (n, lags), lags of the cause
    effect, cause, controls, index : names as shown; dates of the rows
    """

    y: np.ndarray
    x_restricted: np.ndarray
    x_tested: np.ndarray
    effect: str
    cause: str
    controls: tuple[str, ...]
    index: pd.Index

    @property
    def lags(self) -> int:
        """Lags of every series."""
        return self.x_tested.shape[1]

    @property
    def regressors(self) -> int:
        """Columns of both blocks."""
        return self.x_restricted.shape[1] + self.lags

    @property
    def shortage(self) -> str | None:
        """Why the sample is too short for the test, or None."""
        least = self.regressors + MIN_DF
        short = f"{self.y.size} rows are too few for {self.regressors} regressors (at least {least})"
        return short if self.y.size < least else None

    def facts(self, covariance: str, *, null: str = "", alternative: str = "") -> dict[str, Any]:
        """Give what every `CausalityResult` holds, its hypotheses with what a test adds to them."""
        given = f" given {', '.join(self.controls)}" if self.controls else ""
        return {
            "null": f"{self.cause} does not Granger-cause {self.effect}{given}{null}",
            "alternative": f"past {self.cause} helps to predict {self.effect}{alternative}",
            "reason": self.shortage,
            "covariance": covariance,
            "nobs": self.y.size,
            **{name: getattr(self, name) for name in ("effect", "cause", "controls", "lags")},
        }


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class GrangerResult(CausalityResult):
    """A Granger test at one lag length.

    Parameters
    ----------
    extra, sample : further lags of every series, which are not tested; first and last label of the rows
    statistic, df, pvalue
        Wald statistic in F form; restrictions and residual degrees of freedom; from the F distribution.
    reps, pvalue_bootstrap : draws of the wild bootstrap (0: none), and from them; NaN without
    partial_r2_adjusted
        Share of the effect's remaining variance that the cause's lags remove, corrected for degrees of freedom: about
        zero without causality, where the uncorrected one is about ``lags / n``.
    partial_r2_interval, partial_r2_detectable
        95 per cent interval of the population value; population value that this test finds with 80 per cent power.
    coefficients : shape (lags,), of the cause's lags, units of effect per unit of cause; index "lag"
    coefficient_sum, coefficient_sum_se
        Their sum, which gives the direction, and its standard error under `covariance`.
    """

    extra: int
    sample: tuple[Any, Any]
    statistic: float = np.nan
    df: tuple[int, int]
    pvalue: float = np.nan
    reps: int = 0
    pvalue_bootstrap: float = np.nan
    partial_r2_adjusted: float = np.nan
    partial_r2_interval: tuple[float, float] = (np.nan, np.nan)
    partial_r2_detectable: float = np.nan
    coefficients: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    coefficient_sum: float = np.nan
    coefficient_sum_se: float = np.nan


def granger_test(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: int,
    extra: int = 0,
    controls: pd.DataFrame | None = None,
    covariance: Covariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> GrangerResult:
    r"""Test whether lags of one series improve the prediction of another.

    The effect :math:`y` is regressed on a constant, its own lags, the same number of lags of every control :math:`z`
    and of the cause :math:`x`:

    .. math::

        y_t = c + \sum_{j=1}^{p+d} a_j y_{t-j} + \sum_{j=1}^{p+d} d_j' z_{t-j} + \sum_{j=1}^{p+d} b_j x_{t-j} + e_t,
        \qquad H_0: b_1 = \dots = b_p = 0, \qquad F = \hat b' \hat V^{-1} \hat b / p .

    The bootstrap p-value compares F with its values for errors :math:`s_t \tilde e_t`, random signs times the residuals
    under the null, on the same regressors. With d of at least the highest order of integration the test holds for
    levels with unit roots, cointegrated or not, and :math:`p F` is :math:`\chi^2(p)`.

    Parameters
    ----------
    effect, cause : pandas.Series, shape (n,)
        Stationary series on one index; levels where `extra` is above zero.
    lags, extra : int
        Lags p that are tested; further lags d of every series, which are not.
    controls : pandas.DataFrame, shape (n, c), optional
        What else is known, on the same index.
    covariance : {"HC3", "nonrobust", "HAC"}
        "nonrobust" is the classical F test, which rejects far too often when volatility spills over.
    reps, seed : int
        Draws of the fixed-design wild bootstrap (0: none); their seed.

    References
    ----------
    Granger (1969), Econometrica 37, 424-438; Geweke (1982), Journal of the American Statistical Association 77,
    304-313 (conditional on controls); Davidson and Flachaire (2008), Journal of Econometrics 146, 162-169 (bootstrap);
    Toda and Yamamoto (1995), Journal of Econometrics 66, 225-250, theorem 2 (further lags).
    """
    require_count(reps, name="reps", least=0)
    require_count(extra, name="extra", least=0)
    require_count(lags, name="lags", least=1)
    design = granger_design(effect=effect, cause=cause, lags=lags + extra, controls=controls)
    bounds = (design.index[0], design.index[-1]) if design.y.size else (None, None)
    known = design.facts(covariance, null=" (levels)" if extra else "")
    known |= {"lags": lags, "extra": extra, "sample": bounds, "df": (lags, 0)}
    if design.shortage:
        return GrangerResult(**known)
    blocks = (design.y, np.column_stack([design.x_restricted, design.x_tested[:, lags:]]), design.x_tested[:, :lags])
    test = wald_test(*blocks, covariance=covariance, reps=reps, seed=seed)
    low, high, detectable = _partial_r2_bounds(test, design.y.size)
    return GrangerResult(
        **known | {"statistic": test.statistic, "df": test.df, "pvalue": test.pvalue},
        reps=reps,
        pvalue_bootstrap=test.pvalue_bootstrap,
        partial_r2_adjusted=test.partial_r2_adjusted,
        partial_r2_interval=(low, high),
        partial_r2_detectable=detectable,
        coefficients=pd.Series(test.coefficients, pd.RangeIndex(1, lags + 1, name="lag"), name=design.cause),
        coefficient_sum=float(test.coefficients.sum()),
        coefficient_sum_se=float(np.sqrt(test.covariance.sum())),
    )


def _partial_r2_bounds(test: WaldTest, nobs: int) -> list[float]:
    """Bound the population value: its 95 per cent interval, and the value found with 80 per cent power."""
    q, df = test.df
    # Under a noncentrality c of the classical F, R2 = c / (c + n); a robust statistic is smaller by a factor that
    # the sample gives, and its noncentrality with it.
    inflation = (test.ssr_restricted - test.ssr) / q / (test.ssr / df) / test.statistic
    asked = [(test.statistic, 0.975), (test.statistic, 0.025), (stats.f.isf(0.05, q, df), 1 - _POWER)]
    # The noncentrality under which P(F <= statistic) is the probability; zero where even none is too much.
    central = [
        0.0 if stats.f.cdf(value, q, df) <= probability else special.ncfdtrinc(q, df, probability, value)
        for value, probability in asked
    ]
    bounds = inflation * np.array(central)
    return (bounds / (bounds + nobs)).tolist()


def granger_design(
    *, effect: pd.Series, cause: pd.Series, lags: int, controls: pd.DataFrame | None = None, drop: int | None = None
) -> Design:
    """Check the series and build the regression of a Granger test.

    Parameters
    ----------
    effect, cause, lags, controls : as in `granger_test`
    drop : int, optional
        Rows to leave out at the start; ``lags`` by default. A larger number gives several lag lengths one sample.
    """
    if not isinstance(controls, pd.DataFrame | None):
        raise InputError(f"controls must be a pandas DataFrame, found {type(controls).__name__}: use to_frame().")
    held = [] if controls is None else [("control", controls.iloc[:, i]) for i in range(controls.shape[1])]
    series = [("effect", effect), ("cause", cause), *held]
    values = [require_clean(one, role=role) for role, one in series]
    index = require_same_index(*(one for _, one in series))
    labels = [named(one, role) for role, one in series]
    start = min(lags if drop is None else drop, len(index))
    own, cause_lags, *control_lags = [lag_matrix(v - v.mean(), lags, drop=start) for v in values]
    design = Design(
        y=values[0][start:] - values[0].mean(),
        x_restricted=np.column_stack([np.ones(len(own)), own, *control_lags]),
        x_tested=cause_lags,
        effect=labels[0],
        cause=labels[1],
        controls=tuple(labels[2:]),
        index=index[start:],
    )
    x = np.column_stack([design.x_restricted, design.x_tested])
    fault = None if design.shortage else collinear_column(x)
    if fault is not None:
        before = (design.effect, *design.controls)
        place, lag = divmod(fault - 1, lags)
        raise InputError(
            f"Lag {lag + 1} of {(*before, design.cause)[place]!r} is collinear with the regressors before it "
            f"({', '.join(before)}): drop one of the series or use fewer lags."
        )
    return design
