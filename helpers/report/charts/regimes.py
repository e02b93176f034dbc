"""Charts of the states of the economy and of what silver's strength meant in each."""

from collections.abc import Mapping

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.data import Dataset
from helpers.report.charts.base import COLOURS, NAMES, Chart, finish, label_line, mark_week, new_axes, zero_line
from helpers.stats import LocalProjectionResult, Response, StateContrastResult, StateInteractionResult, spells

UNITS = {"fear": "VIX points", "debasement": "percentage points", "liquidity": "% over 26 weeks"}


def chart_states(
    price: pd.Series, margins: Mapping[str, pd.Series], table: pd.DataFrame, *, week: pd.Timestamp, panel: Dataset
) -> Chart:
    """Draw a price above strips that show when each state held.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly price.
    margins : mapping of str to pandas.Series
        Margin of each state.
    table : pandas.DataFrame
        From `helpers.stats.state_table`.
    week : pandas.Timestamp
        Week to mark.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        The price and one strip a state.
    """
    figure, axes = new_axes(1 + len(margins), 1, height=5.0, sharex=True, height_ratios=[4] + [0.8] * len(margins))
    top = axes[0, 0]
    top.plot(price.index, price, color=COLOURS[str(price.name)], linewidth=1.2)
    top.set_yscale("log")
    top.yaxis.set_major_formatter("{x:,g}")
    label = NAMES[str(price.name)]
    top.set_title(f"{label[0].upper()}{label[1:]}, USD, logarithmic scale", loc="left", color=COLOURS[str(price.name)])
    told = []
    for plot, (name, margin) in zip(axes[1:, 0], margins.items(), strict=True):
        _strip(plot, margin, name)
        row = table.loc[name]
        now = f"{'holds' if row['holds'] else 'absent'} since {row['since']:%b %Y}"
        title = f"{name.capitalize()}: {row['share']:.0%} of {row['weeks']} weeks, {row['spells']} spells; {now}"
        plot.set_title(title, loc="left", color=COLOURS[name], fontsize=9.5)
        told.append(f"{name} in {row['share']:.0%} of weeks, {row['spells']} spells, {now}")
    if price.index[0] < week <= price.index[-1]:
        for plot in axes[1:, 0]:
            plot.axvline(week, color=COLOURS["ink"], linewidth=0.9, linestyle=":")
        mark_week(top, week, f"{week:%d %b %Y}")
    top.set_xlim(price.index[0], price.index[-1] + pd.Timedelta(weeks=12))
    note = "Shaded: the state holds, by rules fixed in advance and known in that week. Pale: not yet known."
    alt = f"{label} from {price.iloc[0]:,.4g} to {price.iloc[-1]:,.6g} USD, and when states held: {'; '.join(told)}."
    return finish(figure, title=f"{label} and the three states of the story", panel=panel, alt=alt, note=note)


def chart_interaction(found: StateInteractionResult, *, panel: Dataset) -> Chart:
    """Draw what strength meant in and out of each state, and the difference with its interval.

    Parameters
    ----------
    found : StateInteractionResult
        From `helpers.stats.state_interaction`.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        Slopes on the left, differences on the right.
    """
    table = found.table
    figure, axes = new_axes(1, 2, height=1.6 + 0.42 * len(table), sharey=True, width_ratios=[1, 1.25])
    slopes, gaps = axes[0]
    places = np.arange(len(table))[::-1] - 0.35 * np.array([list(found.spells.index).index(s) for s, _ in table.index])
    for place, ((state, _), row) in zip(places, table.iterrows(), strict=True):
        colour = COLOURS[str(state)]
        slopes.plot([row["outside"], row["inside"]], [place, place], color=COLOURS["null"], linewidth=2.5, zorder=1)
        slopes.plot(row["outside"], place, "o", color="white", markeredgecolor=colour, markersize=6.5)
        slopes.plot(row["inside"], place, "o", color=colour, markersize=6.5)
        gaps.barh(place, 2 * row["detectable"], left=-row["detectable"], height=0.62, color=COLOURS["null"], alpha=0.45)
        gaps.plot([row["lower"], row["upper"]], [place, place], color=colour, linewidth=2)
        gaps.plot(row["difference"], place, "D", color=colour, markersize=5.5)
        text = f"{row['difference']:+.0f}  p {row['pvalue_bootstrap']:.2f}".replace("-", "−")
        gaps.annotate(
            text, (1.0, place), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=8.5, annotation_clip=False,
        )  # fmt: skip
    slopes.set_yticks(places, [f"{state}, {weeks} weeks" for state, weeks in table.index])
    slopes.set_title("State absent (open), holds (filled)", loc="left", fontsize=9.5)
    gaps.set_title("Difference, with 95 % interval", loc="left", fontsize=9.5)
    for plot in (slopes, gaps):
        plot.axvline(0, color=COLOURS["ink"], linewidth=0.8)
        plot.grid(axis="y", visible=False)
        plot.set_xlabel("log points")
    low, high = table["lower"].min(), table["upper"].max()
    reach = table["detectable"].max()
    gaps.set_xlim(min(low, -reach) * 1.06, max(high, reach) * 1.06)
    leader, follower = NAMES.get(found.strength, found.strength), NAMES.get(found.effect, found.effect)
    told = "; ".join(
        f"{s}, {h} weeks: {row['difference']:.1f} ({row['lower']:.1f} to {row['upper']:.1f})"
        for (s, h), row in table.iterrows()
    )
    spells_told = ", ".join(f"{name} K = {row['spells_inside']} spells" for name, row in found.spells.iterrows())
    note = (
        f"n = {int(table['nobs'].max())} weeks; {spells_told}. Grey: too small to be found four times in five. "
        f"p of each by itself; over the whole search p = {found.pvalue:.2f}."
    )
    title = f"What one standard deviation of strength in {leader} added to {follower} later"
    return finish(
        figure,
        title=title,
        subtitle=f"{follower}'s log return over the next weeks, by state",
        panel=panel,
        alt=f"{title}, difference between states: {told}.",
        note=note,
    )


def chart_contrast(found: Mapping[str, StateContrastResult], *, panel: Dataset) -> Chart:
    """Draw how mean weekly returns differ between weeks in and out of each state.

    Parameters
    ----------
    found : mapping of str to StateContrastResult
        By state.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One panel a state; the differences over their null bands.
    """
    figure, axes = new_axes(1, len(found), height=3.1, sharey=True, sharex=True)
    told = []
    for plot, (state, result) in zip(axes[0], found.items(), strict=True):
        names = list(result.table.index)[::-1]
        for place, name in enumerate(names):
            row = result.table.loc[name]
            width = row["null_upper"] - row["null_lower"]
            plot.barh(place, width, left=row["null_lower"], height=0.5, color=COLOURS["null"], alpha=0.6)
            plot.plot(row["difference"], place, "D", color=COLOURS[str(name)], markersize=6)
            plot.annotate(
                f"{row['difference']:+.2f}, p {row['pvalue']:.2f}".replace("-", "−"), (0.99, place),
                xycoords=("axes fraction", "data"), xytext=(0, 12), textcoords="offset points", ha="right",
                va="center", fontsize=8, color=COLOURS["ink"],
            )  # fmt: skip
            told.append(f"{state}, {name}: {row['difference']:.2f} (p = {row['pvalue']:.2f})")
        plot.set_yticks(range(len(names)), [NAMES[str(name)] for name in names])
        plot.axvline(0, color=COLOURS["ink"], linewidth=0.8)
        plot.grid(axis="y", visible=False)
        plot.set_ylim(-0.5, len(names) - 0.2)
        plot.set_title(f"{state.capitalize()}, K = {result.spells_inside}", loc="left", color=COLOURS[state])
        plot.set_xlabel("% a week")
    title = "Mean weekly return while a state holds, less the mean of other weeks"
    note = "Grey: the middle 95 % when the same spells are moved round the calendar. K: separate spells."
    return finish(figure, title=title, panel=panel, alt=f"{title}: {'; '.join(told)}.", note=note)


def chart_margins(margins: Mapping[str, pd.Series], *, week: pd.Timestamp, panel: Dataset, weeks: int = 104) -> Chart:
    """Draw how far each state was from holding before and after one week.

    Parameters
    ----------
    margins : mapping of str to pandas.Series
        Margin of each state.
    week : pandas.Timestamp
        Week to mark.
    panel : Dataset
        The data in use.
    weeks : int
        Weeks to draw before it.

    Returns
    -------
    Chart
        One panel a state; above zero it holds.
    """
    figure, axes = new_axes(len(margins), 1, height=1.1 + 1.25 * len(margins), sharex=True)
    told = []
    for plot, (name, margin) in zip(axes[:, 0], margins.items(), strict=True):
        shown = margin.loc[week - pd.Timedelta(weeks=weeks) :]
        plot.plot(shown.index, shown, color=COLOURS[name], linewidth=1.3)
        plot.fill_between(shown.index, 0, shown.clip(lower=0), color=COLOURS[name], alpha=0.35, linewidth=0)
        zero_line(plot)
        plot.set_title(f"{name.capitalize()}, {UNITS[name]}", loc="left", color=COLOURS[name])
        if week in shown.index:
            value = shown.loc[week]
            plot.plot(week, value, "o", color=COLOURS["ink"], markersize=4)
            plot.annotate(
                f"{value:+.2f}".replace("-", "−"), (week, value), xytext=(-6, 0), textcoords="offset points",
                ha="right", va="center", fontsize=9, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
            told.append(f"{name} {value:+.2f}")
        label_line(plot, shown.index[-1], shown.iloc[-1], f"{shown.iloc[-1]:+.2f}".replace("-", "−"), COLOURS[name])
    mark_week(axes[-1, 0], week, f"{week:%d %b %Y}")
    for plot in axes[:-1, 0]:
        plot.axvline(week, color=COLOURS["faint"], linewidth=0.9, linestyle=":")
    axes[-1, 0].xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes[-1, 0].xaxis.get_major_locator()))
    title = f"How far each state was from holding around {week.day} {week:%B %Y}"
    note = "A state holds where its line is above zero."
    alt = f"Margins of the states in the week of {week:%Y-%m-%d}: {', '.join(told) or 'none known'}."
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def chart_state_responses(found: Mapping[str, LocalProjectionResult], *, panel: Dataset) -> Chart:
    """Draw the response to a surprise in and out of each state.

    Parameters
    ----------
    found : mapping of str to LocalProjectionResult
        By state, each estimated with that state.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One panel a state.
    """
    figure, axes = new_axes(1, len(found), height=3.4, sharey=True)
    told = []
    for plot, (state, result) in zip(axes[0], found.items(), strict=True):
        plot.set_title(state.capitalize(), loc="left", color=COLOURS[state])
        zero_line(plot)
        plot.set_xlabel("weeks after the surprise")
        holds, absent, difference = result.in_state, result.out_of_state, result.difference
        if holds is None or absent is None or difference is None:
            plot.annotate(result.reason or "not estimated", (0.05, 0.5), xycoords="axes fraction", fontsize=9)
            continue
        _response(plot, holds, COLOURS[state], "holds")
        _response(plot, absent, COLOURS["faint"], "absent")
        weeks = f"{holds.nobs[-1]} weeks in it, {absent.nobs[-1]} out of it"
        plot.set_title(f"{state.capitalize()}: {weeks}", loc="left", color=COLOURS[state])
        told.append(
            f"{state}: after {holds.horizons[-1]} weeks {holds.estimate[-1]:.2f} where it holds, "
            f"{absent.estimate[-1]:.2f} where not (difference over all horizons p = {difference.test.pvalue:.2f})"
        )
    first = next(iter(found.values()))
    leader, follower = NAMES.get(first.shock, first.shock), NAMES.get(first.response, first.response)
    axes[0, 0].set_ylabel("% per 1 % surprise")
    title = f"{follower} after a surprise of 1 % in {leader}, by the state of the week before"
    note = (
        f"Cumulated from the week after; given {', '.join(NAMES.get(name, name) for name in first.controls)}. "
        f"Bands: {first.confidence:.0%}, all horizons at once."
    )
    return finish(figure, title=title, panel=panel, alt=f"{title}. {'; '.join(told)}.", note=note)


def chart_switching(probability: pd.Series, margin: pd.Series, *, panel: Dataset) -> Chart:
    """Draw a filtered regime probability above the strip of the state fixed in advance.

    Parameters
    ----------
    probability : pandas.Series, shape (n,)
        Of the regime with high volatility, from `helpers.stats.switching`.
    margin : pandas.Series
        Margin of fear.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        A line and a strip.
    """
    figure, axes = new_axes(2, 1, height=3.0, sharex=True, height_ratios=[3, 0.7])
    top, strip = axes[:, 0]
    top.fill_between(probability.index, 0, probability, color=COLOURS["fear"], alpha=0.35, linewidth=0)
    top.axhline(0.5, color=COLOURS["ink"], linewidth=0.8, linestyle="--")
    top.set_ylim(0, 1)
    top.set_title("Probability of the high-VIX regime, filtered in real time", loc="left", color=COLOURS["fear"])
    _strip(strip, margin, "fear")
    strip.set_title("Fear by the rule fixed in advance", loc="left", color=COLOURS["fear"], fontsize=9.5)
    strip.set_xlim(probability.index[0], probability.index[-1])
    share = float((probability > 0.5).mean())
    alt = f"The filtered probability of high volatility is above one half in {share:.0%} of {len(probability)} weeks."
    title = "A model that picks its own regimes sees more fear than the fixed rule"
    if share <= float((margin > 0).mean()):
        title = "A model that picks its own regimes sees no more fear than the fixed rule"
    note = "Parameters are estimated once a year on data until then."
    return finish(figure, title=title, panel=panel, alt=alt, note=note)


def _strip(plot: Axes, margin: pd.Series, name: str) -> None:
    """Shade the spells of a state, paler where it is not known yet."""
    for spell in spells(margin > 0).itertuples():
        plot.axvspan(spell.start - pd.Timedelta(days=7), spell.end, color=COLOURS[name], alpha=0.85, linewidth=0)
    plot.axvspan(pd.Timestamp("2000-01-01"), margin.index[0], color=COLOURS["null"], alpha=0.35, linewidth=0)
    plot.set_ylim(0, 1)
    plot.set_yticks([])
    plot.grid(visible=False)


def _response(plot: Axes, response: Response, colour: str, label: str) -> None:
    """One response with its band."""
    frame = response.frame()
    plot.fill_between(frame.index, frame["band_lower"], frame["band_upper"], color=colour, alpha=0.18, linewidth=0)
    plot.plot(frame.index, frame["estimate"], color=colour, linewidth=1.8)
    label_line(plot, frame.index[-1], frame["estimate"].iloc[-1], label, colour)
