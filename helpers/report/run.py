"""Run the chapters: copies or in place, two at a time, the chapters that read the ledger last."""

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from tqdm import tqdm

from helpers.data.settings import ROOT

NOTEBOOKS = ROOT / "notebooks"
LAST = ("12_then_and_now", "00_summary")
WORKERS = 2
TIMEOUT = 600
# One thread a notebook, since two run at a time; a fixed hash seed, so that two runs give the same text.
KERNEL_ENVIRONMENT = {
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


class ChapterError(RuntimeError):
    """A cell failed; the message names the notebook and the cell."""


@dataclass(frozen=True)
class Job:
    """One notebook to run.

    Parameters
    ----------
    source, target : pathlib.Path
        Where it is read and where the executed copy goes; the same for a run in place.
    parameters : dict
        Values that replace those of the cell tagged `parameters`.
    environment : dict
        Variables of its kernel, beside those of this process.
    """

    source: Path
    target: Path
    parameters: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def chapters(folder: Path = NOTEBOOKS) -> list[Path]:
    """List the notebooks in reading order.

    Parameters
    ----------
    folder : pathlib.Path
        Where they are.

    Returns
    -------
    list of pathlib.Path
        Sorted by number.
    """
    return sorted(folder.glob("[0-9]*.ipynb"))


def run_chapters(
    paths: list[Path],
    *,
    into: Path,
    parameters: dict[str, str] | None = None,
    environment: dict[str, str] | None = None,
) -> None:
    """Execute notebooks and write them with their outputs.

    Parameters
    ----------
    paths : list of pathlib.Path
        The notebooks.
    into : pathlib.Path
        Folder of the executed copies; the folder of the notebooks themselves refreshes them in place.
    parameters : dict, optional
        Values that replace those of the cell tagged `parameters`.
    environment : dict, optional
        Variables of the kernels, beside those of this process.

    Raises
    ------
    ChapterError
        A cell failed; the first one is named. Chapters already done stay written.
    """
    into.mkdir(parents=True, exist_ok=True)
    jobs = [Job(path, into / path.name, parameters or {}, environment or {}) for path in paths]
    # The last of these chapters takes longest: begun first, it does not run on alone at the end.
    first = [job for job in jobs[::-1] if job.source.stem not in LAST]
    last = [job for name in LAST for job in jobs if job.source.stem == name]
    with tqdm(total=len(jobs), unit="chapter", file=sys.stderr) as bar:
        for done in _run_stages(first, last):
            bar.set_postfix_str(done)
            bar.update()


def _run_stages(first: list[Job], last: list[Job]) -> Iterator[str]:
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        waiting = [pool.submit(run_chapter, job) for job in first]
        try:
            for future in as_completed(waiting):
                yield future.result()
            for job in last:
                yield pool.submit(run_chapter, job).result()
        except ChapterError:
            for future in waiting:
                future.cancel()
            raise


def run_chapter(job: Job) -> str:
    """Execute one notebook.

    Parameters
    ----------
    job : Job
        What to run and where to write it.

    Returns
    -------
    str
        Its name.

    Raises
    ------
    ChapterError
        A cell failed.
    """
    notebook = nbformat.read(job.source, as_version=4)
    inject(notebook, job.parameters)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": job.target.parent}},
    )
    try:
        client.execute(env=os.environ | job.environment | KERNEL_ENVIRONMENT)
    except CellExecutionError as error:
        failed = next(i for i, cell in enumerate(notebook.cells) if _failed(cell))
        raise ChapterError(f"{job.source.name}, cell {failed + 1}: {error.ename}: {error.evalue}") from None
    _tidy(notebook)
    nbformat.write(notebook, job.target)
    return job.source.stem


def inject(notebook: NotebookNode, parameters: dict[str, str]) -> None:
    """Replace parameter values in the cell tagged `parameters`.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place.
    parameters : dict
        Name to value; values are text.

    Raises
    ------
    ChapterError
        The notebook has no such parameter.
    """
    if not parameters:
        return
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    lines = {line.partition("=")[0].strip(): line for line in cell.source.splitlines()}
    unknown = set(parameters) - set(lines)
    if unknown:
        raise ChapterError(f"no parameter {', '.join(sorted(unknown))}; there are {', '.join(lines)}")
    cell.source = "\n".join(
        f"{name} = {parameters[name]!r}" if name in parameters else line for name, line in lines.items()
    )


def _failed(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def _tidy(notebook: NotebookNode) -> None:
    """Keep only what belongs to the text: no machine's versions in the metadata."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )


def main() -> None:
    """Run chapters from the command line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("chapter", nargs="*", help="number or name of a chapter; all of them if none is named")
    parser.add_argument(
        "--into", type=Path, default=NOTEBOOKS, help="folder of the executed copies; in place if not given"
    )
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the chapters")
    args = parser.parse_args()
    wanted = [
        path for path in chapters() if not args.chapter or any(path.stem.startswith(name) for name in args.chapter)
    ]
    parameters = dict(item.split("=", 1) for item in args.set)
    try:
        run_chapters(wanted, into=args.into.resolve(), parameters=parameters)
    except ChapterError as error:
        sys.exit(f"failed: {error}")


if __name__ == "__main__":
    main()
