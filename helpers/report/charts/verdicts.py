"""The headline chart: every tested claim against the smallest effect that would matter."""

import math

from matplotlib.axes import Axes

from helpers.claims import Judged, Judgement, Verdict
from helpers.data import Dataset
from helpers.report.charts.base import COLOURS, Chart, finish, new_axes

VERDICT_COLOURS = {
    Verdict.SUPPORTED: "#1b7f5c",
    Verdict.LEANING: "#7fb069",
    Verdict.INCONCLUSIVE: "#8b929b",
    Verdict.NOT_SUPPORTED: "#d98e04",
    Verdict.CONTRADICTED: "#b3261e",
    Verdict.NOT_TESTED: "#c9ced6",
    Verdict.NOT_DUE: "#c9ced6",
    Verdict.NOT_APPLICABLE: "#c9ced6",
}
_SPAN = 4.0


def chart_verdicts(judged: Judgement, *, panel: Dataset) -> Chart:
    """Draw each claim's estimate and interval in units of the smallest effect of interest, signed as the claim says.

    Parameters
    ----------
    judged : Judgement
        All claims.
    panel : Dataset
        The data in use.

    Returns
    -------
    Chart
        One row a claim; claims without an effect size show their verdict alone.
    """
    figure, axes = new_axes(height=1.6 + 0.34 * len(judged))
    plot = axes[0, 0]
    plot.axvspan(1, _SPAN, color="#eef5f1", zorder=0)
    plot.axvline(0, color=COLOURS["ink"], linewidth=0.9)
    plot.axvline(1, color=VERDICT_COLOURS[Verdict.SUPPORTED], linewidth=0.9, linestyle="--")
    for row, verdict in enumerate(judged.judged[::-1]):
        _draw_row(plot, row, verdict)
    plot.set_yticks(range(len(judged)), [f"{verdict.title}  {verdict.claim.id}" for verdict in judged.judged[::-1]])
    plot.set_ylim(-0.6, len(judged) - 0.4)
    plot.set_xlim(-_SPAN, _SPAN)
    plot.set_xticks([-3, -2, -1, 0, 1, 2, 3])
    plot.set_xlabel("effect in units of the smallest one that would matter; right = as the claim says")
    plot.grid(axis="y", visible=False)
    told = "; ".join(f"{verdict.claim.id} {verdict.title}: {verdict.verdict}" for verdict in judged)
    note = "Bars: 95 % intervals, cut at the frame. Dashed line: the smallest effect of interest, fixed in advance. "
    note += "Facts and frequencies have no bar."
    return finish(figure, title="The story, claim by claim", panel=panel, alt=f"Verdicts. {told}.", note=note)


def _draw_row(plot: Axes, row: int, verdict: Judged) -> None:
    colour = VERDICT_COLOURS[verdict.verdict]
    plot.annotate(
        verdict.verdict, (1, row), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
        color=colour, va="center", fontsize=9, fontweight="bold", annotation_clip=False,
    )  # fmt: skip
    scaled = scaled_effect(verdict)
    if scaled is None:
        return
    estimate, low, high = scaled
    if not math.isnan(low):
        plot.plot(
            [max(low, -_SPAN), min(high, _SPAN)],
            [row, row],
            color=colour,
            linewidth=3.2,
            solid_capstyle="butt",
            alpha=0.55,
        )
    if abs(estimate) <= _SPAN:
        plot.plot(estimate, row, "o", color=colour, markersize=5.5)


def scaled_effect(verdict: Judged) -> tuple[float, float, float] | None:
    """Give estimate and interval in units of the smallest effect of interest, positive as the claim says.

    Parameters
    ----------
    verdict : Judged
        One verdict.

    Returns
    -------
    tuple of float or None
        Estimate, lower and upper end; None where the rule names no smallest effect or there is no estimate.
    """
    rule, entry = verdict.claim.rule, verdict.finding
    smallest = rule.smallest_effect
    if entry is None or math.isnan(smallest) or math.isnan(entry.estimate):
        return None
    sign = getattr(rule, "expected_sign", 1)
    ends = sorted(sign * end / smallest for end in (entry.low, entry.high))
    return sign * entry.estimate / smallest, ends[0], ends[1]


def chart_then_and_now(then: Judgement, now: Judgement, *, then_panel: Dataset, panel: Dataset) -> Chart:
    """Draw the verdicts of two dates in two columns.

    Parameters
    ----------
    then, now : Judgement
        The same claims judged on two ledgers.
    then_panel, panel : Dataset
        The data of either date.

    Returns
    -------
    Chart
        One row a claim; a line joins verdicts that differ.
    """
    figure, axes = new_axes(height=1.3 + 0.3 * len(now))
    plot = axes[0, 0]
    told = []
    for row, (a, b) in enumerate(zip(then.judged[::-1], now.judged[::-1], strict=True)):
        changed = a.verdict != b.verdict
        plot.plot(
            [0.33, 0.60],
            [row, row],
            color=COLOURS["ink"] if changed else COLOURS["null"],
            linewidth=1.6 if changed else 0.8,
        )
        for x, verdict in ((0.0, a), (0.62, b)):
            plot.text(x, row, verdict.verdict, color=VERDICT_COLOURS[verdict.verdict], va="center", fontweight="bold")
        told.append(f"{a.claim.id} {a.verdict}, then {b.verdict}")
    for x, column in ((0.0, then_panel), (0.62, panel)):
        plot.text(x, len(now) - 0.2, f"as of {column.as_of}", fontsize=9, color=COLOURS["faint"])
    plot.set_yticks(range(len(now)), [f"{verdict.title}  {verdict.claim.id}" for verdict in now.judged[::-1]])
    plot.set_xlim(-0.03, 1)
    plot.set_xticks([])
    plot.grid(visible=False)
    plot.spines[["bottom", "left"]].set_visible(False)
    note = "A dark line joins verdicts that differ."
    return finish(figure, title="Verdicts then and now", panel=panel, alt=f"{'; '.join(told[::-1])}.", note=note)
