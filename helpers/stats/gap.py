"""How far one asset has run ahead of another, and how often it had done so before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_number, require_probability, require_same_index
from helpers.stats.inference import episode_starts
from helpers.stats.power import detectable_effect
from helpers.stats.results import Result

OVERLAP_GAIN = 1.5


@dataclass(frozen=True, kw_only=True)
class TimeShare:
    """Share of weeks in which something held.

    Parameters
    ----------
    share : in [0, 1]
    low, high : interval of the share
    confidence : its nominal coverage
    count, nobs : weeks in which it held, and all weeks
    effective : number of independent weeks that would tell as much
    """

    share: float
    low: float
    high: float
    confidence: float
    count: int
    nobs: int
    effective: float


def time_share(hits: np.ndarray, *, window: int, confidence: float = 0.90) -> TimeShare:
    """Give the share of weeks in which something held, when each week looks back over the same window.

    The closed-form variance of the stationary bootstrap becomes an effective number of independent weeks, at most 3/2
    times the windows that do not overlap, for which the exact binomial interval is taken. `exceedance_curve` gives
    narrower intervals by one method; this one stays for the registered rules.
    """
    from arch.bootstrap import optimal_block_length
    from statsmodels.stats.proportion import proportion_confint

    if len(hits) < 2 or window < 1:
        raise InputError(f"{len(hits)} weeks with a window of {window}: two weeks and a window of 1 are the least.")
    require_probability(confidence, name="confidence")
    values = np.asarray(hits, dtype=float)
    share, windows = float(values.mean()), len(values) / window
    effective = max(1.0, windows)
    if 0 < share < 1:
        block = max(window, float(optimal_block_length(values)["stationary"].iloc[0]))
        alike = len(values) * share * (1 - share) / stationary_variance(values, block=block)
        effective = max(1.0, min(alike, OVERLAP_GAIN * windows, len(values)))
    low, high = proportion_confint(share * effective, effective, alpha=1 - confidence, method="beta")
    count = int(values.sum())
    return TimeShare(
        share=share,
        low=low,
        high=high,
        confidence=confidence,
        count=count,
        nobs=len(values),
        effective=float(effective),
    )


def stationary_variance(values: np.ndarray, *, block: float) -> float:
    """Give n times the stationary-bootstrap variance of the mean: Politis and Romano (1994), lemma 1."""
    n = len(values)
    spectrum = np.abs(np.fft.rfft(values - values.mean(), 2 * n)) ** 2
    covariances = np.fft.irfft(spectrum)[:n] / n
    lag, stay = np.arange(n), 1 - 1 / block
    weights = (1 - lag / n) * stay**lag + lag / n * stay ** (n - lag)
    return float(covariances[0] + 2 * np.sum(weights[1:] * covariances[1:]))


HORIZONS = (4, 13, 26, 52)
SHORTEST_PAST = 104


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class GapFrequencyResult(Result):
    """How often the gap between two assets was at least as large as a given one, and what came after.

    Parameters
    ----------
    leader, follower : names of the assets
    horizon, date, threshold
        Weeks over which the gap opened; week whose past is searched; gap looked for, in log points.
    gap : shape (n,), all gaps up to `date`, in log points
    frequency : share of the weeks before `date`, with its interval
    episodes : shape (K, 2 + len(after))
        Indexed by the first week of each episode that had ended its own window by `date`: ``gap``, ``leader`` and
        ``follower`` (log returns over the window, log points), and ``after_h``, the follower's log return over the next
        h weeks (NaN where not over yet).
    followed : shape (len(after), 5)
        Indexed by h: ``K`` complete cases, ``mean`` of the follower's log return after the episodes, ``usual`` mean
        over all weeks, ``difference``, and ``detectable``, the smallest difference that K cases find with 80 % power
        (NaN for fewer than two).
    """

    leader: str
    follower: str
    horizon: int
    date: pd.Timestamp
    threshold: float
    gap: pd.Series
    frequency: TimeShare
    episodes: pd.DataFrame
    followed: pd.DataFrame

    def _rows(self) -> list[tuple[str, Any]]:
        found = self.frequency
        return [
            *super()._rows(),
            ("Gap looked for (log points)", self.threshold),
            ("Weeks of the gap", self.horizon),
            ("Up to", self.date),
            ("Share of past weeks", found.share),
            (f"{100 * found.confidence:g} % interval", (found.low, found.high)),
            ("Weeks", f"{found.count} of {found.nobs}"),
            ("Non-overlapping episodes K", len(self.episodes)),
            ("They began", tuple(self.episodes.index) or None),
        ]


def log_gap(*, leader: pd.Series, follower: pd.Series, horizon: int) -> pd.Series:
    """Give the h-week log return of one asset less that of another, in log points."""
    logs = _log_prices(leader, follower)
    return (logs["leader"] - logs["follower"]).diff(_checked(horizon, len(logs))).iloc[horizon:].rename("gap")


def net_of_beta(*, leader: pd.Series, follower: pd.Series, horizon: int) -> pd.DataFrame:
    """Give the h-week log return less beta times the follower's, beta from the weeks before the window."""
    logs = _log_prices(leader, follower)
    _checked(horizon, len(logs))
    weekly, window = logs.diff(), logs.diff(horizon)
    past = weekly.expanding(min_periods=SHORTEST_PAST)
    slope = past["leader"].cov(weekly["follower"]) / past["follower"].var()
    beta = slope.shift(horizon)
    return pd.DataFrame({"gap": window["leader"] - beta * window["follower"], "beta": beta}).dropna()


def past_percentile(values: pd.Series) -> pd.Series:
    """Give the share of strictly earlier values that are smaller, in per cent; NaN for the first."""
    require_clean(values, role="values")
    smaller = values.expanding().rank(method="min") - 1
    earlier = pd.Series(np.arange(len(values), dtype=float), index=values.index)
    return 100 * smaller / earlier.where(earlier > 0)


def up_to(gap: pd.Series, date: pd.Timestamp | None) -> pd.Series:
    """Cut what came after a date, and require 104 weeks before it."""
    if date is not None and date not in gap.index:
        raise InputError(f"{date} has no gap: they run from {gap.index[0]} to {gap.index[-1]}.")
    cut = gap.loc[:date]
    if len(cut) <= SHORTEST_PAST:
        raise InputError(f"{len(cut) - 1} past weeks of gaps, at least {SHORTEST_PAST} are needed: start earlier.")
    return cut


def gap_frequency(
    *,
    leader: pd.Series,
    follower: pd.Series,
    horizon: int,
    threshold: float | None = None,
    date: pd.Timestamp | None = None,
    after: Sequence[int] = HORIZONS,
    confidence: float = 0.90,
) -> GapFrequencyResult:
    r"""Count how often the gap between two assets was at least as large as a given one.

    .. math:: g_t = 100\,\big[\log(L_t / L_{t-h}) - \log(F_t / F_{t-h})\big], \qquad \hat p = \overline{1\{g_t \ge c\}}

    An episode begins in the first week with such a gap, the next one `horizon` weeks later at the earliest, so that no
    return is counted twice. A window that overlaps that of `date` is the present case and no episode of the past.

    Parameters
    ----------
    leader, follower : pandas.Series, shape (n,)
        Weekly prices on the same weeks.
    horizon : int
        Weeks h over which the gap opens.
    threshold : float, optional
        Gap c looked for, in log points; by default the gap at `date`.
    date : pandas.Timestamp, optional
        Week whose past is searched; by default the last.
    after : sequence of int
        Weeks after each episode over which the follower is watched.
    confidence : float
        Of the interval of the frequency.

    Raises
    ------
    InputError
        Prices that are not positive; fewer than 104 past gaps.

    References
    ----------
    Politis and Romano (1994), Journal of the American Statistical Association 89, 1303-1313; Korn and Graubard (1998),
    Survey Methodology 24, 193-201 (interval of a share).
    """
    gap = up_to(log_gap(leader=leader, follower=follower, horizon=horizon), date)
    remedy = "give log points, or None for the gap at the date"
    wanted = float(gap.iloc[-1]) if threshold is None else require_number(threshold, name="threshold", remedy=remedy)
    starts = episode_starts((gap >= wanted).to_numpy(), gap=horizon - 1)
    first_weeks = gap.index[starts[starts < len(gap) - horizon]]
    logs = _log_prices(leader, follower)
    later = pd.DataFrame({f"after_{h}": logs["follower"].diff(h).shift(-h) for h in after})
    episodes = gap.loc[first_weeks].to_frame().join(logs.diff(horizon)).join(later)
    return GapFrequencyResult(
        null=f"a {horizon}-week gap of this size is an ordinary week of its own past",
        alternative=f"{leader.name} had seldom been so far ahead of {follower.name}",
        leader=str(leader.name),
        follower=str(follower.name),
        horizon=horizon,
        date=gap.index[-1],
        threshold=wanted,
        gap=gap,
        frequency=time_share((gap.iloc[:-1] >= wanted).to_numpy(), window=horizon, confidence=confidence),
        episodes=episodes,
        followed=_followed(later, first_weeks, after),
    )


def _log_prices(leader: pd.Series, follower: pd.Series) -> pd.DataFrame:
    """Give 100 times the logs of two checked price series, side by side."""
    require_same_index(leader, follower)
    for series, role in ((leader, "leader"), (follower, "follower")):
        if require_clean(series, role=role).min() <= 0:
            raise InputError(f"{role} {series.name!r} has a price of zero or less on {series.idxmin()}: it has no log.")
    prices = pd.concat([leader, follower], axis=1, keys=["leader", "follower"])
    return 100 * prices.apply(np.log)


def _checked(horizon: int, nobs: int) -> int:
    if not 1 <= horizon < nobs:
        raise InputError(f"A horizon of {horizon} weeks does not fit {nobs} weeks of prices: take 1 to {nobs - 1}.")
    return horizon


def _followed(later: pd.DataFrame, first_weeks: pd.Index, after: Sequence[int]) -> pd.DataFrame:
    """Compare the follower's returns after the episodes with those after all weeks."""
    chosen = later.loc[first_weeks]
    table = pd.DataFrame({"K": chosen.count(), "mean": chosen.mean(), "usual": later.mean()})
    table["difference"] = table["mean"] - table["usual"]
    table["detectable"] = [
        detectable_effect(episodes=int(k), sd=float(sd)) for k, sd in zip(table["K"], later.std(), strict=True)
    ]
    return table.set_axis(pd.Index(list(after), name="weeks"))


RAW, NET = "difference", "net of beta"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RelativePerformanceResult(Result):
    """Where the latest relative performance of two assets stands in its own past.

    Parameters
    ----------
    leader, follower : names of the assets
    date : week that is placed
    table
        Indexed by (``measure``, ``horizon``), measures "difference" and "net of beta"; columns ``value`` (log points),
        ``beta`` taken off, ``percentile`` (past weeks below, in per cent), and the fields of the `TimeShare` of past
        weeks at least as large.
    history : shape (n, 2 * number of horizons)
        The measures in every week up to `date`, columns as the index of `table`.
    """

    leader: str
    follower: str
    date: pd.Timestamp
    table: pd.DataFrame
    history: pd.DataFrame

    def _rows(self) -> list[tuple[str, Any]]:
        lines = [
            (
                f"{row['horizon']} weeks, {row['measure']}",
                f"{row['value']:.1f} log points, above {row['percentile']:.1f} % of {row['nobs']} past weeks",
            )
            for row in self.table.reset_index().to_dict("records")
        ]
        return [*super()._rows(), ("Week", self.date), *lines]


def relative_performance(
    *,
    leader: pd.Series,
    follower: pd.Series,
    horizons: Sequence[int] = HORIZONS,
    date: pd.Timestamp | None = None,
    confidence: float = 0.90,
) -> RelativePerformanceResult:
    """Place the latest relative performance of two assets in its own past, with and without their common move.

    Parameters
    ----------
    leader, follower, date, confidence : as in `gap_frequency`
    horizons : sequence of int
        Weeks.
    """
    history, rows = {}, []
    for horizon in horizons:
        net = net_of_beta(leader=leader, follower=follower, horizon=horizon)
        raw = log_gap(leader=leader, follower=follower, horizon=horizon)
        for measure, full, slope in ((RAW, raw, raw * 0 + 1), (NET, net["gap"], net["beta"])):
            gap = history[measure, horizon] = up_to(full, date)
            found = time_share((gap.iloc[:-1] >= gap.iloc[-1]).to_numpy(), window=horizon, confidence=confidence)
            place = {
                "value": gap.iloc[-1],
                "beta": slope.loc[gap.index[-1]],
                "percentile": past_percentile(gap).iloc[-1],
            }
            rows.append({"measure": measure, "horizon": horizon, **place, **vars(found)})
    return RelativePerformanceResult(
        null="the latest relative performance is an ordinary week of its own past",
        alternative=f"{leader.name} had seldom run so far ahead of {follower.name}",
        leader=str(leader.name),
        follower=str(follower.name),
        date=gap.index[-1],
        table=pd.DataFrame(rows).set_index(["measure", "horizon"]),
        history=pd.DataFrame(history),
    )
