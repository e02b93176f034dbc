"""A search over leaders, look-backs and horizons for out-of-sample forecasts, and what the search finds by luck."""

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

LOOKBACKS, HORIZONS = (1, 4, 13, 26), (4, 13, 26)
_CHECKS = {"white": "upper", "hansen": "consistent", "liberal": "lower"}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ForecastLeagueResult(Result):
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

    table: pd.DataFrame
    pvalue: float
    reality_check: pd.DataFrame

    @property
    def best(self) -> tuple[Any, ...] | None:
        """Leader, look-back and horizon with the highest R2; None where nothing was forecast."""
        return None if self.table["r2"].isna().all() else self.table["r2"].idxmax()

    def _rows(self) -> list[tuple[str, Any]]:
        counted = ("Models, best of them", (len(self.table), self.best))
        checks = [(f"Reality check, {h} weeks", tuple(row)) for h, row in self.reality_check.iterrows()]
        return [*super()._rows(), counted, ("p-value of the best", self.pvalue), *checks]


def forecast_league(
    *, effect: pd.Series, leaders: pd.DataFrame, reps: int = 1_999, seed: int | None = None
) -> ForecastLeagueResult:
    """Forecast a return from every leader's past return, over every look-back and horizon, and judge the search.

    Look-backs of 1, 4, 13 and 26 weeks, horizons of 4, 13 and 26. NaN and a reason where fewer than 20 forecasts are
    due at some horizon.

    Parameters
    ----------
    effect : pandas.Series, shape (n,)
        Weekly log return, per cent.
    leaders : pandas.DataFrame, shape (n, k)
        Weekly log returns of the leaders, per cent, on the same dates; the predictor is their sum over the look-back.
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
    require_count(reps, name="reps", least=99)
    cells = list(product(leaders.columns, LOOKBACKS, HORIZONS))
    index = pd.MultiIndex.from_tuples(cells, names=("leader", "lookback", "horizon"))
    keep = slice(max(LOOKBACKS) - 1, None)
    prepared = [
        expanding_design(effect=effect.iloc[keep], cause=leaders[name].rolling(weeks).sum().iloc[keep], horizon=h)
        for name, weeks, h in cells
    ]
    returns, designs = prepared[0][0], [design for _, design in prepared]
    due = min(design.due for design in designs)
    words = {
        "null": f"no leader helps to forecast {effect.name}",
        "alternative": f"at least one leader forecasts {effect.name} better than the historical mean",
    }
    if due < MIN_FORECASTS:
        return ForecastLeagueResult(
            **words,
            reason=f"{due} forecasts are due at the longest horizon, at least {MIN_FORECASTS} are needed",
            table=pd.DataFrame(np.nan, index=index, columns=["r2", "statistic", "pvalue", "adjusted"]),
            pvalue=np.nan,
            reality_check=pd.DataFrame(np.nan, index=pd.Index(HORIZONS, name="horizon"), columns=list(_CHECKS)),
        )
    errors = [design.errors(returns) for design in designs]
    table = _searched(index, designs, errors, returns, reps, seed)
    checks = {}
    for horizon in HORIZONS:
        own = [pair for pair, design in zip(errors, designs, strict=True) if design.horizon == horizon]
        losses = np.column_stack([model**2 for _, model in own])
        checks[horizon] = reality_check(benchmark=own[0][0] ** 2, models=losses, block=horizon, reps=reps, seed=seed)
    return ForecastLeagueResult(
        **words,
        table=table,
        pvalue=float(table["adjusted"].min()),
        reality_check=pd.DataFrame.from_dict(checks, orient="index").rename_axis("horizon"),
    )


def reality_check(
    *, benchmark: np.ndarray, models: np.ndarray, block: int, reps: int, seed: int | None = None
) -> dict[str, float]:
    """Test that no model has a smaller expected loss than the benchmark: p-values of White (2000) and Hansen (2005).

    Parameters
    ----------
    benchmark, models : numpy.ndarray, shape (n,) and (n, k)
        Losses of the benchmark and of the models.
    block, reps, seed : int
        Mean block of the stationary bootstrap; draws; their seed.
    """
    from arch.bootstrap import SPA

    if len(benchmark) != len(models):
        raise InputError(f"{len(benchmark)} losses of the benchmark and {len(models)} of the models: align them first.")
    test = SPA(benchmark, models, block_size=block, reps=reps, seed=seed)
    test.compute()
    return {ours: float(test.pvalues[theirs]) for ours, theirs in _CHECKS.items()}


def _searched(
    index: pd.MultiIndex,
    designs: list[ExpandingDesign],
    errors: list[tuple[np.ndarray, np.ndarray]],
    returns: np.ndarray,
    reps: int,
    seed: int | None,
) -> pd.DataFrame:
    """Scores of all models, by themselves and as a search for the best deserves."""
    observed = np.array([clark_west_statistics(*pair, one.horizon) for pair, one in zip(errors, designs, strict=True)])
    blocks = [
        np.column_stack([clark_west_statistics(*one.errors(drawn), one.horizon) for one in designs])
        for drawn in unpredictable(returns, reps, seed)
    ]
    draws = np.vstack(blocks)
    largest = draws.max(axis=1)
    scores = {
        "r2": [float(r2_out_of_sample(*pair)) for pair in errors],
        "statistic": observed,
        "pvalue": [bootstrap_pvalue(*pair) for pair in zip(observed, draws.T, strict=True)],
        "adjusted": [bootstrap_pvalue(statistic, largest) for statistic in observed],
    }
    return pd.DataFrame(scores, index=index)
