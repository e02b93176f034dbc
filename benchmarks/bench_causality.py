"""Causality tests: all windows and all bootstrap draws against loops over statsmodels, measured in one run.

A loop over all windows or draws would take minutes, so that a random subset of it is timed and multiplied up; the row
says how many were run. The subset also checks that both give the same numbers.
"""

import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm

from benchmarks.timing import median_seconds
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


def run() -> pd.DataFrame:
    """Time the causality engine on simulated weeks.

    Returns
    -------
    pandas.DataFrame
        what, median_seconds, reference (seconds of the loop over statsmodels), ratio, target, met.
    """
    rows = [*_window_rows(), *_bootstrap_rows(), *_granger_rows(), *_growth_rows()]
    return pd.DataFrame(rows, columns=["what", "median_seconds", "reference", "ratio", "target", "met"])


def _window_rows() -> list[tuple]:
    design = _design(WEEKS)
    sweep = prepare_sweep(design, min_window=SHORTEST, scheme="recursive")
    classical = median_seconds(lambda: window_statistics(sweep, covariance="nonrobust"), repeats=15)
    slow = _loop_over_windows(design, sweep)
    ratio = slow / classical
    what = f"all {sweep.windows:,} windows, classical F; statsmodels on {SAMPLED_WINDOWS} of them, multiplied up"
    rows = [(what, classical, slow, ratio, "0.06 s, 4,000 times", classical <= 0.06 and ratio >= 4_000)]
    for kind in ("HCR", "HC3"):
        taken = median_seconds(lambda kind=kind: window_statistics(sweep, covariance=kind), repeats=3)
        rows.append((f"all windows, {kind}", taken, np.nan, np.nan, "3 s", taken <= 3))
    return rows


def _bootstrap_rows() -> list[tuple]:
    sweep = prepare_sweep(_design(WEEKS), min_window=SHORTEST, scheme="recursive")
    rows = []
    for kind in ("nonrobust", "HCR"):
        bootstrap_suprema(sweep, covariance=kind, reps=1, seed=1)
        call = _calling(bootstrap_suprema, sweep, covariance=kind, reps=SWEEPS, seed=1)
        taken = median_seconds(call, repeats=1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        what = f"{SWEEPS} wild-bootstrap sweeps, {kind}; process at most {peak:.2f} GB"
        rows.append((what, taken, np.nan, np.nan, "25 s, 1 GB", taken <= 25 and peak <= 1))
    return rows


def _granger_rows() -> list[tuple]:
    frame = _frame(WEEKS, columns=6)
    pair = {"effect": frame["a"], "cause": frame["b"], "controls": frame[list("cdef")], "reps": DRAWS, "seed": 1}
    single = median_seconds(_calling(granger_test, **pair, lags=8), repeats=5)
    slow = _loop_over_draws(granger_design(effect=frame["a"], cause=frame["b"], controls=frame[list("cdef")], lags=8))
    scan = median_seconds(_calling(granger_scan, **pair, lags=(1, 2, 4, 8, 13, 26)), repeats=3)
    what = f"granger_test, 8 lags, 4 controls, {DRAWS:,} draws; statsmodels on {SAMPLED_DRAWS} of them, multiplied up"
    return [
        (what, single, slow, slow / single, "0.5 s", single <= 0.5),
        (f"granger_scan, six lag lengths, 4 controls, {DRAWS:,} draws", scan, np.nan, np.nan, "2 s", scan <= 2),
    ]


def _growth_rows() -> list[tuple]:
    rows = []
    for weeks in GROWTH:
        sweep = prepare_sweep(_design(weeks), min_window=SHORTEST, scheme="recursive")
        taken = median_seconds(_calling(window_statistics, sweep, covariance="nonrobust"), repeats=3)
        each = 1e9 * taken / sweep.windows
        rows.append((f"n = {weeks:,}: {sweep.windows:,} windows, {each:.0f} ns each", taken, np.nan, np.nan, "-", True))
    return rows


def _loop_over_windows(design: Design, sweep: Sweep) -> float:
    """Time statsmodels on random windows, check the sweep on them, and multiply up to all."""
    rng = np.random.default_rng(0)
    swept = window_statistics(sweep, covariance="nonrobust")
    x = np.column_stack([design.x_restricted, design.x_tested])
    restrictions = np.eye(x.shape[1])[-LAGS:]
    chosen = []
    for row in rng.choice(sweep.ends.size, SAMPLED_WINDOWS, p=(sweep.last + 1) / sweep.windows):
        chosen.append((row, rng.integers(0, sweep.last[row] + 1)))
    began = time.perf_counter()
    direct = [
        sm.OLS(design.y[start : sweep.ends[row]], x[start : sweep.ends[row]]).fit().f_test(restrictions).fvalue
        for row, start in chosen
    ]
    taken = time.perf_counter() - began
    assert np.allclose(direct, [swept[row, start] for row, start in chosen], rtol=1e-8)
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


def _design(weeks: int) -> Design:
    """Regression of independent normal series with as many rows as weeks."""
    frame = _frame(weeks + LAGS, columns=2)
    return granger_design(effect=frame["a"], cause=frame["b"], lags=LAGS)


def _frame(weeks: int, *, columns: int) -> pd.DataFrame:
    values = np.random.default_rng(weeks).normal(size=(weeks, columns))
    return pd.DataFrame(values, columns=list("abcdef"[:columns]))


def _calling(function: Callable[..., object], *arguments: object, **options: object) -> Callable[[], object]:
    return lambda: function(*arguments, **options)


def main() -> None:
    with pd.option_context("display.max_colwidth", None):
        print(run().to_string(index=False, float_format="{:.4g}".format))


if __name__ == "__main__":
    main()
