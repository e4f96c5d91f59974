"""When messages entered Kafka, never earlier than the one before in their partition.

Tables keep the row of the latest moment. A broker's clock may be set back, and that of the next leader be behind: by
the brokers' times alone an incident's old version would then stand above its newer ones until the clock has caught up.
The latest moment goes with each commit, so that a loader that takes a partition over knows it.
"""

from contextlib import suppress
from typing import Any

from kafka import ConsumerRebalanceListener, TopicPartition


class Arrivals(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """The moments of what one consumer reads, in milliseconds since 1970; listens to what it is assigned."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._latest: dict[TopicPartition, int] = {}

    def at(self, place: TopicPartition, timestamp: int) -> int:
        """The moment of the next message of a partition that has this time of the broker. Raises KafkaError."""
        if place not in self._latest:
            self._latest[place] = self._committed(place)
        self._latest[place] = max(self._latest[place], timestamp, 0)
        return self._latest[place]

    def on_partitions_revoked(self, *_: Any) -> None:
        """Another may read on, and commit later moments."""
        self._latest.clear()

    def on_partitions_assigned(self, *_: Any) -> None:
        """What was read and not committed comes again."""
        self._latest.clear()

    def _committed(self, place: TopicPartition) -> int:
        """The moment that stands in the last commit; 0 where none does, as in those of earlier versions."""
        committed = self._consumer.committed(place, metadata=True)
        with suppress(AttributeError, TypeError, ValueError):  # the embedded broker has None where Kafka has nothing
            return int(committed.metadata)
        return 0
