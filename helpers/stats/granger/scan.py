"""Granger tests at many lag lengths at once, with one p-value for the search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_count
from helpers.stats.granger.partial_r2 import partial_r2
from helpers.stats.granger.primary import Design, granger_design
from helpers.stats.granger.result import CausalityResult
from helpers.stats.max_statistic import min_p
from helpers.stats.regression import Covariance, WaldTest, wald_test, wild_bootstrap_wald

Criterion = Literal["aic", "bic", "hqic"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class GrangerScanResult(CausalityResult):
    """Granger tests over several lag lengths on one common sample.

    Parameters
    ----------
    nobs : int
        Rows of every regression.
    reps : int
        Draws of the wild bootstrap, common to all lag lengths.
    pvalue : float
        Of the whole scan: how often a search over these lag lengths finds as small a p-value with no causality.
    criterion : str or None
        Information criterion asked for.
    chosen_lags : int or None
        Lag length with the smallest value of it.
    table : pandas.DataFrame
        One row a lag length (index "lags"): statistic (F form), df, pvalue (F distribution), pvalue_bootstrap,
        pvalue_adjusted (for the scan), partial_r2_adjusted, coefficient_sum, coefficient_sum_se, aic, bic, hqic.
    """

    nobs: int
    reps: int
    pvalue: float
    criterion: str | None
    chosen_lags: int | None
    table: pd.DataFrame

    def rows(self) -> list[tuple[str, Any]]:
        """Give the lines of the summary.

        Returns
        -------
        list of (str, object)
            Hypotheses, sample, p-value of the scan, then one line a lag length.
        """
        chosen = [(f"Lags by {self.criterion}", self.chosen_lags)] if self.criterion else []
        columns = ["statistic", "pvalue", "pvalue_bootstrap", "pvalue_adjusted"]
        shown = self.table.reindex(columns=columns).itertuples()
        lines = [(f"{row[0]} lags: F, p, p bootstrap, p adjusted", row[1:]) for row in shown]
        return [
            *super().rows(),
            ("Rows", self.nobs),
            ("Covariance, draws", (self.covariance, self.reps)),
            ("p-value of the scan", self.pvalue),
            *chosen,
            *lines,
        ]


def granger_scan(
    *,
    effect: pd.Series,
    cause: pd.Series,
    lags: Sequence[int] = (1, 2, 4, 8, 13, 26),
    controls: pd.DataFrame | None = None,
    covariance: Covariance = "HC3",
    reps: int = 999,
    seed: int | None = None,
    criterion: Criterion | None = None,
) -> GrangerScanResult:
    """Test Granger causality at several lag lengths and give one p-value for the search.

    All lag lengths use the sample of the longest. Every draw of the fixed-design wild bootstrap gives one set of signs
    to the restricted residuals of all of them; the p-value of the scan is that of the smallest bootstrap p-value.

    Parameters
    ----------
    effect, cause, controls, covariance, seed
        As in `helpers.stats.granger.granger_test`.
    lags : sequence of int
        Lag lengths, each at least 1.
    reps : int
        Draws, at least 19.
    criterion : {"aic", "bic", "hqic"}, optional
        Information criterion of the unrestricted equation by which one length is named in `chosen_lags`.

    Returns
    -------
    GrangerScanResult
        With NaN and a reason where the sample is too short for the longest lag.

    Raises
    ------
    InputError
        As in `granger_test`; no or repeated lag lengths; unknown criterion.

    References
    ----------
    Westfall and Young (1993), Resampling-Based Multiple Testing (one p-value for a search, from common draws);
    Luetkepohl (2005), New Introduction to Multiple Time Series Analysis, section 4.3 (criteria).
    """
    require_count(reps, name="reps", least=19)
    if not len(lags) or len(set(lags)) != len(lags):
        raise InputError(f"lags must be different whole numbers, at least one, found {lags!r}.")
    if criterion is not None and criterion not in get_args(Criterion):
        raise InputError(f"criterion must be one of {', '.join(get_args(Criterion))}, found {criterion!r}.")
    longest = max(require_count(length, name="lags", least=1) for length in lags)
    designs = [
        granger_design(effect=effect, cause=cause, lags=length, controls=controls, drop=longest) for length in lags
    ]
    index = pd.Index(lags, name="lags")
    last = max(designs, key=lambda design: design.x_tested.shape[1])
    if last.shortage:
        return _result(last, covariance, reps, float("nan"), criterion, pd.DataFrame(index=index[:0]))
    blocks = [(design.y, design.x_restricted, design.x_tested) for design in designs]
    tests = [wald_test(*block, covariance=covariance) for block in blocks]
    draws = [wild_bootstrap_wald(*block, covariance=covariance, reps=reps, seed=seed) for block in blocks]
    search = min_p(np.array([test.statistic for test in tests]), np.column_stack(draws))
    table = pd.DataFrame([_row(test, last.y.size) for test in tests], index=index)
    table.insert(3, "pvalue_bootstrap", search.single)
    table.insert(4, "pvalue_adjusted", search.adjusted)
    return _result(last, covariance, reps, search.joint, criterion, table)


def _row(test: WaldTest, nobs: int) -> dict[str, Any]:
    """One lag length: test, effect size, direction, information criteria of the unrestricted equation."""
    fit, parameters = nobs * np.log(test.ssr / nobs), nobs - test.df[1]
    return {
        "statistic": test.statistic,
        "df": test.df,
        "pvalue": test.pvalue,
        "partial_r2_adjusted": partial_r2(test, nobs=nobs).adjusted,
        "coefficient_sum": test.coefficients.sum(),
        "coefficient_sum_se": np.sqrt(test.covariance.sum()),
        "aic": fit + 2 * parameters,
        "bic": fit + np.log(nobs) * parameters,
        "hqic": fit + 2 * np.log(np.log(nobs)) * parameters,
    }


def _result(
    design: Design, covariance: str, reps: int, pvalue: float, criterion: str | None, table: pd.DataFrame
) -> GrangerScanResult:
    """Put the scan, or the reason why there is none, into a result."""
    chosen = int(table.index[table[criterion].argmin()]) if criterion and len(table) else None
    return GrangerScanResult(
        null=f"{design.null} at any of the lag lengths",
        alternative=design.alternative,
        reason=design.shortage,
        effect=design.effect,
        cause=design.cause,
        controls=design.controls,
        nobs=design.y.size,
        covariance=covariance,
        reps=reps,
        pvalue=pvalue,
        criterion=criterion,
        chosen_lags=chosen,
        table=table,
    )
