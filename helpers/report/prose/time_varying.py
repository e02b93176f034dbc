"""Sentences about Granger causality over time."""

from collections.abc import Mapping

from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, day, listing, number, pvalue
from helpers.stats import CausalityPathResult, CausalityTriangleResult

LEVEL = 0.05


def say_paths(paths: Mapping[str, CausalityPathResult]) -> Sentence:
    """Answer when, if ever, one series helped to predict another.

    Parameters
    ----------
    paths : mapping of str to CausalityPathResult
        By scheme, with bootstrap draws.

    Returns
    -------
    Sentence
        Whether any window stands out once the whole search is paid for, and when.
    """
    first = next(iter(paths.values()))
    given = f"given {listing(NAMES[name] for name in first.controls)}" if first.controls else "given nothing else"
    pair = f"{NAMES[first.cause]} helped to predict {NAMES[first.effect]} ({given})"
    told = [f"{scheme} windows {pvalue(path.pvalue)}" for scheme, path in paths.items()]
    found = {scheme: path for scheme, path in paths.items() if path.pvalue < LEVEL}
    if not found:
        return Sentence(f"**No stretch in which {pair} stands out once the search is paid for**: {listing(told)}.")
    when = listing(_when(scheme, path) for scheme, path in found.items())
    return Sentence(
        f"**There are windows in which {pair}, even after paying for the search** ({listing(told)}): {when}."
    )


def _when(scheme: str, path: CausalityPathResult) -> str:
    spells, first, last = path.episodes, path.episodes["first"].min(), path.episodes["last"].max()
    return f"{scheme}, {count(len(spells), 'stretch', 'stretches')} of end dates from {day(first)} to {day(last)}"


def say_contrast(whole: CausalityPathResult, later: CausalityPathResult) -> Sentence:
    """Say whether a finding rests on the first years.

    Parameters
    ----------
    whole, later : CausalityPathResult
        The same scheme on the whole sample and without its first years.

    Returns
    -------
    Sentence
        Both p-values and what follows.
    """
    start = day(later.path["start"].min())
    both = f"{pvalue(whole.pvalue)} on the whole sample, {pvalue(later.pvalue)} from {start} on"
    if whole.pvalue < LEVEL <= later.pvalue:
        return Sentence(f"The finding rests on the first years: {both}.")
    if whole.pvalue < LEVEL and later.pvalue < LEVEL:
        return Sentence(f"The finding does not rest on the first years: {both}.")
    later_years = "something does in the later years alone" if later.pvalue < LEVEL else "nor in the later years alone"
    return Sentence(f"Nothing stands out in the whole sample, {later_years}: {both}.")


def say_share(path: CausalityPathResult) -> Sentence:
    """Compare the share of time above the line with what chance gives.

    Parameters
    ----------
    path : CausalityPathResult
        With bootstrap draws.

    Returns
    -------
    Sentence
        Share found, share expected, p-value of the share, the highest window.
    """
    peak = path.path["statistic"].idxmax()
    rarity = "rare" if path.share_pvalue < LEVEL else "not rare"
    return Sentence(
        f"Taken one date at a time, {number(100 * path.share_above)} % of end dates lie above their own 5 % line; with "
        f"no causality at all {number(100 * path.share_expected)} % would, and so large a share is {rarity} then "
        f"({pvalue(path.share_pvalue)}). The highest statistic, {number(path.supremum, 2)}, belongs to the window from "
        f"{day(path.path.loc[peak, 'start'])} to {day(peak)}; the largest of all windows exceeds "
        f"{number(path.critical, 2)} by chance in one sample out of twenty."
    )


def say_triangle(triangle: CausalityTriangleResult) -> Sentence:
    """Say what choosing one's window would allow.

    Parameters
    ----------
    triangle : CausalityTriangleResult
        Every window.

    Returns
    -------
    Sentence
        How many windows there are and how many look significant by themselves.
    """
    best = triangle.pvalue.min().min()
    freedom = (
        "whoever may choose the window can show a lead, or its absence"
        if triangle.share_below > 0
        else "none shows a lead"
    )
    return Sentence(
        f"There are {triangle.windows:,} windows of at least {count(triangle.min_window, 'week')}. By themselves "
        f"{number(100 * triangle.share_below)} % of them have p below 5 %, the smallest {pvalue(float(best))}: "
        f"{freedom}."
    )


def say_reverse(forward: CausalityPathResult, back: CausalityPathResult) -> Sentence:
    """Set the two directions side by side.

    Parameters
    ----------
    forward, back : CausalityPathResult
        The claimed direction and the reverse, same scheme.

    Returns
    -------
    Sentence
        Their p-values.
    """
    told = [f"from {NAMES[path.cause]} to {NAMES[path.effect]} {pvalue(path.pvalue)}" for path in (forward, back)]
    return Sentence(f"The largest {forward.scheme} statistic, {listing(told)}.")
