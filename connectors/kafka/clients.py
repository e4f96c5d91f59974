"""kafka-python's clients as all of ours are: none leaves anything open, and header names may be of any bytes."""

from collections.abc import Iterable
from typing import Any

import kafka
from kafka import TopicPartition
from kafka.errors import LeaderNotAvailableError
from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch

from connectors.kafka.connections import Connections
from schemas.transport.header_names import AnyNames


class KafkaAdminClient(kafka.KafkaAdminClient):  # type: ignore[misc]  # kafka-python has no types
    """Makes and looks at topics and groups. Raises KafkaError."""

    DEFAULT_CONFIG = kafka.KafkaAdminClient.DEFAULT_CONFIG | {"kafka_client": Connections}


class KafkaProducer(kafka.KafkaProducer):  # type: ignore[misc]  # kafka-python has no types
    """Sends messages. Raises KafkaError."""

    DEFAULT_CONFIG = kafka.KafkaProducer.DEFAULT_CONFIG | {"kafka_client": Connections}


class KafkaConsumer(kafka.KafkaConsumer):  # type: ignore[misc]  # kafka-python has no types
    """Reads messages. Raises KafkaError.

    Also where version 3.0.12 raises KeyError: a restarted broker knows only some partitions.
    """

    DEFAULT_CONFIG = kafka.KafkaConsumer.DEFAULT_CONFIG | {"kafka_client": Connections}

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
