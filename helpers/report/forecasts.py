"""Dated forecasts in the ledger: stored when made, never rewritten, scored when due.

The ledger of a run is made anew each time. What was first said on live data is therefore also kept in `OWN`, which
outlasts the run, and from there enters every later ledger, the committed one included.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.data import Dataset
from helpers.data.settings import ROOT
from helpers.report.ledger import RESULTS, results_folder
from helpers.stats import DatedForecast

OWN = Path(os.environ.get("SILVER_FORECASTS") or ROOT / "data" / "forecasts")


@dataclass(frozen=True, eq=False)
class KeptForecast:
    """A forecast as the ledger holds it.

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


def keep_forecasts(
    panel: Dataset, forecasts: Iterable[DatedForecast], *, leader: str, follower: str
) -> list[KeptForecast]:
    """Put forecasts into the ledger, and give back what it holds for their dates.

    Parameters
    ----------
    panel : Dataset
        The data in use.
    forecasts : iterable of DatedForecast
        Made from data until their own dates.
    leader, follower : str
        The pair.

    Returns
    -------
    list of KeptForecast
        What was stored first by a report of this date or an earlier one; the new forecast where nothing was.
    """
    return [_keep(panel, forecast, leader, follower) for forecast in forecasts]


def read_forecasts(panel: Dataset, *, leader: str = "silver", follower: str = "btc") -> list[KeptForecast]:
    """Read the forecasts of a pair that had been made by the date of the panel.

    Parameters
    ----------
    panel : Dataset
        The data in use.
    leader, follower : str
        The pair.

    Returns
    -------
    list of KeptForecast
        Oldest first.
    """
    paths = sorted(results_folder().glob(_name(leader, follower, "*")))
    kept = [_read(path) for path in paths]
    return [one for one in kept if one.forecast.made <= pd.Timestamp(panel.as_of)]


def _keep(panel: Dataset, forecast: DatedForecast, leader: str, follower: str) -> KeptForecast:
    """Keep one forecast."""
    name = _name(leader, follower, f"{forecast.made:%Y-%m-%d}")
    today = pd.Timestamp(panel.known)
    for folder in (results_folder(), RESULTS, OWN):
        if (folder / name).exists():
            kept = _read(folder / name)
            if kept.stored <= today:
                return _written(kept, results_folder() / name)
    kept = KeptForecast(leader, follower, today, forecast)
    if panel.source == "live" and panel.latest:
        _written(kept, OWN / name)
    return _written(kept, results_folder() / name)


def _name(leader: str, follower: str, made: str) -> str:
    """File of a forecast."""
    return f"forecast.{leader}.{follower}.{made}.json"


def _written(kept: KeptForecast, path: Path) -> KeptForecast:
    """Write a forecast where there is none yet."""
    forecast = kept.forecast
    content = {
        "leader": kept.leader,
        "follower": kept.follower,
        "stored": f"{kept.stored:%Y-%m-%d}",
        "made": f"{forecast.made:%Y-%m-%d}",
        "due": f"{forecast.due:%Y-%m-%d}",
        "price": float(f"{forecast.price:.10g}"),
        "record": float(f"{forecast.record:.10g}"),
        "probabilities": forecast.probabilities.round(4).to_dict(),
    }
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return _parsed(content)


def _read(path: Path) -> KeptForecast:
    """Read one forecast."""
    return _parsed(json.loads(path.read_text(encoding="utf-8")))


def _parsed(content: dict) -> KeptForecast:
    """Turn the content of a file into a forecast."""
    forecast = DatedForecast(
        made=pd.Timestamp(content["made"]),
        due=pd.Timestamp(content["due"]),
        price=content["price"],
        record=content["record"],
        probabilities=pd.DataFrame(content["probabilities"]),
    )
    return KeptForecast(content["leader"], content["follower"], pd.Timestamp(content["stored"]), forecast)
