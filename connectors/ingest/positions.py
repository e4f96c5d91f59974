"""The position of each source: a compacted topic with one JSON value per source, read whole at a connector's start.

It is internal, like the changelogs that Faust keeps: no stage reads it, no table holds it, and it carries plain JSON,
so that any Kafka tool shows it. A tombstone makes a source start from the beginning.
"""

import json
import logging
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from kafka import TopicPartition

from connectors.ingest.contract import Fatal
from connectors.ingest.schedule import Plan
from connectors.kafka.clients import KafkaConsumer
from schemas.topics import POSITIONS
from schemas.transport.brokers import client_options

log = logging.getLogger("tocsin.connect")
PATIENCE_MS = 10_000  # of one poll; the broker was there a moment ago
NEW_TOPIC_SECONDS = 3.0  # until every broker knows a topic that was just made


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of one source: where to go on, when, and the memory of its health (`connectors.ingest.health`)."""

    position: str | None = None
    plan: Plan = field(default_factory=Plan)
    health: dict[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """As JSON, to be stored."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Stored":
        """From JSON; fields of newer versions are ignored. Raises ValueError where it is not readable."""
        plain = json.loads(raw)
        try:
            kept = {name: plain["plan"][name] for name in Plan.__dataclass_fields__ if name in plain["plan"]}
            position, health = plain["position"], plain.get("health", {})
        except (TypeError, KeyError) as error:
            raise ValueError(f"no stored position: {error!r}") from error
        if not isinstance(position, str | None) or not isinstance(health, dict):
            raise ValueError("no stored position: a text and an object are needed")  # noqa: TRY004 - what readers catch
        return cls(position, Plan(**kept), health)


def read_positions(bootstrap: str, topic: str = POSITIONS.name) -> dict[str, Stored]:
    """The stored state of every source, by name. Unreadable state is left out: its source starts from the beginning.

    Raises Fatal when the topic is missing, kafka.errors.KafkaError when the broker does not answer.
    """
    return fold(read_whole(bootstrap, topic, client_id="tocsin-connect"))


def fold(messages: Iterable[tuple[bytes | None, bytes | None]]) -> dict[str, Stored]:
    """The newest value of each key; a value of None forgets it."""
    found: dict[str, Stored] = {}
    for key, value in messages:
        name = (key or b"").decode(errors="replace")
        if value is None:
            found.pop(name, None)
            continue
        try:
            found[name] = Stored.from_bytes(value)
        except ValueError as error:
            log.warning("%s starts from the beginning: its stored position is not readable (%s)", name, error)
            found.pop(name, None)
    return found


def read_whole(bootstrap: str, topic: str, *, client_id: str) -> list[tuple[bytes | None, bytes | None]]:
    """Key and value of every message of a topic.

    Raises Fatal when the topic is missing, kafka.errors.KafkaError when the broker does not answer.
    """
    consumer = KafkaConsumer(
        **client_options(bootstrap),
        client_id=client_id,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        bootstrap_timeout_ms=PATIENCE_MS,
    )
    try:
        partitions = partitions_of(consumer, topic)
        consumer.assign(partitions)
        return list(_messages(consumer, partitions))
    finally:
        consumer.close(autocommit=False)


def partitions_of(consumer: Any, topic: str) -> list[TopicPartition]:
    """The topic's partitions; waits for a topic that was just created. Raises Fatal when there is none."""
    end = time.monotonic() + NEW_TOPIC_SECONDS
    while not (found := consumer.partitions_for_topic(topic)):
        if time.monotonic() > end:
            raise Fatal(f"there is no topic {topic}: run `tocsin setup`")
        time.sleep(0.2)
    return [TopicPartition(topic, n) for n in found]


def _messages(consumer: Any, partitions: list[TopicPartition]) -> Iterable[tuple[bytes | None, bytes | None]]:
    ends = consumer.end_offsets(partitions)
    behind = {p for p in partitions if ends[p] > consumer.position(p)}
    while behind:
        for messages in consumer.poll(timeout_ms=PATIENCE_MS).values():
            yield from ((m.key, m.value) for m in messages)
        behind = {p for p in behind if ends[p] > consumer.position(p)}
