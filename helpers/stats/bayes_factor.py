"""How many times more likely an estimate is with an effect of a stated size than with none, and that in words."""

import math
from typing import Literal

from scipy import stats

from helpers.stats.checks import InputError

_WORDS = ((100.0, "decisive"), (30.0, "very strong"), (10.0, "strong"), (3.0, "moderate"), (1.0, "weak"))


def bayes_factor(*, estimate: float, standard_error: float, scale: float, sign: Literal[1, -1] = 1) -> float:
    r"""Compare an effect of the stated sign and size with none.

    With :math:`\hat\theta \sim N(\theta, s^2)`, :math:`\theta = 0` under the null and :math:`\theta` half-normal
    with scale :math:`\tau` on the side of the sign otherwise,

    .. math::

        B_{10} = 2 \, \frac{\varphi(\hat\theta; 0, s^2 + \tau^2)}{\varphi(\hat\theta; 0, s^2)} \,
        \Phi\Bigl(\pm \frac{\hat\theta \, \tau}{s \sqrt{s^2 + \tau^2}}\Bigr).

    Above one the data favour the effect; the inverse is the odds for none.

    Parameters
    ----------
    estimate, standard_error : float
        In one unit.
    scale : float
        The smallest effect of interest, same unit: half of the prior lies below .67 times it.
    sign : {1, -1}
        Of the effect that the claim states.

    Raises
    ------
    InputError
        A standard error or scale that is not positive; a sign other than 1 and -1.

    References
    ----------
    Dienes (2014), Frontiers in Psychology 5, 781 (half-normal prior scaled by the effect expected); Jeffreys (1961),
    Theory of Probability, appendix B (words).
    """
    if not (0 < standard_error < math.inf and 0 < scale < math.inf and math.isfinite(estimate)):
        raise InputError(
            f"estimate must be finite, standard_error and scale positive: found {estimate}, {standard_error}, {scale}."
        )
    if sign not in (1, -1):
        raise InputError(f"sign must be 1 or -1, found {sign!r}.")
    wide = math.hypot(standard_error, scale)
    log_ratio = stats.norm.logpdf(estimate, scale=wide) - stats.norm.logpdf(estimate, scale=standard_error)
    side = stats.norm.logcdf(sign * estimate * scale / (standard_error * wide))
    return float(math.exp(min(math.log(2) + log_ratio + side, 700.0)))


def odds_in_words(factor: float) -> str:
    """Say a Bayes factor as odds.

    Such as "4 to 1 against an effect of this size (moderate)"; "even" between 4 to 5 and 5 to 4.
    """
    if not factor > 0:
        raise InputError(f"A Bayes factor is positive, found {factor!r}.")
    odds = max(factor, 1 / factor)
    if odds < 1.25:
        return "even odds: the data do not tell"
    word = next(word for least, word in _WORDS if odds >= least)
    said = "more than 1,000" if odds > 1000 else f"{odds:.1f}" if odds < 9.95 else f"{odds:,.0f}"
    return f"{said} to 1 {'for' if factor > 1 else 'against'} an effect of this size ({word})"
