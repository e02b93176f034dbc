"""The command line: what it lists, how it fails, what it removes, and that make calls it."""

import datetime as dt
import re
import subprocess
import sys

import pytest

from helpers import __main__ as cli
from helpers.claims import stamps
from helpers.data.settings import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()


def told(*words):
    return subprocess.run(
        [sys.executable, "-m", "helpers", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_help_lists_every_command():
    lines = told("--help").stdout
    assert all(re.search(rf"^  {name} +\w", lines, re.M) for name in cli.COMMANDS)


def test_make_calls_commands_that_there_are():
    targets = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M).group(1).split())
    assert targets == set(cli.COMMANDS) - {"run"}


def make_calls(*words, **environment):
    given = {"PATH": "/usr/bin:/bin", **environment}
    done = subprocess.run(
        ["make", "-n", "-o", ".venv/ready", *words], cwd=ROOT, env=given, capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if "-m helpers" in line]


def test_make_passes_parameters_through():
    (line,) = make_calls("report", "LEADER=gold", "LAGS=4", "PYTHON=python3.12")
    assert line.split("helpers ")[1].split()[0] == "report"
    assert set(line.split("report ")[1].split()) == {"LEADER=gold", "LAGS=4"}
    (line,) = make_calls("report", AS_OF="2026-03-06")
    assert line.split("report ")[1].split() == ["AS_OF=2026-03-06"]
    (line,) = make_calls("refresh", "ARGS=--only silver,gold --dry-run")
    assert line.endswith("helpers refresh --only silver,gold --dry-run || [ $? -eq 3 ]")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("report", "LEADER=doge"), "report: LEADER: expected a series of silver"),
        (("report", "LAGS=4.5"), "report: LAGS: expected a whole number, found '4.5'"),
        (("report", "TIN=3"), "report: parameters: expected NAME=VALUE with a name of AS_OF"),
        (("report", "AS_OF=2999-01-01"), "report: AS_OF: expected a day up to"),
        (("run", "99"), "run: expected a chapter of 00_summary"),
        (("check", "now"), "check: takes no further words, found 'now'"),
    ],
)
def test_what_cannot_be_done_is_one_line(words, line):
    done = told(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1


def test_a_missing_package_is_named(monkeypatch, capsys):
    def fail(words):
        raise ModuleNotFoundError("No module named 'sphinx'", name="sphinx")

    monkeypatch.setitem(cli.COMMANDS, "bench", fail)
    monkeypatch.setattr(cli, "_stop_once", lambda: None)
    assert cli.main(["bench"]) == cli.FAILED
    assert capsys.readouterr().err.startswith("bench: the package sphinx is missing; `make`")


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in (*cli.BUILT, *cli.LIVE, "data/manual", "data/forecasts", "data/snapshot", "notebooks"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text("x")
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    monkeypatch.setattr(cli, "_stop_once", lambda: None)
    return tmp_path


@pytest.mark.parametrize(("command", "gone"), [("clean", cli.BUILT), ("distclean", cli.BUILT + cli.LIVE)])
def test_cleaning_removes_what_was_built_and_nothing_of_the_user(tree, command, gone):
    before = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()} - {".lock"}
    assert cli.main([command]) == 0
    after = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()} - {".lock"}
    assert before - after == {f"{name}/file" for name in gone}


def test_everything_built_is_ignored_by_git():
    names = [f"{name}/x" for name in (*cli.BUILT, *cli.LIVE, "data/manual", "data/forecasts")] + [".lock"]
    done = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 128:
        pytest.skip("not a clone")
    assert done.stdout.split() == names


def test_verify_fails_with_the_name_of_what_changed(tree, capsys, monkeypatch):
    monkeypatch.setattr(stamps, "submit_to_calendars", lambda path: False)
    (tree / "claims").mkdir()
    rules = tree / "claims" / "claims.toml"
    rules.write_text("level = 0.05")
    assert cli.main(["verify"]) == cli.FAILED
    assert capsys.readouterr().err == "verify: nothing has been stamped yet; run `make stamp`\n"
    assert cli.main(["stamp"]) == 0
    assert capsys.readouterr().out == "0001.json: pending: no calendar has been reached yet\n"
    assert cli.main(["verify"]) == 0
    assert capsys.readouterr().out.endswith(f"1 files are as they were stamped on {dt.datetime.now(dt.UTC).date()}\n")
    rules.write_text("level = 0.06")
    assert cli.main(["verify"]) == cli.FAILED
    assert capsys.readouterr().err.startswith("verify: claims/claims.toml has changed since 0001.json")
