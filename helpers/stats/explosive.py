"""Whether a price grew explosively, and when: the tests of Phillips, Shi and Yu over all windows of a sample."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_count
from helpers.stats.regression import bootstrap_pvalue, random_signs
from helpers.stats.results import FieldResult, axes_or_new
from helpers.stats.states import spells

MONITOR = 104  # dates in a stretch: two years of weeks
_LANES, _MIN_ROWS = 32, 12


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ExplosiveResult(FieldResult):
    """Explosive growth of one series: in the whole sample, from its start, in any window, and by date.

    Parameters
    ----------
    nobs, min_window, shortest_episode
        Regressions in the whole sample, and in the shortest window; dates that an episode must have to be ``lasting``.
    tests : shape (3, 3)
        Indexed "ADF" (whole sample), "SADF" (any window from the first date), "GSADF" (any window): ``statistic``,
        ``pvalue``, ``critical_95`` (NaN without draws).
    path
        By end date: ``statistic`` (BSADF: largest over the windows that end there) and ``critical``, which a series
        without explosive growth exceeds anywhere in a stretch of 104 dates (counted back from the last date) with
        probability .05.
    episodes
        Runs of dates above ``critical``: ``first``, ``last``, ``periods``, ``peak`` (largest statistic), ``peak_date``,
        ``change`` of the series from the date before the first to the last, and ``lasting``, whether the run is longer
        than the log of the sample size, which Phillips, Shi and Yu ask of an episode.
    """

    nobs: int
    min_window: int
    shortest_episode: int
    tests: pd.DataFrame
    path: pd.DataFrame
    episodes: pd.DataFrame

    @property
    def pvalue(self) -> float:
        """Of the largest statistic over all windows."""
        return float(self.tests.loc["GSADF", "pvalue"])

    def plot(self, ax: Any = None) -> Any:
        """Draw the statistic by end date with its critical value, episodes shaded; returns the axes."""
        ax = axes_or_new(ax)
        ax.plot(self.path.index, self.path["statistic"], label="largest of the windows that end here (BSADF)")
        ax.plot(self.path.index, self.path["critical"], color="0.4", linestyle="--", label=f"5 %, any {MONITOR} dates")
        for row in self.episodes.itertuples():
            ax.axvspan(row.first, row.last, alpha=0.2)
        ax.set(xlabel="end of the window", ylabel="right-tailed Dickey-Fuller t")
        ax.legend()
        return ax


def explosive_test(series: pd.Series, *, reps: int = 1_999, seed: int | None = None) -> ExplosiveResult:
    r"""Test for explosive growth in any window of a sample, and date it.

    In every window of at least ``floor((.01 + 1.8 / sqrt(T)) T)`` regressions the change is regressed on the level
    before,

    .. math:: \Delta y_t = a + b y_{t-1} + e_t .

    The statistic is the t-value of b, which is zero for a random walk and positive for explosive growth.

    Parameters
    ----------
    series : pandas.Series, shape (T,)
        Log prices (or their ratio), regularly spaced.
    reps, seed : int
        Draws of the wild bootstrap, the same for tests and dates (0: none); their seed.

    Raises
    ------
    InputError
        A series that stands still, or is fitted exactly, within a window; windows longer than the sample.

    Notes
    -----
    A draw gives each residual of the null, which has neither drift nor explosive growth, a random sign **in its own
    week** and adds them up, so that shifts and clusters of volatility are the same in every draw (Harvey, Leybourne,
    Sollis and Taylor), and every stretch has the critical value of its own weeks and of windows as long as its own.
    Size of GSADF at nominal 5 %, 400 dates: .05 to .06 (normal, GARCH, threefold volatility in the last fifth, a drift
    of .04 standard deviations a date, as silver's); with a drift of .1 standard deviations .10 to .14.

    References
    ----------
    Phillips, Shi and Yu (2015), International Economic Review 56, 1043-1078; Phillips and Shi (2020), Handbook of
    Statistics 42, 61-80 (real-time monitoring); Harvey, Leybourne, Sollis and Taylor (2016), Journal of Empirical
    Finance 38, 548-574 (wild bootstrap).
    """
    values = require_clean(series, role="series")
    require_count(reps, name="reps", least=0)
    shortest, nobs = int(0.01 * values.size + 1.8 * math.sqrt(values.size) + 1e-9), values.size - 1
    if not _MIN_ROWS <= shortest <= nobs:
        raise InputError(f"{series.name!r} has {values.size} dates: its shortest window of {shortest} is too short.")
    moves = np.concatenate([[0], np.cumsum(np.diff(values) != 0)])
    still = np.flatnonzero(moves[shortest:] == moves[:-shortest])
    if still.size:
        first, last = series.index[still[0]], series.index[still[0] + shortest]
        raise InputError(f"{series.name!r} does not move from {first} to {last}, as long as the shortest window.")
    highest, forward = _sweep(np.diff(values)[:, None], shortest, level=values[0])
    dates = series.index[-highest.size :]
    exact = np.flatnonzero(~np.isfinite(highest[:, 0]))
    if exact.size:
        raise InputError(
            f"{series.name!r} is fitted exactly in a window that ends at {dates[exact[0]]}: no error left."
        )
    drawn = _draw(values, shortest, reps, seed)
    path = pd.DataFrame({"statistic": highest[:, 0], "critical": _monitored(drawn[0])}, index=dates)
    lasting = math.floor(math.log(values.size)) + 1
    return ExplosiveResult(
        null=f"{series.name} is a random walk, its volatility free to move",
        alternative=f"{series.name} grows explosively in some window",
        nobs=nobs,
        min_window=shortest,
        tests=_tests(highest, forward, drawn),
        path=path,
        episodes=_episodes(series, path, lasting),
        shortest_episode=lasting,
    )


def _sweep(changes: np.ndarray, shortest: int, *, level: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Statistics by end date, the largest and those from the first row, from changes (T - 1, series)."""
    from helpers.stats.explosive_kernel import window_statistics

    before = level + np.cumsum(changes, axis=0) - changes
    scale = np.sqrt(np.mean(changes**2, axis=0))
    out = np.empty((2, len(changes) - shortest + 1, changes.shape[1]))
    window_statistics(before / scale, changes / scale, shortest, *out)
    return out[0], out[1]


def _draw(values: np.ndarray, shortest: int, reps: int, seed: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Both paths, shape (reps, ends), of random walks with the residuals of the null in their own weeks."""
    import numba

    errors = np.diff(values) - np.diff(values).mean()
    signs = random_signs(np.random.default_rng(seed), reps, errors.size)

    def block(first: int) -> tuple[np.ndarray, np.ndarray]:
        return _sweep(np.where(signs[first : first + _LANES], errors, -errors).T.copy(), shortest)

    # Each block is computed by one thread, whatever their number.
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        blocks = list(pool.map(block, range(0, reps, _LANES)))
    empty = np.empty((errors.size - shortest + 1, 0))
    highest, forward = (np.hstack([empty, *(pair[side] for pair in blocks)]).T for side in (0, 1))
    return highest, forward


def _tests(highest: np.ndarray, forward: np.ndarray, drawn: tuple[np.ndarray, np.ndarray]) -> pd.DataFrame:
    """Set the three statistics of the sample against those of the draws."""
    ends, starts = drawn
    told = {
        "ADF": (forward[-1, 0], starts[:, -1]),
        "SADF": (forward.max(), starts.max(axis=1)),
        "GSADF": (highest.max(), ends.max(axis=1)),
    }
    rows = [[value, bootstrap_pvalue(value, null), pd.Series(null).quantile(0.95)] for value, null in told.values()]
    return pd.DataFrame(rows, index=pd.Index(told, name="test"), columns=["statistic", "pvalue", "critical_95"])


def _monitored(drawn: np.ndarray) -> np.ndarray:
    """Give the dates of each stretch, counted back from the last, the 95 % quantile of the largest statistic in it."""
    reps, ends = drawn.shape
    if not reps:
        return np.full(ends, math.nan)
    stretch = np.arange(ends)[::-1] // MONITOR
    critical = [np.quantile(drawn[:, stretch == k].max(axis=1), 0.95) for k in range(stretch[0] + 1)]
    return np.array(critical)[stretch]


def _episodes(series: pd.Series, path: pd.DataFrame, lasting: int) -> pd.DataFrame:
    """List the runs of dates above the critical value."""
    rows = []
    for first, last, periods in spells(path["statistic"] > path["critical"]).itertuples(index=False):
        run, before = path["statistic"][first:last], series.index.get_loc(first) - 1
        change = float(series[last] - series.iloc[before])
        rows.append([first, last, periods, run.max(), run.idxmax(), change, periods >= lasting])
    return pd.DataFrame(rows, columns=["first", "last", "periods", "peak", "peak_date", "change", "lasting"])
