"""Granger causality over time: one sweep over all windows, its wild bootstrap, paths and episodes."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_choice, require_count
from helpers.stats.granger import MIN_DF, CausalityResult, Design, granger_design
from helpers.stats.regression import bootstrap_pvalue
from helpers.stats.results import axes_or_new
from helpers.stats.window_sweep import Sweep, bootstrap_suprema, prepare_sweep, window_statistics

Scheme = Literal["recursive", "rolling", "forward"]
WindowCovariance = Literal["nonrobust", "HCR"]
_SIZE = 0.05


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CausalityPathResult(CausalityResult):
    """The Granger statistic at every end point of a sample.

    Parameters
    ----------
    min_window, windows, scheme : rows of the shortest window; number of windows; which of them end at each date
    path
        One row an end date: statistic (largest over the starts of the scheme, F form), start (first row of that
        window), critical (5 per cent, for this date alone; NaN without draws).
    supremum : largest statistic of the path
    reps : draws of the wild bootstrap of the whole sweep (0: none)
    critical : 5 per cent critical value of the supremum; NaN without draws
    pvalue : of the supremum: how often a search over all these windows finds as much with no causality
    episodes : runs of end dates above `critical`: first, last, weeks (end dates), peak, peak_date
    share_above : share of end dates above the critical value of their own date, 5 per cent of them with no causality
    share_pvalue : how often a sample with no causality has as large a share
    """

    min_window: int
    windows: int = 0
    scheme: str
    path: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["statistic", "start", "critical"]))
    supremum: float = np.nan
    reps: int = 0
    critical: float = np.nan
    pvalue: float = np.nan
    episodes: pd.DataFrame = field(default_factory=pd.DataFrame)
    share_above: float = np.nan
    share_pvalue: float = np.nan

    def plot(self, ax: Any = None) -> Any:
        """Draw the path with its critical values and episodes on matplotlib axes, which are returned."""
        ax = axes_or_new(ax)
        ax.plot(self.path.index, self.path["statistic"], label="largest F of the windows that end here")
        ax.plot(self.path.index, self.path["critical"], color="0.6", label="5 %, this date alone")
        ax.axhline(self.critical, color="0.3", linestyle="--", label="5 %, all dates")
        for row in self.episodes.itertuples():
            ax.axvspan(row.first, row.last, alpha=0.2)
        ax.set(ylabel="F", title=f"{self.cause} to {self.effect}")
        ax.legend()
        return ax


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CausalityTriangleResult(CausalityResult):
    """The HC3 Granger statistic of every window by its first and last row.

    Parameters
    ----------
    min_window, windows : rows of the shortest window; number of windows
    statistic, pvalue : shape (starts, ends)
        F form and its F-distribution p-value for each window by itself; NaN where there is no window.
    """

    also: ClassVar[tuple[str, ...]] = ("share_below",)
    min_window: int
    windows: int = 0
    statistic: pd.DataFrame = field(default_factory=pd.DataFrame)
    pvalue: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def share_below(self) -> float:
        """Share of windows with a p-value below 5 per cent, each taken by itself."""
        return float((self.pvalue < _SIZE).to_numpy().sum() / self.windows) if self.windows else np.nan


def causality_path(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: int,
    min_window: int = 150,
    scheme: Scheme = "recursive",
    controls: pd.DataFrame | None = None,
    covariance: WindowCovariance = "nonrobust",
    reps: int = 0,
    seed: int | None = None,
) -> CausalityPathResult:
    r"""Follow a Granger test over time, at the price of the whole search.

    With :math:`F_{s,e}` the Granger statistic of the rows s to e and w the shortest window, the path at end row e is

    .. math::

        F_{1,e} \;\text{(forward)}, \qquad F_{e-w+1,\,e} \;\text{(rolling)}, \qquad
        \max_{s \le e-w+1} F_{s,e} \;\text{(recursive)},

    and the test of the whole search is its largest value over e. Critical values come from a fixed-design wild
    bootstrap of the whole sample under no causality in the full sample, which keeps the heteroskedasticity of the
    errors and so serves the classical statistic too.

    Parameters
    ----------
    effect, cause, controls : as in `granger_test`
    lags, min_window : int
        Lags of every series; rows of the shortest window.
    scheme : {"recursive", "rolling", "forward"}
        Which windows end at each date.
    covariance : {"nonrobust", "HCR"}
        Of the residuals of each window, or with the restricted residuals of the full sample.
    reps, seed : int
        Draws (0: none); their seed.

    Raises
    ------
    InputError
        A window in which regressors are collinear, named by its dates.

    References
    ----------
    Shi, Phillips and Hurn (2018), Journal of Time Series Analysis 39, 966-987, section 2 (the three schemes);
    Shi, Hurn and Phillips (2020), Journal of Financial Econometrics 18, 158-180 (heteroskedasticity);
    Davidson and MacKinnon (1985), Annales de l'INSEE 59/60, 183-218 (restricted residuals: "HCR");
    Godfrey (2006), Computational Statistics and Data Analysis 50, 2715-2733 (with the wild bootstrap).
    """
    require_count(reps, name="reps", least=0)
    require_choice(scheme, name="scheme", options=get_args(Scheme))
    require_choice(covariance, name="covariance", options=get_args(WindowCovariance))
    design = granger_design(effect=effect, cause=cause, lags=lags, controls=controls)
    known = design.facts(covariance, null=" in any window", alternative=" in some window")
    known |= {"min_window": min_window, "scheme": scheme, "reason": _shortage(design, min_window)}
    if known["reason"]:
        return CausalityPathResult(**known)
    sweep = prepare_sweep(design, min_window=min_window, scheme=scheme)
    statistics = _window_statistics(design, sweep, covariance)
    path = pd.DataFrame(
        {"statistic": np.nanmax(statistics, axis=1), "start": design.index[np.nanargmax(statistics, axis=1)]},
        index=design.index[sweep.ends - 1],
    )
    known |= {"windows": sweep.windows, "supremum": (supremum := float(path["statistic"].max()))}
    if not reps:
        return CausalityPathResult(**known, path=path.assign(critical=np.nan))
    draws = bootstrap_suprema(sweep, covariance=covariance, reps=reps, seed=seed)
    pointwise, largest = np.quantile(draws, 1 - _SIZE, axis=0), draws.max(axis=1)
    critical, share = float(np.quantile(largest, 1 - _SIZE)), float(np.mean(path["statistic"] > pointwise))
    return CausalityPathResult(
        **known,
        path=path.assign(critical=pointwise),
        reps=reps,
        critical=critical,
        pvalue=bootstrap_pvalue(supremum, largest),
        episodes=_episodes(path["statistic"], critical),
        share_above=share,
        share_pvalue=bootstrap_pvalue(share, (draws > pointwise).mean(axis=1)),
    )


def causality_triangle(
    *, effect: pd.Series, cause: pd.Series, lags: int, min_window: int = 150, controls: pd.DataFrame | None = None
) -> CausalityTriangleResult:
    """Compute the HC3 Granger statistic of every window of at least ``min_window`` rows.

    Parameters
    ----------
    effect, cause, lags, min_window, controls : as in `causality_path`
    """
    design = granger_design(effect=effect, cause=cause, lags=lags, controls=controls)
    known = design.facts("HC3", null=" in the window") | {"min_window": min_window}
    known |= {"reason": _shortage(design, min_window)}
    if known["reason"]:
        return CausalityTriangleResult(**known)
    sweep = prepare_sweep(design, min_window=min_window, scheme="recursive")
    statistics = _window_statistics(design, sweep, "HC3")
    lengths = sweep.ends[:, None] - np.arange(statistics.shape[1])
    pvalues = stats.f.sf(statistics, lags, np.where(np.isnan(statistics), np.nan, lengths - design.regressors))
    axes = {"index": design.index[: statistics.shape[1]], "columns": design.index[sweep.ends - 1]}
    return CausalityTriangleResult(
        **known,
        windows=sweep.windows,
        statistic=pd.DataFrame(statistics.T, **axes),
        pvalue=pd.DataFrame(pvalues.T, **axes),
    )


def _shortage(design: Design, min_window: int) -> str | None:
    require_count(min_window, name="min_window", least=2)
    least = design.regressors + MIN_DF
    if min_window < least:
        return f"windows of {min_window} rows are too short for {design.regressors} regressors (at least {least})"
    if min_window > design.y.size:
        return f"{design.y.size} rows after lags hold no window of {min_window}"
    return None


def _window_statistics(design: Design, sweep: Sweep, covariance: str) -> np.ndarray:
    """Statistics of all windows, shape (ends, starts), none of them undefined."""
    statistics = window_statistics(sweep, covariance=covariance)
    starts = np.arange(statistics.shape[1])
    inside = (starts >= sweep.first[:, None]) & (starts <= sweep.last[:, None])
    faults = np.argwhere(inside & ~np.isfinite(statistics))
    if faults.size:
        row, start = faults[0]
        first, last = design.index[start], design.index[sweep.ends[row] - 1]
        raise InputError(
            f"The regressors are collinear from {first} to {last}: a series hardly moves there; use a longer "
            "min_window or a sample without that stretch."
        )
    return statistics


def _episodes(statistic: pd.Series, critical: float) -> pd.DataFrame:
    """List the runs of consecutive end dates above a critical value."""
    above = statistic > critical
    runs = (above != above.shift(fill_value=False)).cumsum()[above]
    rows = [
        {"first": run.index[0], "last": run.index[-1], "weeks": len(run), "peak": run.max(), "peak_date": run.idxmax()}
        for _, run in statistic[above].groupby(runs)
    ]
    return pd.DataFrame(rows, columns=["first", "last", "weeks", "peak", "peak_date"])
