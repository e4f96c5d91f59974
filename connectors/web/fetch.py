"""The options of one fetch: accepted types, validators, limits, and cookies over its redirects."""

from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from connectors.web.answers import Validators

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
LARGEST = 10_000_000  # bytes, decompressed
PATIENCE = 60.0  # seconds for the whole answer
# Characters of paths and queries that are sent unchanged: servers distinguish %26 from &.
AS_WRITTEN = "%/?:@!$&'()*+,;=~-._[]|"


class Cookies:
    """Cookies of one fetch: gates set one and redirect back. They are dropped afterwards, so nobody can track us."""

    def __init__(self) -> None:
        self._jar: aiohttp.CookieJar | None = None

    def keep(self, response: aiohttp.ClientResponse) -> None:
        """Keep what an answer sets."""
        if response.cookies:
            self._jar = self._jar or aiohttp.CookieJar(unsafe=True)  # hosts may be addresses
            self._jar.update_cookies(response.cookies, response.url)

    def headers(self, url: URL) -> dict[str, str]:
        """The header for a request, where its host has set any."""
        found = self._jar.filter_cookies(url).values() if self._jar is not None else ()
        line = "; ".join(f"{cookie.key}={cookie.coded_value}" for cookie in found)
        return {"Cookie": line} if line else {}


@dataclass(frozen=True, slots=True)
class Fetch:
    """One fetch, over all its redirects. largest: bytes, decompressed; patience: seconds for each answer."""

    known: Validators = field(default_factory=Validators)
    accept: str = ACCEPT
    largest: int = LARGEST
    patience: float = PATIENCE
    cookies: Cookies = field(default_factory=Cookies)

    def headers(self, url: URL) -> dict[str, str]:
        """The headers of a request."""
        return {"Accept": self.accept, **self.known.headers(), **self.cookies.headers(url)}


def as_written(url: str) -> URL:
    """The address with path and query as written; only characters that are invalid in a request are encoded.

    yarl would decode %26 in a path. The host is read by yarl alone, as it was judged. Raises ValueError for no address.
    """
    read, parts = URL(url), urlsplit(url)
    if "/." in parts.path:
        return read  # steps such as `..` are resolved
    path, query = (quote(part, AS_WRITTEN, errors="surrogateescape") for part in (parts.path or "/", parts.query))
    return URL.build(scheme=read.scheme, authority=read.raw_authority, path=path, query_string=query, encoded=True)
