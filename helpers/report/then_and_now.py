"""Verdicts over time: then and now as a dumbbell a claim, and week by week as a strip."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.report.colours import COLOURS
from helpers.report.components import VERDICTS
from helpers.report.marks import Cells, narrow

PLACES = ("Contradicted", "Not supported", "Open", "Leaning", "Supported")
"""Where a verdict stands between refuted and supported; all that decide neither way are open."""
AS = {"Did not happen": "Contradicted", "Happened": "Supported"}


def place(verdict: str) -> str:
    """Give the place of a verdict among `PLACES`."""
    known = AS.get(verdict, verdict)
    return known if known in PLACES else "Open"


def met(weeks: pd.DataFrame) -> list[str]:
    """List the verdicts that stand in a table, in the order of the scale."""
    there = set(weeks.to_numpy().ravel())
    return [verdict for verdict in VERDICTS if verdict in there]


def colour(verdict: str) -> str:
    """Give the colour of a verdict."""
    named = place(verdict)
    return COLOURS["inconclusive" if named == "Open" else named.lower().replace(" ", "_")]


def dumbbell(ax: Axes, table: pd.DataFrame) -> None:
    """Draw where each claim stood and where it stands: `table` by claim, columns title, then and now."""
    rows = np.arange(len(table))[::-1]
    for row, (then, now) in zip(rows, table[["then", "now"]].itertuples(index=False), strict=True):
        before, after = PLACES.index(place(then)), PLACES.index(place(now))
        ax.plot([before, after], [row, row], color=COLOURS["null"], linewidth=2, zorder=1)
        ax.plot(before, row, "o", markersize=10, markerfacecolor="none", markeredgecolor=COLOURS["faint"])
        ax.plot(after, row, "o", markersize=6, color=colour(now))
    phone = narrow(ax)
    names = table.index if phone else [f"{name}  {title}" for name, title in table["title"].items()]
    ax.set_yticks(rows, names)
    ax.tick_params(axis="y", colors=COLOURS["ink"])
    labels = [word.replace(" ", "\n") if not phone else _SHORT[word] for word in PLACES]
    ax.set_xticks(range(len(PLACES)), labels)
    ax.xaxis.tick_top()
    ax.set(xlim=(-0.4, len(PLACES) - 0.6), ylim=(-0.7, len(table) - 0.3))
    ax.spines["bottom"].set_visible(False)
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")


def verdict_strip(ax: Axes, weeks: pd.DataFrame) -> None:
    """Draw the verdict of each claim (columns) in each week (index), told by colour and by a mark where it changes."""
    half = pd.Timedelta(days=3.5)
    rows = np.arange(weeks.shape[1])[::-1]
    for row, (_, verdicts) in zip(rows, weeks.items(), strict=True):
        change = verdicts.ne(verdicts.shift()).cumsum()
        for _, spell in verdicts.groupby(change):
            start, end = spell.index[0] - half, spell.index[-1] + half
            ax.broken_barh([(start, end - start)], (row - 0.38, 0.76), facecolors=colour(spell.iloc[0]), linewidth=0)
            mark = VERDICTS[spell.iloc[0]][1]
            ax.text(
                spell.index[0], row - 0.03, mark, color=COLOURS["surface"], ha="center", va="center", fontsize=9,
                fontweight="bold", gid="mark",
            )  # fmt: skip
    fridays = [*(weeks.index - half), weeks.index[-1] + half]
    told = [f"{friday.day} {friday:%b %Y}" for friday in weeks.index]
    names, borders = list(map(str, weeks.columns)), [*(rows + 0.5), rows[-1] - 0.5]
    words = weeks.to_numpy(dtype=str).T
    ax.add_artist(Cells(words, x=fridays, y=borders, across=told, up=names, told="{y}, {x}"))
    ax.set_yticks(rows, list(weeks.columns))
    ax.tick_params(axis="y", colors=COLOURS["ink"])
    ax.set_ylim(-0.6, weeks.shape[1] - 0.4)
    ax.grid(visible=False)
    ax.xaxis_date()


_SHORT: Mapping[str, str] = {
    "Contradicted": "contra-\ndicted",
    "Not supported": "not\nsupp.",
    "Open": "open",
    "Leaning": "lean-\ning",
    "Supported": "sup-\nported",
}
