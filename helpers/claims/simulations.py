"""The long simulation of every test: run once for a state of the code, kept beside the claims, repeated in part."""

from pathlib import Path

import pandas as pd

from helpers.claims.registry import load_rules
from helpers.data import load
from helpers.data.settings import ROOT
from helpers.stats import Cell, EventWeeks, high_ladder, plan, run_cells, with_rates

SIMULATIONS = ROOT / "claims" / "simulations.csv"

# Claims whose verdict rests on a simulated test, interval or rule; other procedures stand beside.
FEEDS = {
    "exceedance": "C2, C8",
    "expected_path": "C3",
    "local_projection_point": "C4, C9",
    "driver_wild": "C5",
    "exact_permutation": "C6",
    "shapley_shift": "C7",
    "lead_test": "C10",
    "lead_map": "C11",
    "state_shift": "C12, C21",
    "forecast_rule": "C14",
    "explosive_test": "C15",
    "elasticity": "C18",
}


def read_simulations(path: Path = SIMULATIONS) -> pd.DataFrame:
    """Read the kept simulation, with rates and their Monte Carlo errors."""
    return with_rates(pd.read_csv(path, keep_default_na=False))


def worst_sizes(path: Path = SIMULATIONS) -> dict[str, float]:
    """Give, for each procedure that feeds a verdict, the simulated size that is farthest from the level."""
    level, rates = load_rules().standards.level, read_simulations(path)
    sizes = rates[rates["verdict"] & ~rates["warning"] & (rates["kind"] == "size")]
    farthest = (sizes["rate"] - level).abs().groupby(sizes["procedure"]).idxmax()
    return sizes.loc[farthest].set_index("procedure")["rate"].to_dict()


def simulations() -> list[Cell]:
    """Give the plan of all simulations, with the events where the snapshot has silver's highs in Bitcoin's weeks."""
    dataset = load(source="snapshot")
    ladder = high_ladder(dataset.price("silver"), floor=dataset.earlier_record("silver"))
    return plan(EventWeeks.of(ladder, dataset.returns("btc").index))


def simulate(path: Path = SIMULATIONS) -> None:
    """Simulate every cell of the plan, about an hour of one core; nothing is written before all are done."""
    run_cells(simulations()).to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    simulate()
