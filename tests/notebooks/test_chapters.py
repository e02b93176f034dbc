"""The committed chapters are proved true by a fresh run: same text."""

import ast
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


def told_otherwise(name, fresh):
    """Give the first text of a fresh run that is not the committed one."""
    ours = list(text_outputs(committed(name)))
    assert [position for position, _ in ours] == [position for position, _ in fresh]
    for (position, old), (_, new) in zip(ours, fresh, strict=True):
        if not same_text(old, new):
            return f"{name}, cell {position + 1}\n--- committed\n{old}\n--- fresh\n{new}"
    return None


def test_fresh_run_says_the_same(request, ran):
    assert not told_otherwise(request.node.callspec.id, ran.texts)


@pytest.mark.slow
def test_fresh_run_in_kernels_says_the_same_with_every_picture(tmp_path):
    """As `make report` runs them where nothing is kept."""
    run_chapters(chapters(), into=tmp_path, environment=EMBEDDED, kept=tmp_path / "kept")
    for name in NAMES:
        again = nbformat.read(tmp_path / f"{name}.ipynb", as_version=4)
        assert not told_otherwise(name, list(text_outputs(again)))
        pictures = [["image/png" in one.get("data", {}) for cell in notebook.cells for one in cell.get("outputs", [])]
                    for notebook in (committed(name), again)]  # fmt: skip
        assert pictures[0] == pictures[1]


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
