"""ReliefWeb's API, versions 1 and 2: disasters and reports (https://apidoc.reliefweb.int).

A disaster is a FeedEvent: `kind` is the code of its type (EQ, FL, TC, EP ...), its id is ReliefWeb's. A report is an
Article, for it is prose by an organisation, whose figures and sources are read like those of any other text.
Version 2 wants an `appname` that ReliefWeb has agreed to: https://apidoc.reliefweb.int/parameters#appname.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from connectors.ingest.contract import Skippable
from connectors.sources.article import build_article, host_of
from connectors.sources.countries import from_alpha3
from connectors.sources.events import build_event, coordinates
from connectors.sources.markup import html_to_text, one_line
from connectors.sources.received import json_text
from connectors.sources.timestamps import parse_timestamp
from schemas.records import Article, FeedEvent, Place, Publisher

URL = "https://api.reliefweb.int/v2/disasters?preset=latest&profile=full&limit=50&appname="
RELIEFWEB = Publisher(domain="reliefweb.int", name="ReliefWeb")
SEVERITIES = {"alert": 3, "current": 3, "ongoing": 3}  # its editors list what matters; past ones are history
MOST_SOURCES = 5  # names of a report's organisations


def parse_reliefweb(
    raw: bytes, *, feed: str = "reliefweb", fetched_at: datetime
) -> Iterator[FeedEvent | Article | Skippable]:
    """Disasters or reports of one answer of the API; an error for each that cannot be read. Never raises."""
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        yield Skippable(f"not JSON: {error}", raw=raw, where=feed)
        return
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, list):
        said = document.get("error") if isinstance(document, dict) else None
        why = f"it says: {json_text(said)[:300]}" if said else "there is no list `data`"
        yield Skippable(f"not an answer of ReliefWeb's API: {why}", raw=raw, where=feed)
        return
    for n, entry in enumerate(data, start=1):
        try:
            yield _record(entry, feed, fetched_at)
        except Skippable as error:
            yield Skippable(error.reason, raw=json_text(entry).encode(), where=f"{feed}, entry {n}")


def _record(entry: Any, feed: str, fetched_at: datetime) -> FeedEvent | Article:
    fields = _object(entry, "fields")
    if not fields:
        raise Skippable("an entry needs `fields`; ask with profile=full")
    if "title" in fields:
        return _report(fields, feed, fetched_at)
    return _disaster(entry, fields, feed, fetched_at)


def _disaster(entry: dict[str, Any], fields: dict[str, Any], feed: str, fetched_at: datetime) -> FeedEvent:
    dates = _object(fields, "date")
    kind = _object(fields, "primary_type") or next(iter(_objects(fields, "type")), {})
    country = _object(fields, "primary_country") or next(iter(_objects(fields, "country")), {})
    location = _object(country, "location")
    lat, lon = coordinates(location.get("lat"), location.get("lon"))
    status = _text(fields, "status").lower()
    return build_event(
        source=RELIEFWEB,
        source_event_id=str(entry.get("id") or ""),
        feed=feed,
        kind=_text(kind, "code") or _text(kind, "name"),
        title=_text(fields, "name"),
        text=html_to_text(_text(fields, "description")),
        place=Place(
            name=one_line(_text(country, "name")),
            country=from_alpha3(_text(country, "iso3")),
            lat=lat,
            lon=lon,
            precision="unknown" if lat is None else "country",
        ),
        started_at=parse_timestamp(dates.get("event")) or parse_timestamp(dates.get("created")),
        updated_at=parse_timestamp(dates.get("changed")) or parse_timestamp(dates.get("created")),
        fetched_at=fetched_at,
        severity=SEVERITIES.get(status, 0),
        url=_text(fields, "url_alias") or _text(fields, "url"),
        raw=json_text(entry),
    )


def _report(fields: dict[str, Any], feed: str, fetched_at: datetime) -> Article:
    dates = _object(fields, "date")
    organisations = _objects(fields, "source")
    names = [one_line(_text(o, "name")) for o in organisations[:MOST_SOURCES]]
    home = next((host for o in organisations if (host := host_of(_text(o, "homepage")))), RELIEFWEB.domain)
    return build_article(
        url=_text(fields, "url_alias") or _text(fields, "url"),
        title=_text(fields, "title"),
        body=html_to_text(_text(fields, "body-html") or _text(fields, "body")),
        published=parse_timestamp(dates.get("original")) or parse_timestamp(dates.get("created")),
        source=home,
        source_name=", ".join(filter(None, names)),
        lang=next((_text(x, "code") for x in _objects(fields, "language")), None),
        feed=feed,
        fetched_at=fetched_at,
    )


def _object(value: Any, name: str) -> dict[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _objects(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = value.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
