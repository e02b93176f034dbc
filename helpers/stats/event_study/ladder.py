"""Several event sets at once: one p-value for all of them and all horizons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError
from helpers.stats.event_study.statistics import share_at_least
from helpers.stats.event_study.study import BANDWIDTH, HORIZONS, EventStudyResult, event_study, largest_over
from helpers.stats.results import Result


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class EventLadderResult(Result):
    """Event studies of several event sets with a common null.

    Parameters
    ----------
    studies : dict of str to EventStudyResult
        One a rung, in the order given.
    table : pandas.DataFrame
        Indexed by rung and horizon, the columns of `EventStudyResult.table`; ``pvalue_adjusted`` is over all rungs and
        horizons, by the maximum.
    statistic : float
        Largest absolute standardised statistic.
    pvalue : float
        Share of common shifts whose own maximum is at least as large.
    rung, horizon : str, int
        Where it is.
    """

    studies: dict[str, EventStudyResult] = field(default_factory=dict)
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    statistic: float = np.nan
    pvalue: float = np.nan
    rung: str = ""
    horizon: int = 0

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            In the order in which they are shown.
        """
        told: list[tuple[str, Any]] = [
            (name, study.reason or f"K = {len(study.episodes)}, p over its horizons {study.pvalue:.3f}")
            for name, study in self.studies.items()
        ]
        where = f"{self.rung}, {self.horizon} weeks" if self.rung else None
        ends = [("Maximum", self.statistic), ("It is at", where), ("p, all together", self.pvalue)]
        return [*super().rows(), *told, *ends]


def event_ladder(
    *,
    ladder: Mapping[str, pd.DatetimeIndex],
    returns: pd.Series,
    horizons: Sequence[int] = HORIZONS,
    pre: int = 26,
    eras: Sequence[str | pd.Timestamp] = (),
    bandwidth: int | None = BANDWIDTH,
) -> EventLadderResult:
    """Run an event study for each event set and judge all of them by one maximum.

    Parameters
    ----------
    ladder : mapping of str to pandas.DatetimeIndex
        Event sets by name, such as 1-, 2-, 3-, 5-year and all-time highs.
    returns, horizons, pre, eras, bandwidth
        As in `helpers.stats.event_study.event_study`.

    Returns
    -------
    EventLadderResult
        With NaN and a reason if no event set can be used.

    Raises
    ------
    InputError
        An empty ladder, or as in `event_study`.

    Notes
    -----
    All event sets are moved by the same shift, so that sets which share dates keep sharing them under the null.
    """
    if not ladder:
        raise InputError("the ladder holds no event set.")
    options = {"returns": returns, "horizons": horizons, "pre": pre, "eras": eras, "bandwidth": bandwidth}
    studies = {name: event_study(events=events, **options) for name, events in ladder.items()}
    null, alternative = next(iter(studies.values())).null, "For some event set and horizon the mean differs."
    done = {name: study for name, study in studies.items() if not study.reason}
    if not done:
        reason = "no event set has a complete window in the sample"
        return EventLadderResult(null=null, alternative=alternative, studies=studies, reason=reason)
    table = pd.concat({name: study.table for name, study in done.items()}, names=["rung", "horizon"])
    largest = largest_over(np.vstack([study.null_statistics for study in done.values()]))
    table["pvalue_adjusted"] = [share_at_least(largest, abs(z)) for z in table["statistic"]]
    rung, horizon = table["statistic"].abs().idxmax()
    return EventLadderResult(
        null=null,
        alternative=alternative,
        studies=studies,
        table=table,
        statistic=float(largest[0]),
        pvalue=share_at_least(largest, largest[0]),
        rung=rung,
        horizon=int(horizon),
    )


def compare_studies(studies: Mapping[str, EventStudyResult], *, horizon: int) -> pd.DataFrame:
    """Set one horizon of several event studies side by side.

    Parameters
    ----------
    studies : mapping of str to EventStudyResult
        By name; those that could not be done, or have no complete window at the horizon, are left out.
    horizon : int
        Weeks h.

    Returns
    -------
    pandas.DataFrame, shape (m, 7)
        K, mean, estimate, low, high, pvalue and detectable, by name.
    """
    columns = ["K", "mean", "estimate", "low", "high", "pvalue", "detectable"]
    rows = {name: study.table.loc[horizon, columns] for name, study in studies.items() if not study.reason}
    return pd.DataFrame(rows, index=columns).T.dropna(subset=["estimate"]).astype({"K": int})
