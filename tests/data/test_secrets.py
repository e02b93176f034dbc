"""No key in anything written: a sentinel key walks every error path, and everything that came out is searched."""

import datetime as dt
import logging
import pickle
import re
import socket
from dataclasses import replace
from urllib.parse import quote

import pytest
from werkzeug import Response

from helpers.data.catalog import Source
from helpers.data.client import Client, Redaction
from helpers.data.errors import SourceError
from helpers.data.providers import fetch
from helpers.data.refresh import main
from helpers.data.settings import Settings, read_settings
from tests.data.standin import KEY, PAST, TRANSPORT, VALUES

NOW = dt.datetime(2026, 8, 22, 9, tzinfo=dt.UTC)


def everything(folder, capfd, caplog):
    """All that a run left: files with their names, both streams, and our side's log."""
    out, err = capfd.readouterr()
    files = b"".join(str(path).encode() + path.read_bytes() for path in folder.rglob("*") if path.is_file())
    records = [record for record in caplog.records if record.name != "werkzeug"]  # the server's own log is not ours
    log = "".join(f"{record.name} {record.getMessage()} {record.exc_text}" for record in records)
    return out + err + log + files.decode("utf-8", errors="replace")


def chain(error):
    """An exception with all that hangs on it, as text."""
    texts = []
    while error is not None:
        texts += [repr(error), str(error), repr(error.__dict__)]
        error = error.__cause__ or error.__context__
    return "".join(texts)


@pytest.fixture
def keyed(standin, access, monkeypatch, tmp_path):
    """The command with the key in the environment and with everything logged."""
    given = access(standin, timeout=0.5)

    def use(**changes):
        def read():
            found = read_settings(file=tmp_path / "no .env")
            assert found.key == KEY
            return replace(given, **({"key": found.key} | changes))

        monkeypatch.setattr("helpers.data.refresh.read_settings", read)

    monkeypatch.setenv("FRED_API_KEY", KEY)
    use()
    return use


@pytest.mark.parametrize("kind", [None, *TRANSPORT, *VALUES, *PAST])
def test_no_fault_of_a_source_brings_the_key_out(standin, keyed, capfd, caplog, tmp_path, kind):
    caplog.set_level(logging.DEBUG)
    main(["--only", "vix"])
    standin.faults.update({"fredapi": kind, "fred": "503"} if kind else {})
    main(["--only", "vix"])
    assert any(provider == "fredapi" and query["api_key"] == KEY for provider, _, query, _ in standin.seen)
    said = everything(tmp_path, capfd, caplog)
    assert "vix" in said
    assert "api_key=***" in caplog.text  # the request was logged, without the key
    assert KEY not in said


ECHO = {
    "an error with the address": Response(f'<?xml version="1.0"?><error message="Bad: ?api_key={KEY}&x=1"/>', 400),
    "an error with the key alone": Response(f'<?xml version="1.0"?><error message="{KEY} is not registered"/>', 400),
    "a page with the address": Response(f"<html>https://x/?api_key={KEY}</html>", 200),
    "a value that is the key": Response(
        f'<?xml version="1.0"?><observations><observation date="2026-08-20" value="{KEY}"/></observations>'
    ),
    "a redirect to nowhere with the key": Response("", 302, {"Location": f"http://127.0.0.1:9/?api_key={KEY}"}),
}


@pytest.mark.parametrize("echo", ECHO)
def test_a_source_that_repeats_the_key_cannot_make_us_write_it(server, keyed, capfd, caplog, tmp_path, echo):
    caplog.set_level(logging.DEBUG)
    server.clear()
    server.expect_request(re.compile("/.*")).respond_with_handler(lambda request: ECHO[echo])
    assert main(["--only", "vix"]) == 1
    said = everything(tmp_path, capfd, caplog)
    assert "fredapi VIXCLS: " in said
    assert KEY not in said


def test_a_good_answer_that_repeats_the_key_is_not_kept(standin, keyed, monkeypatch, capfd, caplog, tmp_path):
    plain = standin._fredapi
    monkeypatch.setattr(standin, "_fredapi", lambda *words: plain(*words).replace("count=", f'of="{KEY}" count='))
    main(["--only", "vix"])
    said = everything(tmp_path, capfd, caplog)
    assert "fredapi VIXCLS: the answer repeats the API key; it is not kept" in said
    assert "fred VIXCLS" in said  # the next rung, which needs no key
    assert KEY not in said


def test_no_exception_carries_the_key_with_it(standin, access, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        nowhere = {**standin.addresses, "fredapi": f"http://127.0.0.1:{port}/fredapi"}
        given = replace(access(standin, key=KEY), addresses=nowhere)
        with Client(given, now=NOW) as client, pytest.raises(SourceError) as caught:
            fetch(client, Source("fredapi", "VIXCLS", ""))
    assert "ConnectionError" in caught.value.reason
    assert "api_key=***" in caught.value.reason
    assert KEY not in chain(caught.value)
    with Client(given, now=NOW) as client, pytest.raises(SourceError) as caught:
        fetch(client, Source("fredapi", f"VIX CLS {KEY}", ""))
    assert KEY not in chain(caught.value)


def test_an_unexpected_failure_inside_a_library_is_told_without_the_key(standin, access, monkeypatch):
    def explode(self, *words, **options):
        raise RuntimeError(f"could not open https://host/?series_id=VIXCLS&api_key={KEY}")

    monkeypatch.setattr("fredapi.Fred.get_series", explode)
    with Client(access(standin, key=KEY), now=NOW) as client, pytest.raises(SourceError) as caught:
        fetch(client, Source("fredapi", "VIXCLS", ""))
    assert "RuntimeError: could not open" in caught.value.reason
    assert KEY not in chain(caught.value)


def test_a_malformed_key_is_not_shown_either(standin, keyed, access, monkeypatch, capfd, caplog, tmp_path):
    wrong = f"{KEY} with a space"
    monkeypatch.setenv("FRED_API_KEY", wrong)
    found = read_settings(file=tmp_path / "no .env")
    monkeypatch.setattr(
        "helpers.data.refresh.read_settings", lambda: replace(access(standin), key=found.key, remark=found.remark)
    )
    main(["--only", "vix"])
    said = everything(tmp_path, capfd, caplog)
    assert said.count("FRED_API_KEY is not 32 small letters and digits") == 1
    assert KEY not in said


def test_the_settings_do_not_show_the_key_when_printed():
    assert KEY not in repr(Settings(key=KEY))
    assert KEY in pickle.dumps(Settings(key=KEY)).decode("latin-1")  # it is there, only not shown


@pytest.mark.parametrize("text", [KEY, quote("a key/with+signs", safe=""), "?api_key=whatever&x", "api_key=other')"])
def test_redaction_takes_out_the_key_as_it_is_as_it_is_quoted_and_whatever_is_called_one(text):
    hide = Redaction(KEY if text == KEY else "a key/with+signs")
    assert text not in hide(f"before {text} after")
    assert "after" in hide(f"before {text} after")


def test_without_a_key_nothing_is_taken_out():
    assert Redaction("")("status 503") == "status 503"


def test_a_password_of_netrc_is_sent_to_no_source(standin, access, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Client(access(standin, key=KEY), now=NOW) as client:
        for provider, code in (("fredapi", "VIXCLS"), ("fred", "VIXCLS"), ("lbma", "silver"), ("coinmetrics", "btc"),
                               ("yahoo", "SI=F")):  # fmt: skip
            fetch(client, Source(provider, code, ""))
    assert len(standin.seen) >= 5
    assert not [headers for *_, headers in standin.seen if "Authorization" in headers]
