"""The ways of installing agree, and no file names a machine or an index."""

import re
import subprocess
import tomllib
from graphlib import TopologicalSorter

import yaml

from helpers.data.settings import ROOT

PINS = dict(re.findall(r"^([a-z0-9][a-z0-9_.-]*)==([^\s;]+)", (ROOT / "requirements.txt").read_text(), re.M))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def direct_dependencies():
    groups = [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()]
    return {re.split(r"[><=]", entry)[0]: re.split(r"[><=]+", entry)[1] for group in groups for entry in group}


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
    versions = dict(entry.split("==") for entry in pip)
    assert versions == {name: PINS[name] for name in direct_dependencies()}
    python = next(entry for entry in environment["dependencies"] if str(entry).startswith("python="))
    assert PROJECT["project"]["requires-python"] == f">={python.removeprefix('python=')}"


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
