"""The leader league: the same Granger test with other series in the leader's place."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.stats.granger.primary import GrangerResult, granger_test
from helpers.stats.regression import Covariance
from helpers.stats.results import Result


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeagueResult(Result):
    """One Granger test a leader, all against the same effect.

    Parameters
    ----------
    tests : dict of str to GrangerResult
        By leader, in the order given.
    """

    tests: dict[str, GrangerResult]

    @property
    def table(self) -> pd.DataFrame:
        """One row a leader: n, F, p, bootstrap p, adjusted partial R2 and interval (per cent), coefficient sum."""
        rows = {
            leader: [
                test.nobs, test.statistic, test.pvalue, test.pvalue_bootstrap,
                100 * test.partial_r2_adjusted, *(100 * end for end in test.partial_r2_interval), test.coefficient_sum,
            ]
            for leader, test in self.tests.items()
        }  # fmt: skip
        columns = ["n", "F", "p", "p_bootstrap", "partial_r2", "low", "high", "coefficient_sum"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    @property
    def pvalues(self) -> dict[str, float]:
        """Bootstrap p-value of each leader."""
        return {leader: test.pvalue_bootstrap for leader, test in self.tests.items()}

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            In the order in which they are shown.
        """
        return [*super().rows(), *((leader, f"bootstrap p = {p:.4f}") for leader, p in self.pvalues.items())]


def leader_league(
    *,
    effect: str,
    leaders: list[str],
    controls: list[str],
    returns: pd.DataFrame,
    lags: int,
    covariance: Covariance = "HC3",
    reps: int,
    seed: int,
) -> LeagueResult:
    """Put one leader after another in the same place.

    A leader that is among the controls leaves them for its own test. Each test uses all weeks in which its series are
    there, so that a short series costs no other leader any weeks.

    Parameters
    ----------
    effect : str
        Column of the predicted series.
    leaders : list of str
        Columns put in the leader's place.
    controls : list of str
        Columns given in every test.
    returns : pandas.DataFrame, shape (n, k)
        Weekly changes; NaN where a series is missing.
    lags, covariance, bootstrap, seed
        As in `helpers.stats.granger.granger_test`.

    Returns
    -------
    LeagueResult
        One test a leader.

    Raises
    ------
    InputError
        As in `granger_test`.
    """
    tests = {}
    for leader in leaders:
        given = [name for name in controls if name not in (leader, effect)]
        sample = returns[[effect, leader, *given]].dropna()
        tests[leader] = granger_test(
            effect=sample[effect],
            cause=sample[leader],
            controls=sample[given] if given else None,
            lags=lags,
            covariance=covariance,
            reps=reps,
            seed=seed,
        )
    return LeagueResult(
        null=f"none of the leaders helps to predict {effect}",
        alternative=f"the past of a leader helps to predict {effect}",
        tests=tests,
    )
