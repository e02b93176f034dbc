"""Charts of what moves silver: fear, yields and the dollar, industry, the balance of the market."""

from collections.abc import Mapping

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from helpers.data import Dataset
from helpers.report.charts.base import COLOURS, NAMES, Chart, finish, label_line, new_axes, spread_labels, zero_line
from helpers.report.prose.words import pvalue, signed
from helpers.stats import LocalProjectionResult, RankTestResult, ShapleyChangeResult

ERA_MARKERS = ("o", "s", "D", "^")


def chart_fear(results: Mapping[str, LocalProjectionResult], *, panel: Dataset, title: str) -> Chart:
    """Draw cumulative responses to a shock, one panel an asset, with the band that holds at all horizons.

    Parameters
    ----------
    results : mapping of str to LocalProjectionResult
        By asset; the shock in units of its standard deviation.
    panel : Dataset
        The data in use.
    title : str
        What is shown.

    Returns
    -------
    Chart
        Panels side by side, each with its own scale.
    """
    figure, axes = new_axes(1, len(results), height=3.6)
    told = []
    for plot, (name, found) in zip(axes[0], results.items(), strict=True):
        frame = found.overall.frame()
        colour = COLOURS[name]
        plot.fill_between(frame.index, frame["band_lower"], frame["band_upper"], color=COLOURS["null"], linewidth=0)
        plot.fill_between(frame.index, frame["lower"], frame["upper"], color=colour, alpha=0.35, linewidth=0)
        plot.plot(frame.index, frame["estimate"], color=colour, linewidth=1.9)
        zero_line(plot)
        p = pvalue(found.overall.test.pvalue)
        plot.set_title(f"{NAMES[name].capitalize()}: {p}", loc="left", color=colour)
        plot.set_xlabel("weeks after the shock")
        four = frame.loc[4]
        told.append(f"{name} {four['estimate']:+.1f} ({four['lower']:.1f} to {four['upper']:.1f}) after 4 weeks, {p}")
    axes[0, 0].set_ylabel("cumulative response, %")
    first = next(iter(results.values()))
    note = (
        f"n = {int(first.overall.nobs[0])} weeks, {first.lags} lags. Dark: "
        f"{100 * first.confidence:.0f} % interval of each horizon. "
        "Light: band for all horizons at once; p: no response at any horizon. Scales differ."
    )
    return finish(figure, title=title, panel=panel, alt=f"{title}: {'; '.join(told)}.", note=note)


def chart_betas(
    tables: Mapping[str, pd.DataFrame], *, driver: str, unit: str, smallest: float, panel: Dataset
) -> Chart:
    """Draw the beta on one driver by asset and era.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        By asset, from `betas_by_era`.
    driver : str
        The driver shown.
    unit : str
        Of the beta, for the axis.
    smallest : float
        Smallest effect of interest, with its sign.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One row an asset, one marker an era.
    """
    figure, axes = new_axes(height=1.6 + 0.75 * len(tables))
    plot, told = axes[0, 0], []
    for row, (name, table) in enumerate(tables.items()):
        eras = table.loc[driver].dropna(subset=["beta"])
        for place, (era, beta) in enumerate(eras.iterrows()):
            height = row + 0.22 * (place - (len(eras) - 1) / 2)
            plot.plot([beta["low"], beta["high"]], [height, height], color=COLOURS[name], linewidth=1.6)
            plot.plot(beta["beta"], height, ERA_MARKERS[place], color=COLOURS[name], markersize=5)
            label_line(plot, beta["high"], height, f"{era}", COLOURS["faint"])
            told.append(f"{name} {era} {beta['beta']:+.2f} ({beta['low']:.2f} to {beta['high']:.2f})")
    plot.axvline(0, color=COLOURS["ink"], linewidth=0.8)
    plot.axvline(smallest, color=COLOURS["faint"], linewidth=0.9, linestyle="--")
    plot.annotate("smallest effect of interest", (smallest, 1), xycoords=("data", "axes fraction"), xytext=(-3, -2),
                  textcoords="offset points", ha="right", va="top", fontsize=8, color=COLOURS["faint"])  # fmt: skip
    plot.set_yticks(range(len(tables)), [NAMES[name] for name in tables])
    plot.set_ylim(len(tables) - 0.4, -0.75)
    plot.set_xlabel(unit)
    plot.grid(axis="y", visible=False)
    title = f"Response to the {driver} in the same week, given the other drivers, by era"
    note = "95 % intervals, robust to changing variance."
    return finish(figure, title=title, panel=panel, alt=f"{title}: {'; '.join(told)}.", note=note)


def chart_rolling(paths: pd.DataFrame, whole: pd.DataFrame, *, asset: str, weeks: int, panel: Dataset) -> Chart:
    """Draw rolling betas with their intervals and the beta of the whole sample.

    Parameters
    ----------
    paths : pandas.DataFrame
        From `rolling_betas`.
    whole : pandas.DataFrame
        Table of the `DriverResult` of the whole sample.
    asset : str
        Whose betas they are.
    weeks : int
        Length of the windows.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One panel a driver.
    """
    drivers = list(dict.fromkeys(paths.columns.get_level_values(0)))
    figure, axes = new_axes(len(drivers), 1, height=1.0 + 1.45 * len(drivers), sharex=True)
    told = []
    for plot, driver in zip(axes[:, 0], drivers, strict=True):
        path = paths[driver]
        plot.fill_between(path.index, path["low"], path["high"], color=COLOURS[asset], alpha=0.3, linewidth=0)
        plot.plot(path.index, path["beta"], color=COLOURS[asset], linewidth=1.5)
        zero_line(plot)
        beta = float(whole.loc[driver, "beta"])
        plot.axhline(beta, color=COLOURS["faint"], linestyle="--", linewidth=1)
        plot.set_title(f"{driver}: {beta:+.2f} over the whole sample", loc="left", fontsize=9.5)
        told.append(f"{driver} from {path['beta'].min():.2f} to {path['beta'].max():.2f}")
    axes[-1, 0].xaxis.set_major_locator(mdates.YearLocator(2))
    title = f"{NAMES[asset].capitalize()}'s response to its drivers over windows of {weeks} weeks"
    note = "Shaded: 90 % interval of each window by itself. Dashed: whole sample. Dated by the last week of the window."
    return finish(figure, title=title, panel=panel, alt=f"{title}: {'; '.join(told)}.", note=note)


def chart_shares(found: ShapleyChangeResult, *, predictor: str, panel: Dataset) -> Chart:
    """Draw the shares before and since the date, and the null of the change of one of them.

    Parameters
    ----------
    found : ShapleyChangeResult
        The reason stands in the chart where the parts are too short to compare.
    predictor : str
        Whose change is set against its null.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Bars on the left, a histogram on the right.
    """
    figure, axes = new_axes(1, 2, height=3.7, width_ratios=(3, 2))
    title = f"What explains {NAMES[found.response]}'s weekly variance, before and since {found.date:%Y}"
    weeks = f"n = {found.nobs[0]} and {found.nobs[1]} weeks"
    if found.reason:
        axes[0, 0].text(0.02, 0.5, found.reason, transform=axes[0, 0].transAxes, fontsize=9, color=COLOURS["faint"])
        return finish(figure, title=title, panel=panel, alt=f"{title}: {found.reason}.", note=f"{weeks}.")
    bars, null = axes[0]
    for row, (name, share) in enumerate(found.table.iterrows()):
        for offset, part, strength in ((-0.2, "before", 0.45), (0.2, "since", 1.0)):
            bars.barh(row + offset, share[part], height=0.36, color=COLOURS[str(name)], alpha=strength)
            label_line(bars, share[part], row + offset, f"{part} {share[part]:.0f} %", COLOURS["ink"])
    bars.set_yticks(range(len(found.table)), [NAMES[str(name)] for name in found.table.index])
    bars.set_ylim(len(found.table) - 0.5, -0.5)
    bars.set_xlim(0, 1.3 * found.table[["before", "since"]].max(axis=None))
    bars.set_xlabel(f"% of {NAMES[found.response]}'s variance explained")
    bars.grid(axis="y", visible=False)
    change = found.table.loc[predictor]
    null.hist(found.shifts[predictor], bins=40, color=COLOURS["null"])
    null.axvline(change["change"], color=COLOURS[predictor], linewidth=2)
    headline = f"{NAMES[predictor]}: {signed(change['change'])} points, {pvalue(change['pvalue'])}"
    null.set_title(headline, loc="left", fontsize=9.5)
    null.set_xlabel("change of the share, all shifts of the date")
    null.set_yticks([])
    told = [f"{name} {row['before']:.0f} to {row['since']:.0f} %" for name, row in found.table.iterrows()]
    note = f"Shapley shares; {weeks}. Grey: the change if the date lay in any other week."
    return finish(figure, title=title, panel=panel, alt=f"{title}: {'; '.join(told)}.", note=note)


def chart_balance(pairs: pd.DataFrame, found: RankTestResult, *, panel: Dataset) -> Chart:
    """Draw the annual balance against the price change of the next year.

    Parameters
    ----------
    pairs : pandas.DataFrame, shape (n, 2)
        Balance and change, by year of the balance.
    found : RankTestResult
        Of the two.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One labelled point a year.
    """
    figure, axes = new_axes(height=3.8)
    plot = axes[0, 0]
    balance, change = pairs.iloc[:, 0], pairs.iloc[:, 1]
    plot.plot(balance, change, "o", color=COLOURS["silver"], markersize=6)
    heights = spread_labels(change.tolist(), gap=0.06 * float(np.ptp(change)))
    for year, x, height in zip(pairs.index, balance, heights, strict=True):
        label_line(plot, x, height, f"{year}", COLOURS["ink"], dx=7)
    zero_line(plot)
    plot.axvline(0, color=COLOURS["ink"], linewidth=0.8)
    plot.margins(x=0.1)
    plot.set_xlabel("market balance of the year, million ounces (left of zero: deficit)")
    plot.set_ylabel("price change next year, % (log)")
    told = f"rho = {found.statistic:.2f}, p = {found.pvalue:.2f}, n = {found.nobs}"
    title = "The silver market's balance and the price change of the year after"
    known = "" if np.isnan(found.critical) else f" Significant at 5 % from |rho| = {found.critical:.2f},"
    note = f"Spearman's {told}.{known} detectable with 80 % power from {found.detectable:.2f}."
    return finish(figure, title=title, panel=panel, alt=f"{title}: {told}.", note=note)
