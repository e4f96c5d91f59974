"""Follows Kafka for the console: records for the board, counts of topics, and Kafka's health."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from aiokafka.errors import KafkaError

from schemas import topics
from schemas.codec import Codec, CodecError
from schemas.transport.brokers import client_options, shown
from streams.console import CONNECTED
from streams.console.board import Board, Update
from streams.kafka.assignment import assigned
from streams.kafka.tolerant_headers import AIOKafkaConsumer

log = logging.getLogger("tocsin")
SHOWN = tuple(t.name for t in topics.ALL if "console" in t.followers)
BATCH = 100  # records after which the event loop gets a turn, so that pages are answered during a long catch-up
LULL = 0.05  # seconds of pause when there is no backlog: one answer of the broker per record costs more
PATIENCE = 5.0  # seconds without an answer before Kafka counts as away; its client would retry in silence
PAUSE = 2.0  # seconds between attempts to reach it


@dataclass(slots=True)
class Health:
    """`kafka`: connecting, connected, or what is wrong and what to do. `behind`: records not yet on the board.

    `troubled`: the consumer groups that need a person, each with the reason. `lags`: those far behind, in messages.
    """

    started_at: float
    kafka: str = "connecting"
    behind: int = 0
    unreadable: int = 0
    troubled: dict[str, str] = field(default_factory=dict)
    lags: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Follower:
    """Keeps a board current and reports every change of board, counts and health.

    No group and no commits: each console reads the compacted topics from their start, after a reconnection too.
    """

    bootstrap: str
    codec: Codec
    board: Board
    tell: Callable[[Update], None]
    health: Health
    troubles: Callable[[], dict[str, str]] = dict
    lags: Callable[[], dict[str, int]] = dict
    counts: dict[str, int] = field(default_factory=dict)

    async def run(self) -> None:
        """Follow without end; while Kafka is away, report it and retry."""
        while True:
            consumer = AIOKafkaConsumer(
                **client_options(self.bootstrap), group_id=None, auto_offset_reset="earliest",
                metadata_max_age_ms=30_000, request_timeout_ms=int(PATIENCE * 1000),
            )  # fmt: skip
            try:
                await consumer.start()
                # Subscribing to a missing topic may create it, with the broker's own idea of its partitions.
                if missing := {t.name for t in topics.ALL} - await consumer.topics():
                    self._say(f"without {', '.join(sorted(missing))}: run `tocsin setup`")
                else:
                    consumer.subscribe([t.name for t in topics.ALL])
                    async with asyncio.TaskGroup() as tasks:
                        tasks.create_task(self._read(consumer))
                        tasks.create_task(self._look(consumer))
            except* (KafkaError, OSError, TimeoutError) as errors:
                self._say(f"away: no answer at {shown(self.bootstrap)} ({_first(errors)!r})")
            except* Exception as errors:  # a page without news must show why
                log.exception("console: the board has stopped, starting it anew")
                self._say(f"connected, but the board failed ({_first(errors)!r}): see the console's log")
            finally:
                await _stop(consumer)
            await asyncio.sleep(PAUSE)

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        """Every record of the shown topics, onto the board."""
        self.health.unreadable = 0
        while True:
            partitions = await assigned(consumer)
            shown = [p for p in partitions if p.topic in SHOWN]
            consumer.pause(*(partitions - set(shown)))  # the others are only counted
            batch = await consumer.getmany(*shown, timeout_ms=500, max_records=BATCH)
            for messages in batch.values():
                for message in messages:
                    self._take(message)
            # Pages get updates at most ten times a second, so the next fetch can wait.
            await asyncio.sleep(0 if sum(map(len, batch.values())) >= BATCH else LULL)

    def _take(self, message: Any) -> None:
        if message.value is None:
            updates = self.board.forget((message.key or b"").decode(errors="replace"))
        else:
            try:
                updates = self.board.apply(self.codec.decode(message.value, message.topic))
            except CodecError:
                self.health.unreadable += 1  # the loader quarantines it
                return
        for update in updates:
            self.tell(update)

    async def _look(self, consumer: AIOKafkaConsumer) -> None:
        """Counts and lag, once a second. Raises TimeoutError when Kafka does not answer."""
        while True:
            async with asyncio.timeout(PATIENCE):
                partitions = await assigned(consumer)
                ends = await consumer.end_offsets(partitions)
                behind = 0
                for partition in partitions:
                    if partition.topic in SHOWN:
                        behind += max(0, ends[partition] - await consumer.position(partition))
            counts = {t.name: sum(end for p, end in ends.items() if p.topic == t.name) for t in topics.ALL}
            if counts != self.counts:
                self.counts = counts
                self.tell(Update("counts", "counts", counts))
            self._say(CONNECTED, behind)
            await asyncio.sleep(1)

    def _say(self, kafka: str, behind: int = 0) -> None:
        before = asdict(self.health)
        self.health.kafka, self.health.behind = kafka, behind
        self.health.troubled, self.health.lags = self.troubles(), self.lags()
        after = asdict(self.health)
        if after != before:
            self.tell(Update("health", "health", after))
        if kafka != before["kafka"]:
            log.log(logging.INFO if kafka == CONNECTED else logging.WARNING, "console: Kafka %s", kafka)


async def _stop(consumer: AIOKafkaConsumer) -> None:
    """Disconnect. aiokafka 0.14's own stop ends half way, as if cancelled, when a fetch waits for its next attempt."""
    stopping = asyncio.create_task(consumer.stop())
    await asyncio.wait([stopping])
    if stopping.cancelled():
        await consumer._client.close()  # noqa: SLF001 - what it left undone
    elif error := stopping.exception():
        log.warning("console: its Kafka client did not stop cleanly: %r", error)


def started_now() -> Health:
    """The initial health of a console."""
    return Health(started_at=time.time())


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    inner: BaseException = errors
    while isinstance(inner, BaseExceptionGroup):
        inner = inner.exceptions[0]
    return inner
