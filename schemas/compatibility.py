"""Checks, with Apache Avro's own checker, whether schemas can read each other's records, and names fields at fault.

The check is FULL: each reads what the other wrote (https://docs.confluent.io/platform/current/schema-registry/
fundamentals/schema-evolution.html#full-compatibility).
"""

import json
from functools import lru_cache
from typing import Any

import avro.errors
import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from schemas.errors import Stop


class UnreadableSchema(Stop, ValueError):
    """Text that is no Avro schema; the message says why."""


@lru_cache(maxsize=256)
def parse(text: str) -> avro.schema.Schema:
    """The schema that a text states. Raises UnreadableSchema."""
    try:
        return avro.schema.parse(text)
    except (avro.errors.AvroException, ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableSchema(f"no Avro schema: {error}") from error


def conflicts(one: str, other: str) -> list[str]:
    """Why records written by one schema cannot be read by the other, in either direction; empty when all can.

    Each reason names its field. Raises UnreadableSchema.
    """
    return _conflicts(one, other, "what the other wrote") + _conflicts(other, one, "what this wrote")


def _conflicts(reader: str, writer: str, what: str) -> list[str]:
    result = ReaderWriterCompatibilityChecker().get_compatibility(parse(reader), parse(writer))
    if result.compatibility is SchemaCompatibilityType.compatible:
        return []
    schema = json.loads(reader)
    fields = ", ".join(filter(None, sorted({_field(schema, location) for location in result.locations})))
    return [f"{what} cannot be read: field {fields or '(the whole)'}: {'; '.join(sorted(result.messages))}"]


def _field(node: Any, location: str) -> str:
    """The dotted name of the field at a location such as /fields/3/type/fields/0."""
    names = []
    for step in filter(None, location.split("/")):
        if isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            break
        if isinstance(node, dict) and "type" in node and "name" in node and node["type"] not in ("record", "enum"):
            names.append(str(node["name"]))
    return ".".join(names)
