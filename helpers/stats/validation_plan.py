"""Which procedure is simulated on which process, with how many samples, and how decisions are counted."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from helpers.stats import validation as on
from helpers.stats import validation_decisions as by
from helpers.stats.checks import require_choice
from helpers.stats.validation import HALF_YEAR, EventWeeks, Lead
from helpers.stats.validation_decisions import LOOKING, QUARTER, SHARING, TREND, Chance, Outcome

CHUNK = 50
BAND = (0.03, 0.07)
MOST = 2_000
_SEED_STEP = 10_000
_WEEKS, _SHORT, _YEARS, _SINCE_2014, _SINCE_2000, _MINED = 830, 190, 8, 630, 1_300, 55


@dataclass(frozen=True)
class Procedure:
    """A row of the table of procedures.

    Parameters
    ----------
    label : as shown
    samples : takes ``n, process, reps, seed`` and gives the samples
    decide : takes a sample, an effect and a `Chance`; whether the test rejects, the interval misses, the rule says so
    processes, n, reps : of the samples; weeks (or years), the first for the verdict; samples to begin with
    effects, power_reps : what is planted, in words; samples for power, on the process "garch"
    kind : "size" (of a test, with power where effects are planted), "coverage" (shares of misses), "rule" (of verdicts)
    name : in the ledger, where it is not the key
    short_power, more : whether power is simulated at the short sample too; periods that samples have beyond `n`
    """

    label: str
    samples: Callable[..., Iterable[Any]]
    decide: Callable[[Any, Any, Chance], float]
    processes: tuple[str, ...] = on.WEEKLY
    n: tuple[int, ...] = (_WEEKS, _SHORT)
    reps: tuple[int, ...] = (1_000, 1_000)
    effects: Mapping[Any, str] = field(default_factory=dict)
    power_reps: int = 200
    kind: str = "size"
    name: str = ""
    short_power: bool = False
    more: int = 0


def _words(template: str, *values: float) -> dict[float, str]:
    return {value: template.format(value) for value in values}


def _shares(*gains: float) -> dict[float, str]:
    """Shares of the variance of 1 + 1 + b^2 that the predictor with coefficient b explains."""
    parts = {gain: [b**2 / (2 + b**2) for b in (SHARING, SHARING + gain)] for gain in gains}
    return {gain: f"share up from {100 * before:.0f} to {100 * since:.0f} %" for gain, (before, since) in parts.items()}


_RESPONSES = _words("response of {:g} to 1, a week later", 0.1, 0.2, 0.3)
_LEADS = {Lead(share): f"partial R2 of {100 * share:g} %" for share in (0.005, 0.01, 0.02)}
_ONE_WEEK = {Lead(0.01, spread=False): "partial R2 of 1 %, in one week"}
_OUTCOMES = {
    Outcome(verdict, added): f"{f'{added:+g} log points' if added else 'nothing'}: {verdict}"
    for added in (0.0, 25.0, 50.0, -50.0)
    for verdict in ("happened", "did not happen")
}
_RISES = _words("rise of {:g} weekly deviations, ever faster", 10.0, 20.0)
_ALARMS = {rise: f"{words}: alarm in the last week" for rise, words in _RISES.items()}
_BEYOND = {0.0: "as before: supported"} | {points: f"{points:+g} log points: supported" for points in (-20.0, -40.0)}
_MARGINS = {share: f"true share of {100 * share:g} %" for share in on.TRUE_SHARES}

_PAIRS = on.unrelated_pairs
_TESTS = {
    "granger_wild": Procedure(
        "Granger, HC3, wild bootstrap", on.with_controls, by._granger_wild, reps=(1_000, 250), short_power=True,
        effects={share: f"partial R2 of {100 * share:g} %" for share in (0.01, 0.02, 0.04)},
    ),
    "event_circular_shift": Procedure(
        "highs, circular shift", on.with_events, by._event_shift, on.EVENT_PROCESSES, reps=(1_000, 250),
        effects=_words("{:g} log points over 13 weeks", 15.0, 40.0, 80.0),
    ),
    "interaction": Procedure(
        "interaction with states", _PAIRS, by._interaction, more=TREND, reps=(500, 250),
        effects=_words("{:g} a week for 1 of strength, in one state", 0.1, 0.2, 0.4),
    ),
    "local_projection_supt": Procedure(
        "local projection, sup-t", _PAIRS, by._projection_supt, reps=(600, 250), effects=_RESPONSES
    ),
    "local_projection_point": Procedure(
        "local projection, one horizon", _PAIRS, by._projection_point, effects=_RESPONSES, power_reps=1_000
    ),
    "state_shift": Procedure(
        "mean by state, circular shift", _PAIRS, by._state_shift, power_reps=1_000,
        effects=_words("{:g} weekly standard deviations more in the state", 0.1, 0.2, 0.4),
    ),
    "lead_test": Procedure(
        "lead test, weighted, wild bootstrap", on.lead_samples, by._lead_test, on.LEAD_PROCESSES,
        effects=_LEADS | _ONE_WEEK, power_reps=1_000,
    ),
    "lead_map": Procedure(
        "map of lags, largest |t|", on.lead_samples, by._lead_map, on.LEAD_PROCESSES, reps=(300, 400),
        effects=_LEADS, power_reps=200,
    ),
    "driver_wild": Procedure(
        "drivers, wild bootstrap", on.four_series, by._driver_wild, reps=(600, 250),
        effects=_words("coefficient of {:g} for unit variances", 0.05, 0.1, 0.2),
    ),
    "shapley_shift": Procedure(
        "Shapley share, shifted date", on.four_series, by._shapley_shift, reps=(600, 250),
        effects=_shares(0.4, 0.8, 1.2),
    ),
    "exact_permutation": Procedure(
        "rank correlation of years", on.balances, by._exact_permutation, n=(_YEARS,), reps=(600,),
        effects=_words("correlation of {:g}", 0.5, 0.7, 0.9),
    ),
    "explosive_test": Procedure(
        "explosive price, all windows", on.walks, partial(by._explosive, day=False), on.PRICE_PROCESSES, n=(_WEEKS,),
        reps=(400,), effects=_RISES, power_reps=100,
    ),
    "wald_beside": Procedure(
        "Granger, HC3, beside the lead test", on.lead_samples, by._wald_beside, (), n=(_WEEKS,), reps=(0,),
        effects={lead: words for lead, words in (_LEADS | _ONE_WEEK).items() if lead.share == 0.01}, power_reps=500,
    ),
}  # fmt: skip
_INTERVALS = {
    "lead_interval": Procedure(
        "lead test, 95 % interval", on.lead_samples, by._lead_interval, on.LEAD_PROCESSES, n=(_WEEKS, _SHORT),
        effects={Lead(0.01): _LEADS[Lead(0.01)]}, kind="coverage", name="lead_test",
    ),
    "map_bounds": Procedure(
        "map of lags, 95 % bounds on all windows", on.lead_samples, by._map_bounds, ("iid", "garch"),
        n=(_WEEKS,), reps=(300,), effects={Lead(0.01): _LEADS[Lead(0.01)]}, kind="coverage", name="lead_map",
    ),
    "always_valid": Procedure(
        "always-valid interval, 95 %", _PAIRS, by._always_valid, more=LOOKING, n=(_WEEKS,), reps=(2_000,),
        effects={"always valid": "read every week for 10 years"}, kind="coverage",
    ),
    "always_valid_map": Procedure(
        "map of lags, always-valid bounds, 95 %", on.lead_samples, by._always_valid_map,
        ("garch", "falling_variance"), more=LOOKING, n=(_WEEKS,), reps=(150,),
        effects={26: "read every half year for 10 years"}, kind="coverage", name="lead_map",
    ),
    "exceedance": Procedure(
        "share of half-years, 90 % interval", on.margins, by._exceedance, on.MARGIN_PROCESSES,
        n=(_WEEKS, _SINCE_2000), reps=(1_000, 300), effects=_MARGINS, kind="coverage",
    ),
    "forecast_rule": Procedure(
        "place in history, by thirds", _PAIRS, by._forecast_rule, ("iid", "garch", "common_volatility"), more=HALF_YEAR,
        n=(_SINCE_2014,), reps=(2_000,), effects=_OUTCOMES, kind="rule",
    ),
    "expected_path": Procedure(
        "place among expected paths, lowest quarter", _PAIRS, by._expected_path, ("garch", "common_volatility"),
        more=QUARTER, n=(_WEEKS,), reps=(300,), effects=_BEYOND, kind="rule",
    ),
    "elasticity": Procedure(
        "elasticity of supply, 95 % interval", _PAIRS, by._elasticity, ("iid", "garch"), more=3, n=(_MINED,),
        reps=(2_000,), effects={0.1: "elasticity of 0.1"}, kind="coverage",
    ),
    "explosive_day": Procedure(
        "explosive price, last week", on.walks, partial(by._explosive, day=True), on.PRICE_PROCESSES, n=(_WEEKS,),
        reps=(400,), effects={0.0: "nothing: alarm in the last week"}, kind="rule", name="explosive_test",
    ),
    "explosive_day_risen": Procedure(
        "explosive price, last week", on.walks, partial(by._explosive, day=True), ("garch",), n=(_WEEKS,), reps=(100,),
        effects=_ALARMS, kind="rule", name="explosive_test",
    ),
}  # fmt: skip
_USUAL = {
    "granger_classical": Procedure(
        "Granger, classical F", on.with_controls, by._classical, ("spillover",), (_WEEKS,), (300,)
    ),
    "lag_search": Procedure(
        "Granger, best of 12 lags", _PAIRS, partial(by._classical, lags=by.SEARCH), ("iid",), (_WEEKS,), (250,),
    ),
    "naive_events": Procedure(
        "highs, plain t", on.high_days, by._naive_events, ("random walk",), (_WEEKS,), (3_000,)
    ),
    "usual_looks": Procedure(
        "usual interval, 95 %", _PAIRS, by._always_valid, more=LOOKING, n=(_WEEKS,), reps=(2_000,),
        effects={"usual": "read every week for 10 years"}, kind="coverage",
    ),
}  # fmt: skip
PROCEDURES: dict[str, Procedure] = _TESTS | _INTERVALS | _USUAL


def rejection_rate(
    procedure: str, *, n: int, process: str, reps: int, seed: int, effect: Any = 0.0, **options: Any
) -> float:
    """Give the share of samples in which a procedure rejects, of those in which it decides.

    Samples have `n` periods, and an effect is planted in them if there is one; the seed is theirs, and that of what is
    drawn in them. The event test needs ``events``, an `EventWeeks`.
    """
    require_choice(procedure, name="procedure", options=tuple(PROCEDURES))
    one, rng = PROCEDURES[procedure], np.random.default_rng(seed)
    drawn = one.samples(n=n + one.more, process=process, reps=reps, seed=seed, **options)
    decided = [one.decide(sample, effect, Chance(process, seed, i, rng)) for i, sample in enumerate(drawn)]
    return float(np.nanmean(decided))


class Cell(NamedTuple):
    """One procedure on one process at one sample length: eight fields that tell it from all others, and two to run it.

    Parameters
    ----------
    procedure, label, kind : name in the ledger; as shown; as of `Procedure`, or "power"
    process, n, effect : of the samples; weeks, or years for annual data; what is planted, "" for size
    verdict, warning : whether the verdict rests on this sample length; whether it is a usual procedure, shown to warn
    reps, measure : samples to begin with, a multiple of `CHUNK`; gives the rejection rate of ``reps`` and ``seed``
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
    measure: Callable[..., float]

    @property
    def key(self) -> tuple:
        """What tells the cell from all others."""
        return self[: len(_KEYS)]

    def rejections(self, chunk: int) -> int:
        """Count rejections in one chunk of samples."""
        return round(CHUNK * self.measure(reps=CHUNK, seed=_SEED_STEP * (chunk + 1)))


_KEYS = list(Cell._fields[:8])


def plan(events: EventWeeks) -> list[Cell]:
    """List all simulations: sizes, power, coverage, how often rules say what, and the usual procedures.

    The event test is simulated with events where the leader's highs lie.
    """
    planned = [(key, power) for power in (False, True) for key in _TESTS]
    planned += [(key, False) for key in (*_INTERVALS, *_USUAL)]
    return [cell for key, power in planned for cell in _cells(key, events, power=power)]


def _cells(key: str, events: EventWeeks, *, power: bool) -> Iterator[Cell]:
    """Sizes of a procedure, or what it does about each effect."""
    one = PROCEDURES[key]
    given: dict[str, Any] = {"events": events} if one.samples is on.with_events else {}
    asked = one.effects if power or one.kind != "size" else {0.0: ""}
    lengths = one.n[:1] if power and not one.short_power else one.n
    processes, sizes = (("garch",), [one.power_reps] * len(lengths)) if power else (one.processes, one.reps)
    kind, warning = "power" if power else one.kind, key in _USUAL
    for process, (n, reps) in itertools.product(processes, zip(lengths, sizes, strict=True)):
        verdict = n == one.n[0] and not warning
        for effect, words in asked.items():
            measure = partial(rejection_rate, key, n=n, process=process, effect=effect, **given)
            yield Cell(
                one.name or key, one.label, kind, process, n, words, verdict, warning, reps=reps, measure=measure
            )


def run_cells(cells: Sequence[Cell]) -> pd.DataFrame:
    """Simulate cells, in chunks that run wherever joblib's ambient backend puts them.

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
    further = _counted([(cell, chunk) for cell in more for chunk in range(cell.reps // CHUNK, MOST // CHUNK)])
    rows = []
    for cell in cells:
        found = counts[cell.key] + further.get(cell.key, [])
        rows.append((*cell.key, CHUNK * len(found), sum(found), found[0]))
    return pd.DataFrame(rows, columns=[*_KEYS, "reps", "rejections", "first"])


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
    """Add rates and their Monte Carlo errors to what `run_cells` gives."""
    rate = simulated["rejections"] / simulated["reps"]
    return simulated.assign(rate=rate, error=np.sqrt(rate * (1 - rate) / simulated["reps"]))


def repeat_first(simulated: pd.DataFrame, cells: Iterable[Cell]) -> pd.DataFrame:
    """Simulate the first `CHUNK` samples of some cells again: label, process, n, rejections ``kept`` and ``again``."""
    kept, chosen = simulated.set_index(_KEYS)["first"], list(cells)
    again = _counted([(cell, 0) for cell in chosen])
    rows = [(cell.label, cell.process, cell.n, kept[cell.key], again[cell.key][0]) for cell in chosen]
    return pd.DataFrame(rows, columns=["label", "process", "n", "kept", "again"])
