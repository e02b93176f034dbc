"""Run every benchmark and put the table into CONTRIBUTING.md."""

import os
import platform

import pandas as pd

from benchmarks import bench_causality, bench_events, bench_explosive, bench_lead, bench_report
from helpers.data.settings import ROOT
from helpers.report.publish import put_block

TIMINGS = ("<!-- timings: written by `make bench` -->", "<!-- end of timings -->")


def main() -> None:
    modules = (bench_causality, bench_events, bench_explosive, bench_lead, bench_report)
    tables = [module.run() for module in modules]
    rows = pd.concat([table.set_axis(tables[0].columns, axis=1) for table in tables], ignore_index=True)
    print(rows.to_string(index=False, float_format="{:.4g}".format))
    put_block(ROOT / "CONTRIBUTING.md", _markdown(rows), TIMINGS)


def _markdown(rows: pd.DataFrame) -> str:
    lines = [f"On {os.cpu_count()} cores, Python {platform.python_version()}, everything in one run:", ""]
    lines += ["| what | median, s | loop, s | ratio | target | met |", "|---|---|---|---|---|---|"]
    for what, median, reference, ratio, target, met in rows.itertuples(index=False):
        cells = [
            what,
            *(_number(value) for value in (median, reference, ratio)),
            _number(target),
            "yes" if met else "no",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _number(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


if __name__ == "__main__":
    main()
