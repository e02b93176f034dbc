"""The built pages as a person meets them: every chapter there, every link alive, nothing that needs a network."""

import re
import shutil
import warnings
from html.parser import HTMLParser

import pytest
from playwright.sync_api import sync_playwright

from helpers.report.build import build_pages
from helpers.report.run import chapters

NAMES = [path.stem for path in chapters()]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """Build the pages from the committed chapters."""
    folder = tmp_path_factory.mktemp("pages")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the page builder's own deprecations are not ours to fail on
        build_pages(chapters(), sources=folder / "sources", html=folder / "html")
    return folder / "html"


class Links(HTMLParser):
    """Collect what a page refers to."""

    def __init__(self):
        super().__init__()
        self.links, self.loaded, self.pictures = [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag in ("script", "img", "iframe") and found.get("src"):
            self.loaded.append(found["src"])
        if tag == "link" and found.get("rel") in ("stylesheet", "preload", "icon") and found.get("href"):
            self.loaded.append(found["href"])
        if tag == "img":
            self.pictures.append(found)


def read(path):
    parser = Links()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_links_lead_somewhere_and_nothing_is_loaded_from_outside(pages, name):
    page = read(pages / f"{name}.html")
    assert not [source for source in page.loaded if re.match(r"(https?:)?//", source)]
    for link in page.links + page.loaded:
        target = link.split("#")[0].split("?")[0]
        if target and not re.match(r"(https?:|mailto:|data:)", link):
            assert (pages / target).exists(), link


@pytest.mark.parametrize("name", NAMES)
def test_pictures_have_a_text(pages, name):
    drawn = [picture for picture in read(pages / f"{name}.html").pictures if "_images/" in picture["src"]]
    assert drawn
    for picture in drawn:
        assert len(picture.get("alt", "")) > 30, picture


def test_front_page_lists_every_chapter(pages):
    links = read(pages / "index.html").links
    for name in NAMES:
        assert f"{name}.html" in links


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium here: the pages were built and read, not opened")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("width", [1280, 420])
def test_pages_open_without_errors_and_fit_the_window(pages, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    errors, outside = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: outside.append(request.url) if request.url.startswith("http") else None)
    for name in ["index", *NAMES]:
        page.goto((pages / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
        assert not broken, name
    assert not errors
    assert not outside
    page.close()


def test_summary_shows_fourteen_verdicts(pages, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((pages / "00_summary.html").as_uri())
    rows = page.locator("table tbody tr")
    assert [rows.nth(i).locator("th").inner_text() for i in range(14)] == [f"C{i}" for i in range(1, 15)]
    page.close()
