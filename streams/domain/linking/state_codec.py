"""Encodes linking's state: JSON, compressed where it is kept long and written once."""

import base64
import zlib
from typing import Any

import orjson

LEVEL = 1  # the higher ones save little and take longer


def pack(value: Any, *, compressed: bool) -> bytes:
    """A value as it is stored; records as their fields, bytes as base64. Compressing takes six times as long.

    The result of orjson is always copied: orjson 3.13 returns its whole buffer, up to ten times the size of the content.
    """
    plain = orjson.dumps(value, default=_plain)
    return zlib.compress(plain, LEVEL) if compressed else bytes(memoryview(plain))


def unpack(stored: bytes) -> Any:
    """The stored JSON value, compressed or not. Raises zlib.error or ValueError when it is not readable."""
    return orjson.loads(stored if stored.startswith(b"{") else zlib.decompress(stored))


def _plain(value: Any) -> Any:
    """Values that JSON lacks: bytes become base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be stored")
