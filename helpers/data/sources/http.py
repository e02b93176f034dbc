"""One way out: time limits, retries with growing random pauses, a speed limit for FRED, and no key in any text."""

import datetime as dt
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import requests
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from helpers.data.settings import Access
from helpers.data.sources.daily import Page, SourceError

USER_AGENT = "silver-and-bitcoin/1.0 (research report; data refreshed by hand, a few requests a week)"
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_OPENINGS = {"json": (b"{", b"["), "xml": (b"<?xml", b"<observations"), "csv": (b"observation_date,", b"DATE,")}
_FAILURES_BEFORE_GIVING_UP = 2
_KEY = re.compile(r"(api_key=)[^&\s'\")>]+")


class UnreachableError(SourceError):
    """A source gave no usable answer this time; asking again may help."""


@dataclass(frozen=True)
class Reply:
    """Status code and body of one answer."""

    status: int
    body: bytes


class Redaction(logging.Filter):
    """Take a key out of texts and log records.

    Parameters
    ----------
    key : str
        The secret; empty when there is none.
    """

    def __init__(self, key: str) -> None:
        super().__init__()
        self._secrets = [text for text in {key, quote(key, safe="")} if text]

    def __call__(self, text: str) -> str:
        """Give the text with every occurrence of the key replaced."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _KEY.sub(r"\1***", text)

    def holds(self, body: bytes) -> bool:
        """Tell whether the key stands in an answer."""
        return any(secret.encode() in body for secret in self._secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a log record in place."""
        record.msg, record.args = self(record.getMessage()), ()
        return True


class Client:
    """Asks the sources.

    Parameters
    ----------
    access : Access
        Addresses, key, time limits.
    now : datetime.datetime
        The moment of the refresh, with time zone.
    """

    def __init__(self, access: Access, *, now: dt.datetime) -> None:
        self.access, self.now = access, now
        self.redact = Redaction(access.key)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        self._failures: Counter[str] = Counter()
        self._next_turn = 0.0

    def __enter__(self) -> "Client":
        logging.getLogger("urllib3.connectionpool").addFilter(self.redact)
        return self

    def __exit__(self, *details: object) -> None:
        logging.getLogger("urllib3.connectionpool").removeFilter(self.redact)
        self._session.close()

    def get(self, provider: str, code: str, path: str, query: Mapping[str, str], kind: str, **secret: str) -> Page:
        """Ask for one page.

        Parameters
        ----------
        provider, code : str
            Which source, and which of its series.
        path : str
            Path below the provider's base address.
        query : mapping of str to str
            The query as it may be shown.
        kind : {"json", "xml", "csv"}
            What the answer must be.
        **secret : str
            Further parts of the query that may not be shown.

        Returns
        -------
        Page
            The answer, its address without the secret part.

        Raises
        ------
        SourceError
            No answer, an error status, or another kind of content.
        """
        base = self.access.addresses[provider] + path

        def send() -> Reply:
            """Make one attempt."""
            answer = self._session.get(base, params={**query, **secret}, timeout=self.access.timeout)
            return Reply(answer.status_code, answer.content)

        shown = f"{base}?{urlencode(query)}" if query else base
        return Page(shown, self.ask(provider, code, send, kind), kind)

    def ask(self, provider: str, code: str, send: Callable[[], Reply], kind: str) -> bytes:
        """Send a request until it is answered or given up.

        Parameters
        ----------
        provider, code : str
            Which source, and which of its series.
        send : callable
            Makes one attempt.
        kind : {"json", "xml", "csv"}
            What the answer must be.

        Returns
        -------
        bytes
            The body.

        Raises
        ------
        SourceError
            No answer, an error status, or another kind of content. No exception of a library, whose text or attributes
            could hold the key, is attached to it.
        """
        if self._failures[provider] >= _FAILURES_BEFORE_GIVING_UP:
            raise SourceError(provider, code, "not asked: this source has just failed repeatedly")
        retrying = Retrying(
            retry=retry_if_exception_type(UnreachableError),
            stop=stop_after_attempt(self.access.attempts),
            wait=wait_random_exponential(multiplier=1.0, max=self.access.longest_wait),
            reraise=True,
        )
        try:
            body = retrying(self._once, provider, code, send, kind)
        except UnreachableError:
            self._failures[provider] += 1
            raise
        self._failures[provider] = 0
        return body

    def _once(self, provider: str, code: str, send: Callable[[], Reply], kind: str) -> bytes:
        self._take_turn(provider)
        problem = ""
        try:
            reply = send()
        except Exception as error:
            problem = f"{type(error).__name__}: {self.redact(str(error))[:200]}"
        if problem:
            raise UnreachableError(provider, code, problem)
        return self._checked(provider, code, reply, kind)

    def _checked(self, provider: str, code: str, reply: Reply, kind: str) -> bytes:
        if reply.status != requests.codes.ok:
            failure = UnreachableError if reply.status in _BUSY else SourceError
            raise failure(provider, code, f"status {reply.status}{self._message(reply.body)}")
        if self.redact.holds(reply.body):
            raise SourceError(provider, code, "the answer repeats the API key; it is not kept")
        if not reply.body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_OPENINGS[kind]):
            found = "a web page" if b"<html" in reply.body[:2000].lower() else "something else"
            raise UnreachableError(provider, code, f"expected {kind.upper()}, got {found if reply.body else 'nothing'}")
        return reply.body

    def _message(self, body: bytes) -> str:
        """Give the message of a FRED error, if there is one."""
        found = re.search(rb'<error[^>]*message="([^"]*)"', body[:2000])
        return f" ({self.redact(found[1].decode(errors='replace'))})" if found else ""

    def _take_turn(self, provider: str) -> None:
        """Wait until FRED, behind whichever address, may be asked again."""
        if provider in ("fred", "fredapi"):
            pause = self._next_turn - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            self._next_turn = time.monotonic() + self.access.fred_interval
