"""How linking stores its state: as JSON, compressed. Entries from before they were compressed are still read."""

import base64
import zlib
from typing import Any

import orjson

LEVEL = 1  # the higher ones save little and take longer


def pack(value: Any) -> bytes:
    """A value as it is stored; records as their fields, bytes as base64.

    Never store what orjson gives: orjson 3.13 hands out its whole buffer, up to ten times the size of what is in it.
    """
    return zlib.compress(orjson.dumps(value, default=_plain), LEVEL)


def unpack(stored: bytes) -> Any:
    """The JSON value that was stored. Raises zlib.error or ValueError when it is not of ours."""
    return orjson.loads(stored if stored.startswith(b"{") else zlib.decompress(stored))


def _plain(value: Any) -> Any:
    """What JSON lacks: bytes as base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be stored")
