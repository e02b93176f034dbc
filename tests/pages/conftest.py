"""The pages, built once, and one browser."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from helpers.report.pages import build_pages
from helpers.report.run import chapters

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Opened by every run of the tests; the others by the slow ones.
QUICK = ("index", "04_who_leads_whom", "run")


def pytest_collection_modifyitems(items):
    for item in items:
        opened = "open_page" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")
        if opened and item.callspec.params.get("name", "index") not in QUICK:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """Build the pages from the committed chapters, or take those that REPORT_PAGES names."""
    if "REPORT_PAGES" in os.environ:
        return Path(os.environ["REPORT_PAGES"])
    folder = tmp_path_factory.mktemp("pages")
    build_pages(chapters(), sources=folder / "sources", html=folder / "html")
    return folder / "html"


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium here: the pages were built and read, not opened")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(pages, browser):
    """Open a page by name; what it logs, and what it asks of a network, is an error."""
    opened = []

    def go(name, *, width=1440, height=900, scheme="light", scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=scripts
        )
        page = context.new_page()
        faults = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
        page.goto((pages / f"{name}.html").as_uri())
        opened.append((name, context, faults))
        return page

    yield go
    for name, context, faults in opened:
        context.close()
        assert not faults, (name, faults)
