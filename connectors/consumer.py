"""kafka-python's consumer, which reads messages whatever their headers are called; all of ours are of this class."""

from kafka import KafkaConsumer
from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch

from schemas.header_names import AnyNames

__all__ = ["KafkaConsumer"]


class _Batch(AnyNames, DefaultRecordBatch):  # type: ignore[misc]  # kafka-python has no types
    """A batch whose header names may be of any bytes."""


memory_records.DefaultRecordBatch = _Batch  # the client has no other way in
