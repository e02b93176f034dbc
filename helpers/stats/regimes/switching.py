"""Two hidden regimes of one series, judged week by week with nothing but the past."""

import warnings

import numpy as np
import pandas as pd
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.api import MarkovRegression

from helpers.stats.checks import InputError, require_clean, require_count


def high_regime_probability(*, series: pd.Series, first: int = 260, refit: int = 52) -> pd.Series:
    """Judge in real time how probable the regime with the higher mean is (filtered probability).

    A two-state Markov switching model in mean and variance is estimated on the first weeks and again after every
    ``refit`` weeks, on all weeks so far; until the next estimation its parameters are held and only the filter runs
    on. Neither later values nor later parameters reach back.

    Parameters
    ----------
    series : pandas.Series, shape (n,)
        Weekly series.
    first : int
        Weeks of the first estimation sample, at least 104.
    refit : int
        Weeks between estimations.

    Returns
    -------
    pandas.Series, shape (n - first,)
        Probability, from the week after the first estimation sample on.

    Raises
    ------
    InputError
        Missing or unordered values, no week after the first estimation sample, or bad options.

    References
    ----------
    Hamilton (1989), Econometrica 57, 357-384 (filter, eq. 4 to 7).
    """
    values = require_clean(series, role="series")
    require_count(first, name="first", least=104)
    require_count(refit, name="refit", least=1)
    if values.size <= first:
        raise InputError(
            f"series {series.name!r} has {values.size} rows, none after the first {first}: start it earlier."
        )
    blocks = []
    for known in range(first, values.size, refit):
        parameters = _parameters(values[:known])
        blocks.append(_filtered(values[: known + refit], parameters)[known:])
    return pd.Series(np.concatenate(blocks), index=series.index[first:], name=series.name)


def _model(values: np.ndarray) -> MarkovRegression:
    """Two regimes that differ in mean and variance."""
    return MarkovRegression(values, k_regimes=2, switching_variance=True)


def _parameters(values: np.ndarray) -> np.ndarray:
    """Maximum-likelihood parameters, from regimes that last and lie a deviation either side of the mean."""
    mean, spread = values.mean(), values.std()
    start = [0.95, 0.05, mean - spread, mean + spread, spread**2 / 2, spread**2 / 2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return _model(values).fit(start_params=np.array(start), em_iter=0, cov_type="none", disp=False).params


def _filtered(values: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Filter the probability of the regime with the higher mean."""
    means = parameters[2:4]
    return _model(values).filter(parameters).filtered_marginal_probabilities[:, int(means[1] > means[0])]
