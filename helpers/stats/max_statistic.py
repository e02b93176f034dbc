"""One p-value for a search over many tests, from draws that all tests share."""

from typing import NamedTuple

import numpy as np
from scipy import stats


class SearchPvalues(NamedTuple):
    """P-values of a search over ``m`` tests.

    Parameters
    ----------
    joint : float
        Of the best of all tests, as a search for it deserves.
    single : numpy.ndarray, shape (m,)
        Of each test by itself.
    adjusted : numpy.ndarray, shape (m,)
        Of each test, corrected for the search; the smallest equals `joint`.
    """

    joint: float
    single: np.ndarray
    adjusted: np.ndarray


def min_p(observed: np.ndarray, draws: np.ndarray) -> SearchPvalues:
    """Compare the smallest p-value of several tests with what the same search finds under the null.

    Every statistic, observed or drawn, is replaced by its rank among all of its own test, which puts tests with
    different degrees of freedom on one scale; the minimum over tests is then ranked in turn.

    Parameters
    ----------
    observed : numpy.ndarray, shape (m,)
        Statistics, large against the null.
    draws : numpy.ndarray, shape (B, m)
        The same statistics under the null, each row from one draw common to all tests.

    Returns
    -------
    SearchPvalues
        Joint, single and adjusted p-values, none below ``1 / (B + 1)``.

    References
    ----------
    Westfall and Young (1993), Resampling-Based Multiple Testing, algorithm 2.7 (single-step min-p);
    Ge, Dudoit and Speed (2003), Test 12, 1-77, section 3.
    """
    pool = np.vstack([observed, draws])
    single = stats.rankdata(-pool, method="max", axis=0) / len(pool)
    smallest = np.sort(single.min(axis=1))
    adjusted = np.searchsorted(smallest, single[0], side="right") / len(pool)
    return SearchPvalues(float(adjusted.min()), single[0], adjusted)
