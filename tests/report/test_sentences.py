"""Sentences: no number typed, every branch a sentence, numbers written as an economist writes them."""

import re

import pytest
from jinja2 import UndefinedError

from helpers.report.sentences import FOLDER, environment, say
from helpers.report.sentences.words import FILTERS, growth, number, odds, signed
from tests.report.strength import strength_faults
from tests.report.templates import blocks, paragraphs, typed_digits

TEMPLATES = sorted(FOLDER.glob("*.md.j2"))
BLOCKS = blocks()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_number_is_typed(path):
    assert not typed_digits(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_templates_compile_and_know_their_filters(path):
    environment().get_template(path.name)


@pytest.mark.parametrize(("file", "name", "block"), BLOCKS, ids=[f"{file}-{name}" for file, name, _ in BLOCKS])
def test_every_branch_reads_as_sentences(file, name, block):
    told = paragraphs(block)
    assert told
    for text in told:
        assert re.match(r"[*_\[]*[A-Z⟨]", text), text
        assert name.startswith("title") or re.search(r"[.?!:]\**$", text), text
        assert not re.search(r"\s[,.;:]|\.\.|,,|\(\s|\s\)", text), text
        assert text.count("**") % 2 == 0, text


def test_a_typed_number_is_found():
    assert typed_digits("Silver rose {{ x | growth }} in 13 weeks.") == ["13"]
    assert not typed_digits("{% if p < 0.05 %}Rose{% endif %}, [A](https://doi.org/10.1/x).")


def test_what_is_not_given_is_an_error():
    with pytest.raises(UndefinedError, match=r"is undefined"):
        say("06", "answer", level=0.05)


# exp(0.5) - 1 = 0.6487; exp(-0.3567) - 1 = -0.3000
@pytest.mark.parametrize(("log_points", "told"), [(50.0, "+65%"), (-35.67, "−30%"), (0.0, "0%")])
def test_growth_turns_log_points_into_per_cent(log_points, told):
    assert growth(log_points) == told


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (0.0004, 3, "< 0.001"),
        (-0.0004, 3, "> −0.001"),
        (-1234.56, 1, "−1,234.6"),
        (float("nan"), 1, "n/a"),
        (0, 2, "0"),
    ],
)
def test_numbers_never_round_to_nothing(value, digits, told):
    assert number(value, digits) == told


def test_signs_are_written():
    assert signed(2.04) == "+2.0"
    assert signed(-2.04) == "−2.0"
    assert signed(0.01) == "< 0.1"


@pytest.mark.parametrize(
    ("p", "told"),
    [(0.19, "about one time in 5"), (0.71, "in 71% of cases"), (0.0004, "less than one time in 1,000"),
     (0.012, "about one time in 85"), (0.0021, "about one time in 480")],
)  # fmt: skip
def test_p_values_in_words(p, told):
    assert odds(p) == told


def test_every_filter_is_registered():
    assert FILTERS.keys() <= environment().filters.keys()


@pytest.mark.parametrize(
    ("text", "verdict", "faulty"),
    [
        ("Silver leads Bitcoin by a quarter.", "Supported", False),
        ("Silver leads Bitcoin by a quarter.", "Inconclusive", True),
        ("Silver leads Bitcoin by a quarter.", "Contradicted", True),
        ("Too little data to tell whether silver leads.", "Inconclusive", False),
        ("**Nothing** of a size that matters.", "Not supported", False),
        ("**Too little** data to tell.", "Inconclusive", True),
        ("Silver does not lead Bitcoin.", "Supported", True),
        ("The opposite happened: metals fell when fear rose.", "Contradicted", False),
    ],
)
def test_a_sentence_is_held_against_its_verdict(text, verdict, faulty):
    assert bool(strength_faults(text, verdict)) is faulty
