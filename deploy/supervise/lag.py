"""The lag of every consumer group: the brokers' end offsets less the committed offsets."""

from collections.abc import Iterable
from dataclasses import dataclass

from kafka import TopicPartition
from kafka.errors import KafkaError

from connectors.kafka.clients import KafkaAdminClient, KafkaConsumer
from connectors.notify.announced import group_of
from schemas.topics import ALERT, ALL, group, read_by
from schemas.transport.brokers import client_options
from streams.stages import STAGES

GROUPS = {group(part): read_by(part) for part in (*STAGES, "load")}


@dataclass(frozen=True, slots=True)
class Lag:
    """Messages that a group has yet to commit on one topic, or on one partition of it."""

    group: str
    topic: str
    behind: int
    committed: int
    partition: int | None = None


def groups_of(targets: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """All groups with the topics that they read; `targets`: names of those that alerts are taken to."""
    return GROUPS | {group_of(target): (ALERT.name,) for target in targets}


class LagReader:
    """Reads lag from outside the groups, over one connection; `targets` as in `groups_of`."""

    def __init__(self, bootstrap: str, targets: Iterable[str] = ()) -> None:
        self._groups = groups_of(targets)
        options = client_options(bootstrap)
        self._consumer = KafkaConsumer(
            **options,
            group_id=None,
            enable_auto_commit=False,
            client_id="tocsin-lag",
            bootstrap_timeout_ms=5_000,
            request_timeout_ms=5_000,
            metadata_max_age_ms=2_000,  # kafka-python asks an old leader for offsets until its metadata are renewed
        )
        self._options = options
        try:
            self._admin = self._connected()
        except KafkaError:
            self._consumer.close()
            raise

    def _connected(self) -> KafkaAdminClient:
        return KafkaAdminClient(
            **self._options, client_id="tocsin-lag", bootstrap_timeout_ms=5_000, request_timeout_ms=5_000
        )

    def ends(self) -> dict[TopicPartition, int]:
        """End offset of every partition of our topics that exist."""
        partitions = [
            TopicPartition(t.name, p) for t in ALL for p in sorted(self._consumer.partitions_for_topic(t.name) or ())
        ]
        return dict(self._consumer.end_offsets(partitions)) if partitions else {}

    def lags(self) -> list[Lag]:
        """Lag of each group on each topic that it reads; a group that never committed is behind by everything."""
        return totals(self.places())

    def places(self) -> list[Lag]:
        """The same for each partition."""
        ends, found = self.ends(), []
        for name, topics in self._groups.items():
            committed = self._committed(name)
            for tp, end in ends.items():
                if tp.topic in topics:
                    done = committed.get(tp, 0)
                    found.append(Lag(name, tp.topic, end - done, done, tp.partition))
        return found

    def _committed(self, group: str) -> dict[TopicPartition, int]:
        try:
            offsets = self._admin.list_group_offsets([group])
        except KafkaError:  # there is none, or kafka-python asks a broker that no longer coordinates it
            anew = self._connected()  # while none answers, the old one stays to be asked again
            self._admin.close()
            self._admin = anew
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


def totals(places: Iterable[Lag]) -> list[Lag]:
    """Lag by group and topic, summed over the partitions."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for lag in places:
        behind, committed = sums.get((lag.group, lag.topic), (0, 0))
        sums[lag.group, lag.topic] = (behind + lag.behind, committed + lag.committed)
    return [Lag(group, topic, behind, committed) for (group, topic), (behind, committed) in sums.items()]
