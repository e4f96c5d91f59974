"""aiokafka's consumer, made to read messages with any header names; importing this also patches faust's."""

from collections.abc import Iterator
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

from schemas.transport.header_names import AnyNames

__all__ = ["AIOKafkaConsumer"]
WITH_HEADERS = 2  # the message format that brought them


class _Batch(AnyNames, _DefaultRecordBatchPy):  # type: ignore[misc]  # aiokafka's types are not ours
    """A batch whose header names may be of any bytes."""


class _SlowRecords(_MemoryRecordsPy):  # type: ignore[misc]
    """Batches read in Python, for those that the C code refuses; batches before the offset `first` are left out."""

    def __init__(self, raw: bytes, first: int) -> None:
        super().__init__(raw)
        while self._has_headers() and _Batch(self._next_slice).next_offset <= first:
            self._cache_next()

    def next_batch(self) -> Any:
        if not self._has_headers():
            return super().next_batch()
        found = self._next_slice
        self._cache_next()
        return _Batch(found)

    def _has_headers(self) -> bool:
        found = self._next_slice
        return found is not None and len(found) >= self.MIN_SLICE and found[self.MAGIC_OFFSET] >= WITH_HEADERS


class _Records:
    """Batches in C, and the bytes that they are read from."""

    def __init__(self, raw: bytes) -> None:
        self.raw, found = raw, MemoryRecords(raw)
        self.has_next, self.next_batch, self.size_in_bytes = found.has_next, found.next_batch, found.size_in_bytes


class _PartitionRecords(fetcher.PartitionRecords):  # type: ignore[misc]
    """Messages of one answer; continues in Python from the current offset when the C code cannot read one."""

    _records: Any

    def _unpack_records(self) -> Iterator[Any]:
        try:
            yield from super()._unpack_records()
        except UnicodeDecodeError:
            self._records = _SlowRecords(self._records.raw, self.next_fetch_offset)
            yield from super()._unpack_records()


fetcher.MemoryRecords, fetcher.PartitionRecords = _Records, _PartitionRecords  # the client has no other way in
