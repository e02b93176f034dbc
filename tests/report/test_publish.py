"""What the README says is what the ledger holds."""

import nbformat
import pytest

from helpers.claims import read_ledger
from helpers.data import load
from helpers.report import publish
from helpers.report.front import Front


@pytest.fixture(scope="module")
def front():
    return Front(read_ledger(load(source="snapshot")))


def test_readme_says_what_the_ledger_holds(front):
    assert publish.findings_block(front) in publish.README.read_text(encoding="utf-8")


def test_headline_is_the_chart_of_the_summary():
    assert publish.HEADLINE.read_bytes() == publish.headline_picture()


def test_a_block_is_put_between_its_marks(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- a -->\nold\n<!-- b -->\nafter\n")
    publish.put_block(readme, "new", ("<!-- a -->", "<!-- b -->"))
    assert readme.read_text() == "before\n<!-- a -->\nnew\n<!-- b -->\nafter\n"


def test_notebooks_are_linked_once_however_often(tmp_path):
    paths = [tmp_path / f"{number:02}_x.ipynb" for number in range(3)]
    for path, title in zip(paths, ("All", "One", "Two"), strict=True):
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {title}")]), path)
    publish.link_chapters(paths)
    first = [path.read_bytes() for path in paths]
    publish.link_chapters(paths)
    assert [path.read_bytes() for path in paths] == first
    said = [nbformat.read(path, as_version=4).cells[-1].source for path in paths]
    assert said == [
        "The chapters:\n\n1. [One](01_x.ipynb)\n2. [Two](02_x.ipynb)",
        "Before: [All](00_x.ipynb) · Next: [Two](02_x.ipynb) · All: [All](00_x.ipynb)",
        "Before: [One](01_x.ipynb) · All: [All](00_x.ipynb)",
    ]
