"""Charts of forecasts: the fan and what came, gains out of sample, the league of leaders, open forecasts."""

from collections.abc import Mapping

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm

from helpers.claims import KeptForecast
from helpers.data import Dataset
from helpers.report.charts.base import COLOURS, NAMES, Chart, finish, label_line, new_axes, spread_labels, zero_line
from helpers.stats import Fan, ForecastLeagueResult, OutOfSampleResult


def chart_fan(events: Fan, history: Fan, path: pd.Series, *, panel: Dataset, leader: str, follower: str) -> Chart:
    """Draw both fans of one date and the path that came.

    Parameters
    ----------
    events, history : Fan
        After earlier events, and from the follower's own history.
    path : pandas.Series, shape (weeks since,)
        Cumulative log return since the date, per cent; may be empty.
    panel : Dataset
        The data in use.
    leader, follower : str
        The pair.

    Returns
    -------
    Chart
        Band and median of history, lines of the events, the path.
    """
    figure, axes = new_axes(height=4.6)
    plot = axes[0, 0]
    band, weeks = history.quantiles(), np.arange(history.weeks + 1)
    at = {level: np.r_[0, band[level]] for level in band}
    plot.fill_between(weeks, at[0.05], at[0.95], color=COLOURS["null"], alpha=0.45, linewidth=0)
    plot.fill_between(weeks, at[0.25], at[0.75], color=COLOURS["null"], alpha=0.75, linewidth=0)
    plot.plot(weeks, at[0.5], color=COLOURS["faint"], linewidth=1.4, linestyle="--")
    for line in events.paths:
        plot.plot(weeks, np.r_[0, line], color=COLOURS[leader], linewidth=0.8, alpha=0.55)
    labels = [("own history, median", at[0.5][-1], COLOURS["faint"])]
    if events.weeks:
        middle = events.quantiles([0.5])[0.5]
        plot.plot(np.r_[0, middle.index], np.r_[0, middle], color=COLOURS[leader], linewidth=2.2)
        labels.append((f"after {NAMES[leader]}'s highs, median", middle.iloc[-1], COLOURS[leader]))
    if len(path):
        shown = path.iloc[: history.weeks]
        plot.plot(np.arange(len(shown) + 1), np.r_[0, shown], color=COLOURS[follower], linewidth=2.6)
        came = f"what came, {len(shown)} weeks: {shown.iloc[-1]:+.0f}".replace("-", "−")
        labels.append((came, shown.iloc[-1], COLOURS[follower]))
    low, high = at[0.05].min(), at[0.95].max()
    places = spread_labels([place for _, place, _ in labels], gap=0.06 * (high - low))
    for (text, _, colour), place in zip(labels, places, strict=True):
        label_line(plot, weeks[-1], place, text, colour)
    zero_line(plot)
    plot.set_xlim(0, weeks[-1])
    plot.set_ylim(min(low, path.min() if len(path) else low) - 5, high + 5)
    plot.set_xlabel(f"weeks after {history.as_of:%d %b %Y}")
    plot.set_ylabel("log points")
    known = int(np.isfinite(events.paths[:, -1]).sum()) if len(events.paths) else 0
    note = (
        f"Grey: middle 50 and 90 % of {len(history.paths):,} paths drawn in blocks from history until that day. "
        f"Thin lines: K = {len(events.paths)} earlier highs, {known} of them known over the whole span."
    )
    told = f"what came after {len(path)} weeks: {path.iloc[-1]:.1f}" if len(path) else "nothing has come yet"
    alt = f"After {history.weeks} weeks own history has a median of {at[0.5][-1]:.1f} log points; {told}."
    name = NAMES[follower]
    title = f"What {name}'s past said on {history.as_of.day} {history.as_of:%B %Y}, and what came"
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def chart_gains(found: Mapping[int, OutOfSampleResult], *, panel: Dataset) -> Chart:
    """Draw the cumulative difference of squared errors of each horizon.

    Parameters
    ----------
    found : mapping of int to OutOfSampleResult
        By horizon in weeks.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One panel a horizon, with the band where nothing can be predicted.
    """
    figure, axes = new_axes(1, len(found), height=3.4)
    told = []
    for plot, (horizon, result) in zip(axes[0], found.items(), strict=True):
        if result.reason:
            plot.annotate(result.reason, (0.05, 0.5), xycoords="axes fraction", fontsize=8, wrap=True)
            continue
        errors = result.forecasts["actual"] - result.forecasts["benchmark"]
        scale = 100 / float((errors**2).sum())
        line, band = scale * result.forecasts["cumulative"], scale * result.band
        plot.fill_between(band.index, band["lower"], band["upper"], color=COLOURS["null"], alpha=0.55, linewidth=0)
        plot.plot(line.index, line, color=COLOURS.get(result.cause, COLOURS["ink"]), linewidth=1.5)
        zero_line(plot)
        plot.set_title(f"{horizon} weeks: R2 {100 * result.r2:+.1f} %".replace("-", "−"), loc="left")
        plot.xaxis.set_major_locator(mdates.YearLocator(4))
        plot.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
        lowest = min(line.min(), max(band["lower"].min(), 3 * line.min()), -1)
        plot.set_ylim(1.2 * lowest, max(1.3 * line.max(), 1))
        told.append(f"{horizon} weeks: R2 {100 * result.r2:.1f} % (bootstrap p = {result.pvalue_bootstrap:.2f})")
    axes[0, 0].set_ylabel("% of squared error")
    first = next(iter(found.values()))
    leader, follower = NAMES.get(first.cause, first.cause), NAMES.get(first.effect, first.effect)
    counts = ", ".join(f"{result.nobs} ({result.episodes})" for result in found.values())
    note = (
        f"Rising: {leader} forecasts better than the mean. Grey: 90 % of lines where nothing can be predicted. "
        f"Forecasts, and how many do not overlap: {counts}."
    )
    title = f"Squared errors avoided by forecasting {follower} from {leader}'s strength"
    return finish(
        figure,
        title=title,
        subtitle="Historical mean less forecast from strength, cumulated, as a share of all squared errors of the mean",
        panel=panel,
        alt=f"{title}. {'; '.join(told)}.",
        note=note,
    )


def chart_league(found: ForecastLeagueResult, *, panel: Dataset) -> Chart:
    """Draw the out-of-sample R2 of every leader, look-back and horizon.

    Parameters
    ----------
    found : ForecastLeagueResult
        From `forecast_league`.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        A grid of numbers, one panel a horizon.
    """
    order = list(found.standings.index)
    lookbacks = list(found.grid("r2", next(iter(found.nobs))).columns)
    horizons = list(found.nobs)
    figure, axes = new_axes(1, len(horizons), height=1.7 + 0.38 * len(order), sharey=True)
    for plot, horizon in zip(axes[0], horizons, strict=True):
        _grid(plot, 100 * found.grid("r2", horizon).to_numpy(), found.grid("adjusted", horizon).to_numpy())
        plot.set_xticks(range(len(lookbacks)), [str(weeks) for weeks in lookbacks])
        plot.set_title(f"next {horizon} weeks", loc="left")
        plot.set_xlabel("weeks looked back")
    axes[0, 0].set_yticks(range(len(order)), [NAMES.get(str(name), str(name)) for name in order])
    checks = ", ".join(f"{row['hansen']:.2f}" for _, row in found.reality_check.iterrows())
    note = (
        f"{found.first:%Y-%m} to {found.last:%Y-%m}, the same weeks for all. Best of the {len(found.table)} after the "
        f"search: p = {found.pvalue:.2f}; Hansen's test of squared errors by horizon: p = {checks}. Bold: p below .05 "
        "after the search."
    )
    best = "none" if found.best is None else f"{found.best[0]}, {found.best[1]} weeks back, {found.best[2]} weeks ahead"
    title = f"Out-of-sample R2 of forecasts of {NAMES.get(found.effect, found.effect)}, %, leader by leader"
    alt = f"{title}: {len(found.table)} models, best {best}; p after the search {found.pvalue:.2f}."
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def chart_forecast(kept: KeptForecast, *, panel: Dataset) -> Chart:
    """Draw the probabilities of one forecast.

    Parameters
    ----------
    kept : KeptForecast
        From the ledger.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Two dots a statement.
    """
    table = kept.forecast.probabilities.iloc[::-1]
    figure, axes = new_axes(height=2.9)
    plot = axes[0, 0]
    marks = {"history": ("o", COLOURS["faint"], "own history"), "strength": ("D", COLOURS[kept.leader], "strength")}
    for place, (_, row) in enumerate(table.iterrows()):
        plot.plot([row["history"], row["strength"]], [place, place], color=COLOURS["null"], linewidth=2.5, zorder=1)
        for name, (marker, colour, _) in marks.items():
            plot.plot(row[name], place, marker, color=colour, markersize=7)
        left = row["history"] <= row["strength"]
        for name, side in (("history", -1 if left else 1), ("strength", 1 if left else -1)):
            plot.annotate(
                f"{row[name]:.0%}", (row[name], place), xytext=(9 * side, 0), textcoords="offset points",
                ha="left" if side > 0 else "right", va="center", fontsize=9, color=marks[name][1],
            )  # fmt: skip
    plot.set_yticks(range(len(table)), list(table.index))
    plot.set_xlim(-0.02, 1.02)
    plot.set_ylim(-0.5, len(table) - 0.5)
    plot.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    plot.grid(axis="y", visible=False)
    forecast, name = kept.forecast, NAMES[kept.follower]
    told = "; ".join(f"{text}: {row['history']:.0%} and {row['strength']:.0%}" for text, row in table.iterrows())
    title = f"{name}: probabilities stated on {forecast.made.day} {forecast.made:%B %Y}"
    note = (
        f"Round: {name}'s own history. Diamond: the same, tilted by {NAMES[kept.leader]}'s strength. "
        f"Price then {forecast.price:,.0f}; highest close so far {forecast.record:,.0f}; due {forecast.due:%Y-%m-%d}."
    )
    return finish(figure, title=title, panel=panel, alt=f"{title}, by history and by strength: {told}.", note=note)


def _grid(plot: Axes, grid: np.ndarray, adjusted: np.ndarray) -> None:
    """One coloured grid with its numbers."""
    reach = 10.0
    plot.imshow(grid, cmap="RdBu", norm=TwoSlopeNorm(0, -reach, reach), aspect="auto", alpha=0.8)
    for row in range(grid.shape[0]):
        for column in range(grid.shape[1]):
            value = grid[row, column]
            plot.text(
                column, row, f"{value:+.1f}".replace("-", "−"), ha="center", va="center", fontsize=8.5,
                fontweight="bold" if adjusted[row, column] < 0.05 else "normal",
                color="white" if abs(value) > 0.65 * reach else COLOURS["ink"],
            )  # fmt: skip
    plot.grid(visible=False)
    for spine in plot.spines.values():
        spine.set_visible(False)
