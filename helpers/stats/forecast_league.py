"""A search over leaders, look-backs and horizons for out-of-sample forecasts, and what the search finds by luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_count
from helpers.stats.forecast_tests import (
    MIN_FORECASTS,
    ExpandingDesign,
    clark_west_statistics,
    expanding_design,
    r2_out_of_sample,
    unpredictable,
)
from helpers.stats.regression import bootstrap_pvalue
from helpers.stats.results import Result

_AXES = ("leader", "lookback", "horizon")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ForecastLeagueResult(Result):
    """All forecasts of a search side by side.

    Parameters
    ----------
    effect : name of the predicted return
    table : shape (leaders x lookbacks x horizons, 4)
        By leader, look-back and horizon in weeks: out-of-sample `r2` (a share), Clark-West `statistic`, its bootstrap
        `pvalue`, and the p-value `adjusted` for the whole search.
    pvalue : of the best forecast of the search, as a search for it deserves
    reality_check : shape (horizons, 3)
        By horizon: p-values that no forecast has a smaller squared error than the mean, `white` (reality check),
        `hansen` (consistent) and `liberal` (lower bound).
    nobs : forecasts by horizon
    first, last : sample that all leaders share
    reps : draws
    """

    effect: str
    table: pd.DataFrame
    pvalue: float
    reality_check: pd.DataFrame
    nobs: Mapping[int, int]
    first: pd.Timestamp
    last: pd.Timestamp
    reps: int

    @property
    def best(self) -> tuple[Any, ...] | None:
        """Leader, look-back and horizon with the highest R2; None where nothing was forecast."""
        return None if self.table["r2"].isna().all() else self.table["r2"].idxmax()

    def grid(self, column: str, horizon: int) -> pd.DataFrame:
        """Set one column of the table out by leader and look-back."""
        rows = self.table.xs(horizon, level="horizon").reset_index()
        return rows.pivot_table(index="leader", columns="lookback", values=column).reindex(self.standings.index)

    @property
    def standings(self) -> pd.DataFrame:
        """Leaders by mean R2 over look-backs and horizons, with the best R2 and the share of R2 above zero."""
        groups = self.table["r2"].groupby(level="leader")
        found = pd.DataFrame(
            {"mean": groups.mean(), "best": groups.max(), "gains": groups.agg(lambda r2: (r2 > 0).mean())}
        )
        return found.sort_values("mean", ascending=False)

    def _rows(self) -> list[tuple[str, Any]]:
        checks = [
            (f"Reality check over {h} weeks (White, Hansen)", (row.white, row.hansen))
            for h, row in zip(self.reality_check.index, self.reality_check.itertuples(), strict=True)
        ]
        return [
            *super()._rows(),
            ("Sample", (self.first, self.last)),
            ("Forecasting models", len(self.table)),
            ("Best", self.best),
            ("p-value of the best", self.pvalue),
            *checks,
        ]


def forecast_league(
    *,
    effect: pd.Series,
    leaders: pd.DataFrame,
    lookbacks: Sequence[int] = (1, 4, 13, 26),
    horizons: Sequence[int] = (4, 13, 26),
    first: int = 156,
    reps: int = 1_999,
    seed: int | None = None,
) -> ForecastLeagueResult:
    """Forecast a return from every leader's past return, over every look-back and horizon, and judge the search.

    NaN and a reason where fewer than 20 forecasts are due at some horizon.

    Parameters
    ----------
    effect : pandas.Series, shape (n,)
        Weekly log return, per cent.
    leaders : pandas.DataFrame, shape (n, k)
        Weekly log returns of the leaders, per cent, on the same dates; the predictor is their sum over the look-back.
    lookbacks, horizons : sequence of int
        Weeks of the predictor and of the predicted return.
    first, reps, seed : as in `out_of_sample`

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
    require_count(reps, name="reps", least=99)
    cells = list(product(leaders.columns, lookbacks, horizons))
    index = pd.MultiIndex.from_tuples(cells, names=_AXES)
    keep = slice(max(lookbacks) - 1, None)
    effect = effect.iloc[keep]
    prepared = [
        expanding_design(effect=effect, cause=_past(leaders[leader], weeks).iloc[keep], horizon=h, first=first)
        for leader, weeks, h in cells
    ]
    returns, designs = prepared[0][0], [design for _, design in prepared]
    due = {design.horizon: design.due for design in designs}
    reason = None
    if min(due.values()) < MIN_FORECASTS:
        reason = f"{min(due.values())} forecasts are due at the longest horizon, at least {MIN_FORECASTS} are needed"
    table, joint = (_empty(index), float("nan")) if reason else _searched(index, designs, returns, reps, seed)
    return ForecastLeagueResult(
        null=f"no leader helps to forecast {effect.name}",
        alternative=f"at least one leader forecasts {effect.name} better than the historical mean",
        reason=reason,
        effect=str(effect.name),
        table=table,
        pvalue=joint,
        reality_check=_reality_checks(designs, returns, reps, seed, skip=reason is not None),
        nobs=due,
        first=effect.index[0],
        last=effect.index[-1],
        reps=reps,
    )


def reality_check(
    *, benchmark: np.ndarray, models: np.ndarray, block: int, reps: int = 1_999, seed: int | None = None
) -> dict[str, float]:
    """Test that no model has a smaller expected loss than the benchmark: p-values of White (2000) and Hansen (2005).

    Parameters
    ----------
    benchmark : numpy.ndarray, shape (n,)
        Losses of the benchmark.
    models : numpy.ndarray, shape (n, k)
        Losses of the models.
    block : int
        Mean block of the stationary bootstrap.
    reps, seed
        Draws, and their seed.

    Returns
    -------
    dict of str to float
        ``white``, ``hansen`` and ``liberal``.

    Raises
    ------
    InputError
        The losses differ in length.
    """
    from arch.bootstrap import SPA

    if len(benchmark) != len(models):
        raise InputError(f"{len(benchmark)} losses of the benchmark and {len(models)} of the models: align them first.")
    test = SPA(benchmark, models, block_size=block, reps=reps, seed=seed)
    test.compute()
    names = {"white": "upper", "hansen": "consistent", "liberal": "lower"}
    return {ours: float(test.pvalues[theirs]) for ours, theirs in names.items()}


def _past(returns: pd.Series, weeks: int) -> pd.Series:
    """Sum of the last returns, the current one included; kept finite where the sum has not started yet."""
    require_count(weeks, name="lookback", least=1)
    return returns.rolling(weeks, min_periods=1).sum()


def _empty(index: pd.MultiIndex) -> pd.DataFrame:
    return pd.DataFrame(np.nan, index=index, columns=["r2", "statistic", "pvalue", "adjusted"])


def _searched(
    index: pd.MultiIndex, designs: list[ExpandingDesign], returns: np.ndarray, reps: int, seed: int | None
) -> tuple[pd.DataFrame, float]:
    """Scores of all models and the p-value of the search."""
    errors = [design.errors(returns) for design in designs]
    observed = np.array([clark_west_statistics(*pair, one.horizon) for pair, one in zip(errors, designs, strict=True)])
    blocks = [
        np.column_stack([clark_west_statistics(*one.errors(drawn), one.horizon) for one in designs])
        for drawn in unpredictable(returns, reps, seed)
    ]
    draws = np.vstack(blocks)
    largest = draws.max(axis=1)
    adjusted = [bootstrap_pvalue(statistic, largest) for statistic in observed]
    scores = {
        "r2": [float(r2_out_of_sample(*pair)) for pair in errors],
        "statistic": observed,
        "pvalue": [bootstrap_pvalue(*pair) for pair in zip(observed, draws.T, strict=True)],
        "adjusted": adjusted,
    }
    return pd.DataFrame(scores, index=index), min(adjusted)


def _reality_checks(
    designs: list[ExpandingDesign], returns: np.ndarray, reps: int, seed: int | None, *, skip: bool
) -> pd.DataFrame:
    """Reality check of each horizon."""
    rows = {}
    for horizon in dict.fromkeys(design.horizon for design in designs):
        if skip:
            rows[horizon] = dict.fromkeys(("white", "hansen", "liberal"), float("nan"))
            continue
        errors = [design.errors(returns) for design in designs if design.horizon == horizon]
        losses = np.column_stack([model**2 for _, model in errors])
        rows[horizon] = reality_check(benchmark=errors[0][0] ** 2, models=losses, block=horizon, reps=reps, seed=seed)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")
