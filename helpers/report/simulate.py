"""The long simulation of every test: run once for a state of the code, kept beside the claims, repeated in part."""

from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed
from tqdm import tqdm

from helpers.data.settings import ROOT
from helpers.stats.validation import plan, run_cell, with_rates

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
        As `helpers.stats.validation.with_rates`.
    """
    return with_rates(pd.read_csv(path, keep_default_na=False))


def simulate(path: Path = SIMULATIONS) -> Path:
    """Simulate every cell of the plan, some minutes, and keep the counts.

    Parameters
    ----------
    path : pathlib.Path
        Where to write; nothing is written before all cells are done.

    Returns
    -------
    pathlib.Path
        The file.
    """
    cells = tqdm(plan(), unit="cell", disable=None)
    rows = Parallel(n_jobs=-1)(delayed(run_cell)(cell) for cell in cells)
    pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n")
    return path
