"""Run the chapters: two at a time, each in its own kernel."""

import asyncio
import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from helpers.data.settings import ROOT
from helpers.report.kept import KEPT, chapter_digest, keep, prune, run_digest, workshop
from helpers.report.parameters import Value, inject

NOTEBOOKS = ROOT / "notebooks"
WORKERS = 2
TIMEOUT = 600
_CHAPTER = "chapter.ipynb"
# One thread a notebook, since two run at a time; a fixed hash seed, so that two runs give the same text.
KERNEL_ENVIRONMENT = {
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class ChapterError(RuntimeError):
    """A cell failed; the message names the notebook, the cell and the last line of the error."""


@dataclass
class Kernels:
    """The kernels at work, so that a stop reaches every one of them."""

    clients: list[NotebookClient] = field(default_factory=list)

    def kill(self, waiting: Iterable[Future]) -> None:
        """End every kernel, those too that are only just starting, until nobody waits for one."""
        waiting = list(waiting)
        for future in waiting:
            future.cancel()
        while not all(future.done() for future in waiting):
            for client in self.clients:
                pid = getattr(getattr(client.km, "provisioner", None), "pid", None)
                if pid:
                    _kill(pid)
            time.sleep(0.05)


def _kill(pid: int) -> None:
    """End a kernel and what it started: it leads a group of its own."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)


def chapters(folder: Path = NOTEBOOKS) -> list[Path]:
    """List the notebooks in reading order."""
    return sorted(folder.glob("[0-9]*.ipynb"))


def run_chapters(
    paths: list[Path],
    *,
    into: Path,
    parameters: Mapping[str, Value] | None = None,
    environment: Mapping[str, str] | None = None,
    kept: Path = KEPT,
) -> list[str]:
    """Execute notebooks and write them with their outputs.

    Parameters
    ----------
    paths : list of pathlib.Path
        The notebooks.
    into : pathlib.Path
        Folder of the executed copies; the folder of the notebooks themselves refreshes them in place.
    parameters : mapping, optional
        Values that replace those of the cell tagged `parameters`, in each chapter that has the name.
    environment : mapping, optional
        Variables of the kernels, beside those of this process.
    kept : pathlib.Path
        Folder of the chapters that were run before; one that depends on nothing changed is taken from there.

    Returns
    -------
    list of str
        Digests of the chapters, in the order of `paths`: the same digest is the same chapter.

    Raises
    ------
    ChapterError
        A cell failed; the first one is named.
    """
    into.mkdir(parents=True, exist_ok=True)
    run = Run(into, dict(parameters or {}), dict(environment or {}), kept)
    with tqdm(total=len(paths), desc="chapters", unit="chapter", disable=None, leave=False) as bar:
        digests = run.all(paths, bar)
    prune(kept)
    return [digests[path] for path in paths]


class Run:
    """What the chapters of one run share."""

    def __init__(self, into: Path, parameters: dict[str, Value], environment: dict[str, str], kept: Path) -> None:
        self.into, self.parameters, self.environment, self.kept = into, parameters, environment, kept
        self.digest, self.kernels = run_digest(environment), Kernels()

    def all(self, paths: list[Path], bar: tqdm) -> dict[Path, str]:
        """Run chapters and give their digests; what is left at a failure or a stop is ended."""
        digests = {}
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            waiting = {pool.submit(self.chapter, path): path for path in paths}
            try:
                for future in as_completed(waiting):
                    digests[waiting[future]] = future.result()
                    bar.set_postfix_str(waiting[future].stem)
                    bar.update()
            except BaseException:
                self.kernels.kill(waiting)
                raise
        return digests

    def chapter(self, path: Path) -> str:
        """Run one chapter, or take it as it was kept, and put it where it is wanted."""
        notebook = nbformat.read(path, as_version=4)
        inject(notebook, self.parameters)
        name = chapter_digest(self.digest, notebook)
        place = self.kept / name
        if place.is_dir():
            os.utime(place)
        else:
            made = workshop(self.kept)
            self._execute(path.name, notebook, made)
            nbformat.write(notebook, made / _CHAPTER)
            place = keep(made, self.kept, name)
        shutil.copyfile(place / _CHAPTER, self.into / path.name)
        return name

    def _execute(self, name: str, notebook: NotebookNode, folder: Path) -> None:
        """Execute a notebook in a kernel of its own."""
        cell = [0]
        client = NotebookClient(
            notebook,
            timeout=TIMEOUT,
            kernel_name="python3",
            record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
            on_cell_start=lambda cell_index, **_: cell.__setitem__(0, cell_index + 1),
        )
        self.kernels.clients.append(client)
        where = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        own = {"PYTHONPATH": os.pathsep.join(where)}
        environment = os.environ | self.environment | KERNEL_ENVIRONMENT | own
        try:
            asyncio.run(client.async_execute(env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        except CellExecutionError as error:
            raise ChapterError(f"{name}, cell {cell[0]}: {_last_line(error)}") from None
        except CellTimeoutError:
            raise ChapterError(f"{name}, cell {cell[0]}: took longer than {TIMEOUT} s") from None
        except (DeadKernelError, RuntimeError):
            raise ChapterError(f"{name}, cell {cell[0]}: its kernel died; it was killed, or memory ran out") from None
        finally:
            self.kernels.clients.remove(client)
            atexit.unregister(client._cleanup_kernel)  # it stays behind where a kernel is ended while it starts
        _tidy(notebook)


def _last_line(error: CellExecutionError) -> str:
    lines = [line.strip() for line in str(error.evalue or "").splitlines() if line.strip()]
    return f"{error.ename}: {lines[-1]}" if lines else str(error.ename or "the cell failed")


def _tidy(notebook: NotebookNode) -> None:
    """Keep only what belongs to the text: no machine's versions in the metadata."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
