"""Judgements that chapters share: from the committed ledger where it holds them, else made once and kept in build/."""

import hashlib
import os
from functools import cache
from pathlib import Path

import pandas as pd
from filelock import FileLock

from helpers.claims.judgement import Judgement, judge
from helpers.claims.ledger import LEDGER, ledger_rows, listed, read_ledger
from helpers.claims.registry import load_claims, load_rules
from helpers.claims.simulations import SIMULATIONS
from helpers.claims.trial import DAY, Trial
from helpers.data import Dataset
from helpers.data.settings import PACKAGE, ROOT

KEPT = ROOT / "build" / "verdicts"
_PACKAGES = ("claims", "stats")
_PATIENCE = 600.0


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
        As in `judge`.
    ledger : pathlib.Path
        The committed ledger.
    folder : pathlib.Path
        Where judgements are kept that are not in it; nothing there is committed.

    Returns
    -------
    Judgement
        The same wherever it comes from; its findings hold no estimator results.

    Raises
    ------
    DataError
        The ledger holds this pair and date of the snapshot, and was edited or is out of date.
    """
    trial = Trial(dataset, leader, follower, start)
    if _is_committed(dataset) and ledger.exists() and listed(trial, ledger):
        return read_ledger(dataset, leader=leader, follower=follower, start=start, path=ledger)
    if {leader, follower} & set(dataset.holdings.own):
        return judge(dataset, leader=leader, follower=follower, start=start)  # own figures are in no digest
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_key(trial)}.csv"
    with FileLock(path.with_suffix(".lock"), timeout=_PATIENCE):
        if not path.exists():
            _keep(judge(dataset, leader=leader, follower=follower, start=start), path)
    return read_ledger(dataset, leader=leader, follower=follower, start=start, path=path)


def _is_committed(dataset: Dataset) -> bool:
    """Whether the ledger is written for these data: the snapshot in full, or as of the day of the record."""
    return dataset.source == "snapshot" and (dataset.latest or str(dataset.as_of) == DAY)


def _keep(judgement: Judgement, path: Path) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    pd.DataFrame(ledger_rows(judgement)).to_csv(part, index=False, float_format="%.10g", lineterminator="\n")
    part.replace(path)


def _key(trial: Trial) -> str:
    """Name what a judgement follows from: figures, date, pair, start, rules and code."""
    data = trial.dataset
    rules = [load_rules().digest, *(claim.digest for claim in load_claims().values())]
    told = [data.source, data.digest, str(data.as_of), trial.leader, trial.follower, trial.start or "", *rules]
    return hashlib.sha256("|".join([*told, code_digest()]).encode()).hexdigest()[:24]


@cache
def code_digest() -> str:
    """Digest of the code that findings and verdicts follow from, and of the simulated sizes."""
    seen = hashlib.sha256(SIMULATIONS.read_bytes())
    for package in _PACKAGES:
        for path in sorted((PACKAGE / package).rglob("*.py")):
            seen.update(path.relative_to(PACKAGE.parent).as_posix().encode() + path.read_bytes())
    return seen.hexdigest()[:16]
