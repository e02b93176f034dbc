"""Charts of the gap: whether the follower came along, how unusual the distance is, and what its drivers implied."""

from collections.abc import Sequence

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.data import Dataset
from helpers.report.charts.base import (
    COLOURS,
    NAMES,
    Chart,
    finish,
    label_line,
    mark_week,
    new_axes,
    spread_labels,
    zero_line,
)
from helpers.stats import GapFrequencyResult, PathBandResult


def chart_follow(leader: pd.Series, found: PathBandResult, *, panel: Dataset) -> Chart:
    """Draw both assets since the breakout, with the paths that the follower's own past made likely.

    Parameters
    ----------
    leader : pandas.Series, shape (h,)
        Cumulative log return of the leader since the breakout, on the weeks of the band.
    found : PathBandResult
        Of the follower, from the breakout.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Two lines and a band.
    """
    figure, axes = new_axes(height=4.2)
    plot, band = axes[0, 0], _from_start(found)
    leader = pd.concat([pd.Series([0.0], index=[found.date]), leader]).rename(leader.name)
    _draw_band(plot, band)
    lines = {str(leader.name): leader, found.asset: band["actual"]}
    ends = spread_labels([float(line.iloc[-1]) for line in lines.values()], gap=0.06 * np.ptp(plot.get_ylim()))
    for (name, line), height in zip(lines.items(), ends, strict=True):
        plot.plot(line.index, line, color=COLOURS[name], linewidth=1.9)
        label_line(plot, line.index[-1], height, f"{NAMES[name]} {line.iloc[-1]:+.0f}", COLOURS[name])
    zero_line(plot)
    plot.set_ylabel("log points since the breakout")
    plot.margins(x=0.02)
    told = ", ".join(f"{name} {line.iloc[-1]:+.0f}" for name, line in lines.items())
    low, high = band["low"].iloc[-1], band["high"].iloc[-1]
    alt = (
        f"Log points from {found.date:%Y-%m-%d} to {band.index[-1]:%Y-%m-%d}: {told}; "
        f"{100 * found.confidence:.0f} % of {found.asset}'s own paths end between {low:.0f} and {high:.0f}."
    )
    title = (
        f"{NAMES[str(leader.name)].capitalize()} and {NAMES[found.asset]} since the breakout of {found.date:%d %b %Y}"
    )
    note = (
        f"Band: {100 * found.confidence:.0f} % of paths drawn from {NAMES[found.asset]}'s {found.nobs} weeks before, "
        f"in each week; outer lines: {100 * found.confidence:.0f} % of whole paths stay inside; dashed: mean path."
    )
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def chart_gap(results: Sequence[GapFrequencyResult], *, panel: Dataset) -> Chart:
    """Draw the gap over time for each span, with the gap on trial and the earlier episodes as large.

    Parameters
    ----------
    results : sequence of GapFrequencyResult
        One a span.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One panel a span.
    """
    figure, axes = new_axes(len(results), 1, height=1.2 + 1.75 * len(results), sharex=True)
    told = []
    for plot, found in zip(axes[:, 0], results, strict=True):
        plot.fill_between(found.gap.index, found.gap, 0, color=COLOURS["null"], linewidth=0)
        plot.axhline(found.threshold, color=COLOURS["silver"], linewidth=0.9, linestyle="--")
        plot.plot(found.date, found.threshold, "o", color=COLOURS["silver"], markersize=5)
        for week, episode in found.episodes.iterrows():
            plot.plot(week, episode["gap"], "v", color=COLOURS["ink"], markersize=5)
            label_line(plot, week, episode["gap"], f"{week:%b %Y}", COLOURS["ink"], dx=6, dy=0)
        reach = max(abs(found.threshold), float(found.gap.max()))
        plot.set_ylim(max(float(found.gap.min()), -1.3 * reach), 1.3 * reach)
        text = _gap_in_words(found)
        plot.set_title(text, loc="left", fontsize=9.5)
        told.append(text)
    first = results[0]
    mark_week(axes[-1, 0], first.date, f"{first.date:%d %b %Y}")
    title = f"{NAMES[first.leader].capitalize()} less {NAMES[first.follower]}, log return over three spans"
    note = (
        "Grey: every week up to the one on trial (log points, lowest values cut). Dashed: its gap. Triangles: first "
        "weeks of the K earlier episodes as large, whose windows do not overlap."
    )
    return finish(figure, title=title, panel=panel, alt=f"{title}. {'; '.join(told)}.", note=note)


def chart_paths(results: dict[str, PathBandResult], *, panel: Dataset, title: str) -> Chart:
    """Draw what came after a date against the paths that were likely on it.

    Parameters
    ----------
    results : dict of str to PathBandResult
        Headline of each panel to its result; at least one with a path.
    panel : Dataset
        The data in use.
    title : str
        What is shown.

    Returns
    -------
    Chart
        Panels side by side with one scale.
    """
    figure, axes = new_axes(1, len(results), height=4.0, sharey=True)
    told = []
    for plot, (name, found) in zip(axes[0], results.items(), strict=True):
        plot.set_title(name, loc="left", fontsize=9.5)
        if found.reason:
            plot.text(0.02, 0.5, found.reason, transform=plot.transAxes, fontsize=9, color=COLOURS["faint"])
            continue
        band = _from_start(found)
        _draw_band(plot, band)
        plot.plot(band.index, band["actual"], color=COLOURS[found.asset], linewidth=1.9)
        zero_line(plot)
        text = f"actual {band['actual'].iloc[-1]:+.0f}, mean path {band['centre'].iloc[-1]:+.0f}"
        plot.text(0.03, 0.03, text, transform=plot.transAxes, fontsize=9, color=COLOURS["ink"])
        told.append(f"{name}: {text}, p = {found.pvalue:.2f}")
    axes[0, 0].set_ylabel("log points")
    confidence = next(iter(results.values())).confidence
    note = (
        f"Inner band: {100 * confidence:.0f} % of simulated paths in each week. Outer lines: {100 * confidence:.0f} % "
        "of whole paths stay inside. Dashed: mean path. Nothing after the start enters the bands."
    )
    return finish(figure, title=title, panel=panel, alt=f"{title}. {'; '.join(told)}.", note=note)


def _from_start(found: PathBandResult) -> pd.DataFrame:
    """Give the band with its first week, in which every path is at zero."""
    return pd.concat([pd.DataFrame(0.0, index=[found.date], columns=found.band.columns), found.band])


def _draw_band(plot: Axes, band: pd.DataFrame) -> None:
    """Draw the pointwise band, the band for whole paths and the mean path."""
    locator = mdates.AutoDateLocator(maxticks=7)
    plot.xaxis.set_major_locator(locator)
    plot.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    plot.fill_between(band.index, band["low"], band["high"], color=COLOURS["null"], alpha=0.6, linewidth=0)
    for edge in ("low_path", "high_path"):
        plot.plot(band.index, band[edge], color=COLOURS["null"], linewidth=1)
    plot.plot(band.index, band["centre"], color=COLOURS["faint"], linewidth=1, linestyle="--")


def _gap_in_words(found: GapFrequencyResult) -> str:
    """Give the gap, its frequency and the number of episodes."""
    share = found.frequency
    return (
        f"{found.horizon} weeks: {found.threshold:+.0f} log points; as large in {100 * share.share:.1f} % of "
        f"{share.nobs} earlier weeks ({100 * share.low:.1f} to {100 * share.high:.1f} %), K = {len(found.episodes)}"
    )
