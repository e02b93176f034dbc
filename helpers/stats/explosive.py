"""Whether a price grew explosively, and when: the tests of Phillips, Shi and Yu over all windows of a sample."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_count
from helpers.stats.regression import bootstrap_pvalue, random_signs
from helpers.stats.results import Result, axes_or_new

LEVELS = (0.90, 0.95, 0.99)
TESTS = ["ADF", "SADF", "GSADF"]
_LANES = 32
_MIN_DF = 10


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ExplosiveResult(Result):
    """Explosive growth of one series: in the whole sample, from its start, in any window, and by date.

    Parameters
    ----------
    series, nobs, sample : name of the series; regressions in the whole sample; first and last date of the series
    min_window, lags, monitor, reps
        Regressions in the shortest window; lagged changes in each; dates over which a false alarm is controlled; draws.
    tests : shape (3, 5)
        Indexed "ADF" (whole sample), "SADF" (any window from the first date), "GSADF" (any window): ``statistic``,
        ``pvalue``, ``critical_90``, ``critical_95``, ``critical_99`` (NaN without draws).
    path
        By end date: ``statistic`` (BSADF: largest over the windows that end there) and ``critical``, which a series
        without explosive growth exceeds anywhere in a stretch of `monitor` dates (counted back from the last date) with
        probability .05.
    episodes
        Runs of dates above ``critical``: ``first``, ``last``, ``periods``, ``peak`` (largest statistic), ``peak_date``,
        ``change`` of the series from the date before the first to the last, and ``lasting``, whether the run is longer
        than the log of the sample size, which Phillips, Shi and Yu ask of an episode.
    """

    series: str
    nobs: int
    sample: tuple[Any, Any]
    min_window: int
    lags: int
    monitor: int
    reps: int
    tests: pd.DataFrame
    path: pd.DataFrame
    episodes: pd.DataFrame

    @property
    def statistic(self) -> float:
        """Largest statistic over all windows (GSADF)."""
        return float(self.tests.loc["GSADF", "statistic"])

    @property
    def pvalue(self) -> float:
        """Of the largest statistic over all windows."""
        return float(self.tests.loc["GSADF", "pvalue"])

    def _rows(self) -> list[tuple[str, Any]]:
        lasting = self.episodes[self.episodes["lasting"].astype(bool)].to_dict("records")
        return [
            *super()._rows(),
            ("Sample", self.sample),
            ("Regressions, shortest window, lags", (self.nobs, self.min_window, self.lags)),
            ("Wild-bootstrap draws", self.reps),
            *(
                (name, f"{row['statistic']:.2f}, 95 % critical value {row['critical_95']:.2f}, p = {row['pvalue']:.4f}")
                for name, row in zip(TESTS, self.tests.to_dict("records"), strict=True)
            ),
            (f"Dates above the value for any {self.monitor} dates", int(self.episodes["periods"].sum())),
            *((f"Episode from {row['first']:%Y-%m-%d}", f"to {row['last']:%Y-%m-%d}") for row in lasting),
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw the statistic by end date with its critical value, episodes shaded."""
        ax = axes_or_new(ax)
        ax.plot(self.path.index, self.path["statistic"], label=f"{self.series}: largest over windows that end here")
        ax.plot(self.path.index, self.path["critical"], ls="--", label=f"95 % for any {self.monitor} dates")
        for row in self.episodes.itertuples():
            ax.axvspan(row.first, row.last, alpha=0.2, lw=0)
        ax.set_ylabel("right-tailed Dickey-Fuller t")
        ax.legend()
        return ax


def explosive_test(
    series: pd.Series,
    *,
    min_window: int | None = None,
    lags: int = 0,
    monitor: int = 104,
    reps: int = 1_999,
    seed: int | None = None,
) -> ExplosiveResult:
    r"""Test for explosive growth in any window of a sample, and date it.

    In every window the change is regressed on the level before,

    .. math:: \Delta y_t = a + b y_{t-1} + \psi \Delta y_{t-1} + e_t,

    without the last term for ``lags=0``. The statistic is the t-value of b, which is zero for a random walk and
    positive for explosive growth.

    Parameters
    ----------
    series : pandas.Series, shape (T,)
        Log prices (or their ratio), regularly spaced.
    min_window : int, optional
        Regressions in the shortest window; ``floor((.01 + 1.8 / sqrt(T)) T)`` if not given.
    lags : {0, 1}
        Lagged changes in the regression.
    monitor : int
        Number of dates in a stretch; in each the probability of any false alarm is .05 (104 weeks: two years).
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
    Sollis and Taylor). Phillips and Shi draw residuals from all weeks instead, over a sample of ``min_window +
    monitor`` dates, which serves a monitor that starts with it; here every stretch has the critical value of its own
    weeks and of windows as long as its own.

    Size of GSADF at nominal 5 %, 400 dates: .05 (normal), .06 (GARCH), .05 (threefold volatility in the last fifth);
    with a drift of .04 standard deviations a date, as silver's, .05 to .06, of .1 standard deviations .10 to .14.

    References
    ----------
    Phillips, Shi and Yu (2015), International Economic Review 56, 1043-1078; Phillips and Shi (2020), Handbook of
    Statistics 42, 61-80 (real-time monitoring); Harvey, Leybourne, Sollis and Taylor (2016), Journal of Empirical
    Finance 38, 548-574 (wild bootstrap).
    """
    values = require_clean(series, role="series")
    require_count(reps, name="reps", least=0)
    require_count(monitor, name="monitor", least=1)
    if lags not in (0, 1):
        raise InputError(f"lags must be 0 or 1, found {lags!r}: the windows are regressions of two or three terms.")
    shortest = int(0.01 * values.size + 1.8 * math.sqrt(values.size) + 1e-9) if min_window is None else min_window
    require_count(shortest, name="min_window", least=2 + lags + _MIN_DF)
    nobs = values.size - 1 - lags
    if shortest > nobs:
        raise InputError(f"min_window is {shortest}, but {series.name!r} holds only {nobs} changes after lags.")
    _refuse_standstill(series, values, shortest)
    highest, forward = _sweep(np.diff(values)[:, None], lags, shortest, level=values[0])
    dates = series.index[-highest.size :]
    exact = np.flatnonzero(~np.isfinite(highest[:, 0]))
    if exact.size:
        raise InputError(
            f"{series.name!r} is fitted exactly in a window that ends at {dates[exact[0]]}: no error left."
        )
    drawn = _draw(values, lags, shortest, reps, seed)
    path = pd.DataFrame({"statistic": highest[:, 0], "critical": _monitored(drawn[0], monitor)}, index=dates)
    return ExplosiveResult(
        null=f"{series.name} is a random walk, its volatility free to move",
        alternative=f"{series.name} grows explosively in some window",
        series=str(series.name),
        nobs=nobs,
        sample=(series.index[0], series.index[-1]),
        min_window=shortest,
        lags=lags,
        monitor=monitor,
        reps=reps,
        tests=_tests(highest, forward, drawn),
        path=path,
        episodes=_episodes(series, path, math.log(values.size)),
    )


def _refuse_standstill(series: pd.Series, values: np.ndarray, shortest: int) -> None:
    """Refuse a series that stays where it is for a whole window."""
    moves = np.concatenate([[0], np.cumsum(np.diff(values) != 0)])
    still = np.flatnonzero(moves[shortest:] == moves[:-shortest])
    if still.size:
        first, last = series.index[still[0]], series.index[still[0] + shortest]
        raise InputError(f"{series.name!r} does not move from {first} to {last}: use a longer min_window.")


def _sweep(changes: np.ndarray, lags: int, shortest: int, *, level: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Statistics by end date, the largest and those from the first row, from changes (T - 1, series)."""
    from helpers.stats.explosive_kernel import window_statistics, window_statistics_lagged

    before = np.ascontiguousarray(level + np.cumsum(changes, axis=0) - changes)[lags:]
    scale = np.sqrt(np.mean(changes**2, axis=0))
    change = changes[lags:] / scale
    out = np.empty((2, len(change) - shortest + 1, change.shape[1]))
    if lags:
        window_statistics_lagged(before / scale, change, changes[:-1] / scale, shortest, *out)
    else:
        window_statistics(before / scale, change, shortest, *out)
    return out[0], out[1]


def _draw(values: np.ndarray, lags: int, shortest: int, reps: int, seed: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Both paths, shape (reps, ends), of random walks with the residuals of the null in their own weeks."""
    changes = np.diff(values)
    centred = changes - changes.mean()
    persistence = float(centred[1:] @ centred[:-1] / (centred[:-1] @ centred[:-1])) if lags else 0.0
    errors = centred.copy()
    errors[1:] -= persistence * centred[:-1]
    signs = random_signs(np.random.default_rng(seed), reps, errors.size)

    def block(first: int) -> tuple[np.ndarray, np.ndarray]:
        drawn = np.where(signs[first : first + _LANES], errors, -errors).T.copy()
        if lags:
            for t in range(1, len(drawn)):
                drawn[t] += persistence * drawn[t - 1]
        return _sweep(drawn, lags, shortest)

    ends = errors.size - lags - shortest + 1
    blocks = _in_threads(block, range(0, reps, _LANES))
    empty = np.empty((ends, 0))
    highest, forward = (np.hstack([empty, *(pair[side] for pair in blocks)]).T for side in (0, 1))
    return highest, forward


def _in_threads(call: Callable[[int], Any], firsts: range) -> list[Any]:
    """Share blocks among threads; each is computed by one of them, whatever their number."""
    import numba

    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        return list(pool.map(call, firsts))


def _tests(highest: np.ndarray, forward: np.ndarray, drawn: tuple[np.ndarray, np.ndarray]) -> pd.DataFrame:
    """Set the three statistics of the sample against those of the draws."""
    observed = (forward[-1, 0], forward.max(), highest.max())
    reps = len(drawn[0])
    nulls = (drawn[1][:, -1], drawn[1].max(axis=1), drawn[0].max(axis=1))
    rows = [
        [value, *([bootstrap_pvalue(value, null), *np.quantile(null, LEVELS)] if reps else [math.nan] * 4)]
        for value, null in zip(observed, nulls, strict=True)
    ]
    columns = ["statistic", "pvalue", *(f"critical_{100 * level:.0f}" for level in LEVELS)]
    return pd.DataFrame(rows, index=pd.Index(TESTS, name="test"), columns=columns)


def _monitored(drawn: np.ndarray, monitor: int) -> np.ndarray:
    """Give the dates of each stretch, counted back from the last, the 95 % quantile of the largest statistic in it."""
    reps, ends = drawn.shape
    if not reps:
        return np.full(ends, math.nan)
    stretch = np.arange(ends)[::-1] // monitor
    critical = [np.quantile(drawn[:, stretch == k].max(axis=1), 0.95) for k in range(stretch[0] + 1)]
    return np.array(critical)[stretch]


def _episodes(series: pd.Series, path: pd.DataFrame, lasting: float) -> pd.DataFrame:
    """List the runs of dates above the critical value."""
    above = path["statistic"] > path["critical"]
    runs = (above != above.shift(fill_value=False)).cumsum()[above]
    rows = []
    for _, run in path["statistic"][above].groupby(runs):
        before = series.index.get_loc(run.index[0]) - 1
        change = float(series[run.index[-1]] - series.iloc[before])
        rows.append([run.index[0], run.index[-1], len(run), run.max(), run.idxmax(), change, len(run) > lasting])
    return pd.DataFrame(rows, columns=["first", "last", "periods", "peak", "peak_date", "change", "lasting"])
