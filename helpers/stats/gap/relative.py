"""Where the latest relative performance of two assets stands in its own past."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.stats.gap.frequency import HORIZONS, log_gap, net_of_beta, past_percentile, up_to
from helpers.stats.gap.time_share import time_share
from helpers.stats.results import Result

RAW, NET = "difference", "net of beta"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RelativePerformanceResult(Result):
    """Where the latest relative performance of two assets stands in its own past.

    Parameters
    ----------
    leader, follower : str
        Names of the assets.
    date : pandas.Timestamp
        Week that is placed.
    table : pandas.DataFrame
        Indexed by (``measure``, ``horizon``), measures "difference" and "net of beta"; columns ``value`` (log points),
        ``beta`` taken off, ``percentile`` (past weeks below, in per cent), and the fields of the `TimeShare` of past
        weeks at least as large.
    history : pandas.DataFrame, shape (n, 2 * number of horizons)
        The measures in every week up to `date`, columns as the index of `table`.
    """

    leader: str
    follower: str
    date: pd.Timestamp
    table: pd.DataFrame
    history: pd.DataFrame

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            In the order in which they are shown.
        """
        lines = [
            (
                f"{row['horizon']} weeks, {row['measure']}",
                f"{row['value']:.1f} log points, above {row['percentile']:.1f} % of {row['nobs']} past weeks",
            )
            for row in self.table.reset_index().to_dict("records")
        ]
        return [*super().rows(), ("Week", self.date), *lines]


def relative_performance(
    *,
    leader: pd.Series,
    follower: pd.Series,
    horizons: Sequence[int] = HORIZONS,
    date: pd.Timestamp | None = None,
    level: float = 0.90,
) -> RelativePerformanceResult:
    """Place the latest relative performance of two assets in its own past, with and without their common move.

    Parameters
    ----------
    leader, follower : pandas.Series, shape (n,)
        Weekly prices on one evenly spaced index.
    horizons : sequence of int
        Weeks.
    date : pandas.Timestamp, optional
        Week that is placed; by default the last.
    level : float
        Coverage of the intervals of the frequencies.

    Returns
    -------
    RelativePerformanceResult
        One line a measure (`log_gap`, `net_of_beta`) and horizon.

    Raises
    ------
    InputError
        As `gap_frequency`.
    """
    history, rows = {}, []
    for horizon in horizons:
        net = net_of_beta(leader=leader, follower=follower, horizon=horizon)
        raw = log_gap(leader=leader, follower=follower, horizon=horizon)
        for measure, full, beta in ((RAW, raw, raw * 0 + 1), (NET, net["gap"], net["beta"])):
            gap = history[measure, horizon] = up_to(full, date)
            found = time_share((gap.iloc[:-1] >= gap.iloc[-1]).to_numpy(), window=horizon, level=level)
            place = {
                "value": gap.iloc[-1],
                "beta": beta.loc[gap.index[-1]],
                "percentile": past_percentile(gap).iloc[-1],
            }
            rows.append({"measure": measure, "horizon": horizon, **place, **vars(found)})
    return RelativePerformanceResult(
        null="the latest relative performance is an ordinary week of its own past",
        alternative=f"{leader.name} had seldom run so far ahead of {follower.name}",
        leader=str(leader.name),
        follower=str(follower.name),
        date=gap.index[-1],
        table=pd.DataFrame(rows).set_index(["measure", "horizon"]),
        history=pd.DataFrame(history),
    )
