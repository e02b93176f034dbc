"""Every verdict as of every Friday since the record, kept by what it depends on, so that only new weeks are judged.

A row belongs to a week, and to what was known of it: digests of the data as of that week, of the rules and of the
code. Where one of the three has changed the week is judged again. The row of before stays if the verdict is another
one, since it is what was said then. Where the rules have changed together with something else, such a week is judged
by the rules of before as well, if the project's git history still holds them, so that the two are told apart; figures
and code of before are not at hand, so that changes of these two at once are not.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

from helpers.claims.judgement import Judgement, judge_what_is_asked
from helpers.claims.registry import CLAIMS, git, registered_in
from helpers.claims.simulations import SIMULATIONS
from helpers.claims.trial import DAY
from helpers.data import DataError, Dataset
from helpers.data.dataset import cut
from helpers.data.settings import PACKAGE, ROOT
from helpers.data.store import replace_file

HISTORY = ROOT / "claims" / "history.csv"
CAUSES = {"data": "restated data", "rules": "changed rule", "code": "changed code"}
NEW_WEEKS = "new weeks"
COLUMNS = ("as_of", "claim", "verdict", "estimate", "low", "high", "always_low", "always_high", "p",
           "known", "data", "rules", "code")  # fmt: skip
_NUMBERS = ("estimate", "low", "high", "always_low", "always_high", "p")
_JUDGING = ("stats", "claims", "data/catalog.py", "data/dataset.py", "data/panel.py")
_NOT_JUDGING = ("history.py", "forecasts.py", "evidence.py", "stamps.py", "plain.py", "statements.py",
                "__main__.py")  # fmt: skip

Judge = Callable[[Dataset], Judgement]


def read_history(path: Path = HISTORY) -> pd.DataFrame:
    """Read the history; no rows where there is no table.

    Returns
    -------
    pandas.DataFrame
        A row a week, claim ("C1") or part ("C2/often"), and state of knowledge, by week; the rows of one week and
        claim in the order in which they were found, the last one in force.

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
    """Bring the history up to date; the table is replaced when all weeks are judged.

    Every week is judged on what of the data, which are the latest, was known then. Gives the number of weeks that had
    to be judged.
    """
    kept, digests = read_history(path), {"rules": rules_digest(), "code": code_digest()}
    fridays = dataset.weekly.index[dataset.weekly.index >= pd.Timestamp(DAY)]
    weeks = {str(day.date()): cut(dataset.holdings, day.date()) for day in fridays}
    due = {day: data for day, data in weeks.items() if not _is_kept(kept, day, data=data.digest, **digests)}
    new = _judged(due, digests, judged_by, CLAIMS)
    table = _together(kept, *_by_earlier_rules(kept, new, due, judged_by), new)
    replace_file(path, table.to_csv(index=False, float_format="%.10g", lineterminator="\n").encode())
    return len(due)


def in_force(history: pd.DataFrame) -> pd.DataFrame:
    """Keep of each week and claim the row found last."""
    return history.drop_duplicates(["as_of", "claim"], keep="last")


def changes_of_verdicts(history: pd.DataFrame) -> pd.DataFrame:
    """Split every change of a verdict of `read_history` into its parts, one row a part.

    Returns
    -------
    pandas.DataFrame
        Columns claim, as_of (the week judged), known (day of the data that showed it), before, after, why, moved
        (change of the estimate). Between what is now said of two weeks that follow each other, `why` is "new weeks":
        data, rules and code are the same. Between what was and what is said of one week it is "restated data",
        "changed rule", "changed code", or several of these with the words that they cannot be told apart.
    """
    rows = []
    for _, said in history.groupby("claim", sort=False):
        last = None
        for _, week in said.groupby("as_of", sort=True):
            for before, after in itertools.pairwise(row for _, row in week.iterrows()):
                causes = [word for name, word in CAUSES.items() if before[name] != after[name]]
                rows.append(_change(before, after, " and ".join(causes)))
            now = week.iloc[-1]
            rows.append(_change(now if last is None else last, now, NEW_WEEKS))
            last = now
    table = pd.DataFrame(rows, columns=["claim", "as_of", "known", "before", "after", "why", "moved"])
    table.loc[table["why"].str.contains(" and "), "why"] += ", not told apart"
    return table[table["before"] != table["after"]].reset_index(drop=True)


def rules_digest() -> str:
    """Digest of everything registered: claims, rules, and the simulated sizes by which tests are let in."""
    return _digest((path.name, path.read_bytes()) for path in (CLAIMS, SIMULATIONS))


def code_digest() -> str:
    """Digest of the code that a verdict depends on."""
    places = [PACKAGE / name for name in _JUDGING]
    files = [path for place in places for path in ([place] if place.is_file() else sorted(place.rglob("*.py")))]
    judging = [path for path in files if not (path.parent.name == "claims" and path.name in _NOT_JUDGING)]
    return _digest((path.name, path.read_bytes()) for path in judging)


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    seen = hashlib.sha256()
    for name, content in files:
        body = content.replace(b"\r\n", b"\n")
        seen.update(f"{name}\0{len(body)}\0".encode() + body)
    return seen.hexdigest()[:16]


def _is_kept(kept: pd.DataFrame, day: str, **digests: str) -> bool:
    last = in_force(kept[kept["as_of"] == day])
    return not last.empty and bool((last[list(digests)] == list(digests.values())).all(axis=None))


def _judged(weeks: Mapping[str, Dataset], digests: Mapping[str, str], judged_by: Judge, rules: Path) -> pd.DataFrame:
    """Judge weeks side by side by the rules of a file; weeks that these rules cannot judge are left out."""
    found = joblib.Parallel(n_jobs=-1)(
        joblib.delayed(_rows)(day, data, judged_by, rules) for day, data in weeks.items()
    )
    return pd.DataFrame([row | digests for rows in found for row in rows], columns=list(COLUMNS))


def _rows(day: str, data: Dataset, judged_by: Judge, rules: Path) -> list[dict[str, Any]]:
    """Judge one week in one process, a row a claim and one a part of those that have several."""
    with joblib.parallel_config("sequential"), registered_in(rules):
        try:
            judgement = judged_by(data)
        except DataError:
            if rules == CLAIMS:
                raise
            return []
    rows: list[dict[str, Any]] = []
    for judged in judgement:
        alone, name = len(judged.parts) == 1, judged.claim.id
        told = [(name, judged.verdict, judged.finding if alone else None)]
        told += [] if alone else [(f"{name}/{part.name}", part.verdict, part.finding) for part in judged.parts]
        for claim, verdict, found in told:
            numbers = {key: None if found is None else getattr(found, key) for key in _NUMBERS}
            known = {"as_of": day, "known": str(data.holdings.as_known), "data": data.digest}
            rows.append({"claim": claim, "verdict": str(verdict), **numbers, **known})
    return rows


def _by_earlier_rules(
    kept: pd.DataFrame, new: pd.DataFrame, due: Mapping[str, Dataset], judged_by: Judge
) -> Iterator[pd.DataFrame]:
    """Judge by the rules of before the weeks with another verdict where the rules changed with something else."""
    both = in_force(kept).merge(new, on=["as_of", "claim"], suffixes=("_before", ""))
    changed = {name: both[f"{name}_before"] != both[name] for name in (*CAUSES, "verdict")}
    disputed = both[changed["verdict"] & changed["rules"] & (changed["data"] | changed["code"])]
    for digest, weeks in disputed.groupby("rules_before"):
        rules = _registry_of(str(digest))
        if rules is not None:
            again = {day: due[day] for day in weeks["as_of"].unique()}
            yield _judged(again, {"rules": str(digest), "code": new["code"].iloc[0]}, judged_by, rules)


def _registry_of(digest: str) -> Path | None:
    """Find a registry of before in the project's git history; simulated sizes count with the code, which gave them."""
    places = [path.relative_to(ROOT).as_posix() for path in (CLAIMS, SIMULATIONS)]
    for commit in git(ROOT, "log", "--format=%H", "--", *places).decode().split():
        files = [(Path(place).name, git(ROOT, "show", f"{commit}:{place}")) for place in places]
        if _digest(files) == digest:
            replace_file(found := ROOT / "build" / "rules" / f"{digest}.toml", files[0][1])
            return found
    return None


def _together(*tables: pd.DataFrame) -> pd.DataFrame:
    """Put new rows after those of before, of which only another verdict stays, and the row that changed it."""
    both = pd.concat([table for table in tables if len(table)] or list(tables[:1]))
    said = both.groupby(["as_of", "claim"])["verdict"]
    before, after = said.shift(1), said.shift(-1)
    both = both[(after != both["verdict"]) | (before.notna() & (before != both["verdict"]))]
    names = {name: place for place, name in enumerate(both["claim"].unique())}
    order = both.assign(place=both["claim"].map(names)).sort_values(["as_of", "place"], kind="stable")
    return order[list(COLUMNS)].reset_index(drop=True)


def _change(before: Mapping[str, Any], after: Mapping[str, Any], why: str) -> dict[str, Any]:
    return {
        "claim": after["claim"], "as_of": after["as_of"], "known": after["known"], "before": before["verdict"],
        "after": after["verdict"], "why": why, "moved": after["estimate"] - before["estimate"],
    }  # fmt: skip
