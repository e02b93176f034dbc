"""What the dated forecasts came to: each scored when due, and the evidence that silver's strength helps as it grows."""

from dataclasses import dataclass, field

import pandas as pd

from helpers.claims.forecasts import SEED, forecasts
from helpers.claims.trial import Trial
from helpers.stats import ForecastEProcess, InputError, forecast_e_process, forecast_from_strength, score_forecast

STRENGTH, NO_LEADER = "strength", "history"
HINDSIGHT_FROM = "2014-01-01"
_EVERY, _AHEAD = 13, 2  # a forecast a quarter, two quarters ahead: two are under way at any time
_SPREAD = 0.1  # squared units of the score at which the evidence is most sensitive; fixed before a second one was due


@dataclass(frozen=True, eq=False)
class ForecastEvidence:
    """Scores of the forecast from the leader's strength against the one without it, one a date.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (forecasts, 2)
        Mean Brier score over the statements by date of forecast, of "strength" and "history"; lower is better.
    process : ForecastEProcess or None
        Evidence that the strength of the leader helps, as it grew; None while fewer than two forecasts are due.
    reason : str
        Why there is no evidence yet; "" where there is.
    """

    scores: pd.DataFrame = field(repr=False)
    process: ForecastEProcess | None
    reason: str = ""

    def summary(self) -> str:
        """Give the number of scores, both means, and the e-value or why there is none."""
        if self.scores.empty:
            return self.reason
        means = self.scores.mean()
        told = f"{len(self.scores)} scored; {STRENGTH} {means[STRENGTH]:.4f}, {NO_LEADER} {means[NO_LEADER]:.4f}"
        return f"{told}; {self.reason or f'e-value {self.process.value:.3g}'}"  # type: ignore[union-attr]

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.scores.to_html()}"


def forecast_table(trial: Trial) -> pd.DataFrame:
    """Lay out every dated forecast since the record, due or not.

    Parameters
    ----------
    trial : Trial
        The dataset and the pair.

    Returns
    -------
    pandas.DataFrame
        A row a statement: made, due, stored (dates), statement, the probability that each forecaster gave, happened
        (None before it is due) and the Brier score of each (NaN before).
    """
    prices, tables = trial.price(trial.follower), []
    for kept in forecasts(trial):
        said = kept.forecast
        scored = score_forecast(said, prices=prices).reindex(said.probabilities.index)
        table = said.probabilities.copy()
        table.insert(0, "statement", table.index)
        for place, (name, day) in enumerate((("made", said.made), ("due", said.due), ("stored", kept.stored))):
            table.insert(place, name, day)
        table["happened"] = scored["happened"].astype(object).where(scored["happened"].notna(), None)
        for name in said.probabilities:
            table[f"Brier score of {name}"] = scored[name].astype(float)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def forecast_evidence(trial: Trial) -> ForecastEvidence:
    """Weigh the forecasts that were stored and are due.

    Parameters
    ----------
    trial : Trial
        The dataset and the pair.

    Returns
    -------
    ForecastEvidence
        Grows with each forecast that falls due.
    """
    prices = trial.price(trial.follower)
    scores = {kept.forecast.made: score_forecast(kept.forecast, prices=prices) for kept in forecasts(trial)}
    return _weighed(scores)


def evidence_in_hindsight(trial: Trial, *, since: str = HINDSIGHT_FROM) -> ForecastEvidence:
    """Weigh the same forecast made every quarter before the record, each from data until its date.

    Nobody made these forecasts at the time, so they are no part of the evidence above: they say what it could expect.

    Parameters
    ----------
    trial : Trial
        The dataset and the pair.
    since : str
        First day on which one is made; there must be some years of both series before it.

    Returns
    -------
    ForecastEvidence
        Up to the last forecast due before the first one that was stored.
    """
    prices, leader = trial.price(trial.follower, start=trial.start), trial.price(trial.leader)
    last = prices.loc[: trial.day].index[-1]
    step = pd.Timedelta(weeks=_EVERY)
    days = pd.date_range(end=last - _AHEAD * step, periods=int((last - pd.Timestamp(since)) / step) - 1, freq=step)
    known = prices.loc[:last]
    scores = {}
    for day in (day for day in days if day in prices.index):
        said = forecast_from_strength(prices=prices, leader=leader, date=day, seed=SEED)
        scores[day] = score_forecast(said, prices=known)
    return _weighed(scores)


def _weighed(scored: dict[pd.Timestamp, pd.DataFrame]) -> ForecastEvidence:
    """Turn scores into evidence; a score is the mean over the statements, between 0 and 1."""
    due = {day: scores[[STRENGTH, NO_LEADER]].mean() for day, scores in scored.items() if len(scores)}
    table = pd.DataFrame.from_dict(due, orient="index", columns=[STRENGTH, NO_LEADER]).astype(float)
    table.index = pd.DatetimeIndex(table.index, name="made")
    try:
        process = forecast_e_process(
            scores=-table[STRENGTH], benchmark=-table[NO_LEADER], bound=1.0, ahead=_AHEAD, variance_best=_SPREAD
        )
    except InputError:
        return ForecastEvidence(table, None, f"{len(table)} due so far; evidence begins with {_AHEAD}")
    return ForecastEvidence(table, process)
