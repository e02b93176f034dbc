"""What pictures are put together from: labels at line ends, marked days, rows of intervals, maps, strips, curves."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter

from helpers.report.colours import COLOURS
from helpers.stats import LeadMapResult

_END = "end-label"
STEPS = ("low3", "low2", "low1", "shade", "high1", "high2", "high3")


def figure_of(ax: Axes) -> Figure:
    """Give the figure that a panel belongs to."""
    return ax.get_figure(root=True)  # type: ignore[return-value]


def narrow(ax: Axes) -> bool:
    """Say whether the picture being drawn is the one for a phone."""
    return figure_of(ax).get_figwidth() < 5


def end_label(ax: Axes, text: str, x: object, y: float, colour: str) -> None:
    """Write a label at the end (x, y) of a line, in its colour; labels of a panel are moved apart once it is drawn."""
    ax.annotate(
        text,
        (x, y),  # type: ignore[arg-type]
        xytext=(5, 0),
        textcoords="offset points",
        color=colour,
        va="center",
        fontweight="bold",
        annotation_clip=False,
        gid=_END,
    )


def place_end_labels(ax: Axes) -> None:
    """Move the labels at line ends apart, once the limits of the panel are known."""
    labels = [child for child in ax.texts if isinstance(child, Annotation) and child.get_gid() == _END]
    if not labels:
        return
    figure = figure_of(ax)
    figure.draw_without_rendering()
    scale = 72 / figure.dpi
    heights = [float(ax.transData.transform((0, ax.convert_yunits(label.xy[1])))[1]) * scale for label in labels]
    for label, wanted, placed in zip(labels, heights, spread_labels(heights, gap=13), strict=True):
        label.set_position((5, placed - wanted))


def spread_labels(positions: Sequence[float], *, gap: float) -> list[float]:
    """Move labels at least `gap` apart, in the order of their heights, and otherwise as little as possible."""
    order = np.argsort(positions, kind="stable")
    groups: list[list[float]] = []  # mean wanted height less its place in the group, and members
    for i in order:
        groups.append([float(positions[i]), 1])
        while len(groups) > 1 and _touch(groups[-2], groups[-1], gap):
            (mean, members), (other, joined) = groups[-2], groups[-1]
            groups[-2:] = [[(mean * members + other * joined) / (members + joined), members + joined]]
    out = np.empty(len(positions))
    placed = [mean + gap * (place - (members - 1) / 2) for mean, members in groups for place in range(int(members))]
    out[order] = placed
    return out.tolist()


def _touch(below: list[float], above: list[float], gap: float) -> bool:
    return above[0] - gap * (above[1] - 1) / 2 - below[0] - gap * (below[1] - 1) / 2 < gap


def zero_line(ax: Axes, *, vertical: bool = False) -> None:
    """Draw the line of no effect."""
    (ax.axvline if vertical else ax.axhline)(0, color=COLOURS["faint"], linewidth=1, zorder=1)


def per_cent(axis: Axis, *, sign: bool = True) -> None:
    """Write the ticks of an axis as per cent: "−20%", "0%", "+20%"."""
    form = "{:+g}%" if sign else "{:g}%"
    axis.set_major_formatter(FuncFormatter(lambda x, _: "0%" if x == 0 else form.format(x).replace("-", "−")))


def scale_of_multiples(ax: Axes) -> None:
    """Scale changes in per cent on the x axis so that a doubling is as long as a halving."""
    steps = np.array([-75, -50, 0, 100, 300, 900] if narrow(ax) else [-75, -50, -25, 0, 50, 100, 200, 400, 900])
    low, high = ax.get_xlim()
    ax.set_xscale("function", functions=(lambda x: np.log1p(np.maximum(x, -99) / 100), lambda x: 100 * np.expm1(x)))
    ax.set_xlim(max(low, -90), 1.1 * high)
    ax.set_xticks(steps[(steps > low) & (steps < high)])
    zero_line(ax, vertical=True)
    per_cent(ax.xaxis)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")


def mark_day(ax: Axes, day: object, text: str, *, height: float = 0.98, side: str = "left") -> None:
    """Mark a day on an axis of dates with a dotted line and a label beside it.

    Parameters
    ----------
    ax, day, text
        Panel, where, and the label; a line break in it is kept.
    height : float
        Of the label, as a share of the panel; give neighbours different heights.
    side : {"left", "right"}
        Of the line, on which the label stands.
    """
    ax.axvline(day, color=COLOURS["faint"], linewidth=1, linestyle=":", zorder=1)  # type: ignore[arg-type]
    ax.annotate(
        text,
        (day, height),  # type: ignore[arg-type]
        xycoords=("data", "axes fraction"),
        xytext=(-4 if side == "left" else 4, 0),
        textcoords="offset points",
        ha="right" if side == "left" else "left",
        va="top",
        fontsize=9,
        color=COLOURS["faint"],
        bbox={"facecolor": COLOURS["surface"], "linewidth": 0, "pad": 1},
    )


def name_rows(ax: Axes, names: Iterable[object]) -> None:
    """Name the rows of a panel from top to bottom, the last one at height 0."""
    told = [str(name) for name in names]
    ax.set_yticks(range(len(told))[::-1], told)
    ax.tick_params(axis="y", colors=COLOURS["ink"])
    ax.set_ylim(-0.6, len(told) - 0.4)
    ax.grid(visible=False, axis="y")


def interval_rows(ax: Axes, rows: pd.DataFrame, *, colours: Mapping[str, str] | str = COLOURS["ink"]) -> None:
    """Draw estimates with their intervals, a row each, from top to bottom.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    rows : pandas.DataFrame
        Index what is estimated, in words; columns estimate, low, high.
    colours : mapping of str to str, or str
        Colour by row name, or one for all.
    """
    places = np.arange(len(rows))[::-1]
    for place, (name, row) in zip(places, rows.iterrows(), strict=True):
        colour = colours if isinstance(colours, str) else colours.get(str(name), COLOURS["null"])
        ax.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=2.4, solid_capstyle="round")
        ax.plot(row["estimate"], place, "o", color=colour, markersize=7)
    name_rows(ax, rows.index)
    ax.grid(axis="x")
    zero_line(ax, vertical=True)


def specification_curve(ax: Axes, choices: Axes, table: pd.DataFrame, *, main: int, names: Sequence[str]) -> None:
    """Draw every specification in order of its estimate, and under it what was chosen in each.

    Parameters
    ----------
    ax, choices : matplotlib.axes.Axes
        Panels for the estimates and for the choices, sharing x.
    table : pandas.DataFrame
        A row a specification: estimate, low, high, and a column for each of `names`.
    main : int
        Position in `table` of the one that decides.
    names : sequence of str
        Columns that hold a choice.
    """
    order = np.argsort(table["estimate"].to_numpy(), kind="stable")
    sorted_table = table.iloc[order]
    x = np.arange(len(table))
    ax.vlines(x, sorted_table["low"], sorted_table["high"], color=COLOURS["null"], linewidth=0.9, alpha=0.7)
    ax.scatter(x, sorted_table["estimate"], s=7, color=COLOURS["faint"], zorder=3)
    place = int(np.flatnonzero(order == main)[0])
    row = sorted_table.iloc[place]
    ax.plot([place, place], [row["low"], row["high"]], color=COLOURS["btc"], linewidth=2.4)
    ax.plot(place, row["estimate"], "o", color=COLOURS["btc"], markersize=7, zorder=4)
    zero_line(ax)
    labels: list[str] = []
    for name in names:
        for value in table[name].unique():
            chosen = x[(sorted_table[name] == value).to_numpy()]
            choices.scatter(chosen, np.full(chosen.size, len(labels)), marker="|", s=18, color=COLOURS["faint"])
            labels.append(f"{name}: {value}")
    choices.set_yticks(range(len(labels)), labels)
    choices.invert_yaxis()
    choices.grid(visible=False)
    choices.set_xticks([])


def step_map(ax: Axes, values: pd.DataFrame, *, steps: Sequence[float]) -> None:
    """Draw a table as a map of seven shades, from well below zero to well above it; missing cells stay empty.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The panel.
    values : pandas.DataFrame
        Rows and columns in order, numbers on both axes; as for the map of starts and ends of a sample.
    steps : sequence of float
        Six rising borders between the shades.

    Notes
    -----
    Shades carry order by lightness as well as by hue, so that they can be told apart without colour.
    """
    across, up = (np.diff(axis, append=2 * axis[-1] - axis[-2]) for axis in (values.columns, values.index))
    shade = np.digitize(values.fillna(0).to_numpy(), steps)
    shade[values.isna().to_numpy()] = -1
    left, below = np.r_[values.columns, values.columns[-1] + across[-1]], values.index.to_numpy()
    for step, name in enumerate(STEPS):
        boxes = [
            [(left[i], low), (left[j], low), (left[j], low + high), (left[i], low + high), (left[i], low)]
            for row, (low, high) in enumerate(zip(below, up, strict=True))
            for i, j in np.flatnonzero(np.diff(np.r_[0, shade[row] == step, 0])).reshape(-1, 2)
        ]
        if boxes:
            path = Path.make_compound_path_from_polys(np.array(boxes, dtype=float))
            ax.add_patch(PathPatch(path, facecolor=COLOURS[name], linewidth=0))
    ax.set(xlim=(left[0], left[-1]), ylim=(below[0], below[-1] + up[-1]))
    ax.grid(visible=False)


class Cells(Artist):
    """What stands in each cell of a map, for whoever points at it; draws nothing by itself.

    Parameters
    ----------
    words : numpy.ndarray
        A row a row of the map and a column a column of it; "" for a cell that is not there.
    x, y : sequence
        Borders of the columns and of the rows, one more than there are, in data units.
    across, up : sequence of str
        Names of the columns and of the rows.
    told : str
        How a cell is named, with `{x}` and `{y}` in the place of the names.
    """

    def __init__(
        self, words: np.ndarray, *, x: Sequence, y: Sequence, across: Sequence[str], up: Sequence[str], told: str
    ) -> None:
        super().__init__()
        self.words, self.x, self.y, self.across, self.up, self.told = words, x, y, list(across), list(up), told
        self.set_in_layout(False)

    def spots(self, height: float, scale: float) -> dict[str, object]:
        """Say where the cells lie in a picture of this height, both in its units, and what is in them."""
        ax = self.axes
        assert ax is not None  # noqa: S101 - added to one by whoever drew the map
        across, up = ax.convert_xunits(self.x), ax.convert_yunits(self.y)
        left = [ax.transData.transform((at, up[0]))[0] * scale for at in across]
        top = [height - ax.transData.transform((across[0], at))[1] * scale for at in up]
        known, which = np.unique(self.words, return_inverse=True)
        return {
            "x": np.round(left).astype(int).tolist(), "y": np.round(top).astype(int).tolist(),
            "across": self.across, "up": self.up, "told": self.told,
            "words": known.tolist(), "at": which.ravel().tolist(),
        }  # fmt: skip


def state_strips(ax: Axes, states: pd.DataFrame, *, colours: Mapping[str, str]) -> None:
    """Draw when each state held, a strip a state: a boolean column each, in the colour of that name, by date."""
    step = states.index[1] - states.index[0]
    for place, (name, held) in enumerate(reversed(list(states.items()))):
        runs = held.astype(int).diff().fillna(held.astype(int))
        starts = states.index[runs == 1]
        ends = [*states.index[runs == -1], states.index[-1] + step][: len(starts)]
        spans = [(start, end - start) for start, end in zip(starts, ends, strict=True)]
        ax.broken_barh(spans, (place - 0.36, 0.72), facecolors=colours[str(name)], linewidth=0)
    name_rows(ax, states.columns)
    ax.xaxis_date()


def two_intervals(ax: Axes, rows: pd.DataFrame, *, colours: Mapping[str, str] | str = COLOURS["ink"]) -> None:
    """Draw rows as `interval_rows` does, and thin the always-valid interval of columns always_low and always_high."""
    interval_rows(ax, rows, colours=colours)
    for place, (name, row) in zip(range(len(rows))[::-1], rows.iterrows(), strict=True):
        colour = colours if isinstance(colours, str) else colours.get(str(name), COLOURS["null"])
        ax.plot([row["always_low"], row["always_high"]], [place, place], color=colour, linewidth=1, zorder=1)
        ax.plot([row["always_low"], row["always_high"]], [place, place], "|", color=colour, markersize=8, zorder=1)


def lag_maps(
    axes: Axes | Sequence[Axes], lags: LeadMapResult, *, rivals: pd.DataFrame, names: Mapping[str, str]
) -> None:
    """Draw the map of lags, a panel a leader: windows by first and last week, shaded by the t-statistic.

    Parameters
    ----------
    axes : matplotlib.axes.Axes or sequence of them
        One a leader.
    lags : helpers.stats.LeadMapResult
        The darkest shades begin where the search over all windows has its 5 per cent.
    rivals : pandas.DataFrame
        Windows to outline: leader, first, last, text.
    names : mapping of str to str
        Leaders as a reader calls them.
    """
    panels = list(axes) if isinstance(axes, Sequence) else [axes]
    for ax, leader in zip(panels, lags.causes, strict=True):
        shown = lags.frame(leader, "statistic").T
        shown.index, shown.columns = shown.index - 0.5, shown.columns - 0.5
        step_map(ax, shown, steps=[-lags.critical, -2, -1, 1, 2, lags.critical])
        _name_windows(ax, lags.frame(leader, "statistic").T, lags.unit)
        longest = float(shown.index[-1]) + 0.5
        for rival in rivals[rivals["leader"] == leader].to_dict("records"):
            _outline(ax, rival["first"], rival["last"], rival["text"], longest)
        label = names[leader]
        ax.set_title(label[:1].upper() + label[1:])
        ax.set(xlabel=f"first {lags.unit} back", ylabel=f"last {lags.unit} back")
        ax.set_aspect("equal")
    _shade_key(panels[0], lags.critical)


def _name_windows(ax: Axes, statistics: pd.DataFrame, unit: str) -> None:
    """Let a reader point at a window of the map of lags."""
    told = np.where(statistics.isna(), "", statistics.map("{:+.1f} standard errors".format)).astype(str)
    first, last = (axis.to_numpy(dtype=float) for axis in (statistics.columns, statistics.index))
    names = [[f"{place:g}" for place in axis] for axis in (first, last)]
    x, y = (np.r_[axis - 0.5, axis[-1] + 0.5] for axis in (first, last))
    words = np.char.replace(told, "-", "−")
    ax.add_artist(Cells(words, x=x, y=y, across=names[0], up=names[1], told=f"{unit}s {{x}} to {{y}} back"))


def _outline(ax: Axes, first: int, last: int, text: str, longest: float) -> None:
    """Outline one window and write its name in the empty half of the triangle, joined by a line."""
    x, y = np.array([0, 1, 1, 0, 0]) - 0.5, np.array([0, 0, 1, 1, 0]) - 0.5
    ax.plot(first + x, last + y, color=COLOURS["ink"], linewidth=1.4)
    place = (min(last + 2.5, longest - 10), max(last - 3.5, 3)) if last < longest - 2 else (longest - 8, longest - 9)
    ax.annotate(
        text, (first + 0.5, last), xytext=place, va="center", fontsize=9, color=COLOURS["ink"],
        arrowprops={"arrowstyle": "-", "color": COLOURS["ink"], "linewidth": 0.8, "shrinkA": 1, "shrinkB": 0},
    )  # fmt: skip


def _shade_key(ax: Axes, critical: float) -> None:
    """Explain the seven shades of a map in its empty corner."""
    edges = [f"−{critical:.1f}", "−2", "−1", "1", "2", f"{critical:.1f}"]
    between = [f"{low} to {high}" for low, high in pairwise(edges)]
    for row, (name, word) in enumerate(zip(STEPS, [f"below {edges[0]}", *between, f"above {edges[-1]}"], strict=True)):
        low = 0.05 + 0.062 * row
        box = Rectangle((0.6, low), 0.05, 0.05, transform=ax.transAxes, facecolor=COLOURS[name])
        box.set(edgecolor=COLOURS["null"], linewidth=0.5)
        ax.add_patch(box)
        ax.text(0.67, low + 0.025, word, transform=ax.transAxes, va="center", fontsize=9, color=COLOURS["faint"])
