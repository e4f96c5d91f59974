"""Compares Apache Avro's own codec with the fast one. Slow: for inspection only."""

import io
import struct
from collections.abc import Mapping

import avro.io
from avro.errors import AvroException

from schemas.codec import Codec, CodecError
from schemas.compatibility import parse
from schemas.contracts import contracts, latest

HEAD = 5  # bytes before the Avro body: a zero and the schema's id


class Reference:
    """Decodes with `avro` what `codec` decodes with fastavro; `ids` are those of the codec."""

    def __init__(self, codec: Codec, ids: Mapping[tuple[str, int], int] | None = None) -> None:
        self._codec = codec
        self._writers = {(ids or {}).get((c.topic, c.revision), c.schema_id): c for c in contracts()}

    def differences(self, value: bytes, topic: str) -> list[str]:
        """Fields that the two codecs read differently, or what only one of them can read; empty when they agree."""
        try:
            fast = self._codec.plain(self._codec.decode(value, topic))
        except CodecError as error:
            return [f"the fast codec cannot read it: {error}"]
        (number,) = struct.unpack_from(">I", value, 1)
        reader = avro.io.DatumReader(parse(self._writers[number].text), parse(latest()[topic].text))
        rest = io.BytesIO(value[HEAD:])
        try:
            slow = reader.read(avro.io.BinaryDecoder(rest))
        except (AvroException, ValueError, EOFError, IndexError) as error:
            return [f"avro cannot read it: {error!r}"]
        if left := rest.read():
            return [f"avro leaves {len(left)} bytes unread"]
        return sorted(name for name in fast.keys() | slow.keys() if fast.get(name) != slow.get(name))
