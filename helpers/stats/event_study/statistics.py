"""What is said of the returns after a set of events at one horizon: estimate, interval, tests, detectable effect."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import optimize, stats

from helpers.stats.inference import effective_episodes
from helpers.stats.shift_null import ShiftNull, window_sums

LEVEL = 0.95
POWER = 0.80


def horizon_row(
    returns: np.ndarray, excess: np.ndarray, *, positions: np.ndarray, window: int, null: ShiftNull, row: int
) -> dict[str, float]:
    """Gather every number of an event study at one horizon.

    Parameters
    ----------
    returns, excess : numpy.ndarray, shape (n,)
        Weekly returns, and the same less their normal return.
    positions : numpy.ndarray of int, shape (k,)
        Weeks of the events.
    window : int
        As in `helpers.stats.shift_null.window_sums`.
    null : ShiftNull
        All shifts of this event set.
    row : int
        Row of `null` that belongs to the window.

    Returns
    -------
    dict of str to float
        The columns of `helpers.stats.event_study.EventStudyResult.table`, without ``pvalue_adjusted``.
    """
    everywhere = window_sums(returns, window)
    spread = window_sums(excess, window)
    kept = positions[np.isfinite(everywhere[positions])]
    if not kept.size:
        return {"K": 0}
    found = everywhere[kept]
    abnormal = spread[kept] - np.nanmean(spread)
    out = {
        "K": kept.size,
        "separate": effective_episodes(np.isin(np.arange(returns.size), kept), gap=abs(window) - 1),
        "mean": found.mean(),
        "normal": found.mean() - abnormal.mean(),
        "estimate": abnormal.mean(),
        "unconditional": found.mean() - np.nanmean(everywhere),
    }
    sd = null.error[row, 0] * null.scale[row, 0] * np.sqrt(kept.size)
    return out | _shift_test(null, row) | _over_episodes(abnormal, sd=sd) | _signs(found, everywhere)


def detectable_effect(*, episodes: int, sd: float, power: float = POWER, level: float = 1 - LEVEL) -> float:
    """Give the smallest mean effect that a two-sided t-test over episodes finds with the given power.

    Parameters
    ----------
    episodes : int
        Independent episodes K.
    sd : float
        Standard deviation of the return of one episode.
    power, level : float
        Power wanted, size of the test.

    Returns
    -------
    float
        In the unit of `sd`; NaN for fewer than two episodes.

    Notes
    -----
    From the noncentral t distribution with K - 1 degrees of freedom; rejections with the wrong sign are not counted.
    """
    return np.nan if episodes < 2 else float(_centre(int(episodes), power, level) * sd / np.sqrt(episodes))


def implied_sd(*, detectable: float, episodes: int) -> float:
    """Recover the standard deviation of one episode from the effect that some episodes find with 80 % power.

    Parameters
    ----------
    detectable : float
        From `detectable_effect` at its default power and size.
    episodes : int
        The episodes K behind it, at least two.

    Returns
    -------
    float
        In the unit of `detectable`.
    """
    return detectable / detectable_effect(episodes=episodes, sd=1.0)


def episodes_needed(*, effect: float, sd: float, most: int = 1_000) -> int | None:
    """Count the independent episodes from which on a t-test finds an effect with 80 % power.

    Parameters
    ----------
    effect : float
        Mean effect to be found, positive.
    sd : float
        Standard deviation of the return of one episode.
    most : int
        Where to stop.

    Returns
    -------
    int or None
        Smallest K; None above `most`.
    """
    return next((k for k in range(2, most + 1) if detectable_effect(episodes=k, sd=sd) <= effect), None)


@lru_cache(maxsize=1024)
def _centre(episodes: int, power: float, level: float) -> float:
    """Noncentrality at which a t-test has the power."""
    critical = stats.t.ppf(1 - level / 2, episodes - 1)
    return optimize.brentq(lambda d: stats.nct.sf(critical, episodes - 1, d) - power, 0.1, critical + 5.0)


def row_quantiles(values: np.ndarray, probabilities: Sequence[float]) -> np.ndarray:
    """Give quantiles of each row, NaN left out, by linear interpolation.

    Parameters
    ----------
    values : numpy.ndarray, shape (m, n)
        Rows with NaN in places.
    probabilities : sequence of float, shape (q,)
        In [0, 1].

    Returns
    -------
    numpy.ndarray, shape (q, m)
        As `numpy.nanquantile` along the second axis, in one sort; NaN for an empty row.
    """
    ranked = np.sort(values, axis=1)
    known = np.isfinite(ranked).sum(axis=1)
    place = np.outer(probabilities, np.maximum(known - 1, 0))
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    rows = np.arange(len(values))
    return ranked[rows, below] + (place - below) * (ranked[rows, above] - ranked[rows, below])


def share_at_least(null: np.ndarray, value: float) -> float:
    """Give the share of a null distribution that is at least as large as a value.

    Parameters
    ----------
    null : numpy.ndarray, shape (n,)
        Values under the null, the observed one among them; NaN entries are left out.
    value : float
        The observed one.

    Returns
    -------
    float
        Never 0, as the observed value counts; NaN for a NaN value. Rounding of the Fourier transform does not break
        ties.
    """
    if np.isnan(value):
        return np.nan
    known = null[np.isfinite(null)]
    return float(np.mean(known >= value - 1e-9 * max(1.0, abs(value))))


def _shift_test(null: ShiftNull, row: int) -> dict[str, float]:
    """P-values, interval and detectable effect from the shifts."""
    every, error = null.statistic[row], null.error[row, 0]
    scaled = null.standardised[row]
    known = every[np.isfinite(every)]
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    critical = np.quantile(np.abs(known), LEVEL)
    return {
        "low": null.mean[row, 0] - high * error,
        "high": null.mean[row, 0] - low * error,
        "statistic": scaled[0],
        "pvalue": share_at_least(np.abs(scaled), abs(scaled[0])),
        "pvalue_greater": share_at_least(scaled, scaled[0]),
        "detectable_shift": (critical - np.quantile(known, 1 - POWER)) * error,
    }


def _over_episodes(abnormal: np.ndarray, *, sd: float) -> dict[str, float]:
    """Student's t over episodes, what it could detect, and the estimate without each episode in turn."""
    k = abnormal.size
    if k < 2:
        return dict.fromkeys(("detectable", "t", "t_pvalue", "loo_low", "loo_high"), np.nan)
    t = abnormal.mean() / (abnormal.std(ddof=1) / np.sqrt(k))
    without = (abnormal.sum() - abnormal) / (k - 1)
    return {
        "detectable": detectable_effect(episodes=k, sd=sd),
        "t": t,
        "t_pvalue": 2 * stats.t.sf(abs(t), k - 1),
        "loo_low": without.min(),
        "loo_high": without.max(),
    }


def _signs(found: np.ndarray, everywhere: np.ndarray) -> dict[str, float]:
    """Exact sign test against the share of all windows of the sample that were positive."""
    base = float(np.mean(everywhere[np.isfinite(everywhere)] > 0))
    positive = int((found > 0).sum())
    return {
        "positive": positive,
        "base_rate": base,
        "sign_pvalue": stats.binomtest(positive, found.size, base).pvalue,
    }
