"""What a local projection found: responses by horizon, with intervals, bands and tests."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.lead_lag.simultaneous import MaximumTest
from helpers.stats.results import Result

_POWER_AT = stats.norm.ppf(0.975) + stats.norm.ppf(0.80)


@dataclass(frozen=True, eq=False)
class Response:
    """A response by horizon, in units of the response per unit of the shock.

    Parameters
    ----------
    label : str
        Which periods it describes.
    horizons : numpy.ndarray of int, shape (m,)
        Periods after the shock.
    estimate, stderr : numpy.ndarray, shape (m,)
        Coefficients and their standard errors.
    nobs : numpy.ndarray of int, shape (m,)
        Impulses whose outcome is in the sample.
    level : float
        Coverage of the interval and of the band.
    critical_value : float
        Standard errors from the estimate to the edge of the band; NaN without draws.
    test : MaximumTest
        That the response is zero at every horizon; NaN without draws.
    """

    label: str
    horizons: np.ndarray
    estimate: np.ndarray
    stderr: np.ndarray
    nobs: np.ndarray
    level: float
    critical_value: float
    test: MaximumTest

    @property
    def detectable(self) -> np.ndarray:
        """Response at each horizon that a 5 per cent test of this horizon alone finds with 80 per cent power."""
        return _POWER_AT * self.stderr

    @classmethod
    def empty(cls, horizons: np.ndarray, level: float) -> "Response":
        """Give a response with NaN for every number.

        Parameters
        ----------
        horizons : numpy.ndarray of int, shape (m,)
            Horizons asked for.
        level : float
            Coverage asked for.

        Returns
        -------
        Response
            For a sample that is too short.
        """
        nan, none = np.full(horizons.size, np.nan), np.zeros(horizons.size, dtype=int)
        return cls("all", horizons, nan, nan, none, level, np.nan, MaximumTest(*[np.nan] * 4))

    def frame(self) -> pd.DataFrame:
        """Give one row a horizon.

        Returns
        -------
        pandas.DataFrame, shape (m, 8)
            Columns "estimate", "stderr", "lower", "upper" (interval of this horizon alone), "band_lower",
            "band_upper" (all horizons at once), "detectable", "n"; index "horizon".
        """
        alone = stats.norm.ppf((1 + self.level) / 2) * self.stderr
        together = self.critical_value * self.stderr
        columns = {
            "estimate": self.estimate,
            "stderr": self.stderr,
            "lower": self.estimate - alone,
            "upper": self.estimate + alone,
            "band_lower": self.estimate - together,
            "band_upper": self.estimate + together,
            "detectable": self.detectable,
            "n": self.nobs,
        }
        return pd.DataFrame(columns, index=pd.Index(self.horizons, name="horizon"))


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LocalProjectionResult(Result):
    """Responses of one series to another.

    Parameters
    ----------
    response, shock : str
        Names of the series.
    controls : tuple of str
        Names of the controls.
    lags, first : int
        Lags of every series; horizon from which the response counts.
    cumulative : bool
        Whether responses are sums from `first` on.
    covariance : str
        "HC3" or "HAC".
    level : float
        Coverage of intervals and bands.
    reps : int
        Draws behind the bands.
    sample : tuple
        First and last label of the shocks.
    shock_sd : float
        Standard deviation of the shock given its past and the controls: the size of a usual surprise.
    overall : Response
        Over all periods.
    in_state, out_of_state, difference : Response or None
        After a period in which the state held, after one in which it did not, and the first less the second.
    """

    response: str
    shock: str
    controls: tuple[str, ...]
    lags: int
    first: int
    cumulative: bool
    covariance: str
    level: float
    reps: int
    sample: tuple[Any, Any]
    shock_sd: float
    overall: Response
    in_state: Response | None = None
    out_of_state: Response | None = None
    difference: Response | None = None

    def rows(self) -> list[tuple[str, Any]]:
        """Give the lines of the summary.

        Returns
        -------
        list of (str, object)
            Hypotheses, sample, tests, the last horizon, states.
        """
        kind = "Cumulated response" if self.cumulative else "Response"
        last = self.overall.frame().iloc[-1]
        states = [
            (f"p-value of the maximum, {part.label} (n = {part.nobs[-1]})", part.test.pvalue)
            for part in (self.in_state, self.out_of_state, self.difference)
            if part is not None
        ]
        return [
            *super().rows(),
            ("Sample", self.sample),
            ("Lags", self.lags),
            ("p-value of the maximum over horizons", self.overall.test.pvalue),
            ("p-value of the mean square over horizons", self.overall.test.pvalue_joint),
            (f"{kind} at horizon {self.overall.horizons[-1]} (n = {self.overall.nobs[-1]})", last["estimate"]),
            (f"{self.level:.0%} interval, this horizon alone", (float(last["lower"]), float(last["upper"]))),
            (f"{self.level:.0%} band, all horizons", (float(last["band_lower"]), float(last["band_upper"]))),
            ("Detectable there with 80% power", last["detectable"]),
            *states,
        ]
