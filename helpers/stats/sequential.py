"""Evidence: confidence sequences and e-processes, valid when looked at every week, and Bayes factors in words."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from helpers.stats.checks import InputError, require_clean, require_count, require_probability
from helpers.stats.results import FieldResult

_BET = 0.05
_WORDS = ((100.0, "decisive"), (30.0, "very strong"), (10.0, "strong"), (3.0, "moderate"), (1.0, "weak"))


class ConfidenceSequence(NamedTuple):
    """Ends of an interval that covers at all sample sizes at once, and its standard errors on either side."""

    low: Any
    high: Any
    factor: Any


def confidence_sequence(
    *, estimate: Any, standard_error: Any, n: Any, n_registered: int, alpha: float = 0.05
) -> ConfidenceSequence:
    r"""Give the interval that may be read every week.

    .. math::

        \hat\theta \pm \mathrm{se} \sqrt{\frac{2 (n q + 1)}{n q} \log \frac{\sqrt{n q + 1}}{\alpha}},

    with :math:`q` such that it is narrowest at the sample size of registration. With probability
    :math:`1 - \alpha`, asymptotically, it holds the true value at all sample sizes at once.

    Parameters
    ----------
    estimate, standard_error, n : float or array_like, shape (m,)
        An asymptotically linear estimator and its standard error at each sample size, and these sizes.
    n_registered, alpha : int, float
        Sample size at registration, never re-tuned; probability of ever excluding the true value (for one of several
        cells read together, the error rate of one).

    References
    ----------
    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Annals of Statistics 52, 2613-2640, theorem 2.2 and
    section 2.3 (choice of the parameter).
    """
    require_count(n_registered, name="n_registered", least=2)
    require_probability(alpha, name="alpha")
    size, error = np.asarray(n, dtype=float), np.asarray(standard_error, dtype=float)
    if np.any(size < 1) or np.any(error < 0):
        raise InputError("n must be at least 1 and standard_error not negative.")
    factor = _factor(size * _tightest(alpha) / n_registered, alpha)
    middle = np.asarray(estimate, dtype=float)
    return ConfidenceSequence((middle - factor * error)[()], (middle + factor * error)[()], factor[()])


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ForecastEProcess(FieldResult):
    """Evidence, as it grew, that one forecaster scores better than another on average.

    Parameters
    ----------
    evidence : shape (n,)
        E-process: under the null its mean is at most one whenever somebody stops to look, and it ever reaches 20 with
        probability at most .05.
    difference : mean score of the first less that of the second
    """

    evidence: pd.Series
    difference: float

    @property
    def value(self) -> float:
        """Evidence at the end."""
        return float(self.evidence.iloc[-1])

    @property
    def pvalue(self) -> float:
        """P-value that holds at all times: one over the largest evidence so far."""
        return float(min(1.0, 1 / self.evidence.max()))


def forecast_e_process(
    *, scores: pd.Series, benchmark: pd.Series, bound: float, ahead: int = 1, variance_best: float = 10.0
) -> ForecastEProcess:
    r"""Weigh, forecast by forecast, whether one forecaster scores better than another.

    With :math:`\delta_i` the differences of two scores between 0 and `bound`, :math:`c` twice the bound and
    :math:`V_t = \sum (\delta_i - \gamma_i)^2` about the mean :math:`\gamma_i` of the differences known before,

    .. math::

        E_t = \int_0^{1/c} \exp\Bigl(\lambda \sum_{i \le t} \delta_i - \psi_c(\lambda) V_t\Bigr) dF(\lambda), \qquad
        \psi_c(\lambda) = \frac{-\log(1 - c \lambda) - c \lambda}{c^2},

    with :math:`F` the gamma distribution that gives a closed form. Forecasts more than one period ahead are split into
    ``ahead`` streams that do not overlap; the mean of their largest evidence becomes a p-value (times :math:`e
    \log(\mathrm{ahead})`, at least 2) and this an e-value again, which asks more of the data. Null: on average over
    time the first forecaster is no better.

    Parameters
    ----------
    scores, benchmark : pandas.Series, shape (n,)
        Scores of both forecasters for the same outcomes, in order, higher is better (turn the sign of Brier scores).
    bound, ahead, variance_best : float, int, float
        Most by which two scores can differ; periods from forecast to outcome; :math:`V_t` at which the mixture is most
        sensitive, in squared scores.

    References
    ----------
    Choe and Ramdas (2023), Comparing sequential forecasters, Operations Research 72, 1368-1387, theorems 2 and 3 and
    section 5 (lagged forecasts); Howard, Ramdas, McAuliffe and Sekhon (2021), Annals of Statistics 49, 1055-1080,
    proposition 9 (mixture); Vovk and Wang (2021), Annals of Statistics 49, 1736-1754 (calibrator).
    """
    if not scores.index.equals(benchmark.index):
        raise InputError("scores and benchmark must belong to the same outcomes: align them first.")
    require_count(ahead, name="ahead", least=1)
    difference = require_clean((scores - benchmark).rename("difference of scores"), role="score")
    if difference.size < ahead:
        raise InputError(f"{difference.size} scores are fewer than the {ahead} periods from forecast to outcome.")
    if not bound > 0 or np.abs(difference).max() > bound:
        raise InputError(f"Scores differ by up to {np.abs(difference).max():g}, more than the bound of {bound!r}.")
    log_evidence = _streams(difference, c=2 * bound, ahead=ahead, variance_best=variance_best)
    evidence = np.exp(log_evidence[0]) if ahead == 1 else _combined(log_evidence)
    first, second = str(scores.name or "the forecast"), str(benchmark.name or "the benchmark")
    return ForecastEProcess(
        null=f"on average so far {first} has scored no better than {second}",
        alternative=f"{first} has scored better",
        evidence=pd.Series(evidence, index=scores.index, name="evidence"),
        difference=float(difference.mean()),
    )


def bayes_factor(*, estimate: float, standard_error: float, scale: float) -> float:
    r"""Compare an effect of the stated size with none.

    With :math:`\hat\theta \sim N(\theta, s^2)`, :math:`\theta = 0` under the null and :math:`\theta > 0` half-normal
    with scale :math:`\tau` otherwise,

    .. math::

        B_{10} = 2 \, \frac{\varphi(\hat\theta; 0, s^2 + \tau^2)}{\varphi(\hat\theta; 0, s^2)} \,
        \Phi\Bigl(\frac{\hat\theta \, \tau}{s \sqrt{s^2 + \tau^2}}\Bigr).

    Above one the data favour the effect; the inverse is the odds for none.

    Parameters
    ----------
    estimate, standard_error, scale : float
        In one unit, an effect as the claim states it being positive; the scale is the smallest effect of interest: half
        of the prior lies below .67 times it.

    References
    ----------
    Dienes (2014), Frontiers in Psychology 5, 781 (half-normal prior scaled by the effect expected); Jeffreys (1961),
    Theory of Probability, appendix B (words).
    """
    if not (0 < standard_error < math.inf and 0 < scale < math.inf and math.isfinite(estimate)):
        raise InputError(
            f"estimate must be finite, standard_error and scale positive: found {estimate}, {standard_error}, {scale}."
        )
    wide = math.hypot(standard_error, scale)
    log_ratio = stats.norm.logpdf(estimate, scale=wide) - stats.norm.logpdf(estimate, scale=standard_error)
    side = stats.norm.logcdf(estimate * scale / (standard_error * wide))
    return float(math.exp(min(math.log(2) + log_ratio + side, 700.0)))


def odds_in_words(factor: float) -> str:
    """Say a Bayes factor as odds: "4 to 1 against an effect of this size (moderate)"; "even" from 4:5 to 5:4."""
    if not factor > 0:
        raise InputError(f"A Bayes factor is positive, found {factor!r}.")
    odds = max(factor, 1 / factor)
    if odds < 1.25:
        return "even odds: the data do not tell"
    word = next(word for least, word in _WORDS if odds >= least)
    said = "more than 1,000" if odds > 1000 else f"{odds:.1f}" if odds < 9.95 else f"{odds:,.0f}"
    return f"{said} to 1 {'for' if factor > 1 else 'against'} an effect of this size ({word})"


def _factor(ratio: Any, alpha: float) -> Any:
    """Count the standard errors on either side, given n q."""
    return np.sqrt(2 * (ratio + 1) / ratio * np.log(np.sqrt(ratio + 1) / alpha))


def _tightest(alpha: float) -> float:
    """Find the n q at which the factor is smallest."""
    found = optimize.minimize_scalar(
        lambda log_ratio: _factor(np.exp(log_ratio), alpha), bounds=(-5, 15), method="bounded", options={"xatol": 1e-10}
    )
    return float(np.exp(found.x))


def _streams(difference: np.ndarray, *, c: float, ahead: int, variance_best: float) -> np.ndarray:
    """Log evidence of each stream of forecasts that do not overlap, carried forward; shape (ahead, n)."""
    n = difference.size
    known = np.zeros(n)
    known[ahead:] = (np.cumsum(difference) / np.arange(1, n + 1))[: n - ahead]
    alpha = 2 * _BET
    rho = variance_best / (2 * np.log(1 / alpha) + np.log(1 + 2 * np.log(1 / alpha)))
    out = np.zeros((ahead, n))
    for k in range(ahead):
        own = difference[k::ahead]
        total, variance = np.cumsum(own), np.cumsum((own - known[k::ahead]) ** 2)
        out[k, k:] = np.repeat(_log_mixture(total, variance, rho, c), ahead)[: n - k]
    return out


def _log_mixture(total: np.ndarray, variance: np.ndarray, rho: float, c: float) -> np.ndarray:
    """Log of the gamma-exponential mixture; where the sum is far below zero, a bound from above."""
    shape, grown, reach = rho / c**2, (variance + rho) / c**2, (c * total + variance + rho) / c**2
    constant = shape * np.log(shape) - special.gammaln(shape) - np.log(special.gammainc(shape, shape))
    safe = np.where(reach > 0, reach, 1.0)
    inside = (
        constant + special.gammaln(grown) + np.log(special.gammainc(grown, safe)) - grown * np.log(safe) + safe - shape
    )
    return np.where(reach > 0, inside, constant - shape - np.log(grown))


def _combined(log_evidence: np.ndarray) -> np.ndarray:
    """One e-process from streams that overlap: largest evidence, its mean, a p-value, an e-value."""
    ahead = len(log_evidence)
    largest = np.exp(np.maximum.accumulate(log_evidence, axis=1)).mean(axis=0)
    p = np.minimum(1, max(2.0, np.e * np.log(ahead)) / largest)
    log_p = np.log(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(log_p > -1e-4, 0.5, (1 - p + p * log_p) / (p * log_p**2))
