"""One Faust app per stage: its own consumer group, its own process, its own lag."""

from collections.abc import Iterable, Mapping
from typing import Any

import faust
from faust.auth import SASLCredentials, SSLCredentials

from schemas.topics import group
from schemas.transport.brokers import Brokers, read_brokers
from streams.kafka.fence import FencedTransport
from streams.kafka.membership import HEARTBEAT_SECONDS, SESSION_SECONDS, Membership
from streams.kafka.recovery import OrderedTableManager
from streams.settings import Settings

# Seconds that a stage may work without fetching messages, for example while it builds a large state. Beyond them
# aiokafka leaves the group and joins again only at the next fetch, which faust never makes before it has joined.
LONGEST_WORK = 3600.0


class StateTable(faust.Table):  # type: ignore[misc]  # faust has no types
    """A table whose changelog the writer writes, so that an event is acknowledged only after its state is stored."""

    def fits(self, source_topics: Iterable[str]) -> None:
        """Raises PartitionsMismatch when the changelog has another partition count than the stage's input."""
        for topic in source_topics:
            self._verify_source_topic_partitions(topic)

    def change(self, entries: Mapping[bytes, bytes | None]) -> None:
        """Apply entries that the changelog holds; None deletes."""
        for key, value in entries.items():
            if value is None:
                self.data.pop(key, None)
            else:
                self.data[key] = value

    def _verify_source_topic_partitions(self, source_topic: str) -> None:
        """Compare the counts of partitions once both are known.

        A changelog that was just created has none yet in the consumer's metadata; faust-streaming 0.15.3 sees a
        mismatch and refuses every write until the metadata is read again, five minutes later.
        """
        if all(self.app.consumer.topic_partitions(name) for name in (source_topic, self.changelog_topic_name)):
            super()._verify_source_topic_partitions(source_topic)


def _credentials(brokers: Brokers) -> Any:
    """Faust's credentials for the broker; None where none are needed."""
    context = brokers.tls()
    if brokers.protocol.startswith("SASL"):
        return SASLCredentials(
            username=brokers.username, password=brokers.password, mechanism=brokers.mechanism, ssl_context=context
        )
    return SSLCredentials(context=context) if context else None


class StageApp(faust.App):  # type: ignore[misc]  # faust has no types
    """An app with a fence and a membership: it writes nothing after it may have lost its partitions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.membership = Membership()
        super().__init__(*args, **kwargs)

    def _new_transport(self) -> FencedTransport:
        return FencedTransport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> FencedTransport:
        return FencedTransport(self.conf.broker_producer, self)


def create_app(stage: str, settings: Settings) -> faust.App:
    """A Faust app for one stage, with raw bytes on the wire and local files under the data folder.

    The session time is the smallest that the embedded broker joins quickly with; at-least-once, as
    exactly_once has open defects in faust-streaming 0.15.3.
    """
    brokers = read_brokers(settings.kafka)
    folder = settings.data_dir.resolve() / "faust" / stage
    folder.mkdir(parents=True, exist_ok=True)
    return StageApp(
        group(stage),
        broker=[f"kafka://{server}" for server in brokers.servers],
        broker_credentials=_credentials(brokers),
        value_serializer="raw",
        key_serializer="raw",
        store="memory://",
        datadir=str(folder),
        topic_partitions=settings.partitions_of(stage),
        topic_replication_factor=max(1, settings.replication),  # for changelogs that `tocsin setup` has not created
        topic_disable_leader=True,
        topic_allow_declare=True,
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=HEARTBEAT_SECONDS,
        broker_max_poll_interval=LONGEST_WORK,
        broker_commit_interval=1.0,
        broker_commit_every=1_000,
        producer_max_request_size=5_000_000,
        producer_max_batch_size=settings.batch_bytes,
        producer_acks=-1,
        stream_wait_empty=False,
        web_enabled=False,
        autodiscover=False,
        Table=StateTable,
        TableManager=OrderedTableManager,
    )
