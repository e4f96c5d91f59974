"""Creates what the parts need: topics, schemas in a registry, ClickHouse tables. Idempotent."""

import logging
import time
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from schemas.brokers import client_options, shown
from schemas.topics import ALL, POSITIONS, POSITIONS_CONFIG
from streams.errors import Stop

log = logging.getLogger("tocsin")


@dataclass(frozen=True, slots=True)
class TopicReport:
    """What was found and made."""

    created: tuple[str, ...]
    existing: tuple[str, ...]


def connect(bootstrap: str, *, patience: float = 30.0) -> KafkaAdminClient:
    """An admin client. Raises Stop when no broker answers within `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        try:
            return KafkaAdminClient(
                **client_options(bootstrap), client_id="tocsin-setup", bootstrap_timeout_ms=3_000
            )
        except KafkaError as error:
            if time.monotonic() > end:
                raise Stop(
                    f"no Kafka broker answers at {shown(bootstrap)} ({error!r}); is it running, is TOCSIN_KAFKA right?"
                ) from error
            time.sleep(0.3)


def create_topics(bootstrap: str, *, partitions: int, replication: int) -> TopicReport:
    """Create the topics that are missing. Raises Stop when an existing one has another partition count."""
    admin = connect(bootstrap)
    try:
        existing = set(admin.list_topics())
        created = []
        wanted = [(topic.name, partitions, topic.config) for topic in ALL]
        wanted.append((POSITIONS.name, 1, POSITIONS_CONFIG))
        for name, count, config in wanted:
            if name in existing:
                continue
            topic = NewTopic(name, num_partitions=count, replication_factor=replication, topic_configs=config)
            try:
                admin.create_topics([topic])
                created.append(name)
            except TopicAlreadyExistsError:
                existing.add(name)
        _check_partitions(admin, partitions)
    finally:
        admin.close()
    return TopicReport(tuple(created), tuple(n for n, _, _ in wanted if n not in created))


def _check_partitions(admin: KafkaAdminClient, partitions: int) -> None:
    for description in admin.describe_topics([t.name for t in ALL]):
        name = description.get("name") or description.get("topic")
        found = len(description["partitions"])
        if found and found != partitions:
            raise Stop(
                f"{name} has {found} partitions, the setting says {partitions}: set TOCSIN_PARTITIONS={found}, "
                "or see streams/README.md on changing the count"
            )
