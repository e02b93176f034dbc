"""Every verdict as of every Friday since the record, kept by what it depends on, so that only new weeks are judged.

A row belongs to a week, and to what was known of it: digests of the data as of that week, of the rules and of the
code. Where one of the three has changed the week is judged again. The row of before stays if the verdict is another
one, since it is what was said then.
"""

import hashlib
import itertools
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

from helpers.claims.finding import Finding
from helpers.claims.findings import FINDINGS
from helpers.claims.judgement import OUT_OF_SAMPLE, Judgement, decide
from helpers.claims.registry import CLAIMS, load_claims
from helpers.claims.simulations import SIMULATIONS
from helpers.claims.trial import DAY, Trial
from helpers.data import DataError, Dataset
from helpers.data.dataset import cut
from helpers.data.settings import ROOT

HISTORY = ROOT / "claims" / "history.csv"
CAUSES = {"data": "restated data", "rules": "changed rule", "code": "changed code"}
NEW_WEEKS = "new weeks"
COLUMNS = ("as_of", "claim", "verdict", "estimate", "low", "high", "always_low", "always_high", "p",
           "known", "data", "rules", "code")  # fmt: skip
_NUMBERS = ("estimate", "low", "high", "always_low", "always_high", "p")
_JUDGING = ("stats", "claims", "data/catalog.py", "data/dataset.py", "data/panel.py")
_NOT_JUDGING = ("history.py", "forecasts.py", "evidence.py", "stamps.py", "table.py", "words.py", "ledger.py",
                "plain.py", "statements.py", "kept.py", "__main__.py")  # fmt: skip

Judge = Callable[[Dataset], Judgement]


def judge_what_is_asked(dataset: Dataset) -> Judgement:
    """Judge the story by the findings that its rules ask for; supporting ones change no verdict, and take most time."""
    trial = Trial(dataset)
    asked = {(name, test) for name, claim in load_claims().items() for test in (*claim.rule.asked, OUT_OF_SAMPLE)}
    keys = [key for key in FINDINGS if key in asked]
    return decide(trial, {key: FINDINGS[key].function(trial).kept() for key in keys})


def read_history(path: Path = HISTORY) -> pd.DataFrame:
    """Read the history.

    Parameters
    ----------
    path : pathlib.Path
        The table.

    Returns
    -------
    pandas.DataFrame
        A row a week, claim ("C1") or part ("C2/often"), and state of knowledge, by week; the rows of one week and
        claim in the order in which they were found, the last one in force. No rows where there is no table.

    Raises
    ------
    DataError
        The table has other columns.
    """
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.read_csv(path, keep_default_na=False, na_values={name: [""] for name in _NUMBERS})
    if tuple(table.columns) != COLUMNS:
        remedy = "Remove it; `make history` writes it anew."
        raise DataError("claims/history.csv", expected="its columns", found=", ".join(table.columns), remedy=remedy)
    return table


def write_history(dataset: Dataset, *, path: Path = HISTORY, judged_by: Judge = judge_what_is_asked) -> int:
    """Bring the history up to date.

    Parameters
    ----------
    dataset : Dataset
        The latest data; every week is judged on what of them was known then.
    path : pathlib.Path
        The table, replaced when all weeks are judged.
    judged_by : callable
        Judges a dataset.

    Returns
    -------
    int
        Number of weeks that had to be judged.
    """
    kept, rules, code = read_history(path), rules_digest(), code_digest()
    weeks = {str(day.date()): cut(dataset.holdings, day.date()) for day in fridays(dataset)}
    due = {day: data for day, data in weeks.items() if not _is_kept(kept, day, data.digest, rules, code)}
    digests = {"rules": rules, "code": code}
    found = joblib.Parallel(n_jobs=-1)(joblib.delayed(_rows)(day, data, judged_by) for day, data in due.items())
    new = pd.DataFrame([row | digests for rows in found for row in rows], columns=list(COLUMNS))
    _write(_together(kept, new), path)
    return len(due)


def fridays(dataset: Dataset) -> pd.DatetimeIndex:
    """Give the weeks of the history: from that of the record to the last one of the data."""
    weeks = dataset.weekly.index
    return weeks[weeks >= pd.Timestamp(DAY)]


def in_force(history: pd.DataFrame) -> pd.DataFrame:
    """Keep of each week and claim the row found last."""
    return history.drop_duplicates(["as_of", "claim"], keep="last")


def changes_of_verdicts(history: pd.DataFrame) -> pd.DataFrame:
    """Split every change of a verdict into its parts, one row a part.

    Parameters
    ----------
    history : pandas.DataFrame
        From `read_history`.

    Returns
    -------
    pandas.DataFrame
        Columns claim, as_of (the week judged), known (day of the data that showed it), before, after, why, moved
        (change of the estimate). Between what is now said of two weeks that follow each other, `why` is "new weeks":
        data, rules and code are the same. Between what was and what is said of one week it is "restated data",
        "changed rule", "changed code", or several of these with the words that they cannot be told apart.
    """
    rows = [change for _, said in history.groupby("claim", sort=False) for change in _changes_of_one(said)]
    return pd.DataFrame(rows, columns=["claim", "as_of", "known", "before", "after", "why", "moved"])


def split_changes(history: pd.DataFrame, *, since: str, until: str) -> pd.DataFrame:
    """Split the move of each estimate between what was first said of one week and what is said of another.

    Parameters
    ----------
    history : pandas.DataFrame
        From `read_history`.
    since, until : str
        Two weeks, the earlier one first.

    Returns
    -------
    pandas.DataFrame
        Index claim; columns before and after (verdicts), then the parts of the move in the unit of the estimate: new
        weeks, restated data, changed rule, changed code, not told apart; they add up to ``total``.

    Raises
    ------
    DataError
        A week is not in the history.
    """
    for day in (since, until):
        if day not in set(history["as_of"]):
            raise DataError("history", expected="a Friday that it holds", found=day, remedy="Run `make history`.")
    rows = {}
    for claim, said in history.groupby("claim", sort=False):
        parts = dict.fromkeys([NEW_WEEKS, *CAUSES.values(), "not told apart"], 0.0)
        then, now = said[said["as_of"] == since], said[said["as_of"] == until]
        if then.empty or now.empty:
            continue
        for before, after in _pairs(then):
            why = _causes(before, after)
            parts[why[0] if len(why) == 1 else "not told apart"] += after["estimate"] - before["estimate"]
        parts[NEW_WEEKS] = now["estimate"].iloc[-1] - then["estimate"].iloc[-1]
        total = now["estimate"].iloc[-1] - then["estimate"].iloc[0]
        rows[claim] = {"before": then["verdict"].iloc[0], "after": now["verdict"].iloc[-1], **parts, "total": total}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("claim")


def rules_digest(claims: Path = CLAIMS, sizes: Path = SIMULATIONS) -> str:
    """Digest of everything registered: claims, rules, and the simulated sizes by which tests are let in."""
    return _digest([claims, sizes])


def code_digest(root: Path = ROOT) -> str:
    """Digest of the code that a verdict depends on."""
    files: list[Path] = []
    for name in _JUDGING:
        place = root / "helpers" / name
        files += [place] if place.is_file() else sorted(place.rglob("*.py"))
    return _digest(path for path in files if not (path.parent.name == "claims" and path.name in _NOT_JUDGING))


def _digest(files: Iterable[Path]) -> str:
    seen = hashlib.sha256()
    for path in files:
        body = path.read_bytes().replace(b"\r\n", b"\n")
        seen.update(f"{path.name}\0{len(body)}\0".encode() + body)
    return seen.hexdigest()[:16]


def _is_kept(kept: pd.DataFrame, day: str, data: str, rules: str, code: str) -> bool:
    last = in_force(kept[kept["as_of"] == day])
    return not last.empty and bool((last[["data", "rules", "code"]] == [data, rules, code]).all(axis=None))


def _rows(day: str, data: Dataset, judged_by: Judge) -> list[dict[str, Any]]:
    """Judge one week in one process: the weeks are what runs side by side."""
    with joblib.parallel_config("sequential"):
        judgement = judged_by(data)
    known = str(data.holdings.as_known)
    return [{"as_of": day, **said, "known": known, "data": data.digest} for said in _told(judgement)]


def _told(judgement: Judgement) -> Iterator[dict[str, Any]]:
    """Give a row a claim and, where it has several parts, one a part with the numbers of that part."""
    for judged in judgement:
        alone = len(judged.parts) == 1
        yield {"claim": judged.claim.id, "verdict": str(judged.verdict), **_numbers(judged.finding if alone else None)}
        for part in () if alone else judged.parts:
            yield {"claim": f"{judged.claim.id}/{part.name}", "verdict": str(part.verdict), **_numbers(part.finding)}


def _numbers(found: Finding | None) -> dict[str, float | None]:
    return {name: None if found is None else getattr(found, name) for name in _NUMBERS}


def _together(kept: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Put new rows after those of before, of which only what was another verdict stays."""
    both = new if kept.empty else pd.concat([kept, new]) if len(new) else kept
    following = both.groupby(["as_of", "claim"])["verdict"].shift(-1)
    both = both[following.isna() | (following != both["verdict"])]
    names = {name: place for place, name in enumerate(both["claim"].unique())}
    order = both.assign(place=both["claim"].map(names)).sort_values(["as_of", "place"], kind="stable")
    return order[list(COLUMNS)].reset_index(drop=True)


def _write(table: pd.DataFrame, path: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            table.to_csv(file, index=False, float_format="%.10g", lineterminator="\n")
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _changes_of_one(said: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Follow one claim: each week through what was said of it, and from week to week what is said now."""
    last = None
    for _, week in said.groupby("as_of", sort=True):
        for before, after in _pairs(week):
            why = _causes(before, after)
            yield _change(before, after, why[0] if len(why) == 1 else f"{' and '.join(why)}, not told apart")
        now = week.iloc[-1]
        if last is not None and last["verdict"] != now["verdict"]:
            yield _change(last, now, NEW_WEEKS)
        last = now


def _pairs(rows: pd.DataFrame) -> Iterator[tuple[Any, Any]]:
    yield from itertools.pairwise(row for _, row in rows.iterrows())


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [word for name, word in CAUSES.items() if before[name] != after[name]]


def _change(before: Mapping[str, Any], after: Mapping[str, Any], why: str) -> dict[str, Any]:
    return {
        "claim": after["claim"], "as_of": after["as_of"], "known": after["known"], "before": before["verdict"],
        "after": after["verdict"], "why": why, "moved": after["estimate"] - before["estimate"],
    }  # fmt: skip
