"""Several event sets, or several ways to choose them, judged by one null distribution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_clean
from helpers.stats.event_study import HORIZONS, EventStudyResult, event_study, largest_over, share_at_least
from helpers.stats.events import merge_events
from helpers.stats.results import Result
from helpers.stats.specification import Outcomes, SpecificationCurveResult, specification_curve

_BURN_IN, _DECIMALS = 26, 9
CHOICES = ["quiet", "high", "horizon", "start"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class EventLadderResult(Result):
    """Event studies of several event sets with a common null.

    Parameters
    ----------
    studies : one a rung, in the order given
    table
        Indexed by rung and horizon, the columns of `EventStudyResult.table`; ``pvalue_adjusted`` is over all rungs and
        horizons, by the maximum.
    statistic, pvalue
        Largest absolute standardised statistic; share of common shifts whose own maximum is at least as large.
    """

    studies: dict[str, EventStudyResult]
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    statistic: float = np.nan
    pvalue: float = np.nan

    def _rows(self) -> list[tuple[str, Any]]:
        told = [(name, study.reason or f"K = {len(study.episodes)}") for name, study in self.studies.items()]
        return [*super()._rows(), *told, ("Maximum", self.statistic), ("p, all together", self.pvalue)]


def event_ladder(*, ladder: Mapping[str, pd.DatetimeIndex], returns: pd.Series) -> EventLadderResult:
    r"""Run an event study for each event set and judge all of them by one maximum over sets and horizons.

    .. math:: p = \frac1n \#\{s : \max_{j,h} |z_{jh}(s)| \ge \max_{j,h} |z_{jh}(0)|\}

    All sets are moved by the same shift, so that sets which share dates keep sharing them under the null. NaN and a
    reason if no event set can be used. `ladder` holds event sets by name, such as those of `high_ladder`; `returns` are
    as in `event_study`.
    """
    if not ladder:
        raise InputError("the ladder holds no event set.")
    studies = {name: event_study(events=events, returns=returns) for name, events in ladder.items()}
    done = {name: study for name, study in studies.items() if not study.reason}
    null, alternative = next(iter(studies.values())).null, "For some event set and horizon the mean differs."
    if not done:
        reason = "no event set has a complete window in the sample"
        return EventLadderResult(null=null, alternative=alternative, reason=reason, studies=studies)
    table = pd.concat({name: study.table for name, study in done.items()}, names=["rung", "horizon"])
    largest = largest_over(np.vstack([study.null_statistics for study in done.values()]))
    table["pvalue_adjusted"] = [share_at_least(largest, abs(z)) for z in table["statistic"]]
    return EventLadderResult(
        null=null, alternative=alternative, studies=studies, table=table, statistic=float(largest[0]),
        pvalue=share_at_least(largest, largest[0]),
    )  # fmt: skip


def pooled_events(
    *, leaders: Mapping[str, pd.DatetimeIndex], returns: pd.Series, eras: Sequence[str | pd.Timestamp] = ()
) -> EventStudyResult:
    """Run one event study over the events of several leaders, each event weighed by the volatility it met.

    Parameters
    ----------
    leaders : mapping of str to pandas.DatetimeIndex
        Events by leader, such as the highs of gold and of silver, joined by `merge_events`.
    returns, eras : as in `event_study`
        The results are in log points at the median volatility of the sample (`scale_by_volatility`).
    """
    if not leaders:
        raise InputError("no leader to take events from: give at least one event set.")
    return event_study(events=merge_events(*leaders.values()), returns=scale_by_volatility(returns), eras=eras)


def scale_by_volatility(returns: pd.Series) -> pd.Series:
    r"""Divide each weekly return by the volatility known the week before, and bring it back to the median volatility.

    .. math::
        z_t = r_t\,\frac{\operatorname{median}(v)}{v_t}, \qquad
        v_t^2 = \frac{\sum_{j \ge 1} \lambda^j r_{t-j}^2}{\sum_{j \ge 1} \lambda^j}, \qquad
        \lambda = 2^{-1/26}

    The first 26 weeks, which must hold a move, only serve to estimate the volatility.
    """
    values = pd.Series(require_clean(returns, role="returns"), index=returns.index, name=returns.name)
    known = np.sqrt((values**2).ewm(halflife=_BURN_IN).mean().shift()).iloc[_BURN_IN:]
    if len(known) < 2 or known.min() == 0:
        raise InputError(f"returns {returns.name!r} need {_BURN_IN + 2} weeks, and a move in the first of them.")
    return values.iloc[_BURN_IN:] * known.median() / known


def event_specifications(
    *, ladders: Mapping[str, Mapping[str, pd.DatetimeIndex]], returns: pd.Series, starts: Sequence[str]
) -> SpecificationCurveResult:
    """Run the event study under all combinations of choices and test them jointly.

    One draw of the null is one circular shift, by as many weeks in every specification; the shifts of the shortest
    sample serve all. The estimate (log points) at a shift is its statistic in the standard error of what happened.

    Parameters
    ----------
    ladders : mapping of str to mapping of str to pandas.DatetimeIndex
        By quiet spell, the event sets by kind of high.
    returns : pandas.Series, shape (n,)
        Weekly log returns of the follower in per cent.
    starts : sequence of str
        First weeks of the samples; those that leave less than two years are left out.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214.
    """
    rows, estimates, everywhere = [], [], []
    for (quiet, ladder), start in product(ladders.items(), starts):
        part = returns.loc[start:]
        if len(part) <= 2 * max(HORIZONS):
            continue
        for high, events in ladder.items():
            study = event_study(events=events, returns=part)
            for (horizon, row), null in zip(study.table.iterrows(), study.null_statistics, strict=True):
                if np.isfinite(null[0]):
                    rows.append((quiet, high, horizon, start, row["K"]))
                    estimates.append((row["estimate"], row["statistic"]))
                    everywhere.append(null)
    table = pd.DataFrame(rows, columns=[*CHOICES, "K"])
    observed, null = _outcomes(np.array(estimates).reshape(-1, 2), everywhere)
    return specification_curve(
        specifications=table[CHOICES],
        observed=observed,
        null=null,
        nobs=table["K"].to_numpy(dtype=int),
        unit="log points",
        expected_sign=1,
        hypothesis=f"In every specification {returns.name} does after the events what it does after other weeks",
    )


def _outcomes(found: np.ndarray, everywhere: list[np.ndarray]) -> tuple[Outcomes, Outcomes]:
    """Outcomes of the events (s,), and of the shifts (B, s), each specification ranked among all of its own shifts."""
    shifts = min((null.size for null in everywhere), default=0)
    pvalues = np.ones((shifts, len(everywhere)))
    moved = np.zeros_like(pvalues)
    for column, null in enumerate(everywhere):
        size = np.round(np.abs(null), _DECIMALS)
        rank, known = stats.rankdata(size, method="min", nan_policy="omit"), np.isfinite(size).sum()
        pvalues[:, column] = np.nan_to_num((known + 1 - rank) / known, nan=1.0)[:shifts]
        moved[:, column] = np.nan_to_num(null)[:shifts]
    scale = np.divide(found[:, 0], found[:, 1], out=np.zeros(len(found)), where=found[:, 1] != 0)
    observed = Outcomes(found[:, 0], pvalues[0] if shifts else np.empty(0), np.sign(found[:, 0]))
    return observed, Outcomes(moved * scale, pvalues, np.sign(moved))
