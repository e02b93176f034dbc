"""The pages, built once, and one browser."""

import os
import shutil
from contextlib import contextmanager
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
        if hasattr(item, "callspec") and item.callspec.params.get("page", "index") not in QUICK:
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


@pytest.fixture(scope="session")
def watched(pages, browser):
    """Open a window; what its pages log, and what they ask of a network, is an error."""

    @contextmanager
    def window(**options):
        context, faults = browser.new_context(**options), []
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: faults.append(asked.url) if asked.url.startswith("http") else None)
        yield page
        context.close()
        assert not faults, faults

    return window


@pytest.fixture(scope="module")
def page(request, pages, watched):
    """One page, opened once for everything that is asked of it."""
    with watched() as opened:
        opened.goto((pages / f"{request.param}.html").as_uri())
        yield opened


@pytest.fixture(scope="module")
def plain(pages, watched):
    """Open a page by name, with scripts off."""
    with watched(java_script_enabled=False) as opened:

        def go(name):
            opened.goto((pages / f"{name}.html").as_uri())
            return opened

        yield go
