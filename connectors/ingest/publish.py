"""Publishes records to Kafka: those of connectors, and people's corrections."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from connectors.ingest.positions import Stored
from connectors.kafka.clients import KafkaProducer
from schemas.codec import Codec
from schemas.keys import key_of
from schemas.telemetry.headers import Headers, TraceContext, record_id
from schemas.telemetry.metrics import PUBLISHED
from schemas.telemetry.traces import span
from schemas.topics import POSITIONS
from schemas.transport.brokers import client_options


class Publisher:
    """Writes records to their topics; `flush` returns when the brokers have them all.

    Order per key is kept (one request in flight); a record sent twice is harmless, as ids are deterministic.
    """

    def __init__(
        self,
        bootstrap: str,
        codec: Codec,
        *,
        batch_bytes: int = 16_384,
        client_id: str = "tocsin-connect",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._codec = codec
        self._unconfirmed: list[Any] = []
        self._producer = KafkaProducer(
            **client_options(bootstrap),
            client_id=client_id,
            acks="all",
            enable_idempotence=False,  # the embedded broker has no idempotent producer
            max_in_flight_requests_per_connection=1,
            linger_ms=20 if batch_bytes > 1 else 0,
            batch_size=batch_bytes if batch_bytes > 1 else 0,
            compression_type=None,
            max_block_ms=60_000,
        )

    def publish(self, record: object, *, partition: int | None = None) -> None:
        """Queue one record, by default on its key's partition. Raises CodecError when it breaks its contract."""
        topic, value = self._codec.topic(record), self._codec.encode(record)
        PUBLISHED.labels(topic).inc()
        self._unconfirmed.append(
            self._producer.send(
                topic, key=key_of(record), value=value, partition=partition, headers=self._headers(record)
            )
        )

    def _headers(self, record: object) -> Headers:
        """Trace headers of a record that comes in now."""
        number = record_id(record)
        if not number:
            return []
        with span("publish", TraceContext.of(number, int(self._clock() * 1000))) as context:
            return context.headers()

    def partitions(self, topic: str) -> int:
        """How many partitions a topic has. Raises kafka.errors.KafkaError when there is no such topic."""
        return len(self._producer.partitions_for(topic))

    def store(self, name: str, stored: Stored) -> None:
        """Queue a source's position and memory."""
        self.keep(POSITIONS.name, name, stored.to_bytes())

    def keep(self, topic: str, key: str, value: bytes | None) -> None:
        """Queue a value for an internal compacted topic; None deletes its key."""
        self._unconfirmed.append(self._producer.send(topic, key=key.encode(), value=value))

    def flush(self, timeout: float = 60.0) -> None:
        """Wait until every queued record is confirmed. Raises kafka.errors.KafkaError naming what was refused."""
        self._producer.flush(timeout)
        pending, self._unconfirmed = self._unconfirmed, []
        for future in pending:
            future.get(timeout=timeout)

    def close(self) -> None:
        """Confirm what is queued and disconnect."""
        try:
            self.flush()
        finally:
            self._producer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
