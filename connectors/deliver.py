"""The way of all sources into Kafka: items first, and their positions only when the brokers have the items."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connectors.contract import Parsed, Skippable, Source, quarantined
from connectors.positions import Stored
from schemas.codec import CodecError
from schemas.records import FeedHealth

log = logging.getLogger("tocsin.connect")
WAITING = 32  # parcels between the sources and Kafka; a slow Kafka makes the sources wait
TOGETHER = 2_000  # records that are confirmed at once


class Outlet(Protocol):
    """Where records go; `connectors.publish.Publisher` is one."""

    def publish(self, record: object) -> None:
        """Queue one record. Raises CodecError when it breaks its contract."""

    def store(self, name: str, stored: Stored) -> None:
        """Queue what is to be kept of a source."""

    def flush(self) -> None:
        """Wait until everything queued is confirmed. Raises when it is not."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Items of one source, and what to store of it when they are confirmed; None where it cannot go on from there."""

    source: Source
    contents: Sequence[Parsed | FeedHealth]
    stored: Stored | None


class Delivery:
    """Takes parcels of all sources and confirms many at once; the outlet is used by one thread at a time."""

    def __init__(self, outlet: Outlet, clock: Callable[[], datetime]) -> None:
        self.sent = 0
        self._outlet = outlet
        self._clock = clock
        self._waiting: asyncio.Queue[Parcel] = asyncio.Queue(WAITING)

    async def put(self, parcel: Parcel) -> None:
        """Hand over a parcel; waits while too many are waiting."""
        await self._waiting.put(parcel)

    async def run(self) -> None:
        """Deliver for ever. Raises what the outlet raises; nothing of that batch's positions is then stored."""
        while True:
            parcels = [await self._waiting.get()]
            size = len(parcels[0].contents)
            while size < TOGETHER and not self._waiting.empty():
                parcels.append(self._waiting.get_nowait())
                size += len(parcels[-1].contents)
            await asyncio.to_thread(self._send, parcels)
            for _ in parcels:
                self._waiting.task_done()

    async def finish(self) -> None:
        """Return when everything handed over has been delivered, positions too."""
        await self._waiting.join()
        await asyncio.to_thread(self._outlet.flush)

    def _send(self, parcels: Sequence[Parcel]) -> None:
        for parcel in parcels:
            for content in parcel.contents:
                self._publish(content, parcel.source)
        self._outlet.flush()
        for parcel in parcels:
            if parcel.stored is not None:
                self._outlet.store(parcel.source.name, parcel.stored)

    def _publish(self, content: Parsed | FeedHealth, source: Source) -> None:
        now = self._clock()
        if isinstance(content, Skippable):
            self._outlet.publish(quarantined(content, source, now))
            return
        try:
            self._outlet.publish(content)
            self.sent += not isinstance(content, FeedHealth)
        except CodecError as error:
            self._outlet.publish(quarantined(Skippable(str(error), where=source.name), source, now))
