"""The meaning of every field of a topic, and of every table, view and column of ClickHouse, from the contracts.

A column's meaning is looked up in the `.avsc` files by the way its name was made from a field's; only what the tables
add to the records (`produced_ms`, counts of views) is described in `codebook_tables.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from schemas.codebook_tables import ADDED, TABLES, Described
from schemas.contracts import contracts, latest

MS, SECONDS = "milliseconds since 1970", "whole seconds"
STRINGS = ("String", "Array(String)", "LowCardinality(String)")
# Candidate paths of a record's parts, by the first word of the columns that hold them; the first that exists counts.
PARTS = {
    "actor": ("actors.",),
    "also": ("also.",),
    "claim": ("claims.claim.", "claims.claim.quote.", "claims.source.", "claims.", "claims.quote."),
    "change": ("change.",),
    "evidence": ("evidence.",),
    "figure": ("figures.",),
    "note": ("notes.",),
    "place": ("place.",),
    "quote": ("quote.",),
    "time": ("time.",),
}
RENAMED = {
    "domain": "source.domain",
    "publisher": "source.name",
    "country": "place.country",
    "admin1": "place.admin1",
    "lat": "place.lat",
    "lon": "place.lon",
    "gazetteer_id": "place.gazetteer_id",
    "kafka_partition": "partition",
    "kafka_offset": "offset",
    "key_base64": "key",
    "value_base64": "value",
    "header_name": "headers",
    "header_value": "headers",
    "header_base64": "headers",
    "field_name": "fields",
    "field_value": "fields",
    "part_name": "parts",
    "part_score": "parts",
    "change_part_name": "change.parts",
    "change_part_score": "change.parts",
    "mention_id": "mention_ids",
    "incident_version": "incident.version",
    "started_ms": "started_at",
    "ended_ms": "ended_at",
}
UNITS = {"lat": "degrees", "lon": "degrees", "latency_seconds": "s", "interval_seconds": "s", "lag_seconds": "s"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the codebook: a field of a topic, or a column of a table or view; of the whole where `field` is ''.

    `since`: the revision of the topic's contract that brought it; 0 for what only the tables have.
    """

    kind: str
    name: str
    field: str
    type: str
    unit: str
    values: tuple[str, ...]
    meaning: str
    since: int


@cache
def fields(topic: str) -> dict[str, Entry]:
    """Every field of a topic's newest revision by its path, such as `place.lat`."""
    first: dict[str, int] = {}
    for contract in contracts():
        if contract.topic == topic:
            for path, _ in _walk(contract.schema, "", {}):
                first.setdefault(path, contract.revision)
    return {
        path: Entry(
            *("topic", topic, path, _type(f["type"]), _unit(path, f)),
            *(tuple(f.get("values", ())), f["doc"], first[path]),
        )
        for path, f in _walk(latest()[topic].schema, "", {})
    }


def column(table: str, column_name: str, kind: str = "") -> Entry:
    """The meaning of a column of a table or view; `kind`: its ClickHouse type. Raises KeyError where none is known."""
    described, name = TABLES[table], column_name.rpartition(".")[2]  # old servers name columns of joins `s.story_id`
    base = Entry("view" if described.is_view else "table", table, column_name, kind, UNITS.get(name, ""), (), "", 0)
    own = described.columns.get(name) or (None if _field(described, name) else ADDED.get(name))
    if own:
        return replace(base, meaning=own)
    field = _field(described, name)
    if field is None:
        raise KeyError(f"{table}.{name} is no field of {described.topic}; describe it in schemas/codebook_tables.py")
    meaning, unit = field.meaning, field.unit
    if kind.endswith(("DateTime('UTC')", "DateTime('UTC'))")):
        meaning, unit = meaning.replace(MS, SECONDS), "UTC"
    if kind in STRINGS:
        meaning = meaning.replace("null when", "empty when").replace("null for", "empty for")
    return replace(base, unit=unit or base.unit, values=field.values, meaning=meaning, since=field.since)


def topic_entries() -> list[Entry]:
    """Every topic and its fields."""
    found = []
    for topic, contract in latest().items():
        found.append(Entry("topic", topic, "", contract.schema["name"], "", (), contract.schema["doc"], 1))
        found += fields(topic).values()
    return found


def table_entries(columns: Mapping[str, Sequence[tuple[str, str]]]) -> list[Entry]:
    """Entries for the tables and views in `columns` (name and ClickHouse type of each column) and for those columns."""
    found = []
    for table, described in TABLES.items():
        if table in columns:
            kind = "view" if described.is_view else "table"
            found.append(Entry(kind, table, "", "", "", (), described.meaning, 0))
            for name, type_ in columns[table]:
                with suppress(KeyError):  # an operator's own column
                    found.append(column(table, name, type_))
    return found


def comment(entry: Entry) -> str:
    """An entry as one comment: meaning, allowed values, unit."""
    values = f" One of: {', '.join(v or chr(39) * 2 for v in entry.values)}." if entry.values else ""
    return f"{entry.meaning}{values}" + (f" Unit: {entry.unit}." if entry.unit not in {"", "UTC"} else "")


def page() -> str:
    """The text of CODEBOOK.md."""
    lines = [
        "# Codebook",
        "",
        "Generated by `make generate` from the .avsc files; do not edit. The table `codebook` of ClickHouse holds the",
        "same, with every column; `DESCRIBE TABLE incidents` shows it beside the columns. All times are UTC.",
        "`since`: the revision of the contract that brought the field.",
        "",
        "## Tables and views",
        "",
        "| name | kind | topic | what it holds |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {'view' if d.is_view else 'table'} | {d.topic} | {_cell(d.meaning)} |"
        for name, d in sorted(TABLES.items(), key=lambda item: (not item[1].is_view, item[0]))
    ]
    for topic, contract in latest().items():
        lines += ["", f"## {topic}", "", contract.schema["doc"], ""]
        lines += ["| field | type | unit | values | meaning | since |", "|---|---|---|---|---|---|"]
        lines += [
            f"| {e.field} | {e.type} | {e.unit} | {', '.join(v or chr(34) * 2 for v in e.values)} "
            f"| {_cell(e.meaning)} | {e.since} |"
            for e in fields(topic).values()
        ]
    return "\n".join(lines) + "\n"


def _field(described: Described, name: str) -> Entry | None:
    """The field that a column was made from."""
    known = fields(described.topic) if described.topic else {}
    for candidate in _paths(name, described.part):
        for root in ("", "article.", "incident."):
            if root + candidate in known:
                return known[root + candidate]
    return None


def _paths(name: str, part: str) -> Iterator[str]:
    """Paths that a column's name may stand for, the likeliest first; `part`: whose elements are the view's rows."""
    if part:
        yield from _paths(f"{part}_{name}", "")
        for inner in PARTS[part]:
            yield inner + RENAMED.get(name, name)
    yield name
    if name in RENAMED:
        yield RENAMED[name]
    short = name.removesuffix("_ms")
    first, _, rest = short.partition("_")
    for inner in PARTS.get(first, ()):
        yield inner + rest
        yield inner + {"quote_start": "quote.start", "quote_end": "quote.end", "publisher": "name"}.get(rest, rest)


def _walk(node: Any, path: str, named: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field below a schema with its path; named types are followed where they are used again."""
    if isinstance(node, list):
        for branch in node:
            yield from _walk(branch, path, named)
    elif isinstance(node, str):
        if node in named:
            yield from _walk(named[node], path, named)
    elif node["type"] == "record":
        named[f"{node.get('namespace', 'tocsin')}.{node['name']}"] = node
        for f in node["fields"]:
            below = f"{path}.{f['name']}" if path else f["name"]
            yield below, f
            yield from _walk(f["type"], below, named)
    elif node["type"] in {"array", "map"}:
        yield from _walk(node["items"] if node["type"] == "array" else node["values"], path, named)


def _type(node: Any) -> str:
    if isinstance(node, list):
        return " or ".join(_type(branch) for branch in node)
    if isinstance(node, str):
        return node.rsplit(".", 1)[-1]
    if node["type"] in {"array", "map"}:
        return f"{node['type']} of {_type(node.get('items', node.get('values')))}"
    return str(node.get("logicalType") or node.get("name") or _type(node["type"]))


def _unit(path: str, field: dict[str, Any]) -> str:
    if "timestamp-millis" in str(field["type"]) and "fields" not in str(field["type"]):
        return "ms since 1970, UTC"
    if "minimum" in field and "maximum" in field:
        return f"{field['minimum']} to {field['maximum']}"
    return UNITS.get(path.rsplit(".", 1)[-1], "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
