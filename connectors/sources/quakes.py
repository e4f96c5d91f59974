"""Earthquakes: the USGS GeoJSON summary feeds (https://earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from connectors.ingest.contract import Skippable
from connectors.sources.events import build_event, coordinates, number
from connectors.sources.markup import one_line
from connectors.sources.received import json_text
from connectors.sources.timestamps import parse_timestamp
from schemas.records import EventFigure, FeedEvent, Place, Publisher

URL = "https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/significant_day.geojson"
USGS = Publisher(domain="earthquake.usgs.gov", name="USGS")
PAGER = {"green": 1, "yellow": 3, "orange": 4, "red": 5}  # the alert level of its estimate of deaths and losses


def parse_quakes(raw: bytes, *, feed: str = "quakes", fetched_at: datetime) -> Iterator[FeedEvent | Skippable]:
    """Events of a summary feed, or of a single event's detail; an error for each that cannot be read. Never raises."""
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        yield Skippable(f"not GeoJSON: {error}", raw=raw, where=feed)
        return
    single = isinstance(document, dict) and document.get("type") == "Feature"
    features = [document] if single else document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        yield Skippable("not a GeoJSON feature collection: no list of features", raw=raw, where=feed)
        return
    for n, feature in enumerate(features, start=1):
        text = json_text(feature)
        try:
            yield _event(feature, text, feed, fetched_at)
        except Skippable as error:
            yield Skippable(error.reason, raw=text.encode(), where=f"{feed}, feature {n}")


def _event(feature: Any, raw: str, feed: str, fetched_at: datetime) -> FeedEvent:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or not isinstance(feature.get("id"), str) or not feature["id"]:
        raise Skippable("a feature needs an id and properties")
    lat, lon, depth = _point(feature.get("geometry"))
    started = parse_timestamp(properties.get("time"))
    magnitude = number(properties.get("mag"))
    place = one_line(str(properties.get("place") or ""))
    alert = str(properties.get("alert") or "").lower()
    figures = (
        ("magnitude", magnitude, str(properties.get("magType") or "")),
        ("depth", depth, "km"),
        ("intensity", number(properties.get("mmi")), "mmi"),
        ("felt", number(properties.get("felt")), "reports"),
    )
    return build_event(
        source=USGS,
        source_event_id=feature["id"],
        feed=feed,
        kind=str(properties.get("type") or "earthquake"),
        title=str(properties.get("title") or f"M {magnitude} - {place}"),
        text=_words(magnitude, place, started, depth, alert),
        place=Place(name=place, lat=lat, lon=lon, precision="unknown" if lat is None else "point"),
        started_at=started,
        updated_at=parse_timestamp(properties.get("updated")) or started,
        fetched_at=fetched_at,
        severity=PAGER.get(alert, 0),
        figures=tuple(EventFigure(what=w, value=v, unit=u) for w, v, u in figures if v is not None),
        url=str(properties.get("url") or ""),
        raw=raw,
    )


def _point(geometry: Any) -> tuple[float | None, float | None, float | None]:
    """Latitude, longitude in degrees and depth in kilometres of a GeoJSON point, whose order is lon, lat, depth."""
    values = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(values, list) or len(values) < 2:
        return None, None, None
    lat, lon = coordinates(values[1], values[0])
    return lat, lon, number(values[2]) if len(values) > 2 else None


def _words(magnitude: float | None, place: str, started: datetime | None, depth: float | None, alert: str) -> str:
    size = "An earthquake" if magnitude is None else f"An earthquake of magnitude {magnitude:g}"
    when = "" if started is None else f" at {started.astimezone(UTC):%H:%M} UTC on {started.day} {started:%B %Y}"
    deep = "" if depth is None else f", at a depth of {depth:g} km"
    level = f" Alert level: {alert}." if alert in PAGER else ""
    return f"{size} struck{f' {place}' if place else ''}{when}{deep}.{level}"
