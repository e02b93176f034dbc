"""The event study under every defensible choice of quiet spell, kind of high, horizon and sample."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.event_study.ladder import EventLadderResult, event_ladder
from helpers.stats.event_study.study import HORIZONS
from helpers.stats.specification import Outcomes, SpecificationCurveResult, specification_curve

CHOICES = ["quiet", "high", "horizon", "start"]
_DECIMALS = 9


def event_specifications(
    *,
    ladders: Mapping[str, Mapping[str, pd.DatetimeIndex]],
    returns: pd.Series,
    starts: Sequence[str],
    horizons: Sequence[int] = HORIZONS,
    expected_sign: int = 1,
) -> tuple[SpecificationCurveResult, pd.DataFrame]:
    """Run the event study under all combinations of choices and test them jointly.

    Parameters
    ----------
    ladders : mapping of str to mapping of str to pandas.DatetimeIndex
        By quiet spell, the event sets by kind of high.
    returns : pandas.Series, shape (n,)
        Weekly log returns of the follower in per cent, nothing missing.
    starts : sequence of str
        First weeks of the samples.
    horizons : sequence of int
        Weeks after the event.
    expected_sign : int
        Direction that the claim states.

    Returns
    -------
    curve : SpecificationCurveResult
        Estimates in log points; p-values two-sided over all circular shifts.
    together : pandas.DataFrame
        One row a ``quiet`` spell and ``start``: ``episodes`` of the first kind of high, ``statistic`` and ``pvalue`` of
        the maximum over kinds and horizons, ``at`` where it is.

    Raises
    ------
    InputError
        As in `helpers.stats.event_study.event_ladder`.

    Notes
    -----
    One draw of the null is one circular shift, by the same number of weeks for every specification. Samples differ in
    length; the shifts of the shortest are used for all, so that events move to the same week in each. The estimate at a
    shift is its studentised statistic in the standard error of what happened.
    """
    rows, estimates, everywhere, together = [], [], [], []
    for (quiet, ladder), start in product(ladders.items(), starts):
        part = returns.loc[start:]
        if len(part) <= 2 * max(horizons):
            continue
        found = event_ladder(ladder=dict(ladder), returns=part, horizons=horizons)
        together.append((quiet, start, *_summary(found)))
        for high, study in found.studies.items():
            if study.reason:
                continue
            for horizon, null in zip(study.table.index, study.null_statistics, strict=True):
                if np.isfinite(null[0]):
                    row = study.table.loc[horizon]
                    rows.append((quiet, high, horizon, start, row["K"]))
                    estimates.append((row["estimate"], row["statistic"]))
                    everywhere.append(null)
    table = pd.DataFrame(rows, columns=[*CHOICES, "K"])
    observed, null = _outcomes(np.array(estimates).reshape(-1, 2), everywhere)
    curve = specification_curve(
        specifications=table[CHOICES],
        observed=observed,
        null=null,
        nobs=table["K"].to_numpy(dtype=int),
        unit="log points",
        expected_sign=expected_sign,
        hypothesis=f"In every specification {returns.name} does after the events what it does after other weeks",
    )
    return curve, pd.DataFrame(together, columns=["quiet", "start", "episodes", "statistic", "pvalue", "at"])


def _summary(found: EventLadderResult) -> tuple[int, float, float, str]:
    first = next(iter(found.studies.values()))
    where = f"{found.rung}, {found.horizon} weeks" if found.rung else "-"
    return len(first.episodes), found.statistic, found.pvalue, where


def _outcomes(found: np.ndarray, everywhere: list[np.ndarray]) -> tuple[Outcomes, Outcomes]:
    """Outcomes of the events (s,), and of the shifts (B, s), each specification ranked among all of its own shifts."""
    shifts = min((null.size for null in everywhere), default=0)
    pvalues = np.empty((shifts, len(everywhere)))
    moved = np.zeros_like(pvalues)
    for column, null in enumerate(everywhere):
        size = np.round(np.abs(null), _DECIMALS)
        known = size[np.isfinite(size)]
        share = (known.size + 1 - stats.rankdata(known, method="min")) / known.size
        pvalues[:, column] = _spread(null, share)[:shifts]
        moved[:, column] = np.nan_to_num(null)[:shifts]
    scale = np.divide(found[:, 0], found[:, 1], out=np.zeros(len(found)), where=found[:, 1] != 0)
    observed = Outcomes(found[:, 0], pvalues[0] if shifts else np.empty(0), np.sign(found[:, 0]))
    return observed, Outcomes(moved * scale, pvalues, np.sign(moved))


def _spread(null: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Put p-values of the finite statistics back to their places; 1 where there is none."""
    out = np.ones(null.size)
    out[np.isfinite(null)] = share
    return out
