"""Probabilities for stated outcomes, made on a date and scored when they are due."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean
from helpers.stats.fans import Fan, brier_score, history_fan
from helpers.stats.forecast_tests import forecast_gap

LARGE, LOOKBACK, AHEAD, EVERY = 25.0, 13, 26, 13


@dataclass(frozen=True)
class Statement:
    """An outcome that can be checked on the due date.

    Parameters
    ----------
    text, threshold : the outcome in words; log return since the forecast, per cent
    above : whether a return above the threshold makes it true, or one below
    at_any_time : whether any week until the due date counts, or that week alone
    """

    text: str
    threshold: float
    above: bool = True
    at_any_time: bool = False

    def holds(self, moves: np.ndarray) -> bool:
        """Check the statement."""
        move = moves.max() if self.at_any_time else moves[-1]
        return bool(move > self.threshold if self.above else move < self.threshold)

    def chance(self, fan: Fan, weeks: int) -> float:
        """Give the probability of the statement."""
        above = fan.chance(week=weeks, above=self.threshold, at_any_time=self.at_any_time)
        return above if self.above else 1 - above


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


def statements(*, price: float, record: float, weeks: int) -> list[Statement]:
    """State what is forecast: higher; much higher; much lower; a new record close."""
    if not 0 < price <= record:
        raise InputError(f"price {price:g} and record {record:g} must be positive, the record not below the price.")
    rise, fall = (float(100 * np.log(1 + sign * LARGE / 100)) for sign in (1, -1))
    return [
        Statement(f"higher in {weeks} weeks", 0.0),
        Statement(f"at least {LARGE:g} % higher in {weeks} weeks", rise),
        Statement(f"at least {LARGE:g} % lower in {weeks} weeks", fall, above=False),
        Statement(f"a new record close within {weeks} weeks", float(100 * np.log(record / price)), at_any_time=True),
    ]


def make_forecast(*, prices: pd.Series, fans: Mapping[str, Fan], weeks: int) -> DatedForecast:
    """Give the probabilities of each forecaster's fan; all fans are of one date, which has a price."""
    require_clean(prices, role="price")
    dates = {fan.as_of for fan in fans.values()}
    short = [name for name, fan in fans.items() if fan.weeks < weeks]
    if len(dates) != 1 or short:
        raise InputError(f"fans must share one date and reach {weeks} weeks: {sorted(dates)}, too short: {short}.")
    made = dates.pop()
    known = prices.loc[:made]
    if known.empty or known.index[-1] != made:
        raise InputError(f"no price of {prices.name!r} on {made:%Y-%m-%d}: forecast in a week that has one.")
    price, record = float(known.iloc[-1]), float(known.max())
    stated = statements(price=price, record=record, weeks=weeks)
    chances = {name: [one.chance(fan, weeks) for one in stated] for name, fan in fans.items()}
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


def schedule(*, first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
    """List the weeks in which a forecast is made: the first, and every 13 weeks as far as the data go."""
    return list(pd.date_range(first, max(first, last), freq=pd.Timedelta(weeks=EVERY)))


def score_forecast(forecast: DatedForecast, *, prices: pd.Series) -> pd.DataFrame:
    """Say whether each statement ``happened``, by weekly prices, with the Brier score of each forecaster.

    Returns
    -------
    pandas.DataFrame, shape (statements, 1 + forecasters)
        No rows before the forecast is due.
    """
    require_clean(prices, role="price")
    since = prices[(prices.index > forecast.made) & (prices.index <= forecast.due)]
    if prices.index[-1] < forecast.due or since.empty:
        return pd.DataFrame(columns=["happened", *forecast.probabilities])
    weeks = (forecast.due - forecast.made).days // 7
    stated = statements(price=forecast.price, record=forecast.record, weeks=weeks)
    moves = 100 * np.log(since.to_numpy() / forecast.price)
    happened = np.array([one.holds(moves) for one in stated])
    said = forecast.probabilities
    scores = {name: brier_score(probability=said[name].to_numpy(), happened=happened) for name in said}
    return pd.DataFrame({"happened": happened, **scores}, index=said.index)
