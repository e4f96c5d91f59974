"""Events of any CSV, JSON lines or JSON, by a mapping that a person writes once; the README shows one in full.

It is TOML: `format` (csv, jsonl, json), `items` (json only: path of the list),
`source` and `name` of who publishes it, a table `fields` from fields of the event to columns or paths, a table
`figures` from what is counted to columns or paths, and a table `kinds` from the source's kinds to Tocsin's types.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from connectors.ingest.contract import Fatal, Skippable
from connectors.sources.article import language
from connectors.sources.countries import from_name, from_number
from connectors.sources.events import amount, build_event, coordinates, number
from connectors.sources.markup import one_line
from connectors.sources.received import json_text
from connectors.sources.tables import load_json, read_objects, read_rows
from connectors.sources.timestamps import parse_timestamp
from schemas.records import EventFigure, FeedEvent, Place, Publisher

FORMATS = ("csv", "jsonl", "json")
FIELDS = (
    *("id", "kind", "title", "text", "place", "country", "admin1", "lat", "lon", "started_at", "ended_at"),
    *("updated_at", "severity", "url", "lang"),
)
TABLES = ("fields", "figures", "kinds")
PLAIN = ("format", "items", "source", "name")
LARGEST_DOCUMENT = 50_000_000  # bytes of a JSON document, which is read as a whole


@dataclass(frozen=True, slots=True)
class Mapping:
    """Maps fields of the event to paths in a source's records: names joined by dots, list indices from 0."""

    format: str
    items: str
    source: Publisher
    fields: dict[str, str]
    figures: dict[str, str]
    kinds: dict[str, str]


def read_mapping(text: str, *, where: str) -> Mapping:
    """A mapping out of TOML. Raises Fatal naming what is wrong with it."""
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Fatal(f"{where} is not TOML: {error}") from error
    faults = [f"unknown {key}" for key in plain if key not in (*PLAIN, *TABLES)]
    tables = {name: plain.get(name, {}) for name in TABLES}
    for name, table in tables.items():
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise Fatal(f'{where}: [{name}] must be lines of name = "text"')
    unknown = [name for name in tables["fields"] if name not in FIELDS]
    faults += [f"unknown field {name}; there are {', '.join(FIELDS)}" for name in unknown]
    faults += [f"no field {name}" for name in ("id", "kind") if name not in tables["fields"]]
    faults += [f"{key} must be a text" for key in PLAIN if not isinstance(plain.get(key, ""), str)]
    if plain.get("format") not in FORMATS:
        faults.append(f"format must be one of {', '.join(FORMATS)}")
    if not plain.get("source"):
        faults.append("source, the publisher's domain, is needed: ids are made of it")
    if faults:
        raise Fatal(f"{where}: {'; '.join(faults)}")
    return Mapping(
        format=plain["format"],
        items=plain.get("items", ""),
        source=Publisher(domain=plain["source"].lower(), name=plain.get("name", "")),
        **tables,
    )


def parse_mapped(
    stream: BinaryIO, mapping: Mapping, *, where: str, feed: str, fetched_at: datetime
) -> Iterator[FeedEvent | Skippable]:
    """Events in their order; an error for each record that cannot be read. Never raises for what it holds."""
    for read in _records(stream, mapping, where):
        if isinstance(read, Skippable):
            yield read
            continue
        spot, record = read
        try:
            yield _event(record, mapping, feed, fetched_at)
        except Skippable as error:
            yield Skippable(error.reason, raw=json_text(record).encode(), where=spot)


def _records(stream: BinaryIO, mapping: Mapping, where: str) -> Iterator[tuple[str, object] | Skippable]:
    if mapping.format == "csv":
        yield from read_rows(stream, where=where)
    elif mapping.format == "jsonl":
        yield from read_objects(stream, where=where)
    else:
        raw = stream.read(LARGEST_DOCUMENT + 1)
        if len(raw) > LARGEST_DOCUMENT:
            yield Skippable(f"larger than {LARGEST_DOCUMENT} bytes; use JSON lines", where=where)
            return
        document = load_json(raw, where=where)
        items = document if isinstance(document, Skippable) else _at(document, mapping.items)
        if isinstance(items, Skippable):
            yield items
        elif not isinstance(items, list):
            yield Skippable(f"no list at {mapping.items or 'the top'} of the document", raw=raw, where=where)
        else:
            yield from ((f"{where}, item {n}", item) for n, item in enumerate(items, start=1))


def _event(record: object, mapping: Mapping, feed: str, fetched_at: datetime) -> FeedEvent:
    if not isinstance(record, dict):
        raise Skippable(f"an object is needed, not a {type(record).__name__}")
    found = {name: _at(record, path) for name, path in mapping.fields.items()}
    texts = {name: _text(value) for name, value in found.items()}
    kind = texts.get("kind", "")
    lat, lon = coordinates(found.get("lat"), found.get("lon"))
    started = parse_timestamp(found.get("started_at"))
    country = texts.get("country", "")
    figures = ((what, amount(_at(record, path))) for what, path in mapping.figures.items())
    return build_event(
        source=mapping.source,
        source_event_id=texts.get("id", ""),
        feed=feed,
        kind=mapping.kinds.get(kind, kind),
        title=texts.get("title", "") or kind,
        text=texts.get("text", ""),
        place=Place(
            name=one_line(texts.get("place", "")),
            country=from_name(country) or from_number(country),
            admin1=one_line(texts.get("admin1", "")) or None,
            lat=lat,
            lon=lon,
            precision="unknown" if lat is None else "point",
        ),
        started_at=started,
        ended_at=parse_timestamp(found.get("ended_at")),
        updated_at=parse_timestamp(found.get("updated_at")) or started,
        fetched_at=fetched_at,
        severity=min(5, max(0, int(number(found.get("severity")) or 0))),
        figures=tuple(EventFigure(what=what, value=value) for what, value in figures if value is not None),
        url=texts.get("url", ""),
        raw=json_text(record),
        lang=language(texts.get("lang")) or "en",
    )


def _at(value: Any, path: str) -> Any:
    """The value at a path; None where there is none. A name that contains the dots itself wins."""
    if not path:
        return value
    if isinstance(value, dict) and path in value:
        return value[path]
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and len(step) < 6 and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, dict | list) else json.dumps(value)
