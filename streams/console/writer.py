"""Writes people's decisions on the console to Kafka."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.codec import Codec
from schemas.errors import Stop
from schemas.keys import key_of
from schemas.transport.brokers import client_options

PATIENCE = 5.0  # seconds that a person waits for Kafka's confirmation


class Writer:
    """Writes single records; connects with the first and again after Kafka was away."""

    def __init__(self, bootstrap: str, codec: Codec) -> None:
        self._bootstrap, self._codec = bootstrap, codec
        self._producer: AIOKafkaProducer | None = None
        self._one = asyncio.Lock()

    async def write(self, record: object, partition: int | None = None) -> None:
        """Returns when Kafka has the record. Raises CodecError for an invalid record, Stop when Kafka does not answer.

        It goes to `partition` where its key does not decide.
        """
        value, topic = self._codec.encode(record), self._codec.topic(record)
        async with self._connected() as producer:
            await producer.send_and_wait(topic, value, key=key_of(record), partition=partition)

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has. Raises Stop when Kafka did not answer."""
        async with self._connected() as producer:
            return len(await producer.partitions_for(topic))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AIOKafkaProducer]:
        """A connected producer, used by one task at a time."""
        async with self._one:
            try:
                async with asyncio.timeout(PATIENCE):
                    if self._producer is None:
                        self._producer = await self._connect()
                    yield self._producer
            except (KafkaError, OSError, TimeoutError) as error:
                await self.close()
                raise Stop(f"Kafka did not confirm it ({error!r}): it may not be saved, try again") from error

    async def _connect(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **client_options(self._bootstrap), acks="all", request_timeout_ms=int(PATIENCE * 1000)
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def close(self) -> None:
        """Disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()
