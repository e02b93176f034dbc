"""What every chart shares: colours with a fixed meaning, title, source line, direct labels, alt text."""

import textwrap
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.data import CATALOG, Dataset
from helpers.report.colours import COLOURS as PALETTE_COLOURS

COLOURS = {name: PALETTE_COLOURS[spec.colour] for name, spec in CATALOG.items()} | {
    "fear": "#7b2d8b",
    "liquidity": "#1b998b",
    "debasement": "#b5838d",
    "null": "#c9ced6",
    "ink": "#22262b",
    "faint": "#8b929b",
}
NAMES = {name: spec.label for name, spec in CATALOG.items()}
WIDTH = 8.6
_SOURCES = "COMEX and Yahoo, Coin Metrics, FRED"


@dataclass(frozen=True)
class Chart:
    """A finished figure with the text that stands for it where it cannot be seen.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The picture.
    alt : str
        What the picture shows, in words and numbers.
    """

    figure: Figure
    alt: str

    def __repr__(self) -> str:
        return f"Chart: {self.alt}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        data = {"image/png": _png(self.figure), "text/plain": repr(self)}
        return data, {"image/png": {"alt": self.alt}}


def new_axes(rows: int = 1, columns: int = 1, *, height: float = 4.2, **options: Any) -> tuple[Figure, np.ndarray]:
    """Open a figure in the style of the report.

    Parameters
    ----------
    rows, columns : int
        Panels.
    height : float
        In inches; the width is the same for every chart.
    **options
        For `matplotlib.pyplot.subplots`, such as sharex.

    Returns
    -------
    matplotlib.figure.Figure
        Not registered with pyplot once closed by `finish`.
    numpy.ndarray of matplotlib.axes.Axes, shape (rows, columns)
        The panels.
    """
    style = {
        **sns.axes_style("whitegrid"),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.edgecolor": COLOURS["faint"],
        "axes.labelcolor": COLOURS["ink"],
        "text.color": COLOURS["ink"],
        "xtick.color": COLOURS["ink"],
        "ytick.color": COLOURS["ink"],
        "grid.color": "#eceef1",
        "font.family": ["DejaVu Sans"],
        "font.size": 9.5,
        "axes.titlesize": 10.5,
        "axes.labelsize": 9.5,
    }
    with plt.rc_context(style):
        figure, axes = plt.subplots(rows, columns, figsize=(WIDTH, height), squeeze=False, **options)
    return figure, axes


def finish(figure: Figure, *, title: str, panel: Dataset, alt: str, note: str = "", subtitle: str = "") -> Chart:
    """Set title and source line and close the figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        With everything drawn.
    title : str
        What is shown; left-aligned.
    panel : Dataset
        The data drawn, for the source and as-of line.
    alt : str
        The picture in words, numbers computed.
    note : str
        What the reader needs to read it: n or K, the null that is drawn.
    subtitle : str
        A second line under the title, such as units.

    Returns
    -------
    Chart
        Ready for display.
    """
    height = figure.get_figheight()
    source = f"{_SOURCES}; {panel.source}, as of {panel.as_of}."
    foot = textwrap.wrap(f"{note} Source: {source}".strip(), 138)
    head = textwrap.wrap(title, 76)
    below = textwrap.wrap(subtitle, 106)
    top = 0.12 + 0.235 * len(head) + 0.19 * len(below)
    bottom = 0.10 + 0.165 * len(foot)
    figure.tight_layout(rect=(0, bottom / height, 1, 1 - top / height))
    figure.text(0.012, 1 - 0.07 / height, "\n".join(head), ha="left", va="top", fontsize=12.5, fontweight="bold")
    if below:
        y = 1 - (0.09 + 0.235 * len(head)) / height
        figure.text(0.012, y, "\n".join(below), ha="left", va="top", fontsize=10, color=COLOURS["faint"])
    figure.text(0.012, 0.06 / height, "\n".join(foot), ha="left", va="bottom", fontsize=8, color=COLOURS["faint"])
    plt.close(figure)
    return Chart(figure, alt)


def label_line(axes: Axes, x: object, y: float, text: str, colour: str, *, dx: float = 4, dy: float = 0) -> None:
    """Write a label beside the end of a line instead of in a legend.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The panel.
    x, y : object, float
        The end of the line, in data units.
    text, colour : str
        The label and its colour.
    dx, dy : float
        Distance in points.
    """
    axes.annotate(
        text,
        (x, y),
        xytext=(dx, dy),
        textcoords="offset points",
        color=colour,
        va="center",
        fontsize=9,
        annotation_clip=False,
    )


def spread_labels(positions: list[float], *, gap: float) -> list[float]:
    """Move labels apart so that none covers another.

    Parameters
    ----------
    positions : list of float
        Wanted heights.
    gap : float
        Smallest distance between two of them, in the same unit.

    Returns
    -------
    list of float
        Heights in the order given, in the same order from low to high, at least `gap` apart, with the same mean.
    """
    order = np.argsort(positions, kind="stable")
    wanted = np.asarray(positions, dtype=float)[order]
    placed = wanted.copy()
    for i in range(1, placed.size):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    placed -= np.mean(placed - wanted)
    out = np.empty_like(placed)
    out[order] = placed
    return out.tolist()


def zero_line(axes: Axes) -> None:
    """Draw the line of no effect.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The panel.
    """
    axes.axhline(0, color=COLOURS["ink"], linewidth=0.8)


def mark_week(axes: Axes, week: pd.Timestamp, text: str) -> None:
    """Mark one week with a dotted line and a label at the foot.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        A panel with dates on the x axis.
    week : pandas.Timestamp
        The week.
    text : str
        The label.
    """
    axes.axvline(week, color=COLOURS["faint"], linewidth=0.9, linestyle=":")
    axes.annotate(
        text, (week, 0), xycoords=("data", "axes fraction"), xytext=(-3, 3), textcoords="offset points",
        ha="right", va="bottom", fontsize=8, color=COLOURS["faint"],
    )  # fmt: skip


def _png(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()
