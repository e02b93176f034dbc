"""Event study, explosive-price test and map of lags, against loops over shifts or over statsmodels."""

import numpy as np
import pandas as pd
import statsmodels.api as sm

from benchmarks.timing import Row, median_seconds, row
from helpers.data import load
from helpers.stats import event_ladder, explosive_test, find_highs, lead_map, lead_test
from helpers.stats.event_null import local_variance, shift_windows, window_sums
from helpers.stats.event_study import BANDWIDTH, HORIZONS

RUNGS = (1, 2, 3, 5, None)
WALK, WALK_DRAWS, SAMPLED_WINDOWS = 830, 2_000, 300
WEEKS, LEADERS, DRAWS, LOOPED = 843, 4, 9_999, 400


def rows() -> list[Row]:
    return [*_events(), *_explosive(), *_lead()]


def _events() -> list[Row]:
    panel = load(source="snapshot")
    returns, silver = panel.returns("btc")["btc"], panel.price("silver")
    ladder = {str(years): find_highs(silver, lookback=years) for years in RUNGS}
    weeks = returns.index.get_indexer(ladder["1"])
    weeks, excess = weeks[weeks >= 0], (returns - returns.mean()).to_numpy()
    assert np.allclose(_by_fft(excess, weeks), _by_loop(excess, weeks), equal_nan=True)
    slow = median_seconds(lambda: _by_loop(excess, weeks), repeats=3)
    study = f"event study, {len(RUNGS)} ladders, {len(HORIZONS)} horizons, {len(returns)} shifts, paths"
    shifts = f"all shifts of {weeks.size} events, {len(HORIZONS)} horizons"
    return [
        row(study, lambda: event_ladder(ladder=ladder, returns=returns), repeats=7, most=0.5),
        row(shifts, lambda: _by_fft(excess, weeks), repeats=7, most=slow, loop=slow),
    ]


def _by_fft(excess: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    return shift_windows(excess, windows=HORIZONS, bandwidth=BANDWIDTH).null(weeks).statistic


def _by_loop(excess: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Move the events week by week."""
    n, local = excess.size, local_variance(excess, BANDWIDTH)
    out = np.full((len(HORIZONS), n), np.nan)
    for place, horizon in enumerate(HORIZONS):
        sums, variance = window_sums(excess, horizon), window_sums(local, horizon)
        centred = sums - np.nanmean(sums)
        for shift in range(n):
            moved = (weeks + shift) % n
            used = moved[np.isfinite(sums[moved])]
            if used.size:
                out[place, shift] = centred[used].sum() / np.sqrt(variance[used].sum())
    return out


def _explosive() -> list[Row]:
    weeks = pd.date_range("2010-07-23", periods=WALK, freq="W-FRI")
    walk = pd.Series(np.random.default_rng(1).normal(size=WALK).cumsum(), weeks, name="walk")
    found = explosive_test(walk, reps=WALK_DRAWS, seed=1)
    longest = found.nobs - found.min_window + 1
    windows = longest * (longest + 1) // 2
    fits = median_seconds(lambda: _fit_windows(walk.to_numpy(), found.min_window), repeats=1)
    loop = fits * windows / SAMPLED_WINDOWS * (WALK_DRAWS + 1)
    what = f"{WALK_DRAWS:,} wild-bootstrap draws of GSADF over {windows:,} windows; statsmodels on {SAMPLED_WINDOWS}"
    return [row(what, lambda: explosive_test(walk, reps=WALK_DRAWS, seed=1), repeats=3, most=4, loop=loop)]


def _fit_windows(values: np.ndarray, shortest: int) -> None:
    """Fit random windows."""
    rng = np.random.default_rng(0)
    level, change = sm.add_constant(values[:-1]), np.diff(values)
    for _ in range(SAMPLED_WINDOWS):
        first, last = sorted(rng.choice(change.size, 2, replace=False))
        end = max(last, min(first + shortest, change.size))
        assert np.isfinite(sm.OLS(change[first:end], level[first:end]).fit().tvalues[1])


def _lead() -> list[Row]:
    values = np.random.default_rng(1).normal(size=(WEEKS, 1 + LEADERS))
    dates = pd.date_range("2010-07-16", periods=WEEKS, freq="W-FRI")
    frame = pd.DataFrame(values, dates, ["effect", *(f"leader {i}" for i in range(LEADERS))])
    effect, causes = frame["effect"], frame.drop(columns="effect")
    options = {"effect": effect, "seed": 1}
    found = lead_map(**options, causes=causes, reps=199)
    fit = median_seconds(lambda: _fit_cells(found.nobs), repeats=1) / LOOPED
    what = f"map of lags, {len(found.cells):,} cells, {DRAWS:,} draws; statsmodels on {LOOPED} of them, multiplied up"
    one = {"cause": causes["leader 0"], "window": (1, 26), "reps": DRAWS}
    loop = fit * (DRAWS + 1)
    return [
        row(
            what, lambda: lead_map(**options, causes=causes, reps=DRAWS), repeats=3, most=3,
            loop=loop * len(found.cells),
        ),
        row(f"lead test, {DRAWS:,} draws", lambda: lead_test(**options, **one), repeats=3, most=0.5, loop=loop),
    ]  # fmt: skip


def _fit_cells(nobs: int) -> None:
    """Fit cell after cell of draw after draw."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(nobs, 6)), rng.normal(size=(LOOPED, nobs))
    for draw in y:
        assert np.isfinite(sm.OLS(draw, x).fit(cov_type="HC3").tvalues[-1])
