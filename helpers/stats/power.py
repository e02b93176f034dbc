"""What a test could have found: detectable effects, episodes needed, and the size each test has after Holm."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import optimize, stats

from helpers.stats.checks import InputError, require_probability

ALPHA, POWER, MOST = 0.05, 0.80, 1_000
# What a two-sided normal test finds with that power, in standard errors: 0.842 beyond its critical value of 1.960.
CRITICAL, BEYOND = float(stats.norm.isf(ALPHA / 2)), float(stats.norm.ppf(POWER))
REACH = CRITICAL + BEYOND


def detectable_effect(*, episodes: int, sd: float) -> float:
    r"""Give the smallest mean effect that a two-sided t-test over episodes finds at 5 % with 80 % power.

    .. math::
        \delta = d\,\sigma / \sqrt{K}, \qquad P(T_{K-1}(d) > t_{1-\alpha/2,\,K-1}) = 0.8

    with :math:`T_{K-1}(d)` noncentral t; rejections with the wrong sign are not counted. NaN for fewer than two
    episodes.

    Parameters
    ----------
    episodes, sd : int, float
        Independent episodes K; standard deviation of the return of one.

    References
    ----------
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 2.
    """
    return np.nan if episodes < 2 else float(_noncentrality(int(episodes) - 1) * sd / np.sqrt(episodes))


def implied_sd(*, detectable: float, episodes: int) -> float:
    """Recover the standard deviation of one episode from the effect that `episodes` (two or more) find at 5 %."""
    return detectable / detectable_effect(episodes=episodes, sd=1.0)


def episodes_needed(*, effect: float, sd: float) -> int | None:
    """Count the episodes from which on `detectable_effect` is at most `effect`; None above a thousand."""
    found = (k for k in range(2, MOST + 1) if detectable_effect(episodes=k, sd=sd) <= effect)
    return next(found, None)


def holm_alpha(pvalues: Sequence[float], *, alpha: float = ALPHA) -> np.ndarray:
    r"""Give the size at which Holm's procedure tests each hypothesis of a family.

    .. math:: \alpha_i = \alpha / (m - r_i), \qquad r_i = \#\{j : p_j < p_i\}

    Parameters
    ----------
    pvalues, alpha : sequence of float, shape (m,), float
        One a hypothesis, in [0, 1], equal ones sharing the smaller size; family-wise error rate.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    require_probability(alpha, name="alpha")
    given = np.asarray(pvalues, dtype=float)
    if not np.all((given >= 0) & (given <= 1)):
        raise InputError(f"p-values must lie in [0, 1], found {given.tolist()}: leave tests that were not done out.")
    return alpha / (given.size - stats.rankdata(given, method="min") + 1)


def detectable_at(detectable: float, *, alpha: float, critical: float = CRITICAL) -> float:
    r"""Carry a detectable effect stated for a test at 5 % to a test of another size, such as one of `holm_alpha`.

    .. math:: \delta_\alpha = \delta_{.05}\,\frac{c_\alpha + z_{.8}}{c_{.05} + z_{.8}}, \qquad
        1 - \Phi(c_\alpha) = \frac{\alpha}{.05}\,\bigl(1 - \Phi(c_{.05})\bigr)

    where the critical value :math:`c_{.05}` is 1.96, or that of the largest of many statistics in a search.
    """
    require_probability(alpha, name="alpha")
    stricter = stats.norm.isf(alpha / ALPHA * stats.norm.sf(critical))
    return float(detectable * (stricter + BEYOND) / (critical + BEYOND))


@lru_cache(maxsize=1024)
def _noncentrality(df: int) -> float:
    # TTestPower.solve_power stops at six digits, which is less than the ledger keeps.
    critical = stats.t.isf(ALPHA / 2, df)
    return optimize.brentq(lambda d: stats.nct.sf(critical, df, d) - POWER, 0.1, critical + 5.0)
