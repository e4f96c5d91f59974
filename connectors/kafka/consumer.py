"""kafka-python's consumer, made to read messages with any header names; all our consumers are of this class."""

from collections.abc import Iterable
from typing import Any

import kafka
from kafka import TopicPartition
from kafka.errors import LeaderNotAvailableError
from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch

from schemas.transport.header_names import AnyNames


class KafkaConsumer(kafka.KafkaConsumer):  # type: ignore[misc]  # kafka-python has no types
    """Raises KafkaError where version 3.0.12 raises KeyError: a restarted broker knows only some partitions."""

    def end_offsets(self, partitions: Iterable[TopicPartition], **options: Any) -> dict[TopicPartition, int]:
        """Offsets after the newest messages. Raises KafkaError."""
        try:
            return dict(super().end_offsets(partitions, **options))
        except KeyError as error:
            raise _unknown(error) from error

    def beginning_offsets(self, partitions: Iterable[TopicPartition], **options: Any) -> dict[TopicPartition, int]:
        """Offsets of the oldest messages. Raises KafkaError."""
        try:
            return dict(super().beginning_offsets(partitions, **options))
        except KeyError as error:
            raise _unknown(error) from error


def _unknown(error: KeyError) -> LeaderNotAvailableError:
    return LeaderNotAvailableError(f"no broker answers for {error}")


class _Batch(AnyNames, DefaultRecordBatch):  # type: ignore[misc]  # kafka-python has no types
    """A batch whose header names may be of any bytes."""


memory_records.DefaultRecordBatch = _Batch  # the client has no other way in
