"""Disaster alerts: the GDACS RSS feeds (https://www.gdacs.org/xml/rss.xml, described at gdacs.org/feed_reference.aspx).

Codes of `kind`: EQ earthquake, TC tropical cyclone, FL flood, VO volcano, WF wildfire, DR drought, TS tsunami.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException

from connectors.ingest.contract import Skippable
from connectors.sources.countries import from_alpha3, from_name
from connectors.sources.events import amount, build_event, coordinates, number
from connectors.sources.markup import one_line
from connectors.sources.received import xml_text
from connectors.sources.timestamps import parse_timestamp
from connectors.sources.xml_documents import read_xml
from schemas.records import EventFigure, FeedEvent, Place, Publisher

URL = "https://www.gdacs.org/xml/rss.xml"
PUBLISHER = Publisher(domain="gdacs.org", name="GDACS")
LEVELS = {"green": 1, "orange": 3, "red": 5}
MEASURES = {"EQ": "magnitude", "TC": "wind speed", "WF": "burnt area", "DR": "affected area"}
NAMESPACES = {
    "gdacs": "http://www.gdacs.org",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "georss": "http://www.georss.org/georss",
}
_DEPTH = re.compile(r"Depth:\s*([\d.]+)\s*km", re.IGNORECASE)


def parse_disasters(raw: bytes, *, feed: str = "disasters", fetched_at: datetime) -> Iterator[FeedEvent | Skippable]:
    """Events of a feed; an error for each item that cannot be read. Entity tricks are refused. Never raises."""
    try:
        root = read_xml(raw)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        yield Skippable(f"not XML that may be read: {error!r}", raw=raw, where=feed)
        return
    if root.tag != "rss":
        yield Skippable(f"not a GDACS feed: its root is {root.tag}, not rss", raw=raw, where=feed)
        return
    for n, item in enumerate(root.iterfind("./channel/item"), start=1):
        text = xml_text(item)
        try:
            yield _event(item, text, feed, fetched_at)
        except Skippable as error:
            yield Skippable(error.reason, raw=text.encode(), where=f"{feed}, item {n}")


def _event(item: Element, raw: str, feed: str, fetched_at: datetime) -> FeedEvent:
    kind = _text(item, "gdacs:eventtype")
    number_of = _text(item, "gdacs:eventid")
    started, ended = parse_timestamp(_text(item, "gdacs:fromdate")), parse_timestamp(_text(item, "gdacs:todate"))
    over = _text(item, "gdacs:iscurrent").lower() == "false"
    changed = parse_timestamp(_text(item, "gdacs:datemodified")) or parse_timestamp(_text(item, "pubDate"))
    return build_event(
        source=PUBLISHER,
        source_event_id=_text(item, "guid") or (f"{kind}{number_of}" if number_of else ""),
        feed=feed,
        kind=kind,
        title=_text(item, "title"),
        text=_text(item, "description"),
        place=_place(item),
        started_at=started,
        ended_at=ended if over else None,
        updated_at=changed,
        fetched_at=fetched_at,
        severity=LEVELS.get(_text(item, "gdacs:alertlevel").lower(), 0),
        figures=tuple(_figures(item, kind)),
        url=_text(item, "link"),
        raw=raw,
    )


def _place(item: Element) -> Place:
    lat, lon = coordinates(_text(item, "geo:Point/geo:lat"), _text(item, "geo:Point/geo:long"))
    if lat is None and len(pair := _text(item, "georss:point").split()) == 2:
        lat, lon = coordinates(*pair)
    name = one_line(_text(item, "gdacs:country"))
    country = from_alpha3(_text(item, "gdacs:iso3")) or from_name(name)  # none for several countries, or at sea
    return Place(name=name, country=country, lat=lat, lon=lon, precision="unknown" if lat is None else "point")


def _figures(item: Element, kind: str) -> Iterator[EventFigure]:
    severity = item.find("gdacs:severity", NAMESPACES)
    if severity is not None:
        value = amount(severity.get("value"))
        if value is not None:
            yield EventFigure(what=MEASURES.get(kind, "severity"), value=value, unit=severity.get("unit") or "")
        if (found := _DEPTH.search(severity.text or "")) and (depth := number(found[1])) is not None:
            yield EventFigure(what="depth", value=depth, unit="km")
    people = item.find("gdacs:population", NAMESPACES)
    if people is not None and (value := amount(people.get("value"))) is not None:
        # The unit says who was counted, such as `Population in 100km`: people near it, not people harmed.
        yield EventFigure(what="exposed", value=value, unit=people.get("unit") or "")


def _text(item: Element, path: str) -> str:
    return (item.findtext(path, default="", namespaces=NAMESPACES) or "").strip()
