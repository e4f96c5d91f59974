"""kafka-python's clients as all of ours are: none leaves anything open, and header names may be of any bytes."""

from collections.abc import Iterable
from typing import Any

import kafka
import kafka.consumer.group
from kafka import TopicPartition
from kafka.coordinator.consumer import ConsumerCoordinator
from kafka.errors import KafkaTimeoutError, LeaderNotAvailableError
from kafka.future import Future
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

    def close(self, timeout: float | None = None, null_logger: bool = False) -> None:
        """Send what is left, for `timeout` seconds at most; the futures of what is left then fail.

        Version 3.0.12 would raise KafkaTimeoutError and leave its thread and sockets.
        """
        try:
            super().close(timeout, null_logger)
        except KafkaTimeoutError:
            self._sender.force_close()
            self._sender.join()
            super().close(timeout, null_logger)


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


class _Coordinator(ConsumerCoordinator):  # type: ignore[misc]  # kafka-python has no types
    """A membership that ends every joining that it began, also one that takes longer than a poll.

    Version 3.0.12 begins anew if the answer came between two polls. And it forgets the joining for good if only news of
    partitions called for it: at the broker's first answer it sees no reason to join any more, and reads nothing again.
    """

    _join_task: Any  # the library's own

    def need_rejoin(self) -> bool:
        """Whether the next poll joins, or goes on with joining."""
        return bool(super().need_rejoin() or self.rejoining)

    async def join_group_async(self, timeout_ms: float | None = None) -> bool:
        """Join, or take the answer that came since the last poll; False if it takes longer than this."""
        if (answered := self._join_task) is not None and answered.is_done:
            self._join_task = Future()
            deliver = self._join_task.failure if answered.failed() else self._join_task.success
            self._net.call_soon(lambda: deliver(answered.exception if answered.failed() else answered.value))
        return bool(await super().join_group_async(timeout_ms=timeout_ms))


memory_records.DefaultRecordBatch = _Batch  # the client has no other way in
kafka.consumer.group.ConsumerCoordinator = _Coordinator  # likewise
