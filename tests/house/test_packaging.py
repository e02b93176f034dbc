"""The ways of installing agree, and no file names a machine or an index."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml

from helpers.claims import load_claims
from helpers.data import load
from helpers.data.settings import ROOT

PINS = dict(re.findall(r"^([a-z0-9][a-z0-9_.-]*)==([^\s;]+)", (ROOT / "requirements.txt").read_text(), re.M))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TEXT = {"capture_output": True, "text": True}


def direct_dependencies():
    groups = [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()]
    entries = {entry for group in groups for entry in group if not entry.startswith(PROJECT["project"]["name"])}
    return {re.split(r"[><=]", entry)[0]: re.split(r"[><=]+", entry)[1] for entry in entries}


def number(version):
    return tuple(int(part) for part in re.findall(r"\d+", version))


def test_every_dependency_is_pinned_and_new_enough():
    for name, lowest in direct_dependencies().items():
        assert number(PINS[name]) >= number(lowest), name


def test_every_pin_has_a_hash():
    text = (ROOT / "requirements.txt").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert len(blocks) == len(PINS)
    for block in blocks:
        assert "--hash=sha256:" in block, block[:40]


def test_conda_environment_has_the_same_versions():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert pip.pop() == "-e ."  # the project itself: notebooks import helpers
    versions = dict(entry.split("==") for entry in pip)
    assert versions == {name: PINS[name] for name in direct_dependencies()}
    python = next(entry for entry in environment["dependencies"] if str(entry).startswith("python="))
    assert PROJECT["project"]["requires-python"] == f">={python.removeprefix('python=')}"


def test_hooks_have_the_versions_of_the_lock():
    (ruff, *local) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert ruff["rev"] == f"v{PINS['ruff']}"
    assert all(repo["repo"] == "local" for repo in local)  # they run the program of the environment


def workflow(name):
    """Read a workflow; YAML 1.1 takes its key `on` for a truth value."""
    content = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
    return content, content[True], [step for job in content["jobs"].values() for step in job["steps"]]


def test_workflows_run_what_pyproject_and_make_name():
    """Beside this, actionlint finds nothing in either file."""
    content, _, steps = workflow("ci")
    named = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["project"]["classifiers"]))
    assert content["jobs"]["test"]["strategy"]["matrix"]["python"] == named
    assert f">={named[0]}" == PROJECT["project"]["requires-python"]
    assert [step["run"] for step in steps if "run" in step] == [
        "make check",
        "make test",
        "make report",
        "make test ARGS='-m slow'",
    ]


def test_the_weekly_run_asks_and_never_pushes_to_main():
    content, events, steps = workflow("weekly")
    assert set(events) == {"schedule", "workflow_dispatch"}
    runs = [step["run"] for step in steps if "run" in step]
    assert runs[0] == "make update"
    assert steps[0]["with"] == {"fetch-depth": 0}  # the history needs the registries of before
    assert 'git switch --create "update-$day"' in runs[1]
    pushes = re.findall(r"git push.*", "\n".join(runs))
    assert pushes == ['git push --set-upstream origin "update-$day"']
    assert "--body-file CHANGES.md" in runs[1]
    assert "secrets." not in "\n".join(runs)
    assert content["permissions"] == {"contents": "write", "pull-requests": "write"}


@pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
def test_the_weekly_request_is_made_of_a_branch_of_its_own(tmp_path):
    """The last step as it stands, with a place to push to and a `gh` that says what it was asked."""
    (_, request) = [step["run"] for step in workflow("weekly")[2] if "run" in step]
    git = ["git", "-c", "init.defaultBranch=main", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    work, home = tmp_path / "work", tmp_path / "home.git"
    subprocess.run([*git, "init", "--quiet", "--bare", home], check=True)
    subprocess.run([*git, "clone", "--quiet", home, work], check=True, capture_output=True)
    (work / "CHANGES.md").write_text("Nothing yet.\n")
    for words in (["add", "-A"], ["commit", "-qm", "first"], ["push", "-q", "origin", "HEAD:main"]):
        subprocess.run([*git, *words], cwd=work, check=True)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "gh").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    (tools / "gh").chmod(0o755)
    environment = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}

    def carry_out():
        return subprocess.run(["bash", "-euo", "pipefail", "-c", request], cwd=work, env=environment, check=True)

    def heads():
        listed = subprocess.run([*git, "branch", "--format", "%(refname:short) %(objectname)"], cwd=home, **TEXT)
        return dict(line.split() for line in listed.stdout.splitlines())

    before = heads()
    carry_out()
    assert heads() == before
    (work / "CHANGES.md").write_text("A new week.\n")
    carry_out()
    after = heads()
    assert after["main"] == before["main"]
    (branch,) = set(after) - {"main"}
    assert branch.startswith("update-")
    assert f"pr create --base main --head {branch}" in (tmp_path / "asked").read_text()


def test_citation_has_what_the_format_asks_for():
    """`cffconvert --validate` passes; it would miss that this is another project, or that a file is not there."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = PROJECT["project"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"].split(" AND ")
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in project["authors"]]
    assert all({"type", "title", "authors"} <= set(reference) for reference in citation["references"])
    assert all((ROOT / name).is_file() for name in [*project["license-files"], "helpers/py.typed", "CHANGELOG.md"])


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the wheel into an environment of its own, outside the repository, beside the packages of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    words = ["--no-deps", "--no-index"]
    subprocess.run([*pip, "wheel", *words, "--no-build-isolation", "-w", folder, ROOT], check=True, capture_output=True)
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "--python", python, "install", *words, wheel], check=True, capture_output=True)
    (site,) = (folder / "venv").rglob("site-packages")
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))  # what it has installed, not what it points to
    return python


ALONE = """
import helpers
import numpy as np
import pandas as pd
from helpers.stats import granger_test

weeks = pd.date_range("2010-01-01", periods=300, freq="W-FRI")
noise = pd.DataFrame(np.random.default_rng(1).normal(size=(300, 2)), columns=["a", "b"], index=weeks)
print(helpers.__file__, granger_test(effect=noise["a"], cause=noise["b"], lags=2).pvalue)
"""


JUDGED = """
from helpers.claims import judge, load_claims, verdicts
from helpers.data import load

data = load()
print(data.source, data.digest, len(load_claims()), len(verdicts(data)))
assert {one.claim.id: one.verdict for one in @(data)} == {one.claim.id: one.verdict for one in verdicts(data)}
"""


def outside(installed, *words):
    folder = installed.parents[2]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SILVER"))}
    return subprocess.run([installed, "-I", *words], cwd=folder, env=environment, check=False, **TEXT)


def test_the_wheel_gives_the_statistics_outside_the_repository(installed):
    done = outside(installed, "-c", ALONE)
    assert done.returncode == 0, done.stderr
    place, pvalue = done.stdout.split()
    assert place.startswith(str(installed.parents[1]))
    assert 0 < float(pvalue) < 1
    assert Path(place).with_name("py.typed").is_file()


@pytest.mark.parametrize("how", ["verdicts", pytest.param("judge", marks=pytest.mark.slow)])
def test_the_wheel_carries_data_and_rules_and_judges_outside_the_repository(installed, how):
    done = outside(installed, "-c", JUDGED.replace("@", how))
    assert done.returncode == 0, done.stderr
    source, digest, claims, judged = done.stdout.split()
    assert (source, digest) == ("snapshot", load(source="snapshot").digest)
    assert int(claims) == int(judged) == len(load_claims())


def test_the_installed_package_alone_says_that_it_needs_the_project(installed):
    done = outside(installed, "-m", "helpers", "report")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "report: needs the project's folder around the package; this is the installed package alone\n"


def tracked_files():
    out = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [ROOT / name for name in out.split("\0") if name] or [path for path in ROOT.rglob("*") if path.is_file()]


def test_no_index_address_and_no_machine_path():
    wanted = {".py", ".ipynb", ".md", ".toml", ".txt", ".yml", ".json", ""}
    host = re.compile("|".join([r"\bpypi" + r"\.", "pythonhosted" + r"\.", "anaconda" + r"\.(org|com)"]))
    places = [f"{ROOT.parent}/"]
    for path in tracked_files():
        if path.suffix not in wanted or not path.is_file() or ".venv" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert not host.search(text), path.name
        if str(ROOT.parent) not in ("/", ""):
            assert not any(place in text for place in places), path.name


def test_arrows_go_one_way():
    """`data` imports neither `stats` nor `report`; `stats` neither `report` nor `data`; `report` anything."""
    forbidden = {"data": ("helpers.stats", "helpers.report"), "stats": ("helpers.report", "helpers.data")}
    for room, others in forbidden.items():
        for path in (ROOT / "helpers" / room).rglob("*.py"):
            imports = re.findall(r"^\s*(?:from|import) (helpers\.\w+)", path.read_text(), re.M)
            assert not set(imports) & set(others), path.name


def test_packages_of_statistics_have_an_order():
    arrows = {}
    for path in (ROOT / "helpers" / "stats").rglob("*.py"):
        room = path.relative_to(ROOT / "helpers" / "stats").parts[0].removesuffix(".py")
        used = set(re.findall(r"^\s*from helpers\.stats\.(\w+)", path.read_text(), re.M))
        arrows.setdefault(room, set()).update(used - {room})
    order = list(TopologicalSorter(arrows).static_order())
    assert order.index("regression") < order.index("granger") < order.index("time_varying")
