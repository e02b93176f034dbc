"""The ledger: one table of every finding with its verdict, written by one command, refused where it does not fit."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.claims.finding import NUMBERS, Finding, Value
from helpers.claims.findings import FINDINGS
from helpers.claims.judgement import Judgement, decide, judge
from helpers.claims.registry import load_claims, load_rules
from helpers.claims.trial import DAY, Trial
from helpers.data import DataError, Dataset, load
from helpers.data.settings import ROOT

LEDGER = ROOT / "claims" / "ledger.csv"
REMEDY = "Write it anew with `python -m helpers.claims --write`."
_COUNTS = ("n", "k")
_WHOSE = ("as_of", "leader", "follower", "start")
_TABLES = ("placebos", "eras", "parts", "extra")
_TEXTS = ("procedure", "reason")


def write_ledger(path: Path = LEDGER) -> None:
    """Judge the story on the snapshot, as of the day of the record and as of its last day, and write the ledger.

    No other pair, date or source can be written: what a reader runs changes nothing that is committed.
    """
    days = (DAY, None)
    rows = [row for day in days for row in ledger_rows(judge(load(source="snapshot", as_of=day)))]
    table = pd.DataFrame(rows)
    table.to_csv(path, index=False, float_format="%.10g", lineterminator="\n")


def ledger_rows(judgement: Judgement) -> list[dict[str, Any]]:
    """Lay a judgement out, one row a finding, in the order of the registry and the primary finding first."""
    trial, registry = judgement.trial, load_claims()
    asked = {(name, test): place for name, claim in registry.items() for place, test in enumerate(claim.rule.asked)}
    order = sorted(
        judgement.findings, key=lambda key: (list(registry).index(key[0]), asked.get(key, len(asked)), key[1])
    )
    return [_stamp(trial) | _row(judgement, judgement.findings[key]) for key in order]


def read_ledger(
    dataset: Dataset, *, leader: str = "silver", follower: str = "btc", start: str | None = None, path: Path = LEDGER
) -> Judgement:
    """Read the judgement of one dataset and pair.

    Parameters
    ----------
    dataset : Dataset
        The data in use.
    leader, follower : str
        The pair.
    start : str, optional
        First week used.
    path : pathlib.Path
        The ledger.

    Returns
    -------
    Judgement
        The findings as kept, under the rules as registered.

    Raises
    ------
    DataError
        The ledger holds no rows of this pair and date, or they were found on other data or judged by other rules.
    """
    trial = Trial(dataset, leader, follower, start)
    rows = _rows_of(trial, pd.read_csv(path, keep_default_na=False, na_values={name: [""] for name in NUMBERS}))
    findings = [_finding(row, trial) for row in rows]
    judgement = decide(trial, {(found.claim, found.test): found for found in findings})
    for row in rows:
        kept, now = row["verdict"], _verdict(judgement, row["claim"], row["test"])
        if kept != now:
            raise DataError("claims/ledger.csv", expected=f"{now} for {row['claim']}", found=kept, remedy=REMEDY)
    return judgement


def listed(trial: Trial, path: Path) -> bool:
    """Whether the ledger speaks of this pair, date and start, rightly or not."""
    wanted, keys = _stamp(trial), list(_WHOSE)
    return bool(
        (pd.read_csv(path, dtype=str, keep_default_na=False)[keys] == [wanted[key] for key in keys]).all(axis=1).any()
    )


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
    judged = judgement.verdict(found.claim)
    part = next((one for one in judged.parts if one.name == found.test), None)
    return {
        "rule": judged.claim.digest,
        "claim": found.claim,
        "test": found.test,
        "unit": found.unit.label,
        **{name: getattr(found, name) for name in NUMBERS},
        "adjusted": judgement.adjusted.get((found.claim, found.test), math.nan),
        "detectable after Holm": part.detectable if part else math.nan,
        "direction": found.direction,
        **{name: "" if getattr(found, name) is None else getattr(found, name) for name in _COUNTS},
        "placebos_beaten": found.placebos_beaten,
        "verdict": str(part.verdict) if part else "",
        "claim verdict": str(judged.verdict) if part else "",
        "why": part.why if part else "",
        **{name: getattr(found, name) for name in _TEXTS},
        **{name: _compact(getattr(found, name)) for name in _TABLES},
    }


def _verdict(judgement: Judgement, claim: str, test: str) -> str:
    return next((str(part.verdict) for part in judgement.verdict(claim).parts if part.name == test), "")


def _rows_of(trial: Trial, table: pd.DataFrame) -> list[dict[str, Any]]:
    """Choose the rows of a trial; say what there is where there are none, and what is wrong where they do not fit."""
    wanted, keys = _stamp(trial), list(_WHOSE)
    mine = table[(table[keys].astype(str) == [wanted[key] for key in keys]).all(axis=1)]
    if mine.empty:
        there = table[keys].drop_duplicates().itertuples(index=False)
        told = "; ".join(f"{leader} and {follower} as of {day}" for day, leader, follower, _ in there)
        asked = f"{trial.leader} and {trial.follower} as of {trial.dataset.as_of}"
        asked += f" from {trial.start} on" if trial.start else ""
        raise DataError("claims/ledger.csv", expected=asked, found=f"only {told}", remedy=REMEDY)
    if set(mine["data"]) != {wanted["data"]}:
        found = f"findings on other data ({', '.join(sorted(set(mine['data'])))})"
        raise DataError("claims/ledger.csv", expected=f"data {wanted['data']}", found=found, remedy=REMEDY)
    registry = load_claims()
    current = [row.claim in registry and row.rule == registry[row.claim].digest for row in mine.itertuples()]
    if set(mine["rules"]) != {wanted["rules"]} or not all(current):
        found = "verdicts by rules that have been amended since"
        raise DataError("claims/ledger.csv", expected="verdicts by the rules as they stand", found=found, remedy=REMEDY)
    return mine.to_dict("records")


def _finding(row: dict[str, Any], trial: Trial) -> Finding:
    fields: dict[str, Any] = {name: float(row[name]) for name in NUMBERS}
    fields |= {name: None if row[name] == "" else int(row[name]) for name in _COUNTS}
    fields |= {name: row[name] for name in ("claim", "test", *_TEXTS)}
    fields |= {name: _table(row[name]) for name in _TABLES}
    unit = FINDINGS[row["claim"], row["test"]].unit_for(trial)
    return Finding(unit=unit, direction=int(row["direction"]), **fields)


def _compact(values: Iterable) -> str:
    """Write a mapping in one cell: "copper = 0.64 | dollar = 0.0129"."""
    return " | ".join(f"{name} = {_written(value)}" for name, value in dict(values).items())


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else value


def _table(cell: str) -> dict[str, Any]:
    pairs = [part.rpartition(" = ") for part in cell.split(" | ")] if cell else []
    return {name: _read(value) for name, _, value in pairs}


def _read(value: str) -> Value:
    if value in ("yes", "no"):
        return value == "yes"
    try:
        return float(value)
    except ValueError:
        return value
