"""Two responses to one shock that a claim needs together: one rises, and the other does not fall."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count, require_same_index
from helpers.stats.projections import local_projection
from helpers.stats.results import Result, draw_intervals


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class JointResponseResult(Result):
    """Whether one series rises after a shock and another does not fall by more than a margin.

    Parameters
    ----------
    shock, horizon, lags, nobs
        Name of the shock; periods after the shock over which responses are cumulated; lags of all series; shocks.
    margin, confidence : how far the second series may fall; coverage of intervals
    pvalue : of the claim: the larger of the one-sided p-values of its two parts
    pvalue_against
        Of its opposite, that either part is wrong: twice the smaller of the p-values the other way, at most 1.
    table : shape (3, 7)
        Indexed by series and "difference" (first less second): ``estimate`` (per standard deviation of the shock),
        ``se``, ``low``, ``high``, ``pvalue`` and ``pvalue_against`` (one-sided, the difference against zero),
        ``detectable``.
    """

    shock: str
    horizon: int
    lags: int
    nobs: int
    margin: float
    confidence: float
    pvalue: float
    pvalue_against: float
    table: pd.DataFrame

    def _rows(self) -> list[tuple[str, Any]]:
        lines = [
            (str(name), f"{row['estimate']:+.2f} ({row['low']:.2f} to {row['high']:.2f}), p = {row['pvalue']:.4f}")
            for name, row in zip(self.table.index, self.table.to_dict("records"), strict=True)
        ]
        return [
            *super()._rows(),
            ("Horizon, lags, n", (self.horizon, self.lags, self.nobs)),
            ("Margin", self.margin),
            *lines,
            ("p-value of both parts together", self.pvalue),
            ("p-value of the opposite of either", self.pvalue_against),
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw both responses and their difference with intervals, the margin dashed."""
        t, label = self.table, f"after {self.horizon} periods, per standard deviation of {self.shock}"
        ax = draw_intervals(ax, t["estimate"], t["low"], t["high"], names=t.index.astype(str), label=label)
        ax.axvline(-self.margin, color="0.2", lw=0.8, ls="--")
        ax.invert_yaxis()
        return ax


def joint_response_test(
    *,
    rises: pd.Series,
    holds: pd.Series,
    shock: pd.Series,
    horizon: int,
    margin: float,
    lags: int = 4,
    confidence: float = 0.95,
) -> JointResponseResult:
    r"""Test that one series rises after a shock while another does not fall by more than a margin.

    Both cumulated responses come from one system of local projections,

    .. math:: \sum_{j=0}^{h} y_{i,t+j} = a_i + \beta_i x_t + \sum_{l=1}^{L} \Gamma_{il} z_{t-l} + e_{it},

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
    lags : int
        Lags of all series.
    confidence : float
        Coverage of intervals.

    Raises
    ------
    InputError
        Collinear regressors.

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
    bounds, rows, reason, nobs = (0.0, -margin, 0.0), {}, None, 0
    reach = stats.norm.ppf((1 + confidence) / 2)
    # The third regression has the same regressors: lags of the difference and of one series span those of both.
    for series, other, bound in zip((rises, holds, gap), (holds, rises, holds), bounds, strict=True):
        found = local_projection(
            response=series, shock=scaled, lags=lags, controls=other.to_frame(), contemporaneous=False, horizons=horizon
        )
        estimate, se = float(found.overall.estimate[-1]), float(found.overall.stderr[-1])
        reason, nobs = found.reason, int(found.overall.nobs[-1])
        rows[str(series.name)] = {
            "estimate": estimate,
            "se": se,
            "low": estimate - reach * se,
            "high": estimate + reach * se,
            "pvalue": float(stats.norm.sf((estimate - bound) / se)),
            "pvalue_against": float(stats.norm.cdf((estimate - bound) / se)),
            "detectable": float(found.overall.detectable[-1]),
        }
    table = pd.DataFrame(rows).T
    parts = table.iloc[:2]
    return JointResponseResult(
        null=f"{rises.name} does not rise after {shock.name}, or {holds.name} falls by more than {margin:g}",
        alternative=f"{rises.name} rises and {holds.name} does not fall by more than {margin:g}",
        reason=reason,
        shock=str(shock.name),
        horizon=horizon,
        lags=lags,
        nobs=nobs,
        margin=margin,
        confidence=confidence,
        pvalue=float(parts["pvalue"].max(skipna=False)),
        pvalue_against=float(min(1.0, 2 * parts["pvalue_against"].min(skipna=False))) if reason is None else math.nan,
        table=table,
    )
