"""The statements on one page, and what comes next: what falls due when, what would decide it, how far off that is."""

import datetime as dt
import math
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.claims import DAY, Judged, JudgedPart, Judgement, load_claims, load_rules
from helpers.claims.finding import number
from helpers.claims.forecasts import forecasts
from helpers.claims.statements import STATEMENTS
from helpers.report.claim_rows import in_units, row_of, statement_rows
from helpers.report.components import Row, statement_list, verdict_list
from helpers.report.sentences import environment, say

OPEN = ("Leaning", "Inconclusive", "Undecided by simulation", "Not due yet")
_FEW = 200  # a smaller sample counts years, not weeks


def write_verdict_pages(sources: Path, judgement: Judgement) -> None:
    """Write into the page sources the statements with their verdicts, and what is due next."""
    told = statement_list(statement_rows(judgement)).html.replace(".ipynb'", ".html'")
    template = environment().get_template("next.md.j2")
    values = {**template.globals, **due_next(judgement), "told": told, "record": judgement.trial.day}
    for name in ("statements", "next"):
        text = "".join(template.blocks[name](template.new_context(values)))
        (sources / f"{name}.md").write_text(text.strip() + "\n", encoding="utf-8")


def due_next(judgement: Judgement) -> dict[str, Any]:
    """Give what the page of what is due next tells: dates, open and decided verdicts, last changes of rules."""
    last, price = judgement.trial.dataset.weekly.index[-1], judgement.trial.price(judgement.trial.follower)
    known = forecasts(judgement.trial)
    following = max([pd.Timestamp(DAY), *known["made"]]) + pd.Timedelta(weeks=13)
    waiting = known[known["due"] > last]
    rules = [load_rules().amendments, *(claim.amendments for claim in load_claims().values())]
    changed: dict[dt.date, int] = {}
    for amendments in rules:
        changed[amendments[-1].date] = changed.get(amendments[-1].date, 0) + 1
    parts = [(one, part) for one in judgement for part in one.parts]
    rows = {
        name: [_row(one, part) for one, part in parts if (part.verdict in OPEN) == told and _counts(part, told)]
        for name, told in (("open", True), ("decided", False))
    }
    return {
        "follower": judgement.trial.words["follower"], "last": last,
        "week": last + pd.Timedelta(weeks=1), "following": following,
        "waiting": [said for _, said in waiting.groupby("made")],
        "now": float(price.iloc[-1]), "changes": sorted(changed.items()), "rules": len(rules),
        "facts": len(parts) - sum(map(len, rows.values())),
        "lists": {name: verdict_list(those).html for name, those in rows.items()},
    }  # fmt: skip


def _counts(part: JudgedPart, is_open: bool) -> bool:
    """Whether a part belongs on the page: it is open, or it was decided by an interval that can still move."""
    return is_open or (part.finding is not None and not math.isnan(part.rule.line))


def _row(judged: Judged, part: JudgedPart) -> Row:
    listed = tomllib.loads(STATEMENTS.read_text(encoding="utf-8"))["statement"]
    of_it = [said.get("claim") == judged.claim.id and part.name in said.get("parts", [part.name]) for said in listed]
    place = of_it.index(True) + 1 if any(of_it) else 0
    link = f"statements.html#statement-{place}" if place else f"{judged.claim.chapter}.html"
    title = part.title or judged.title
    return row_of(judged.claim.id, title, part.verdict, _told(part), link, part.finding, part.rule.line)


def _told(part: JudgedPart) -> str:
    """Say what decides a part and how far today's interval is from it."""
    found, rule = part.finding, part.rule
    if found is None or math.isnan(rule.line):
        return say("next", "waits", why=part.why).text
    grown, label = in_units(found)
    threshold, is_open = rule.kind == "threshold", part.verdict in OPEN
    mark = rule.line if is_open or threshold or part.verdict == "Not supported" else 0.0
    low, high = found.widest
    below = high < mark
    end = grown(high if below else low)
    digits = found.unit.decimals if max(abs(low), abs(high)) < 2 else 1
    unit, of = ("%", label[1:]) if label.startswith("%") else ("", f" ({label})")
    in_words = {"mark": grown(mark), "end": end, "gap": abs(end - grown(mark))}
    years = samples_to_go(found.estimate, (low, high), [mark] if threshold else [mark, 0.0]) * (found.n or 0)
    return say(
        "next", "decides", is_open=is_open, threshold=threshold, of=of, below=below,
        side=rule.side or ("below" if rule.line > 0 else "above"),
        range=" to ".join(f"{number(grown(one), digits)}{unit}" for one in (low, high)),
        years=years / (1 if (found.n or 0) < _FEW else 52),
        **{name: f"{number(value, digits)}{unit}" if value else "zero" for name, value in in_words.items()},
    ).text  # fmt: skip


def samples_to_go(estimate: float, ends: tuple[float, float], marks: list[float]) -> float:
    """Say how many samples more it takes until an interval that narrows by the root of n leaves out a mark.

    Parameters
    ----------
    estimate, ends
        As of today; the estimate is taken to stay where it is, inside the ends.
    marks : list of float
        Any of them inside the ends; the first that is left out decides.

    Returns
    -------
    float
        As a multiple of the sample: with a mark at share r of the way from the estimate to the end, 1 / r**2 - 1.
    """
    shares = [(mark - estimate) / ((ends[1] if mark > estimate else ends[0]) - estimate) for mark in marks]
    return 1 / max(shares) ** 2 - 1 if max(shares) > 0 else math.inf
