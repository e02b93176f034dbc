"""What moved since the last data, in words: CHANGES.md, a log of one file an update, a page and an Atom feed of it."""

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.claims import Judgement, Trial
from helpers.claims.evidence import forecast_evidence, forecast_table
from helpers.claims.history import NEW_WEEKS, changes_of_verdicts
from helpers.claims.trial import label
from helpers.data import Dataset
from helpers.data.settings import ROOT
from helpers.report.sentences import environment
from helpers.stats import state_margins

LOG = ROOT / "changes"
LATEST = ROOT / "CHANGES.md"
FEED = "feed.xml"
FEED_LENGTH = 30
_PRICES = ("silver", "gold", "btc")
_EMPTY = "Nothing has moved yet: the first update writes what it brings here.\n"


@dataclass(frozen=True)
class Change:
    """One update of the log."""

    day: dt.date  # of the data that it brought
    text: str  # Markdown, a title first

    @property
    def title(self) -> str:
        """The first line."""
        return self.text.splitlines()[0].lstrip("# ")

    @property
    def id(self) -> str:
        """A name that never changes, whatever the address of the pages."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"silver-and-bitcoin/changes/{self.day}").urn


def what_moved(before: Judgement, after: Judgement, *, history: pd.DataFrame, data: str) -> str:
    """Say in Markdown what moved between two judgements of the story's pair, on the data of before and the new ones.

    `history` is that of `helpers.claims.history.read_history`, brought up to the new data; `data` the report of the
    freeze, of which the lines on single series are taken.
    """
    old, new = before.trial.dataset, after.trial.dataset
    since, until = old.weekly.index[-1], new.weekly.index[-1]
    lines = [
        line for line in data.splitlines() if line.startswith("- ") and not line.endswith((": unchanged", ": kept"))
    ]
    text = environment().get_template("changes.md.j2").render(
        since=since, until=until, weeks=list(new.weekly.index[new.weekly.index > since]),
        moves=[_move(new, name, since) for name in _PRICES], verdicts=_verdicts(before, after, history),
        states=_states(old, new), records=[record for name in _PRICES for record in _records(new, name, since)],
        evidence=forecast_evidence(after.trial).summary(), data=lines or ["No series has changed."],
        **_forecasts(after.trial, since),
    )  # fmt: skip
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text.strip())) + "\n"


def _move(dataset: Dataset, name: str, since: pd.Timestamp) -> dict[str, Any]:
    prices = dataset.price(name)
    return {"label": label(name), "price": prices.iloc[-1],
            "change": 100 * np.log(prices.iloc[-1] / prices.loc[:since].iloc[-1])}  # fmt: skip


def _verdicts(before: Judgement, after: Judgement, history: pd.DataFrame) -> list[dict[str, str]]:
    """Set every verdict that is another one beside that of before, with the causes that the history knows."""
    changes = changes_of_verdicts(history)
    recent = changes[changes["known"] == str(after.trial.dataset.holdings.as_known)]
    was = {judged.claim.id: judged for judged in before}
    rows = []
    for now in after:
        then = was.get(now.claim.id)
        if then is not None and then.verdict == now.verdict:
            continue
        causes = recent[recent["claim"] == now.claim.id]["why"].unique()
        told = {"before": "not asked" if then is None else str(then.verdict), "after": str(now.verdict)}
        rows.append({"id": now.claim.id, "title": now.title, **told, "why": "; ".join(causes) or NEW_WEEKS})
    return rows


def _states(old: Dataset, new: Dataset) -> list[dict[str, Any]]:
    was, now = state_margins(old.weekly), state_margins(new.weekly)
    return [{"name": name, "before": bool(was[name].iloc[-1] > 0), "now": bool(now[name].iloc[-1] > 0)} for name in now]


def _records(dataset: Dataset, name: str, since: pd.Timestamp) -> list[dict[str, Any]]:
    prices = dataset.price(name)
    later = prices[prices.index > since]
    highest = max(prices.loc[:since].max(), dataset.earlier_record(name) or 0.0)
    if later.empty or later.max() <= highest:
        return []
    return [{"label": label(name), "price": later.max(), "day": later.idxmax()}]


def _forecasts(trial: Trial, since: pd.Timestamp) -> dict[str, list[dict[str, Any]]]:
    """Tell the forecasts that fell due and those made after a week."""
    last = trial.dataset.weekly.index[-1]
    due, made = [], []
    for (day, until), rows in forecast_table(trial).groupby(["made", "due"]):
        if since < until <= last:
            scores = {name: rows[f"Brier score of {name}"].mean() for name in ("strength", "history")}
            happened, statements = int(rows["happened"].sum()), len(rows)
            due.append({"made": day, "due": until, "happened": happened, "statements": statements, **scores})
        if since < day <= last:
            made.append({"made": day, "due": until})
    return {"due": due, "made": made}


def log_change(text: str, day: dt.date, *, log: Path = LOG, latest: Path = LATEST) -> None:
    """Keep what moved in the log and as the latest; a second update of one day replaces the first."""
    log.mkdir(exist_ok=True)
    for path in (log / f"{day}.md", latest):
        path.write_text(text, encoding="utf-8", newline="\n")


def read_changes(log: Path = LOG) -> list[Change]:
    """Read the log, newest first."""
    paths = sorted(log.glob("????-??-??.md"), reverse=True) if log.is_dir() else []
    return [Change(dt.date.fromisoformat(path.stem), path.read_text(encoding="utf-8")) for path in paths]


def write_change_pages(sources: Path, dataset: Dataset, *, log: Path = LOG) -> None:
    """Write into the page sources the page of changes and its Atom feed."""
    changes = read_changes(log)
    told = "\n".join(_as_section(change) for change in changes) or _EMPTY
    head = '# What moved\n\nEach update of the data, the newest first; <a href="feed.xml">as an Atom feed</a>.\n\n'
    (sources / "changes.md").write_text(head + told, encoding="utf-8")
    extra = sources / "_extra"
    extra.mkdir(exist_ok=True)
    (extra / FEED).write_bytes(atom(changes, dataset.holdings.as_known))


def _as_section(change: Change) -> str:
    """One level down: the page has a title of its own."""
    lines = [f"#{line}" if line.startswith("#") else line for line in change.text.splitlines()]
    return "\n".join([f"(update-{change.day})=", *lines, ""])


def atom(changes: list[Change], day: dt.date) -> bytes:
    """Write the feed (Atom 1.0, RFC 4287), the newest `FEED_LENGTH` changes; `day` dates one without an entry."""
    latest, name = changes[0].day if changes else day, uuid.uuid5(uuid.NAMESPACE_URL, "silver-and-bitcoin/changes").urn
    feed = environment().get_template("feed.xml.j2")
    return feed.render(changes=changes[:FEED_LENGTH], latest=latest, id=name, file=FEED).encode() + b"\n"
