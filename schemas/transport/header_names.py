"""Names of message headers that are no UTF-8: read all the same.

Kafka takes them from clients that write bytes, as those in Go do. The Python clients refuse the message: aiokafka drops
what it fetched before it, and both ask for it again for ever, so that one such message stops every reader of a topic.
"""

from typing import Any


class AnyNames:
    """Beside a client's class of record batches: what is no UTF-8 in a name is written out in hexadecimal."""

    _buffer: Any

    def _read_msg(self) -> Any:
        read = super()._read_msg  # type: ignore[misc]  # the client's
        try:
            return read()
        except UnicodeDecodeError:
            self._buffer = _Text(self._buffer)
            return read()


class _Text(bytes):
    """Bytes whose parts can always be decoded."""

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return _Text(found) if isinstance(found, bytes) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)
