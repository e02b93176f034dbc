"""A reader who runs a chapter in place for another pair changes that chapter and nothing else."""

import os
import shutil
import subprocess
import sys

import pytest

from helpers.data.settings import ROOT
from helpers.report.run import NOTEBOOKS

FOLDERS = ("helpers", "claims", "data/snapshot", "notebooks", "pages")
BUILT = ("__pycache__", "_build", "build", ".lock")
# Instead of the whole trial of a pair, half a minute, the findings that the chapter of the quick test is about.
FEW = '\nFINDINGS = {key: found for key, found in FINDINGS.items() if key == ("C11", "pooled_events")}\n'


def contents(folder):
    paths = [
        path for path in folder.rglob("*") if path.is_file() and not set(path.relative_to(folder).parts) & set(BUILT)
    ]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize(
    ("chapter", "words", "few"),
    [("07", ["LEADER=copper"], FEW), pytest.param("06", ["LEADER=copper", "LAGS=4"], "", marks=pytest.mark.slow)],
)
def test_a_chapter_run_in_place_for_copper_changes_that_notebook_alone(tmp_path, chapter, words, few):
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(*BUILT[1:]))
    with (tmp_path / "helpers" / "claims" / "findings" / "__init__.py").open("a") as file:
        file.write(few)
    before = contents(tmp_path)
    (path,) = NOTEBOOKS.glob(f"{chapter}*.ipynb")
    words = [sys.executable, "-m", "helpers", "run", chapter, *words, "--in-place"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "SILVER_SOURCE": "snapshot"}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.glob("build/verdicts/*.csv"))  # copper was judged, and kept where nothing is committed
    after = contents(tmp_path)
    assert set(after) == set(before)
    changed = [name for name, body in after.items() if body != before[name]]
    assert changed == [f"notebooks/{path.name}"]
    assert b"LEADER = 'copper'" in after[changed[0]]
