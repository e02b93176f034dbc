"""Charts of Granger causality over time: statistic paths and the triangle of all windows."""

from collections.abc import Mapping

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap

from helpers.data import Dataset
from helpers.report.charts.base import COLOURS, NAMES, Chart, finish, label_line, new_axes
from helpers.report.prose.words import listing, pvalue
from helpers.stats import CausalityPathResult, CausalityTriangleResult

STEPS = (0.0, 0.001, 0.01, 0.05, 0.1, 1.0)
SHADES = ("#5b1a18", "#a63a2b", "#e07b54", "#f3c9a5", "#eef0f2")


def chart_paths(paths: Mapping[str, CausalityPathResult], *, panel: Dataset) -> Chart:
    """Draw the statistic by end date, one panel a scheme, with the critical values and the episodes above them.

    Parameters
    ----------
    paths : mapping of str to CausalityPathResult
        By scheme, with bootstrap draws.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Panels with a common time axis.
    """
    figure, axes = new_axes(len(paths), 1, height=1.2 + 1.6 * len(paths), sharex=True)
    told = []
    for plot, (scheme, path) in zip(axes[:, 0], paths.items(), strict=True):
        _draw_path(plot, path)
        plot.set_title(
            f"{scheme.capitalize()} windows: {pvalue(path.pvalue)} for the largest", loc="left", fontsize=9.5
        )
        told.append(f"{scheme} {pvalue(path.pvalue)}, largest {path.supremum:.2f} against {path.critical:.2f}")
    first = next(iter(paths.values()))
    given = f", given {listing(NAMES[name] for name in first.controls)}" if first.controls else ", given nothing else"
    title = f"Does {NAMES[first.cause]} help to predict {NAMES[first.effect]}, window by window{given}?"
    note = f"Robust F by last week of the window, shortest {first.min_window} weeks, {first.lags} lags. Dashed: 5 % "
    note += (
        "value of the largest of all windows, wild bootstrap. Pale: of one date alone. Shaded: above the dashed line."
    )
    return finish(figure, title=title, panel=panel, alt=f"{title} {'; '.join(told)}.", note=note)


def _draw_path(plot: Axes, path: CausalityPathResult) -> None:
    dates = path.path.index
    for _, episode in path.episodes.iterrows():
        plot.axvspan(episode["first"], episode["last"], color="#f6e3dc", zorder=0)
    plot.fill_between(dates, path.path["critical"], 0, color="#f1f3f5", linewidth=0)
    plot.plot(dates, path.path["statistic"], color=COLOURS[path.cause], linewidth=1.6)
    plot.axhline(path.critical, color=COLOURS["ink"], linewidth=0.9, linestyle="--")
    label_line(plot, dates[-1], path.critical, "5 %", COLOURS["ink"])
    plot.set_xlim(dates[0], dates[-1])
    plot.set_ylim(0, 1.15 * max(path.supremum, path.critical))
    plot.set_ylabel("F")


def chart_triangle(triangle: CausalityTriangleResult, *, panel: Dataset) -> Chart:
    """Draw the p-value of every window by its first and last week.

    Parameters
    ----------
    triangle : CausalityTriangleResult
        Every window.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        A triangle of shades.
    """
    figure, axes = new_axes(height=5.0)
    plot = axes[0, 0]
    shades, norm = ListedColormap(SHADES), BoundaryNorm(STEPS, len(SHADES))
    ends, starts = triangle.pvalue.columns, triangle.pvalue.index
    mesh = plot.pcolormesh(
        mdates.date2num(ends), mdates.date2num(starts), np.ma.masked_invalid(triangle.pvalue.to_numpy()),
        cmap=shades, norm=norm, shading="nearest", rasterized=True,
    )  # fmt: skip
    plot.xaxis_date()
    plot.yaxis_date()
    plot.set_xlabel("last week of the window")
    plot.set_ylabel("first week of the window")
    bar = figure.colorbar(mesh, ax=plot, ticks=STEPS, shrink=0.8)
    bar.ax.set_yticklabels([f"{step:g}" for step in STEPS])
    bar.set_label("p of one window by itself")
    title = f"Every window there is: {NAMES[triangle.cause]} to {NAMES[triangle.effect]}"
    share = f"{100 * triangle.share_below:.1f} % of {triangle.windows:,} windows have p below 5 % by themselves"
    note = f"{share}; windows overlap, so that is no test. Classical F in each window; {triangle.lags} lags."
    return finish(figure, title=title, panel=panel, alt=f"{title}; {share}.", note=note)
