"""Event studies: all shifts by Fourier transform against a loop over shifts, and the whole ladder."""

import numpy as np
import pandas as pd

from benchmarks.timing import median_seconds
from helpers.data import load
from helpers.stats import event_ladder, find_highs
from helpers.stats.event_null import local_variance, shift_windows, window_sums
from helpers.stats.event_study import BANDWIDTH, HORIZONS

RUNGS = (1, 2, 3, 5, None)
TARGET_SECONDS = 0.5


def run() -> pd.DataFrame:
    """Time the ladder and the null of one event set.

    Returns
    -------
    pandas.DataFrame
        what, median_seconds, reference (seconds of the loop), ratio, target (seconds), met.
    """
    panel = load(source="snapshot")
    returns, silver = panel.returns("btc")["btc"], panel.price("silver")
    ladder = {str(years): find_highs(silver, lookback=years) for years in RUNGS}
    weeks = returns.index.get_indexer(ladder["1"])
    weeks, excess = weeks[weeks >= 0], (returns - returns.mean()).to_numpy()
    assert np.allclose(_by_fft(excess, weeks), _by_loop(excess, weeks), equal_nan=True)
    whole = median_seconds(lambda: event_ladder(ladder=ladder, returns=returns), repeats=7)
    fast = median_seconds(lambda: _by_fft(excess, weeks), repeats=7)
    slow = median_seconds(lambda: _by_loop(excess, weeks), repeats=3)
    study = f"event study, {len(RUNGS)} ladders, {len(HORIZONS)} horizons, {len(returns)} shifts, paths"
    rows = [
        (study, whole, np.nan, np.nan, TARGET_SECONDS, whole <= TARGET_SECONDS),
        (f"all shifts of {weeks.size} events, {len(HORIZONS)} horizons", fast, slow, slow / fast, np.nan, fast < slow),
    ]
    return pd.DataFrame(rows, columns=["what", "median_seconds", "reference", "ratio", "target", "met"])


def _by_fft(excess: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    return shift_windows(excess, windows=HORIZONS, bandwidth=BANDWIDTH).null(weeks).statistic


def _by_loop(excess: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Move the events week by week."""
    n, local = excess.size, local_variance(excess, BANDWIDTH)
    out = np.full((len(HORIZONS), n), np.nan)
    for row, horizon in enumerate(HORIZONS):
        sums, variance = window_sums(excess, horizon), window_sums(local, horizon)
        centred = sums - np.nanmean(sums)
        for shift in range(n):
            moved = (weeks + shift) % n
            used = moved[np.isfinite(sums[moved])]
            if used.size:
                out[row, shift] = centred[used].sum() / np.sqrt(variance[used].sum())
    return out


def main() -> None:
    print(run().to_string(index=False, float_format="{:.4g}".format))


if __name__ == "__main__":
    main()
