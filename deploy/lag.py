"""How far every consumer group is behind: what the brokers hold against what was committed."""

from dataclasses import dataclass

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.topics import ALL

GROUPS = {
    "tocsin-dedupe": ("news.article.v1",),
    "tocsin-classify": ("news.original.v1", "news.event.v1"),
    "tocsin-link": ("news.mention.v1", "news.correction.v1"),
    "tocsin-alert": ("news.incident.v1",),
    "tocsin-load": tuple(t.name for t in ALL),
}


@dataclass(frozen=True, slots=True)
class Lag:
    """Messages that a group has yet to commit on one topic."""

    group: str
    topic: str
    behind: int
    committed: int


class LagReader:
    """Reads lag from outside the groups, over one connection."""

    def __init__(self, bootstrap: str) -> None:
        servers = bootstrap.split(",")
        self._consumer = KafkaConsumer(
            bootstrap_servers=servers,
            group_id=None,
            enable_auto_commit=False,
            client_id="tocsin-lag",
            bootstrap_timeout_ms=5_000,
        )
        self._admin = KafkaAdminClient(bootstrap_servers=servers, client_id="tocsin-lag", bootstrap_timeout_ms=5_000)

    def ends(self) -> dict[TopicPartition, int]:
        """End offset of every partition of our topics that exist."""
        partitions = [
            TopicPartition(t.name, p) for t in ALL for p in sorted(self._consumer.partitions_for_topic(t.name) or ())
        ]
        return dict(self._consumer.end_offsets(partitions)) if partitions else {}

    def lags(self) -> list[Lag]:
        """Lag of each group on each topic that it reads; a group that never committed is behind by everything."""
        ends, found = self.ends(), []
        for group, topics in GROUPS.items():
            committed = self._committed(group)
            for topic in topics:
                partitions = [tp for tp in ends if tp.topic == topic]
                done = sum(committed.get(tp, 0) for tp in partitions)
                found.append(Lag(group, topic, sum(ends[tp] for tp in partitions) - done, done))
        return found

    def _committed(self, group: str) -> dict[TopicPartition, int]:
        try:
            offsets = self._admin.list_group_offsets([group])
        except KafkaError:
            return {}
        by_partition = offsets.get(group, offsets) if isinstance(offsets, dict) else {}
        return {tp: max(0, o.offset) for tp, o in by_partition.items() if hasattr(o, "offset")}

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()
        self._admin.close()
