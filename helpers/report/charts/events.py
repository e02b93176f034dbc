"""Charts of event studies: the ladder of highs, the episodes, the order of events, and other ways to ask."""

from collections.abc import Mapping

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from helpers.data import WEEKLY, Dataset
from helpers.report.charts.base import COLOURS, NAMES, Chart, finish, new_axes, spread_labels, zero_line
from helpers.report.prose.words import number
from helpers.stats import EventLadderResult, EventStudyResult

_UNIT = "log points (100 × log change)"


def chart_ladder(
    found: EventLadderResult,
    placebos: Mapping[str, EventLadderResult],
    *,
    leader: str,
    follower: str,
    smallest: float,
    panel: Dataset,
) -> Chart:
    """Draw the estimate of every rung and horizon with its interval, the placebo leaders beside it.

    Parameters
    ----------
    found : EventLadderResult
        Of the leader.
    placebos : mapping of str to EventLadderResult
        The same with another series in the leader's place.
    leader, follower : str
        Series of the catalog.
    smallest : float
        Smallest effect of interest over 13 weeks, in log points.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One panel a horizon, one row a rung.
    """
    rungs = list(found.studies)
    horizons = sorted(found.table.index.get_level_values("horizon").unique())
    figure, axes = new_axes(1, len(horizons), height=4.7, sharey=True)
    for plot, horizon in zip(axes[0], horizons, strict=True):
        plot.axvline(0, color=COLOURS["ink"], linewidth=0.9)
        if horizon == 13:
            plot.axvline(smallest, color=COLOURS["liquidity"], linewidth=1, linestyle="--")
        for row, rung in enumerate(rungs[::-1]):
            _interval(plot, found.table, rung, horizon, row, COLOURS[leader])
            for shift, (name, other) in enumerate(placebos.items(), start=1):
                _dot(plot, other.table, rung, horizon, row - 0.17 * shift, COLOURS[name])
        plot.set_title(f"{horizon} weeks after", loc="left")
        plot.grid(axis="y", visible=False)
        plot.set_xlabel("log points")
    episodes = [len(found.studies[rung].episodes) for rung in rungs]
    axes[0, 0].set_yticks(
        range(len(rungs)), [f"{rung}\nK = {k}" for rung, k in zip(rungs[::-1], episodes[::-1], strict=True)]
    )
    _key(axes[0, 0], [leader, *placebos], rows=len(rungs))
    told = "; ".join(
        f"{rung} {number(found.table.loc[(rung, 13), 'estimate'])}" for rung in rungs if (rung, 13) in found.table.index
    )
    note = (
        f"Mean return less the mean of all weeks. Bars: 95 % intervals from all {_shifts(found)} circular shifts. "
        "Small dots: the same after the highs of other series. Dashed: the smallest effect of interest. "
        f"K: {NAMES[leader]} episodes since {NAMES[follower]} trades."
    )
    title = f"{_capital(NAMES[follower])} after {NAMES[leader]} highs, against {NAMES[follower]} after any other week"
    return finish(figure, title=title, panel=panel, alt=f"Estimates at 13 weeks in log points: {told}.", note=note)


def chart_episodes(
    study: EventStudyResult, latest: pd.DataFrame, *, leader: str, follower: str, panel: Dataset
) -> Chart:
    """Draw every episode as a dated line, their mean, the band of the null, and the latest events on top.

    Parameters
    ----------
    study : EventStudyResult
        Of one rung.
    latest : pandas.DataFrame, shape (weeks, m)
        Paths to be drawn on top, as far as they have got, one column an event date.
    leader, follower : str
        Series of the catalog.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Log price of the follower relative to the event week.
    """
    figure, axes = new_axes(height=5.4)
    plot = axes[0, 0]
    _null_band(plot, study.path)
    ends = []
    for date, path in study.paths.items():
        known = path.dropna()
        plot.plot(known.index, known, color=COLOURS[follower], linewidth=1, alpha=0.55)
        ends.append((known.index[-1], known.iloc[-1], f"{date:%b %Y}", COLOURS[follower], "normal"))
    if not study.path.empty:
        ends += _mean_path(plot, study, COLOURS[follower])
    for (date, path), style in zip(latest.items(), ("-", (0, (3, 1))), strict=False):
        known = path.dropna()
        plot.plot(known.index, known, color=COLOURS["ink"], linewidth=2, linestyle=style)
        ends.append((known.index[-1], known.iloc[-1], f"{date:%-d %b %Y}", COLOURS["ink"], "bold"))
    _end_labels(plot, ends)
    first, last = latest.index[0], latest.index[-1]
    plot.hlines(0, first, last, color=COLOURS["ink"], linewidth=0.8)
    plot.axvline(0, color=COLOURS["ink"], linewidth=0.8)
    plot.set_xlim(first, last + 17)
    plot.set_xticks([week for week in range(first, last + 1) if week % 13 == 0])
    plot.grid(axis="y", visible=False)
    plot.set_xlabel(f"weeks from the {NAMES[leader]} high")
    plot.set_ylabel(f"{_capital(NAMES[follower])}, {_UNIT}")
    told = "; ".join(f"{text} {number(y)} after {x} weeks" for x, y, text, *_ in ends)
    note = (
        f"Each line is one first 1-year high of {NAMES[leader]}. Grey: pointwise 90 % band of the mean path when the "
        "same dates are moved round the calendar. Black: the latest dates, as far as they have got."
    )
    title = f"{_capital(NAMES[follower])} around {NAMES[leader]}'s highs, episode by episode"
    return finish(figure, title=title, panel=panel, alt=f"Paths: {told}.", note=note)


def chart_order(
    forward: EventStudyResult, reverse: EventStudyResult, *, leader: str, follower: str, panel: Dataset
) -> Chart:
    """Draw the mean path of each series around the highs of the other.

    Parameters
    ----------
    forward, reverse : EventStudyResult
        Follower around the leader's highs, and leader around the follower's.
    leader, follower : str
        Series of the catalog.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Two panels with the band of the null.
    """
    figure, axes = new_axes(1, 2, height=4.0)
    told = []
    for plot, study, own, other in (
        (axes[0, 0], forward, follower, leader),
        (axes[0, 1], reverse, leader, follower),
    ):
        _null_band(plot, study.path)
        zero_line(plot)
        plot.axvline(0, color=COLOURS["ink"], linewidth=0.8)
        plot.set_title(f"{_capital(NAMES[own])} around {NAMES[other]} highs, K = {len(study.episodes)}", loc="left")
        plot.set_xlabel(f"weeks from the {NAMES[other]} high")
        if study.path.empty:
            continue
        plot.plot(study.path.index, study.path["mean"], color=COLOURS[own], linewidth=2.4)
        plot.set_xlim(study.path.index[0], study.path.index[-1])
        moved = study.path["mean"]
        told.append(
            f"{NAMES[own]} {number(-moved.iloc[0])} before, {number(moved.iloc[-1])} after {NAMES[other]} highs"
        )
    axes[0, 0].set_ylabel(_UNIT)
    note = "Mean log price relative to the week of the high. Grey: pointwise 90 % band under circular shifts. "
    note += "Dashed: normal path."
    title = "Which came first? Each around the other's 1-year highs"
    return finish(figure, title=title, panel=panel, alt=f"Mean paths in log points: {'; '.join(told)}.", note=note)


def chart_timeline(
    ladder: Mapping[str, pd.DatetimeIndex], peaks: pd.DatetimeIndex, *, leader: str, follower: str, panel: Dataset
) -> Chart:
    """Draw both prices with the dates of the events, and apart from them the tops seen only afterwards.

    Parameters
    ----------
    ladder : mapping of str to pandas.DatetimeIndex
        Events by rung.
    peaks : pandas.DatetimeIndex
        Tops found with hindsight; shown, never tested.
    leader, follower : str
        Series of the catalog.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Prices above, one row of dots a rung below.
    """
    own, other = panel.price(leader), panel.price(follower)
    own = own.loc[other.index[0] :]
    figure, axes = new_axes(3, 1, height=6.2, sharex=True, height_ratios=(1.3, 1.3, 1))
    for plot, price, name in ((axes[0, 0], own, leader), (axes[1, 0], other, follower)):
        plot.plot(price.index, price, color=COLOURS[name], linewidth=1.3)
        plot.set_yscale("log")
        plot.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if price.max() / price.min() < 100 else (1.0,)))
        plot.yaxis.set_major_formatter("{x:,g}")
        plot.yaxis.set_minor_formatter("")
        plot.set_title(f"{_capital(NAMES[name])}, {WEEKLY[name].unit}", loc="left", color=COLOURS[name])
    shown = peaks[peaks >= own.index[0]]
    axes[0, 0].plot(shown, own.loc[shown] * 1.12, "v", markerfacecolor="none", color=COLOURS["fear"], markersize=6)
    for date in shown:
        axes[0, 0].annotate(
            "top, known only later", (date, own.loc[date] * 1.12), xytext=(5, 3), textcoords="offset points",
            fontsize=7.5, color=COLOURS["fear"],
        )  # fmt: skip
    rows = axes[2, 0]
    counts = []
    for row, (rung, events) in enumerate(list(ladder.items())[::-1]):
        dates = events[events >= own.index[0]]
        counts.append(f"{rung} {len(dates)}")
        rows.plot(dates, np.full(len(dates), row), "o", color=COLOURS[leader], markersize=5)
        for plot in axes[:2, 0]:
            for date in dates:
                plot.axvline(date, color=COLOURS["null"], linewidth=0.8, zorder=0)
    rows.set_yticks(range(len(ladder)), list(ladder)[::-1])
    rows.set_ylim(-0.6, len(ladder) - 0.4)
    rows.set_title(f"First weekly close at a {NAMES[leader]} high after half a year without one", loc="left")
    rows.xaxis.set_major_locator(mdates.YearLocator(2))
    title = f"The events: {NAMES[leader]} highs as they could be known on the day"
    note = "Dots and thin lines: events. Triangles: tops chosen with hindsight, shown for comparison and not tested."
    return finish(figure, title=title, panel=panel, alt=f"Events by rung: {', '.join(counts)}.", note=note)


def chart_variants(table: pd.DataFrame, *, follower: str, smallest: float, panel: Dataset) -> Chart:
    """Draw the 13-week estimate under other ways of asking.

    Parameters
    ----------
    table : pandas.DataFrame
        Indexed by variant; columns estimate, low, high (log points), K and pvalue. The first row is the registered one.
    follower : str
        Series of the catalog.
    smallest : float
        Smallest effect of interest, log points.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One row a variant.
    """
    figure, axes = new_axes(height=1.7 + 0.38 * len(table))
    plot = axes[0, 0]
    plot.axvline(0, color=COLOURS["ink"], linewidth=0.9)
    plot.axvline(smallest, color=COLOURS["liquidity"], linewidth=1, linestyle="--")
    for row, (_, found) in enumerate(table[::-1].iterrows()):
        plot.plot([found["low"], found["high"]], [row, row], color=COLOURS[follower], linewidth=3, alpha=0.45)
        plot.plot(found["estimate"], row, "o", color=COLOURS[follower], markersize=6)
        text = f"K = {found['K']:.0f}, p = {found['pvalue']:.2f}"
        plot.annotate(
            text, (1, row), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
            va="center", fontsize=9, annotation_clip=False,
        )  # fmt: skip
    plot.set_yticks(range(len(table)), list(table.index[::-1]))
    plot.grid(axis="y", visible=False)
    plot.set_xlabel(f"{_capital(NAMES[follower])}, 13 weeks after less normal, log points")
    told = "; ".join(f"{name} {number(row['estimate'])}" for name, row in table.iterrows())
    note = "Bars: 95 % intervals from circular shifts. p: two-sided, this variant and horizon alone. "
    note += "Dashed: the smallest effect of interest."
    return finish(
        figure,
        title="Other defensible ways to ask the same question",
        panel=panel,
        alt=f"13-week estimates: {told}.",
        note=note,
    )


def _interval(plot: Axes, table: pd.DataFrame, rung: str, horizon: int, row: float, colour: str) -> None:
    """Draw the interval and estimate of one cell, if there is one."""
    if (rung, horizon) not in table.index or np.isnan(table.loc[(rung, horizon), "estimate"]):
        plot.text(0, row + 0.12, " not over yet", fontsize=7.5, color=COLOURS["faint"], va="center")
        return
    cell = table.loc[(rung, horizon)]
    plot.plot([cell["low"], cell["high"]], [row, row], color=colour, linewidth=3.2, alpha=0.5, solid_capstyle="butt")
    plot.plot(cell["estimate"], row, "o", color=colour, markersize=6)


def _dot(plot: Axes, table: pd.DataFrame, rung: str, horizon: int, row: float, colour: str) -> None:
    """Draw the estimate of a placebo, if there is one."""
    if (rung, horizon) in table.index:
        plot.plot(table.loc[(rung, horizon), "estimate"], row, "o", color=colour, markersize=3.6)


def _key(plot: Axes, names: list[str], *, rows: int) -> None:
    """Name the colours above the first panel's lowest row."""
    for place, name in enumerate(names):
        plot.text(
            0.03,
            0.985 - 0.052 * place,
            f"● {NAMES[name]}",
            color=COLOURS[name],
            fontsize=8,
            transform=plot.transAxes,
            va="top",
        )
    plot.set_ylim(-0.75, rows + 0.6)


def _null_band(plot: Axes, path: pd.DataFrame) -> None:
    """Draw the band and the normal path, if there are any."""
    if path.empty:
        return
    plot.fill_between(path.index, path["low"], path["high"], color=COLOURS["null"], alpha=0.55, linewidth=0)
    plot.plot(path.index, path["normal"], color=COLOURS["faint"], linewidth=1, linestyle="--")


def _mean_path(plot: Axes, study: EventStudyResult, colour: str) -> list[tuple[int, float, str, str, str]]:
    """Draw the mean of the episodes and give the labels of its end and of the normal path's."""
    path = study.path
    plot.plot(path.index, path["mean"], color=colour, linewidth=2.6)
    return [
        (path.index[-1], path["normal"].iloc[-1], "normal path", COLOURS["faint"], "normal"),
        (path.index[-1], path["mean"].iloc[-1], f"mean, K = {len(study.episodes)}", colour, "bold"),
    ]


def _end_labels(plot: Axes, ends: list[tuple[int, float, str, str, str]]) -> None:
    """Write the labels at the ends of lines, moved apart."""
    low, high = plot.get_ylim()
    heights = spread_labels([y for _, y, *_ in ends], gap=0.043 * (high - low))
    for (x, y, text, colour, weight), height in zip(ends, heights, strict=True):
        plot.annotate(
            text, (x, y), xytext=(max(x, 52) + 1.4, height), textcoords="data", color=colour, fontsize=8.5, va="center",
            fontweight=weight, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.5, "alpha": 0.5},
        )  # fmt: skip


def _shifts(found: EventLadderResult) -> str:
    return f"{next(iter(found.studies.values())).nobs:,}"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
