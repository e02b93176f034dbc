"""Chapters that were run before, kept by the hash of everything that they depend on: a changed byte runs them again."""

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path

from nbformat import NotebookNode

from helpers.data.settings import ROOT, read_settings

KEPT = ROOT / "build" / "kept"
MOST = 60


def run_digest(environment: Mapping[str, str]) -> str:
    """Hash what every chapter may depend on: code, rules, data, versions of packages, settings."""
    digest = hashlib.sha256()
    for path in _files():
        body = path.read_bytes()
        digest.update(f"{path}\0{len(body)}\0".encode() + body)
    versions = sorted(f"{found.name} {found.version}" for found in distributions())
    settings = {name: value for name, value in (os.environ | environment).items() if name.startswith("SILVER_")}
    digest.update(
        json.dumps([platform.python_version(), platform.platform(), versions, sorted(settings.items())]).encode()
    )
    return digest.hexdigest()


def chapter_digest(run: str, notebook: NotebookNode) -> str:
    """Hash a chapter's cells, without their outputs, on top of a run."""
    cells = [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]
    return hashlib.sha256(json.dumps([run, cells], sort_keys=True).encode()).hexdigest()


def workshop(folder: Path) -> Path:
    """Make a folder in which one chapter is run, beside those that are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=".run-", dir=folder))


def keep(made: Path, folder: Path, name: str) -> Path:
    """Move a finished chapter to its name, in one step."""
    target = folder / name
    if target.exists():
        shutil.rmtree(made)
    else:
        made.rename(target)
    return target


def prune(folder: Path) -> None:
    """Drop the chapters that were used longest ago, and folders of runs that never ended."""
    if not folder.is_dir():
        return
    entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    whole = [path for path in entries if not path.name.startswith(".")]
    for path in [*whole[:-MOST], *(path for path in entries if path.name.startswith("."))]:
        shutil.rmtree(path, ignore_errors=True)


def _files() -> Iterator[Path]:
    settings = read_settings()
    data = (settings.snapshot, settings.manual, settings.cache / "manifest.json")
    for place in (ROOT / "helpers", ROOT / "claims", ROOT / "data" / "forecasts", *data):
        if place.is_file():
            yield place
        for path in sorted(place.rglob("*")) if place.is_dir() else ():
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
