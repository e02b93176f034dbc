"""The embedded data set: frozen files, their manifest, and the proof that they are what was frozen."""

import datetime as dt
import hashlib
import json
from pathlib import Path

import pandas as pd

from helpers.data.catalog import MONTHLY, WEEKLY, SeriesSpec
from helpers.data.errors import DataError
from helpers.data.settings import SNAPSHOT
from helpers.data.tables import Tables

FILES = ("weekly.csv", "monthly.csv", "policy_rate.csv", "silver_balance.csv", "records.csv")
_RESTORE = "Restore the file (git checkout data/snapshot) or freeze a new snapshot with `make snapshot`."


def read_snapshot(folder: Path = SNAPSHOT) -> Tables:
    """Read the embedded data set.

    Parameters
    ----------
    folder : pathlib.Path
        Where the files and manifest.json are.

    Returns
    -------
    Tables
        Not yet checked against the catalog (`check_tables` does that).

    Raises
    ------
    DataError
        A file is missing, or its sha256 is not the one in the manifest.
    """
    manifest = _read_manifest(folder)
    for name in FILES:
        _check_hash(folder / name, manifest["files"][name]["sha256"])
    policy = pd.read_csv(folder / "policy_rate.csv", parse_dates=["effective"])
    weekly = pd.read_csv(folder / "weekly.csv", index_col="week", parse_dates=["week"])
    weekly.insert(
        list(WEEKLY).index("policy_rate"), "policy_rate", policy_by_week(policy, pd.DatetimeIndex(weekly.index))
    )
    return Tables(
        source="snapshot",
        as_known=dt.date.fromisoformat(manifest["frozen"]),
        weekly=weekly,
        monthly=pd.read_csv(folder / "monthly.csv", index_col="month", parse_dates=["month"]),
        policy=policy,
        balance=pd.read_csv(folder / "silver_balance.csv", parse_dates=["published"]),
        records=pd.read_csv(folder / "records.csv", parse_dates=["date"]),
        provenance=_provenance(manifest),
    )


def policy_by_week(policy: pd.DataFrame, weeks: pd.DatetimeIndex) -> pd.Series:
    """Give the policy rate in force on each Friday.

    The rate is a step function of time by law, so carrying it from one decision to the next states a fact.

    Parameters
    ----------
    policy : pandas.DataFrame
        Columns effective and upper_bound (%).
    weeks : pandas.DatetimeIndex, shape (n,)
        Fridays.

    Returns
    -------
    pandas.Series, shape (n,)
        Upper bound in %; NaN before the first decision.
    """
    return policy.set_index("effective")["upper_bound"].reindex(weeks, method="ffill").rename("policy_rate")


def write_manifest(folder: Path, *, frozen: dt.date, sources: dict[str, dict[str, str]]) -> None:
    """Describe the files of a snapshot: one entry a series, one hash a file.

    Parameters
    ----------
    folder : pathlib.Path
        Where the files are; manifest.json is written there.
    frozen : datetime.date
        The day of the freeze.
    sources : dict
        For each "table/series": provider, code, instrument and note as they were at the freeze.
    """
    weekly = pd.read_csv(folder / "weekly.csv", index_col="week")
    monthly = pd.read_csv(folder / "monthly.csv", index_col="month")
    policy = pd.read_csv(folder / "policy_rate.csv", index_col="effective")["upper_bound"]
    columns = [(spec, "weekly", weekly.get(spec.name, policy)) for spec in WEEKLY.values()]
    columns += [(spec, "monthly", monthly[spec.name]) for spec in MONTHLY.values()]
    series = [_describe(spec, table, values.dropna(), sources) for spec, table, values in columns]
    files = {name: {"sha256": _sha256(folder / name)} for name in FILES}
    text = json.dumps({"frozen": str(frozen), "files": files, "series": series}, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _describe(spec: SeriesSpec, table: str, values: pd.Series, sources: dict[str, dict[str, str]]) -> dict[str, object]:
    return {
        "series": spec.name,
        "table": table,
        "quantity": spec.quantity,
        **sources[f"{table}/{spec.name}"],
        "unit": spec.unit,
        "frequency": "on change" if spec.name == "policy_rate" else table,
        "first": str(values.index[0]),
        "last": str(values.index[-1]),
        "rows": len(values),
        "licence": spec.licence,
    }


def _read_manifest(folder: Path) -> dict:
    path = folder / "manifest.json"
    if not path.exists():
        raise DataError("manifest.json", expected="the manifest of the snapshot", found="no such file", remedy=_RESTORE)
    return json.loads(path.read_text(encoding="utf-8"))


def _check_hash(path: Path, expected: str) -> None:
    if not path.exists():
        raise DataError(path.name, expected="a file of the snapshot", found="no such file", remedy=_RESTORE)
    found = _sha256(path)
    if found != expected:
        raise DataError(path.name, expected=f"sha256 {expected[:12]}...", found=f"{found[:12]}...", remedy=_RESTORE)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _provenance(manifest: dict) -> pd.DataFrame:
    rows = pd.DataFrame([entry for entry in manifest["series"] if entry["table"] == "weekly"]).set_index("series")
    return rows[["provider", "code", "instrument", "note"]].assign(rung=1, retrieved=manifest["frozen"])
