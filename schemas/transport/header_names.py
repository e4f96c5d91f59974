"""Reads messages with header names that are not UTF-8.

Kafka accepts them from clients that write bytes, such as those in Go. The Python clients fail on the message: aiokafka
drops what it fetched before it, and both fetch it again without end, so one such message stops every reader of a topic.
"""

from typing import Any


class AnyNames:
    """Mixin for a client's class of record batches: bytes of a name that are not UTF-8 are written in hexadecimal."""

    _buffer: Any

    def _read_msg(self) -> Any:
        read = super()._read_msg  # type: ignore[misc]  # the client's
        try:
            return read()
        except UnicodeDecodeError:
            self._buffer = _Text(self._buffer)
            return read()


class _Text(bytes):
    """Bytes whose slices can always be decoded."""

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return _Text(found) if isinstance(found, bytes) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)
