"""The built pages as a reader meets them: first screen, phone, dark, keyboard, search, charts without a cut label."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pages.test_pages import CHAPTERS, OTHERS

ALL = [*CHAPTERS, *OTHERS]
SMALLEST = 11

TEXTS = """
() => [...document.querySelectorAll("figure.chart svg")].filter(svg => svg.getClientRects().length).flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].filter(t => t.textContent.trim()).map(text => {
    const box = text.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(text).fontSize) * frame.width / svg.viewBox.baseVal.width;
    return {figure: svg.closest("figure").id, text: text.textContent, size,
            left: box.left - frame.left, right: frame.right - box.right, top: box.top - frame.top,
            bottom: frame.bottom - box.bottom,
            box: [box.left, box.top, box.right, box.bottom]};
  });
  return texts;
})
"""


@pytest.mark.parametrize("width", [1440, 768, 380])
@pytest.mark.parametrize("name", ALL)
def test_pages_fit_the_window(open_page, name, width):
    page = open_page(name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
    assert not broken


@pytest.mark.parametrize("width", [1440, 768, 380])
@pytest.mark.parametrize("name", CHAPTERS)
def test_labels_of_charts_are_whole_apart_and_large_enough(open_page, name, width):
    texts = open_page(name, width=width).evaluate(TEXTS)
    for text in texts:
        assert text["size"] >= SMALLEST - 0.05, text
        assert min(text["left"], text["right"], text["top"], text["bottom"]) >= -1.5, text
    for i, one in enumerate(texts):
        for other in texts[i + 1 :]:
            if one["figure"] == other["figure"]:
                assert not _overlap(one["box"], other["box"]), (one["figure"], one["text"], other["text"])


def _overlap(a, b):
    """More than two pixels both ways: boxes of text are taller than its letters."""
    return min(a[2], b[2]) - max(a[0], b[0]) > 2 and min(a[3], b[3]) - max(a[1], b[1]) > 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ALL)
def test_nothing_stands_in_the_way_of_a_reader(open_page, name, scheme):
    found = Axe().run(open_page(name, scheme=scheme), options={"preload": False}).response["violations"]
    grave = [fault for fault in found if fault["impact"] in ("critical", "serious", "moderate")]
    assert not grave, [(fault["id"], [node["html"][:160] for node in fault["nodes"][:4]]) for fault in grave]


@pytest.mark.parametrize(("width", "height", "screens"), [(1440, 900, 1), (380, 760, 2)])
@pytest.mark.parametrize("name", CHAPTERS)
def test_answer_and_picture_stand_on_the_first_screen(open_page, name, width, height, screens):
    page = open_page(name, width=width, height=height)
    if not page.locator("figure.chart").count():
        pytest.skip("no chart of the system on this page")
    title, answer = page.locator("article h1").bounding_box(), page.locator("article p").first.bounding_box()
    picture = page.locator("figure.chart .plot").first.bounding_box()
    assert title["y"] < answer["y"] < picture["y"]
    assert picture["y"] + picture["height"] <= screens * height


@pytest.mark.parametrize("name", ALL)
def test_without_scripts_all_is_there(open_page, name):
    page = open_page(name, scripts=False)
    assert page.locator("article h1").is_visible()
    for place in range(page.locator("figure.chart").count()):
        assert page.locator("figure.chart").nth(place).locator("svg:visible").count() == 1


@pytest.mark.parametrize("name", CHAPTERS)
def test_values_show_by_keyboard(open_page, name):
    page = open_page(name)
    plots = page.locator(".plot[tabindex]")
    for place in range(plots.count()):
        plots.nth(place).focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert re.search(r"\d", plots.nth(place).locator(".values").inner_text())
        page.keyboard.press("Escape")
        assert not plots.nth(place).locator(".values").is_visible()


def test_the_skip_link_comes_first_and_leads_to_the_text(open_page):
    page = open_page("index")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == "#furo-main-content"


@pytest.mark.parametrize(
    ("words", "leads_to"), [("how to run", "run.html"), ("real yield", ".html"), ("halving", "glossary.html")]
)
def test_search_finds_what_readers_type_and_quotes_it(open_page, pages, words, leads_to):
    page = open_page("index")
    page.locator("input.sidebar-search").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_selector("#found li")
    links = [link.get_attribute("href") for link in page.locator("#found a").all()]
    assert any(leads_to in link for link in links[:3])
    quoted = page.locator("#found li p").first.inner_text().lower()
    assert any(word in quoted for word in words.split())


def test_a_term_is_explained_where_it_stands(open_page):
    page = open_page("run")
    page.goto(page.url.replace("run.html", "rivals.html"))
    term = page.locator("a.term").first
    term.focus()
    shown = term.evaluate("link => getComputedStyle(link, '::after').content")
    assert len(shown) > 30
