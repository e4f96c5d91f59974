"""Reads a topic live and decoded, without a consumer group."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kafka import TopicPartition

from connectors.kafka.clients import KafkaConsumer
from schemas.codec import Codec, CodecError, to_json
from schemas.errors import Stop
from schemas.records import Alert, AlertRule, Article, FeedHealth, Incident, Mention, Triage
from schemas.reference import Reference
from schemas.topics import ALL
from schemas.transport.brokers import client_options


@dataclass(frozen=True, slots=True)
class Read:
    """One message: its position and record; `record` is None when it cannot be decoded."""

    topic: str
    partition: int
    offset: int
    record: Any
    error: str = ""
    value: bytes = b""

    def json(self) -> dict[str, Any]:
        """Record and position as JSON values."""
        body = to_json(self.record) if self.record is not None else {"error": self.error}
        return {"topic": self.topic, "partition": self.partition, "offset": self.offset, "record": body}


@dataclass(slots=True)
class Verified:
    """Counts messages that both codecs read alike, and those that they do not."""

    alike: int = 0
    different: int = 0
    _reference: Reference = field(default_factory=lambda: Reference(Codec()))

    def note(self, read: Read) -> list[str]:
        """The differences in a message; empty when there are none. A tombstone cannot differ."""
        if not read.value:
            return []
        found = self._reference.differences(read.value, read.topic)
        self.different += bool(found)
        self.alike += not found
        return found

    def words(self) -> str:
        """The counts."""
        return f"{self.alike} messages read alike by fastavro and avro, {self.different} not"


def topic_named(word: str) -> str:
    """Topic for `alerts`, `alert` or `news.alert.v1`. Raises Stop naming the choices."""
    choices = {t.name.split(".")[1]: t.name for t in ALL}
    singular = {"copies": "copy", "quarantine": "quarantine"}.get(word, word.removesuffix("s"))
    for candidate in (word, singular):
        if candidate in choices:
            return choices[candidate]
    if word in choices.values():
        return word
    raise Stop(f"no topic {word}; there are {', '.join(choices)}")


def follow(bootstrap: str, topic: str, *, from_start: bool, count: int = 0, until_end: bool = False) -> Iterator[Read]:
    """Messages of a topic as they come; with `until_end` only those there now."""
    codec, seen = Codec(), 0
    consumer = KafkaConsumer(
        **client_options(bootstrap),
        enable_auto_commit=False,
        group_id=None,
        client_id="tocsin-tail",
        bootstrap_timeout_ms=5_000,
    )
    try:
        partitions = [TopicPartition(topic, p) for p in sorted(_partitions(consumer, topic))]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        if from_start:
            consumer.seek_to_beginning(*partitions)
        else:
            consumer.seek_to_end(*partitions)
        while not (until_end and all(consumer.position(p) >= ends[p] for p in partitions)):
            for messages in consumer.poll(timeout_ms=500).values():
                for m in messages:
                    yield _read(codec, m)
                    seen += 1
                    if count and seen >= count:
                        return
    finally:
        consumer.close()


def _partitions(consumer: KafkaConsumer, topic: str, patience: float = 10.0) -> set[int]:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := consumer.partitions_for_topic(topic):
            return set(found)
        time.sleep(0.2)
    raise Stop(f"the topic {topic} does not exist; run `tocsin setup`")


def _read(codec: Codec, message: Any) -> Read:
    place = (message.topic, message.partition, message.offset)
    try:
        return Read(*place, codec.decode(message.value, message.topic), value=message.value or b"")
    except CodecError as error:
        return Read(*place, None, str(error), message.value or b"")


def line(read: Read) -> str:
    """One line for people."""
    r = read.record
    place = f"{read.topic.split('.')[1]:10} {read.partition}-{read.offset:<6}"
    if isinstance(r, Alert):
        return f"{place} {r.level:8} r{r.revision} {r.reason:15} {r.headline}"
    if isinstance(r, Incident):
        return f"{place} v{r.version:<3} {r.family}/{r.subtype:24} {r.title} [{r.change.text}]"
    if isinstance(r, Mention):
        return f"{place} {r.role:10} {r.family}/{r.subtype:24} {r.passage[:90]}"
    if isinstance(r, Article):
        return f"{place} {r.source.domain:24} {r.title}"
    if isinstance(r, FeedHealth):
        return f"{place} {r.status:8} {r.title or r.name}: {r.reason or f'{r.items_usual:g} a day'}"
    if isinstance(r, Triage):
        return f"{place} {r.act:14} {r.alert_id[:8]} by {r.author}: {r.silence_reason or r.assigned_to or '-'}"
    if isinstance(r, AlertRule):
        return f"{place} {'deleted' if r.deleted else r.level:8} {r.name} by {r.author or 'the configuration'}"
    return f"{place} {read.error or str(to_json(r))[:160]}"
