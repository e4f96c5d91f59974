"""Polite and careful fetching: conditional, paced per host, robots.txt obeyed, bounded in size, time and redirects.

aiohttp rather than httpx: the same requests cost a fraction of the processor time (tests/benchmarks/bench_feeds.py),
and its resolver can be guarded, so that the address that was judged is the one connected to.
"""

import asyncio
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from connectors.ingest.contract import ConnectorError, Fatal, Gone, Retriable, Skippable
from connectors.web.addresses import Guard, PrivateAddressError, Resolver, web_address
from connectors.web.answers import Answer, Refused, Validators, fresh_for, header, refusal, validators_of
from connectors.web.fetch import ACCEPT, LARGEST, PATIENCE, Fetch, as_written
from connectors.web.rate_limit import HostRate, RateLimiter
from connectors.web.robots import ROBOT, Robots, Rules, robots_url

SILENCE = 20.0  # seconds without a byte
REDIRECTS = 5
LASTING, PASSING = (301, 308), (302, 303, 307)
CHUNK = 65_536
LONGEST_HEADER = 65_536  # bytes of one; policies of large sites have more than the 8 kB that aiohttp allows
HOST = re.compile(r"[\w.:-]+")


def user_agent(contact: str = "") -> str:
    """The User-Agent, with a contact for operators of servers."""
    return f"{ROBOT}/0.1 (news and disaster feed reader; conditional requests{f'; {contact}' if contact else ''})"


class Web:
    """The web client of all sources: `async with Web() as web: answer = await web.get(url)`.

    contact: address or mail for those who run the servers. allow: hosts and networks that may be private.
    obey_robots: whether robots.txt is asked at all. at_once: connections to all hosts together. resolver, trust: other
    name resolution and certificates than the system's.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        allow: tuple[str, ...] = (),
        rate: HostRate | None = None,
        obey_robots: bool = True,
        resolver: AbstractResolver | None = None,
        trust: ssl.SSLContext | None = None,
        at_once: int = 64,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard = Guard(allow)
        self._rate_limiter = RateLimiter(rate)
        self._robots = Robots() if obey_robots else None
        self._asking: dict[str, asyncio.Future[Rules]] = {}
        self._monotonic = monotonic
        self._agent = user_agent(contact)
        self._resolver = Resolver(self._guard, resolver)
        self._trust = trust
        self._at_once = at_once
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._resolver, limit=self._at_once, ssl=self._trust or True, keepalive_timeout=10
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._agent},
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=SILENCE, sock_read=SILENCE),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()
        await self._resolver.close()

    async def get(
        self,
        url: str,
        known: Validators | None = None,
        *,
        accept: str = ACCEPT,
        largest: int = LARGEST,
        patience: float = PATIENCE,
        robots: bool = True,
    ) -> Answer:
        """The newest version of `url`; `unchanged` and without a body when that is the version of `known`.

        largest: bytes, decompressed; patience: seconds for all of it, waiting for a turn at the host not counted.
        robots: False where the publisher has given permission beyond robots.txt.
        Raises Retriable (no proper answer, too slow, 4xx and 5xx; `after` from Retry-After), Gone (410), Fatal (no
        http address, a private one, or closed to robots) or Skippable (a body larger than `largest`).
        """
        at, moved, lasting = web_address(url), "", True
        asking = Fetch(known or Validators(), accept, largest, patience)
        for _ in range(REDIRECTS + 1):
            host = self._host_of(at)
            if robots:
                await self._ask_robots(at)
            async with self._rate_limiter.turn(host):
                answer = await self._request(at, asking)
            if isinstance(answer, Answer):
                return replace(answer, moved_to=moved)
            status, location = answer
            at = web_address(_joined(at, location))
            lasting = lasting and status in LASTING
            moved = at if lasting else moved
        raise Retriable(f"{url} redirects more than {REDIRECTS} times; use its final address")

    async def _request(self, url: str, asking: Fetch) -> Answer | tuple[int, str]:
        """One request: its answer, or status and target of a redirect."""
        assert self._session, "use `async with`"
        with connector_errors(url):
            exact = as_written(url)
            async with (
                asyncio.timeout(asking.patience),
                self._session.get(exact, headers=asking.headers(exact), allow_redirects=False) as response,
            ):
                asking.cookies.keep(response)
                status, found = response.status, response.headers
                if status == 304:
                    return Answer(url, b"", validators=asking.known, unchanged=True, fresh_for=fresh_for(found))
                if status in LASTING + PASSING and found.get("Location"):
                    return status, found["Location"]
                if status != 200:
                    raise refusal(url, status, found)
                body = bytearray()
                async for chunk in response.content.iter_chunked(CHUNK):
                    body += chunk
                    if len(body) > asking.largest:
                        raise Skippable(f"the answer has more than {asking.largest} bytes", where=url)
                return Answer(
                    url,
                    bytes(body),
                    header(found, "Content-Type"),
                    validators_of(found),
                    fresh_for=fresh_for(found),
                )

    async def _ask_robots(self, url: str) -> None:
        """Raises Fatal when the host's robots.txt forbids the address, Retriable when robots.txt cannot be read."""
        if self._robots is None:
            return
        rules = self._robots.known(url, self._monotonic()) or await self._asked_once(url, self._robots)
        if not rules.allow(url):
            raise Fatal(f"{url} is closed to robots by {robots_url(url)}; ask its publisher, or take it off the list")
        if rules.delay:
            self._rate_limiter.slow_down(self._host_of(url), rules.delay)

    async def _asked_once(self, url: str, robots: Robots) -> Rules:
        """The rules of a host; concurrent callers share one request."""
        address = robots_url(url)
        if address in self._asking:
            return await asyncio.shield(self._asking[address])
        asking = self._asking[address] = asyncio.ensure_future(self._learn(address, robots))
        asking.add_done_callback(lambda _: self._asking.pop(address, None))
        return await asyncio.shield(asking)

    async def _learn(self, address: str, robots: Robots) -> Rules:
        """RFC 9309, 2.3.1: a missing robots.txt (4xx) allows everything, an unreadable one (5xx) nothing for now."""
        at, body, asking = address, None, Fetch(accept="text/plain, */*;q=0.5", patience=SILENCE)
        try:
            for _ in range(REDIRECTS):
                self._host_of(at)
                answer = await self._request(at, asking)
                if isinstance(answer, Answer):
                    body = answer.body
                    break
                at = _joined(at, answer[1])
        except (Gone, Skippable):
            pass
        except Refused as error:
            if error.status >= 500 or error.status == 429:
                raise
        return robots.learn(address, body, self._monotonic())

    def _host_of(self, url: str) -> str:
        """Host of an address that we may ask. Raises Fatal when it is none, or private."""
        try:
            parts = URL(url)  # parsed as the session does: two parsers might see two hosts
            host = parts.host or ""
            self._guard.check(host)
        except PrivateAddressError as error:
            raise Fatal(f"{url}: {error}") from error
        except ValueError as error:
            raise Fatal(f"{url} is not an http address; correct the list of feeds ({error})") from error
        if parts.scheme not in ("http", "https") or not HOST.fullmatch(host) or not parts.port:
            raise Fatal(f"{url} is not an http address; correct the list of feeds")
        return host


def _joined(base: str, location: str) -> str:
    """The target of a redirect; an invalid one is returned as it is, to be refused later."""
    try:
        return urljoin(base, location.strip())
    except ValueError:
        return location


@contextmanager
def connector_errors(url: str) -> Iterator[None]:
    """Turns aiohttp's errors into connector errors."""
    try:
        yield
    except ConnectorError:
        raise
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        raise Fatal(f"{url} is not an http address; correct the list of feeds ({error})") from error
    except (aiohttp.ClientError, OSError) as error:
        refused = next((e for e in causes(error) if isinstance(e, PrivateAddressError)), None)
        if refused is not None:
            raise Fatal(f"{url}: {refused}") from error
        slow = isinstance(error, TimeoutError)
        raise Retriable(f"{url} {'took too long' if slow else f'gave no valid answer: {error!r}'}") from error
    except ValueError as error:  # yarl's; certificate errors are ValueErrors too, but are caught above
        raise Fatal(f"{url} is not an http address; correct the list of feeds ({error})") from error


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those that led to it."""
    found: BaseException | None = error
    while found is not None:
        yield found
        if isinstance(inner := getattr(found, "os_error", None), BaseException) and inner is not found:
            yield inner
        found = found.__cause__ or found.__context__
