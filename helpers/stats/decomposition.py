"""Why a price rose: its rise over a run of weeks, split by responses that were estimated before the run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_clean, require_clean_columns, require_count, require_same_index
from helpers.stats.inference import bootstrap_paths, volatility_block
from helpers.stats.regression import bootstrap_pvalue, collinear_column, newey_west_lags, sum_ahead
from helpers.stats.results import FieldResult, axes_or_new
from helpers.stats.simultaneous import score_stderr

SHORTEST_PAST, USUAL = 104, "usual rise"
REACH_95 = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DecompositionResult(FieldResult):
    """A rise split into parts that add up to it exactly, and a remainder.

    Parameters
    ----------
    weeks, nobs : weeks of the run; weeks up to its start, on which the responses are estimated
    total, remainder : rise, and what no part explains, in units of the response (log points)
    remainder_sd
        Standard deviation of such a remainder over as many weeks: of overlapping sums of the residuals before the run,
        and of the error of the explained part.
    standardised : `remainder` in units of `remainder_sd`
    pvalue
        Share of remainders, drawn from blocks of the residuals before the run with an error of the explained part, at
        least as far from zero.
    table
        Indexed by part, "usual rise" first: ``block``, ``beta``, ``moved`` (how far the driver went beyond what its
        usual drift and the earlier blocks imply, in its own units), ``contribution`` (their product), ``se``, ``low``,
        ``high`` (95 %), ``explained`` (cumulated).
    blocks : indexed by block: ``contribution``, ``se``, ``low``, ``high``, ``explained``
    """

    weeks: int
    nobs: int
    total: float
    remainder: float
    remainder_sd: float
    standardised: float
    pvalue: float
    table: pd.DataFrame
    blocks: pd.DataFrame

    def plot(self, ax: Any = None) -> Any:
        """Draw a waterfall of the parts and the remainder, with their 95 % intervals; returns the axes."""
        ax, names = axes_or_new(ax), [*map(str, self.table.index), "remainder", "whole rise"]
        starts, heights = [0, *self.table["explained"]], [*self.table["contribution"], self.remainder]
        ax.bar(names, [*heights, self.total], bottom=[*starts, 0], color=["C0"] * len(self.table) + ["C3", "0.5"])
        reach = REACH_95 * np.append(self.table["se"], self.remainder_sd)
        tops = np.add(starts, heights)
        ax.vlines(names[:-1], tops - reach, tops + reach, color="0.2")
        ax.axhline(0, color="0.5", linewidth=0.8)
        ax.tick_params(axis="x", rotation=45)
        ax.set_ylabel("log points")
        return ax


def decompose_rise(
    *,
    response: pd.Series,
    blocks: Mapping[str, pd.DataFrame],
    start: pd.Timestamp,
    end: pd.Timestamp,
    reps: int = 9_999,
    seed: int,
) -> DecompositionResult:
    r"""Split the rise of a run by responses estimated before it, block after block.

    With weeks :math:`t \le` start, driver k of block j has the coefficient :math:`\beta_{jk}` of a regression on all
    drivers of blocks 1 to j. Over the m weeks of the run,

    .. math:: \sum y_t = m \bar y + \sum_j \sum_k \beta_{jk} \sum_t \tilde x_{jkt} + \text{remainder},

    where :math:`\tilde x` is the driver less its usual drift and less what the earlier blocks imply for it, both
    estimated before the run. An earlier block is thus credited with what later ones share with it. The parts say what
    moved together, not what caused what.

    Parameters
    ----------
    response : pandas.Series, shape (n,)
        Weekly log returns in per cent, before and during the run.
    blocks : mapping of str to pandas.DataFrame of shape (n, k)
        Weekly changes of drivers on the same index, in the order in which they are credited.
    start, end : pandas.Timestamp
        Last week before the run, last week of the run; both in the index.
    reps, seed : int
        Remainders drawn; their seed.

    Raises
    ------
    InputError
        Collinear drivers; fewer than 104 weeks up to `start`; a run without weeks, or longer than half of what came
        before it.

    Notes
    -----
    Standard errors (Newey-West) are those of the responses, by the delta method, the weeks of the run given; that of a
    block carries the error of the regressions of its drivers on the earlier blocks too. They leave out the week-to-week
    error, which is in the remainder.
    """
    require_count(reps, name="reps", least=1)
    first, last = _run(response, start, end)
    y, x, members = _design(response, blocks, first)
    weeks, bandwidth = last - first, newey_west_lags(first)
    moves = x[first:last].sum(axis=0)
    parts, influences = _parts(y[:first], x[:first], moves, members)
    total = float(y[first:last].sum())
    remainder = total - sum(part["contribution"] for part in parts)
    residuals, _, errors = _fit(y[:first], x[:first])
    residuals *= math.sqrt(first / (first - x.shape[1]))
    error = float(score_stderr((errors @ moves)[:, None], bandwidth=bandwidth)[0])
    spread = math.sqrt(float(np.mean(sum_ahead(np.concatenate([[0.0], residuals]), weeks) ** 2)) + error**2)
    drawn = _remainders(residuals, weeks, error, reps, seed)
    table, by_block = _tables(parts, influences, bandwidth)
    return DecompositionResult(
        null=f"{response.name} moved from {start.date()} to {end.date()} as its earlier responses to the drivers imply",
        alternative="it moved by more or less than these and their usual error account for",
        weeks=weeks,
        nobs=first,
        total=total,
        remainder=remainder,
        remainder_sd=spread,
        standardised=remainder / spread,
        pvalue=bootstrap_pvalue(abs(remainder), np.abs(drawn)),
        table=table,
        blocks=by_block,
    )


def _run(response: pd.Series, start: pd.Timestamp, end: pd.Timestamp) -> tuple[int, int]:
    require_clean(response, role="response")
    for date in (start, end):
        if date not in response.index:
            raise InputError(f"{response.name!r} has no value on {date}: give dates that are in its index.")
    first, last = (int(response.index.get_loc(date)) + 1 for date in (start, end))
    if last <= first:
        raise InputError(f"The run from {start} to {end} holds no week: give an end after the start.")
    if first < SHORTEST_PAST or 2 * (last - first) > first:
        raise InputError(
            f"{first} weeks up to {start} are too few for a run of {last - first} weeks: at least {SHORTEST_PAST}, "
            "and twice the run, are needed."
        )
    return first, last


def _design(
    response: pd.Series, blocks: Mapping[str, pd.DataFrame], first: int
) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str]]]:
    """Response, a constant with all drivers in order, and the block and name of each of these columns."""
    columns, members = [np.ones((len(response), 1))], [(USUAL, USUAL)]
    for block, frame in blocks.items():
        columns.append(require_clean_columns(frame, role="driver"))
        require_same_index(response, frame.iloc[:, 0])
        members += [(block, str(name)) for name in frame.columns]
    x = np.column_stack(columns)
    fault = collinear_column(x[:first])
    if fault is not None:
        raise InputError(f"driver {members[fault][1]!r} is a sum of multiples of the drivers before it.")
    return response.to_numpy(dtype=float), x, members


def _fit(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Residuals, coefficients, and what each week adds to the error of each coefficient (as in HC3)."""
    inverse = np.linalg.pinv(x)
    coefficients = inverse @ y
    residuals = y - x @ coefficients
    leverage = np.einsum("ij,ji->i", x, inverse)
    return residuals, coefficients, inverse.T * (residuals / (1 - leverage))[:, None]


def _parts(
    y: np.ndarray, x: np.ndarray, moves: np.ndarray, members: list[tuple[str, str]]
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Credit every column, and give what each past week adds to the error of its part, shape (n, parts)."""
    names = [block for block, _ in members]
    parts, influences = [], []
    for column, (block, name) in enumerate(members):
        earlier, upto = names.index(block), len(names) - names[::-1].index(block)
        _, betas, beta_error = _fit(y, x[:, :upto])
        _, implied, implied_error = _fit(x[:, column], x[:, :earlier])
        beta, moved = betas[column], moves[column] - moves[:earlier] @ implied
        influences.append(moved * beta_error[:, column] - beta * implied_error @ moves[:earlier])
        parts.append({"part": name, "block": block, "beta": beta, "moved": moved, "contribution": beta * moved})
    return parts, np.column_stack(influences)


def _tables(parts: list[dict[str, Any]], influences: np.ndarray, bandwidth: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = pd.DataFrame(parts).set_index("part")
    names = list(dict.fromkeys(table["block"]))
    chosen = [table["block"].to_numpy() == name for name in names]
    blocks = pd.DataFrame({"contribution": [table["contribution"][rows].sum() for rows in chosen]}, index=names)
    by_block = np.column_stack([influences[:, rows].sum(axis=1) for rows in chosen])
    for frame, errors in ((table, influences), (blocks, by_block)):
        frame["se"] = score_stderr(errors, bandwidth=bandwidth)
        frame["low"] = frame["contribution"] - REACH_95 * frame["se"]
        frame["high"] = frame["contribution"] + REACH_95 * frame["se"]
        frame["explained"] = frame["contribution"].cumsum()
    return table, blocks.rename_axis("block")


def _remainders(residuals: np.ndarray, weeks: int, error: float, reps: int, seed: int) -> np.ndarray:
    """Sum residuals drawn in blocks that keep calm and stormy weeks together, each with an error of the fit."""
    block = volatility_block(residuals)
    sums = bootstrap_paths(residuals, horizon=weeks, reps=reps, block=block, seed=seed)[:, -1]
    return sums + error * np.random.default_rng([seed, 1]).standard_normal(reps)
