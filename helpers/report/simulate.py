"""The long simulation of every test: run once for a state of the code, kept beside the claims, repeated in part."""

from pathlib import Path

import pandas as pd

from helpers.data import load
from helpers.data.earlier_records import earlier_record
from helpers.data.settings import ROOT
from helpers.stats import Cell, EventWeeks, high_ladder, plan, run_cells, with_rates

SIMULATIONS = ROOT / "claims" / "simulations.csv"


def read_simulations(path: Path = SIMULATIONS) -> pd.DataFrame:
    """Read the kept simulation.

    Parameters
    ----------
    path : pathlib.Path
        Written by `simulate`.

    Returns
    -------
    pandas.DataFrame
        As `helpers.stats.with_rates`.
    """
    return with_rates(pd.read_csv(path, keep_default_na=False))


def simulations() -> list[Cell]:
    """Give the plan of all simulations, with the events where the snapshot has silver's highs in Bitcoin's weeks."""
    panel = load(source="snapshot")
    ladder = high_ladder(panel.price("silver"), floor=earlier_record(panel, "silver"))
    return plan(EventWeeks.of(ladder, panel.returns("btc").index))


def simulate(path: Path = SIMULATIONS) -> Path:
    """Simulate every cell of the plan, some minutes of one core, and keep the counts.

    Parameters
    ----------
    path : pathlib.Path
        Where to write; nothing is written before all cells are done.

    Returns
    -------
    pathlib.Path
        The file.
    """
    run_cells(simulations()).to_csv(path, index=False, lineterminator="\n")
    return path


if __name__ == "__main__":
    simulate()
