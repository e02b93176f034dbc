"""Cross-correlation of two series, and whether the lags at which one leads hold more than chance.

Sign of a lag: at a positive lag ``k`` the value of ``x`` stands against the value of ``y`` that comes ``k`` periods
later, so that positive lags are those at which ``x`` leads.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import fft, stats

from helpers.stats.checks import require_clean, require_count, require_same_index
from helpers.stats.regression import bootstrap_pvalue
from helpers.stats.results import FieldResult, axes_or_new

_MAX_ORDER = 12
_ROWS_PER_LAG = 4
_CHUNK = 512
_REACH_95 = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CrossCorrelationResult(FieldResult):
    """Cross-correlations at lags ``-max_lag`` to ``max_lag``, with tests from surrogates.

    Parameters
    ----------
    x, y : names of the series
    nobs, sample : rows used, after whitening; first and last label of these rows
    orders : order of the autoregression that whitened ``x`` and ``y`` (0: not needed)
    table
        By lag, periods by which ``x`` leads, negative where ``y`` leads: correlation, and its standard error for
        uncorrelated series, robust to volatility that moves together.
    pvalue_lead : of the largest absolute studentised correlation over the lags at which ``x`` leads
    lead_excess, lead_excess_stderr
        Sum of the correlations at lags 1 to ``max_lag`` less the one at lag 0, and its standard error.
    pvalue_lead_excess, reps : one-sided, for a lead that exceeds the coincidence; surrogate pairs
    """

    x: str
    y: str
    nobs: int = 0
    sample: tuple[Any, Any] = (None, None)
    orders: tuple[int, int] = (0, 0)
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["correlation", "stderr"], dtype=float))
    pvalue_lead: float = np.nan
    lead_excess: float = np.nan
    lead_excess_stderr: float = np.nan
    pvalue_lead_excess: float = np.nan
    reps: int = 0

    def plot(self, ax: Any = None) -> Any:
        """Draw the correlations over a band that holds 95 % of them if the series are unrelated; returns the axes."""
        ax, reach = axes_or_new(ax, self.reason), _REACH_95 * self.table["stderr"]
        ax.fill_between(self.table.index, -reach, reach, alpha=0.3, color="0.5")
        ax.vlines(self.table.index, 0, self.table["correlation"])
        ax.set(xlabel=f"periods by which {self.x} leads", ylabel=f"correlation with {self.y}")
        return ax


def cross_correlation(
    *, x: pd.Series, y: pd.Series, max_lag: int, reps: int = 1999, seed: int | None = None
) -> CrossCorrelationResult:
    r"""Correlate each value of one series with earlier and later values of another.

    With a and b the whitened and standardised series,

    .. math::

        r_k = \frac{1}{n} \sum_t a_t b_{t+k}, \qquad
        t_k = \frac{\sum_t a_t b_{t+k}}{\bigl( \sum_t a_t^2 b_{t+k}^2 \bigr)^{1/2}}, \qquad k = -K, \dots, K.

    Each series is whitened by its own autoregression (at most 12 lags, by the Bayes criterion), so that a lag does not
    inherit the correlation of its neighbours. The standard error of :math:`t_k` allows for volatility that the two
    series share; without it, unrelated returns with a common volatility exceed the band of the maximum in four samples
    of ten. Unrelated series are x with the phases of its Fourier transform drawn at random. NaN and a reason where the
    sample holds fewer than four rows a lag.

    Parameters
    ----------
    x, y : pandas.Series, shape (n,)
        Stationary series on one index. Positive lags are those at which ``x`` leads.
    max_lag : int
        Largest lead and lag.
    reps, seed : int
        Surrogate pairs, at least 19; their seed.

    References
    ----------
    Haugh (1976), Journal of the American Statistical Association 71, 378-385 (whitening both series);
    Dalla, Giraitis and Phillips (2022), Econometric Theory 38, 913-941 (robust standard error);
    Theiler et al. (1992), Physica D 58, 77-94 (phase randomisation).
    """
    pair = [require_clean(x, role="x"), require_clean(y, role="y")]
    index = require_same_index(x, y)
    require_count(max_lag, name="max_lag", least=1)
    require_count(reps, name="reps", least=19)
    told: dict[str, Any] = {
        "null": f"{x.name} and {y.name} are uncorrelated at every lag up to {max_lag} in either direction",
        "alternative": f"past {x.name} goes with {y.name}",
        "x": str(x.name),
        "y": str(y.name),
    }
    least = _ROWS_PER_LAG * (max_lag + 1) + _MAX_ORDER
    if len(index) < least:
        reason = f"{len(index)} rows are too few for {max_lag} lags (at least {least})"
        return CrossCorrelationResult(**told, reason=reason)
    (first, first_order), (second, second_order) = map(_whiten, pair)
    n = min(first.size, second.size)
    a, b = stats.zscore(first[-n:]), stats.zscore(second[-n:])
    lags, rng = np.arange(-max_lag, max_lag + 1), np.random.default_rng(seed)
    leads = np.where(lags > 0, 1.0, np.where(lags == 0, -1.0, 0.0))
    sums, squares = _moments(a[None, :], b, lags)
    largest, excess = [], []
    for done in range(0, reps, _CHUNK):
        drawn, spread = _moments(_random_phases(a, min(_CHUNK, reps - done), rng), b, lags)
        largest.append(np.abs(drawn / np.sqrt(spread))[:, lags > 0].max(axis=1))
        excess.append((drawn @ leads) / np.sqrt(spread @ leads**2))
    total, scale = float((sums @ leads)[0]), float(np.sqrt(squares @ leads**2)[0])
    top = float(np.abs(sums / np.sqrt(squares))[0, lags > 0].max())
    columns = {"correlation": sums[0] / n, "stderr": np.sqrt(squares[0]) / n}
    return CrossCorrelationResult(
        **told,
        nobs=n,
        sample=(index[-n], index[-1]),
        orders=(first_order, second_order),
        table=pd.DataFrame(columns, index=pd.Index(lags, name="lag")),
        pvalue_lead=bootstrap_pvalue(top, np.concatenate(largest)),
        lead_excess=total / n,
        lead_excess_stderr=scale / n,
        pvalue_lead_excess=bootstrap_pvalue(total / scale, np.concatenate(excess)),
        reps=reps,
    )


def _whiten(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Give the residuals of the autoregression that the Bayes criterion chooses, and its order."""
    from statsmodels.tsa.ar_model import AutoReg, ar_select_order

    chosen = ar_select_order(values, maxlag=_MAX_ORDER, ic="bic", trend="c").ar_lags
    if not chosen:
        return values, 0
    return AutoReg(values, lags=chosen, trend="c").fit().resid, int(chosen[-1])


def _moments(a: np.ndarray, b: np.ndarray, lags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum ``a_t b_{t+k}`` and its square over t, for each lag, one row a row of a."""
    length = fft.next_fast_len(b.size + int(lags.max()), real=True)

    def _sums(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return fft.irfft(np.conj(fft.rfft(left, length)) * fft.rfft(right, length), length)[:, lags]

    return _sums(a, b), _sums(a * a, b * b)


def _random_phases(values: np.ndarray, reps: int, rng: np.random.Generator) -> np.ndarray:
    """Series with the periodogram of ``values`` and phases uniform on the circle, one a row."""
    spectrum = fft.rfft(values)
    angles = rng.uniform(0, 2 * np.pi, (reps, spectrum.size))
    if values.size % 2 == 0:
        angles[:, -1] = np.where(angles[:, -1] < np.pi, 0.0, np.pi)
    return fft.irfft(np.abs(spectrum) * np.exp(1j * angles), values.size)
