"""A reader who runs a chapter in place for another pair changes that chapter and nothing else."""

import os
import shutil
import subprocess
import sys

from helpers.data.settings import ROOT
from helpers.report.run import NOTEBOOKS

FOLDERS = ("helpers", "claims", "data/snapshot", "notebooks", "pages")
BUILT = ("__pycache__", "_build", "build", ".lock")


def contents(folder):
    paths = [
        path for path in folder.rglob("*") if path.is_file() and not set(path.relative_to(folder).parts) & set(BUILT)
    ]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_chapter_run_in_place_for_copper_changes_that_notebook_alone(tmp_path):
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(*BUILT))
    before = contents(tmp_path)
    (path,) = NOTEBOOKS.glob("06*.ipynb")
    words = [sys.executable, "-m", "helpers", "run", "06", "LEADER=copper", "LAGS=4", "--in-place"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "SILVER_SOURCE": "snapshot"}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    after = contents(tmp_path)
    assert set(after) == set(before)
    changed = [name for name, body in after.items() if body != before[name]]
    assert changed == [f"notebooks/{path.name}"]
    assert b"LEADER = 'copper'" in after[changed[0]]
