"""Charts of who moves first: correlations by lag, responses by horizon, connectedness, and the search for a lead."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from helpers.data import Dataset
from helpers.report.charts.base import COLOURS, NAMES, Chart, finish, label_line, new_axes, spread_labels, zero_line
from helpers.report.prose.words import number, pvalue, signed
from helpers.stats import ConnectednessResult, CrossCorrelationResult, LeadSearchNull, LocalProjectionResult


def chart_cross_correlation(found: CrossCorrelationResult, *, panel: Dataset) -> Chart:
    """Draw the correlation at every lag with the band for one lag and for the largest of all.

    Parameters
    ----------
    found : CrossCorrelationResult
        Of the pair.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Bars in the leader's colour where it leads, in the follower's where that one does.
    """
    figure, axes = new_axes(height=4.4)
    plot = axes[0, 0]
    leader, follower = NAMES[found.x], NAMES[found.y]
    plot.fill_between(found.lags, -found.band_max, found.band_max, color=COLOURS["null"], alpha=0.35, linewidth=0)
    plot.fill_between(found.lags, -found.band, found.band, color=COLOURS["null"], alpha=0.7, linewidth=0)
    colours = np.where(found.lags > 0, COLOURS[found.x], np.where(found.lags < 0, COLOURS[found.y], COLOURS["ink"]))
    plot.bar(found.lags, found.correlation, width=0.62, color=colours, zorder=2)
    zero_line(plot)
    top = 1.35 * max(np.abs(found.correlation).max(), found.band_max.max())
    plot.set_ylim(-top, top)
    plot.set_xlim(-found.max_lag - 0.8, found.max_lag + 0.8)
    plot.set_xlabel(f"weeks by which {leader} comes first (negative: {follower} first)")
    plot.set_ylabel("correlation")
    plot.grid(axis="x", visible=False)
    for x, name, p, colour, side in (
        (-found.max_lag, follower, found.pvalue_follow, COLOURS[found.y], "left"),
        (found.max_lag, leader, found.pvalue_lead, COLOURS[found.x], "right"),
    ):
        text = f"{name} first: {pvalue(p)} for the largest"
        plot.text(x, 0.97 * top, text, ha=side, va="top", color=colour, fontsize=9.5)
    same = float(found.correlation[found.max_lag])
    plot.annotate(
        f"same week {signed(same, 2)}", (0, same), xytext=(0, 0.8 * top), textcoords="data", color=COLOURS["ink"],
        fontsize=9, ha="center", va="center", arrowprops={"arrowstyle": "-", "color": COLOURS["faint"]},
    )  # fmt: skip
    title = f"How {follower}'s week goes with earlier and later weeks of {leader}"
    note = (
        f"n = {found.nobs} weeks of log changes, each whitened by its own autoregression. Dark grey: "
        f"{100 * found.confidence:.0f} % of "
        f"unrelated pairs at one lag; light grey: at all {found.lags.size} lags at once ({found.reps:,} surrogates)."
    )
    alt = (
        f"Correlations at {found.lags.size} lags: same week {same:.2f}, largest with {leader} first "
        f"{_extreme(found, found.lags > 0):.2f} ({pvalue(found.pvalue_lead)}), with {follower} first "
        f"{_extreme(found, found.lags < 0):.2f} ({pvalue(found.pvalue_follow)})."
    )
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def chart_response(found: LocalProjectionResult, placebo: LocalProjectionResult, *, panel: Dataset) -> Chart:
    """Draw a cumulated response with its bands, and the same with time running backwards.

    Parameters
    ----------
    found, placebo : LocalProjectionResult
        Forwards and backwards.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Two panels with a common scale.
    """
    figure, axes = new_axes(1, 2, height=4.3, sharey=True)
    leader, follower = NAMES[found.shock], NAMES[found.response]
    told = (
        ("Before it (time reversed)", placebo, COLOURS["faint"]),
        ("After the surprise", found, COLOURS[found.response]),
    )
    for plot, (label, result, colour) in zip(axes[0], told, strict=True):
        _draw_response(plot, result, colour)
        plot.set_title(f"{label}: {pvalue(result.overall.test.pvalue)}", loc="left", color=colour)
        plot.set_xlabel("weeks after" if result is found else "weeks before")
    axes[0, 0].invert_xaxis()
    axes[0, 0].set_ylabel("%, cumulated")
    last = found.overall.frame().iloc[-1]
    given = ", ".join(NAMES[name] for name in found.controls)
    note = (
        f"Surprise: one per cent of {leader} that {given} and {found.lags} weeks of all of them do not explain. Dark: "
        f"{100 * found.confidence:.0f} % interval at one horizon; light: "
        f"{100 * found.confidence:.0f} % band for all at once. n = "
        f"{found.overall.nobs[0]} to {found.overall.nobs[-1]}."
    )
    alt = (
        f"Cumulated response of {follower} after {found.overall.horizons[-1]} weeks {last['estimate']:.2f} %, band "
        f"{last['band_lower']:.2f} to {last['band_upper']:.2f}; {pvalue(found.overall.test.pvalue)} over all horizons; "
        f"time reversed {pvalue(placebo.overall.test.pvalue)}."
    )
    title = f"{follower[0].upper()}{follower[1:]} around a surprise of one per cent in {leader}"
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def chart_response_league(results: Mapping[str, LocalProjectionResult], *, panel: Dataset) -> Chart:
    """Draw the cumulated response to each leader's surprise in units of its usual size.

    Parameters
    ----------
    results : mapping of str to LocalProjectionResult
        By leader, the one on trial first.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One line a leader, the band of the first.
    """
    figure, axes = new_axes(height=4.4)
    plot = axes[0, 0]
    first = next(iter(results.values()))
    frame = first.overall.frame() * first.shock_sd
    plot.fill_between(
        frame.index, frame["band_lower"], frame["band_upper"], color=COLOURS["null"], alpha=0.45, linewidth=0
    )
    ends = {name: float(found.overall.estimate[-1]) * found.shock_sd for name, found in results.items()}
    low, high = min(frame["band_lower"].min(), *ends.values()), max(frame["band_upper"].max(), *ends.values())
    places = spread_labels(list(ends.values()), gap=(high - low) / 14)
    for (name, found), place in zip(results.items(), places, strict=True):
        line = found.overall.estimate * found.shock_sd
        width = 2.6 if found is first else 1.5
        plot.plot(found.overall.horizons, line, color=COLOURS[name], linewidth=width)
        label_line(
            plot,
            found.overall.horizons[-1],
            place,
            f"{NAMES[name]}, {pvalue(found.overall.test.pvalue)}",
            COLOURS[name],
        )
    plot.plot(frame.index[[0, -1]], [0, 0], color=COLOURS["ink"], linewidth=0.8)
    plot.set_xlim(frame.index[0], frame.index[-1] * 1.27)
    plot.set_xticks([week for week in (1, 4, 8, 13, 20, 26) if week <= frame.index[-1]])
    plot.set_xlabel("weeks after the surprise")
    plot.set_ylabel("%, cumulated")
    follower = NAMES[first.response]
    told = "; ".join(
        f"{NAMES[name]} {signed(end)} %, {pvalue(results[name].overall.test.pvalue)}" for name, end in ends.items()
    )
    note = (
        f"Grey: {100 * first.confidence:.0f} % band for all horizons around {NAMES[first.shock]}'s line. Each "
        f"leader given the same "
        "controls (itself left out). p of the maximum over horizons."
    )
    title = f"{follower[0].upper()}{follower[1:]} after a usual surprise (one standard deviation) in each leader"
    alt = f"Cumulated responses of {follower} at the last horizon: {told}."
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def chart_connectedness(found: ConnectednessResult, *, panel: Dataset) -> Chart:
    """Draw whose surprises account for whose forecast errors, and who gives more than it takes.

    Parameters
    ----------
    found : ConnectednessResult
        With draws.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        A table of shades and the net measure beside it.
    """
    figure, axes = new_axes(1, 2, height=4.3, gridspec_kw={"width_ratios": [1.55, 1]})
    shades, bars = axes[0]
    names = list(found.table.index)
    values = found.table.to_numpy()
    off = np.where(np.eye(len(names), dtype=bool), np.nan, values)
    ramp = LinearSegmentedColormap.from_list("shade", ["#ffffff", COLOURS["nasdaq"]])
    shades.imshow(off, cmap=ramp, vmin=0, vmax=1.25 * np.nanmax(off), aspect="auto")
    for row in range(len(names)):
        for column in range(len(names)):
            own = row == column
            shades.text(column, row, number(values[row, column], 0 if own else 1), ha="center", va="center", fontsize=9,
                        color=COLOURS["faint"] if own else COLOURS["ink"])  # fmt: skip
    labels = [NAMES[name] for name in names]
    shades.set_xticks(range(len(names)), labels, rotation=30, ha="right")
    shades.set_yticks(range(len(names)), labels)
    shades.grid(visible=False)
    shades.set_title("% of the row's error that goes with the column's surprises", loc="left", fontsize=9.5)
    for row, name in enumerate(names):
        colour = COLOURS.get(name, COLOURS["fear"])
        low, high = found.net_interval.loc[name]
        bars.barh(row, found.net[name], color=colour, height=0.55, alpha=0.8)
        bars.plot([low, high], [row, row], color=COLOURS["ink"], linewidth=1.2)
    bars.axvline(0, color=COLOURS["ink"], linewidth=0.8)
    bars.set_yticks(range(len(names)), [])
    bars.set_ylim(len(names) - 0.5, -0.5)
    bars.set_title(f"Given less taken, {100 * found.confidence:.0f} % interval", loc="left", fontsize=9.5)
    bars.grid(axis="y", visible=False)
    order = found.net.sort_values(ascending=False)
    alt = "Net connectedness, per cent: " + "; ".join(f"{NAMES[name]} {signed(value)}" for name, value in order.items())
    title = f"Whose surprises account for whose errors, {found.horizon} weeks ahead"
    note = (
        f"n = {found.nobs} weeks, {found.lags} lags. The diagonal is a series' own share; surprises of the same week "
        "count for both, so that the table is no evidence of order."
    )
    return finish(figure, title=title, panel=panel, alt=f"{alt}.", note=note)


def chart_search(windows: Mapping[str, pd.Series], null: LeadSearchNull, *, panel: Dataset) -> Chart:
    """Draw what the search for the best lag finds in several samples, and in pairs that are unrelated.

    Parameters
    ----------
    windows : mapping of str to pandas.Series
        Correlation by lag, by sample.
    null : LeadSearchNull
        The search in unrelated pairs.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Curves with the best lag marked; the distribution of the best correlation under the null.
    """
    figure, axes = new_axes(1, 2, height=4.4, gridspec_kw={"width_ratios": [1.35, 1]})
    curves, chance = axes[0]
    shades = np.linspace(1.0, 0.35, len(windows))
    places = spread_labels([float(curve.iloc[-1]) for curve in windows.values()], gap=0.035)
    for (label, curve), alpha, place in zip(windows.items(), shades, places, strict=True):
        colour = COLOURS[null.observed.leader]
        curves.plot(curve.index, curve, color=colour, alpha=alpha, linewidth=1.6)
        curves.plot(curve.idxmax(), curve.max(), "o", color=COLOURS["ink"], markersize=5)
        label_line(curves, curve.index[-1], place, f"{label}: {curve.idxmax()} weeks", COLOURS["ink"])
    curves.set_xlim(0, max(curve.index[-1] for curve in windows.values()) * 1.7)
    curves.set_xticks(range(0, int(curves.get_xlim()[1] / 1.5), 10))
    curves.set_xlabel("weeks by which the leader is moved")
    curves.set_title("Correlation of price levels; dot and number: best lag", loc="left", fontsize=9.5)
    _draw_chance(chance, null)
    leader, follower = NAMES[null.observed.leader], NAMES[null.observed.follower]
    told = ", ".join(f"{label} {curve.idxmax()} weeks at {curve.max():.2f}" for label, curve in windows.items())
    alt = (
        f"Best lags by sample: {told}. "
        f"Unrelated walks reach {null.median:.2f} in the median; {100 * null.pvalue:.0f} % of them reach the "
        f"{null.observed.correlation:.2f} found."
    )
    title = f"The search for the best lag of {leader} before {follower}, and the same search in unrelated pairs"
    first, last = null.observed.sample
    note = (
        f"Right: {null.lags.size:,} pairs of independent random walks with the drift and volatility of the two, "
        f"as long as "
        f"{first:%Y-%m-%d} to {last:%Y-%m-%d} ({null.observed.nobs} weeks)."
    )
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def _draw_chance(plot: Axes, null: LeadSearchNull) -> None:
    """Draw best correlations of unrelated pairs, with the one found."""
    plot.hist(null.correlations, bins=np.linspace(0, 1, 41).tolist(), color=COLOURS["null"])
    plot.axvline(null.observed.correlation, color=COLOURS[null.observed.leader], linewidth=2)
    top = plot.get_ylim()[1]
    plot.set_ylim(0, 1.18 * top)
    text = f"found: {number(null.observed.correlation, 2)}"
    plot.text(null.observed.correlation - 0.02, 1.15 * top, text, ha="right", va="top", fontsize=9)
    plot.text(0.02, 1.02 * top, f"reached by chance in {number(100 * null.pvalue, 0)} %", va="top", fontsize=9)
    plot.set_yticks([])
    plot.set_xlabel("best correlation")
    plot.set_title("Unrelated walks, same search", loc="left", fontsize=9.5)
    plot.grid(axis="y", visible=False)


def _draw_response(plot: Axes, found: LocalProjectionResult, colour: str) -> None:
    """Draw one response with its interval and band."""
    frame = found.overall.frame()
    plot.fill_between(frame.index, frame["band_lower"], frame["band_upper"], color=colour, alpha=0.16, linewidth=0)
    plot.fill_between(frame.index, frame["lower"], frame["upper"], color=colour, alpha=0.28, linewidth=0)
    plot.plot(frame.index, frame["estimate"], color=colour, linewidth=2.2)
    zero_line(plot)
    plot.set_xlim(frame.index[0], frame.index[-1])
    plot.set_xticks([week for week in (1, 4, 8, 13, 20, 26) if week <= frame.index[-1]])


def _extreme(found: CrossCorrelationResult, where: np.ndarray) -> float:
    """Correlation farthest from zero among some lags."""
    some = found.correlation[where]
    return float(some[np.abs(some).argmax()])
