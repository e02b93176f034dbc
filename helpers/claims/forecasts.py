"""Dated forecasts: stored when made, never rewritten, scored when due.

The committed table is appended by the command that writes the ledger. What was first said on live data is kept beside
the user's own data, in a table of the same form that outlasts a run.
"""

import os
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from helpers.claims.registry import git
from helpers.claims.trial import Trial
from helpers.data import DataError, load
from helpers.data.settings import ROOT
from helpers.data.store import replace_file, writing
from helpers.stats import forecast_from_strength
from helpers.stats.dated_forecasts import FORECASTERS

FORECASTS = ROOT / "claims" / "forecasts.csv"
SEED = 14
_EVERY = pd.Timedelta(weeks=13)
_KEYS = ["leader", "follower", "stored", "made", "due", "price", "record", "statement"]


def own_forecasts() -> Path:
    """Give the table of what was said on live data: in SILVER_FORECASTS, else in data/forecasts."""
    return Path(os.environ.get("SILVER_FORECASTS") or ROOT / "data" / "forecasts") / "forecasts.csv"


def forecasts(trial: Trial) -> pd.DataFrame:
    """Give the forecast of every quarter since the record, oldest first: as first stored by the date of the data.

    What was not stored is made now; on the latest live data it is then kept in the user's own table. Nothing else is
    written.

    Returns
    -------
    pandas.DataFrame
        A row a statement: leader, follower, ``stored`` (day of the report that stored it, later than its own date where
        the report caught up), and what `forecast_from_strength` gives.
    """
    own = own_forecasts()
    kept = [read_forecasts(FORECASTS), read_forecasts(own)]
    live = trial.dataset.source == "live" and trial.dataset.latest
    told = []
    for new in _made(trial):
        first = _first(kept, new)
        told.append(first if first is not None else _append(own, new) if live else new)
    return pd.concat(told, ignore_index=True)


def append_forecasts() -> None:
    """Append to the committed table what of the story is not in it yet; no row that was committed may have changed."""
    _require_whole(FORECASTS)
    kept = read_forecasts(FORECASTS)
    for new in _made(Trial(load(source="snapshot"))):
        if _first([kept], new) is None:
            _append(FORECASTS, new)
    _require_whole(FORECASTS)


def read_forecasts(path: Path) -> pd.DataFrame:
    """Read a table of forecasts, as of `forecasts`; no rows where there is no table."""
    if not path.exists():
        return pd.DataFrame(columns=[*_KEYS, *FORECASTERS])
    try:
        table = pd.read_csv(path, parse_dates=["stored", "made", "due"])
        wide = table.pivot_table(index=_KEYS, columns="model", values="probability", sort=False)
    except (ValueError, KeyError):
        remedy = "Restore the file, or remove it; the forecasts that are due are then made anew, with today's date."
        raise DataError(path.name, expected="a table of forecasts", found="a damaged file", remedy=remedy) from None
    return wide.reset_index().rename_axis(columns=None)


def _require_whole(path: Path) -> None:
    """Refuse a table that does not begin with what the last commit holds of it; outside a repository there is none."""
    committed = git(path.parent, "show", f"HEAD:./{path.name}").decode().splitlines()
    now = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line, (was, found) in enumerate(zip_longest(committed, now[: len(committed)]), start=1):
        if was != found:
            raise DataError(
                path.name,
                expected=f"line {line} as it was committed, {was!r}",
                found="no such line" if found is None else repr(found),
                remedy=f"What was forecast stays as it was said: git checkout {path.name}.",
            )


def _made(trial: Trial) -> list[pd.DataFrame]:
    """Make the forecasts as their own dates allow, each from data until then, rounded as the table keeps them."""
    prices, leader = trial.price(trial.follower, start=trial.start), trial.price(trial.leader)
    days = pd.date_range(trial.day, trial.dataset.weekly.index[-1], freq=_EVERY).intersection(prices.index)
    stored, made = pd.Timestamp(trial.dataset.known).as_unit("us"), []
    for day in days:
        said = forecast_from_strength(prices=prices, leader=leader, date=day, seed=SEED)
        said[FORECASTERS] = said[FORECASTERS].round(4)
        said[["price", "record"]] = said[["price", "record"]].map(lambda value: float(f"{value:.10g}"))
        said = said.assign(leader=trial.leader, follower=trial.follower, stored=stored)
        made.append(said[[*_KEYS, *FORECASTERS]])
    return made


def _first(kept: list[pd.DataFrame], new: pd.DataFrame) -> pd.DataFrame | None:
    """Find what was stored of the same pair and date by a report of the same day or an earlier one."""
    asked = new[["leader", "follower", "made"]].iloc[0]
    for table in kept:
        same = table[(table[asked.index] == asked).all(axis=1) & (table["stored"] <= new["stored"].iloc[0])]
        if len(same):
            return same[same["stored"] == same["stored"].iloc[0]]
    return None


def _append(path: Path, new: pd.DataFrame) -> pd.DataFrame:
    rows = new.melt(_KEYS, var_name="model", value_name="probability")
    rows[["price", "record"]] = rows[["price", "record"]].map("{:.10g}".format)
    with writing(path):
        before = path.read_bytes() if path.exists() else b""
        if before and not before.endswith(b"\n"):
            raise DataError(path.name, expected="whole lines", found="a last line that breaks off")
        added = rows.to_csv(header=not before, index=False, lineterminator="\n", date_format="%Y-%m-%d")
        replace_file(path, before + added.encode())
    return new
