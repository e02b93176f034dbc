"""Sentences about other defensible choices and about the tests themselves."""

import pandas as pd

from helpers.claims import load_rules
from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, direction, interval, listing, number, pvalue, signed
from helpers.stats import OLDER, REGISTERED, REVERSE, ClockResult, EventStudyResult
from helpers.stats.specification import EITHER, MEDIAN, SHARE, SpecificationCurveResult

LEVEL, SIZE_BAND = load_rules().standards.alpha, load_rules().standards.size_band

ENOUGH = 0.8


def say_curve(curve: SpecificationCurveResult, *, of: str) -> Sentence:
    """Say what all specifications together find.

    Parameters
    ----------
    curve : SpecificationCurveResult
        The curve.
    of : str
        What is estimated, such as "what silver's past adds".

    Returns
    -------
    Sentence
        Share significant against the share that luck gives, and the middle of the curve.
    """
    if curve.reason:
        return Sentence(f"Other choices cannot be tried for {of}: {curve.reason}.")
    share, median, either = (curve.joint.loc[name] for name in (SHARE, MEDIAN, EITHER))
    verdict = "more than luck explains" if curve.pvalue < LEVEL else "no more than luck explains"
    return Sentence(
        f"**Of {len(curve.table)} ways to estimate {of}, {number(100 * share['observed'])} % find an effect in the "
        f"claimed direction at {100 * curve.alpha:g} %: {verdict}** (joint {pvalue(curve.pvalue)}; where there is "
        f"nothing to find the average is {number(100 * share['expected'])} %, and {number(100 * share['limit'])} % is "
        f"reached in one case in twenty, because the specifications share their data). In either direction it is "
        f"{number(100 * either['observed'])} % ({pvalue(either['pvalue'])}). The middle estimate is "
        f"{number(median['observed'], 2)} {curve.unit} ({pvalue(median['pvalue'])})."
    )


def say_choices(curve: SpecificationCurveResult) -> Sentence:
    """Name the choice that moves the estimate most.

    Parameters
    ----------
    curve : SpecificationCurveResult
        The curve.

    Returns
    -------
    Sentence
        The choice, its options with the lowest and the highest middle estimate.
    """
    if curve.reason:
        return Sentence("")
    medians = curve.by_choice()["median"]
    spread = medians.groupby(level="choice").agg(lambda part: part.max() - part.min())
    choice = spread.idxmax()
    part = medians.loc[choice]
    return Sentence(
        f"What moves the answer most is the choice of *{choice}*: the middle estimate goes from "
        f"{number(part.min(), 2)} ({part.idxmin()}) to {number(part.max(), 2)} {curve.unit} ({part.idxmax()})."
    )


def say_overturn(*curves: SpecificationCurveResult) -> Sentence:
    """Say what the share of significant specifications would have to be.

    Parameters
    ----------
    *curves : SpecificationCurveResult
        The curves of the chapter.

    Returns
    -------
    Sentence
        Share found and share needed, for each.
    """
    told = [
        f"{number(100 * curve.share)} % of {len(curve.table)} specifications now, more than "
        f"{number(100 * curve.joint.loc[SHARE, 'limit'])} % needed ({curve.unit})"
        for curve in curves
        if not curve.reason
    ]
    return Sentence(
        f"A share of significant specifications that luck gives in fewer than one case in twenty: {'; '.join(told)}. "
        "Or a choice that is missing here and can be defended better than those that are tried; or a test that holds "
        "its size and has more power."
    )


def say_episodes(study: EventStudyResult, *, horizon: int) -> Sentence:
    """Say what one episode more or less does to the event study.

    Parameters
    ----------
    study : EventStudyResult
        Of one kind of high.
    horizon : int
        Weeks.

    Returns
    -------
    Sentence
        Estimate, range without each episode in turn, and whether the sign hangs on one of them.
    """
    if study.reason:
        return Sentence(f"No episode can be left out: {study.reason}.")
    row = study.table.loc[horizon]
    low, high = row["loo_low"], row["loo_high"]
    told = (
        f"Over {horizon} weeks {NAMES[study.name]} moved by {signed(row['estimate'])} log points against its usual "
        f"return after {count(int(row['K']), 'high')}."
    )
    if pd.isna(low):
        return Sentence(f"{told} With so few episodes none can be left out.")
    hangs = "One episode decides the sign" if low < 0 < high else "No single episode decides the sign"
    return Sentence(f"{told} Leaving out each in turn gives {interval(low, high)}. {hangs}.")


def say_clock(found: ClockResult) -> Sentence:
    """Say which way the difference of closing hours works and what leaving its lag out does.

    Parameters
    ----------
    found : ClockResult
        From `clock_sensitivity`.

    Returns
    -------
    Sentence
        Hours, direction of the bias, p-values with and without the lag.
    """
    cause, effect = NAMES[found.cause], NAMES[found.effect]
    shortest, longest = found.hours
    bias = direction(
        found.effect_first_expected,
        up=f"makes {effect} look as if it led {cause}, and so works against {cause} leading",
        down=f"puts a false negative lag of {cause} behind {effect}",
        level="makes no false lead",
    )
    told = (
        f"{effect[0].upper()}{effect[1:]}'s week closes {number(shortest)} to {number(longest)} hours after {cause}'s, "
        f"{number(100 * found.share)} % of a week. With a same-week correlation of {number(found.same_week, 2)} that "
        f"alone {bias}, by a correlation of {number(found.effect_first_expected, 3)}; measured is "
        f"{number(found.effect_first, 3)}, and {number(found.cause_first, 3)} the other way round."
    )
    if found.reason:
        return Sentence(f"{told} The tests cannot be done: {found.reason}.")
    plain, older, reverse = (found.tests[name] for name in (REGISTERED, OLDER, REVERSE))
    same = (plain.pvalue_bootstrap < LEVEL) == (older.pvalue_bootstrap < LEVEL)
    return Sentence(
        f"{told} Leaving out the week that touches the boundary, the test gives {pvalue(older.pvalue_bootstrap)} "
        f"instead of {pvalue(plain.pvalue_bootstrap)}: {'the same' if same else 'another'} answer. The reverse "
        f"direction has {pvalue(reverse.pvalue_bootstrap)}."
    )


def say_sizes(sizes: pd.DataFrame) -> Sentence:
    """Say whether the tests that feed verdicts hold their size, and what the usual ones do.

    Parameters
    ----------
    sizes : pandas.DataFrame
        Rows of `helpers.stats.validation.with_rates`, kind "size".

    Returns
    -------
    Sentence
        Range of sizes, tests outside the band, the usual ones.
    """
    judged = sizes[~sizes["warning"] & sizes["verdict"]]
    total = judged["label"].nunique()
    outside = judged[(judged["rate"] < SIZE_BAND[0]) | (judged["rate"] > SIZE_BAND[1])]
    held = (
        f"All {total} tests that feed a verdict hold their size"
        if outside.empty
        else f"{outside['label'].nunique()} of the {total} tests that feed a verdict do not hold their size "
        f"({listing(dict.fromkeys(outside['label']))}), and what they say is refused"
    )
    rates = 100 * judged["rate"]
    usual = sizes[sizes["warning"]]
    told = "; ".join(f"{row.label} {number(100 * row.rate, 0)} %" for row in usual.itertuples())
    return Sentence(
        f"**{held}**: at a nominal {100 * LEVEL:g} % they reject {interval(rates.min(), rates.max())} % of true nulls "
        f"at the sample length of their verdict. What the usual tests do instead: {told}."
    )


def say_short(sizes: pd.DataFrame) -> Sentence:
    """Say which tests lose their size where the sample is shorter than that of their verdict.

    Parameters
    ----------
    sizes : pandas.DataFrame
        As in `say_sizes`.

    Returns
    -------
    Sentence
        Tests outside the band by more than two Monte Carlo standard errors, with the process and the rate.
    """
    short = sizes[~sizes["warning"] & ~sizes["verdict"]]
    low = short["rate"] + 2 * short["error"] < SIZE_BAND[0]
    high = short["rate"] - 2 * short["error"] > SIZE_BAND[1]
    outside = short[low | high]
    if outside.empty:
        return Sentence("In the shorter samples, which single eras come near to, no test is surely outside the band.")
    told = listing(
        f"{row.label} ({row.process.replace('_', ' ')}, {row.n} weeks: {number(100 * row.rate)} %)"
        for row in outside.itertuples()
    )
    return Sentence(f"Surely outside the band in the shorter samples, which single eras come near to: {told}.")


def say_repeat(again: pd.DataFrame, *, samples: int) -> Sentence:
    """Say whether simulating a part again gives what was kept.

    Parameters
    ----------
    again : pandas.DataFrame
        Of `helpers.stats.validation.repeat_first`.
    samples : int
        Samples repeated for each row.

    Returns
    -------
    Sentence
        Rows that agree, the largest difference.
    """
    same = int((again["kept"] == again["again"]).sum())
    apart = int((again["kept"] - again["again"]).abs().max())
    verdict = "the table is what this code gives" if apart <= 1 else "the table is out of date: run `make simulate`"
    return Sentence(
        f"The first {samples} samples of {len(again)} simulations were drawn again just now: {same} give the same "
        f"number of rejections, the largest difference is {apart}. So {verdict}."
    )


def say_power(power: pd.DataFrame) -> Sentence:
    """Say what each test finds in most samples of the length of its verdict, and what it misses.

    Parameters
    ----------
    power : pandas.DataFrame
        Rows of `helpers.stats.validation.with_rates`, kind "power"; the planted effects of a test from weak to
        strong.

    Returns
    -------
    Sentence
        For each test the weakest planted effect found in at least `ENOUGH` of the samples; then the tests without one.
    """
    judged = power[power["verdict"]]
    enough = judged[judged["rate"] >= ENOUGH].groupby("label", sort=False).head(1)
    strongest = judged[~judged["label"].isin(enough["label"])].groupby("label", sort=False).tail(1)
    told = f"The weakest planted effect that each test finds in four samples of five. {_found(enough)}."
    missed = f" Found less often, even where strongest: {_found(strongest)}." if len(strongest) else ""
    return Sentence(told + missed)


def _found(rows: pd.DataFrame) -> str:
    return "; ".join(f"{row.label}: {row.effect} ({number(100 * row.rate, 0)} %)" for row in rows.itertuples())


def power_table(power: pd.DataFrame) -> pd.DataFrame:
    """Lay out how often planted effects are found.

    Parameters
    ----------
    power : pandas.DataFrame
        As in `say_power`.

    Returns
    -------
    pandas.DataFrame
        By test and sample length: what is planted, per cent of samples in which it is found with the Monte Carlo
        standard error in parentheses, samples.
    """
    found = [f"{100 * row.rate:.0f} ({100 * row.error:.0f})" for row in power.itertuples()]
    table = pd.DataFrame({"planted": power["effect"], "found": found, "samples": power["reps"]})
    return table.set_axis(pd.MultiIndex.from_frame(power[["label", "n"]]))


def size_table(rates: pd.DataFrame) -> pd.DataFrame:
    """Lay out rejection rates by test and sample length, with their Monte Carlo errors.

    Parameters
    ----------
    rates : pandas.DataFrame
        Of `helpers.stats.validation.with_rates`, of one kind.

    Returns
    -------
    pandas.DataFrame
        Text, per cent with the standard error in parentheses; one column a process, and the fewest samples of a row.
    """
    cells = rates.assign(text=[f"{100 * row.rate:.1f} ({100 * row.error:.1f})" for row in rates.itertuples()])
    table = cells.pivot_table(index=["label", "n"], columns="process", values="text", aggfunc="first", sort=False)
    draws = cells.groupby(["label", "n"], sort=False)["reps"].min()
    named = table.fillna("").rename(columns=lambda process: process.replace("_", " "))
    return named.assign(samples=draws).rename_axis(columns=None)
