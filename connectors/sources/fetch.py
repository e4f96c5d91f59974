"""Polite fetching: conditional requests, timeouts, a size limit, redirects within reason."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from connectors.contract import ConnectorError, Fatal, Gone, Retriable, Skippable

USER_AGENT = "Tocsin/0.1 (news and disaster feed reader; conditional requests; honours Retry-After)"
ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml, */*;q=0.5"
LARGEST = 10_000_000  # bytes, decompressed
SILENCE = 15.0  # seconds without a byte
PATIENCE = 60.0  # seconds for the whole answer
REDIRECTS = 5
_HOST = re.compile(r"[\w.:-]+")
LATER = frozenset((408, 421, 425, 429))  # and all of 5xx


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server said of the version we have, to be told that nothing has changed."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """The request headers that ask for a newer version only."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """A body with what is needed to read it and to ask again. `url`: after redirects."""

    url: str
    body: bytes
    content_type: str
    validators: Validators


def new_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A client with our manners; close it when done."""
    return httpx.Client(
        transport=transport,
        headers={"User-Agent": USER_AGENT, "Accept": ACCEPT},
        timeout=httpx.Timeout(SILENCE),
        follow_redirects=True,
        max_redirects=REDIRECTS,
    )


def fetch(
    client: httpx.Client,
    url: str,
    known: Validators,
    *,
    largest: int = LARGEST,
    patience: float = PATIENCE,
    monotonic: Callable[[], float] = time.monotonic,
) -> Answer | None:
    """The newest version of `url`; None when it has not changed since `known`.

    Raises Retriable (no answer, too slow, 429 and 5xx; `after` from Retry-After), Fatal (gone, forbidden, other 4xx, no
    such host scheme) or Skippable (a body larger than `largest` bytes).
    """
    end = monotonic() + patience
    with _told(url), client.stream("GET", _address(url), headers=known.headers()) as response:
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return None
        if not response.is_success:
            raise _refusal(response, url)
        body = bytearray()
        for chunk in response.iter_bytes(65_536):
            body += chunk
            if len(body) > largest:
                raise Skippable(f"the answer has more than {largest} bytes; is this a feed?", where=url)
            if monotonic() > end:
                raise Retriable(f"{url} took longer than {patience:g} s")
        return Answer(str(response.url), bytes(body), _header(response.headers, "content-type"), _validators(response))


def _address(url: str) -> httpx.URL:
    """The address, checked for what httpx itself leaves to chance. Raises ValueError or httpx.InvalidURL."""
    address = httpx.URL(url.strip())
    if address.scheme not in ("http", "https") or not _HOST.fullmatch(address.host) or (address.port or 0) > 65_535:
        raise ValueError("it needs http or https, a host, and a port up to 65535 if any")
    return address


@contextmanager
def _told(url: str) -> Iterator[None]:
    """What httpx raises, as what to do next."""
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError, OverflowError) as error:
        raise Fatal(f"{url} is no http address; mend the list of feeds ({error})") from error
    except httpx.TooManyRedirects as error:
        raise Fatal(f"{url} redirects more than {REDIRECTS} times; give its final address") from error
    except httpx.HTTPError as error:
        raise Retriable(f"{url} gave no proper answer: {error!r}") from error


def _refusal(response: httpx.Response, url: str) -> ConnectorError:
    code = response.status_code
    if code in LATER or code >= 500:
        return Retriable(f"{url} answered {code}", after=_retry_after(response.headers))
    if code == httpx.codes.GONE:
        return Gone(f"{url} answered {code}: it is over; take it off the list")
    return Fatal(f"{url} answered {code}; check the address, or take it off the list")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to stay away; given as seconds or as a date, which counts from the answer's own date."""
    value = _header(headers, "retry-after")
    if value.isdigit() and len(value) < 9:
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers["date"])
        return max(0.0, wait.total_seconds())
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _validators(response: httpx.Response) -> Validators:
    return Validators(_header(response.headers, "etag"), _header(response.headers, "last-modified"))


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "").strip()
    return value if value.isprintable() and value.isascii() else ""
