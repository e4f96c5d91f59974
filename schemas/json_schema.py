"""JSON Schemas of the records as `tocsin tail`, the HTTP answers and `schemas.codec.to_json` write them.

Draft 2020-12, made from the .avsc files: times are ISO 8601 in UTC, bytes base64. A field with a
default may be missing.
"""

import json
from typing import Any

from schemas.contracts import Contract

PRIMITIVES: dict[str, dict[str, Any]] = {
    "null": {"type": "null"},
    "string": {"type": "string"},
    "int": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "long": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "boolean": {"type": "boolean"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
}
HELD = {"values": "enum", "pattern": "pattern", "minimum": "minimum", "maximum": "maximum"}


def text(contract: Contract) -> str:
    """The JSON Schema of a topic's records."""
    definitions: dict[str, Any] = {}
    root = _of(contract.schema, definitions)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": contract.topic, **root}
    return json.dumps(schema | {"$defs": definitions}, indent=1, ensure_ascii=False) + "\n"


def _of(node: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if isinstance(node, list):
        return {"anyOf": [_of(branch, definitions) for branch in node]}
    if isinstance(node, str):
        return PRIMITIVES.get(node) or {"$ref": f"#/$defs/{node.rsplit('.', 1)[-1]}"}
    if node.get("logicalType") == "timestamp-millis":
        return {"type": "string", "format": "date-time"}
    if node["type"] == "array":
        return {"type": "array", "items": _of(node["items"], definitions)}
    if node["type"] == "map":
        return {"type": "object", "additionalProperties": _of(node["values"], definitions)}
    if node["type"] != "record":
        return _of(node["type"], definitions)
    definitions[node["name"]] = {
        "type": "object",
        "description": node["doc"],
        "properties": {f["name"]: _field(f, definitions) for f in node["fields"]},
        "required": [f["name"] for f in node["fields"] if "default" not in f],
        "additionalProperties": False,
    }
    return {"$ref": f"#/$defs/{node['name']}"}


def _field(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    held = {word: field[name] for name, word in HELD.items() if name in field}
    kind = _of(field["type"], definitions)
    if held and "anyOf" in kind:
        kind = {"anyOf": [branch if branch == PRIMITIVES["null"] else branch | held for branch in kind["anyOf"]]}
        held = {}
    default = {"default": field["default"]} if "default" in field else {}
    return {**kind, **held, "description": field["doc"], **default}
