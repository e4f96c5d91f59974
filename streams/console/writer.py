"""The console's way into Kafka: what people decide on its pages."""

import asyncio

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.codec import Codec
from schemas.errors import Stop
from schemas.keys import key_of
from schemas.transport.brokers import client_options

PATIENCE = 5.0  # seconds that a person waits for Kafka's word


class Writer:
    """Writes single records; connects with the first and again after Kafka was away."""

    def __init__(self, bootstrap: str, codec: Codec) -> None:
        self._bootstrap, self._codec = bootstrap, codec
        self._producer: AIOKafkaProducer | None = None
        self._one = asyncio.Lock()

    async def write(self, record: object) -> None:
        """Returns when Kafka has the record. Raises CodecError when it is none, Stop when Kafka did not answer."""
        value = self._codec.encode(record)
        async with self._one:
            try:
                async with asyncio.timeout(PATIENCE):
                    if self._producer is None:
                        producer = AIOKafkaProducer(
                            **client_options(self._bootstrap), acks="all", request_timeout_ms=int(PATIENCE * 1000)
                        )
                        try:
                            await producer.start()
                        except BaseException:
                            await producer.stop()
                            raise
                        self._producer = producer
                    await self._producer.send_and_wait(self._codec.topic(record), value, key=key_of(record))
            except (KafkaError, OSError, TimeoutError) as error:
                await self.close()
                raise Stop(f"Kafka did not take it ({error!r}): nothing is saved for certain, try again") from error

    async def close(self) -> None:
        """Disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()
