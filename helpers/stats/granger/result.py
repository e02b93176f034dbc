"""What all tests of a causal direction report: which series were in it, and with which covariance."""

from dataclasses import dataclass

from helpers.stats.results import Result


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CausalityResult(Result):
    """Base of the tests whether the past of one series helps to predict another.

    Parameters
    ----------
    effect, cause : str
        Names of the predicted series and of the series whose lags are tested.
    controls : tuple of str
        Series whose lags stay in the regression under the null.
    covariance : str
        Of the statistic: "nonrobust", "HC3" or "HAC"; for windows over time "nonrobust", "HC3" or "HCR".
    """

    effect: str
    cause: str
    controls: tuple[str, ...]
    covariance: str
