"""Reads the newest message of each key of compacted topics, and writes messages to them."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from kafka import TopicPartition

from connectors.kafka.clients import KafkaConsumer, KafkaProducer
from schemas.transport.brokers import client_options


@dataclass(frozen=True, slots=True)
class Message:
    """A message to write: its value replaces an older one, None deletes its key."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None


def partitions(bootstrap: str, topic: str) -> int:
    """How many partitions a topic has; none where there is no topic."""
    with closing(KafkaConsumer(**client_options(bootstrap), group_id=None, enable_auto_commit=False)) as consumer:
        return len(consumer.partitions_for_topic(topic) or ())


def latest(bootstrap: str, topic: str) -> Iterator[tuple[TopicPartition, bytes, bytes]]:
    """The newest value of every key of a topic as it is now, tombstones left out; nothing where there is no topic."""
    with closing(KafkaConsumer(**client_options(bootstrap), group_id=None, enable_auto_commit=False)) as consumer:
        partitions = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
        if not partitions:
            return
        newest: dict[tuple[TopicPartition, bytes], bytes | None] = {}
        ends = consumer.end_offsets(partitions)
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        while any(consumer.position(p) < ends[p] for p in partitions):
            for place, messages in consumer.poll(timeout_ms=500).items():
                newest.update({(place, m.key): m.value for m in messages if m.key is not None})
    for (place, key), value in newest.items():
        if value is not None:
            yield place, key, value


def write(bootstrap: str, messages: Iterable[Message], *, batch_bytes: int) -> None:
    """Write them; returns when the brokers have confirmed all. Raises KafkaError."""
    producer = KafkaProducer(
        **client_options(bootstrap),
        acks="all",
        enable_idempotence=False,  # the embedded broker has no idempotent producer
        batch_size=batch_bytes if batch_bytes > 1 else 0,
        linger_ms=20 if batch_bytes > 1 else 0,
    )
    with closing(producer):
        sent = [producer.send(m.topic, key=m.key, value=m.value, partition=m.partition) for m in messages]
        for future in sent:
            future.get(timeout=60)
