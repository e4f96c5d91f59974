"""Delivers the items of all sources to Kafka; positions follow only once the brokers have the items.

While Kafka is away the current batches are sent again after growing pauses, and the sources wait.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kafka.errors import KafkaError
from tenacity import RetryCallState

from connectors.ingest.contract import Parsed, Skippable, Source, quarantined
from connectors.ingest.positions import Stored
from connectors.kafka.membership import until_it_works
from schemas.codec import CodecError
from schemas.records import FeedHealth

log = logging.getLogger("tocsin.connect")
WAITING = 32  # batches between the sources and Kafka; a slow Kafka makes the sources wait
TOGETHER = 2_000  # records that are confirmed at once
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds between attempts while Kafka is away


class RecordWriter(Protocol):
    """Where records go; `connectors.ingest.publish.Publisher` is one."""

    def publish(self, record: object) -> None:
        """Queue one record. Raises CodecError when it breaks its contract."""

    def store(self, name: str, stored: Stored) -> None:
        """Queue a source's position and memory."""

    def flush(self) -> None:
        """Wait until everything queued is confirmed. Raises KafkaError when it is not: it must be queued again."""


@dataclass(frozen=True, slots=True)
class SourceBatch:
    """Items of one source, and what to store of it when they are confirmed; None where it cannot go on from there."""

    source: Source
    contents: Sequence[Parsed | FeedHealth]
    stored: Stored | None


class Delivery:
    """Takes batches of all sources and confirms many at once; the writer is used by one thread at a time."""

    def __init__(self, writer: RecordWriter, clock: Callable[[], datetime]) -> None:
        self.sent = 0
        self._writer = writer
        self._clock = clock
        self._waiting: asyncio.Queue[SourceBatch] = asyncio.Queue(WAITING)
        self._given_up = threading.Event()

    async def put(self, batch: SourceBatch) -> None:
        """Hand over a batch; waits while too many are waiting."""
        await self._waiting.put(batch)

    async def run(self) -> None:
        """Deliver without end; no position is stored whose items are not confirmed.

        Raises KafkaError after `give_up`, and at once what else the writer raises.
        """
        while True:
            batches = [await self._waiting.get()]
            size = len(batches[0].contents)
            while size < TOGETHER and not self._waiting.empty():
                batches.append(self._waiting.get_nowait())
                size += len(batches[-1].contents)
            await asyncio.to_thread(self._send, batches)
            for _ in batches:
                self._waiting.task_done()

    async def finish(self) -> None:
        """Return when everything handed over has been delivered, positions too."""
        await self._waiting.join()
        await asyncio.to_thread(self._writer.flush)

    def give_up(self) -> None:
        """Stop trying to reach Kafka."""
        self._given_up.set()

    def _send(self, batches: Sequence[SourceBatch]) -> None:
        again = until_it_works(KafkaError, self._given_up, _tell, first=FIRST_WAIT, longest=LONGEST_WAIT, reraise=True)
        self.sent += again(self._confirm, batches)
        for batch in batches:
            if batch.stored is not None:
                self._writer.store(batch.source.name, batch.stored)

    def _confirm(self, batches: Sequence[SourceBatch]) -> int:
        """Publish and confirm; returns how many articles and events the brokers have taken."""
        sent = sum(self._publish(content, batch.source) for batch in batches for content in batch.contents)
        self._writer.flush()
        return sent

    def _publish(self, content: Parsed | FeedHealth, source: Source) -> bool:
        """Publish one content; True for an article or event, False for an error or a feed's health."""
        now = self._clock()
        if isinstance(content, Skippable):
            self._writer.publish(quarantined(content, source, now))
            return False
        try:
            self._writer.publish(content)
        except CodecError as error:
            self._writer.publish(quarantined(Skippable(str(error), where=source.name), source, now))
            return False
        return not isinstance(content, FeedHealth)


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("Kafka does not take records (%r); they are sent again", error)
