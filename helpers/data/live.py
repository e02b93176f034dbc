"""Live data as tables: one finished refresh, resampled to weeks, never filled."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.data.catalog import LIVE, MONTHLY, WEEKLY
from helpers.data.errors import DataError
from helpers.data.generation import Entry, State
from helpers.data.settings import CACHE
from helpers.data.snapshot import read_snapshot
from helpers.data.store import Store
from helpers.data.tables import Tables
from helpers.data.weeks import last_of_week


@dataclass(frozen=True)
class _Live:
    """One generation, read."""

    state: State
    series: dict[str, pd.Series]
    frozen: Tables

    @property
    def written(self) -> dt.date:
        """The day of the refresh."""
        return dt.datetime.fromisoformat(self.state.written).date()


def read_live(folder: Path = CACHE) -> Tables:
    """Read what the last finished refresh left.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of live data.

    Returns
    -------
    Tables
        Weekly and monthly series from the live sources, each from the week on that the embedded snapshot starts with:
        live and frozen data differ by what came later, not by the sample. What has no live source (month-end silver
        back to 1973, month averages, silver balance, records) and what no refresh ever brought comes from the snapshot,
        and the provenance says so.

    Raises
    ------
    DataError
        Nothing has been refreshed yet, or a file of the folder is damaged.
    """
    store = Store(folder)
    state = store.load()
    if state is None:
        remedy = 'Run `make refresh`, or use source="snapshot".'
        raise DataError("live data", expected="what `make refresh` brings", found="nothing", remedy=remedy)
    entries = {name: state.series[name] for name in LIVE if name in state.series}
    live = _Live(state, {name: store.series(name, entry) for name, entry in entries.items()}, read_snapshot())
    return Tables(
        source="live",
        as_known=live.written,
        weekly=_weekly(live),
        monthly=_monthly(live),
        policy=_policy(live),
        balance=live.frozen.balance,
        records=live.frozen.records,
        provenance=_provenance(live),
    )


def _weekly(live: _Live) -> pd.DataFrame:
    columns = {}
    for name in WEEKLY:
        frozen = live.frozen.weekly[name].loc[: pd.Timestamp(live.written)].dropna()
        if name in live.series:
            entry = live.state.series[name]
            weeks = last_of_week(live.series[name], known=dt.datetime.fromisoformat(entry.retrieved).date())
            columns[name] = weeks.loc[frozen.index[0] :]
        else:
            columns[name] = frozen
    last = max(values.last_valid_index() for values in columns.values() if len(values))
    weeks = pd.date_range(live.frozen.weekly.index[0], last, freq="W-FRI", name="week")
    return pd.DataFrame({name: values.reindex(weeks) for name, values in columns.items()})


def _monthly(live: _Live) -> pd.DataFrame:
    frozen = live.frozen.monthly
    columns = {name: frozen[name].dropna() for name in MONTHLY}
    for name in [name for name in MONTHLY if name in live.series and name not in WEEKLY]:
        columns[name] = live.series[name].loc[columns[name].index[0] :]
    last = max(values.index[-1] for values in columns.values())
    months = pd.date_range(frozen.index[0], last, freq="MS", name="month")
    return pd.DataFrame({name: values.reindex(months) for name, values in columns.items()})


def _policy(live: _Live) -> pd.DataFrame:
    """Give the days on which the policy rate changed."""
    if "policy_rate" not in live.series:
        return live.frozen.policy
    rate = live.series["policy_rate"]
    changes = rate[rate.diff() != 0]
    return pd.DataFrame({"effective": changes.index, "upper_bound": changes.to_numpy()})


def _provenance(live: _Live) -> pd.DataFrame:
    rows = {}
    for name in WEEKLY:
        if name in live.series:
            rows[name] = _line(live.state.series[name])
        else:
            frozen = live.frozen.provenance.loc[name]
            note = f"no live data: from the snapshot of {live.frozen.as_known}"
            rows[name] = {**frozen.to_dict(), "retrieved": live.frozen.as_known, "note": note}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("series")


def _line(entry: Entry) -> dict[str, object]:
    retrieved = dt.datetime.fromisoformat(entry.retrieved).date()
    return {
        "provider": entry.provider, "code": entry.code, "instrument": entry.instrument, "rung": entry.rung,
        "retrieved": retrieved, "note": entry.note,
    }  # fmt: skip
