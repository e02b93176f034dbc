"""Chapters run from top to bottom, each in a process of its own that shares nothing but the imported libraries.

`Workshop` starts a process that imports the libraries once; for each chapter it forks one that runs every cell in an
IPython shell and notes the text of every output and what its charts draw. Nothing is kept from one run to another.
"""

import importlib
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import traceback
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

AT_HAND = ("arch.univariate", "matplotlib.pyplot", "numba", "seaborn", "statsmodels.api", "helpers.report.front")
TIMEOUT = 600  # seconds until a chapter that stands still is ended


@dataclass
class Drawn:
    """What a chart gives away as data, and what stands on its axes at the width of a page."""

    number: str
    data: pd.DataFrame
    values: np.ndarray  # every coordinate of every line, point and bar, in order of size
    lines: list[np.ndarray]  # heights of the lines
    marks: np.ndarray  # heights of labelled lines and of bars, places of the dots of estimates
    words: set[str]  # written into the cells of maps
    shades: bool  # a map, which shows classes or cells and no lengths


@dataclass
class Ran:
    """What a chapter showed: its texts, each with the number of the cell, and its charts."""

    texts: list[tuple[int, str]]
    charts: list[Drawn]


class Workshop:
    """A process with the libraries at hand, which runs one chapter after the other."""

    def __init__(self, environment):
        words = [sys.executable, "-c", "from tests.notebooks.fresh import main; main()"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(words, env=os.environ | environment, **pipes)

    def run(self, path):
        """Run a chapter and give what it showed; an error in one of its cells is raised here."""
        with tempfile.TemporaryDirectory() as folder:
            self.process.stdin.write(f"{path}\n{folder}\n")
            self.process.stdin.flush()
            ended = self.process.stdout.readline().strip()
            assert ended == "0", f"{path.name} ended with status {ended or 'unknown'}"
            told = pickle.loads((Path(folder) / "ran").read_bytes())  # noqa: S301 - written by our own process
        assert isinstance(told, Ran), f"{path.name}: {told}"
        return told

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


def main():
    for name in AT_HAND:
        importlib.import_module(name)
    from IPython.core.interactiveshell import InteractiveShell

    pd.set_option("display.max_columns", 20)  # as in a kernel, which is no terminal
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    while path := sys.stdin.readline().strip():
        folder = sys.stdin.readline().strip()
        child = os.fork()
        if not child:
            status = 1
            signal.alarm(TIMEOUT)
            try:
                try:
                    told = run(InteractiveShell.instance(history_length=0), Path(path), folder)
                except BaseException:
                    told = traceback.format_exc()
                (Path(folder) / "ran").write_bytes(pickle.dumps(told))
                status = 0
            finally:
                os._exit(status)
        out.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        out.flush()


def run(shell, path, folder):
    import matplotlib as mpl
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher

    from helpers.report.figures import _STYLE, WIDE, Chart

    charts, texts = [], []

    def noted(chart, include=None, exclude=None):
        charts.append(chart)
        return {"text/plain": repr(chart)}, {}

    Chart._repr_mimebundle_ = noted
    os.chdir(folder)
    for position, cell in enumerate(json.loads(path.read_bytes())["cells"]):
        if cell["cell_type"] == "code":
            shell.display_pub = CapturingDisplayPublisher(shell=shell)
            shown = shell.display_pub.outputs
            shell.display_trap.hook = CapturingDisplayHook(shell=shell, outputs=shown)
            with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
                shell.run_cell("".join(cell["source"]), store_history=True).raise_error()
            told = [*filter(None, [out.getvalue(), err.getvalue()]), *(one["data"]["text/plain"] for one in shown)]
            texts += [(position, text) for text in told]
    with mpl.rc_context(_STYLE):
        return Ran(texts, [measured(chart, chart.figure(WIDE)) for chart in charts])


def measured(chart, figure):
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.patches import PathPatch

    from helpers.report.marks import Cells

    values, marks, lines = [], [], []
    for ax in figure.axes:
        values += [np.asarray(line.get_xydata(), float) for line in ax.lines]
        values += [[bar.get_width(), bar.get_height(), bar.get_x(), bar.get_x() + bar.get_width()]
                   for bar in ax.patches if hasattr(bar, "get_width")]  # fmt: skip
        for artist in ax.collections:
            if isinstance(artist, PathCollection):
                values.append(np.ma.getdata(artist.get_offsets()))
            elif isinstance(artist, LineCollection):
                values += artist.get_segments()
            else:
                values += [drawn.vertices for drawn in artist.get_paths()]
        bars = [bar for bar in ax.patches if hasattr(bar, "get_width")]
        sideways = bool(bars) and all(round(bar.get_height(), 9) in (0.66, 0.8) for bar in bars)
        marks += [[bar.get_width() if sideways else bar.get_height()] for bar in bars]
        for line in ax.lines:
            heights = line.get_ydata(orig=False).astype(float)
            lines.append(heights[np.isfinite(heights)])
            if not line.get_label().startswith("_") and len(heights) > 2:
                marks.append(heights)
            elif line.get_marker() == "o":
                marks.append(line.get_xdata(orig=False).astype(float))
    maps = [one for ax in figure.axes for one in ax.artists if isinstance(one, Cells)]
    shades = bool(maps) or all(isinstance(part, PathPatch) for ax in figure.axes for part in [*ax.patches, *ax.lines])
    words = {word for cells in maps for word in cells.words.flat} - {""}
    return Drawn(chart.number, chart.data, _flat(values), lines, _flat(marks), words, shades)


def _flat(parts):
    found = np.concatenate([[], *(np.ravel(part).astype(float) for part in parts)])
    return np.sort(found[np.isfinite(found)])
