"""Charts of the data themselves: what there is, and what it looks like."""

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.ticker import LogLocator

from helpers.data import WEEKLY, Dataset
from helpers.report.charts.base import COLOURS, NAMES, Chart, finish, label_line, mark_week, new_axes


def chart_coverage(panel: Dataset) -> Chart:
    """Draw from when to when each weekly series is there.

    Parameters
    ----------
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One bar a series.
    """
    figure, axes = new_axes(height=4.6)
    plot = axes[0, 0]
    names = list(WEEKLY)[::-1]
    for row, name in enumerate(names):
        weeks = panel.weekly[name].dropna().index
        if not len(weeks):
            continue
        plot.barh(row, weeks[-1] - weeks[0], left=weeks[0], height=0.55, color=COLOURS.get(name, COLOURS["faint"]))
        label_line(plot, weeks[-1], row, f"{len(weeks):,} weeks to {weeks[-1]:%Y-%m-%d}", COLOURS["ink"])
    plot.set_yticks(range(len(names)), [NAMES[name] for name in names])
    plot.xaxis.set_major_locator(mdates.YearLocator(5))
    plot.set_xlim(panel.weekly.index[0], panel.weekly.index[-1] + pd.Timedelta(days=2000))
    plot.grid(axis="y", visible=False)
    common = panel.weekly.dropna().index
    span = f"{common[0]:%Y-%m-%d} to {common[-1]:%Y-%m-%d}"
    alt = f"Bars of coverage for {len(names)} weekly series; all are there from {span}."
    note = f"All {len(names)} series together: {len(common):,} weeks."
    return finish(figure, title="What there is: weekly series and their span", panel=panel, alt=alt, note=note)


def chart_levels(panel: Dataset, *names: str) -> Chart:
    """Draw prices on logarithmic axes, one panel a series.

    Parameters
    ----------
    panel : Dataset
        The data in use.
    *names : str
        Series of the catalog.

    Returns
    -------
    Chart
        Panels under one another with a common time axis.
    """
    figure, axes = new_axes(len(names), 1, height=1.5 + 1.55 * len(names), sharex=True)
    told = []
    for plot, name in zip(axes[:, 0], names, strict=True):
        price = panel.price(name)
        plot.plot(price.index, price, color=COLOURS[name], linewidth=1.2)
        plot.set_yscale("log")
        plot.yaxis.set_major_formatter("{x:,g}")
        plot.yaxis.set_minor_formatter("")
        plot.set_title(f"{NAMES[name].capitalize()}, {WEEKLY[name].unit}", loc="left", color=COLOURS[name])
        plot.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if price.max() / price.min() < 100 else (1.0,)))
        label_line(plot, price.index[-1], price.iloc[-1], f"{price.iloc[-1]:,.5g}", COLOURS[name])
        if price.index[-1] >= pd.Timestamp("2026-01-23"):
            mark_week(plot, pd.Timestamp("2026-01-23"), "23 Jan 2026")
        told.append(f"{NAMES[name]} from {price.iloc[0]:,.6g} to {price.iloc[-1]:,.6g}")
    title = "The three prices of the story, on logarithmic scales"
    return finish(figure, title=title, panel=panel, alt=f"Weekly prices: {'; '.join(told)}.", note="Weekly closes.")


def chart_averaging(average: float, month_end: float, theory: float, *, panel: Dataset, months: int) -> Chart:
    """Draw what averaging within the month does to the autocorrelation of monthly changes.

    Parameters
    ----------
    average, month_end : float
        First-order autocorrelation of changes of month averages and of month-end prices.
    theory : float
        What averaging a random walk gives by itself.
    panel : Dataset
        The data in use.
    months : int
        Months used.

    Returns
    -------
    Chart
        Two bars and the line of the theory.
    """
    figure, axes = new_axes(height=2.5)
    plot = axes[0, 0]
    bars = (("month-end settlements", month_end), ("month averages", average))
    for row, (label, value) in enumerate(bars):
        plot.barh(row, value, color=COLOURS["silver"], height=0.5)
        label_line(plot, max(value, 0), row, f"{value:.2f}", COLOURS["ink"])
        plot.text(-0.005, row, label, ha="right", va="center", fontsize=9.5, transform=plot.get_yaxis_transform())
    plot.axvline(theory, color=COLOURS["faint"], linestyle="--", linewidth=1)
    label_line(plot, theory, 1.42, f"a random walk, averaged: {theory:.2f}", COLOURS["faint"])
    plot.set_yticks([])
    plot.set_xlim(min(0, month_end) - 0.02, 0.45)
    plot.set_xlabel("autocorrelation of monthly log changes")
    alt = (
        f"Autocorrelation {month_end:.2f} for month-end silver, {average:.2f} for month averages; theory {theory:.2f}."
    )
    title = "Month averages predict themselves, which is why they are never tested against month ends"
    return finish(figure, title=title, panel=panel, alt=alt, note=f"{months} months in common.")
