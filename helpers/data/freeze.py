"""`make snapshot`: turn a good live state into a new embedded snapshot, for a deliberate commit."""

import argparse
import datetime as dt
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from helpers.data.catalog import WEEKLY
from helpers.data.errors import DataError
from helpers.data.live import read_live
from helpers.data.settings import SNAPSHOT, Access, read_access
from helpers.data.snapshot import FILES, read_snapshot, write_manifest
from helpers.data.sources import Client, SourceError, fetch
from helpers.data.tables import Tables, check_tables
from helpers.data.weeks import last_of_week

REPORT = "CHANGES.md"
DECIMALS = {
    "silver": 3, "gold": 1, "btc": 2, "copper": 3, "nasdaq": 2, "real10": 2, "breakeven10": 2, "dgs2": 2, "dollar": 4,
    "vix": 2, "nfci": 3, "fed_assets": 0, "cpi": 3,
}  # fmt: skip
_SAME_BITCOIN = 1e-3
_LISTED = 10
_REMEDY = "Run `make refresh` first; a snapshot is made of complete live data only."


def freeze(*, access: Access, folder: Path = SNAPSHOT, now: dt.datetime | None = None) -> str:
    """Replace the embedded snapshot by the live data.

    Parameters
    ----------
    access : Access
        Where the live data are, and how Yahoo is reached for Bitcoin.
    folder : pathlib.Path
        The snapshot: read, and replaced at the end, its manifest last.
    now : datetime.datetime, optional
        The moment, with time zone; the present one when omitted.

    Returns
    -------
    str
        The change report, also left in the folder: rows added and values revised, by series.

    Raises
    ------
    DataError
        The live data are stale, of another instrument, or end before the present snapshot does; or Yahoo's Bitcoin
        prices are not those of the snapshot.
    SourceError
        Yahoo gave no Bitcoin prices.

    Notes
    -----
    Coin Metrics data may not be passed on, so that Bitcoin is continued here, as it always was in the snapshot since
    September 2014, with Yahoo's prices, which are asked for at this moment.
    """
    moment = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    old, live = check_tables(read_snapshot(folder)), check_tables(read_live(access.cache))
    fresh = {name: _column(name, old, live, moment.date()) for name in WEEKLY if name != "btc"}
    columns = {name: values for name, values in fresh.items() if values is not None}
    with Client(access, now=moment) as client:
        columns["btc"] = _bitcoin(client, old.weekly["btc"].dropna())
    _require_rate(columns)
    report = _Report(old.as_known, live.as_known)
    with TemporaryDirectory(dir=folder.parent, prefix=".snapshot-") as name:
        new = Path(name)
        for file in FILES:
            shutil.copy(folder / file, new / file)
        _update(new / "weekly.csv", columns, report)
        _update(new / "monthly.csv", {"cpi": live.monthly["cpi"].dropna()}, report)
        _append_decisions(new / "policy_rate.csv", old.policy, live.policy, report)
        write_manifest(new, frozen=live.as_known, sources=_sources(folder, live.as_known, columns))
        check_tables(read_snapshot(new))
        (new / REPORT).write_text(str(report), encoding="utf-8")
        for file in (*FILES, REPORT, "manifest.json"):
            (new / file).replace(folder / file)
    return str(report)


class _Report:
    """Collects what a new snapshot changes."""

    def __init__(self, old: dt.date, new: dt.date) -> None:
        self._lines = [f"# Snapshot of {new}, in place of the one of {old}", ""]

    def add(self, name: str, added: Sequence[str], revised: Sequence[str]) -> None:
        """Note the labels of new rows and the texts of revised values of one series."""
        parts = [f"{len(added)} rows added ({added[0]} to {added[-1]})"] if added else []
        if revised:
            more = f" and {len(revised) - _LISTED} more" if len(revised) > _LISTED else ""
            parts.append(f"{len(revised)} values revised: {', '.join(revised[:_LISTED])}{more}")
        self._lines.append(f"- {name}: {'; '.join(parts) or 'unchanged'}")

    def __str__(self) -> str:
        return "\n".join([*self._lines, ""])


def _column(name: str, old: Tables, live: Tables, today: dt.date) -> pd.Series | None:
    """Give a weekly series of the new snapshot; None where one that is not required has to stay as it is."""
    spec, origin = WEEKLY[name], live.provenance.loc[name]
    frozen, fresh = old.weekly[name].dropna(), live.weekly[name].dropna()
    problems = {
        f"{origin['instrument']} from {origin['provider']}": origin["instrument"] != spec.ladder[0].instrument,
        "nothing newer than the snapshot": pd.Timestamp(origin["retrieved"]).date() <= old.as_known,
        f"none after {fresh.index[-1]:%Y-%m-%d}": fresh.index[-1] < frozen.index[-1],
        f"data of {origin['retrieved']}": (today - pd.Timestamp(origin["retrieved"]).date()).days > spec.stale_days,
    }
    found = next((text for text, true in problems.items() if true), "")
    if found and spec.required:
        expected = f"{spec.ladder[0].instrument}, fresh, to {frozen.index[-1]:%Y-%m-%d} at least"
        raise DataError(name, expected=expected, found=found, remedy=_REMEDY)
    return None if found else fresh


def _require_rate(columns: dict[str, pd.Series]) -> None:
    """Refuse weeks whose policy rate is not known: the snapshot keeps changes only, and would carry the last one on."""
    last, known = max(values.index[-1] for values in columns.values()), columns["policy_rate"].index[-1]
    if known < last:
        raise DataError(
            "policy_rate", date=last, expected="a rate", found=f"none after {known:%Y-%m-%d}", remedy=_REMEDY
        )


def _bitcoin(client: Client, frozen: pd.Series) -> pd.Series:
    rung = next(rung for rung in WEEKLY["btc"].ladder if rung.provider == "yahoo")
    weeks = last_of_week(fetch(client, rung).series, known=client.now.date())
    both = weeks.index.intersection(frozen.index)
    apart = (weeks[both] / frozen[both] - 1).abs()
    if not len(both) or apart.max() > _SAME_BITCOIN:
        found = f"{weeks[apart.idxmax()]:.2f} at Yahoo" if len(both) else "no common week"
        raise DataError("btc", date=apart.idxmax() if len(both) else None, expected="the snapshot's price", found=found)
    return pd.concat([frozen, weeks[weeks.index > frozen.index[-1]]])


def _update(path: Path, columns: dict[str, pd.Series], report: _Report) -> None:
    """Write new and revised cells into a table of text, leaving every other cell as it stands."""
    table = pd.read_csv(path, dtype=str, index_col=0)
    label = table.index.name
    dates = sorted({*table.index, *(f"{date:%Y-%m-%d}" for values in columns.values() for date in values.index)})
    table = table.reindex(pd.Index(dates, name=label))
    for name in [name for name in table if name in columns]:
        values, digits = columns[name], DECIMALS[name]
        fresh = pd.Series(values.to_numpy(), index=values.index.strftime("%Y-%m-%d")).reindex(table.index)
        stands = np.isclose(pd.to_numeric(table[name]), fresh, rtol=0, atol=0.51 * 10.0**-digits)
        text = fresh[fresh.notna() & ~stands].map(lambda value, digits=digits: f"{value:.{digits}f}")
        was = table[name].reindex(text.index)
        report.add(
            name, list(was.index[was.isna()]), [f"{day} {was[day]} -> {text[day]}" for day in was.dropna().index]
        )
        table.loc[text.index, name] = text
    table.to_csv(path, lineterminator="\n")


def _append_decisions(path: Path, old: pd.DataFrame, live: pd.DataFrame, report: _Report) -> None:
    later = live[live["effective"] > old["effective"].iloc[-1]]
    lines = [f"{row.effective:%Y-%m-%d},{row.upper_bound:.2f}" for row in later.itertuples()]
    path.write_text("\n".join([path.read_text(encoding="utf-8").rstrip("\n"), *lines, ""]), encoding="utf-8")
    report.add("policy_rate", [line[:10] for line in lines], [])


def _sources(folder: Path, frozen: dt.date, columns: dict[str, pd.Series]) -> dict[str, dict[str, str]]:
    """Carry the description of each series over; only a re-estimated series has a new vintage."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    kept = ("provider", "code", "instrument", "note")
    sources = {f"{e['table']}/{e['series']}": {name: e[name] for name in kept} for e in manifest["series"]}
    for name in [name for name in columns if WEEKLY[name].revised]:
        sources[f"weekly/{name}"]["note"] = f"re-estimated by its provider every week; vintage of {frozen}"
    return sources


def main(words: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    words : sequence of str, optional
        Its arguments; those of the process when omitted. There are none but --help.

    Returns
    -------
    int
        0 done; 2 the live data are not good enough, or cannot be read.
    """
    argparse.ArgumentParser(prog="python -m helpers.data.freeze", description=__doc__).parse_args(words)
    try:
        report = freeze(access=read_access())
    except (DataError, SourceError) as error:
        sys.stderr.write(f"snapshot: {error}\n")
        return 2
    sys.stdout.write(report)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
