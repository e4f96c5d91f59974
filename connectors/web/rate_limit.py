"""Limits requests to each host: how many at a time and how often."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiolimiter import AsyncLimiter

REMEMBERED = 20_000  # hosts; the longest unused is forgotten first


@dataclass(frozen=True, slots=True)
class HostRate:
    """Towards one host: requests at the same time, and seconds between the starts of two."""

    at_once: int = 2
    seconds_between: float = 1.0


class RateLimiter:
    """Lets requests through at each host's rate."""

    def __init__(self, rate: HostRate | None = None) -> None:
        self._rate = rate or HostRate()
        self._hosts: OrderedDict[str, tuple[asyncio.Semaphore, AsyncLimiter | None]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Waits for a turn at the host and holds it for the block."""
        slots, limiter = self._of(host)
        async with slots:
            if limiter is not None:
                await limiter.acquire()
            yield

    def slow_down(self, host: str, seconds_between: float) -> None:
        """Wait at least so long between requests to the host from now on, as its robots.txt asks (Crawl-delay)."""
        if seconds_between > self._rate.seconds_between:
            self._hosts[host] = (asyncio.Semaphore(1), AsyncLimiter(1, seconds_between))

    def _of(self, host: str) -> tuple[asyncio.Semaphore, AsyncLimiter | None]:
        if host not in self._hosts:
            seconds = self._rate.seconds_between
            limiter = AsyncLimiter(1, seconds) if seconds else None
            self._hosts[host] = (asyncio.Semaphore(self._rate.at_once), limiter)
            if len(self._hosts) > REMEMBERED:
                self._hosts.popitem(last=False)
        self._hosts.move_to_end(host)
        return self._hosts[host]
