"""Every paper that a docstring or a text names by author and year stands in the bibliography."""

import ast
import re
import unicodedata

import pytest

from helpers.data.settings import ROOT
from helpers.report.run import chapters

NAME = r"[A-ZÀ-Ž][\w'’-]*[a-zà-ž]"
OTHERS = rf"(?:(?:, {NAME})*,? (?:and|&) {NAME}| et al\.?| and others)?"
CITED = re.compile(rf"({NAME})({OTHERS})(?:,? \(|, )((?:18|19|20)\d\d)(?!-?\d)")
NOT_AUTHORS = re.compile(
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec|WSS|Since|From|In|Before|After|Until|Friday"
)


def plain(name):
    """Letters alone, so that Lütkepohl, Luetkepohl and L{\\"u}tkepohl are one."""
    text = unicodedata.normalize("NFKD", re.sub(r"\{\\o\}", "o", name)).encode("ascii", "ignore").decode()
    text = re.sub(r"[^a-z]", "", re.sub(r"\\['\"`cv] ?", "", text).lower())
    return re.sub("([aou])e", r"\1", text)


@pytest.fixture(scope="module")
def known():
    """Surnames of each entry, with its year."""
    found = set()
    for entry in (ROOT / "pages" / "references.bib").read_text(encoding="utf-8").split("\n@"):
        if entry.strip():
            people = re.search(r"author=\{(.*?)\}, title=", entry)[1].split(" and ")
            years = {re.search(r"year=\{(\d+)\}", entry)[1], re.match(r"@?\w+\{\D+(\d{4})", entry)[1]}
            found |= {(plain(one.split(",")[0]), year) for one in people for year in years}
            found |= {(plain(one.split(",")[0].split()[-1]), year) for one in people for year in years}
    return found


def docstrings():
    for path in sorted((ROOT / "helpers").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                yield path.name, ast.get_docstring(node)


def texts():
    """Give pages, sentences and the text cells of chapters."""
    for folder, kind in (("pages", "*.md"), ("helpers/report/sentences", "*.j2")):
        for path in sorted((ROOT / folder).glob(kind)):
            yield path.name, path.read_text(encoding="utf-8")
    for path in chapters():
        yield path.name, path.read_text(encoding="utf-8").replace("\\n", " ").replace('",', "").replace('"', "")


def missing(sources, known):
    found = set()
    for where, text in sources:
        for first, _, year in CITED.findall(" ".join(text.split())):
            if not NOT_AUTHORS.fullmatch(first) and (plain(first), year) not in known:
                found.add((where, first, year))
    return sorted(found)


def test_papers_of_docstrings_have_an_entry(known):
    assert not missing(docstrings(), known)


def test_papers_of_texts_have_an_entry(known):
    assert not missing(texts(), known)


def test_a_paper_without_an_entry_is_found(known):
    said = [("x", "After Granger (1969), Nobody and Else (1999) and Luetkepohl (2005); since March 2026.")]
    assert missing(said, known) == [("x", "Nobody", "1999")]


def test_no_paper_stands_twice():
    entries = (ROOT / "pages" / "references.bib").read_text(encoding="utf-8")
    for field in ("title", "doi"):
        said = re.findall(rf"\b{field}=\{{(.*?)\}}[,}}]", entries)
        assert len(said) == len(set(said))
