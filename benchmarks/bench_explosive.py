"""Explosive-price test: wild-bootstrap draws of every window against a loop over statsmodels, measured in one run."""

import time

import numpy as np
import pandas as pd
import statsmodels.api as sm

from benchmarks.timing import median_seconds
from helpers.stats import explosive_test

WEEKS, DRAWS, SAMPLED_WINDOWS = 830, 2_000, 300
TARGET_SECONDS = 4.0


def run() -> pd.DataFrame:
    """Time the test with its draws.

    Returns
    -------
    pandas.DataFrame
        what, median_seconds, reference (seconds of the loop), ratio, target, met.
    """
    weeks = pd.date_range("2010-07-23", periods=WEEKS, freq="W-FRI")
    walk = pd.Series(np.random.default_rng(1).normal(size=WEEKS).cumsum(), weeks, name="walk")
    found = explosive_test(walk, reps=DRAWS, seed=1)
    taken = median_seconds(lambda: explosive_test(walk, reps=DRAWS, seed=1), repeats=3)
    longest = found.nobs - found.min_window + 1
    windows = longest * (longest + 1) // 2
    slow = _loop(walk.to_numpy(), found.min_window) * windows / SAMPLED_WINDOWS * (DRAWS + 1)
    what = f"{DRAWS:,} wild-bootstrap draws of GSADF over {windows:,} windows; statsmodels on {SAMPLED_WINDOWS} of them"
    rows = [(what, taken, slow, slow / taken, f"{TARGET_SECONDS:g} s", taken <= TARGET_SECONDS)]
    return pd.DataFrame(rows, columns=["what", "median_seconds", "reference", "ratio", "target", "met"])


def _loop(values: np.ndarray, shortest: int) -> float:
    """Time statsmodels on random windows."""
    rng = np.random.default_rng(0)
    level, change = sm.add_constant(values[:-1]), np.diff(values)
    chosen = [sorted(rng.choice(change.size, 2, replace=False)) for _ in range(SAMPLED_WINDOWS)]
    began = time.perf_counter()
    for first, last in chosen:
        end = max(last, min(first + shortest, change.size))
        assert np.isfinite(sm.OLS(change[first:end], level[first:end]).fit().tvalues[1])
    return time.perf_counter() - began


def main() -> None:
    print(run().to_string(index=False, float_format="{:.4g}".format))


if __name__ == "__main__":
    main()
