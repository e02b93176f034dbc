"""The built pages as files: every chapter there, every link alive, one title, a description, nothing from outside."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from helpers.data.settings import ROOT
from helpers.report.pages import FRONT
from helpers.report.run import chapters

CHAPTERS = ["index", *(path.stem for path in chapters() if path.stem != FRONT)]
OTHERS = ["run", "glossary", "bibliography", "cite", "statements", "rivals", "changes", "next", "search"]
HEAVIEST = 700_000


@pytest.fixture(scope="session")
def soup(pages):
    known = {}

    def read(name):
        if name not in known:
            known[name] = BeautifulSoup((pages / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        return known[name]

    return read


def loaded(page):
    """What a browser fetches to show the page."""
    scripts = [tag["src"] for tag in page.find_all(["script", "img"], src=True)]
    styles = [tag["href"] for tag in page.find_all("link", href=True) if "stylesheet" in tag["rel"]]
    return [address.split("?")[0] for address in (*scripts, *styles) if not address.startswith("data:")]


@pytest.mark.parametrize("name", [*CHAPTERS, *OTHERS])
def test_links_lead_somewhere_and_nothing_is_loaded_from_outside(pages, soup, name):
    page = soup(name)
    assert not [address for address in loaded(page) if re.match(r"(https?:)?//", address)]
    for address in loaded(page):
        assert (pages / address).exists(), address
    for link in (tag["href"] for tag in page.find_all("a", href=True)):
        target, _, place = link.partition("#")
        if re.match(r"(https?:|mailto:|data:)", link):
            continue
        assert not target or (pages / target).exists(), link
        if place and (not target or target.endswith(".html")):
            assert soup(Path(target).stem if target else name).find(id=place) is not None, link


@pytest.mark.parametrize("name", [*CHAPTERS, *OTHERS])
def test_one_title_and_no_level_skipped(soup, name):
    page = soup(name)
    levels = [int(tag.name[1]) for tag in page.find("article").find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", [name for name in [*CHAPTERS, *OTHERS] if name != "search"])
def test_pages_say_what_they_are_about(pages, soup, name):
    page = soup(name)
    described = page.find("meta", attrs={"name": "description"})["content"]
    assert 40 < len(described) <= 185
    assert page.find("meta", property="og:title")["content"] in page.find("h1").get_text()
    assert (pages / page.find("meta", property="og:image")["content"]).exists()
    assert page.find("link", rel="icon") or page.find("link", rel="shortcut")


@pytest.mark.parametrize("name", CHAPTERS)
def test_pictures_have_a_text(soup, name):
    shown = [(tag, tag.get("alt", "")) for tag in soup(name).select("article img")]
    shown += [(tag, tag.get("aria-label", "")) for tag in soup(name).select("figure.chart svg")]
    assert shown
    assert not [tag for tag, text in shown if len(text) <= 30]


@pytest.mark.parametrize("name", [*CHAPTERS, *OTHERS])
def test_pages_are_light(pages, soup, name):
    weight = (pages / f"{name}.html").stat().st_size
    weight += sum((pages / address).stat().st_size for address in set(loaded(soup(name))))
    assert weight <= HEAVIEST


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapters_can_be_taken_away(pages, soup, name):
    links = [tag["href"] for tag in soup(name).select(".take-away a")]
    assert {Path(link).suffix for link in links} == {".ipynb", ".zip", ".html"}
    assert all((pages / link).exists() for link in links)


def test_front_page_is_a_report_and_a_dataset_for_machines(soup):
    told = json.loads(soup("index").find("script", type="application/ld+json").string)
    assert {entry["@type"] for entry in told} == {"Report", "Dataset"}


def test_every_page_is_one_click_from_the_front(soup):
    links = {tag["href"].split("#")[0] for tag in soup("index").select(".sidebar-tree a")}
    assert {f"{name}.html" for name in [*CHAPTERS[1:], *OTHERS] if name != "search"} <= links


def test_every_paper_linked_is_in_the_bibliography(soup):
    cited = set()
    for path in [*chapters(), *(ROOT / "helpers/report/sentences").glob("*.j2"), *(ROOT / "pages").glob("*.md")]:
        cited |= set(re.findall(r"https://doi\.org/([^)\s\"\\<>]+)", path.read_text(encoding="utf-8")))
    known = [tag["href"] for tag in soup("bibliography").find_all("a", href=re.compile("doi.org"))]
    # A bracket inside an address ends what the pattern reads: the beginning must be known.
    assert not [doi for doi in cited if not any(f"doi.org/{doi}" in address for address in known)]


def test_statements_stand_in_the_order_of_the_comment(soup):
    items = soup("statements").select("ol.statements > li")
    assert [item["id"] for item in items] == [f"statement-{i}" for i in range(1, 32)]
    assert all(item.select_one(".verdict") for item in items)
