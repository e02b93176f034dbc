"""Probabilities for stated outcomes, made on a date and scored when they are due."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean
from helpers.stats.fans import Fan, brier_score, history_fan
from helpers.stats.forecast_tests import forecast_gap

LARGE, LOOKBACK, AHEAD = 25.0, 13, 26
FORECASTERS = ["history", "strength"]


class _Statement(NamedTuple):
    """An outcome: the log return since the forecast (per cent) above or below a threshold, at the end or ever."""

    text: str
    threshold: float
    above: bool = True
    at_any_time: bool = False


def statements(*, price: float, record: float, weeks: int) -> list[_Statement]:
    """State what is forecast: higher; much higher; much lower; a new record close."""
    rise, fall = (float(100 * np.log(1 + sign * LARGE / 100)) for sign in (1, -1))
    return [
        _Statement(f"higher in {weeks} weeks", 0.0),
        _Statement(f"at least {LARGE:g} % higher in {weeks} weeks", rise),
        _Statement(f"at least {LARGE:g} % lower in {weeks} weeks", fall, above=False),
        _Statement(f"a new record close within {weeks} weeks", float(100 * np.log(record / price)), at_any_time=True),
    ]


def make_forecast(*, prices: pd.Series, fans: Mapping[str, Fan], weeks: int) -> pd.DataFrame:
    """Give the probabilities of each forecaster's fan, as `forecast_from_strength`; all fans are of one date."""
    require_clean(prices, role="price")
    made = next(iter(fans.values())).as_of
    known = prices.loc[:made]
    if known.empty or known.index[-1] != made:
        raise InputError(f"no price of {prices.name!r} on {made:%Y-%m-%d}: forecast in a week that has one.")
    price, record = float(known.iloc[-1]), float(known.max())
    stated = statements(price=price, record=record, weeks=weeks)
    head = {"made": made, "due": made + pd.Timedelta(weeks=weeks), "price": price, "record": record}
    table = pd.DataFrame({**head, "statement": [one.text for one in stated]})
    for name, fan in fans.items():
        over = [fan.chance(week=weeks, above=one.threshold, at_any_time=one.at_any_time) for one in stated]
        table[name] = [chance if one.above else 1 - chance for one, chance in zip(stated, over, strict=True)]
    return table


def forecast_from_strength(*, prices: pd.Series, leader: pd.Series, date: pd.Timestamp, seed: int) -> pd.DataFrame:
    """Forecast 26 weeks from a price's own history, and from that history tilted by a leader's 13-week return.

    Parameters
    ----------
    prices, leader : pandas.Series, shape (n,)
        Weekly prices; those after the date are not used.
    date, seed : pandas.Timestamp, int
        Week of the forecast; seed of the paths.

    Returns
    -------
    pandas.DataFrame, shape (statements, 7)
        When it was ``made`` and is ``due``, the closing ``price`` of that week and the ``record`` close until then, the
        ``statement``, and the probability of it by each of `FORECASTERS`.
    """
    past = pd.DataFrame({"effect": 100 * np.log(prices).diff(), "cause": 100 * np.log(leader).diff(LOOKBACK)})
    known = past.dropna().loc[:date]
    history = history_fan(returns=known["effect"], as_of=date, weeks=AHEAD, seed=seed)
    gap = forecast_gap(effect=known["effect"], cause=known["cause"], horizon=AHEAD)
    return make_forecast(prices=prices, fans={"history": history, "strength": history.tilted(gap)}, weeks=AHEAD)


def score_forecast(forecast: pd.DataFrame, *, prices: pd.Series) -> pd.DataFrame:
    """Add whether each statement ``happened``, by weekly prices, and ``Brier score of`` each; None, NaN before due."""
    made, due, price, record = (forecast[name].iloc[0] for name in ("made", "due", "price", "record"))
    since = prices[(prices.index > made) & (prices.index <= due)]
    happened: list[bool | None] = [None] * len(forecast)
    if prices.index[-1] >= due and len(since):
        moves = 100 * np.log(since.to_numpy() / price)
        stated = statements(price=price, record=record, weeks=(due - made).days // 7)
        ends = [moves.max() if one.at_any_time else moves[-1] for one in stated]
        pairs = zip(stated, ends, strict=True)
        happened = [bool(end > one.threshold if one.above else end < one.threshold) for one, end in pairs]
    scored = forecast.assign(happened=pd.Series(happened, forecast.index, dtype=object))
    for name in forecast.columns.intersection(FORECASTERS):
        scored[f"Brier score of {name}"] = brier_score(probability=forecast[name], happened=scored["happened"])
    return scored
