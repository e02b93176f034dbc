"""Forecasts made only with what was known, against the historical mean: one by itself, and a search over many."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_count, require_same_index
from helpers.stats.regression import bootstrap_pvalue, random_signs, sum_ahead
from helpers.stats.results import FieldResult, axes_or_new

FIRST, MIN_FORECASTS = 156, 20
LOOKBACKS, HORIZONS = (1, 4, 13, 26), (4, 13, 26)
_CHUNK_ROWS = 250
_CHECKS = {"white": "upper", "hansen": "consistent", "liberal": "lower"}

Errors = tuple[np.ndarray, np.ndarray]


def clark_west_statistics(benchmark: np.ndarray, model: np.ndarray, horizon: int) -> np.ndarray:
    r"""Compute Clark-West statistics of many sets of forecast errors, shape (..., n): large where the model is better.

    .. math:: f_t = e_{0t}^2 - \big[e_{1t}^2 - (\hat y_{0t} - \hat y_{1t})^2\big], \qquad CW = \sqrt{n}\,\bar f /
        \hat\sigma_f

    Where the benchmark is true the larger model pays for coefficients that are zero; the last term adds that noise
    back. The Bartlett standard error takes one autocovariance less than the periods that a forecast spans.

    References
    ----------
    Clark and West (2007), Journal of Econometrics 138, 291-311; Newey and West (1987), Econometrica 55, 703-708.
    """
    adjusted = benchmark**2 - model**2 + (benchmark - model) ** 2
    mean = adjusted.mean(axis=-1)
    padding = [(0, 0)] * (adjusted.ndim - 1) + [(horizon, horizon - 1)]
    total = np.cumsum(np.pad(adjusted - mean[..., None], padding), axis=-1)
    windows = total[..., horizon:] - total[..., :-horizon]
    return mean / np.sqrt((windows**2).sum(axis=-1) / horizon) * adjusted.shape[-1]


def r2_out_of_sample(benchmark: np.ndarray, model: np.ndarray) -> np.ndarray:
    """Compute the share of the benchmark's squared errors that a model avoids."""
    return 1 - (model**2).sum(axis=-1) / (benchmark**2).sum(axis=-1)


def forecast_ahead(
    returns: np.ndarray, predictor: np.ndarray, horizon: int, *, first: int = FIRST
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Forecast the return over the next weeks in every week: by the past mean, and by regression on a predictor.

    Returns of shape (..., n), a predictor of shape (n,) whose value is known in its week. Gives what came, as far as it
    is due, and both forecasts from the week on in which `first` pairs of predictor and return are complete.
    """
    from helpers.stats.window_kernels import expanding_forecasts

    ahead = sum_ahead(returns, horizon)
    flat = np.ascontiguousarray(ahead.reshape(-1, ahead.shape[-1]))
    shape = (*ahead.shape[:-1], -1)
    benchmark, model = (one.reshape(shape) for one in expanding_forecasts(flat, predictor, horizon, first))
    return ahead[..., first + horizon - 1 :], benchmark, model


def _errors(returns: np.ndarray, predictor: np.ndarray, horizon: int) -> Errors:
    """Compare the forecasts that are due with what came."""
    actual, *forecasts = forecast_ahead(returns, predictor, horizon)
    benchmark, model = (actual - one[..., : actual.shape[-1]] for one in forecasts)
    return benchmark, model


def _checked(effect: pd.Series, cause: pd.Series, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    require_count(horizon, name="horizon", least=1)
    returns, predictor = require_clean(effect, role="effect"), require_clean(cause, role="cause")
    require_same_index(effect, cause)
    if returns.size < FIRST + horizon:
        found = f"{returns.size} rows hold no forecast after {FIRST} pairs over {horizon} weeks"
        raise InputError(f"{found}: start earlier.")
    return returns, predictor


def unpredictable(returns: np.ndarray, reps: int, seed: int | None) -> list[np.ndarray]:
    """Draw returns that nothing predicts: those of the data less their mean, with random signs."""
    rng = np.random.default_rng(seed)
    moves = returns - returns.mean()
    sizes = [min(_CHUNK_ROWS, reps - done) for done in range(0, reps, _CHUNK_ROWS)]
    return [np.where(random_signs(rng, size, moves.size), moves, -moves) for size in sizes]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class OutOfSampleResult(FieldResult):
    """Out-of-sample forecasts of a return over several weeks from one predictor.

    Parameters
    ----------
    r2 : out-of-sample R2, a share; negative where the mean forecasts better
    r2_by_luck, statistic : R2 that one of twenty unpredictable series reaches; Clark-West statistic
    pvalue_bootstrap : one-sided, by the fixed-regressor wild bootstrap
    nobs, episodes : forecasts, and how many of them do not overlap
    forecasts : shape (forecasts, 5)
        By the week in which it was made: the week in which it is `due`, the `actual` return, the `benchmark`
        (historical mean) and `model` forecast, per cent, and the `cumulative` difference of squared errors, benchmark
        less model, up to it.
    """

    r2: float = np.nan
    r2_by_luck: float = np.nan
    statistic: float = np.nan
    pvalue_bootstrap: float = np.nan
    nobs: int
    episodes: int = 0
    forecasts: pd.DataFrame

    def plot(self, ax: Any = None) -> Any:
        """Draw the cumulative gain over the historical mean, rising where the predictor helps; returns the axes."""
        ax = axes_or_new(ax, self.reason)
        ax.plot(self.forecasts["due"], self.forecasts["cumulative"])
        ax.axhline(0, color="0.5", linewidth=0.8)
        ax.set(xlabel="week in which the forecast is due", ylabel="squared error saved so far (per cent squared)")
        return ax


def out_of_sample(
    *, effect: pd.Series, cause: pd.Series, horizon: int, reps: int = 1_999, seed: int | None = None
) -> OutOfSampleResult:
    r"""Forecast a return over several weeks from a predictor, week by week with what was known, and score it.

    .. math::
        \hat y_{t,h} = \hat a_t + \hat b_t x_t \;\text{ against }\; \bar y_t, \qquad
        R^2_{oos} = 1 - \frac{\sum (y - \hat y)^2}{\sum (y - \bar y)^2}

    with least squares and mean over all pairs whose return was complete by week t, 156 of them at first. NaN and a
    reason where fewer than 20 forecasts are due.

    Parameters
    ----------
    effect, cause : pandas.Series, shape (n,)
        Weekly log return, per cent; predictor as known in each week, on the same dates.
    horizon, reps, seed : int
        Weeks of the return; draws, at least 99; their seed.

    Notes
    -----
    Each draw gives the weekly returns less their mean random signs and keeps the predictor: nothing can be predicted,
    volatility stays where it was, and returns overlap as they do in the data. A normal p-value would not know how few
    forecasts do not overlap.

    References
    ----------
    Clark and West (2007), Journal of Econometrics 138, 291-311; Clark and McCracken (2012), Journal of Business &
    Economic Statistics 30, 53-66 (fixed-regressor wild bootstrap); Goyal and Welch (2008), Review of Financial Studies
    21, 1455-1508 (cumulative difference); Campbell and Thompson (2008), Review of Financial Studies 21, 1509-1531 (R2).
    """
    require_count(reps, name="reps", least=99)
    returns, predictor = _checked(effect, cause, horizon)
    words: dict[str, Any] = {
        "null": f"{cause.name} does not help to forecast {effect.name} over {horizon} weeks",
        "alternative": f"forecasts from {cause.name} are better than the historical mean",
    }
    actual, *both = forecast_ahead(returns, predictor, horizon)
    due, (benchmark, model) = actual.size, (forecast[: actual.size] for forecast in both)
    errors = actual - benchmark, actual - model
    saved = np.cumsum(errors[0] ** 2 - errors[1] ** 2)
    columns = {"actual": actual, "benchmark": benchmark, "model": model, "cumulative": saved}
    made = np.arange(due) + FIRST + horizon - 1
    forecasts = pd.DataFrame({"due": effect.index[made + horizon], **columns}, index=effect.index[made])
    if due < MIN_FORECASTS:
        reason = f"{due} forecasts over {horizon} weeks are due, at least {MIN_FORECASTS} are needed"
        return OutOfSampleResult(**words, reason=reason, forecasts=forecasts, nobs=due)
    drawn = [_errors(signs, predictor, horizon) for signs in unpredictable(returns, reps, seed)]
    by_luck: Errors = (np.concatenate([pair[0] for pair in drawn]), np.concatenate([pair[1] for pair in drawn]))
    statistic = float(clark_west_statistics(*errors, horizon))
    return OutOfSampleResult(
        **words,
        forecasts=forecasts,
        r2=float(r2_out_of_sample(*errors)),
        r2_by_luck=float(np.quantile(r2_out_of_sample(*by_luck), 0.95)),
        statistic=statistic,
        pvalue_bootstrap=bootstrap_pvalue(statistic, clark_west_statistics(*by_luck, horizon)),
        nobs=due,
        episodes=-(-due // horizon),
    )


def forecast_gap(*, effect: pd.Series, cause: pd.Series, horizon: int) -> float:
    """Forecast from the last week of the data: model less historical mean."""
    _, benchmark, model = forecast_ahead(*_checked(effect, cause, horizon), horizon)
    return float(model[-1] - benchmark[-1])


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ForecastLeagueResult(FieldResult):
    """All forecasts of a search side by side.

    Parameters
    ----------
    table : shape (leaders x lookbacks x horizons, 4)
        By leader, look-back and horizon in weeks: out-of-sample `r2` (a share), Clark-West `statistic`, its bootstrap
        `pvalue`, and the p-value `adjusted` for the whole search.
    pvalue : of the best forecast of the search, as a search for it deserves
    reality_check : shape (horizons, 3)
        By horizon: p-values that no forecast has a smaller squared error than the mean, `white` (reality check),
        `hansen` (consistent) and `liberal` (lower bound).
    """

    pvalue: float
    reality_check: pd.DataFrame
    table: pd.DataFrame

    @property
    def best(self) -> tuple[Any, ...] | None:
        """Leader, look-back and horizon with the highest R2; None where nothing was forecast."""
        return None if self.table["r2"].isna().all() else self.table["r2"].idxmax()


def forecast_league(
    *, effect: pd.Series, leaders: pd.DataFrame, reps: int, seed: int | None = None
) -> ForecastLeagueResult:
    """Forecast a return from every leader's past return, over every look-back and horizon, and judge the search.

    Look-backs of 1, 4, 13 and 26 weeks, horizons of 4, 13 and 26. NaN and a reason where fewer than 20 forecasts are
    due at some horizon.

    Parameters
    ----------
    effect, leaders : pandas.Series, shape (n,), pandas.DataFrame, shape (n, k)
        Weekly log returns, per cent, on the same dates; the predictor is a leader's sum over the look-back.
    reps, seed : as in `out_of_sample`

    Notes
    -----
    The p-value of the search compares the largest of all Clark-West statistics with the largest in draws in which
    nothing can be predicted; it knows that the models nest the mean. The reality checks compare squared errors
    themselves (stationary bootstrap, mean block the horizon); for nested models they are conservative.

    References
    ----------
    Clark and McCracken (2012), Journal of Business & Economic Statistics 30, 53-66; White (2000), Econometrica 68,
    1097-1126; Hansen (2005), Journal of Business & Economic Statistics 23, 365-380.
    """
    cells = list(product(leaders.columns, LOOKBACKS, HORIZONS))
    index = pd.MultiIndex.from_tuples(cells, names=("leader", "lookback", "horizon"))
    keep = slice(max(LOOKBACKS) - 1, None)
    searched = []
    for name, weeks, horizon in cells:
        past = leaders[name].rolling(weeks).sum().iloc[keep]
        returns, predictor = _checked(effect.iloc[keep], past, horizon)
        searched.append((predictor, horizon))
    words = {
        "null": f"no leader helps to forecast {effect.name}",
        "alternative": f"at least one leader forecasts {effect.name} better than the historical mean",
    }
    errors = [_errors(returns, *one) for one in searched]
    if (due := min(model.size for _, model in errors)) < MIN_FORECASTS:
        return ForecastLeagueResult(
            **words,
            reason=f"{due} forecasts are due at the longest horizon, at least {MIN_FORECASTS} are needed",
            table=pd.DataFrame(np.nan, index=index, columns=["r2", "statistic", "pvalue", "adjusted"]),
            pvalue=np.nan,
            reality_check=pd.DataFrame(np.nan, index=pd.Index(HORIZONS, name="horizon"), columns=list(_CHECKS)),
        )
    table = pd.DataFrame(_scores(searched, errors, unpredictable(returns, reps, seed)), index=index)
    checks = {}
    for horizon in HORIZONS:
        own = [pair for pair, (_, ahead) in zip(errors, searched, strict=True) if ahead == horizon]
        losses = np.column_stack([model**2 for _, model in own])
        checks[horizon] = reality_check(benchmark=own[0][0] ** 2, models=losses, block=horizon, reps=reps, seed=seed)
    return ForecastLeagueResult(
        **words,
        table=table,
        pvalue=float(table["adjusted"].min()),
        reality_check=pd.DataFrame.from_dict(checks, orient="index").rename_axis("horizon"),
    )


def _scores(searched: list[tuple[np.ndarray, int]], errors: list[Errors], drawn: list[np.ndarray]) -> dict[str, Any]:
    """Scores of all models, by themselves and as a search for the best deserves."""

    def _statistics(found: list[Errors]) -> np.ndarray:
        pairs = zip(found, searched, strict=True)
        return np.stack([clark_west_statistics(*pair, horizon) for pair, (_, horizon) in pairs], axis=-1)

    observed = _statistics(errors)
    draws = np.vstack([_statistics([_errors(returns, *one) for one in searched]) for returns in drawn])
    largest = draws.max(axis=1)
    return {
        "r2": [float(r2_out_of_sample(*pair)) for pair in errors],
        "statistic": observed,
        "pvalue": [bootstrap_pvalue(*pair) for pair in zip(observed, draws.T, strict=True)],
        "adjusted": [bootstrap_pvalue(statistic, largest) for statistic in observed],
    }


def reality_check(
    *, benchmark: np.ndarray, models: np.ndarray, block: int, reps: int, seed: int | None = None
) -> dict[str, float]:
    """Test that no model has a smaller expected loss than the benchmark: p-values of White (2000) and Hansen (2005).

    Losses have shape (n,) and (n, k); `block` is the mean block of the stationary bootstrap.
    """
    from arch.bootstrap import SPA

    test = SPA(benchmark, models, block_size=block, reps=reps, seed=seed)
    test.compute()
    return {ours: float(test.pvalues[theirs]) for ours, theirs in _CHECKS.items()}
