"""The long simulation of every test: run once for a state of the code, kept beside the claims, repeated in part."""

from pathlib import Path

import pandas as pd
from tqdm import tqdm

from helpers.claims.registry import load_rules
from helpers.data.settings import ROOT
from helpers.stats.validation import by_procedure, plan, run_cell, with_rates

SIMULATIONS = ROOT / "claims" / "simulations.csv"


def read_simulations(path: Path = SIMULATIONS) -> pd.DataFrame:
    """Read the kept simulation, with rates and their intervals as `helpers.stats.validation.with_rates` gives them."""
    return with_rates(pd.read_csv(path, keep_default_na=False))


def worst_sizes(path: Path = SIMULATIONS) -> dict[str, float]:
    """Give, for each procedure that feeds a verdict, the simulated size that is farthest from the level."""
    level = load_rules().standards.level
    table = by_procedure(read_simulations(path))
    return {name: max(found["size"].values(), key=lambda size: abs(size - level)) for name, found in table.items()}


def simulate(path: Path = SIMULATIONS) -> None:
    """Simulate every cell of the plan, some minutes of one core; nothing is written before all are done."""
    rows = [run_cell(cell) for cell in tqdm(plan(), unit="cell")]
    pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    simulate()
