"""The contracts on disk: every topic's Avro schema, revision by revision.

A folder per topic holds `<revision>.avsc`; nothing else defines a record. Schema ids of the built-in registry are
the first 31 bits of the SHA-256 of the schema's JSON without documentation, so that they need no list to be kept.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Contract:
    """One revision of one topic's record."""

    topic: str
    revision: int
    text: str
    schema: dict[str, Any]
    schema_id: int

    @property
    def subject(self) -> str:
        """Name in a schema registry, by the topic name strategy."""
        return f"{self.topic}-value"

    def examples(self) -> list[Path]:
        """JSON files with one example record each, by name."""
        return sorted((FOLDER / self.topic / "examples").glob("*.json"))


def schema_id(schema: Any) -> int:
    """Stable id of a schema: a positive 31-bit integer that ignores documentation."""
    canonical = json.dumps(_without_docs(schema), sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(canonical.encode()).digest()[:4], "big") >> 1


def _without_docs(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: _without_docs(v) for k, v in node.items() if k != "doc"}
    if isinstance(node, list):
        return [_without_docs(v) for v in node]
    return node


@cache
def contracts() -> tuple[Contract, ...]:
    """Every revision of every topic, topics by name, revisions ascending."""
    found = []
    for path in FOLDER.glob("news.*/*.avsc"):
        text = path.read_text(encoding="utf-8")
        schema = json.loads(text)
        found.append(Contract(path.parent.name, int(path.stem), text, schema, schema_id(schema)))
    return tuple(sorted(found, key=lambda c: (c.topic, c.revision)))


@cache
def latest() -> dict[str, Contract]:
    """The newest revision of each topic, by topic."""
    return {c.topic: c for c in contracts()}
