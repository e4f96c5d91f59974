"""Creates what the parts need: topics, schemas in a registry, ClickHouse tables. Idempotent."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from connectors.kafka.clients import KafkaAdminClient
from connectors.kafka.reasons import listening
from deploy.actions.topic_settings import CHANGELOGS, RETENTION, keep_as_set, kept_otherwise, topic_configs
from schemas.errors import Stop
from schemas.topics import ALL, MEMORIES, changelog
from schemas.transport.brokers import client_options, shown
from streams.settings import Settings
from streams.stages import STAGES

log = logging.getLogger("tocsin")
# A stage's inputs and the changelog of its state have the same partition count, so that keys match.
READ_FIRST_BY = {t.name: t.consumers[0] for t in ALL} | {changelog(stage): stage for stage in STAGES}
KNOWN_SECONDS = 30.0  # within which a broker tells of a topic that it has made
LEAST_SAFE = 3  # replicas: one may be away while the others confirm


@dataclass(frozen=True, slots=True)
class TopicReport:
    """Topics found and created, and those among the found whose retention was changed."""

    created: tuple[str, ...]
    existing: tuple[str, ...]
    kept_anew: tuple[str, ...] = ()


def connect(bootstrap: str, *, patience: float = 30.0) -> KafkaAdminClient:
    """An admin client. Raises Stop when no broker answers within `patience` seconds."""
    end = time.monotonic() + patience
    with listening() as reason:
        while True:
            try:
                return KafkaAdminClient(
                    **client_options(bootstrap), client_id="tocsin-setup", bootstrap_timeout_ms=3_000
                )
            except KafkaError as error:
                if time.monotonic() > end:
                    raise Stop(
                        f"no Kafka broker answers at {shown(bootstrap)} ({reason.text or repr(error)}); "
                        "is it running, is TOCSIN_KAFKA right, with user and password?"
                    ) from error
                time.sleep(0.3)


def create_topics(settings: Settings) -> TopicReport:
    """Create the topics that are missing, and let all keep messages as long as the settings say.

    Raises Stop when an existing one has another partition count, or the broker refuses to change an existing one.
    """
    configs = topic_configs(settings)
    admin = connect(settings.kafka)
    try:
        existing = set(admin.list_topics())
        replicas = settings.replication or wanted_replicas(admin)
        created = []
        for name, config in configs.items():
            if name in existing:
                continue
            count = settings.partitions_of(READ_FIRST_BY[name]) if name in READ_FIRST_BY else 1
            safe = config | ({"min.insync.replicas": str(replicas - 1)} if replicas >= LEAST_SAFE else {})
            topic = NewTopic(name, num_partitions=count, replication_factor=replicas, topic_configs=safe)
            try:
                admin.create_topics([topic])
                created.append(name)
            except TopicAlreadyExistsError:
                existing.add(name)
        _wait_until_known(admin, set(created))
        if wrong := wrong_counts(admin, settings):
            raise Stop("; ".join(f"{found}: {cure}" for found, cure in wrong))
        anew = keep_as_set(admin, settings)
    finally:
        admin.close()
    return TopicReport(tuple(created), tuple(name for name in configs if name not in created), tuple(anew))


def _wait_until_known(admin: KafkaAdminClient, created: set[str]) -> None:
    """Wait until the broker tells of the topics that it has made. Raises Stop after KNOWN_SECONDS."""
    end = time.monotonic() + KNOWN_SECONDS
    while True:
        told = admin.describe_topics(sorted(created & set(admin.list_topics())))
        unknown = created - {d.get("name") or d.get("topic") for d in told if d["partitions"]}
        if not unknown:
            return
        if time.monotonic() > end:
            raise Stop(f"the broker has made {', '.join(sorted(unknown))}, but does not tell of them: look at its log")
        time.sleep(0.1)


def wanted_replicas(admin: KafkaAdminClient) -> int:
    """The replication for this many brokers: three, or one on each where there are fewer."""
    return min(LEAST_SAFE, max(1, len(admin.describe_cluster()["brokers"])))


def thin_topics(admin: KafkaAdminClient) -> list[tuple[str, str]]:
    """Each topic that the loss of one broker would stop or lose, with the cure; empty on a single broker."""
    wanted = wanted_replicas(admin)
    if wanted == 1:
        return []
    ours = sorted({t.name for t in (*ALL, *MEMORIES)} | set(CHANGELOGS))
    there = [name for name in ours if name in set(admin.list_topics())]
    thin = []
    for description in admin.describe_topics(there):
        name = description.get("name") or description.get("topic")
        fewest = min((len(_replicas(p)) for p in description["partitions"]), default=wanted)
        if fewest < wanted:
            thin.append(
                (f"{name} has {fewest} replicas, {wanted} would fit", "give it more: kafka-reassign-partitions.sh")
            )
    if wanted >= LEAST_SAFE:
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in there]
        for name, found in admin.describe_configs(asked, config_filter="all").get("topic", {}).items():
            if int(found["min.insync.replicas"]["value"]) < wanted - 1:
                alter = (
                    f"--alter --entity-type topics --entity-name {name} --add-config min.insync.replicas={wanted - 1}"
                )
                words = f"{name} is confirmed by {found['min.insync.replicas']['value']} replica alone"
                thin.append((words, f"kafka-configs.sh --bootstrap-server ... {alter}"))
    return thin


def _replicas(partition: Mapping[str, Sequence[int]]) -> Sequence[int]:
    return partition["replica_nodes"]


def wrong_counts(admin: KafkaAdminClient, settings: Settings) -> list[tuple[str, str]]:
    """Each topic that has another partition count than the settings say, and what to do about it."""
    wrong = []
    for description in admin.describe_topics(sorted(READ_FIRST_BY.keys() & set(admin.list_topics()))):
        name = description.get("name") or description.get("topic")
        stage, found = READ_FIRST_BY[name], len(description["partitions"])
        if found and found != settings.partitions_of(stage):
            setting = f"TOCSIN_{stage.upper()}_PARTITIONS" if stage in ("dedupe", "link") else "TOCSIN_PARTITIONS"
            wrong.append(
                (
                    f"{name} has {found} partitions, the setting says {settings.partitions_of(stage)}",
                    f"set {setting}={found} to go on as before, or see streams/README.md on changing the count",
                )
            )
    return wrong


def wrong_settings(admin: KafkaAdminClient, settings: Settings) -> list[tuple[str, str]]:
    """Settings of existing topics that would lose messages or their order, each with the cure.

    How long messages are kept is wrong only where a setting says otherwise, as others may choose it at the broker.
    """
    there = set(admin.list_topics())
    wanted = {
        name: {key: value for key, value in config.items() if key not in RETENTION[1:] and "," not in value}
        for name, config in topic_configs(settings).items()
        if name in there
    }
    asked = [
        ConfigResource(ConfigResourceType.TOPIC, name)  # all of them: the embedded broker hangs up on a choice
        for name in sorted(wanted)
    ]
    wrong = []
    for name, found in admin.describe_configs(asked, config_filter="all").get("topic", {}).items():
        for key, value in wanted[name].items():
            has = found[key]["value"] if key in found else value
            if has != value and not (key == "max.message.bytes" and int(has) > int(value)):
                alter = f"--alter --entity-type topics --entity-name {name} --add-config {key}={value}"
                wrong.append((f"{name} has {key}={has}", f"kafka-configs.sh --bootstrap-server ... {alter}"))
    return wrong + [
        (f"{name} keeps messages for another time than the settings say", "tocsin setup")
        for name in kept_otherwise(admin, settings)
    ]
