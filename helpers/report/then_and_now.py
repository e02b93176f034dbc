"""Verdicts over time: then and now side by side, a claim a row, and week by week as a strip."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.report.colours import COLOURS
from helpers.report.components import VERDICTS
from helpers.report.marks import Cells, name_rows, narrow

_NOW = 0.56
"""Where the column of today begins, as a share of the panel."""


def met(weeks: pd.DataFrame) -> list[str]:
    """List the verdicts that stand in a table, in the order of the scale."""
    there = set(weeks.to_numpy().ravel())
    return [verdict for verdict in VERDICTS if verdict in there]


def colour(verdict: str) -> str:
    """Give the colour of a verdict; all that wait are as grey as what is inconclusive."""
    kind = VERDICTS[verdict][0].replace("-", "_")
    return COLOURS["inconclusive" if kind == "open" else kind]


def then_and_now(ax: Axes, table: pd.DataFrame, *, columns: tuple[str, str]) -> None:
    """Write the verdict on each claim then and now, with an arrow where it changed; the changed ones stand on top.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The panel.
    table : pandas.DataFrame
        Index claim; columns title, then and now.
    columns : tuple of str
        What stands over then and now.
    """
    changed = table["then"] != table["now"]
    shown = pd.concat([table[changed], table[~changed]])
    rows = np.arange(len(shown))[::-1]
    for row, (then, now) in zip(rows, shown[["then", "now"]].itertuples(index=False), strict=True):
        for place, verdict in ((0.0, then), (_NOW, now)):
            told = f"{VERDICTS[verdict][1]} {verdict}"
            if then == now:
                ax.text(place, row, told, va="center", color=colour(verdict) if place else COLOURS["faint"])
            else:
                ax.text(place, row, told, va="center", color=colour(verdict), fontweight="bold")
        if then != now:
            arrow = {"arrowstyle": "->", "color": COLOURS["ink"], "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (_NOW - 0.02, row), xytext=(_NOW - 0.13, row), arrowprops=arrow)
    if changed.any() and not changed.all():
        ax.axhline(rows[changed.sum()] + 0.5, color=COLOURS["null"], linewidth=0.8)
    names = shown.index if narrow(ax) else [f"{name}  {title}" for name, title in shown["title"].items()]
    name_rows(ax, names)
    ax.tick_params(axis="y", length=0)
    ax.set_xticks([0, _NOW], columns, ha="left")
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0)
    ax.set(xlim=(-0.02, 1), ylim=(-0.7, len(table) - 0.3))
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)


def verdict_strip(ax: Axes, weeks: pd.DataFrame) -> None:
    """Draw the verdict of each claim (columns) in each week (index), told by colour and by a mark where it changes."""
    half = pd.Timedelta(days=3.5)
    rows = np.arange(weeks.shape[1])[::-1]
    for row, (_, verdicts) in zip(rows, weeks.items(), strict=True):
        change = verdicts.ne(verdicts.shift()).cumsum()
        for _, spell in verdicts.groupby(change):
            start, end = spell.index[0] - half, spell.index[-1] + half
            ax.broken_barh(
                [(start, end - start)], (row - 0.38, 0.76), facecolors=colour(spell.iloc[0]),
                edgecolor=COLOURS["surface"], linewidth=1.5,
            )  # fmt: skip
            mark = VERDICTS[spell.iloc[0]][1]
            ax.annotate(
                mark, (start, row - 0.03), xytext=(8, 0), textcoords="offset points", color=COLOURS["surface"],
                ha="center", va="center", fontsize=9, fontweight="bold", gid="mark",
            )  # fmt: skip
    fridays = [*(weeks.index - half), weeks.index[-1] + half]
    told = [f"{friday.day} {friday:%b %Y}" for friday in weeks.index]
    names, borders = list(map(str, weeks.columns)), [*(rows + 0.5), rows[-1] - 0.5]
    words = weeks.to_numpy(dtype=str).T
    ax.add_artist(Cells(words, x=fridays, y=borders, across=told, up=names, told="{y}, {x}"))
    name_rows(ax, weeks.columns)
    ax.grid(visible=False)
    ax.xaxis_date()
