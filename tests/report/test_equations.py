"""Gaps in equations, as TeX sets them."""

import pytest
from bs4 import BeautifulSoup

from helpers.report.site import _mathml


@pytest.mark.parametrize(
    ("latex", "gaps"),
    [
        (r"\log(P)", 0),  # none before a bracket
        (r"a + b \log P", 2),  # a name between two letters
        (r"P \exp\Big(x\Big)", 1),
        (r"100\,\log(P)", 1),  # the gap that was asked for is not doubled
        (r"\frac{a}{b} \log \frac{c}{d}", 2),
    ],
)
def test_a_function_keeps_its_distance_from_what_it_stands_beside(latex, gaps):
    assert len(BeautifulSoup(_mathml(latex), "html.parser").find_all("mspace")) == gaps


@pytest.mark.parametrize("latex", [r"a \pm b", "H: b"])
def test_plus_minus_and_colon_are_operators(latex):
    assert [one.name for one in BeautifulSoup(_mathml(latex), "html.parser").math.mrow.children] == ["mi", "mo", "mi"]
