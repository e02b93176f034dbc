"""Causality tests: all windows and all bootstrap draws against loops over statsmodels, measured in one run.

A loop over all windows or draws would take minutes, so that a random subset of it is timed and multiplied up; the row
says how many were run. The subset also checks that both give the same numbers.
"""

import resource
import time
from functools import partial

import numpy as np
import pandas as pd
import statsmodels.api as sm

from benchmarks.timing import Row, row
from helpers.stats import (
    Design,
    Sweep,
    bootstrap_suprema,
    granger_design,
    granger_scan,
    granger_test,
    prepare_sweep,
    window_statistics,
)

WEEKS, LAGS, SHORTEST = 830, 4, 150
DRAWS, SWEEPS = 9_999, 499
SAMPLED_WINDOWS, SAMPLED_DRAWS = 150, 60
GROWTH = (400, 830, 1_660, 3_320)


def rows() -> list[Row]:
    return [*_windows(), *_sweeps(), *_granger(), *_growth()]


def _windows() -> list[Row]:
    design = _design(WEEKS)
    sweep = _sweep(WEEKS)
    what = f"all {sweep.windows:,} windows, classical F; statsmodels on {SAMPLED_WINDOWS} of them, multiplied up"
    call, slow = partial(window_statistics, sweep, covariance="nonrobust"), _loop_over_windows(design, sweep)
    *classical, ratio, _, fast = row(what, call, repeats=15, most=0.06, loop=slow)
    robust = [
        row(f"all windows, {kind}", partial(window_statistics, sweep, covariance=kind), repeats=3, most=3)
        for kind in ("HCR", "HC3")
    ]
    return [(*classical, ratio, "0.06 s, 4,000 times", fast and ratio >= 4_000), *robust]


def _sweeps() -> list[Row]:
    sweep, out = _sweep(WEEKS), []
    for kind in ("nonrobust", "HCR"):
        bootstrap_suprema(sweep, covariance=kind, reps=1, seed=1)
        call = partial(bootstrap_suprema, sweep, covariance=kind, reps=SWEEPS, seed=1)
        _, taken, *_ = row("", call, repeats=1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        what = f"{SWEEPS} wild-bootstrap sweeps, {kind}; process at most {peak:.2f} GB"
        out.append((what, taken, np.nan, np.nan, "25 s, 1 GB", taken <= 25 and peak <= 1))
    return out


def _granger() -> list[Row]:
    frame = _frame(WEEKS, columns=6)
    data = {"effect": frame["a"], "cause": frame["b"], "controls": frame[list("cdef")]}
    single = f"granger_test, 8 lags, 4 controls, {DRAWS:,} draws; statsmodels on {SAMPLED_DRAWS} of them, multiplied up"
    scan = f"granger_scan, six lag lengths, 4 controls, {DRAWS:,} draws"
    drawn = {"reps": DRAWS, "seed": 1}
    slow = _loop_over_draws(granger_design(**data, lags=8))
    return [
        row(single, partial(granger_test, **data, lags=8, **drawn), repeats=5, most=0.5, loop=slow),
        row(scan, partial(granger_scan, **data, lags=(1, 2, 4, 8, 13, 26), **drawn), repeats=3, most=2),
    ]


def _growth() -> list[Row]:
    out = []
    for weeks in GROWTH:
        sweep = _sweep(weeks)
        found = row("", partial(window_statistics, sweep, covariance="nonrobust"), repeats=3)
        each = 1e9 * found[1] / sweep.windows
        out.append((f"n = {weeks:,}: {sweep.windows:,} windows, {each:.0f} ns each", *found[1:]))
    return out


def _loop_over_windows(design: Design, sweep: Sweep) -> float:
    """Time statsmodels on random windows, check the sweep on them, and multiply up to all."""
    rng = np.random.default_rng(0)
    swept = window_statistics(sweep, covariance="nonrobust")
    x = np.column_stack([design.x_restricted, design.x_tested])
    restrictions = np.eye(x.shape[1])[-LAGS:]
    chosen = []
    for end in rng.choice(sweep.ends.size, SAMPLED_WINDOWS, p=(sweep.last + 1) / sweep.windows):
        chosen.append((end, rng.integers(0, sweep.last[end] + 1)))
    began = time.perf_counter()
    direct = [
        sm.OLS(design.y[start : sweep.ends[end]], x[start : sweep.ends[end]]).fit().f_test(restrictions).fvalue
        for end, start in chosen
    ]
    taken = time.perf_counter() - began
    assert np.allclose(direct, [swept[end, start] for end, start in chosen], rtol=1e-8)
    return taken * sweep.windows / SAMPLED_WINDOWS


def _loop_over_draws(design: Design) -> float:
    """Time statsmodels on random draws of the wild bootstrap, and multiply up to all."""
    rng = np.random.default_rng(0)
    x = np.column_stack([design.x_restricted, design.x_tested])
    restrictions = np.eye(x.shape[1])[-design.x_tested.shape[1] :]
    restricted = sm.OLS(design.y, design.x_restricted).fit()
    began = time.perf_counter()
    for _ in range(SAMPLED_DRAWS):
        drawn = restricted.fittedvalues + restricted.resid * rng.choice([-1.0, 1.0], design.y.size)
        sm.OLS(drawn, x).fit(cov_type="HC3", use_t=True).f_test(restrictions)
    return (time.perf_counter() - began) * DRAWS / SAMPLED_DRAWS


def _sweep(weeks: int) -> Sweep:
    return prepare_sweep(_design(weeks), min_window=SHORTEST, scheme="recursive")


def _design(weeks: int) -> Design:
    """Regression of independent normal series with as many rows as weeks."""
    frame = _frame(weeks + LAGS, columns=2)
    return granger_design(effect=frame["a"], cause=frame["b"], lags=LAGS)


def _frame(weeks: int, *, columns: int) -> pd.DataFrame:
    values = np.random.default_rng(weeks).normal(size=(weeks, columns))
    return pd.DataFrame(values, columns=list("abcdef"[:columns]))
