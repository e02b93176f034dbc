"""The committed chapters are proved true by a fresh run: same text."""

import ast
import json
import re

import nbformat
import pytest

from helpers.report.publish import EMBEDDED
from helpers.report.run import NOTEBOOKS, chapters, run_chapters
from tests.notebooks.comparison import same_text, text_outputs

TYPED_NUMBER = re.compile(r"(?<![\w.#-])\d+(?:\.\d+)?\s?(?:%|percent|basis points|log points)|p\s?[<=>]\s?0?\.\d+")
NAMES = [path.stem for path in chapters()]


def committed(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


@pytest.fixture(scope="session")
def fresh(tmp_path_factory):
    """Run every chapter once, as `make report` does where nothing is kept."""
    folder = tmp_path_factory.mktemp("fresh")
    run_chapters(chapters(), into=folder / "notebooks", environment=EMBEDDED, kept=folder / "kept")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_fresh_run_says_the_same(fresh, name):
    again = nbformat.read(fresh / "notebooks" / f"{name}.ipynb", as_version=4)
    ours, theirs = list(text_outputs(committed(name))), list(text_outputs(again))
    assert [position for position, _ in ours] == [position for position, _ in theirs]
    for (position, old), (_, new) in zip(ours, theirs, strict=True):
        assert same_text(old, new), f"{name}, cell {position + 1}\n--- committed\n{old}\n--- fresh\n{new}"


@pytest.mark.parametrize("name", NAMES)
def test_chapter_was_run_from_top_to_bottom(name):
    code = [cell for cell in committed(name).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


@pytest.mark.parametrize("name", NAMES)
def test_chapter_holds_no_class_path_or_typed_number(name):
    for cell in committed(name).cells:
        if cell.cell_type == "code":
            nodes = list(ast.walk(ast.parse(cell.source)))
            assert not [node for node in nodes if isinstance(node, ast.ClassDef | ast.Try | ast.Lambda)]
            assert not re.search(r"[\"'][^\"'\n ]*/[^\"'\n ]*\.\w+[\"']|[\"']/\w+", cell.source), cell.source
            assert "filterwarnings" not in cell.source
        else:
            assert not TYPED_NUMBER.findall(cell.source), name


@pytest.mark.parametrize("name", NAMES)
def test_chapter_opens_with_parameters(name):
    cell = next(cell for cell in committed(name).cells if cell.cell_type == "code")
    assert "parameters" in cell.metadata.tags
    names = {node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
    assert {"AS_OF", "START", "LEADER", "FOLLOWER"} <= names


def test_every_picture_has_a_text():
    for name in NAMES:
        for cell in committed(name).cells:
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    assert len(output.metadata["image/png"]["alt"]) > 30, name


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("p = 0.123", "p = 0.124", True),
        ("p = 0.123", "p = 0.126", False),
        ("n = 831", "n = 832", False),
        ("rose by 1,234.5", "rose by 1,234.6", True),
        ("rose by 3.1", "fell by 3.1", False),
        ("1.23e-05", "1.24e-05", True),
        ("1.23e-05", "1.23e-04", False),
        ("2026-01-23", "2026-01-24", False),
        ("a  b", "a b", True),
    ],
)
def test_comparison_of_texts(ours, theirs, same):
    assert same_text(ours, theirs) is same
