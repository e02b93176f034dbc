"""How much a block of regressors explains: interval and detectable size of a partial R2."""

from typing import NamedTuple

import numpy as np
from scipy import special, stats

from helpers.stats.regression import WaldTest


class PartialR2(NamedTuple):
    """Partial R2 of a tested block.

    Parameters
    ----------
    raw : float
        Share of the restricted residual sum of squares that the block removes; ``q / (n - k + q)`` under the null.
    adjusted : float
        The same with both sums divided by their degrees of freedom; about zero under the null, negative below it.
    interval : (float, float)
        For the population value.
    detectable : float
        Population value that the test finds with the stated power.
    """

    raw: float
    adjusted: float
    interval: tuple[float, float]
    detectable: float


def partial_r2(test: WaldTest, *, nobs: int, level: float = 0.95, power: float = 0.80) -> PartialR2:
    """Turn a Wald statistic into statements about the population partial R2.

    The interval holds every noncentrality under which the statistic is not in a tail of ``(1 - level) / 2``. A
    noncentrality ``c`` of the classical F means ``R2 = c / (c + n)``; that of a robust statistic is first multiplied by
    the ratio of the classical to the robust statistic, that is by how much larger the scores vary than the classical
    covariance says.

    Parameters
    ----------
    test : WaldTest
        Statistic in F form with its residual sums of squares.
    nobs : int
        Observations.
    level : float
        Coverage of the interval.
    power : float
        Power of the detectable value, at size ``1 - level``.

    Returns
    -------
    PartialR2
        Raw, adjusted, interval and detectable value, as shares (0.01 is one per cent).

    References
    ----------
    Steiger (2004), Psychological Methods 9, 164-182, eq. 8 to 12 (interval by inverting the noncentral F);
    Theil (1961), Economic Forecasts and Policy, p. 213 (correction for degrees of freedom).
    """
    q, df = test.df
    classical = (test.ssr_restricted - test.ssr) / q / (test.ssr / df)
    inflation = classical / test.statistic
    tail = (1 - level) / 2
    critical = stats.f.isf(1 - level, q, df)
    bounds = np.array(
        [
            _noncentrality(test.statistic, q, df, 1 - tail),
            _noncentrality(test.statistic, q, df, tail),
            _noncentrality(critical, q, df, 1 - power),
        ]
    )
    low, high, detectable = bounds * inflation / (bounds * inflation + nobs)
    return PartialR2(
        raw=1 - test.ssr / test.ssr_restricted,
        adjusted=1 - (test.ssr / df) / (test.ssr_restricted / (df + q)),
        interval=(float(low), float(high)),
        detectable=float(detectable),
    )


def _noncentrality(statistic: float, q: int, df: int, probability: float) -> float:
    """Noncentrality under which P(F <= statistic) is the probability; zero where even none is too much."""
    if stats.f.cdf(statistic, q, df) <= probability:
        return 0.0
    return float(special.ncfdtrinc(q, df, probability, statistic))
