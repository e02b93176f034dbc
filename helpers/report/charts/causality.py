"""Charts of Granger tests: the league, the scan over lags, the curve over periods."""

import numpy as np

from helpers.data import Dataset
from helpers.report.charts.base import COLOURS, NAMES, Chart, finish, label_line, new_axes
from helpers.report.prose.words import pvalue
from helpers.stats import FrequencyResult, GrangerScanResult, LeagueResult


def chart_league(league: LeagueResult, *, leader: str, smallest: float, panel: Dataset) -> Chart:
    """Draw the share of variance that each leader explains, with its interval.

    Parameters
    ----------
    league : LeagueResult
        Leader and placebos.
    leader : str
        The series on trial.
    smallest : float
        Smallest effect of interest, per cent.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One row a leader.
    """
    table = league.table
    effect = next(iter(league.tests.values())).effect
    figure, axes = new_axes(height=1.6 + 0.42 * len(table))
    plot = axes[0, 0]
    plot.axvline(0, color=COLOURS["ink"], linewidth=0.9)
    plot.axvline(smallest, color=COLOURS["faint"], linewidth=0.9, linestyle="--")
    right = 1.08 * max(table["high"].max(), 1.5 * smallest)
    for row, (name, found) in enumerate(table[::-1].iterrows()):
        colour = COLOURS[str(name)]
        weight = 3.6 if name == leader else 2.2
        plot.plot(
            [found["low"], found["high"]], [row, row], color=colour, linewidth=weight, solid_capstyle="butt", alpha=0.55
        )
        plot.plot(found["partial_r2"], row, "o", color=colour, markersize=7 if name == leader else 5)
        label_line(plot, right, row, pvalue(found["p_bootstrap"]), COLOURS["ink"])
    plot.set_yticks(
        range(len(table)), [f"{NAMES[str(name)]}, n = {found['n']:.0f}" for name, found in table[::-1].iterrows()]
    )
    plot.set_xlim(min(table["partial_r2"].min(), 0) - 0.1, right)
    plot.set_xlabel(f"% of {NAMES[effect]}'s remaining weekly variance")
    plot.grid(axis="y", visible=False)
    told = "; ".join(
        f"{NAMES[str(name)]} {share:.2f} %, {pvalue(p)}"
        for name, share, p in zip(table.index, table["partial_r2"], table["p_bootstrap"], strict=True)
    )
    title = f"What the past of each leader explains of {NAMES[effect]}'s next week"
    note = "Adjusted partial R2, 95 % intervals, wild-bootstrap p. Zero: none. Dashed: smallest effect of interest."
    return finish(figure, title=title, panel=panel, alt=f"{title}: {told}.", note=note)


def chart_scan(forward: GrangerScanResult, back: GrangerScanResult, *, panel: Dataset) -> Chart:
    """Draw the p-value at each lag length, single and for the search, in both directions.

    Parameters
    ----------
    forward, back : GrangerScanResult
        The claimed direction and the reverse.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Two panels with a common logarithmic scale of p.
    """
    figure, axes = new_axes(1, 2, height=3.5, sharey=True)
    told = []
    for plot, scan in zip(axes[0], (forward, back), strict=True):
        places = np.arange(len(scan.table))
        colour = COLOURS[scan.cause]
        plot.plot(places, scan.table["pvalue_bootstrap"], "o", color=colour, markersize=6, label="one lag length alone")
        plot.plot(
            places,
            scan.table["pvalue_adjusted"],
            "_",
            color=colour,
            markersize=16,
            markeredgewidth=2,
            label="the search",
        )
        plot.axhline(0.05, color=COLOURS["ink"], linewidth=0.9, linestyle="--")
        plot.set_yscale("log")
        plot.set_ylim(min(0.004, 0.7 * scan.table["pvalue_bootstrap"].min()), 1.4)
        plot.set_yticks([0.01, 0.05, 0.2, 1], ["0.01", "0.05", "0.2", "1"])
        plot.minorticks_off()
        plot.set_xticks(places, [str(lag) for lag in scan.table.index])
        plot.set_xlabel("lags, weeks")
        plot.set_title(f"{NAMES[scan.cause]} to {NAMES[scan.effect]}: {pvalue(scan.pvalue)} for the search", loc="left")
        told.append(f"{NAMES[scan.cause]} to {NAMES[scan.effect]} {pvalue(scan.pvalue)}")
    axes[0, 0].set_ylabel("p-value")
    note = f"Dots: one lag length alone. Dashes: adjusted for the search. n = {forward.nobs:,} and {back.nobs:,} weeks."
    title = "Every lag length at once, with one p-value for the search"
    return finish(figure, title=title, panel=panel, alt=f"{title}: {'; '.join(told)}.", note=note)


def chart_frequency(test: FrequencyResult, *, panel: Dataset) -> Chart:
    """Draw the statistic over periods with the critical values of one period and of the largest in the band.

    Parameters
    ----------
    test : FrequencyResult
        With bootstrap draws.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        The curve, the band shaded.
    """
    figure, axes = new_axes(height=3.6)
    plot = axes[0, 0]
    plot.axvspan(*test.band, color="#f1f3f5", zorder=0)
    plot.plot(test.curve["period"], test.curve["statistic"], color=COLOURS[test.cause], linewidth=2)
    right = test.curve["period"].max()
    for value, text in ((test.critical, "5 %, one period alone"), (test.band_critical, "5 %, largest in the band")):
        plot.axhline(value, color=COLOURS["ink"], linewidth=0.9, linestyle="--")
        label_line(plot, right, value, text, COLOURS["ink"])
    plot.set_xscale("log")
    plot.set_xlim(2, right)
    plot.set_xticks([2, 4, 8, 13, 26, 52, 104], ["2", "4", "8", "13", "26", "52", "104"])
    plot.minorticks_off()
    plot.set_ylim(0, 1.15 * max(test.curve["statistic"].max(), test.band_critical))
    plot.set_xlabel("period, weeks")
    plot.set_ylabel(f"F{test.df}")
    title = f"Does {NAMES[test.cause]} lead {NAMES[test.effect]} in swings of some length?"
    alt = (
        f"Statistic by period; largest in the band {test.band_statistic:.2f}, critical value {test.band_critical:.2f}."
    )
    note = f"Shaded: periods of weeks to months. {pvalue(test.band_pvalue)} for the band. n = {test.nobs:,} weeks."
    return finish(figure, title=title, panel=panel, alt=alt, note=note)
