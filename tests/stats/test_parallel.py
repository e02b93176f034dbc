"""Long work goes where joblib's ambient backend sends it, and gives the same counts there."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import joblib
import pandas as pd
import pytest

from helpers.stats import run_cells
from helpers.stats.validation_plan import Cell, rejection_rate

HERE = Path(__file__).parent


def cells():
    return [
        Cell(
            name, name, "power", "spillover", n, "", False, True, 100,
            partial(rejection_rate, name, n=n, process="spillover"),
        )
        for name in ("granger_classical", "lag_search")
        for n in (150, 200)
    ]  # fmt: skip


@pytest.mark.slow
def test_counts_do_not_depend_on_the_number_of_workers():
    alone = run_cells(cells())
    assert alone["rejections"].sum() > 0
    with joblib.parallel_config(backend="loky", n_jobs=2):
        pd.testing.assert_frame_equal(run_cells(cells()), alone)
    with joblib.parallel_config(backend="threading", n_jobs=3):
        pd.testing.assert_frame_equal(run_cells(cells()), alone)


CLUSTER = """
import os, signal, sys, threading, time
import joblib
from distributed import Client, LocalCluster
from helpers.stats import run_cells
from test_parallel import cells

def kill_one(client):
    while not any(client.processing().values()):
        time.sleep(0.01)
    os.kill(min(client.run(os.getpid).values()), signal.SIGKILL)

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        before = set(client.run(os.getpid).values())
        killer = threading.Thread(target=kill_one, args=(client,))
        with joblib.parallel_config(backend="dask"):
            killer.start()
            found = run_cells(cells())
            killer.join()
        client.wait_for_workers(2, timeout=60)
        after = set(client.run(os.getpid).values())
    assert len(before - after) == 1, (before, after)
    found.to_csv(sys.argv[1], index=False)
"""


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_counts(tmp_path):
    script, counts = tmp_path / "cluster.py", tmp_path / "counts.csv"
    script.write_text(CLUSTER)
    paths = os.pathsep.join([str(HERE), str(HERE.parents[1])])
    subprocess.run(
        [sys.executable, str(script), str(counts)],
        env=os.environ | {"PYTHONPATH": paths},
        cwd=tmp_path,
        check=True,
        timeout=240,
        capture_output=True,
    )
    pd.testing.assert_frame_equal(pd.read_csv(counts, keep_default_na=False), run_cells(cells()))
