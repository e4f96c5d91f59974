"""Parses pushed JSON into records; `openapi.json` describes it."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from connectors.ingest.contract import Skippable
from connectors.push.intake import Pushed
from connectors.sources.article import host_of, language
from connectors.sources.countries import from_name, from_number
from connectors.sources.documents import from_object
from connectors.sources.events import amount, build_event, coordinates, number
from connectors.sources.markup import one_line
from connectors.sources.received import json_text, text_of
from connectors.sources.tables import load_json, read_objects
from connectors.sources.timestamps import parse_timestamp
from schemas.records import EventFigure, FeedEvent, Place, Publisher

FEED = "push"
LINES = ("application/x-ndjson", "application/jsonl")
FIELDS = (
    *("id", "source", "source_name", "kind", "title", "text", "lang", "place", "started_at", "ended_at"),
    *("updated_at", "severity", "figures", "url"),
)
Read = Callable[[object, str, datetime], Pushed | Skippable]


def objects(body: bytes, content_type: str) -> Iterator[object | Skippable]:
    """Values of a request: of a JSON object, list, or lines."""
    if content_type in LINES:
        yield from (o if isinstance(o, Skippable) else o[1] for o in read_objects(BytesIO(body), where=""))
        return
    value = load_json(body, where="")
    if isinstance(value, list):
        yield from value
    else:
        yield value


def article(value: object, where: str, at: datetime) -> Pushed | Skippable:
    """The article that was pushed."""
    return from_object(value, where=where, feed=FEED, fetched_at=at)


def event(value: object, where: str, at: datetime) -> Pushed | Skippable:
    """The feed event that was pushed; an error says which field is wrong."""
    try:
        return _event(value, at)
    except Skippable as error:
        return Skippable(error.reason, where=where)


def _event(value: object, at: datetime) -> FeedEvent:
    if not isinstance(value, dict):
        raise Skippable(f"an object is needed, not a {type(value).__name__}")
    texts = ("id", "source", "source_name", "kind", "title", "text", "lang", "url")
    said = {name: text_of(value, name) for name in texts}
    if not said["source"]:
        raise Skippable("source, the publisher's domain, is needed: ids are made of it")
    grade = number(value.get("severity", 0))
    if grade is None or not 0 <= grade <= 5:
        raise Skippable("severity must be a number from 0 to 5")
    return build_event(
        source=Publisher(domain=said["source"].lower(), name=one_line(said["source_name"])),
        source_event_id=said["id"],
        feed=FEED,
        kind=said["kind"],
        title=said["title"] or said["kind"],
        text=said["text"],
        lang=language(said["lang"]) or "en",
        place=_place(value.get("place")),
        started_at=_moment(value, "started_at"),
        ended_at=_moment(value, "ended_at"),
        updated_at=_moment(value, "updated_at") or _moment(value, "started_at"),
        fetched_at=at,
        severity=int(grade),
        figures=tuple(_figures(value.get("figures"))),
        url=said["url"] if host_of(said["url"]) else "",
        raw=json_text(value),
    )


def _place(value: object) -> Place | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Skippable("place must be an object")
    lat, lon = coordinates(value.get("lat"), value.get("lon"))
    if lat is None and (value.get("lat"), value.get("lon")) != (None, None):
        raise Skippable("place.lat and place.lon must both be degrees on the globe")
    country = text_of(value, "country")
    return Place(
        name=one_line(text_of(value, "name")),
        country=from_name(country) or from_number(country),
        admin1=one_line(text_of(value, "admin1")) or None,
        lat=lat,
        lon=lon,
        precision="unknown" if lat is None else "point",
    )


def _figures(value: object) -> Iterator[EventFigure]:
    if value is None:
        return
    if not isinstance(value, list):
        raise Skippable("figures must be a list")
    for figure in value:
        counted = amount(figure.get("value")) if isinstance(figure, dict) else None
        if counted is None or not text_of(figure, "what"):
            raise Skippable("a figure needs `what`, a text, and `value`, a number")
        yield EventFigure(what=text_of(figure, "what"), value=counted, unit=text_of(figure, "unit"))


def _moment(value: dict[str, Any], name: str) -> datetime | None:
    said = value.get(name)
    found = parse_timestamp(said)
    if said is not None and found is None:
        raise Skippable(f"{name} must be a time such as 2024-01-31T08:00:00Z, not {json.dumps(said)[:60]}")
    return found
