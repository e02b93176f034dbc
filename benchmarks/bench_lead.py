"""The map of lags: all windows of four leaders with 9,999 draws, against a loop over statsmodels."""

import numpy as np
import pandas as pd
import statsmodels.api as sm

from benchmarks.timing import median_seconds
from helpers.stats import lead_map, lead_test

WEEKS, LEADERS, DRAWS, LOOPED = 843, 4, 9_999, 400
TARGET_SECONDS = 3.0


def run() -> pd.DataFrame:
    """Time the map and a single lead test.

    Returns
    -------
    pandas.DataFrame
        what, median_seconds, reference (seconds of the loop), ratio, target (seconds), met.
    """
    values = np.random.default_rng(1).normal(size=(WEEKS, 1 + LEADERS))
    dates = pd.date_range("2010-07-16", periods=WEEKS, freq="W-FRI")
    frame = pd.DataFrame(values, dates, ["effect", *(f"leader {i}" for i in range(LEADERS))])
    effect, causes = frame["effect"], frame.drop(columns="effect")
    found = lead_map(effect=effect, causes=causes, reps=199, seed=1)
    whole = median_seconds(lambda: lead_map(effect=effect, causes=causes, reps=DRAWS, seed=1), repeats=3)
    fit = median_seconds(lambda: _loop(found.nobs), repeats=1) / LOOPED
    slow = fit * len(found.cells) * (DRAWS + 1)
    one = median_seconds(
        lambda: lead_test(effect=effect, cause=causes["leader 0"], window=(1, 26), reps=DRAWS, seed=1), repeats=3
    )
    what = f"map of lags, {len(found.cells):,} cells, {DRAWS:,} draws; statsmodels on {LOOPED} of them, multiplied up"
    rows = [
        (what, whole, slow, slow / whole, TARGET_SECONDS, whole <= TARGET_SECONDS),
        (f"lead test, {DRAWS:,} draws", one, fit * (DRAWS + 1), fit * (DRAWS + 1) / one, 0.5, one <= 0.5),
    ]
    return pd.DataFrame(rows, columns=["what", "median_seconds", "reference", "ratio", "target", "met"])


def _loop(nobs: int) -> None:
    """Fit cell after cell of draw after draw."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(nobs, 6)), rng.normal(size=(LOOPED, nobs))
    for draw in y:
        assert np.isfinite(sm.OLS(draw, x).fit(cov_type="HC3").tvalues[-1])


def main() -> None:
    print(run().to_string(index=False, float_format="{:.4g}".format))


if __name__ == "__main__":
    main()
