"""Charts: one drawing function, drawn for a wide page, for a phone and for paper, with its words, source and data."""

import html
import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO, StringIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.dates import MONTHLY, AutoDateLocator, ConciseDateFormatter, DateConverter, num2date
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import AutoLocator, MaxNLocator
from PIL import Image

from helpers.data import Dataset
from helpers.report.colours import COLOURS
from helpers.report.components import render
from helpers.report.marks import Cells, figure_of, place_end_labels
from helpers.report.source_line import source_line
from helpers.report.svg import tidy_svg

WIDE, NARROW = 760, 350
"""Widths drawn, in CSS px; a page shows the wide one from 660 px of room on."""
PAGE_TYPE = "application/vnd.report.figure+html"
DATA_TYPE = "application/vnd.report.figure+csv"
_PX = 96
_STYLE: Any = {
    **sns.axes_style("whitegrid"),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.spines.left": False,
    "axes.edgecolor": COLOURS["null"],
    "axes.labelcolor": COLOURS["faint"],
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.labelsize": 9.5,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["faint"],
    "ytick.color": COLOURS["faint"],
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "xtick.bottom": True,
    "xtick.major.size": 3,
    "grid.color": COLOURS["grid"],
    "grid.linewidth": 0.8,
    "axes.grid.axis": "y",
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "date.converter": "concise",
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
}
Draw = Callable[[Any], object]


@dataclass(frozen=True)
class Chart:
    """A picture with the words that belong to it.

    Shown in JupyterLab and on GitHub as a PNG that carries title and source; on the pages as SVG at two widths.

    Parameters
    ----------
    draw : callable
        Takes the axes (a list of them where there are several panels) and draws.
    number : str
        Such as "6.2": chapter and place in it.
    title : str
        The finding, one sentence.
    subtitle : str
        Unit and sample.
    alt : str
        The picture in words and numbers.
    source : str
        Provider, code and terms of the series drawn.
    data : pandas.DataFrame
        What is drawn, tidy, for the reader to take away.
    note : str
        What the marks mean, and K or n.
    panels, columns : int
        Panels, and how many stand side by side on a wide page; on a phone they stand below one another.
    height : float
        Of one row of panels on a wide page, in CSS px.
    hover : str
        Format of a value under the pointer, such as "${:,.0f}"; "" for no values.
    share : {"", "x", "y", "both"}
        Axes that the panels share.
    """

    draw: Draw
    number: str
    title: str
    subtitle: str
    alt: str
    source: str
    data: pd.DataFrame
    note: str = ""
    panels: int = 1
    columns: int = 1
    height: float = 360
    hover: str = ""
    share: str = ""

    def __repr__(self) -> str:
        return f"Figure {self.number}. {self.title} {self.alt}"

    def figure(self, width: int) -> Figure:
        """Draw at a width in CSS px; pyplot does not know of the figure."""
        narrow = width < WIDE
        columns = 1 if narrow else min(self.columns, self.panels)
        rows = -(-self.panels // columns)
        height = self.height * (0.86 if narrow else 1) * rows
        figure = Figure(figsize=(width / _PX, height / _PX), layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.04))
        grid = figure.subplots(
            rows, columns, squeeze=False, sharex=self.share in ("x", "both"), sharey=self.share in ("y", "both")
        )
        axes = list(grid.flat)
        for spare in axes[self.panels :]:
            spare.remove()
        axes = axes[: self.panels]
        self.draw(axes[0] if self.panels == 1 else axes)
        for ax in axes:
            _fewer_ticks(ax, narrow)
            place_end_labels(ax)
        return figure

    def svg(self, width: int) -> str:
        """Draw at a width in CSS px, as one `<svg>` element that a page can hold."""
        with mpl.rc_context(_STYLE):
            figure = self.figure(width)
            buffer = StringIO()
            figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
            points = self._points(figure)
        size = "w" if width >= WIDE else "n"
        svg = tidy_svg(buffer.getvalue(), prefix=f"{self.anchor}{size}", label=self.alt)
        return svg.replace("<svg ", f"<svg class='{size}'{points} ", 1)

    def png(self) -> bytes:
        """Draw for paper, JupyterLab and GitHub: title, note and source inside the picture."""
        foot = textwrap.fill(f"{self.note} Source: {self.source}", 112)
        head, below = textwrap.fill(self.title, 70), textwrap.fill(self.subtitle, 100)
        with mpl.rc_context(_STYLE | {"figure.facecolor": "#ffffff"}):
            figure = self.figure(WIDE)
            above = 0.12 + 0.25 * (head.count("\n") + 1) + 0.19 * (below.count("\n") + 1)
            under = 0.1 + 0.17 * (foot.count("\n") + 1)
            height = figure.get_figheight() + above + under
            figure.set_figheight(height)
            figure.set_layout_engine(
                ConstrainedLayoutEngine(
                    w_pad=0.03, h_pad=0.04, rect=(0, under / height, 1, 1 - (above + under) / height)
                )
            )
            figure.text(0.012, 1 - 0.08 / height, head, va="top", fontsize=13, fontweight="bold")
            top = 1 - (0.12 + 0.25 * (head.count("\n") + 1)) / height
            figure.text(0.012, top, below, va="top", color=COLOURS["faint"])
            figure.text(0.012, 0.06 / height, foot, va="bottom", fontsize=8.5, color=COLOURS["faint"])
            for ax in figure.axes:
                place_end_labels(ax)
            buffer = BytesIO()
            figure.savefig(buffer, format="png", dpi=144, metadata={"Software": None})
        return _compress(buffer)

    @cached_property
    def anchor(self) -> str:
        """Id of the figure on its page, such as "figure-6-2"."""
        return f"figure-{self.number.replace('.', '-')}"

    def html(self) -> str:
        """Write a `<figure>` with both drawings; the style sheet of the pages shows the one that fits."""
        return render("figure", self, self.svg(WIDE) + self.svg(NARROW))

    def csv(self) -> str:
        """Write the data drawn, with six significant digits."""
        return self.data.to_csv(float_format="%.6g")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        shown = {"image/png": self.png(), "text/plain": repr(self), PAGE_TYPE: self.html(), DATA_TYPE: self.csv()}
        return shown, {"image/png": {"width": WIDE, "alt": self.alt}}

    def _points(self, figure: Figure) -> str:
        """Write where the named lines and points, and the cells of maps, lie, for the script that shows values."""
        out, height = "", figure.get_figheight() * 72
        if self.hover:
            told = [line for ax in figure.axes for line in _named_points(ax, self.hover)]
            out = f" data-points='{html.escape(';;'.join(told))}'"
        maps = [
            one.spots(height, 72 / figure.dpi) for ax in figure.axes for one in ax.artists if isinstance(one, Cells)
        ]
        if maps:
            text = json.dumps(maps, ensure_ascii=False, separators=(",", ":"))
            out += f" data-maps='{html.escape(text, quote=False).replace(chr(39), '’')}'"
        return out


def chart(
    draw: Draw,
    *,
    number: str,
    title: str,
    subtitle: str,
    alt: str,
    series: tuple[str, ...],
    dataset: Dataset,
    data: pd.DataFrame | pd.Series,
    **options: Any,
) -> Chart:
    """Turn a drawing function into a chart of the report; the source line is made from the series and their data.

    Parameters
    ----------
    draw, number, title, subtitle, alt, data
        See `Chart`; `draw` is called for each width, so it must not change what it draws.
    series : tuple of str
        Names in the catalog of everything that went into the picture.
    dataset : Dataset
        The data drawn.
    **options
        note, panels, columns, height, hover and share of `Chart`.

    Returns
    -------
    Chart
        For display as the last expression of a cell.
    """
    return Chart(
        draw,
        number=number,
        title=title.strip().rstrip("."),
        subtitle=subtitle.strip().rstrip("."),
        alt=alt.strip(),
        source=source_line(dataset, series),
        data=data.to_frame() if isinstance(data, pd.Series) else data,
        **options,
    )


def _fewer_ticks(ax: Axes, narrow: bool) -> None:
    """Keep tick labels apart: few on a phone, dates without repetition."""
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.get_converter(), DateConverter) or isinstance(axis.get_major_locator(), AutoDateLocator):
            locator = AutoDateLocator(minticks=3, maxticks=5 if narrow else 9)
            locator.intervald[MONTHLY] = [1, 2, 3, 4, 6, 12]  # two years are too many months for steps of six
            axis.set_major_locator(locator)
            axis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
        elif isinstance(axis.get_major_locator(), AutoLocator):
            axis.set_major_locator(MaxNLocator(5 if narrow else 7, steps=[1, 2, 2.5, 5, 10]))


def _named_points(ax: Axes, form: str) -> list[str]:
    """Give each line or scatter that has a label as "name|x,y,when,value|..." in the units of the viewBox."""
    figure = figure_of(ax)
    height = figure.get_figheight() * 72
    scale = 72 / figure.dpi
    dated = isinstance(ax.xaxis.get_major_locator(), AutoDateLocator)
    found = []
    pairs = [(line.get_label(), line.get_xydata()) for line in ax.lines]
    pairs += [(dots.get_label(), np.asarray(dots.get_offsets())) for dots in ax.collections]
    for label, values in pairs:
        name = str(label)
        points = np.ma.getdata(values).astype(float)
        points = points[np.isfinite(points).all(axis=1)]
        if name.startswith("_") or not len(points):
            continue
        spots = ax.transData.transform(points) * scale
        told = [
            f"{x:.0f},{height - y:.0f},{_when(at, dated)},{form.format(value).replace('-', '−')}"
            for (x, y), (at, value) in zip(spots, points, strict=True)
        ]
        found.append("|".join([name, *told]))
    return found


def _when(at: float, dated: bool) -> str:
    return f"{num2date(at).day} {num2date(at):%b %Y}" if dated else f"{at:g}"


def _compress(buffer: BytesIO) -> bytes:
    """Keep 128 colours: a third of the size, and nothing that an eye could miss."""
    out = BytesIO()
    Image.open(buffer).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(out, format="PNG", optimize=True)
    return out.getvalue()
