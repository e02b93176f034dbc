"""Dated forecasts: stored when made, never rewritten, scored when due.

The committed table is appended by the command that writes the ledger. What was first said on live data is kept beside
the user's own data, in a table of the same form that outlasts a run.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.claims.trial import Trial
from helpers.data import DataError, load
from helpers.data.settings import ROOT
from helpers.data.store import replace_file, writing
from helpers.stats import DatedForecast, forecast_from_strength, schedule

FORECASTS = ROOT / "claims" / "forecasts.csv"
SEED = 14
_DATES = ("stored", "made", "due")


@dataclass(frozen=True, eq=False)
class KeptForecast:
    """A forecast as it is kept.

    Parameters
    ----------
    leader, follower : str
        The pair.
    stored : pandas.Timestamp
        Day of the report that stored it; later than the forecast's own date where the report caught up.
    forecast : DatedForecast
        What was said.
    """

    leader: str
    follower: str
    stored: pd.Timestamp
    forecast: DatedForecast


def own_forecasts() -> Path:
    """Give the table of what was said on live data: in SILVER_FORECASTS, else in data/forecasts."""
    return Path(os.environ.get("SILVER_FORECASTS") or ROOT / "data" / "forecasts") / "forecasts.csv"


def forecasts(trial: Trial, *, committed: Path = FORECASTS) -> list[KeptForecast]:
    """Give the forecast of every quarter since the record: as first stored by the date of the data, else made now.

    A forecast made now on the latest live data is kept in the user's own table; nothing else is written.

    Parameters
    ----------
    trial : Trial
        The dataset and the pair.
    committed : pathlib.Path
        Table of the committed forecasts.

    Returns
    -------
    list of KeptForecast
        Oldest first.
    """
    own = own_forecasts()
    kept = read_forecasts(committed) + read_forecasts(own)
    live = trial.dataset.source == "live" and trial.dataset.latest
    return [_first(kept, new) or (_append(own, new) if live else new) for new in _made(trial)]


def append_forecasts(path: Path = FORECASTS) -> None:
    """Append to the committed table the forecasts of the story that are not in it yet."""
    trial = Trial(load(source="snapshot"))
    kept = read_forecasts(path)
    for new in _made(trial):
        if not _first(kept, new):
            _append(path, new)


def read_forecasts(path: Path = FORECASTS) -> list[KeptForecast]:
    """Read a table of forecasts; none where there is no table."""
    if not path.exists():
        return []
    try:
        table = pd.read_csv(path, parse_dates=list(_DATES))
    except ValueError:
        remedy = "Restore the file, or remove it; the forecasts that are due are then made anew, with today's date."
        raise DataError(path.name, expected="a table of forecasts", found="a damaged file", remedy=remedy) from None
    keys = ["leader", "follower", "stored", "made", "due", "price", "record"]
    return [_parsed(key, rows) for key, rows in table.groupby(keys, sort=False)]


def _made(trial: Trial) -> list[KeptForecast]:
    """Make the forecasts as their own dates allow, each from data until then."""
    prices = trial.price(trial.follower, start=trial.start)
    days = [day for day in schedule(first=trial.day, last=trial.dataset.weekly.index[-1]) if day in prices.index]
    leader, today = trial.price(trial.leader), pd.Timestamp(trial.dataset.known)
    said = [forecast_from_strength(prices=prices, leader=leader, date=day, seed=SEED) for day in days]
    return [KeptForecast(trial.leader, trial.follower, today, _rounded(one)) for one in said]


def _first(kept: list[KeptForecast], new: KeptForecast) -> KeptForecast | None:
    """Find what was stored of the same pair and date by a report of the same day or an earlier one."""
    same = [
        one
        for one in kept
        if (one.leader, one.follower, one.forecast.made) == (new.leader, new.follower, new.forecast.made)
        and one.stored <= new.stored
    ]
    return same[0] if same else None


def _append(path: Path, kept: KeptForecast) -> KeptForecast:
    said = kept.forecast
    rows = said.probabilities.rename_axis("statement").reset_index().melt("statement", var_name="model")
    head = {
        "leader": kept.leader,
        "follower": kept.follower,
        "stored": f"{kept.stored:%Y-%m-%d}",
        "made": f"{said.made:%Y-%m-%d}",
        "due": f"{said.due:%Y-%m-%d}",
        "price": f"{said.price:.10g}",
        "record": f"{said.record:.10g}",
    }
    table = pd.DataFrame([head | row for row in rows.rename(columns={"value": "probability"}).to_dict("records")])
    before = path.read_bytes() if path.exists() else b""
    added = table.to_csv(header=not before, index=False, lineterminator="\n").encode()
    with writing(path):
        replace_file(path, before + added)
    return kept


def _parsed(key: tuple, rows: pd.DataFrame) -> KeptForecast:
    leader, follower, stored, made, due, price, record = key
    chances = rows.pivot(index="statement", columns="model", values="probability")  # noqa: PD010
    chances = chances.loc[rows["statement"].unique(), rows["model"].unique()].rename_axis(index=None, columns=None)
    said = DatedForecast(made=made, due=due, price=price, record=record, probabilities=chances)
    return KeptForecast(leader, follower, stored, said)


def _rounded(said: DatedForecast) -> DatedForecast:
    price, record = (float(f"{value:.10g}") for value in (said.price, said.record))
    return DatedForecast(
        made=said.made, due=said.due, price=price, record=record, probabilities=said.probabilities.round(4)
    )
