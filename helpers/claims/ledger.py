"""Judgements as they are kept: the committed ledger, written by one command, and others once made, in build/."""

import hashlib
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

from helpers.claims.finding import NUMBERS, Finding, Value
from helpers.claims.findings import FINDINGS
from helpers.claims.history import code_digest, rules_digest
from helpers.claims.judgement import Judgement, decide, judge
from helpers.claims.registry import load_claims, load_rules
from helpers.claims.trial import DAY, Trial
from helpers.data import DataError, Dataset, load
from helpers.data.settings import ROOT

LEDGER = ROOT / "claims" / "ledger.csv"
KEPT = ROOT / "build" / "verdicts"
REMEDY = "Write it anew with `python -m helpers.claims --write`."
_COUNTS = ("n", "k")
_WHOSE = ["as_of", "leader", "follower", "start"]
_TABLES = ("placebos", "eras", "parts", "extra")
_TEXTS = ("procedure", "reason")
_PATIENCE = 600.0


def write_ledger(path: Path = LEDGER) -> None:
    """Judge the story on the snapshot, as of the day of the record and as of its last day, and write the ledger.

    No other pair, date or source can be written: what a reader runs changes nothing that is committed.
    """
    _write(path, *(judge(load(source="snapshot", as_of=day)) for day in (DAY, None)))


def verdicts(
    dataset: Dataset,
    *,
    leader: str = "silver",
    follower: str = "btc",
    start: str | None = None,
    ledger: Path = LEDGER,
    folder: Path = KEPT,
) -> Judgement:
    """Give the judgement of a dataset and pair, judging at most once for a state of data, rules and code.

    Parameters
    ----------
    dataset, leader, follower, start
        As in `Trial`.
    ledger, folder : pathlib.Path
        The committed ledger, and where judgements are kept that are not in it; nothing there is committed.

    Returns
    -------
    Judgement
        The same wherever it comes from; its findings hold no estimator results.

    Raises
    ------
    DataError
        The ledger holds this pair and date of the snapshot, and was edited or is out of date.
    """
    pair: dict[str, Any] = {"leader": leader, "follower": follower, "start": start}
    trial = Trial(dataset, **pair)
    committed = dataset.source == "snapshot" and (dataset.latest or str(dataset.as_of) == DAY)
    if committed and ledger.exists() and len(_mine(trial, pd.read_csv(ledger, dtype=str, keep_default_na=False))):
        return read_ledger(dataset, **pair, path=ledger)
    if {leader, follower} & set(dataset.holdings.own):
        return judge(dataset, **pair)  # own figures are in no digest
    if not _can_keep(folder):
        return judge(dataset, **pair)
    path = folder / f"{_key(trial)}.csv"
    with FileLock(path.with_suffix(".lock"), timeout=_PATIENCE):
        if not path.exists():
            part = path.with_suffix(".part")
            _write(part, judge(dataset, **pair))
            part.replace(path)
    return read_ledger(dataset, **pair, path=path)


def _can_keep(folder: Path) -> bool:
    """Tell whether judgements can be kept: the folder of an installed package may be read-only."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def read_ledger(
    dataset: Dataset, *, leader: str = "silver", follower: str = "btc", start: str | None = None, path: Path = LEDGER
) -> Judgement:
    """Read the judgement of a dataset and pair (as in `Trial`): findings as kept, under the rules as registered.

    Raises
    ------
    DataError
        The ledger holds no rows of this pair and date, or they were found on other data or judged by other rules.
    """
    trial = Trial(dataset, leader, follower, start)
    rows = _rows_of(trial, pd.read_csv(path, keep_default_na=False, na_values={name: [""] for name in NUMBERS}))
    judgement = decide(trial, {(row["claim"], row["test"]): _finding(row, trial) for row in rows})
    for row in rows:
        now = _judged(judgement, row["claim"], row["test"])["verdict"]
        if row["verdict"] != now:
            raise _outdated(f"{now} for {row['claim']}", row["verdict"])
    return judgement


def ledger_rows(judgement: Judgement) -> list[dict[str, Any]]:
    """Lay a judgement out, one row a finding, in the order of the registry and the primary finding first."""
    registry = load_claims()
    asked = {(name, test): place for name, claim in registry.items() for place, test in enumerate(claim.rule.asked)}
    claims = list(registry)
    order = sorted(judgement.findings, key=lambda key: (claims.index(key[0]), asked.get(key, len(asked)), key[1]))
    return [_stamp(judgement.trial) | _row(judgement, judgement.findings[key]) for key in order]


def _write(path: Path, *judgements: Judgement) -> None:
    table = pd.DataFrame([row for judgement in judgements for row in ledger_rows(judgement)])
    table.to_csv(path, index=False, float_format="%.10g", lineterminator="\n")


def _stamp(trial: Trial) -> dict[str, str]:
    weeks = trial.dataset.weekly.index
    return {
        "as_of": str(trial.dataset.as_of),
        "leader": trial.leader,
        "follower": trial.follower,
        "start": trial.start or "",
        "source": trial.dataset.source,
        "data": trial.dataset.digest,
        "first": f"{weeks[0]:%Y-%m-%d}",
        "last": f"{weeks[-1]:%Y-%m-%d}",
        "rules": load_rules().digest,
    }


def _row(judgement: Judgement, found: Finding) -> dict[str, Any]:
    judged = _judged(judgement, found.claim, found.test)
    return {
        "rule": judgement.verdict(found.claim).claim.digest,
        "claim": found.claim,
        "test": found.test,
        "unit": found.unit.label,
        **{name: getattr(found, name) for name in NUMBERS},
        "adjusted": judgement.adjusted.get((found.claim, found.test), math.nan),
        "detectable after Holm": judged.pop("detectable"),
        "direction": found.direction,
        **{name: "" if getattr(found, name) is None else getattr(found, name) for name in _COUNTS},
        "placebos_beaten": found.placebos_beaten,
        **judged,
        **{name: getattr(found, name) for name in _TEXTS},
        **{name: _compact(getattr(found, name)) for name in _TABLES},
    }


def _judged(judgement: Judgement, claim: str, test: str) -> dict[str, Any]:
    """Give what the rules say of a finding; nothing of one that none asks for."""
    judged = judgement.verdict(claim)
    for part in judged.parts:
        if part.name == test:
            whole = {"verdict": str(part.verdict), "claim verdict": str(judged.verdict), "why": part.why}
            return {"detectable": part.detectable, **whole}
    return {"detectable": math.nan, "verdict": "", "claim verdict": "", "why": ""}


def _finding(row: dict[str, Any], trial: Trial) -> Finding:
    fields: dict[str, Any] = {name: float(row[name]) for name in NUMBERS}
    fields |= {name: None if row[name] == "" else int(row[name]) for name in _COUNTS}
    fields |= {name: row[name] for name in ("claim", "test", *_TEXTS)}
    fields |= {name: _table(row[name]) for name in _TABLES}
    unit = FINDINGS[row["claim"], row["test"]].unit_for(trial)
    return Finding(unit=unit, direction=int(row["direction"]), **fields)


def _mine(trial: Trial, table: pd.DataFrame) -> pd.DataFrame:
    """Choose the rows that speak of this pair, date and start, rightly or not."""
    wanted = _stamp(trial)
    return table[(table[_WHOSE].astype(str) == [wanted[key] for key in _WHOSE]).all(axis=1)]


def _rows_of(trial: Trial, table: pd.DataFrame) -> list[dict[str, Any]]:
    """Choose the rows of a trial; say what there is where there are none, and what is wrong where they do not fit."""
    wanted, mine = _stamp(trial), _mine(trial, table)
    if mine.empty:
        there = table[_WHOSE].drop_duplicates().itertuples(index=False)
        told = "; ".join(f"{leader} and {follower} as of {day}" for day, leader, follower, _ in there)
        since = f" from {trial.start} on" if trial.start else ""
        asked = f"{trial.leader} and {trial.follower} as of {trial.dataset.as_of}{since}"
        raise _outdated(asked, f"only {told}")
    if set(mine["data"]) != {wanted["data"]}:
        raise _outdated(f"data {wanted['data']}", f"findings on other data ({', '.join(sorted(set(mine['data'])))})")
    digests = {name: claim.digest for name, claim in load_claims().items()}
    if set(mine["rules"]) != {wanted["rules"]} or (mine["rule"] != mine["claim"].map(digests)).any():
        raise _outdated("verdicts by the rules as they stand", "verdicts by rules that have been amended since")
    return mine.to_dict("records")


def _outdated(expected: str, found: str) -> DataError:
    return DataError("claims/ledger.csv", expected=expected, found=found, remedy=REMEDY)


def _compact(values: Mapping[str, Value]) -> str:
    """Write a mapping in one cell: "copper = 0.64 | dollar = 0.0129 | due = yes"."""
    told = {name: {True: "yes", False: "no"}[v] if isinstance(v, bool) else v for name, v in values.items()}
    return " | ".join(f"{name} = {v:.10g}" if isinstance(v, float) else f"{name} = {v}" for name, v in told.items())


def _table(cell: str) -> dict[str, Any]:
    pairs = [part.rpartition(" = ") for part in cell.split(" | ")] if cell else []
    return {name: _read(value) for name, _, value in pairs}


def _read(value: str) -> Value:
    try:
        return value == "yes" if value in ("yes", "no") else float(value)
    except ValueError:
        return value


def _key(trial: Trial) -> str:
    """Name what a judgement follows from: figures, date, pair, start, rules and code."""
    data = trial.dataset
    told = [data.source, data.digest, str(data.as_of), trial.leader, trial.follower, trial.start or ""]
    # The digest of the data does not know what only the user has.
    told += [data.daily(name).to_csv() for name in (trial.leader, trial.follower) if name in data.holdings.own]
    return hashlib.sha256("|".join([*told, rules_digest(), code_digest()]).encode()).hexdigest()[:24]
