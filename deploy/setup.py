"""Creates what the parts need: topics, schemas in a registry, ClickHouse tables. Idempotent."""

import logging
import time
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from schemas.brokers import client_options, shown
from schemas.topics import ALL, LINKED, POSITIONS, POSITIONS_CONFIG
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


def create_topics(bootstrap: str, *, partitions: int, link_partitions: int = 1, replication: int) -> TopicReport:
    """Create the topics that are missing. Raises Stop when an existing one has another partition count."""
    counts = partition_counts(partitions, link_partitions) | {POSITIONS.name: 1}
    configs = {t.name: t.config for t in ALL} | {POSITIONS.name: POSITIONS_CONFIG}
    admin = connect(bootstrap)
    try:
        existing = set(admin.list_topics())
        created = []
        for name, config in configs.items():
            if name in existing:
                continue
            topic = NewTopic(name, num_partitions=counts[name], replication_factor=replication, topic_configs=config)
            try:
                admin.create_topics([topic])
                created.append(name)
            except TopicAlreadyExistsError:
                existing.add(name)
        if wrong := wrong_counts(admin, counts):
            raise Stop("; ".join(f"{found}: {cure}" for found, cure in wrong))
    finally:
        admin.close()
    return TopicReport(tuple(created), tuple(name for name in configs if name not in created))


def partition_counts(partitions: int, link_partitions: int) -> dict[str, int]:
    """How many partitions our topics have, and the changelogs of the stages' states."""
    changelogs = {f"tocsin-{stage}-state-changelog": partitions for stage in ("dedupe", "alert")}
    topics = {t.name: link_partitions if t in LINKED else partitions for t in ALL}
    return topics | changelogs | {"tocsin-link-state-changelog": link_partitions}


def wrong_counts(admin: KafkaAdminClient, counts: dict[str, int]) -> list[tuple[str, str]]:
    """Each existing topic that has another partition count than `counts` says, and what to do about it."""
    linked = {t.name for t in LINKED} | {"tocsin-link-state-changelog"}
    wrong = []
    for description in admin.describe_topics(sorted(counts.keys() & set(admin.list_topics()))):
        name = description.get("name") or description.get("topic")
        found = len(description["partitions"])
        if found and found != counts[name]:
            setting = "TOCSIN_LINK_PARTITIONS" if name in linked else "TOCSIN_PARTITIONS"
            wrong.append(
                (
                    f"{name} has {found} partitions, the setting says {counts[name]}",
                    f"set {setting}={found} to go on as before, or see streams/README.md on changing the count",
                )
            )
    return wrong
