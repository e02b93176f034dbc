"""Everything that make does, without make: `python -m helpers report LEADER=gold`."""

import argparse
import contextlib
import datetime as dt
import importlib
import logging
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

# Not from the settings: `clean` works where nothing is installed.
ROOT = Path(__file__).resolve().parents[1]
BUILT = ("build", "pages/_build", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", "dist")
LIVE = ("data/cache", ".venv")
FAILED, STOPPED = 1, 130


def report(words: Sequence[str]) -> int:
    """Run copies of the chapters and build the pages; NAME=VALUE sets a parameter."""
    from helpers.report.parameters import read_parameters
    from helpers.report.run import chapters

    parameters = read_parameters(words, chapters())  # a wrong word is told before what is heavy loads
    from helpers.report.build import build_report

    front = build_report(parameters=parameters)
    _say(f"The report is in {front.relative_to(ROOT)}")
    return 0


def notebooks(words: Sequence[str]) -> int:
    """Refresh the committed chapters, the ledger and the findings in the README, on the embedded data."""
    from helpers.report.publish import publish

    publish()
    return 0


def run(words: Sequence[str]) -> int:
    """Run single chapters into build/chapters: `run 06 LEADER=copper`; `--in-place` refreshes the committed ones."""
    from helpers.report.parameters import read_parameters
    from helpers.report.run import NOTEBOOKS, chapters, run_chapters

    parser = argparse.ArgumentParser(prog="python -m helpers run", description=run.__doc__)
    parser.add_argument("words", nargs="+", metavar="CHAPTER or NAME=VALUE")
    parser.add_argument("--in-place", action="store_true", help="write over the committed chapters")
    chosen = parser.parse_args(words)
    names = [word for word in chosen.words if "=" not in word]
    paths = [path for path in chapters() if any(path.stem.startswith(name) for name in names)]
    if not paths:
        known = ", ".join(path.stem for path in chapters())
        raise UsageError(f"expected a chapter of {known}, found {', '.join(names) or 'none'}")
    parameters = read_parameters([word for word in chosen.words if "=" in word], paths)
    into = NOTEBOOKS if chosen.in_place else ROOT / "build" / "chapters"
    from helpers.report.build import pinned

    run_chapters(paths, into=into, parameters=parameters, environment=pinned())
    _say(f"Done: {', '.join(str((into / path.name).relative_to(ROOT)) for path in paths)}")
    return 0


def refresh(words: Sequence[str]) -> int:
    """Bring every series up to date from its source."""
    return int(importlib.import_module("helpers.data.refresh").main(list(words)))


def restore(words: Sequence[str]) -> int:
    """List what earlier refreshes left, compare one with the present data, and go back to it."""
    return int(importlib.import_module("helpers.data.restore").main(list(words)))


def snapshot(words: Sequence[str]) -> int:
    """Freeze a good live state as the new embedded data."""
    from helpers.data.freeze import freeze
    from helpers.data.settings import read_settings

    _say(freeze(settings=read_settings()).rstrip())
    return 0


def test(words: Sequence[str]) -> int:
    """Prove what the report says; further words go to pytest."""
    return _tool("pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *words)


def check(words: Sequence[str]) -> int:
    """Run the linter and the type checker."""
    return _tool("ruff", "check", ".") or _tool("ruff", "format", "--check", ".") or _tool("mypy")


def bench(words: Sequence[str]) -> int:
    """Time everything side by side, into the table of CONTRIBUTING.md."""
    return _tool("benchmarks")


def simulate(words: Sequence[str]) -> int:
    """Simulate size and power of every test, kept in claims/simulations.csv; on a Dask cluster with SILVER_DASK."""
    from helpers.claims.simulations import simulate as carry_out
    from helpers.machine import workers

    with workers():
        carry_out()
    return 0


def update(words: Sequence[str]) -> int:
    """Bring data, verdicts, chapters and pages up to date, or leave everything as it was."""
    from helpers.update import update as carry_out

    _say(carry_out().rstrip())
    return 0


def history(words: Sequence[str]) -> int:
    """Judge every claim as of every Friday since the record, kept in claims/history.csv."""
    from helpers.claims.history import write_history
    from helpers.data import load
    from helpers.machine import workers

    with workers():
        weeks = write_history(load(source="snapshot"))
    _say(f"{weeks} weeks judged")
    return 0


def stamp(words: Sequence[str]) -> int:
    """Stamp rules, verdicts, forecasts and data, with proofs of the date from public calendars."""
    from helpers.claims.stamps import attestations, make_stamp, submit_to_calendars

    made = make_stamp(ROOT, now=dt.datetime.now(dt.UTC), submit=submit_to_calendars)
    _say(f"{made.path.name}: {'; '.join(attestations(made))}")
    return 0


def verify(words: Sequence[str]) -> int:
    """Prove, without a network, that nothing stamped has changed."""
    from helpers.claims.stamps import verify as lines

    for line in lines(ROOT):
        _say(line)
    return 0


def lab(words: Sequence[str]) -> int:
    """Open the chapters in JupyterLab."""
    return _tool("jupyter", "lab", str(ROOT / "notebooks"), *words)


def clean(words: Sequence[str]) -> int:
    """Remove what the commands built; live data, forecasts and saved files stay."""
    for name in BUILT:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


def distclean(words: Sequence[str]) -> int:
    """Remove the live data and the installed packages as well; forecasts and saved files stay."""
    clean(words)
    for name in LIVE:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


class UsageError(RuntimeError):
    """The command was not given what it takes."""


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    command.__name__: command
    for command in (report, notebooks, run, refresh, restore, snapshot, update, history, stamp, verify, test, check,
                    bench, simulate, lab, clean, distclean)
}  # fmt: skip
# What reads or writes data, chapters or pages; one of them at a time.
ALONE = {"report", "notebooks", "run", "refresh", "restore", "snapshot", "update", "history", "stamp", "clean",
         "distclean"}  # fmt: skip
# What takes no further words.
PLAIN = {
    "notebooks",
    "snapshot",
    "check",
    "bench",
    "simulate",
    "update",
    "history",
    "stamp",
    "verify",
    "clean",
    "distclean",
}


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command: 0 done; 1 failed; 130 stopped; a command's own status otherwise."""
    lines = [f"  {name:<10} {(command.__doc__ or name).splitlines()[0]}" for name, command in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="python -m helpers",
        description=__doc__,
        epilog="\n".join(["commands:", *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="what the command takes")
    chosen = parser.parse_args(words)
    return _guarded(chosen.command, chosen.words)


def _guarded(name: str, words: Sequence[str]) -> int:
    """Every way a command can end is one line and one status."""
    _stop_once()
    try:
        if not (ROOT / "notebooks").is_dir():
            raise UsageError("needs the project's folder around the package; this is the installed package alone")
        if words and name in PLAIN:
            raise UsageError(f"takes no further words, found {' '.join(words)!r}")
        with _alone() if name in ALONE else contextlib.nullcontext():
            if name in ALONE - {"clean", "distclean"} and (ROOT / ".before-update").is_dir():
                _undo_update()
            return COMMANDS[name](words)
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{name}: stopped; what was there before stands\n")
        return STOPPED
    except ModuleNotFoundError as error:
        sys.stderr.write(f"{name}: the package {error.name} is missing; `make` or `pip install -e .[all]` brings it\n")
        return FAILED
    except _expected() as error:
        sys.stderr.write(f"{name}: {error}\n")
        return FAILED


def _undo_update() -> None:
    """Undo an update that was killed, so that no command meets half of one."""
    from helpers.update import put_back

    put_back(ROOT)
    sys.stderr.write("an update that was killed has been undone\n")


def _alone() -> contextlib.AbstractContextManager[None]:
    """Hold the project; where the packages are missing nothing can be at work in it."""
    try:
        from helpers.machine import project_lock
    except ModuleNotFoundError:
        return contextlib.nullcontext()
    return project_lock(ROOT)


def _expected() -> tuple[type[Exception], ...]:
    """List the errors that are told in one line; anything else is a fault of the program and shows where."""
    from helpers.data.errors import DataError

    return (DataError, RuntimeError, OSError)


def _stop_once() -> None:
    """Ctrl-C, a request to end and a closed terminal are one thing, and what follows the first is not heard."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # its tasks are ended in mid-air, as they should be
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

    def _stop(number: int, frame: Any) -> NoReturn:
        for one in numbers:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, _stop)


def _tool(name: str, *words: str) -> int:
    """Run a program of this environment in the project's folder, and end it when this one is ended."""
    process = subprocess.Popen([sys.executable, "-m", name, *words], cwd=ROOT)  # noqa: S603
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
