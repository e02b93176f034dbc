"""Cross-correlation of two series with bands for a single lag and for the largest of all lags.

Sign of a lag: at a positive lag ``k`` the value of ``x`` stands against the value of ``y`` that comes ``k`` periods
later, so that positive lags are those at which ``x`` leads.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import fft

from helpers.stats.checks import require_clean, require_count, require_same_index
from helpers.stats.regression import bootstrap_pvalue
from helpers.stats.results import Result, axes_or_new

_CONFIDENCE = 0.95
_MAX_ORDER = 12
_ROWS_PER_LAG = 4
_CHUNK = 512


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CrossCorrelationResult(Result):
    """Cross-correlations at lags ``-max_lag`` to ``max_lag``, with bands and tests from surrogates.

    Parameters
    ----------
    x, y : names of the series
    nobs, sample : rows used, after whitening; first and last label of these rows
    orders : order of the autoregression that whitened ``x`` and ``y`` (0: not needed or not asked for)
    lags : shape (2 max_lag + 1,), periods by which ``x`` leads; negative where ``y`` leads
    correlation, stderr : shape (2 max_lag + 1,)
        Cross-correlation at each lag and its standard error for uncorrelated series, robust to volatility that moves
        together.
    band, band_max : shape (2 max_lag + 1,)
        95 per cent half-widths around zero: for one lag chosen in advance, and for the largest over all lags.
    pvalue_lead, pvalue_follow
        Of the largest absolute studentised correlation over the lags at which ``x`` leads, and at which ``y`` leads.
    lead_excess, lead_excess_stderr
        Sum of the correlations at lags 1 to ``max_lag`` less the one at lag 0, and its standard error.
    pvalue_lead_excess, reps : one-sided, for a lead that exceeds the coincidence; surrogate pairs
    """

    x: str
    y: str
    nobs: int = 0
    sample: tuple[Any, Any] = (None, None)
    orders: tuple[int, int] = (0, 0)
    lags: np.ndarray
    correlation: np.ndarray
    stderr: np.ndarray
    band: np.ndarray
    band_max: np.ndarray
    pvalue_lead: float = np.nan
    pvalue_follow: float = np.nan
    lead_excess: float = np.nan
    lead_excess_stderr: float = np.nan
    pvalue_lead_excess: float = np.nan
    reps: int = 0

    def _rows(self) -> list[tuple[str, Any]]:
        middle = int(self.lags[-1])
        return [
            *super()._rows(),
            ("Sample", self.sample),
            ("Rows, largest lag", (self.nobs, middle)),
            ("Whitened by autoregressions of order", self.orders),
            ("Same-week correlation", float(self.correlation[middle])),
            (f"p-value of the maximum, {self.x} leads", self.pvalue_lead),
            (f"p-value of the maximum, {self.y} leads", self.pvalue_follow),
            ("Sum of lead correlations less the same-week one", self.lead_excess),
            ("Its standard error, p-value (one-sided)", (self.lead_excess_stderr, self.pvalue_lead_excess)),
            ("Surrogates", self.reps),
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw the correlations and both bands on matplotlib axes, which are returned."""
        ax = axes_or_new(ax)
        for band, alpha in ((self.band, 0.3), (self.band_max, 0.15)):
            ax.fill_between(self.lags, -band, band, alpha=alpha, color="0.5")
        ax.vlines(self.lags, 0, self.correlation)
        ax.set(xlabel=f"periods by which {self.x} leads", ylabel=f"correlation with {self.y}")
        return ax


def cross_correlation(
    *, x: pd.Series, y: pd.Series, max_lag: int, prewhiten: bool = True, reps: int = 1999, seed: int | None = None
) -> CrossCorrelationResult:
    r"""Correlate each value of one series with earlier and later values of another.

    With a and b the whitened and standardised series,

    .. math::

        r_k = \frac{1}{n} \sum_t a_t b_{t+k}, \qquad
        t_k = \frac{\sum_t a_t b_{t+k}}{\bigl( \sum_t a_t^2 b_{t+k}^2 \bigr)^{1/2}}, \qquad k = -K, \dots, K,

    and x leads at positive k. Each series is whitened by its own autoregression (at most 12 lags, by the Bayes
    criterion), so that a lag does not inherit the correlation of its neighbours. The standard error of :math:`t_k`
    allows for volatility that the two series share; without it, unrelated returns with a common volatility exceed the
    band of the maximum in four samples of ten. Unrelated series are x with the phases of its Fourier transform drawn
    at random. NaN and a reason where the sample holds fewer than four rows a lag.

    Parameters
    ----------
    x, y : pandas.Series, shape (n,)
        Stationary series on one index. Positive lags are those at which ``x`` leads.
    max_lag : int
        Largest lead and lag.
    prewhiten : bool
        Whether to whiten the series.
    reps, seed : int
        Surrogate pairs; their seed.

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
        "alternative": (
            f"past {x.name} goes with {y.name} (positive lags), or past {y.name} with {x.name} (negative lags)"
        ),
        "x": str(x.name),
        "y": str(y.name),
        "lags": np.arange(-max_lag, max_lag + 1),
    }
    least = _ROWS_PER_LAG * (max_lag + 1) + _MAX_ORDER
    if len(index) < least:
        empty: dict[str, Any] = dict.fromkeys(
            ("correlation", "stderr", "band", "band_max"), np.full(2 * max_lag + 1, np.nan)
        )
        reason = f"{len(index)} rows are too few for {max_lag} lags (at least {least})"
        return CrossCorrelationResult(**told, **empty, reason=reason)
    fitted = [_whiten(values) if prewhiten else (values, 0) for values in pair]
    n = min(values.size for values, _ in fitted)
    a, b = (_standardise(values[-n:]) for values, _ in fitted)
    observed = _moments(a[None, :], b[None, :], max_lag)
    rng = np.random.default_rng(seed)
    sizes = [min(_CHUNK, reps - start) for start in range(0, reps, _CHUNK)]
    parts = [_moments(_random_phases(a, size, rng), b[None, :], max_lag) for size in sizes]
    null = np.concatenate([products for products, _ in parts]), np.concatenate([squares for _, squares in parts])
    return CrossCorrelationResult(
        **told,
        nobs=n,
        sample=(index[-n], index[-1]),
        orders=(fitted[0][1], fitted[1][1]),
        reps=reps,
        **_tests(observed, null, n, told["lags"]),
    )


def _whiten(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Give the residuals of the autoregression that the Bayes criterion chooses, and its order."""
    from statsmodels.tsa.ar_model import AutoReg, ar_select_order

    chosen = ar_select_order(values, maxlag=_MAX_ORDER, ic="bic", trend="c").ar_lags
    if not chosen:
        return values, 0
    return AutoReg(values, lags=chosen, trend="c").fit().resid, int(chosen[-1])


def _standardise(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def _moments(a: np.ndarray, b: np.ndarray, max_lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Sum ``a_t b_{t+k}`` and its square over t, for k from -max_lag to max_lag, one row a pair."""
    length = fft.next_fast_len(a.shape[-1] + max_lag, real=True)
    lags = np.arange(-max_lag, max_lag + 1)

    def _sums(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        product = np.conj(fft.rfft(left, length)) * fft.rfft(right, length)
        return fft.irfft(product, length)[:, lags]

    return _sums(a, b), _sums(a * a, b * b)


def _random_phases(values: np.ndarray, reps: int, rng: np.random.Generator) -> np.ndarray:
    """Series with the periodogram of ``values`` and phases uniform on the circle, one a row."""
    spectrum = fft.rfft(values)
    angles = rng.uniform(0, 2 * np.pi, (reps, spectrum.size))
    if values.size % 2 == 0:
        angles[:, -1] = np.where(angles[:, -1] < np.pi, 0.0, np.pi)
    return fft.irfft(np.abs(spectrum) * np.exp(1j * angles), values.size)


def _tests(
    observed: tuple[np.ndarray, np.ndarray], null: tuple[np.ndarray, np.ndarray], n: int, lags: np.ndarray
) -> dict[str, Any]:
    """Correlations, standard errors, bands and p-values from the moments of the pair and of its surrogates."""
    products, squares = observed[0][0], observed[1][0]
    stderr = np.sqrt(squares) / n
    size, size_null = np.abs(products / np.sqrt(squares)), np.abs(null[0] / np.sqrt(null[1]))
    leads = np.where(lags > 0, 1.0, np.where(lags == 0, -1.0, 0.0))
    excess, scale = products @ leads, np.sqrt(squares @ leads**2)
    excess_null = (null[0] @ leads) / np.sqrt(null[1] @ leads**2)
    return {
        "correlation": products / n,
        "stderr": stderr,
        "band": stderr * np.quantile(size_null, _CONFIDENCE),
        "band_max": stderr * np.quantile(size_null.max(axis=1), _CONFIDENCE),
        "pvalue_lead": bootstrap_pvalue(size[lags > 0].max(), size_null[:, lags > 0].max(axis=1)),
        "pvalue_follow": bootstrap_pvalue(size[lags < 0].max(), size_null[:, lags < 0].max(axis=1)),
        "lead_excess": float(excess / n),
        "lead_excess_stderr": float(scale / n),
        "pvalue_lead_excess": bootstrap_pvalue(excess / scale, excess_null),
    }
