"""Dated forecasts: stored when made, never rewritten, scored when due.

The committed table is appended by the command that writes the ledger. What was first said on live data is kept beside
the user's own data, in a table of the same form that outlasts a run.
"""

import os
import subprocess
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from helpers.claims.trial import Trial
from helpers.data import DataError, load
from helpers.data.settings import ROOT
from helpers.data.store import replace_file, writing
from helpers.stats import DatedForecast, forecast_from_strength

FORECASTS = ROOT / "claims" / "forecasts.csv"
SEED = 14
_EVERY = pd.Timedelta(weeks=13)
_KEYS = ["leader", "follower", "stored", "made", "due", "price", "record"]


@dataclass(frozen=True, eq=False)
class KeptForecast:
    """A forecast of a pair as it is kept: what was said, and the day of the report that stored it."""

    leader: str
    follower: str
    stored: pd.Timestamp
    forecast: DatedForecast


def own_forecasts() -> Path:
    """Give the table of what was said on live data: in SILVER_FORECASTS, else in data/forecasts."""
    return Path(os.environ.get("SILVER_FORECASTS") or ROOT / "data" / "forecasts") / "forecasts.csv"


def forecasts(trial: Trial) -> list[KeptForecast]:
    """Give the forecast of every quarter since the record, oldest first: as first stored by the date of the data.

    What was not stored is made now; on the latest live data it is then kept in the user's own table. Nothing else is
    written.
    """
    own = own_forecasts()
    kept = read_forecasts(FORECASTS) + read_forecasts(own)
    live = trial.dataset.source == "live" and trial.dataset.latest
    return [_first(kept, new) or (_append(own, new) if live else new) for new in _made(trial)]


def append_forecasts() -> None:
    """Append to the committed table what of the story is not in it yet; no row that was committed may have changed."""
    _require_whole(FORECASTS)
    kept = read_forecasts(FORECASTS)
    for new in _made(Trial(load(source="snapshot"))):
        if not _first(kept, new):
            _append(FORECASTS, new)
    _require_whole(FORECASTS)


def read_forecasts(path: Path) -> list[KeptForecast]:
    """Read a table of forecasts; none where there is no table."""
    if not path.exists():
        return []
    try:
        table = pd.read_csv(path, parse_dates=["stored", "made", "due"])
    except ValueError:
        remedy = "Restore the file, or remove it; the forecasts that are due are then made anew, with today's date."
        raise DataError(path.name, expected="a table of forecasts", found="a damaged file", remedy=remedy) from None
    return [_parsed(key, rows) for key, rows in table.groupby(_KEYS, sort=False)]


def _require_whole(path: Path) -> None:
    """Refuse a table that does not begin with what the last commit holds of it; outside a repository there is none."""
    command = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
    try:
        shown = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own file
    except OSError:
        return
    committed = shown.stdout.decode().splitlines() if shown.returncode == 0 else []
    now = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line, (was, found) in enumerate(zip_longest(committed, now[: len(committed)]), start=1):
        if was != found:
            raise DataError(
                path.name,
                expected=f"line {line} as it was committed, {was!r}",
                found="no such line" if found is None else repr(found),
                remedy=f"What was forecast stays as it was said: git checkout {path.name}.",
            )


def _made(trial: Trial) -> list[KeptForecast]:
    """Make the forecasts as their own dates allow, each from data until then, rounded as the table keeps them."""
    prices, leader = trial.price(trial.follower, start=trial.start), trial.price(trial.leader)
    days = pd.date_range(trial.day, trial.dataset.weekly.index[-1], freq=_EVERY).intersection(prices.index)
    made = []
    for day in days:
        said = forecast_from_strength(prices=prices, leader=leader, date=day, seed=SEED)
        price, record = (float(f"{value:.10g}") for value in (said.price, said.record))
        said = replace(said, price=price, record=record, probabilities=said.probabilities.round(4))
        made.append(KeptForecast(trial.leader, trial.follower, pd.Timestamp(trial.dataset.known), said))
    return made


def _first(kept: list[KeptForecast], new: KeptForecast) -> KeptForecast | None:
    """Find what was stored of the same pair and date by a report of the same day or an earlier one."""
    asked = new.leader, new.follower, new.forecast.made
    same = [one for one in kept if (one.leader, one.follower, one.forecast.made) == asked]
    return next((one for one in same if one.stored <= new.stored), None)


def _append(path: Path, kept: KeptForecast) -> KeptForecast:
    said = kept.forecast
    rows = said.probabilities.rename_axis("statement").reset_index()
    table = rows.melt("statement", var_name="model", value_name="probability")
    days = [f"{day:%Y-%m-%d}" for day in (kept.stored, said.made, said.due)]
    head = [kept.leader, kept.follower, *days, f"{said.price:.10g}", f"{said.record:.10g}"]
    table = table.assign(**dict(zip(_KEYS, head, strict=True)))[[*_KEYS, *table]]
    with writing(path):
        before = path.read_bytes() if path.exists() else b""
        if before and not before.endswith(b"\n"):
            raise DataError(path.name, expected="whole lines", found="a last line that breaks off")
        replace_file(path, before + table.to_csv(header=not before, index=False, lineterminator="\n").encode())
    return kept


def _parsed(key: tuple, rows: pd.DataFrame) -> KeptForecast:
    leader, follower, stored, made, due, price, record = key
    chances = rows.pivot(index="statement", columns="model", values="probability")  # noqa: PD010
    chances = chances.loc[rows["statement"].unique(), rows["model"].unique()].rename_axis(index=None, columns=None)
    said = DatedForecast(made=made, due=due, price=price, record=record, probabilities=chances)
    return KeptForecast(leader, follower, stored, said)
