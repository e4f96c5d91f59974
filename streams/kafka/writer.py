"""Writes in whole batches: records for one partition go as one record batch, which Kafka appends whole or not at all.

A record batch is the unit of Kafka's log (https://kafka.apache.org/documentation/#recordbatch), so what fits one is
atomic without a transaction. What does not fit goes as several, each written when the one before has arrived, so that
the order holds whatever fails in between.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import faust

RECORD_OVERHEAD = 40  # bytes that a record takes in a batch beside its key and value, at most


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Message(NamedTuple):
    """What is written to a partition."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] = ()


class Output(NamedTuple):
    """What is written to a topic, on its key's partition."""

    topic: str
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes | None]] = ()


Waiting = dict[Place, deque[Message]]  # messages to write, in order; those that have arrived are removed


def size_of(key: bytes, value: bytes | None) -> int:
    """Bytes that a record takes in a batch, at most."""
    return len(key) + len(value or b"") + RECORD_OVERHEAD


class Writer:
    """Writes through the producer of an app, in record batches of its `producer_max_batch_size` at most."""

    def __init__(self, app: faust.App) -> None:
        self._app = app

    async def by_partition(self, records: Iterable[Output]) -> Waiting:
        """Records by the partition that each key belongs to. Raises KafkaError for unknown topics."""
        found: Waiting = {}
        for topic, key, value, headers in records:
            await self._producer.partitions_for(topic)  # the choice of one needs them known
            place = Place(topic, self._app.producer.key_partition(topic, key).partition)
            found.setdefault(place, deque()).append(Message(key, value, headers))
        return found

    async def write(self, waiting: Waiting) -> None:
        """Write until all has arrived. Raises what the producer raises; a second call writes what is left."""
        results = await asyncio.gather(
            *(self._in_order(place, messages) for place, messages in waiting.items()), return_exceptions=True
        )
        for error in results:
            if error is not None:
                raise error

    async def _in_order(self, place: Place, messages: deque[Message]) -> None:
        while messages:
            batch = self._producer.create_batch()
            for key, value, headers in messages:
                if batch.append(timestamp=None, key=key, value=value, headers=list(headers)) is None:
                    break
            batch.close()
            await (await self._producer.send_batch(batch, place.topic, partition=place.partition))
            for _ in range(batch.record_count()):
                messages.popleft()

    @property
    def _producer(self) -> Any:
        """The producer of aiokafka."""
        return self._app.producer._producer  # noqa: SLF001 - faust itself writes no batches


def waiting(places: Mapping[Place, Iterable[Message]]) -> Waiting:
    """These messages, ready to be written."""
    return {place: deque(messages) for place, messages in places.items()}
