"""Two responses to one shock that a claim needs together: one rises, and the other does not fall."""

import math
from dataclasses import dataclass

import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count, require_same_index
from helpers.stats.projections import local_projection
from helpers.stats.results import FieldResult

LAGS, REACH_95 = 4, float(stats.norm.ppf(0.975))


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class JointResponseResult(FieldResult):
    """Whether one series rises after a shock and another does not fall by more than a margin.

    Parameters
    ----------
    shock, horizon, nobs : name of the shock; periods after it over which responses are cumulated; shocks
    margin : how far the second series may fall
    pvalue : of the claim: the larger of the one-sided p-values of its two parts
    pvalue_against
        Of its opposite, that either part is wrong: twice the smaller of the p-values the other way, at most 1.
    table : shape (3, 7)
        Indexed by series and "difference" (first less second): ``estimate`` (per standard deviation of the shock),
        ``se``, ``low``, ``high`` (95 %), ``pvalue`` and ``pvalue_against`` (one-sided, the difference against zero),
        ``detectable``.
    """

    shock: str
    horizon: int
    nobs: int
    margin: float
    pvalue: float
    pvalue_against: float
    table: pd.DataFrame


def joint_response_test(
    *, rises: pd.Series, holds: pd.Series, shock: pd.Series, horizon: int, margin: float
) -> JointResponseResult:
    r"""Test that one series rises after a shock while another does not fall by more than a margin.

    Both cumulated responses come from one system of local projections,

    .. math:: \sum_{j=0}^{h} y_{i,t+j} = a_i + \beta_i x_t + \sum_{l=1}^{4} \Gamma_{il} z_{t-l} + e_{it},

    z the two series and the shock, with HC3 errors (lags augment the regression). The null is the union of
    :math:`\beta_1 \le 0` and :math:`\beta_2 \le -margin`. It is rejected where each is rejected by itself, which keeps
    the level whatever the dependence of the two, and is conservative where both are at their bounds. NaN and a reason
    where the sample is too short.

    Parameters
    ----------
    rises, holds, shock : pandas.Series, shape (n,)
        Returns of the two series and changes of the shock on one index; the shock is divided by its deviation.
    horizon : int
        Periods after the shock.
    margin : float
        Largest fall of `holds` per standard deviation of the shock that the claim allows, at least 0.

    References
    ----------
    Berger (1982), Technometrics 24, 295-300 (intersection-union test); Montiel Olea and Plagborg-Moller (2021),
    Econometrica 89, 1789-1823 (lag augmentation).
    """
    require_count(horizon, name="horizon", least=0)
    if not (math.isfinite(margin) and margin >= 0):
        raise InputError(f"margin must be a finite number of at least 0, found {margin}.")
    require_same_index(rises, holds, shock)
    scaled = (shock / shock.std()).rename(shock.name)
    gap = (rises - holds).rename("difference")
    rows, reason, nobs = {}, None, 0
    # The third regression has the same regressors: lags of the difference and of one series span those of both.
    for series, other, bound in ((rises, holds, 0.0), (holds, rises, -margin), (gap, holds, 0.0)):
        found = local_projection(
            response=series, shock=scaled, lags=LAGS, controls=other.to_frame(), contemporaneous=False, horizons=horizon
        )
        last = found.overall.frame().iloc[-1]
        estimate, se = float(last["estimate"]), float(last["stderr"])
        reason, nobs = found.reason, int(last["n"])
        rows[str(series.name)] = {
            "estimate": estimate,
            "se": se,
            "low": estimate - REACH_95 * se,
            "high": estimate + REACH_95 * se,
            "pvalue": float(stats.norm.sf((estimate - bound) / se)),
            "pvalue_against": float(stats.norm.cdf((estimate - bound) / se)),
            "detectable": last["detectable"],
        }
    table = pd.DataFrame(rows).T
    parts = table.iloc[:2]
    return JointResponseResult(
        null=f"{rises.name} does not rise after {shock.name}, or {holds.name} falls by more than {margin:g}",
        alternative=f"{rises.name} rises and {holds.name} does not fall by more than {margin:g}",
        reason=reason,
        shock=str(shock.name),
        horizon=horizon,
        nobs=nobs,
        margin=margin,
        pvalue=float(parts["pvalue"].max(skipna=False)),
        pvalue_against=math.nan if reason else min(1.0, 2 * float(parts["pvalue_against"].min())),
        table=table,
    )
