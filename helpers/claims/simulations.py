"""The long simulation of every test: run once for a state of the code, kept beside the claims, repeated in part."""

from pathlib import Path

import pandas as pd

from helpers.claims.registry import load_rules
from helpers.data import load
from helpers.data.settings import ROOT
from helpers.stats import Cell, EventWeeks, by_procedure, high_ladder, plan, run_cells, with_rates

SIMULATIONS = ROOT / "claims" / "simulations.csv"


def read_simulations(path: Path = SIMULATIONS) -> pd.DataFrame:
    """Read the kept simulation, with rates and their intervals as `helpers.stats.validation.with_rates` gives them."""
    return with_rates(pd.read_csv(path, keep_default_na=False))


def worst_sizes(path: Path = SIMULATIONS) -> dict[str, float]:
    """Give, for each procedure that feeds a verdict, the simulated size that is farthest from the level."""
    level = load_rules().standards.level
    table = by_procedure(read_simulations(path))
    return {name: max(found["size"].values(), key=lambda size: abs(size - level)) for name, found in table.items()}


def simulations() -> list[Cell]:
    """Give the plan of all simulations, with the events where the snapshot has silver's highs in Bitcoin's weeks."""
    dataset = load(source="snapshot")
    ladder = high_ladder(dataset.price("silver"), floor=dataset.earlier_record("silver"))
    return plan(EventWeeks.of(ladder, dataset.returns("btc").index))


def simulate(path: Path = SIMULATIONS) -> None:
    """Simulate every cell of the plan, some minutes of one core; nothing is written before all are done."""
    run_cells(simulations()).to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    simulate()
