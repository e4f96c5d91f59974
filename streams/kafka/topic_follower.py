"""Reads a compacted topic whole, then follows it, beside a stage, in a thread that ends with the process.

A stage's own consumer would read only the records on its own partitions.
"""

import asyncio
import logging
import threading
from collections.abc import Callable

from aiokafka.errors import KafkaError

from schemas.codec import Codec, CodecError
from schemas.errors import Quarantine
from schemas.transport.brokers import client_options
from streams.kafka.assignment import assigned
from streams.kafka.tolerant_headers import AIOKafkaConsumer

log = logging.getLogger("tocsin")
PAUSE = 1.0  # seconds between attempts to reach Kafka


class TopicFollower:
    """Passes every record of a topic to `take`, in its own thread; a record that `take` refuses is skipped."""

    def __init__(self, bootstrap: str, codec: Codec, topic: str, take: Callable[[object], None]) -> None:
        self._bootstrap, self._codec, self._topic, self._take = bootstrap, codec, topic, take
        self.whole = threading.Event()  # set once everything that was there at the start has been read

    def start(self) -> None:
        """Begin to read; returns at once."""
        threading.Thread(target=lambda: asyncio.run(self._run()), name=self._topic, daemon=True).start()

    async def _run(self) -> None:
        while True:
            consumer = AIOKafkaConsumer(
                **client_options(self._bootstrap), group_id=None, auto_offset_reset="earliest", fetch_max_wait_ms=100
            )
            try:
                await consumer.start()
                await self._follow(consumer)
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("%s: Kafka does not answer (%r), trying again; the known records stay", self._topic, error)
            finally:
                await consumer.stop()
            await asyncio.sleep(PAUSE)

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        if self._topic not in await consumer.topics():  # asking for its partitions might create it
            raise TimeoutError(f"there is no topic {self._topic} yet")
        consumer.subscribe([self._topic])  # without a group: all of its partitions, as soon as they are known
        places = await assigned(consumer)
        ends = await consumer.end_offsets(places)
        while True:
            if not self.whole.is_set() and all([await consumer.position(p) >= ends[p] for p in places]):
                self.whole.set()
            for messages in (await consumer.getmany(timeout_ms=200)).values():
                for message in messages:
                    self._read(message.value)

    def _read(self, value: bytes | None) -> None:
        if value is None:
            return
        try:
            self._take(self._codec.decode(value, self._topic))
        except (CodecError, Quarantine) as error:
            log.warning("%s: a record cannot be used and is skipped: %s", self._topic, error)
