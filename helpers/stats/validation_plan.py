"""Which test is simulated on which process, with how many samples, and how a simulation is counted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from helpers.stats.lead_validation import LEAD_PROCESSES, size_lead_map, size_lead_test
from helpers.stats.validation import (
    SHARING,
    EventWeeks,
    Process,
    overlap_illusion,
    size_driver_wild,
    size_event_circular_shift,
    size_exact_permutation,
    size_granger_classical,
    size_granger_wild,
    size_interaction,
    size_lag_search,
    size_local_projection_point,
    size_local_projection_supt,
    size_shapley_shift,
    size_state_shift,
)

CHUNK = 50
BAND = (0.03, 0.07)
MOST = 2_000
_SEED_STEP = 10_000
_WEEKS = 830
_SHORT = 190
_YEARS = 8
_EVENT_PROCESSES = ("iid", "garch", "spillover", "falling_variance", "common_volatility")
_KEYS = ["procedure", "label", "kind", "process", "n", "effect", "verdict", "warning"]

LABELS = {
    "granger_wild": "Granger, HC3, wild bootstrap",
    "event_circular_shift": "highs, circular shift",
    "interaction": "interaction with states",
    "local_projection_supt": "local projection, sup-t",
    "local_projection_point": "local projection, one horizon",
    "state_shift": "mean by state, circular shift",
    "lead_test": "lead test, weighted, wild bootstrap",
    "lead_map": "map of lags, largest |t|",
    "driver_wild": "drivers, wild bootstrap",
    "shapley_shift": "Shapley share, shifted date",
    "exact_permutation": "rank correlation of years",
}

Measure = Callable[..., float]


@dataclass(frozen=True)
class Cell:
    """One test on one process at one sample length.

    Parameters
    ----------
    procedure : name in the ledger; of a test that no verdict uses, its own
    label, kind, process, n : as shown; "size" or "power"; of the samples; weeks, or years for annual data
    effect : what is planted; "" for size
    verdict, warning
        Whether `n` is the sample length on which the verdict rests; whether this is a usual test, shown to warn.
    reps, measure
        Samples to begin with, a multiple of `CHUNK`; takes ``reps`` and ``seed`` and gives the rejection rate.
    """

    procedure: str
    label: str
    kind: str
    process: str
    n: int
    effect: str
    verdict: bool
    warning: bool
    reps: int
    measure: Measure

    @property
    def key(self) -> tuple:
        """What tells the cell from all others."""
        return tuple(getattr(self, name) for name in _KEYS)

    def rejections(self, chunk: int) -> int:
        """Count rejections in one chunk of samples."""
        return round(CHUNK * self.measure(reps=CHUNK, seed=_SEED_STEP * (chunk + 1)))


def plan(events: EventWeeks) -> list[Cell]:
    """List all simulations: sizes of the tests that feed verdicts, their power, and the usual tests.

    Parameters
    ----------
    events : EventWeeks
        Where the leader's highs lie, for the event test.
    """
    return [*_sizes(events), *_power(events), *_usual()]


def run_cells(cells: Sequence[Cell]) -> pd.DataFrame:
    """Simulate cells, in chunks that run wherever joblib's ambient backend puts them.

    Parameters
    ----------
    cells : sequence of Cell
        The size of a test that feeds verdicts is carried on to `MOST` samples if it lies outside `BAND` after the first
        ones, so that chance does not refuse a sound test.

    Returns
    -------
    pandas.DataFrame
        One row a cell: its key, ``reps``, ``rejections``, and the rejections in the ``first`` chunk.

    Notes
    -----
    Every chunk has its own seed, so that the counts do not depend on the number of workers or on their order. Under
    ``joblib.parallel_config(n_jobs=2)`` they run in two processes, under ``joblib.parallel_config(backend="dask")`` on
    the cluster of the current ``distributed.Client``, which repeats what a lost worker had begun.
    """
    counts = _counted([(cell, chunk) for cell in cells for chunk in range(cell.reps // CHUNK)])
    more = [cell for cell in cells if _outside(cell, counts[cell.key])]
    for key, further in _counted(
        [(cell, chunk) for cell in more for chunk in range(cell.reps // CHUNK, MOST // CHUNK)]
    ).items():
        counts[key] += further
    rows = []
    for cell in cells:
        found = counts[cell.key]
        outcome = {"reps": CHUNK * len(found), "rejections": sum(found), "first": found[0]}
        rows.append(dict(zip(_KEYS, cell.key, strict=True)) | outcome)
    return pd.DataFrame(rows)


def _counted(tasks: list[tuple[Cell, int]]) -> dict[tuple, list[int]]:
    found = Parallel()(delayed(Cell.rejections)(cell, chunk) for cell, chunk in tasks)
    counts: dict[tuple, list[int]] = {}
    for (cell, _), rejections in zip(tasks, found, strict=True):
        counts.setdefault(cell.key, []).append(rejections)
    return counts


def _outside(cell: Cell, found: list[int]) -> bool:
    """Whether the size of a test that feeds verdicts lies outside the band so far."""
    rate = sum(found) / (CHUNK * len(found))
    return cell.kind == "size" and not cell.warning and not BAND[0] <= rate <= BAND[1]


def with_rates(simulated: pd.DataFrame) -> pd.DataFrame:
    """Add rates and their Monte Carlo errors.

    Parameters
    ----------
    simulated : pandas.DataFrame
        Of `run_cells`.
    """
    rate = simulated["rejections"] / simulated["reps"]
    return simulated.assign(rate=rate, error=np.sqrt(rate * (1 - rate) / simulated["reps"]))


def by_procedure(rates: pd.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """Arrange the rates at the sample length of the verdict as the ledger keeps them.

    Parameters
    ----------
    rates : pandas.DataFrame
        Of `with_rates`.

    Returns
    -------
    dict
        Procedure to {"size": {process: rate}, "power": {process and effect: rate}}.
    """
    kept = rates[rates["verdict"] & ~rates["warning"]]
    out: dict[str, dict[str, dict[str, float]]] = {}
    for row in kept.itertuples():
        kinds = out.setdefault(str(row.procedure), {"size": {}, "power": {}})
        name = str(row.process) if row.kind == "size" else f"{row.process}, {row.effect}"
        kinds[str(row.kind)][name] = float(row.rate)
    return out


def repeat_first(simulated: pd.DataFrame, cells: Iterable[Cell]) -> pd.DataFrame:
    """Simulate the first chunk of some cells again.

    Parameters
    ----------
    simulated : pandas.DataFrame
        Of `run_cells`.
    cells : iterable of Cell
        Which to repeat; each must be among them.

    Returns
    -------
    pandas.DataFrame
        ``label``, ``process``, ``n``, rejections ``kept`` and ``again`` among the first `CHUNK` samples.
    """
    kept, chosen = simulated.set_index(_KEYS)["first"], list(cells)
    again = _counted([(cell, 0) for cell in chosen])
    rows = [(cell.label, cell.process, cell.n, kept[cell.key], again[cell.key][0]) for cell in chosen]
    return pd.DataFrame(rows, columns=["label", "process", "n", "kept", "again"])


def _sizes(events: EventWeeks) -> Iterator[Cell]:
    weekly = get_args(Process)
    tests: list[tuple[str, Measure, tuple[str, ...], int]] = [
        ("granger_wild", size_granger_wild, weekly, 1_000),
        ("event_circular_shift", partial(size_event_circular_shift, events=events), _EVENT_PROCESSES, 1_000),
        ("interaction", size_interaction, weekly, 500),
        ("local_projection_supt", size_local_projection_supt, weekly, 600),
        ("local_projection_point", size_local_projection_point, weekly, 1_000),
        ("state_shift", size_state_shift, weekly, 1_000),
        ("lead_test", size_lead_test, LEAD_PROCESSES, 1_000),
        ("lead_map", size_lead_map, LEAD_PROCESSES, 300),
        ("driver_wild", size_driver_wild, weekly, 600),
        ("shapley_shift", size_shapley_shift, weekly, 600),
    ]
    for name, measure, processes, draws in tests:
        for process in processes:
            long, short = (partial(measure, n=n, process=process) for n in (_WEEKS, _SHORT))
            yield Cell(name, LABELS[name], "size", process, _WEEKS, "", True, False, draws, long)
            if name not in ("lead_test", "lead_map"):
                yield Cell(name, LABELS[name], "size", process, _SHORT, "", False, False, 250, short)
    for process in weekly:
        name, years = "exact_permutation", partial(size_exact_permutation, n=_YEARS, process=process)
        yield Cell(name, LABELS[name], "size", process, _YEARS, "", True, False, 600, years)


def _power(events: EventWeeks) -> Iterator[Cell]:
    after_events = partial(size_event_circular_shift, events=events)
    planted: list[tuple[str, Measure, str, tuple[float, ...], Callable[[float], str], tuple[int, ...]]] = [
        ("granger_wild", size_granger_wild, "lead", (0.01, 0.02, 0.04), _partial_r2, (_WEEKS, _SHORT)),
        ("event_circular_shift", after_events, "effect", (15.0, 40.0, 80.0), _log_points, (_WEEKS,)),
        ("interaction", size_interaction, "lead", (0.1, 0.2, 0.4), _state_link, (_WEEKS,)),
        ("local_projection_supt", size_local_projection_supt, "lead", (0.1, 0.2, 0.3), _response, (_WEEKS,)),
        ("local_projection_point", size_local_projection_point, "lead", (0.1, 0.2, 0.3), _response, (_WEEKS,)),
        ("state_shift", size_state_shift, "effect", (0.1, 0.2, 0.4), _deviations, (_WEEKS,)),
        ("lead_test", size_lead_test, "lead", (0.005, 0.01, 0.02), _partial_r2, (_WEEKS,)),
        ("lead_map", size_lead_map, "lead", (0.005, 0.01, 0.02), _partial_r2, (_WEEKS,)),
        ("driver_wild", size_driver_wild, "beta", (0.05, 0.1, 0.2), _coefficient, (_WEEKS,)),
        ("shapley_shift", size_shapley_shift, "gain", (0.4, 0.8, 1.2), _share, (_WEEKS,)),
        ("exact_permutation", size_exact_permutation, "correlation", (0.5, 0.7, 0.9), _correlation, (_YEARS,)),
    ]
    for name, measure, parameter, values, tell, lengths in planted:
        for n in lengths:
            for value in values:
                found = partial(measure, n=n, process="garch", **{parameter: value})
                yield Cell(name, LABELS[name], "power", "garch", n, tell(value), n != _SHORT, False, 200, found)


def _partial_r2(lead: float) -> str:
    return f"partial R2 of {100 * lead:g} %"


def _log_points(effect: float) -> str:
    return f"{effect:g} log points over 13 weeks"


def _state_link(lead: float) -> str:
    return f"{lead:g} a week for 1 of strength, in one state"


def _response(lead: float) -> str:
    return f"response of {lead:g} to 1, a week later"


def _deviations(effect: float) -> str:
    return f"{effect:g} weekly standard deviations more in the state"


def _coefficient(beta: float) -> str:
    return f"coefficient of {beta:g} for unit variances"


def _share(gain: float) -> str:
    """Shares of the variance of 1 + 1 + b^2 that the predictor with coefficient b explains."""
    before, since = (b**2 / (2 + b**2) for b in (SHARING, SHARING + gain))
    return f"share up from {100 * before:.0f} to {100 * since:.0f} %"


def _correlation(correlation: float) -> str:
    return f"correlation of {correlation:g}"


def _usual() -> Iterator[Cell]:
    spill = partial(size_granger_classical, n=_WEEKS, process="spillover")
    yield Cell("granger_classical", "Granger, classical F", "size", "spillover", _WEEKS, "", False, True, 300, spill)
    search = partial(size_lag_search, n=_WEEKS, process="iid")
    yield Cell("lag_search", "Granger, best of 12 lags", "size", "iid", _WEEKS, "", False, True, 250, search)
    yield Cell("naive_events", "highs, plain t", "size", "random walk", _WEEKS, "", False, True, 300, _naive)


def _naive(*, reps: int, seed: int) -> float:
    """Rejection rate of the t-test over the overlapping returns after all high days."""
    return overlap_illusion(reps=reps, seed=seed)["naive"]
