"""What the dated forecasts came to: each scored when due, and the evidence that silver's strength helps as it grows."""

from dataclasses import dataclass

import pandas as pd

from helpers.claims.forecasts import SEED, forecasts
from helpers.claims.trial import Trial
from helpers.stats import ForecastEProcess, InputError, forecast_e_process, forecast_from_strength, score_forecast
from helpers.stats.dated_forecasts import AHEAD, LOOKBACK
from helpers.stats.forecast_tests import FIRST

STRENGTH, NO_LEADER = "strength", "history"
HINDSIGHT_FROM = "2014-01-01"
_EVERY, _AHEAD = 13, 2  # a forecast a quarter, two quarters ahead: two are under way at any time
_SPREAD = 0.1  # squared units of the score at which the evidence is most sensitive; fixed before a second one was due


@dataclass(frozen=True, eq=False)
class ForecastEvidence:
    """Scores of the forecast from the leader's strength against the one without it, one a date.

    Parameters
    ----------
    scores : shape (forecasts, 2), mean Brier score over the statements, of "strength" and "history"; lower is better
    process : evidence that the strength of the leader helps, as it grew; None while fewer than two forecasts are due
    """

    scores: pd.DataFrame
    process: ForecastEProcess | None

    def summary(self) -> str:
        """Give the number of scores, both means, and the e-value or why there is none."""
        weighed = f"e-value {self.process.value:.3g}" if self.process else f"evidence begins with {_AHEAD} that are due"
        if self.scores.empty:
            return f"none due so far; {weighed}"
        means = self.scores.mean()
        told = f"{len(self.scores)} scored; {STRENGTH} {means[STRENGTH]:.4f}, {NO_LEADER} {means[NO_LEADER]:.4f}"
        return f"{told}; {weighed}"


def forecast_table(trial: Trial) -> pd.DataFrame:
    """Lay out every dated forecast since the record, due or not, as `forecasts`, with what `score_forecast` adds."""
    prices = trial.price(trial.follower)
    scored = [score_forecast(said, prices=prices) for _, said in forecasts(trial).groupby("made")]
    return pd.concat(scored, ignore_index=True)


def forecast_evidence(trial: Trial) -> ForecastEvidence:
    """Weigh the forecasts that were stored and are due; grows with each that falls due."""
    return _weighed(forecast_table(trial))


def evidence_in_hindsight(trial: Trial) -> ForecastEvidence:
    """Weigh the same forecast made every quarter from 2014 on that was due before the record, from data until its date.

    Nobody made these forecasts at the time, so they are no part of the evidence above: they say what it could expect.
    """
    prices, leader = trial.price(trial.follower, start=trial.start), trial.price(trial.leader)
    known = prices.loc[: trial.day]
    step, last = pd.Timedelta(weeks=_EVERY), known.index[-1]
    many = int((last - pd.Timestamp(HINDSIGHT_FROM)) / step) - 1
    # Before that row an expanding regression has no forecast to learn from.
    learnt = prices.index[1:].intersection(leader.index[LOOKBACK:])[FIRST + AHEAD - 1 :]
    scored = [
        score_forecast(forecast_from_strength(prices=prices, leader=leader, date=day, seed=SEED), prices=known)
        for day in pd.date_range(end=last - _AHEAD * step, periods=many, freq=step).intersection(learnt)
    ]
    return _weighed(pd.concat(scored) if scored else None)


def _weighed(table: pd.DataFrame | None) -> ForecastEvidence:
    """Turn the scores of what is due into evidence; a score is the mean over the statements, between 0 and 1."""
    names = {f"Brier score of {name}": name for name in (STRENGTH, NO_LEADER)}
    if table is None:
        return ForecastEvidence(pd.DataFrame(columns=[STRENGTH, NO_LEADER], dtype=float), None)
    scores = table[table["happened"].notna()].groupby("made")[list(names)].mean().rename(columns=names)
    try:
        process = forecast_e_process(
            scores=-scores[STRENGTH], benchmark=-scores[NO_LEADER], bound=1.0, ahead=_AHEAD, variance_best=_SPREAD
        )
    except InputError:
        process = None
    return ForecastEvidence(scores, process)
