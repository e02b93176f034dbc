"""The front page: what happened since the record, in dollars, and how much of the comment held up."""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers.claims import Finding, Judgement, load_claims, load_rules
from helpers.data.catalog import SeriesSpec
from helpers.report.claim_rows import claim_list, statement_rows
from helpers.report.colours import COLOURS, colour_of
from helpers.report.components import SCALE, Block, Row, statement_list, verdict_list
from helpers.report.course import BEGIN, RUN, Course, course
from helpers.report.marks import end_label, narrow
from helpers.report.sentences import say
from helpers.report.sentences.words import day, dollars, growth, number, percent
from helpers.report.tables import Table
from helpers.stats import decompose_rise

HELD = ("Supported", "Happened")
REFUTED = ("Contradicted", "Not supported", "Did not happen")
SEED = 1


@dataclass(frozen=True)
class Front:
    """What the front page says of a judgement: all claims on one dataset and pair."""

    judged: Judgement

    @property
    def pair(self) -> tuple[str, str]:
        """Series of the pair."""
        return self.judged.trial.leader, self.judged.trial.follower

    @property
    def story(self) -> bool:
        """Whether the pair is the one that the comment speaks of."""
        return self.judged.trial.is_story

    @cached_property
    def courses(self) -> tuple[Course, Course]:
        """Daily closes of leader and follower around the record."""
        leader, follower = (course(self.judged.trial.dataset, name) for name in self.pair)
        return leader, follower

    @cached_property
    def index(self) -> pd.DataFrame:
        """Both with 17 October 2025, where the run began, as 100; a yield by its change in percentage points."""
        out = {}
        for name, one in zip(self.pair, self.courses, strict=True):
            values = one.values  # noqa: PD011 - a field
            out[name] = 100 * values / one.start if one.relative else 100 + values - one.start
        return pd.concat(out, axis=1, sort=True).rename_axis("date")

    @cached_property
    def statements(self) -> list[Row]:
        """The comment, statement by statement; nothing for another pair, of which it does not speak."""
        return statement_rows(self.judged) if self.story else []

    @property
    def verdicts(self) -> Block:
        """The statements with their verdicts, in the order of the comment; for another pair the claims by verdict."""
        return statement_list(self.statements) if self.story else verdict_list(claim_list(self.judged))

    @cached_property
    def answer(self) -> dict[str, Any]:
        """Everything that the sentences of the first screen name."""
        trial, lead = self.judged.trial, self.courses[0]
        today, c11 = pd.Timestamp(trial.dataset.as_of), self.judged.verdict("C11")
        verdict = str(self.judged.verdict("C10").verdict)
        asked = verdict in SCALE
        told = {
            f"{role}_{what}": value
            for role, name, one in zip(("leader", "follower"), self.pair, self.courses, strict=True)
            for what, value in (
                ("then", self._told(name, one.at)),
                ("now", self._told(name, one.now)),
                ("change", one.moved(one.at, one.now)),
                ("run", one.moved(one.start, one.at)),
            )
        }
        return {
            **trial.words,
            **self._counts(),
            **told,
            "story": self.story,
            "verdict": verdict,
            "confidence": SCALE.get(verdict, ""),
            "most": percent(largest(self.judged.finding("C10")) / 100, 1) if asked else "",
            "any_lag": growth(largest(self.judged.finding("C11"))) if asked else "",
            "other_lags": str(c11.verdict) in ("Inconclusive", "Leaning"),
            "first": BEGIN,
            "base": RUN,
            "record": trial.day,
            "today": today,
            "later": today > trial.day,
            "top": lead.top,
            "top_price": self._told(trial.leader, lead.since.max()),
            **self._crash(lead),
        }

    def _crash(self, lead: Course) -> dict[str, Any]:
        """Tell the leader's largest fall in a day since the record; nothing where no second day has come."""
        if len(lead.since) < 2:
            return {}
        day_of = lead.crash
        told = self._told(self.judged.trial.leader, lead.since[day_of])
        return {"crash": day_of, "crash_price": told, "crash_change": percent(-lead.fall)}

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """Five key figures; three for another pair, since the comment does not speak of it."""
        told, on = self.answer, day(self.answer["record"])
        prices = [
            (told[f"{who}_now"], f"{told[who]} now", f"{told[f'{who}_then']} on {on}: {told[f'{who}_change']}")
            for who in ("leader", "follower")
        ]
        beside = f"of {told['follower']}'s weekly ups and downs; any window of lags: {told['any_lag']} in 13 weeks"
        most = (told["most"], "what a lead could still be at most", beside)
        return [*prices, most, *(self._of_the_story() if self.story else [])]

    @property
    def registered(self) -> dict[str, Any]:
        """Between which days the rules were written, and the day of the record."""
        amended = [load_rules().amendments, *(claim.amendments for claim in load_claims().values())]
        dates = [pd.Timestamp(change.date) for changes in amended for change in changes]
        return {"first": min(dates), "last": max(dates), "record": self.judged.trial.day}

    def says(self, block: str) -> str:
        """Give title, note or alt text of the chart, or another block of the page's sentences."""
        return say("00", block, **self.answer).text

    def draw(self, ax: Axes) -> None:
        """Draw both prices, and mark the record, the top and the crash."""
        leader, follower = self.pair
        for name in (follower, leader):
            line, words = self.index[name].dropna(), self.judged.trial.dataset.specs[name].label
            ax.plot(line.index, line, color=colour_of(name), label=words)
            end_label(ax, words, line.index[-1], line.iloc[-1], colour_of(name))
        ax.axhline(100, color=COLOURS["faint"], linewidth=0.8, zorder=1)
        ax.margins(x=0.01)
        for date, height, text, shift, side in self._spots(narrow(ax)):
            ax.plot([date], [self.index[leader].loc[date]], "o", color=colour_of(leader), markersize=5)
            ax.annotate(
                text, (date, height), xytext=shift, textcoords="offset points", ha=side, va="center",
                color=COLOURS["ink"],
            )  # fmt: skip

    def _spots(self, phone: bool) -> list[tuple[Any, float, str, tuple[float, float], str]]:
        """Days to mark: day, height of the label, its words, its distance from the point and its side."""
        line, record, told = self.index[self.pair[0]].dropna(), self.judged.trial.day, self.answer
        at = line.loc[:record].index[-1]
        if not self.story:
            return [(at, line.loc[at], _short(record), (-8.0, 8.0), "right")]
        break_ = "\n" if phone else " "
        spots = [(at, line.loc[at], f"record,{break_}{_short(record)}", (-8.0, 8.0), "right")]
        if told["later"]:
            top, crash = told["top"], told["crash"]
            fall = line.loc[:crash].iloc[-2:]
            height = float(fall.iloc[1] + 0.75 * (fall.iloc[0] - fall.iloc[1]))
            spots.append((top, line.loc[top], f"top close, {_short(top)}", (8.0, 6.0), "left"))
            spots.append((crash, height, f"{told['crash_change']} on {_short(crash)}", (5.0, 0.0), "left"))
        return spots

    @property
    def data_line(self) -> str:
        """To which day the data run, how old that is, and how to bring them up to date."""
        data = self.judged.trial.dataset
        last, known = pd.Timestamp(data.as_of), pd.Timestamp(data.holdings.as_known)
        if not data.latest:
            return f"Cut at {day(last)}: nothing that became known later is in this report."
        made = "were embedded" if data.source == "snapshot" else "were retrieved"
        return (
            f"Prices run to {day(last)}, {(known - last).days} days before the data {made} on {day(known)}. "
            "`make refresh report` brings both up to date."
        )

    def _counts(self) -> dict[str, int]:
        found = Counter(row.verdict for row in self.statements)
        held, refuted = (sum(found[name] for name in names) for names in (HELD, REFUTED))
        return {"total": found.total(), "held": held, "refuted": refuted, "open": found.total() - held - refuted}

    def _of_the_story(self) -> list[tuple[str, str, str]]:
        """Share of the run that the usual reasons explain, and statements that held up."""
        reasons = {"macro": ["dollar", "real10", "breakeven10", "vix"], "copper": ["copper"], "gold": ["gold"]}
        moves = self.judged.trial.returns("silver", *(name for names in reasons.values() for name in names))
        parts = decompose_rise(
            response=moves["silver"],
            blocks={block: moves[names] for block, names in reasons.items()},
            start=RUN,
            end=min(self.judged.trial.day, moves.index[-1]),
            reps=1,
            seed=SEED,
        )
        without, within = (parts.blocks.loc[name, "explained"] / parts.total for name in ("copper", "gold"))
        told = f"of a rise of {growth(parts.total)} since {day(RUN)}; {percent(without)} without gold"
        counts = self._counts()
        told_too = f"{counts['refuted']} did not, {counts['open']} are mixed or open"
        return [
            (percent(within), "of silver's rise explained by the usual reasons", told),
            (f"{counts['held']} of {counts['total']}", "statements of the comment that held up", told_too),
        ]

    def _told(self, name: str, value: float) -> str:
        return level_in_words(self.judged.trial.dataset.specs[name], value)


def level_in_words(spec: SeriesSpec, value: float) -> str:
    """Write a level in the unit of its series: dollars, per cent, or points of an index."""
    if spec.unit.startswith("USD"):
        return dollars(value)
    return f"{number(value, 2)}%" if spec.unit == "%" else number(value, 0 if value > 1000 else 2)


def scale_of_words(judged: Judgement) -> Table:
    """Define the words for confidence, with the number of claims under each."""
    found = Counter(str(one.verdict) for one in judged)
    rows = {"confidence in words": list(SCALE.values()), "claims": [found[verdict] for verdict in SCALE]}
    frame = pd.DataFrame(rows, index=pd.Index(SCALE, name="verdict"))
    return Table(frame, caption="A verdict follows from numbers by a rule written down beforehand; nobody types it.")


def largest(found: Finding) -> float:
    """Give the end of the interval that holds at all times, or of the usual one where there is none."""
    return found.high if math.isnan(found.always_high) else found.always_high


def _short(date: pd.Timestamp) -> str:
    return f"{date.day} {date:%b}"
