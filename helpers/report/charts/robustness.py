"""Charts of robustness: the specification curve with its grid, and the size of every test."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.claims import load_rules
from helpers.data import Dataset
from helpers.report.charts.base import COLOURS, Chart, finish, label_line, new_axes
from helpers.report.prose.words import pvalue
from helpers.stats.specification import SpecificationCurveResult

LEVEL, SIZE_BAND = load_rules().standards.alpha, load_rules().standards.size_band

_OTHER_SIGN = "#3b6fb6"


def chart_specifications(
    curve: SpecificationCurveResult, *, title: str, colour: str, panel: Dataset, smallest: float | None = None
) -> Chart:
    """Draw all estimates from low to high over a grid of what was chosen in each.

    Parameters
    ----------
    curve : SpecificationCurveResult
        With at least one specification.
    title : str
        What is shown.
    colour : str
        Of the leader, for estimates that are significant with the expected sign.
    panel : Dataset
        The data in use.
    smallest : float, optional
        Smallest effect of interest, in the unit of the estimates.

    Returns
    -------
    Chart
        Curve, band of the null, grid.
    """
    options = {name: list(curve.table[name].cat.categories) for name in curve.choices}
    lines = sum(len(values) + 1 for values in options.values())
    heights = {"height_ratios": [2.7, 0.17 * lines]}
    figure, axes = new_axes(2, 1, height=4.0 + 0.17 * lines, sharex=True, gridspec_kw=heights)
    plot, grid = axes[:, 0]
    _draw_curve(plot, curve, colour, smallest)
    _draw_grid(grid, curve, options)
    found = curve.table["significant"].sum()
    low, high = curve.table["estimate"].min(), curve.table["estimate"].max()
    alt = (
        f"{title}: {len(curve.table)} specifications, estimates from {low:.1f} to {high:.1f} {curve.unit}; {found} "
        f"significant at {100 * curve.alpha:g} % with the expected sign, joint {pvalue(curve.pvalue)}."
    )
    note = (
        "Filled: significant with the expected sign; blue: significant with the other sign; hollow: not significant. "
        f"Grey: where 90 % of the curves lie at each rank if there is nothing to find ({curve.reps:,} draws), with "
        f"their median. {len(curve.table)} specifications."
    )
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def chart_sizes(sizes: pd.DataFrame, *, panel: Dataset) -> Chart:
    """Draw how often each test rejects a true null at 5 %.

    Parameters
    ----------
    sizes : pandas.DataFrame
        Rows of `helpers.stats.validation.with_rates`, kind "size"; ``warning`` marks tests that no verdict
        uses.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One line a test, one dot a process and sample length, the admissible band behind.
    """
    names = list(dict.fromkeys([*sizes.loc[~sizes["warning"], "label"], *sizes.loc[sizes["warning"], "label"]]))
    figure, axes = new_axes(height=1.7 + 0.34 * len(names))
    plot = axes[0, 0]
    plot.axvspan(*(100 * edge for edge in SIZE_BAND), color="#e3f1ee", zorder=0)
    plot.axvline(100 * LEVEL, color=COLOURS["ink"], linewidth=0.9)
    for row, name in enumerate(names[::-1]):
        found = sizes[sizes["label"] == name]
        _draw_sizes(plot, row, found)
        worst = found["rate"].max()
        label_line(
            plot, 100 * worst, row, f"{100 * worst:.0f} %" if found["warning"].any() else "", COLOURS["ink"], dx=8
        )
    plot.set_yticks(range(len(names)), names[::-1])
    plot.set_ylim(-0.7, len(names) - 0.3)
    plot.set_xlim(0)
    plot.set_xlabel("% of samples without any relation in which the test finds one at 5 %")
    plot.grid(axis="y", visible=False)
    sound = sizes[~sizes["warning"]]
    title = "How often each test cries wolf"
    alt = (
        f"{title}: tests that feed verdicts reject {100 * sound['rate'].min():.1f} to "
        f"{100 * sound['rate'].max():.1f} % of true nulls; tests shown as a warning up to "
        f"{100 * sizes['rate'].max():.0f} %."
    )
    note = (
        f"Shaded: {100 * SIZE_BAND[0]:g} to {100 * SIZE_BAND[1]:g} %, outside which no verdict uses a test. Large "
        "dots: the sample length of the verdict; small: the other one. Bars: two Monte Carlo standard errors. Red: for "
        "warning only."
    )
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def _draw_curve(plot: Axes, curve: SpecificationCurveResult, colour: str, smallest: float | None) -> None:
    """Estimates by rank over the band of the null."""
    ranks, table = np.arange(len(curve.table)), curve.table
    plot.fill_between(ranks, curve.band["low"], curve.band["high"], color=COLOURS["null"], alpha=0.6, linewidth=0)
    plot.plot(ranks, curve.band["median"], color=COLOURS["faint"], linewidth=1)
    plot.axhline(0, color=COLOURS["ink"], linewidth=0.8)
    if smallest is not None:
        plot.axhline(smallest, color=COLOURS["faint"], linewidth=0.9, linestyle="--")
        plot.annotate(
            f"smallest effect of interest: {smallest:g}", (0, smallest), xytext=(2, 3), textcoords="offset points",
            fontsize=8, color=COLOURS["faint"],
        )  # fmt: skip
    other = (table["pvalue"] < curve.alpha) & ~table["significant"]
    faces = np.where(table["significant"], colour, np.where(other, _OTHER_SIGN, "white")).tolist()
    edges = np.where(other, _OTHER_SIGN, colour).tolist()
    plot.scatter(ranks, table["estimate"], s=16, c=faces, edgecolors=edges, linewidths=0.8, zorder=3)
    plot.set_ylabel(curve.unit)


def _draw_grid(grid: Axes, curve: SpecificationCurveResult, options: dict[str, list]) -> None:
    """One line an option, a tick where a specification took it."""
    height, labels = 0, {}
    for name, values in options.items():
        grid.annotate(
            name, (0, height), xycoords=("axes fraction", "data"), xytext=(-6, 0), textcoords="offset points",
            ha="right", va="center", fontsize=9, fontweight="bold",
        )  # fmt: skip
        for value in values:
            height -= 1
            labels[height] = str(value)
            ranks = np.flatnonzero(curve.table[name] == value)
            grid.plot(ranks, np.full(ranks.size, height), "|", color=COLOURS["ink"], markersize=5, markeredgewidth=0.7)
        height -= 1
    grid.set_yticks(list(labels), list(labels.values()), fontsize=8.5)
    grid.set_ylim(height + 0.5, 0.7)
    grid.set_xlabel("specifications, from the lowest to the highest estimate")
    grid.grid(visible=False)


def _draw_sizes(plot: Axes, row: int, found: pd.DataFrame) -> None:
    """Dots of one test with bars of two Monte Carlo standard errors."""
    for place, size in zip(_around(len(found)), found.itertuples(), strict=True):
        colour = COLOURS["btc"] if size.warning else COLOURS["dollar"]
        reach = [100 * (size.rate - 2 * size.error), 100 * (size.rate + 2 * size.error)]
        plot.plot(reach, [row + place] * 2, color=colour, linewidth=0.8, alpha=0.6)
        plot.plot(100 * size.rate, row + place, "o", color=colour, markersize=5.5 if size.verdict else 3)


def _around(dots: int) -> np.ndarray:
    """Heights of the dots of one test, about its line."""
    return np.linspace(-0.22, 0.22, dots) if dots > 1 else np.zeros(dots)
