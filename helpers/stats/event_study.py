"""What a series did after a set of dates, against what it does after any other dates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_clean
from helpers.stats.event_null import ShiftNull, shift_windows, window_sums
from helpers.stats.inference import by_era
from helpers.stats.power import detectable_effect
from helpers.stats.results import Result, axes_or_new, draw_intervals

HORIZONS = (4, 13, 26, 52)
BANDWIDTH = 6
_TAILS = [0.975, 0.025]
_MIN_ERA = 52
_NULL = (
    "Returns after the events are like returns after other weeks: every circular shift of the event set is as likely."
)
_ALTERNATIVE = "At some horizon the mean return after the events differs from that after other weeks."


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class EventStudyResult(Result):
    """Returns after a set of events, with the circular-shift null.

    Parameters
    ----------
    name, nobs : of the return series; weeks of returns, and shifts, the unmoved set included
    statistic, pvalue
        Largest absolute standardised statistic over the horizons; share of all shifts whose own is at least as large.
    table : shape (horizons, 16)
        By horizon in weeks. ``K`` episodes with a complete window; ``mean`` log return after the events; ``estimate``,
        its difference from the normal return; ``low``, ``high`` 95 % interval of the estimate from the shifts;
        ``statistic`` (standardised), ``pvalue`` (two-sided), ``pvalue_adjusted`` (over the horizons, by the maximum);
        ``detectable`` with 80 % power by a t-test over K episodes; ``t``, ``t_pvalue`` over episodes; ``positive``
        episodes, ``base_rate`` share of all windows that were, ``sign_pvalue``; ``loo_low``, ``loo_high`` range of the
        estimate when one episode is left out. Returns in log points.
    before : the same columns for the weeks up to and with the event
    episodes : shape (K, 2 + horizons)
        By date: ``before``, then the log return at each horizon (NaN where the window is not complete), ``weeks`` after
        the event that are there.
    excluded : ``date`` and ``reason`` of every event, or window, that could not be used
    null_statistics : shape (horizons, nobs), standardised statistic at every shift; column 0 is what happened
    """

    name: str
    nobs: int
    statistic: float = np.nan
    pvalue: float = np.nan
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    before: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    episodes: pd.DataFrame = field(default_factory=pd.DataFrame)
    excluded: pd.DataFrame = field(default_factory=pd.DataFrame)
    null_statistics: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    def _rows(self) -> list[tuple[str, Any]]:
        lines = [
            (f"{horizon} weeks, log points", "{estimate:.1f} ({low:.1f} to {high:.1f}), K = {K:.0f}".format(**row))
            for horizon, row in self.table.iterrows()
        ]
        left_out = tuple(f"{row.date:%Y-%m-%d} {row.reason}" for row in self.excluded.itertuples())
        joint = [("p, all horizons together", self.pvalue), ("Left out", left_out or None)]
        return [*super()._rows(), ("Series, weeks", (self.name, self.nobs)), *lines, *joint]

    def plot(self, ax: Any = None) -> Any:
        """Draw the estimate of every horizon with its 95 % interval on matplotlib axes, which are returned."""
        told = self.table.reindex(columns=["estimate", "low", "high"]).to_numpy().T
        names = [f"{weeks} weeks" for weeks in self.table.index]
        label = f"{self.name}: mean after the events less the normal return (log points)"
        return draw_intervals(axes_or_new(ax, self.reason), names, *told, label=label)


def event_study(
    *,
    events: pd.DatetimeIndex,
    returns: pd.Series,
    horizons: Sequence[int] = HORIZONS,
    pre: int = 26,
    eras: Sequence[str | pd.Timestamp] = (),
) -> EventStudyResult:
    r"""Compare the returns after a set of events with the returns after other weeks.

    With :math:`A_t^h = \sum_{j=1}^h (r_{t+j} - \mu_{t+j})`, normal return :math:`\mu` (the mean of the sample, or of
    the era in which a week lies) and events :math:`t_1, \ldots, t_K`,

    .. math::
        \hat\theta_h = \frac1K \sum_k A_{t_k}^h - \overline{A^h}, \qquad
        z_h(s) = \frac{\hat\theta_h(s)}{\widehat{se}_h(s)}, \quad s = 0, \ldots, n - 1

    where :math:`z_h(s)` is the statistic of the event set moved round the calendar by s weeks, which keeps its
    clusters, and the standard error sums local variances (six weeks on each side) over the windows. The p-value is the
    share of shifts whose maximum over horizons of :math:`|z_h| / \mathrm{rms}_s(z_h)` is at least that of s = 0. NaN
    and a reason if no event can be used.

    Parameters
    ----------
    events : pandas.DatetimeIndex, shape (k,)
        Dates on which each event was known; it counts from the first week of `returns` on or after.
    returns : pandas.Series, shape (n,)
        Weekly log returns in per cent, dated with the end of the week, nothing missing.
    horizons, pre : sequence of int, int
        Weeks h after the event, and the weeks before it.
    eras : sequence of dates
        First days of the eras after the first, at least a year each; without, one normal return for all weeks.

    Raises
    ------
    InputError
        Events without a return; horizons that are repeated or longer than the sample.

    References
    ----------
    MacKinlay (1997), Journal of Economic Literature 35, 13-39; Ibragimov and Mueller (2010), Journal of Business &
    Economic Statistics 28, 453-468 (t over episodes); Politis and Romano (1992), in: Exploring the Limits of Bootstrap,
    263-270 (circular shifts).
    """
    values = require_clean(returns, role="returns")
    windows = [*horizons, -pre]
    if not horizons or min(*horizons, pre) < 1 or len(set(windows)) < len(windows):
        raise InputError(f"horizons must be different weeks of at least 1 and pre at least 1: {horizons}, {pre}.")
    if max(*horizons, pre) >= len(values):
        raise InputError(f"a window of {max(*horizons, pre)} weeks does not fit into {len(values)} weeks of returns.")
    positions, excluded = locate_events(events, returns.index)
    excluded = pd.concat([excluded, _incomplete(positions, returns.index, horizons)], ignore_index=True)
    head: dict[str, Any] = {"null": _NULL, "alternative": _ALTERNATIVE, "name": str(returns.name), "nobs": len(values)}
    if not (positions + min(horizons) < len(values)).any():
        return EventStudyResult(**head, excluded=excluded, reason="no event has a complete window in the sample")
    excess = values - era_mean(values, returns.index, eras)
    null = shift_windows(excess, windows=windows, bandwidth=BANDWIDTH).null(positions)
    rows = [_row(values, excess, positions, window, null, row) for row, window in enumerate(windows)]
    table = pd.DataFrame(rows, index=pd.Index(windows, name="horizon"))
    after = null.standardised[: len(horizons)]
    largest = largest_over(after)
    table["pvalue_adjusted"] = [share_at_least(largest, abs(z)) for z in table["statistic"]]
    paths = episode_paths(returns=returns, positions=positions, pre=pre, post=max(horizons))
    episodes = paths.loc[list(horizons)].T.rename_axis(columns=None)
    episodes.insert(0, "before", -paths.loc[-pre])
    return EventStudyResult(
        **head,
        statistic=float(largest[0]),
        pvalue=share_at_least(largest, largest[0]),
        table=table.loc[list(horizons)],
        before=table.loc[-pre],
        episodes=episodes.assign(weeks=paths.loc[0:].notna().sum() - 1),
        excluded=excluded,
        null_statistics=after,
    )


def locate_events(events: pd.DatetimeIndex, weeks: pd.DatetimeIndex) -> tuple[np.ndarray, pd.DataFrame]:
    """Find the week from which each event counts: its position, and a table (date, reason) of the events left out."""
    events = pd.DatetimeIndex(events)
    if not events.is_monotonic_increasing or not events.is_unique:
        raise InputError("events are unordered or repeated: sort them and drop the repeats first.")
    found = np.searchsorted(weeks, events)
    early, late = events < weeks[0], found == len(weeks)
    again = np.r_[False, found[1:] == found[:-1]] & ~early & ~late
    told = [
        f"before the first return, {weeks[0]:%Y-%m-%d}",
        f"after the last return, {weeks[-1]:%Y-%m-%d}",
        "in the same week as the event before it",
    ]
    out = pd.DataFrame({"date": events, "reason": np.select([early, late, again], told, default="")})
    return found[out["reason"] == ""], out[out["reason"] != ""].reset_index(drop=True)


def _incomplete(positions: np.ndarray, weeks: pd.DatetimeIndex, horizons: Sequence[int]) -> pd.DataFrame:
    """Name the events whose longer windows are not over yet."""
    rows = []
    for position in positions[positions + max(horizons) >= len(weeks)]:
        left = len(weeks) - 1 - position
        missing = ", ".join(str(h) for h in horizons if h > left)
        rows.append({"date": weeks[position], "reason": f"only {left} weeks after it, fewer than {missing}"})
    return pd.DataFrame(rows, columns=["date", "reason"])


def episode_paths(*, returns: pd.Series, positions: np.ndarray, pre: int, post: int) -> pd.DataFrame:
    """Give the log price around each event relative to the event week, as far as it has got.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly log returns in per cent.
    positions : numpy.ndarray of int, shape (k,)
        Weeks of the events, from `locate_events`.
    pre, post : int
        Weeks before and after.

    Returns
    -------
    pandas.DataFrame, shape (pre + 1 + post, k)
        By weeks from the event, one column an event week; NaN where the sample has no such week.
    """
    log_price = np.concatenate([[0.0], np.cumsum(returns.to_numpy(dtype=float))])
    offsets = pd.RangeIndex(-pre, post + 1, name="weeks")
    padded = pd.Series(log_price).reindex(range(-pre, log_price.size + post)).to_numpy()
    relative = padded[positions + 1 + pre + offsets.to_numpy()[:, None]] - log_price[positions + 1]
    return pd.DataFrame(relative, index=offsets, columns=pd.Index(returns.index[positions], name="date"))


def estimates_by_era(*, events: pd.DatetimeIndex, returns: pd.Series, horizon: int) -> dict[str, float]:
    """Give the estimate of each era by itself, its events against its own weeks; NaN without a complete window."""
    out = {}
    for era, part in by_era(returns).items():
        after = window_sums(part.to_numpy(), horizon)
        weeks, _ = locate_events(events, pd.DatetimeIndex(part.index))
        found = after[weeks][np.isfinite(after[weeks])]
        out[era] = float(found.mean() - np.nanmean(after)) if found.size else np.nan
    return out


def era_mean(values: np.ndarray, dates: pd.DatetimeIndex, eras: Sequence[str | pd.Timestamp]) -> np.ndarray:
    """Mean of the era that each week belongs to; eras of less than a year join the one before."""
    starts = [0]
    for first in np.searchsorted(dates, pd.DatetimeIndex(list(eras))):
        if first - starts[-1] >= _MIN_ERA and len(dates) - first >= _MIN_ERA:
            starts.append(int(first))
    ends = [*starts[1:], len(dates)]
    return np.concatenate([np.full(b - a, values[a:b].mean()) for a, b in zip(starts, ends, strict=True)])


def largest_over(standardised: np.ndarray) -> np.ndarray:
    """Give the largest absolute statistic at every shift, over the rows that have one at shift 0."""
    used = np.abs(standardised[np.isfinite(standardised[:, 0])])
    return np.fmax.reduce(used, axis=0)


def share_at_least(null: np.ndarray, value: float) -> float:
    """Give the share of a null distribution that is at least as large as a value."""
    if np.isnan(value):
        return np.nan
    known = null[np.isfinite(null)]
    return float(np.mean(known >= value - 1e-9 * max(1.0, abs(value))))


def _row(
    returns: np.ndarray, excess: np.ndarray, positions: np.ndarray, window: int, null: ShiftNull, row: int
) -> dict[str, float]:
    """Gather every number of an event study at one horizon."""
    everywhere, spread = window_sums(returns, window), window_sums(excess, window)
    kept = positions[np.isfinite(everywhere[positions])]
    if not kept.size:
        return {"K": 0}
    found, abnormal, k = everywhere[kept], spread[kept] - np.nanmean(spread), kept.size
    error, scaled = null.error[row, 0], null.standardised[row]
    low, high = null.mean[row, 0] - error * np.nanquantile(null.statistic[row], _TAILS)
    base, positive = float(np.mean(everywhere[np.isfinite(everywhere)] > 0)), int((found > 0).sum())
    told = {
        "K": k,
        "mean": found.mean(),
        "estimate": abnormal.mean(),
        "low": low,
        "high": high,
        "statistic": scaled[0],
        "pvalue": share_at_least(np.abs(scaled), abs(scaled[0])),
        "positive": positive,
        "base_rate": base,
        "sign_pvalue": stats.binomtest(positive, k, base).pvalue,
        "detectable": detectable_effect(episodes=k, sd=error * null.scale[row, 0] * np.sqrt(k)),
    }
    if k < 2:
        return told | dict.fromkeys(("t", "t_pvalue", "loo_low", "loo_high"), np.nan)
    t, pvalue = stats.ttest_1samp(abnormal, 0)
    without = (abnormal.sum() - abnormal) / (k - 1)
    return told | {"t": t, "t_pvalue": pvalue, "loo_low": without.min(), "loo_high": without.max()}
