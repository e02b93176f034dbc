"""How an asset moves in the weeks of policy decisions, against all other weeks."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean
from helpers.stats.event_null import shift_contrasts
from helpers.stats.power import REACH
from helpers.stats.results import Result

GROUPS = ("all changes", "rises", "cuts")
MEASURES = ("return", "absolute return")
FEWEST = 3


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DecisionResult(Result):
    """Returns in weeks with a policy-rate change against all other weeks.

    Parameters
    ----------
    asset, nobs : name of the asset; weeks
    weeks : shape (K,), change of the policy rate (percentage points) by week, all decisions that fall into the sample
    table : shape (6, 6)
        Indexed by (``measure``, ``group``): ``K`` weeks, ``mean`` in these, ``others`` in all other weeks,
        ``difference`` (all in per cent), ``pvalue`` (two-sided, circular shift) and ``detectable`` (smallest absolute
        difference found with 80 % power); NaN for a group of fewer than three weeks.
    """

    asset: str
    nobs: int
    weeks: pd.Series
    table: pd.DataFrame

    def _rows(self) -> list[tuple[str, Any]]:
        lines = [
            (
                f"{row['measure']}, {row['group']}",
                f"{row['difference']:+.2f} against other weeks, K = {row['K']}, p = {row['pvalue']:.3f}",
            )
            for row in self.table.reset_index().to_dict("records")
        ]
        return [*super()._rows(), ("Weeks", self.nobs), *lines]


def decision_changes(*, effective: pd.Series, upper_bound: pd.Series, weeks: pd.DatetimeIndex) -> pd.Series:
    """Give the change of the policy rate, in percentage points, in each week that saw one.

    The target holds from the day after its announcement at 14:00 New York; COMEX silver settles at 13:25, so the first
    settlement that knows a decision is that of the effective day, and the week is the one with the first Friday on or
    after it. Bitcoin's close of that day, 00:00 UTC, knows it too. Two changes in one week are added.

    Parameters
    ----------
    effective : pandas.Series of dates, shape (m,)
        Days from which each target holds, in order.
    upper_bound : pandas.Series, shape (m,)
        The targets, per cent.
    weeks : pandas.DatetimeIndex, shape (n,)
        Fridays of the sample.

    Raises
    ------
    InputError
        Dates out of order.
    """
    days = pd.DatetimeIndex(effective)
    if not days.is_monotonic_increasing:
        raise InputError("The days from which the policy rate holds are not in order: sort them.")
    change = pd.Series(np.diff(upper_bound.to_numpy(dtype=float)), index=days[1:], name="change")
    inside = change[(change.index > weeks[0] - pd.Timedelta(weeks=1)) & (change.index <= weeks[-1])]
    return inside.groupby(weeks[weeks.searchsorted(inside.index)]).sum().rename_axis("week")


def decision_weeks(*, returns: pd.Series, changes: pd.Series) -> DecisionResult:
    r"""Compare returns in weeks with a policy-rate change with those of all other weeks.

    .. math:: D = \bar r_{\text{decision}} - \bar r_{\text{other}}

    against the same difference with the decisions moved round the calendar by every number of weeks, which keeps their
    clusters and those of volatility. A meeting that left the rate where it was counts among the other weeks. No numbers
    and a reason when fewer than three decisions fall into the sample.

    Parameters
    ----------
    returns : pandas.Series, shape (n,)
        Weekly returns, per cent.
    changes : pandas.Series, shape (K,)
        Changes of the rate by week, from `decision_changes`.

    Raises
    ------
    InputError
        A change in a week without a return.
    """
    values = require_clean(returns, role="returns")
    strangers = changes.index.difference(returns.index)
    if len(strangers):
        raise InputError(f"{returns.name!r} has no return in the week {strangers[0]} of a policy change.")
    members = dict(zip(GROUPS, (changes != 0, changes > 0, changes < 0), strict=True))
    rows = [
        {"measure": measure, "group": group, **_contrast(data, returns.index.isin(changes.index[chosen]))}
        for measure, data in zip(MEASURES, (values, np.abs(values)), strict=True)
        for group, chosen in members.items()
    ]
    few = len(changes) < FEWEST
    return DecisionResult(
        null=f"{returns.name} moves in weeks of policy decisions as in other weeks",
        alternative="its return, or the size of its move, differs in weeks of policy decisions",
        reason=f"{len(changes)} decisions, at least {FEWEST} are needed" if few else None,
        asset=str(returns.name),
        nobs=len(values),
        weeks=changes,
        table=pd.DataFrame(rows).set_index(["measure", "group"]),
    )


def _contrast(values: np.ndarray, chosen: np.ndarray) -> dict[str, float]:
    """Compare chosen with other weeks, with the circular-shift null."""
    count = int(chosen.sum())
    if count < FEWEST:
        return {"K": count} | dict.fromkeys(("mean", "others", "difference", "pvalue", "detectable"), math.nan)
    differences = shift_contrasts(values, chosen)
    return {
        "K": count,
        "mean": values[chosen].mean(),
        "others": values[~chosen].mean(),
        "difference": differences[0],
        "pvalue": float(np.mean(np.abs(differences) >= abs(differences[0]) - 1e-12)),
        "detectable": float(REACH * differences.std()),
    }
