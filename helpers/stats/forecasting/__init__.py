"""Forecasts out of sample: regressions, leagues, fans, dated forecasts, and their scores."""

from helpers.stats.forecasting.clark_west import clark_west, clark_west_statistics
from helpers.stats.forecasting.dated import (
    DatedForecast,
    forecast_from_strength,
    make_forecast,
    schedule,
    score_forecast,
    statements,
)
from helpers.stats.forecasting.expanding import ExpandingDesign, unpredictable
from helpers.stats.forecasting.fan_scores import backtest_fans, path_since, score_fans, skill
from helpers.stats.forecasting.fans import Fan, event_fan, history_fan, merge_events
from helpers.stats.forecasting.league import ForecastLeagueResult, forecast_league, reality_check
from helpers.stats.forecasting.regressions import OutOfSampleResult, out_of_sample
from helpers.stats.forecasting.scores import brier_score, crps, pinball_loss, place

__all__ = [
    "DatedForecast",
    "ExpandingDesign",
    "Fan",
    "ForecastLeagueResult",
    "OutOfSampleResult",
    "backtest_fans",
    "brier_score",
    "clark_west",
    "clark_west_statistics",
    "crps",
    "event_fan",
    "forecast_from_strength",
    "forecast_league",
    "history_fan",
    "make_forecast",
    "merge_events",
    "out_of_sample",
    "path_since",
    "pinball_loss",
    "place",
    "reality_check",
    "schedule",
    "score_fans",
    "score_forecast",
    "skill",
    "statements",
    "unpredictable",
]
