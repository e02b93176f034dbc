"""Another pair is asked in its own names: no title, sentence, chart or verdict speaks of what was not asked."""

import re

import nbformat
import pytest

from helpers.claims import load_claims, verdicts
from helpers.claims.findings import FINDINGS
from helpers.claims.judgement import OUT_OF_SAMPLE
from helpers.data import CATALOG, load
from helpers.report.chapter import head
from helpers.report.claim_rows import claim_list, claim_rows
from helpers.report.front import Front
from helpers.report.parameters import inject
from helpers.report.publish import EMBEDDED
from helpers.report.run import NOTEBOOKS, chapters, run_chapters
from helpers.report.sentences import say

PAIRS = [("gold", "nasdaq"), ("btc", "silver"), ("copper", "btc")]
STORY = {"silver": re.compile(r"silver(?!_)", re.IGNORECASE), "btc": re.compile(r"bitcoin|\bBTC\b", re.IGNORECASE)}
ALONE = [claim for claim in load_claims().values() if not claim.pair_title]
# Where a chapter may name what was not asked: it says that a section is not for this pair, or sets another series
# beside the pair as a comparison and names it as that. The first chapter is about the data, whoever asks.
NAMED = [
    r"This part is about silver and does not apply to [^.]*\.",
    r"The story is one of silver and Bitcoin\. In the same weeks",
    r"lags that others have named are about metals and Bitcoin, and do not apply",
    r"is told of Bitcoin, and does not apply to this pair",
    r"[Gg]old, for Bitcoin",
    r"[Gg]old[^.\n]* gained on silver|ahead of silver|over silver|gold/silver",
    r"[Ss]ilver after the VIX",
]
ON_DATA = "01_data_loading"


def unasked(text, pair):
    """Give the passages that name what was not asked, apart from those that may."""
    bare = re.sub("|".join(NAMED), "", re.sub(r"\]\([^)]*\)|`[^`]*`", "]", text))
    names = [found for name, pattern in STORY.items() if name not in pair for found in pattern.finditer(bare)]
    titles = [match for claim in ALONE for match in re.finditer(rf"{re.escape(claim.title)}:|\b{claim.id}, ", bare)]
    return [bare[max(0, found.start() - 80) : found.end() + 60].replace("\n", " ") for found in [*names, *titles]]


def texts(notebook):
    """Give all that a reader sees of a chapter: texts, outputs, and what stands for its pictures."""
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            yield position, cell.source
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            shown = [data.get(kind, "") for kind in ("text/markdown", "text/plain")] + [output.get("text", "")]
            about = [told["alt"] for told in output.get("metadata", {}).values() if "alt" in told]
            yield position, "\n".join([*shown, *about])


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_titles_and_texts_are_told_of_the_pair(pair):
    for path in chapters():
        notebook = nbformat.read(path, as_version=4)
        inject(notebook, dict(zip(("LEADER", "FOLLOWER"), pair, strict=True)))
        told = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        if path.stem != ON_DATA:
            assert not [found for text in told for found in unasked(text, pair)], path.stem


def test_the_story_is_told_in_its_own_words():
    for path in chapters():
        notebook = nbformat.read(path, as_version=4)
        before = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        inject(notebook, {"LEADER": "silver", "FOLLOWER": "btc"})
        assert [cell.source for cell in notebook.cells if cell.cell_type == "markdown"] == before


@pytest.mark.parametrize(
    ("source", "own", "told"),
    [
        ("# Why did silver rise?", None, "# Why did gold rise?"),
        ("Bitcoin waits. Silver's past, Bitcoin's", None, "The dollar waits. Gold's past, the dollar's"),
        ("[Past silver highs](07_past_silver.ipynb)", None, "[Past gold highs](07_past_silver.ipynb)"),
        ("the end of silver's", False, "the end of silver's"),
        ("Silver broke its record", "Does {follower} follow {leader}?", "Does the dollar follow gold?"),
    ],
)  # fmt: skip
def test_names_change_and_nothing_else(source, own, told):
    cell = nbformat.v4.new_markdown_cell(source, metadata={} if own is None else {"pair": own})
    code = nbformat.v4.new_code_cell('LEADER = "silver"\nFOLLOWER = "btc"', metadata={"tags": ["parameters"]})
    inject(nbformat.v4.new_notebook(cells=[code, cell]), {"LEADER": "gold", "FOLLOWER": "dollar"})
    assert cell.source == told


QUICK = {
    key: found
    for key, found in FINDINGS.items()
    if key[1] in {OUT_OF_SAMPLE, *(test for claim in load_claims().values() for test in claim.rule.asked)}
}


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("helpers.claims.judgement.FINDINGS", QUICK)
        pair = PAIRS[0]
        yield verdicts(
            load(source="snapshot"), leader=pair[0], follower=pair[1], folder=tmp_path_factory.mktemp("kept")
        )


def test_verdicts_and_the_front_page_speak_of_the_pair(quick):
    pair, front = PAIRS[0], Front(quick)
    told = [say("00", name, **front.answer).text for name in ("answer", "title", "note", "alt", "verdicts")]
    told += [repr(quick), quick.table.to_string(), repr(front.verdicts), front.verdicts.html, str(front.figures)]
    told += [repr(head(quick.trial.dataset, *load_claims(), leader=pair[0], follower=pair[1]))]
    told += [repr(claim_rows(quick, *load_claims())), *(one.plain for one in quick.every)]
    assert not [found for text in told for found in unasked(text.split("Embedded snapshot")[0], pair)]
    listed = [row.label for row in claim_list(quick)]
    assert listed == [name for name, claim in load_claims().items() if claim.pair_title]
    assert front.statements == []


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_every_chapter_speaks_of_the_pair(pair, tmp_path):
    parameters = dict(zip(("LEADER", "FOLLOWER"), pair, strict=True))
    run_chapters(chapters(), into=tmp_path, parameters=parameters, environment=EMBEDDED, kept=tmp_path / "kept")
    wrong = []
    for path in sorted(tmp_path.glob("*.ipynb")):
        if path.stem != ON_DATA:
            told = list(texts(nbformat.read(path, as_version=4)))
            found = [(position, one) for position, text in told for one in unasked(text, pair)]
            wrong += [f"{path.stem}, cell {position + 1}: {one}" for position, one in found]
    assert not wrong, "\n".join(wrong)


def test_the_names_looked_for_are_those_of_the_catalog():
    assert all(pattern.search(CATALOG[name].label) for name, pattern in STORY.items())
    assert NOTEBOOKS.is_dir()
