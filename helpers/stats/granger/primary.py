"""Granger causality at one lag length: does the past of one series help to predict another, given what is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index
from helpers.stats.granger.partial_r2 import partial_r2
from helpers.stats.granger.result import CausalityResult
from helpers.stats.regression import (
    Covariance,
    WaldTest,
    bootstrap_pvalue,
    collinear_column,
    lag_matrix,
    wald_test,
    wild_bootstrap_wald,
)

MIN_DF = 10


@dataclass(frozen=True, eq=False)
class Design:
    """The regression behind a Granger test, with the cause's lags as the tested block.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        The effect, centred, without the rows lost to lags.
    x_restricted : numpy.ndarray, shape (n, 1 + lags * (1 + number of controls))
        Constant, lags of the effect, lags of each control.
    x_tested : numpy.ndarray, shape (n, lags)
        Lags of the cause.
    effect, cause : str
        Names as shown.
    controls : tuple of str
        Names as shown.
    index : pandas.Index
        Dates of the rows.
    """

    y: np.ndarray
    x_restricted: np.ndarray
    x_tested: np.ndarray
    effect: str
    cause: str
    controls: tuple[str, ...]
    index: pd.Index

    @property
    def null(self) -> str:
        """The hypothesis in words."""
        given = f" given {', '.join(self.controls)}" if self.controls else ""
        return f"{self.cause} does not Granger-cause {self.effect}{given}"

    @property
    def alternative(self) -> str:
        """What holds otherwise, in words."""
        return f"past {self.cause} helps to predict {self.effect}"

    @property
    def shortage(self) -> str | None:
        """Why the sample is too short for the test, or None."""
        regressors = self.x_restricted.shape[1] + self.x_tested.shape[1]
        if self.y.size - regressors >= MIN_DF:
            return None
        return f"{self.y.size} rows are too few for {regressors} regressors (at least {regressors + MIN_DF})"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class GrangerResult(CausalityResult):
    """A Granger test at one lag length.

    Parameters
    ----------
    lags, nobs : int
        Lags of every series; rows of the regression.
    sample : tuple
        First and last label of these rows.
    statistic : float
        Wald statistic in F form.
    df : (int, int)
        Restrictions and residual degrees of freedom.
    pvalue : float
        From the F distribution.
    reps : int
        Draws of the wild bootstrap (0: none).
    pvalue_bootstrap : float
        From these draws; NaN without.
    partial_r2 : float
        Share of the effect's remaining variance that the cause's lags remove. With no causality at all it is about
        ``lags / n``: one per cent for 8 lags and 830 rows. Read `partial_r2_adjusted`.
    partial_r2_adjusted : float
        The same corrected for degrees of freedom: about zero without causality.
    partial_r2_interval : (float, float)
        95 per cent interval of the population value.
    partial_r2_detectable : float
        Population value that this test finds with 80 per cent power.
    coefficients : pandas.Series, shape (lags,)
        Of the cause's lags, units of effect per unit of cause; index "lag".
    coefficient_sum, coefficient_sum_se : float
        Their sum, which gives the direction, and its standard error under `covariance`.
    """

    lags: int
    nobs: int
    sample: tuple[Any, Any]
    statistic: float
    df: tuple[int, int]
    pvalue: float
    reps: int
    pvalue_bootstrap: float
    partial_r2: float
    partial_r2_adjusted: float
    partial_r2_interval: tuple[float, float]
    partial_r2_detectable: float
    coefficients: pd.Series
    coefficient_sum: float
    coefficient_sum_se: float

    def rows(self) -> list[tuple[str, Any]]:
        """Give the lines of the summary.

        Returns
        -------
        list of (str, object)
            Hypotheses, sample, test, effect size, direction.
        """
        draws = [(f"p-value, {self.reps:,} wild-bootstrap draws", self.pvalue_bootstrap)] if self.reps else []
        return [
            *super().rows(),
            ("Sample", self.sample),
            ("Rows, lags", (self.nobs, self.lags)),
            (f"F{self.df}, {self.covariance}", self.statistic),
            ("p-value", self.pvalue),
            *draws,
            ("Partial R2, adjusted", self.partial_r2_adjusted),
            ("Partial R2, 95% interval", self.partial_r2_interval),
            ("Partial R2, detectable with 80% power", self.partial_r2_detectable),
            ("Sum of coefficients", self.coefficient_sum),
            ("Standard error of the sum", self.coefficient_sum_se),
        ]


def granger_test(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: int,
    controls: pd.DataFrame | None = None,
    covariance: Covariance = "HC3",
    reps: int = 0,
    seed: int | None = None,
) -> GrangerResult:
    """Test whether lags of one series improve the prediction of another.

    The effect is regressed on a constant, its own lags, the same number of lags of every control and of the cause;
    the coefficients of the cause's lags are zero under the null.

    Parameters
    ----------
    effect, cause : pandas.Series, shape (n,)
        Stationary series on one index.
    lags : int
        Lags of every series.
    controls : pandas.DataFrame, shape (n, c), optional
        What else is known, on the same index.
    covariance : {"HC3", "nonrobust", "HAC"}
        "nonrobust" is the classical F test, which rejects far too often when volatility spills over.
    reps : int
        Draws of the fixed-design wild bootstrap; 0 for none.
    seed : int, optional
        Of the bootstrap.

    Returns
    -------
    GrangerResult
        With NaN and a reason where the sample is too short.

    Raises
    ------
    InputError
        Missing, infinite, constant or non-numeric values, unaligned dates, collinear regressors, bad options.

    References
    ----------
    Granger (1969), Econometrica 37, 424-438; Geweke (1982), Journal of the American Statistical Association 77,
    304-313 (conditional on controls); Davidson and Flachaire (2008), Journal of Econometrics 146, 162-169.
    """
    require_count(reps, name="reps", least=0)
    design = granger_design(effect=effect, cause=cause, lags=lags, controls=controls)
    draws = np.empty(0)
    if design.shortage:
        return _result(design, covariance, None, draws)
    blocks = (design.y, design.x_restricted, design.x_tested)
    test = wald_test(*blocks, covariance=covariance)
    if reps:
        draws = wild_bootstrap_wald(*blocks, covariance=covariance, reps=reps, seed=seed)
    return _result(design, covariance, test, draws)


def granger_design(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: int,
    controls: pd.DataFrame | None = None,
    drop: int | None = None,
) -> Design:
    """Check the series and build the regression of a Granger test.

    Parameters
    ----------
    effect, cause, lags, controls
        As in `granger_test`.
    drop : int, optional
        Rows to leave out at the start; ``lags`` by default. A larger number gives several lag lengths one sample.

    Returns
    -------
    Design
        Dependent variable and both blocks of regressors.

    Raises
    ------
    InputError
        As in `granger_test`.
    """
    named = [_named(effect, "effect"), _named(cause, "cause"), *(() if controls is None else _columns(controls))]
    values = [require_clean(series, role=role) for role, series in named]
    index = require_same_index(*(series for _, series in named))
    labels = [str(series.name) for _, series in named]
    start = lags if drop is None else drop
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
    _refuse_collinear(design, lags)
    return design


def _named(series: pd.Series, role: str) -> tuple[str, pd.Series]:
    """Pair a series with its role, which also names it where it has no name."""
    unnamed = isinstance(series, pd.Series) and series.name is None
    return role, series.rename(role) if unnamed else series


def _columns(controls: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Pair every column with its role."""
    if not isinstance(controls, pd.DataFrame):
        raise InputError(f"controls must be a pandas DataFrame, found {type(controls).__name__}: use to_frame().")
    return [("control", controls.iloc[:, position]) for position in range(controls.shape[1])]


def _refuse_collinear(design: Design, lags: int) -> None:
    """Raise where a regressor is a combination of those before it, naming its series and lag."""
    if design.shortage:
        return
    fault = collinear_column(np.column_stack([design.x_restricted, design.x_tested]))
    if fault is None:
        return
    series = (design.effect, *design.controls, design.cause)[(fault - 1) // lags]
    raise InputError(
        f"Lag {(fault - 1) % lags + 1} of {series!r} is collinear with the regressors before it "
        f"({', '.join((design.effect, *design.controls))}): drop one of the series or use fewer lags."
    )


def _result(design: Design, covariance: Covariance, test: WaldTest | None, draws: np.ndarray) -> GrangerResult:
    """Put a test, or the reason why there is none, into a result."""
    lags, nobs = design.x_tested.shape[1], design.y.size
    coefficients = np.full(lags, np.nan) if test is None else test.coefficients
    nan = float("nan")
    size = None if test is None else partial_r2(test, nobs=nobs)
    return GrangerResult(
        null=design.null,
        alternative=design.alternative,
        reason=design.shortage,
        effect=design.effect,
        cause=design.cause,
        controls=design.controls,
        lags=lags,
        nobs=nobs,
        sample=(design.index[0], design.index[-1]) if nobs else (None, None),
        covariance=covariance,
        statistic=nan if test is None else test.statistic,
        df=(lags, 0) if test is None else test.df,
        pvalue=nan if test is None else test.pvalue,
        reps=draws.size,
        pvalue_bootstrap=bootstrap_pvalue(test.statistic, draws) if test is not None and draws.size else nan,
        partial_r2=nan if size is None else size.raw,
        partial_r2_adjusted=nan if size is None else size.adjusted,
        partial_r2_interval=(nan, nan) if size is None else size.interval,
        partial_r2_detectable=nan if size is None else size.detectable,
        coefficients=pd.Series(coefficients, index=pd.RangeIndex(1, lags + 1, name="lag"), name=design.cause),
        coefficient_sum=float(coefficients.sum()),
        coefficient_sum_se=nan if test is None else float(np.sqrt(test.covariance.sum())),
    )
