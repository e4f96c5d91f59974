"""Records to bytes and back, in the Confluent wire format: 0x00, 4-byte big-endian schema id, Avro binary body.

https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
"""

import base64
import io
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import fastavro

from schemas import records
from schemas.contracts import Contract, contracts, latest
from schemas.errors import Quarantine
from schemas.rules import FieldRule, broken_rules, compile_rules
from schemas.topics import MAX_MESSAGE_BYTES

MAGIC = 0
_HEAD = struct.Struct(">bI")
Convert = Callable[[Any], Any]


class CodecError(Quarantine, ValueError):
    """A record that cannot be written, or bytes that cannot be read; the message says why. Quarantine it."""


class UnknownSchema(CodecError):
    """Bytes with a schema id that is not registered here."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is needed to read and write one topic's newest revision."""

    contract: Contract
    head: bytes
    parsed: Any
    rules: list[FieldRule]
    to_plain: Convert
    to_record: Convert


class Codec:
    """Encodes records with their topic's newest contract; decodes any revision into the newest record class.

    `ids` maps (topic, revision) to the id in a schema registry; without it the built-in ids hold.
    """

    def __init__(self, ids: Mapping[tuple[str, int], int] | None = None) -> None:
        self._writers: dict[int, tuple[str, Any]] = {}
        self._layouts: dict[str, _Layout] = {}
        for contract in contracts():
            number = (ids or {}).get((contract.topic, contract.revision), contract.schema_id)
            parsed = fastavro.parse_schema(contract.schema)
            self._writers[number] = (contract.topic, parsed)
            if contract is latest()[contract.topic]:
                converters = _of_record(contract.schema, {})
                rules = compile_rules(contract.schema)
                self._layouts[contract.topic] = _Layout(contract, _HEAD.pack(MAGIC, number), parsed, rules, *converters)
        self._topics = {cls: topic for topic, cls in records.TOPICS.items()}

    def topic(self, record: object) -> str:
        """The topic that carries records of this class."""
        return self._topics[type(record)]

    def plain(self, record: object) -> dict[str, Any]:
        """A record as the dictionary that Avro libraries write and read."""
        plain: dict[str, Any] = self._layouts[self.topic(record)].to_plain(record)
        return plain

    def encode(self, record: object) -> bytes:
        """Bytes of a record in the wire format. Raises CodecError when a field breaks its type or rule."""
        layout = self._layouts[self.topic(record)]
        buffer = io.BytesIO(layout.head)
        buffer.seek(len(layout.head))
        try:
            plain = layout.to_plain(record)
            _hold(plain, layout.rules)
            fastavro.schemaless_writer(buffer, layout.parsed, plain)
        except CodecError:
            raise
        except Exception as error:
            raise CodecError(f"{type(record).__name__} does not fit its contract: {error!r}") from error
        if buffer.tell() > MAX_MESSAGE_BYTES:
            raise CodecError(
                f"{type(record).__name__} takes {buffer.tell()} bytes, a message may have {MAX_MESSAGE_BYTES}"
            )
        return buffer.getvalue()

    def decode(self, raw: bytes | None, topic: str) -> Any:
        """The record in `raw` as the topic's newest class. Raises CodecError, UnknownSchema among them."""
        return self._layouts[topic].to_record(self.decode_plain(raw, topic))

    def decode_plain(self, raw: bytes | None, topic: str) -> dict[str, Any]:
        """The same as a dictionary of plain values, by field; records inside are dictionaries too."""
        if not raw or len(raw) < _HEAD.size or raw[0] != MAGIC:
            raise CodecError("not in the wire format 0x00, schema id, Avro body; produce with a registry serializer")
        number = _HEAD.unpack_from(raw)[1]
        if number not in self._writers:
            raise UnknownSchema(f"schema id {number} is not known here; register the schema, then run `tocsin setup`")
        home, writer = self._writers[number]
        if home != topic:
            raise CodecError(f"a record of {home} is in topic {topic}; fix its producer")
        layout, body = self._layouts[topic], io.BytesIO(raw)
        body.seek(_HEAD.size)
        try:
            plain: dict[str, Any] = fastavro.schemaless_reader(body, writer, layout.parsed)
            left = len(raw) - body.tell()
        except Exception as error:
            raise CodecError(f"the body does not fit schema {number} of {topic}: {error!r}") from error
        if left:
            raise CodecError(f"{left} bytes are left after the body; it was written with a schema other than {number}")
        _hold(plain, layout.rules)
        return plain


def _hold(plain: dict[str, Any], rules: list[FieldRule]) -> None:
    broken = list(broken_rules(plain, rules))
    if broken:
        raise CodecError("; ".join(broken[:5]))


def to_json(value: Any) -> Any:
    """A record as JSON values: times as ISO 8601 in UTC, bytes as base64, tuples as lists."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    if isinstance(value, dict):
        return {k: to_json(v) for k, v in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: to_json(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def from_json(plain: dict[str, Any], topic: str) -> Any:
    """The record that `to_json` wrote. Raises CodecError when a field is missing, unknown or of another type."""
    try:
        return _json_reader(topic)(plain)
    except CodecError:
        raise
    except Exception as error:
        raise CodecError(f"not a {latest()[topic].schema['name']}: {error!r}") from error


@cache
def _json_reader(topic: str) -> Convert:
    return _of_json(latest()[topic].schema, {})


def _of_json(node: Any, seen: dict[str, Convert]) -> Convert:
    """JSON value to record value of one Avro type."""
    if isinstance(node, list):
        back = _of_json(next(b for b in node if b != "null"), seen)
        return back if back is _same else lambda v: None if v is None else back(v)
    if isinstance(node, str):
        return base64.b64decode if node == "bytes" else seen.get(node, _same)
    if node["type"] == "record":
        return _record_of_json(node, seen)
    if node["type"] == "array":
        item = _of_json(node["items"], seen)
        return tuple if item is _same else lambda v: tuple([item(x) for x in v])
    if node["type"] == "map":
        value = _of_json(node["values"], seen)
        return dict if value is _same else lambda v: {k: value(x) for k, x in v.items()}
    return datetime.fromisoformat if node.get("logicalType") == "timestamp-millis" else _same


def _record_of_json(schema: dict[str, Any], seen: dict[str, Convert]) -> Convert:
    cls = getattr(records, schema["name"])
    defaults = {f["name"]: f["default"] for f in schema["fields"] if "default" in f}
    readers = {f["name"]: _of_json(f["type"], seen) for f in schema["fields"]}
    told = [(name, back) for name, back in readers.items() if back is not _same]

    def read(value: dict[str, Any]) -> Any:
        if value.keys() != readers.keys():
            if unknown := value.keys() - readers.keys():
                raise CodecError(f"{schema['name']} has no field {', '.join(sorted(unknown))}")
            value = defaults | value
            if missing := readers.keys() - value.keys():
                raise CodecError(f"the field {min(missing)} is missing")
        return cls(**value | {name: back(value[name]) for name, back in told})

    seen[f"{schema['namespace']}.{schema['name']}"] = read
    return read


def _same(value: Any) -> Any:
    return value


def _converters(node: Any, seen: dict[str, tuple[Convert, Convert]]) -> tuple[Convert, Convert]:
    """(record value to plain value, plain value to record value) of one Avro type."""
    if isinstance(node, list):
        to_plain, to_record = _converters(next(b for b in node if b != "null"), seen)
        if to_plain is _same:
            return _same, _same
        return (lambda v: None if v is None else to_plain(v)), (lambda v: None if v is None else to_record(v))
    if isinstance(node, str):
        return seen.get(node, (_same, _same))
    if node["type"] == "record":
        return _of_record(node, seen)
    if node["type"] == "array":
        to_plain, to_record = _converters(node["items"], seen)
        return (lambda v: [to_plain(x) for x in v]), (lambda v: tuple(to_record(x) for x in v))
    return _same, _same


def _of_record(schema: dict[str, Any], seen: dict[str, tuple[Convert, Convert]]) -> tuple[Convert, Convert]:
    cls = getattr(records, schema["name"])
    fields = [(f["name"], *_converters(f["type"], seen)) for f in schema["fields"]]

    def to_plain(record: Any) -> dict[str, Any]:
        return {name: there(getattr(record, name)) for name, there, _ in fields}

    def to_record(plain: dict[str, Any]) -> Any:
        return cls(**{name: back(plain[name]) for name, _, back in fields})

    seen[f"{schema['namespace']}.{schema['name']}"] = (to_plain, to_record)
    return to_plain, to_record
