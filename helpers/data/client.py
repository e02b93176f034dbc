"""One way out: limits on time and size, retries with growing random pauses, and no key in any text."""

import datetime as dt
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pandas as pd
import requests
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from helpers.data.checks import LARGEST
from helpers.data.errors import SourceError
from helpers.data.settings import Settings

USER_AGENT = "silver-and-bitcoin/1.0 (research report; data refreshed by hand, a few requests a week)"
_LONGEST_IN_TIMEOUTS = 6
MOST_REDIRECTS = 3
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_OPENINGS = {"json": (b"{", b"["), "xml": (b"<?xml", b"<observations"), "csv": (b"observation_date,", b"DATE,")}
_FAILURES_BEFORE_GIVING_UP = 2
_KEY = re.compile(r"(api_key=)[^&\s'\")>]+")


class UnreachableError(SourceError):
    """A source gave no usable answer this time; asking again may help."""


@dataclass(frozen=True)
class Page:
    """One answer as it came: its address without any key, its bytes, and "json", "xml" or "csv"."""

    address: str
    body: bytes
    suffix: str


@dataclass(frozen=True)
class Daily:
    """A series as a source gave it, rising dates, nothing missing; from `open_from` on days had not ended there."""

    series: pd.Series
    pages: tuple[Page, ...]
    open_from: dt.date | None = None


Reply = tuple[int, bytes]
"""Status code and body of one answer."""


class Redaction(logging.Filter):
    """Take a key out of texts and log records."""

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
    """Asks the sources, at the moment `now` (with time zone), with the addresses, key and limits of the settings."""

    def __init__(self, settings: Settings, *, now: dt.datetime) -> None:
        self.settings, self.now = settings, now
        self.redact = Redaction(settings.key)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = USER_AGENT
        self._failures: Counter[str] = Counter()
        self._next_turn = 0.0

    def __enter__(self) -> "Client":
        logging.getLogger("urllib3.connectionpool").addFilter(self.redact)
        return self

    def __exit__(self, *details: object) -> None:
        logging.getLogger("urllib3.connectionpool").removeFilter(self.redact)
        self._session.close()

    def get(self, provider: str, path: str, query: Mapping[str, str], kind: str, **secret: str) -> Page:
        """Ask for one page below a provider's base address; `secret` parts of the query are not shown.

        Raises
        ------
        SourceError
            No answer, an error status, or another kind of content.
        """
        base = self.settings.addresses[provider] + path
        shown = f"{base}?{urlencode(query)}" if query else base
        send = partial(self._send, base, {**query, **secret})
        return Page(shown, self.ask(provider, send, kind), kind)

    def _send(self, address: str, query: Mapping[str, str] | None) -> Reply:
        """Make one attempt, following redirects within the host only, within limits of size and time."""
        start, ends = urlsplit(address), time.monotonic() + _LONGEST_IN_TIMEOUTS * self.settings.timeout
        for _ in range(MOST_REDIRECTS + 1):
            with self._session.get(
                address, params=query, timeout=self.settings.timeout, stream=True, allow_redirects=False
            ) as answer:
                if not answer.is_redirect:
                    return answer.status_code, self._body(answer, ends)
                address, query = urljoin(answer.url, answer.headers["Location"]), None
            if (urlsplit(address).scheme, urlsplit(address).netloc) != (start.scheme, start.netloc):
                raise SourceError("sends us on to another host, which is not asked")
        raise SourceError(f"more than {MOST_REDIRECTS} redirects")

    def _body(self, answer: requests.Response, ends: float) -> bytes:
        body = bytearray()
        while chunk := answer.raw.read1(1 << 16, decode_content=True):
            body += chunk
            if len(body) > LARGEST:
                raise SourceError(f"an answer of more than {LARGEST // 1_000_000} MB")
            if time.monotonic() > ends:
                raise UnreachableError("an answer that does not end")
        return bytes(body)

    def ask(self, provider: str, send: Callable[[], Reply], kind: str) -> bytes:
        """Send a request until it is answered or given up, and give the body; errors as of `get`.

        No exception of a library, whose text or attributes could hold the key, is attached to one of ours.
        """
        if self._failures[provider] >= _FAILURES_BEFORE_GIVING_UP:
            raise SourceError("not asked: this source has just failed repeatedly")
        retrying = Retrying(
            retry=retry_if_exception_type(UnreachableError),
            stop=stop_after_attempt(self.settings.attempts),
            wait=wait_random_exponential(multiplier=1.0, max=self.settings.longest_wait),
            reraise=True,
        )
        try:
            body = retrying(self._once, provider, send, kind)
        except UnreachableError:
            self._failures[provider] += 1
            raise
        self._failures[provider] = 0
        return body

    def _once(self, provider: str, send: Callable[[], Reply], kind: str) -> bytes:
        self._take_turn(provider)
        problem = ""
        try:
            status, body = send()
        except SourceError:
            raise
        except Exception as error:
            problem = f"{type(error).__name__}: {self.redact(str(error))[:200]}"
        if problem:  # raised here, where no exception of a library is at hand to be attached
            raise UnreachableError(problem)
        if status != requests.codes.ok:
            failure = UnreachableError if status in _BUSY else SourceError
            raise failure(f"status {status}{self._message(body)}")
        if self.redact.holds(body):
            raise SourceError("the answer repeats the API key; it is not kept")
        if not body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_OPENINGS[kind]):
            found = "a web page" if b"<html" in body[:2000].lower() else "something else"
            raise UnreachableError(f"expected {kind.upper()}, got {found if body else 'nothing'}")
        return body

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
            self._next_turn = time.monotonic() + self.settings.fred_interval
