"""The null distribution of an event study: the same event set, moved round the calendar to every week.

Moving all events together keeps the distances between them, so clustered events stay clustered under the null. Sums
over the moved events for all shifts at once are circular cross-correlations, taken by fast Fourier transform; windows
that run over an end of the sample are masked, in the sum and in the count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import fft


@dataclass(frozen=True, eq=False)
class ShiftNull:
    """Mean window return of an event set at every circular shift; shift 0 is what happened."""

    mean: np.ndarray  # (h, n), over the moved events with a complete window; NaN where there is none
    error: np.ndarray  # (h, n), its standard error from the local variances of the weeks it covers; 1 without these

    @property
    def statistic(self) -> np.ndarray:
        """Mean over its standard error, shape (h, n)."""
        return self.mean / self.error

    @property
    def scale(self) -> np.ndarray:
        """Root mean square of the statistic over the shifts, shape (h, 1); NaN where no shift has one."""
        squares = self.statistic**2
        known = np.isfinite(squares)
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.where(known, squares, 0.0).sum(axis=1, keepdims=True) / known.sum(axis=1, keepdims=True))

    @property
    def standardised(self) -> np.ndarray:
        """Statistic over its scale, shape (h, n): comparable between windows."""
        return self.statistic / self.scale


@dataclass(frozen=True, eq=False)
class ShiftWindows:
    """Window returns of a series, ready to be summed over any event set at every shift."""

    values: np.ndarray  # (3, h, n): centred window returns, whether the window is complete, its local variance
    studentised: bool

    def null(self, positions: np.ndarray) -> ShiftNull:
        """Sum over an event set at every circular shift."""
        total, count, variance = shift_sums(self.values, positions)
        share = np.where(np.rint(count) > 0, np.rint(count), np.nan)
        error = np.sqrt(np.maximum(variance, 0.0)) / share if self.studentised else share / share
        return ShiftNull(total / share, error)


def shift_windows(excess: np.ndarray, *, windows: Sequence[int], bandwidth: int | None) -> ShiftWindows:
    """Prepare window returns; local variances are means of squares over `bandwidth` weeks on each side."""
    sums = np.array([window_sums(excess, h) for h in windows])
    variance = np.zeros_like(sums)
    if bandwidth is not None:
        variance = np.array([window_sums(local_variance(excess, bandwidth), h) for h in windows])
    centred = sums - np.nanmean(sums, axis=1, keepdims=True)
    values = np.nan_to_num(np.stack([centred, np.isfinite(sums), variance]))
    return ShiftWindows(values, bandwidth is not None)


def local_variance(values: np.ndarray, bandwidth: int) -> np.ndarray:
    """Mean square over the weeks within a distance, both sides."""
    squares = pd.Series(values**2)
    return squares.rolling(2 * bandwidth + 1, center=True, min_periods=1).mean().to_numpy()


def window_sums(values: np.ndarray, window: int) -> np.ndarray:
    """Sum the weeks after, or (a negative window) up to, each week."""
    n, width = values.size, abs(window)
    total = np.concatenate([[0.0], np.cumsum(values)])
    sums = np.full(n, np.nan)
    if width < n + (window < 0):
        inside = total[width:] - total[:-width]
        if window > 0:
            sums[: n - width] = inside[1:]
        else:
            sums[width - 1 :] = inside
    return sums


def shift_sums(values: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Sum values over an event set at each circular shift; entry s sums those at ``(positions + s) % n``."""
    n = values.shape[-1]
    size = fft.next_fast_len(2 * n, real=True)
    events = np.bincount(positions, minlength=n).astype(float)
    forward = fft.irfft(fft.rfft(values, size) * np.conj(fft.rfft(events, size)), size)
    return forward[..., :n] + forward[..., size - n :]
