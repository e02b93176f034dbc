"""The built pages as a reader meets them: first screen, phone, dark, keyboard, search, charts without a cut label."""

import csv
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


def seen(page, width=1440, height=900, scheme="light"):
    """Set the window and begin at the top of the page."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme, media="screen")
    page.evaluate("scrollTo(0, 0)")
    return page


every_page = pytest.mark.parametrize("page", ALL, indirect=True)
every_chapter = pytest.mark.parametrize("page", CHAPTERS, indirect=True)
front_page = pytest.mark.parametrize("page", ["index"], indirect=True)


@every_page
@pytest.mark.parametrize("width", [1440, 768, 380])
def test_pages_fit_the_window(page, width):
    seen(page, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
    assert not broken


@every_chapter
@pytest.mark.parametrize("width", [1440, 768, 380])
def test_labels_of_charts_are_whole_apart_and_large_enough(page, width):
    texts = seen(page, width).evaluate(TEXTS)
    assert texts
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


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_a_reader(page, scheme):
    only = {"runOnly": {"type": "rule", "values": ["color-contrast"]}} if scheme == "dark" else {}
    found = Axe().run(seen(page, scheme=scheme), options={"preload": False} | only).response["violations"]
    grave = [fault for fault in found if fault["impact"] in ("critical", "serious", "moderate")]
    assert not grave, [(fault["id"], [node["html"][:160] for node in fault["nodes"][:4]]) for fault in grave]


@every_chapter
@pytest.mark.parametrize(("width", "height", "screens"), [(1440, 900, 1), (380, 760, 2)])
def test_answer_and_picture_stand_on_the_first_screen(page, width, height, screens):
    seen(page, width, height)
    title, answer = page.locator("article h1").bounding_box(), page.locator("article p").first.bounding_box()
    picture = page.locator("figure.chart .plot").first.bounding_box()
    assert title["y"] < answer["y"] < picture["y"]
    assert picture["y"] + picture["height"] <= screens * height


@front_page
def test_key_figures_stand_on_the_first_screen_of_the_front(page):
    figures = seen(page).locator(".key-figures").bounding_box()
    assert figures["y"] + figures["height"] <= 900


@every_page
def test_on_paper_nothing_is_cut_and_what_only_a_screen_needs_is_gone(page):
    seen(page, width=680).emulate_media(media="print")
    wide = "e => e.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 80))"
    assert not page.eval_on_selector_all(".highlight pre, .cell_output", wide)
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    assert (
        not page.locator(".sidebar-drawer, .toc-drawer, .take-away, .take, .mobile-header")
        .locator("visible=true")
        .count()
    )
    assert re.search(r"file://.*\.html", page.locator("#printed-address").inner_text())


@every_chapter
def test_values_show_by_keyboard(page):
    plots = seen(page).locator(".plot[tabindex]")
    for place in range(plots.count()):
        plots.nth(place).focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowRight")
        assert re.search(r"\d", plots.nth(place).locator(".values").inner_text())
        page.keyboard.press("Escape")
        assert not plots.nth(place).locator(".values").is_visible()


@pytest.mark.parametrize("page", ["04_who_leads_whom"], indirect=True)
def test_the_map_of_lags_tells_the_window_under_the_pointer(page, pages):
    with (pages / "figures" / "figure-4-1.csv").open(encoding="utf-8") as file:
        known = {(row["leader"], row["first"], row["last"]): float(row["statistic"]) for row in csv.DictReader(file)}
    plot = seen(page).locator("#figure-4-1 .plot")
    plot.scroll_into_view_if_needed()
    box, told = plot.bounding_box(), set()
    for leader, left in (("silver", 0.05), ("gold", 0.56)):
        for across, down in ((0.04, 0.2), (0.1, 0.35), (0.2, 0.15)):
            page.mouse.move(box["x"] + (left + across) * box["width"], box["y"] + down * box["height"])
            window, value = plot.locator(".values").inner_text().replace("−", "-").split("\n")
            first, last = re.findall(r"\d+", window)
            assert float(value.split()[0]) == pytest.approx(known[leader, first, last], abs=0.0501)
            told.add((leader, first, last))
    assert len(told) == 6
    page.mouse.move(0, 0)


@front_page
def test_the_skip_link_comes_first_and_leads_to_the_text(page):
    page.reload()
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == "#furo-main-content"


WALKS = {
    "how sure": (["How sure is all this?"], "Would other choices"),
    "what the words of confidence mean": ([], "The words for confidence"),
    "why silver rose": (["Why did silver rise?"], "Why did silver rise?"),
    "why a statement was refused": (["Gold and silver take the first wave of money."], "C9"),
    "what was found on a statement": (["Not supported"], "size that matters"),
    "what is due when": (["Due next"], "the next week"),
    "which data": (["Take the data"], "checksum"),
    "the numbers of the first chart": ([], "data (CSV)"),
    "how to run it": (["Run it yourself"], "make report"),
    "how a test was checked": (["how the methods work"], "simulated samples"),
    "how to cite": (["Cite it"], "@misc"),
    "when a rule was changed": (["test them blindly"], "How the rules were"),
}


@front_page
@pytest.mark.parametrize("asked", WALKS)
def test_what_a_reader_asks_is_three_clicks_from_the_front(page, pages, asked):
    links, words = WALKS[asked]
    assert len(links) <= 3
    seen(page).goto((pages / "index.html").as_uri())
    for name in links:
        page.get_by_role("link", name=name, exact=True).first.click(timeout=3000)
    assert words in page.locator("article").inner_text()
    page.goto((pages / "index.html").as_uri())


@front_page
@pytest.mark.parametrize(
    ("words", "leads_to"), [("how to run", "run.html"), ("real yield", ".html"), ("halving", "glossary.html")]
)
def test_search_finds_what_readers_type_and_quotes_it(page, pages, words, leads_to):
    page.goto((pages / "index.html").as_uri())
    page.locator("input.sidebar-search").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_selector("#found li")
    links = [link.get_attribute("href") for link in page.locator("#found a").all()]
    assert any(leads_to in link for link in links[:3])
    quoted = page.locator("#found li p").first.inner_text().lower()
    assert any(word in quoted for word in words.split())


@pytest.mark.parametrize("page", ["rivals"], indirect=True)
def test_a_term_is_explained_where_it_stands(page):
    term = page.locator("a.term").first
    term.focus()
    shown = term.evaluate("link => getComputedStyle(link, '::after').content")
    assert len(shown) > 30


@pytest.mark.parametrize("name", ALL)
def test_without_scripts_all_is_there(plain, name):
    page = plain(name)
    assert page.locator("article h1").is_visible()
    for place in range(page.locator("figure.chart").count()):
        assert page.locator("figure.chart").nth(place).locator("svg:visible").count() == 1
