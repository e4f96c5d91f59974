"""Feeds the rules of alerts to every alert stage: reads the compacted topic whole, then follows it, beside the stage.

A stage's own consumer would read only the rules on its own partitions.
"""

import asyncio
import logging
import threading

from aiokafka.errors import KafkaError

from schemas.codec import Codec, CodecError
from schemas.errors import Stop
from schemas.topics import RULE
from schemas.transport.brokers import client_options
from streams.domain.alerting.rules import RuleBook, RuleError, check
from streams.kafka.assignment import assigned
from streams.kafka.tolerant_headers import AIOKafkaConsumer

log = logging.getLogger("tocsin")
PATIENCE = 60.0  # seconds that a start waits for the rules
PAUSE = 1.0  # seconds between attempts to reach Kafka


class RuleFeed:
    """Keeps a rule book current, in a thread that ends with the process."""

    def __init__(self, bootstrap: str, codec: Codec, book: RuleBook) -> None:
        self._bootstrap, self._codec, self._book = bootstrap, codec, book
        self._whole = threading.Event()

    def start(self, patience: float = PATIENCE) -> None:
        """Returns once all existing rules have been read. Raises Stop when they cannot be read."""
        threading.Thread(target=lambda: asyncio.run(self._run()), name="rules", daemon=True).start()
        if not self._whole.wait(patience):
            raise Stop(f"the rules of alerts in {RULE.name} cannot be read: is Kafka there, did `tocsin setup` run?")

    async def _run(self) -> None:
        while True:
            consumer = AIOKafkaConsumer(
                **client_options(self._bootstrap), group_id=None, auto_offset_reset="earliest", fetch_max_wait_ms=100
            )
            try:
                await consumer.start()
                await self._follow(consumer)
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("rules: Kafka does not answer (%r), trying again; the rules known hold", error)
            finally:
                await consumer.stop()
            await asyncio.sleep(PAUSE)

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        if RULE.name not in await consumer.topics():  # asking for its partitions might create it
            raise TimeoutError(f"there is no topic {RULE.name} yet")
        consumer.subscribe([RULE.name])  # without a group: all of its partitions, as soon as they are known
        places = await assigned(consumer)
        ends = await consumer.end_offsets(places)
        while True:
            if not self._whole.is_set() and all([await consumer.position(p) >= ends[p] for p in places]):
                self._whole.set()
            for messages in (await consumer.getmany(timeout_ms=200)).values():
                for message in messages:
                    self._take(message.value)

    def _take(self, value: bytes | None) -> None:
        if value is None:
            return
        try:
            rule = self._codec.decode(value, RULE.name)
            check(rule)
        except (CodecError, RuleError) as error:
            log.warning("rules: one cannot be used and is passed over: %s", error)
            return
        if self._book.take(rule):
            log.info("rules: %s %s", rule.name, "deleted" if rule.deleted else "in force")
