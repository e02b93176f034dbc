"""Sources on loopback for the tests of live data, and a bar to every other host."""

import os
from urllib.parse import urlsplit

import curl_cffi.requests
import pytest
from pytest_httpserver import HTTPServer

from helpers.data.settings import Settings
from tests.data.standin import StandIn


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch):
    """Hold yfinance's C library, which pytest-socket cannot see, to loopback too."""
    elsewhere = []
    send = curl_cffi.requests.Session.request

    def request(self, method, url, *words, **options):
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
            elsewhere.append(url)
            raise AssertionError(f"a request left the machine: {url}")
        return send(self, method, url, *words, **options)

    monkeypatch.setattr(curl_cffi.requests.Session, "request", request)
    yield
    assert not elsewhere


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch):
    for name in [name for name in os.environ if name.startswith("SILVER_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("FRED_API_KEY", raising=False)


@pytest.fixture(scope="session")
def server():
    server = HTTPServer(host="127.0.0.1", threaded=True)
    server.start()
    try:
        yield server
    finally:
        server.clear()
        server.stop()


@pytest.fixture
def standin(server):
    """The project's own stand-in."""
    server.clear()  # what another file may have left to be answered
    sources = StandIn(server)
    try:
        yield sources
    finally:
        sources.release()
        server.clear()


@pytest.fixture
def access(tmp_path):
    """Give settings for sources with short patience and folders of their own."""

    def make(sources, **changes):
        given = {"timeout": 5.0, "attempts": 1, "longest_wait": 0.01, "fred_interval": 0.0} | changes
        folders = {"cache": tmp_path / "cache", "manual": tmp_path / "manual"}
        return Settings(addresses=sources.addresses, **(folders | given))

    return make
