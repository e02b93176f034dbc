"""Running chapters: what is kept and what is run again, how failures are told, how a run ends when it is stopped."""

import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest

from helpers.data.settings import ROOT
from helpers.report import kept
from helpers.report.run import ChapterError, Run, run_chapters


def write_notebook(path, *sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def shown(folder, name):
    notebook = nbformat.read(folder / name, as_version=4)
    return [output.data["text/plain"] for cell in notebook.cells for output in cell.outputs if "data" in output]


@pytest.fixture
def run(tmp_path):
    """Run notebooks with a store of their own."""

    def carry_out(*paths, into="out", **options):
        return run_chapters(list(paths), into=tmp_path / into, kept=tmp_path / "kept", **options)

    return carry_out


def test_failing_cell_is_named_with_the_last_line_of_its_error(tmp_path, run):
    paths = [
        write_notebook(tmp_path / "03_broken.ipynb", "AS_OF = None", "1 + 1", "1 / 0"),
        write_notebook(tmp_path / "04_long.ipynb", "AS_OF = None", 'raise ValueError("first\\n\\nlast\\n")'),
        write_notebook(tmp_path / "05_exit.ipynb", "AS_OF = None", "raise KeyboardInterrupt"),
    ]
    told = [r"03_broken\.ipynb, cell 3: ZeroDivisionError: division by zero$", r"cell 2: ValueError: last$"]
    for path, words in zip(paths, [*told, r"cell 2: KeyboardInterrupt$"], strict=True):
        with pytest.raises(ChapterError, match=words):
            run(path)
    assert not list((tmp_path / "out").iterdir())


def test_a_killed_kernel_is_told_in_one_line(tmp_path, run):
    path = write_notebook(tmp_path / "03_killed.ipynb", "AS_OF = None", "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(
        ChapterError, match=r"^03_killed\.ipynb, cell 2: its kernel died; it was killed, or memory ran out$"
    ):
        run(path)


def test_a_run_leaves_the_variables_of_its_process_alone(tmp_path, run):
    sources = "import os", "os.environ['NUMBA_NUM_THREADS'], os.environ['COLOUR']"
    before = dict(os.environ)
    run(write_notebook(tmp_path / "03_variables.ipynb", *sources), environment={"COLOUR": "orange"})
    assert dict(os.environ) == before
    assert shown(tmp_path / "out", "03_variables.ipynb") == ["('1', 'orange')"]


def test_a_chapter_takes_only_the_parameters_of_its_own_cell(tmp_path, run):
    pair = write_notebook(tmp_path / "03_pair.ipynb", 'LEADER = "silver"\nLAGS = 8', "LEADER, LAGS")
    other = write_notebook(tmp_path / "04_other.ipynb", 'LEADER = "silver"', "LEADER, 'LAGS' in globals()")
    run(pair, other, parameters={"LEADER": "gold", "LAGS": 4})
    assert shown(tmp_path / "out", pair.name) == ["('gold', 4)"]
    assert shown(tmp_path / "out", other.name) == ["('gold', False)"]


STAMP = "import time; time.time_ns()"


def test_what_has_not_changed_is_not_run_again(tmp_path, run):
    path = write_notebook(tmp_path / "03_stamp.ipynb", "LEADER = 'silver'", STAMP)
    first, again = run(path), run(path, into="again")
    assert first == again
    assert shown(tmp_path / "out", path.name) == shown(tmp_path / "again", path.name)


@pytest.fixture
def without_kernels(monkeypatch):
    """Note which chapters are run instead of running them."""
    names = []
    monkeypatch.setattr(Run, "_execute", lambda self, name, notebook, folder: names.append(name))
    return names


def test_a_changed_byte_runs_a_chapter_again(tmp_path, run, monkeypatch, without_kernels):
    """The cell, a parameter, a variable of the project, a file that chapters read, the version of a package."""
    read = tmp_path / "read"
    read.mkdir()
    (read / "prices.csv").write_text("1\n")
    monkeypatch.setenv("SILVER_MANUAL", str(read))
    path = write_notebook(tmp_path / "03_stamp.ipynb", "LEADER = 'silver'", STAMP)
    digests = [run(path), run(path, parameters={"LEADER": "gold"}), run(path, environment={"SILVER_SOURCE": "live"})]
    (read / "prices.csv").write_text("2\n")
    digests.append(run(path))
    (read / "prices.csv").rename(read / "price.csv")
    digests.append(run(path))
    with monkeypatch.context() as patch:
        patch.setattr(kept, "distributions", list)
        digests.append(run(path))
    write_notebook(path, "LEADER = 'silver'", STAMP + " ")
    digests.append(run(path))
    assert len({digest for (digest,) in digests}) == len(digests) == 7
    assert without_kernels == [path.name] * 7


def test_old_chapters_and_broken_runs_are_dropped(tmp_path, run, monkeypatch, without_kernels):
    monkeypatch.setattr(kept, "MOST", 2)
    path = write_notebook(tmp_path / "03_stamp.ipynb", "LAGS = 1", "LAGS")
    (tmp_path / "kept" / ".run-left").mkdir(parents=True)
    for lags in (2, 3, 4):
        (newest,) = run(path, parameters={"LAGS": lags})
    names = [entry.name for entry in (tmp_path / "kept").iterdir()]
    assert len(names) == 2
    assert newest in names
    assert ".run-left" not in names


STOPPED = """
import sys
from pathlib import Path
from helpers import __main__ as cli
from helpers.report.run import run_chapters

def slow(words):
    'Run what takes long.'
    folder = Path(words[0])
    run_chapters(sorted(folder.glob("*.ipynb")), into=folder / "out", kept=folder / "kept")
    return 0

cli.COMMANDS["slow"] = slow
sys.exit(cli.main(["slow", sys.argv[1]]))
"""


def kernel_ids(folder):
    return [int(path.read_text()) for path in folder.glob("pid-*") if path.read_text()]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.mark.skipif(os.name != "posix", reason="signals of another kind")
@pytest.mark.parametrize(
    ("number", "times", "status"),
    [
        (signal.SIGINT, 2, 130),
        (signal.SIGKILL, 1, -9),
        pytest.param(signal.SIGINT, 1, 130, marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, 1, 130, marks=pytest.mark.slow),
    ],
)
def test_a_stopped_run_says_one_line_and_leaves_no_kernel(tmp_path, number, times, status):
    for name in ("03_a", "04_b", "05_c"):
        note = f"import os, pathlib, time; pathlib.Path({str(tmp_path / f'pid-{name}')!r}).write_text(str(os.getpid()))"
        write_notebook(tmp_path / f"{name}.ipynb", "AS_OF = None", note, "time.sleep(600)")
    words = [sys.executable, "-c", STOPPED, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    until = time.monotonic() + 60
    while len(kernel_ids(tmp_path)) < 2 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    kernels = kernel_ids(tmp_path)
    began = time.monotonic()
    for _ in range(times):
        process.send_signal(number)
        time.sleep(0.1)
    said, _ = process.communicate(timeout=30)
    while any(alive(pid) for pid in kernels) and time.monotonic() < began + 10:
        time.sleep(0.1)
    assert time.monotonic() - began < 15  # one or two seconds on a machine that does nothing else
    assert len(kernels) == 2
    assert process.returncode == status
    assert said.strip() == ("" if number == signal.SIGKILL else "slow: stopped; what was there before stands")
    assert not list((tmp_path / "out").iterdir())
