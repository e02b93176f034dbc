"""How often the lead test and the map of lags find a lead, and how often their intervals hold the true one."""

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError
from helpers.stats.granger import granger_test
from helpers.stats.lead_map import all_windows, lead_map
from helpers.stats.lead_test import lead_test
from helpers.stats.sequential import confidence_sequence
from helpers.stats.validation import unrelated_pairs

LEVEL = 0.05
BOOTSTRAP = 199
WINDOW = (1, 26)
SINGLE = 3
LONGEST = 30
YEARS = 10
_LATE_DEVIATION = 8.0

Stationary = Literal["iid", "garch", "spillover", "common_volatility"]
Process = Stationary | Literal["falling_variance"]
Shape = Literal["spread", "single"]
LEAD_PROCESSES: tuple[Process, ...] = (*get_args(Stationary), "falling_variance")


def size_lead_test(
    *, n: int, process: Process, reps: int, seed: int, lead: float = 0.0, shape: Shape = "spread", weighted: bool = True
) -> float:
    """Measure how often the lead test of weeks 1 to 26 rejects (wild bootstrap, 199 draws)."""
    half_life = 8 if weighted else None
    found = [
        lead_test(effect=y, cause=x, window=WINDOW, half_life=half_life, reps=BOOTSTRAP, seed=sample).pvalue_bootstrap
        for sample, (y, x, _) in enumerate(_samples(n=n, process=process, reps=reps, seed=seed, lead=lead, shape=shape))
    ]
    return float(np.mean(np.array(found) <= LEVEL))


def size_wald_beside(*, n: int, process: Process, reps: int, seed: int, lead: float, shape: Shape) -> float:
    """Measure how often the eight-lag HC3 Wald test rejects on the samples of `size_lead_test`."""
    samples = _samples(n=n, process=process, reps=reps, seed=seed, lead=lead, shape=shape)
    found = [
        granger_test(effect=y, cause=x.reindex(y.index), lags=8, reps=BOOTSTRAP, seed=sample).pvalue_bootstrap
        for sample, (y, x, _) in enumerate(samples)
    ]
    return float(np.mean(np.array(found) <= LEVEL))


def size_lead_map(
    *, n: int, process: Process, reps: int, seed: int, lead: float = 0.0, shape: Shape = "spread"
) -> float:
    """Measure how often the map of two leaders and all 465 windows rejects."""
    samples = list(_samples(n=n, process=process, reps=reps, seed=seed, lead=lead, shape=shape))
    found = []
    for sample, (y, x, _) in enumerate(samples):
        other = samples[sample - 1][1]
        causes = pd.DataFrame({"first": x, "second": other})
        found.append(lead_map(effect=y, causes=causes, reps=BOOTSTRAP, seed=sample).pvalue)
    return float(np.mean(np.array(found) <= LEVEL))


def coverage_lead(*, n: int, process: Process, reps: int, seed: int, lead: float = 0.01) -> dict[str, float]:
    """Measure how often intervals hold the truth where a lead is spread over weeks 1 to 26.

    Notes
    -----
    The cause is uncorrelated over time, so that the true coefficient of a window is the planted weight times the
    share of the 26 weeks that lies in the window.
    """
    samples = _samples(n=n, process=process, reps=reps, seed=seed, lead=lead, shape="spread")
    windows = all_windows(LONGEST)
    shared = np.array([max(0, min(last, WINDOW[1]) - first + 1) / WINDOW[1] for first, last in windows])
    held = np.zeros((3, reps))
    for sample, (y, x, weight) in enumerate(samples):
        low, high = lead_test(effect=y, cause=x, window=WINDOW).interval
        found = lead_map(effect=y, causes=x.to_frame(), reps=BOOTSTRAP, seed=sample)
        cells, truth = found.cells, weight * shared
        inside = (cells["estimate"] - truth).abs() <= found.critical * cells["standard_error"]
        largest = (truth * cells["sd"] * cells["weeks"]).max()
        held[:, sample] = low <= weight <= high, inside.all(), found.upper_bound >= largest
    return dict(zip(("interval", "simultaneous", "upper"), held.mean(axis=1).tolist(), strict=True))


def looks_for_ten_years(*, n_registered: int, process: Stationary, reps: int, seed: int) -> dict[str, float]:
    """Measure how often weekly looks for ten years ever exclude the truth, from registration on.

    Each path is a regression of one unrelated series on the other with a heteroskedasticity-robust standard error,
    run anew every week.
    """
    weeks = np.arange(n_registered, n_registered + 52 * YEARS + 1)
    pairs = unrelated_pairs(process=process, n=int(weeks[-1]), reps=reps, seed=seed)
    x, y = pairs[..., 0], pairs[..., 1]
    powers = [np.cumsum(part, axis=1)[:, weeks - 1] for part in (x * x, x * y, (x * y) ** 2, x**3 * y, x**4)]
    xx, xy, xxyy, xxxy, xxxx = powers
    estimate = xy / xx
    error = np.sqrt(xxyy - 2 * estimate * xxxy + estimate**2 * xxxx) / xx
    always = confidence_sequence(estimate=estimate, standard_error=error, n=weeks, n_registered=n_registered)
    usual = np.abs(estimate) > 1.96 * error
    outside = (always.low > 0) | (always.high < 0)
    return {"usual": float(usual.any(axis=1).mean()), "always valid": float(outside.any(axis=1).mean())}


def _samples(
    *, n: int, process: Process, reps: int, seed: int, lead: float, shape: Shape
) -> Iterator[tuple[pd.Series, pd.Series, float]]:
    """Effect, cause (which begins 30 weeks earlier) and planted coefficient of each sample."""
    if process not in LEAD_PROCESSES:
        raise InputError(f"process must be one of {', '.join(LEAD_PROCESSES)}, found {process!r}.")
    falling = process == "falling_variance"
    base: Stationary = "iid" if process == "falling_variance" else process
    pairs = unrelated_pairs(process=base, n=n + LONGEST, reps=reps, seed=seed)
    dates = pd.date_range("2010-01-01", periods=n + LONGEST, freq="W-FRI")
    length = WINDOW[1] if shape == "spread" else 1
    weight = float(np.sqrt(lead / (1 - lead) * length)) * (_LATE_DEVIATION if falling else 1.0)
    for pair in pairs:
        cause, own = pd.Series(pair[:, 0], dates, name="cause"), pair[:, 1]
        if falling:
            own = own * (_LATE_DEVIATION + 20 * np.exp(-7 * np.arange(n + LONGEST) / n))
        past = cause.rolling(WINDOW[1]).mean().shift(1) if shape == "spread" else cause.shift(SINGLE)
        effect = pd.Series(own, dates, name="effect") + weight * past
        yield effect.iloc[LONGEST:], cause, weight
