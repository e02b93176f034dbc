"""Run every benchmark and put the table into CONTRIBUTING.md."""

import os
import platform
import resource
import shutil
import subprocess
import sys

import numpy as np

from benchmarks import bench_causality, bench_estimators
from benchmarks.timing import Row, row
from helpers.data.settings import ROOT
from helpers.report.kept import KEPT
from helpers.report.publish import put_block

TIMINGS = ("<!-- timings: written by `make bench` -->", "<!-- end of timings -->")
REPORT_SECONDS, REPORT_GIGABYTES = 60.0, 1.5


def main() -> None:
    table = _markdown([*bench_causality.rows(), *bench_estimators.rows(), *_report()])
    print(table)
    put_block(ROOT / "CONTRIBUTING.md", table, TIMINGS)


def _report() -> list[Row]:
    """Build the report once from nothing, as `make report` does after installing."""
    shutil.rmtree(KEPT, ignore_errors=True)
    command = [sys.executable, "-m", "helpers", "report"]
    run = lambda: subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)  # noqa: E731
    seconds = row("whole report", run, repeats=1, most=REPORT_SECONDS)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    most = f"{REPORT_GIGABYTES:g} GB"
    return [seconds, ("its largest process, GB", peak, np.nan, np.nan, most, peak <= REPORT_GIGABYTES)]


def _markdown(rows: list[Row]) -> str:
    lines = [f"On {os.cpu_count()} cores, Python {platform.python_version()}, everything in one run:", ""]
    lines += ["| what | median, s | loop, s | ratio | target | met |", "|---|---|---|---|---|---|"]
    for what, *numbers, target, met in rows:
        cells = [what, *(_number(value) for value in numbers), target, "yes" if met else "no"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


if __name__ == "__main__":
    main()
