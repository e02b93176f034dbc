"""Inference for families of tests."""

from collections.abc import Sequence

import numpy as np
from statsmodels.stats.multitest import multipletests


def holm(pvalues: Sequence[float]) -> np.ndarray:
    """Adjust p-values for the family-wise error rate.

    Parameters
    ----------
    pvalues : sequence of float, shape (m,)
        One a hypothesis of the family, nothing missing.

    Returns
    -------
    numpy.ndarray, shape (m,)
        Adjusted p-values in the order given.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6,
    65-70.
    """
    return multipletests(list(pvalues), method="holm")[1]


def benjamini_hochberg(pvalues: Sequence[float]) -> np.ndarray:
    """Adjust p-values for the false discovery rate.

    Parameters
    ----------
    pvalues : sequence of float, shape (m,)
        One a hypothesis, nothing missing.

    Returns
    -------
    numpy.ndarray, shape (m,)
        Adjusted p-values in the order given.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical
    Society B 57(1), 289-300.
    """
    return multipletests(list(pvalues), method="fdr_bh")[1]
