"""Forecasts of a return from a predictor, made only with what was known, against the historical mean."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import require_count
from helpers.stats.forecasting.clark_west import clark_west_statistics, r2_out_of_sample
from helpers.stats.forecasting.expanding import MIN_FORECASTS, ExpandingDesign, expanding_design, unpredictable
from helpers.stats.regression import bootstrap_pvalue
from helpers.stats.results import Result


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class OutOfSampleResult(Result):
    """Out-of-sample forecasts of a return over several weeks from one predictor.

    Parameters
    ----------
    effect, cause : str
        Names of the return and of the predictor.
    horizon : int
        Weeks of the return.
    forecasts : pandas.DataFrame, shape (forecasts, 5)
        By the week in which it was made: the week in which it is `due`, the `actual` return, the `benchmark`
        (historical mean) and `model` forecast, per cent, and the `cumulative` difference of squared errors, benchmark
        less model, up to it.
    band : pandas.DataFrame, shape (forecasts, 2)
        Central 90% of the cumulative difference where nothing can be predicted (`lower`, `upper`).
    r2 : float
        Out-of-sample R2, a share; negative where the mean forecasts better.
    r2_by_luck : float
        R2 that one of twenty unpredictable series reaches.
    statistic : float
        Clark-West statistic.
    pvalue, pvalue_bootstrap : float
        One-sided, by the normal distribution and by the fixed-regressor wild bootstrap.
    nobs, episodes : int
        Forecasts, and how many of them do not overlap.
    latest : float
        Model less benchmark forecast made in the last week, which is not due yet, per cent.
    """

    effect: str
    cause: str
    horizon: int
    forecasts: pd.DataFrame
    band: pd.DataFrame
    r2: float
    r2_by_luck: float
    statistic: float
    pvalue: float
    pvalue_bootstrap: float
    nobs: int
    episodes: int
    latest: float

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            Hypotheses, horizon, R2, Clark-West test, counts.
        """
        return [
            *super().rows(),
            ("Horizon (weeks)", self.horizon),
            ("R2 out of sample", self.r2),
            ("R2 reached by luck, one in twenty", self.r2_by_luck),
            ("Clark-West statistic", self.statistic),
            ("p-value, normal", self.pvalue),
            ("p-value, bootstrap", self.pvalue_bootstrap),
            ("Forecasts, not overlapping", (self.nobs, self.episodes)),
            ("Latest forecast less mean (%)", self.latest),
        ]


def out_of_sample(
    *,
    effect: pd.Series,
    cause: pd.Series,
    horizon: int,
    first: int = 156,
    reps: int = 1_999,
    seed: int | None = None,
) -> OutOfSampleResult:
    """Forecast a return over several weeks from a predictor, week by week with what was known, and score it.

    Every week the return over the next h weeks is forecast by least squares on a constant and the predictor, from all
    pairs whose return was complete by then, and by the mean of the same returns.

    Parameters
    ----------
    effect : pandas.Series, shape (n,)
        Weekly log return, per cent.
    cause : pandas.Series, shape (n,)
        Predictor as known in each week, on the same dates.
    horizon : int
        Weeks of the return.
    first : int
        Complete pairs before the first forecast, at least 52.
    reps : int
        Draws, at least 99.
    seed : int, optional
        Of the draws.

    Returns
    -------
    OutOfSampleResult
        With NaN and a reason where fewer than 20 forecasts are due.

    Raises
    ------
    InputError
        Missing, constant or unaligned input, or bad options.

    Notes
    -----
    Each draw gives the weekly returns less their mean random signs and keeps the predictor: nothing can be predicted,
    volatility stays where it was, and returns over h weeks overlap as they do in the data. The normal p-value, shown
    beside it, does not know how few forecasts do not overlap.

    References
    ----------
    Clark and West (2007), Journal of Econometrics 138, 291-311; Clark and McCracken (2012), Journal of Business &
    Economic Statistics 30, 53-66, section 3 (fixed-regressor wild bootstrap); Goyal and Welch (2008), Review of
    Financial Studies 21, 1455-1508 (cumulative difference of squared errors); Campbell and Thompson (2008), Review of
    Financial Studies 21, 1509-1531.
    """
    require_count(reps, name="reps", least=99)
    returns, design = expanding_design(effect=effect, cause=cause, horizon=horizon, first=first)
    if design.due < MIN_FORECASTS:
        return _nothing_due(effect, cause, design)
    errors = design.errors(returns)
    drawn = [design.errors(signs) for signs in unpredictable(returns, reps, seed)]
    under = np.concatenate([pair[0] for pair in drawn]), np.concatenate([pair[1] for pair in drawn])
    statistic = float(clark_west_statistics(*errors, horizon))
    luck = clark_west_statistics(*under, horizon)
    band = np.quantile(np.cumsum(under[0] ** 2 - under[1] ** 2, axis=1), [0.05, 0.95], axis=0)
    forecasts = _table(effect, design, returns)
    return OutOfSampleResult(
        **_words(effect, cause, design),
        forecasts=forecasts,
        band=pd.DataFrame(band.T, index=forecasts.index, columns=["lower", "upper"]),
        r2=float(r2_out_of_sample(*errors)),
        r2_by_luck=float(np.quantile(r2_out_of_sample(*under), 0.95)),
        statistic=statistic,
        pvalue=float(stats.norm.sf(statistic)),
        pvalue_bootstrap=bootstrap_pvalue(statistic, luck),
        nobs=design.due,
        episodes=-(-design.due // horizon),
        latest=_latest(design, returns),
    )


def forecast_gap(*, effect: pd.Series, cause: pd.Series, horizon: int, first: int = 156) -> float:
    """Forecast from the last week of the data: model less historical mean.

    Parameters
    ----------
    effect, cause, horizon, first
        As in `out_of_sample`.

    Returns
    -------
    float
        Per cent over the horizon.

    Raises
    ------
    InputError
        As in `out_of_sample`.
    """
    returns, design = expanding_design(effect=effect, cause=cause, horizon=horizon, first=first)
    return _latest(design, returns)


def _words(effect: pd.Series, cause: pd.Series, design: ExpandingDesign) -> dict[str, Any]:
    """Names and hypotheses of a result."""
    return {
        "null": f"{cause.name} does not help to forecast {effect.name} over {design.horizon} weeks",
        "alternative": f"forecasts from {cause.name} are better than the historical mean",
        "effect": str(effect.name),
        "cause": str(cause.name),
        "horizon": design.horizon,
    }


def _table(effect: pd.Series, design: ExpandingDesign, returns: np.ndarray) -> pd.DataFrame:
    """Forecasts that are due, what came, and the cumulative difference of squared errors."""
    made = design.made[: design.due]
    benchmark, model = (forecast[: design.due] for forecast in design.forecast(returns))
    errors = design.errors(returns)
    return pd.DataFrame(
        {
            "due": effect.index[made + design.horizon],
            "actual": benchmark + errors[0],
            "benchmark": benchmark,
            "model": model,
            "cumulative": np.cumsum(errors[0] ** 2 - errors[1] ** 2),
        },
        index=effect.index[made],
    )


def _latest(design: ExpandingDesign, returns: np.ndarray) -> float:
    """Model less benchmark in the last week."""
    benchmark, model = design.forecast(returns)
    return float(model[-1] - benchmark[-1])


def _nothing_due(effect: pd.Series, cause: pd.Series, design: ExpandingDesign) -> OutOfSampleResult:
    """Give a result without a score."""
    nan = float("nan")
    empty = pd.DatetimeIndex([])
    return OutOfSampleResult(
        **_words(effect, cause, design),
        reason=f"{design.due} forecasts over {design.horizon} weeks are due, at least {MIN_FORECASTS} are needed",
        forecasts=pd.DataFrame(columns=["due", "actual", "benchmark", "model", "cumulative"], index=empty),
        band=pd.DataFrame(columns=["lower", "upper"], index=empty),
        r2=nan,
        r2_by_luck=nan,
        statistic=nan,
        pvalue=nan,
        pvalue_bootstrap=nan,
        nobs=design.due,
        episodes=0,
        latest=nan,
    )
