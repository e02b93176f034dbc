"""Charts of the record: nominal, real, and the margin over another metal."""

import pandas as pd

from helpers.data import Dataset
from helpers.report.charts.base import COLOURS, NAMES, Chart, finish, label_line, mark_week, new_axes
from helpers.stats import RAW, RecordResult, RelativePerformanceResult


def chart_record(price: pd.Series, found: RecordResult, *, panel: Dataset) -> Chart:
    """Draw the price with the earlier high and the record week.

    Parameters
    ----------
    price : pandas.Series, shape (n,)
        Weekly closes.
    found : RecordResult
        From `price_record`.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        A line, the earlier high, the record.
    """
    figure, axes = new_axes(height=4.0)
    plot = axes[0, 0]
    colour = COLOURS[str(price.name)]
    plot.plot(price.index, price, color=colour, linewidth=1.2)
    plot.axhline(found.earlier, color=COLOURS["faint"], linewidth=0.9, linestyle="--")
    plot.annotate(
        f"highest before the run: {found.earlier:,.2f}", (price.index[0], found.earlier),
        xytext=(2, 4), textcoords="offset points", fontsize=8.5, color=COLOURS["faint"],
    )  # fmt: skip
    plot.plot(found.week, found.value, "o", color=colour)
    plot.annotate(
        f"{found.week:%d %b %Y}: {found.value:,.2f}", (found.week, found.value), xytext=(-8, 0), ha="right",
        va="center", textcoords="offset points", fontsize=9, color=COLOURS["ink"],
    )  # fmt: skip
    last = price.iloc[-1]
    if price.index[-1] > found.week:
        label_line(plot, price.index[-1], last, f"{last:,.2f}", colour)
    plot.set_ylim(0)
    plot.set_ylabel("USD an ounce")
    on_trial = f"{found.value:,.2f} on {found.week:%Y-%m-%d}"
    alt = f"Weekly {price.name} since {price.index[0]:%Y}; {on_trial}, latest {last:,.2f}."
    title = f"{NAMES[str(price.name)].capitalize()}, weekly closes, and the highest price known before the run"
    return finish(figure, title=title, panel=panel, alt=alt, note=f"n = {len(price):,} weeks.")


def chart_real(
    real: pd.Series, peak: float, when: pd.Timestamp, value: float, week: pd.Timestamp, *, panel: Dataset
) -> Chart:
    """Draw month averages in today's money with the peak of the day.

    Parameters
    ----------
    real : pandas.Series, shape (months,)
        Month averages in the money of the latest published month.
    peak : float
        The highest single fixing, in the same money.
    when : pandas.Timestamp
        Its date.
    value : float
        The close on trial, in the same money.
    week : pandas.Timestamp
        Its week.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        A line and two marks.
    """
    figure, axes = new_axes(height=3.6)
    plot = axes[0, 0]
    plot.plot(real.index, real, color=COLOURS["silver"], linewidth=1.2)
    plot.plot(when, peak, "o", color=COLOURS["ink"], markersize=5)
    plot.annotate(
        f"{when:%d %b %Y}: {peak:,.0f}",
        (when, peak),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
    )
    plot.plot(week, value, "o", color=COLOURS["silver"], markersize=5)
    plot.annotate(
        f"{week:%d %b %Y}: {value:,.0f}", (week, value), xytext=(-8, 6), ha="right",
        textcoords="offset points", fontsize=9,
    )  # fmt: skip
    plot.set_ylim(0)
    plot.set_ylabel("USD an ounce, latest CPI")
    alt = (
        f"Real silver since {real.index[0]:%Y}: {peak:,.0f} on {when:%Y-%m-%d} against {value:,.0f} in the record week."
    )
    title = "After inflation: month averages of silver, and two highs"
    return finish(figure, title=title, panel=panel, alt=alt, note=f"{len(real)} months, deflated by consumer prices.")


def chart_margins(found: RelativePerformanceResult, *, panel: Dataset) -> Chart:
    """Draw the margin over time for each horizon, with the week on trial.

    Parameters
    ----------
    found : RelativePerformanceResult
        From `relative_performance`.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One panel a horizon.
    """
    horizons = found.history[RAW].columns
    figure, axes = new_axes(len(horizons), 1, height=1.1 + 1.3 * len(horizons), sharex=True)
    told = []
    for plot, horizon in zip(axes[:, 0], horizons, strict=True):
        margin, row = found.history[RAW, horizon].dropna(), found.table.loc[(RAW, horizon)]
        plot.fill_between(margin.index, margin, 0, color=COLOURS["null"], linewidth=0)
        plot.plot(margin.index[-1], row["value"], "o", color=COLOURS["silver"], markersize=5)
        plot.axhline(row["value"], color=COLOURS["silver"], linewidth=0.8, linestyle="--")
        share = f"{row['value']:+.0f} log points; as large in {100 * row['share']:.1f} % of earlier weeks"
        plot.set_title(f"{horizon} weeks: {share}", loc="left", fontsize=9.5)
        told.append(f"{horizon} weeks {share}")
    mark_week(axes[-1, 0], found.date, f"{found.date:%d %b %Y}")
    title = f"{NAMES[found.leader].capitalize()} less {NAMES[found.follower]}, log return over four spans"
    note = "Grey: every week up to the one on trial. Dashed: its margin. Windows overlap, so weeks are not independent."
    return finish(figure, title=title, panel=panel, alt=f"{title}. {'; '.join(told)}.", note=note)
