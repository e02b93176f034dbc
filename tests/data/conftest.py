"""Sources on loopback for the tests of live data, and a bar to every other host."""

import importlib.util
import os
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import curl_cffi.requests
import pytest
from pytest_httpserver import HTTPServer

from helpers.data.settings import ROOT, Access
from tests.data.standin import PROVIDERS, StandIn

SHARED = Path(os.environ.get("SILVER_SHARED") or ROOT.parent / "shared")
LOOPBACK = SHARED / "tools" / "loopback_providers.py"


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
    for name in [name for name in os.environ if name.startswith("SILVER_") and name != "SILVER_SHARED"]:
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
    sources = StandIn(server)
    try:
        yield sources
    finally:
        sources.release()
        server.clear()


@pytest.fixture
def shared():
    """The providers beside the checkout, which serve real daily prices, where they are there."""
    if not LOOPBACK.is_file():
        pytest.skip(f"{LOOPBACK.name} is not there: it stands beside the checkout in ../shared, or set SILVER_SHARED")
    spec = importlib.util.spec_from_file_location("loopback_providers", LOOPBACK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    released = threading.Event()
    module.time = SimpleNamespace(sleep=lambda seconds: released.wait(seconds), time=lambda: 0.0)
    module.Provider.faults = {}

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            """A client that hangs up on a slow answer is part of the test."""

    server = Quiet(("127.0.0.1", 0), module.Provider)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield _Shared(module.Provider, server.server_port)
    finally:
        released.set()
        server.shutdown()
        server.server_close()


class _Shared:
    def __init__(self, provider, port):
        self._provider = provider
        self.addresses = {name: f"http://127.0.0.1:{port}/{name}" for name in PROVIDERS}
        self.faults = provider.faults

    @property
    def until(self):
        return self._provider.until

    @until.setter
    def until(self, day):
        self._provider.until = day


@pytest.fixture(params=["standin", "shared"])
def sources(request):
    """Both, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def access(tmp_path):
    """Give a way to sources with short patience and folders of its own."""

    def make(sources, **changes):
        given = {"timeout": 5.0, "attempts": 1, "longest_wait": 0.01, "fred_interval": 0.0} | changes
        folders = {"cache": tmp_path / "cache", "manual": tmp_path / "manual"}
        return Access(addresses=sources.addresses, **(folders | given))

    return make
