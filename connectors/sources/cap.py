"""Public warnings: the Common Alerting Protocol 1.2 and 1.1 (https://docs.oasis-open.org/emergency/cap/v1.2/)."""

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connectors.ingest.contract import Skippable
from connectors.sources.article import language
from connectors.sources.charsets import plain_xml
from connectors.sources.countries import from_name, from_number
from connectors.sources.events import build_event, coordinates
from connectors.sources.markup import one_line
from connectors.sources.moments import read_moment
from schemas.records import FeedEvent, Place, Publisher

VERSIONS = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
SEVERITIES = {"Extreme": 5, "Severe": 4, "Moderate": 3, "Minor": 2}
AMERICAN, EUROPEAN = ("SAME", "UGC", "FIPS6"), ("EMMA_ID", "NUTS2", "NUTS3")  # systems of area codes
_WMO = re.compile(r"\b2\.49\.0\.\d\.(\d{1,3})\.")
TOLD = ("Alert", "Update", "Cancel")  # Ack and Error are talk between machines


def parse_alert(raw: bytes, *, feed: str = "cap", fetched_at: datetime) -> Iterator[FeedEvent | Skippable]:
    """The event of one alert message; none for exercises, tests and drafts. Never raises.

    An update or cancellation keeps the id of the message that it refers back to; a cancelled event has ended.
    """
    try:
        root = fromstring(plain_xml(raw))
        yield from _events(root, raw, feed, fetched_at)
    except Skippable as error:
        yield Skippable(error.reason, raw=raw, where=feed)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        yield Skippable(f"not XML that may be read: {error!r}", raw=raw, where=feed)


def _events(root: Element, raw: bytes, feed: str, fetched_at: datetime) -> Iterator[FeedEvent]:
    version = root.tag.removesuffix("}alert").removeprefix("{")
    if version not in VERSIONS:
        raise Skippable(f"not a CAP 1.1 or 1.2 alert: its root is {root.tag}")
    ns = {"c": version}
    message = _text(root, "c:msgType", ns)
    if _text(root, "c:status", ns) != "Actual" or message not in TOLD:
        return
    info = _info(root, ns)
    if info is None and message != "Cancel":
        raise Skippable("an alert without an info block says nothing")
    info = info if info is not None else Element("info")
    sent = read_moment(_text(root, "c:sent", ns))
    cancelled = message == "Cancel"
    ending = _parameter(info, "eventEndingTime", ns) or _text(info, "c:expires", ns)
    kind = _text(info, "c:event", ns) or "cancelled warning"
    text = "\n\n".join(t for t in (_text(info, "c:description", ns), _text(info, "c:instruction", ns)) if t)
    yield build_event(
        source=_publisher(root, info, ns),
        source_event_id=_first_message(root, ns),
        feed=feed,
        kind=kind,
        title=_text(info, "c:headline", ns) or kind,
        text=text,
        lang=language(_text(info, "c:language", ns)) or "en",
        place=_place(info, _country(root, info, ns), ns),
        started_at=read_moment(_text(info, "c:onset", ns)) or read_moment(_text(info, "c:effective", ns)) or sent,
        ended_at=sent if cancelled else read_moment(ending),
        updated_at=sent,
        fetched_at=fetched_at,
        severity=0 if cancelled else SEVERITIES.get(_text(info, "c:severity", ns), 0),
        url=_text(info, "c:web", ns),
        raw=raw.decode("utf-8", "replace"),
    )


def _info(root: Element, ns: dict[str, str]) -> Element | None:
    """The info block to read: the English one where there are several languages, else the first."""
    blocks = root.findall("c:info", ns)
    english = (b for b in blocks if _text(b, "c:language", ns).lower().startswith("en"))
    return next(english, blocks[0] if blocks else None)


def _first_message(root: Element, ns: dict[str, str]) -> str:
    """Identifier of the oldest message that this one refers to (`sender,identifier,sent` each), else its own."""
    triples = [t.split(",") for t in _text(root, "c:references", ns).split()]
    dated = [(when, t[1]) for t in triples if len(t) == 3 and (when := read_moment(t[2]))]
    return min(dated)[1] if dated else _text(root, "c:identifier", ns)


def _publisher(root: Element, info: Element, ns: dict[str, str]) -> Publisher:
    """The sender alone decides the domain, and so the id: a cancellation may have no info block."""
    sender = _text(root, "c:sender", ns).lower()
    return Publisher(domain=sender.rpartition("@")[2], name=one_line(_text(info, "c:senderName", ns)))


def _country(root: Element, info: Element, ns: dict[str, str]) -> str | None:
    """Country of the warning: in identifiers that WMO hands out (2.49.0.0.<ISO number>), or by its area codes."""
    if found := _WMO.search(_text(root, "c:identifier", ns)):
        return from_number(found[1])
    for code in info.iterfind("c:area/c:geocode", ns):
        name, value = _text(code, "c:valueName", ns).upper(), _text(code, "c:value", ns)
        if name in AMERICAN:
            return "US"
        if name in EUROPEAN and value[:2].isalpha():
            return "GB" if value[:2].upper() == "UK" else from_name(value[:2])
    return None


def _place(info: Element, country: str | None, ns: dict[str, str]) -> Place:
    """All areas by name; the middle of their outlines, which are `lat,lon` pairs or `lat,lon radius` circles."""
    names, lats, lons = [], [], []
    for area in info.iterfind("c:area", ns):
        names.append(one_line(_text(area, "c:areaDesc", ns)))
        for shape in (*area.iterfind("c:polygon", ns), *area.iterfind("c:circle", ns)):
            for pair in (shape.text or "").split():
                lat, lon = coordinates(*pair.split(",")) if pair.count(",") == 1 else (None, None)
                if lat is not None and lon is not None:
                    lats.append(lat)
                    lons.append(lon)
    if not lats:
        return Place(name="; ".join(filter(None, names)), country=country)
    middle = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    name = "; ".join(filter(None, names))
    return Place(name=name, country=country, lat=middle[0], lon=middle[1], precision="admin")


def _parameter(info: Element, name: str, ns: dict[str, str]) -> str:
    values = (p for p in info.iterfind("c:parameter", ns) if _text(p, "c:valueName", ns) == name)
    return next((_text(p, "c:value", ns) for p in values), "")


def _text(node: Element, path: str, ns: dict[str, str]) -> str:
    return (node.findtext(path, default="", namespaces=ns) or "").strip()
