"""How long the whole report takes, and how much memory its largest process."""

import resource
import shutil
import subprocess
import sys
import time

import pandas as pd

from helpers.data.settings import ROOT
from helpers.report.kept import KEPT

SECONDS, GIGABYTES = 60.0, 1.5


def run() -> pd.DataFrame:
    """Build the report once from nothing, as `make report` does after installing.

    Returns
    -------
    pandas.DataFrame
        One row a figure: what, median, reference, ratio, target, met.
    """
    shutil.rmtree(KEPT, ignore_errors=True)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "helpers", "report"], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    rows = [
        ["whole report, seconds", seconds, "-", float("nan"), f"at most {SECONDS:g}", seconds <= SECONDS],
        ["largest process, GB", peak, "-", float("nan"), f"at most {GIGABYTES:g}", peak <= GIGABYTES],
    ]
    return pd.DataFrame(rows, columns=["what", "median", "reference", "ratio", "target", "met"])


if __name__ == "__main__":
    print(run().to_string(index=False))
