"""Probabilities for stated outcomes, made on a date and scored when they are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean
from helpers.stats.fans import Fan, brier_score, history_fan
from helpers.stats.forecast_tests import forecast_gap

LARGE, LOOKBACK, AHEAD = 25.0, 13, 26


class _Statement(NamedTuple):
    """An outcome: the log return since the forecast (per cent) above or below a threshold, at the end or ever."""

    text: str
    threshold: float
    above: bool = True
    at_any_time: bool = False


@dataclass(frozen=True, eq=False)
class DatedForecast:
    """What several forecasters said on one date.

    Parameters
    ----------
    made, due : week in which it was made, and last week that counts
    price, record : closing price in the week in which it was made, and the highest close until then
    probabilities : shape (statements, forecasters), probability that each forecaster gave each statement
    """

    made: pd.Timestamp
    due: pd.Timestamp
    price: float
    record: float
    probabilities: pd.DataFrame


def statements(*, price: float, record: float, weeks: int) -> list[_Statement]:
    """State what is forecast: higher; much higher; much lower; a new record close."""
    rise, fall = (float(100 * np.log(1 + sign * LARGE / 100)) for sign in (1, -1))
    return [
        _Statement(f"higher in {weeks} weeks", 0.0),
        _Statement(f"at least {LARGE:g} % higher in {weeks} weeks", rise),
        _Statement(f"at least {LARGE:g} % lower in {weeks} weeks", fall, above=False),
        _Statement(f"a new record close within {weeks} weeks", float(100 * np.log(record / price)), at_any_time=True),
    ]


def make_forecast(*, prices: pd.Series, fans: Mapping[str, Fan], weeks: int) -> DatedForecast:
    """Give the probabilities of each forecaster's fan; all fans are of one date, which has a price."""
    require_clean(prices, role="price")
    made = next(iter(fans.values())).as_of
    known = prices.loc[:made]
    if known.empty or known.index[-1] != made:
        raise InputError(f"no price of {prices.name!r} on {made:%Y-%m-%d}: forecast in a week that has one.")
    price, record = float(known.iloc[-1]), float(known.max())
    stated, chances = statements(price=price, record=record, weeks=weeks), {}
    for name, fan in fans.items():
        over = [fan.chance(week=weeks, above=one.threshold, at_any_time=one.at_any_time) for one in stated]
        chances[name] = [chance if one.above else 1 - chance for one, chance in zip(stated, over, strict=True)]
    table = pd.DataFrame(chances, index=[one.text for one in stated])
    return DatedForecast(made, made + pd.Timedelta(weeks=weeks), price, record, table)


def forecast_from_strength(*, prices: pd.Series, leader: pd.Series, date: pd.Timestamp, seed: int) -> DatedForecast:
    """Forecast 26 weeks from a price's own history, and from that history tilted by a leader's 13-week return.

    Parameters
    ----------
    prices, leader : pandas.Series, shape (n,)
        Weekly prices; those after the date are not used.
    date, seed : pandas.Timestamp, int
        Week of the forecast; seed of the paths.

    Returns
    -------
    DatedForecast
        The forecasters are "history" and "strength".
    """
    past = pd.DataFrame({"effect": 100 * np.log(prices).diff(), "cause": 100 * np.log(leader).diff(LOOKBACK)})
    known = past.dropna().loc[:date]
    history = history_fan(returns=known["effect"], as_of=date, weeks=AHEAD, seed=seed)
    gap = forecast_gap(effect=known["effect"], cause=known["cause"], horizon=AHEAD)
    return make_forecast(prices=prices, fans={"history": history, "strength": history.tilted(gap)}, weeks=AHEAD)


def score_forecast(forecast: DatedForecast, *, prices: pd.Series) -> pd.DataFrame:
    """Say whether each statement ``happened``, by weekly prices, with the Brier score of each forecaster.

    Returns
    -------
    pandas.DataFrame, shape (statements, 1 + forecasters)
        No rows before the forecast is due.
    """
    said = forecast.probabilities
    since = prices[(prices.index > forecast.made) & (prices.index <= forecast.due)]
    if prices.index[-1] < forecast.due or since.empty:
        return pd.DataFrame(columns=["happened", *said])
    weeks = (forecast.due - forecast.made).days // 7
    moves = 100 * np.log(since.to_numpy() / forecast.price)
    stated = statements(price=forecast.price, record=forecast.record, weeks=weeks)
    ends = [moves.max() if one.at_any_time else moves[-1] for one in stated]
    pairs = zip(stated, ends, strict=True)
    happened = np.array([end > one.threshold if one.above else end < one.threshold for one, end in pairs])
    scores = brier_score(probability=said.to_numpy(), happened=happened[:, None])
    return pd.DataFrame({"happened": happened}, said.index).join(pd.DataFrame(scores, said.index, said.columns))
