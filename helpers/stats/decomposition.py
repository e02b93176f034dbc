"""Why a price rose: its rise over a run of weeks, split by responses that were estimated before the run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.driver_betas import driver_design
from helpers.stats.inference import bootstrap_paths, volatility_block
from helpers.stats.regression import bootstrap_pvalue, newey_west_lags, sum_ahead
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
        usual drift and the earlier blocks imply, in its own units), ``contribution`` (their product).
    blocks
        Indexed by block: ``contribution``, ``se`` (Newey-West, of the responses, the weeks of the run given), ``low``,
        ``high`` (95 %), ``explained`` (cumulated).
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
        """Draw a waterfall of the blocks and the remainder, with their 95 % intervals; returns the axes."""
        ax, names = axes_or_new(ax), [*map(str, self.blocks.index), "remainder", "whole rise"]
        starts, heights = [0, *self.blocks["explained"]], [*self.blocks["contribution"], self.remainder]
        ax.bar(names, [*heights, self.total], bottom=[*starts, 0], color=["C0"] * len(self.blocks) + ["C3", "0.5"])
        reach, tops = REACH_95 * np.append(self.blocks["se"], self.remainder_sd), np.add(starts, heights)
        ax.vlines(names[:-1], tops - reach, tops + reach, color="0.2")
        ax.axhline(0, color="0.5", linewidth=0.8)
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
        Fewer than 104 weeks up to `start`; a run without weeks, or longer than half of what came before it.

    Notes
    -----
    The standard error of a block, by the delta method, carries that of the regressions of its drivers on the earlier
    blocks; the week-to-week error is in the remainder.
    """
    require_count(reps, name="reps", least=1)
    first, last = _run(response, start, end)
    y, x = driver_design(response=response, drivers=pd.concat(list(blocks.values()), axis=1))
    members = [(USUAL, USUAL), *((block, str(name)) for block, frame in blocks.items() for name in frame)]
    weeks, bandwidth = last - first, newey_west_lags(first)
    moves = x[first:last].sum(axis=0)
    table, influences = _parts(y[:first], x[:first], moves, members)
    by_block = influences.T.groupby(table["block"], sort=False).sum().T
    told = pd.DataFrame({"contribution": table.groupby("block", sort=False)["contribution"].sum()})
    told["se"] = score_stderr(by_block.to_numpy(), bandwidth=bandwidth)
    told["low"], told["high"] = (told["contribution"] + side * REACH_95 * told["se"] for side in (-1, 1))
    told["explained"] = told["contribution"].cumsum()
    total = float(y[first:last].sum())
    remainder = total - float(table["contribution"].sum())
    residuals, _, errors = _fit(y[:first], x[:first])
    residuals *= math.sqrt(first / (first - x.shape[1]))
    error = float(score_stderr((errors @ moves)[:, None], bandwidth=bandwidth)[0])
    spread = math.sqrt(float(np.mean(sum_ahead(np.concatenate([[0.0], residuals]), weeks) ** 2)) + error**2)
    # Residuals in blocks that keep calm and stormy weeks together, each sum with an error of the fit.
    block = volatility_block(residuals)
    drawn = bootstrap_paths(residuals, horizon=weeks, reps=reps, block=block, seed=seed)[:, -1]
    drawn = drawn + error * np.random.default_rng([seed, 1]).standard_normal(reps)
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
        blocks=told,
    )


def _run(response: pd.Series, start: pd.Timestamp, end: pd.Timestamp) -> tuple[int, int]:
    for date in (start, end):
        if date not in response.index:
            raise InputError(f"{response.name!r} has no value on {date}: give dates that are in its index.")
    first, last = (int(response.index.get_loc(date)) + 1 for date in (start, end))
    if last <= first:
        raise InputError(f"The run from {start} to {end} holds no week: give an end after the start.")
    if first < SHORTEST_PAST or 2 * (last - first) > first:
        least = f"at least {SHORTEST_PAST}, and twice the run, are needed"
        raise InputError(f"{first} weeks up to {start} are too few for a run of {last - first} weeks: {least}.")
    return first, last


def _fit(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Residuals, coefficients, and what each week adds to the error of each coefficient (as in HC3)."""
    inverse = np.linalg.pinv(x)
    coefficients = inverse @ y
    residuals = y - x @ coefficients
    leverage = np.einsum("ij,ji->i", x, inverse)
    return residuals, coefficients, inverse.T * (residuals / (1 - leverage))[:, None]


def _parts(
    y: np.ndarray, x: np.ndarray, moves: np.ndarray, members: list[tuple[str, str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Credit every column, and give what each past week adds to the error of its part, shape (n, parts)."""
    names = [block for block, _ in members]
    rows, influences = [], {}
    for column, (block, name) in enumerate(members):
        earlier, upto = names.index(block), len(names) - names[::-1].index(block)
        _, betas, beta_error = _fit(y, x[:, :upto])
        _, implied, implied_error = _fit(x[:, column], x[:, :earlier])
        beta, moved = betas[column], moves[column] - moves[:earlier] @ implied
        influences[name] = moved * beta_error[:, column] - beta * implied_error @ moves[:earlier]
        rows.append({"part": name, "block": block, "beta": beta, "moved": moved, "contribution": beta * moved})
    return pd.DataFrame(rows).set_index("part"), pd.DataFrame(influences)
