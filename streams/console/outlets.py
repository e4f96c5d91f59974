"""Active alerts for other programs: Atom (RFC 4287), GeoJSON (RFC 7946) and CAP 1.2 (OASIS)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from aiohttp import web
from lxml import etree

from schemas.codec import to_json
from schemas.records import Alert
from streams.console.board import Board
from streams.console.keys import BOARD
from streams.domain.ontology.types import ontology

MOST = 500  # alerts of one feed, the newest
OVER = ("merged", "retracted")
ATOM, GEORSS, CAP = (
    "http://www.w3.org/2005/Atom",
    "http://www.georss.org/georss",
    "urn:oasis:names:tc:emergency:cap:1.2",
)
SEVERITIES = ("Unknown", "Minor", "Minor", "Moderate", "Severe", "Extreme")
SENDER = "tocsin"
LONGEST_HEADLINE = 160  # what CAP advises
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def outlet_routes() -> list[web.RouteDef]:
    """Routes of the feeds."""
    return [
        web.get("/alerts.atom", _atom),
        web.get("/alerts.geojson", _geojson),
        web.get("/api/alerts/{id}/cap", _cap),
    ]


def standing(board: Board) -> list[Alert]:
    """Alerts that are neither merged nor retracted, the newest first."""
    found = [r.alert for r in board.alerts.values() if r.alert.reason not in OVER]
    return sorted(found, key=lambda a: (a.changed_at, a.alert_id), reverse=True)[:MOST]


async def _atom(request: web.Request) -> web.Response:
    body = atom(standing(request.app[BOARD]), _base(request))
    return web.Response(body=body, content_type="application/atom+xml", charset="utf-8")


async def _geojson(request: web.Request) -> web.Response:
    return web.json_response(geojson(standing(request.app[BOARD]), _base(request)), content_type="application/geo+json")


async def _cap(request: web.Request) -> web.Response:
    raised = request.app[BOARD].alerts.get(request.match_info["id"])
    if raised is None:
        return web.json_response({"error": "this alert is not held here (any more)"}, status=404)
    return web.Response(body=cap(raised.alert, _base(request)), content_type="application/cap+xml", charset="utf-8")


def _base(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


def atom(alerts: Iterable[Alert], base: str) -> bytes:
    """An Atom feed with an entry for each alert, which keeps its id over all revisions and links to its CAP message."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "georss": GEORSS})
    entries = list(alerts)
    _add(feed, ATOM, "id", f"{base}/alerts.atom")
    _add(feed, ATOM, "title", "Tocsin: alerts")
    updated = max((a.changed_at for a in entries), default=datetime(1970, 1, 1, tzinfo=UTC))
    _add(feed, ATOM, "updated", _moment(updated))
    etree.SubElement(_add(feed, ATOM, "author"), f"{{{ATOM}}}name").text = "Tocsin"
    _add(feed, ATOM, "link", rel="self", href=f"{base}/alerts.atom")
    for alert in entries:
        entry = _add(feed, ATOM, "entry")
        _add(entry, ATOM, "id", UUID(alert.alert_id).urn)
        _add(entry, ATOM, "title", f"{alert.level}: {alert.headline}")
        _add(entry, ATOM, "updated", _moment(alert.changed_at))
        _add(entry, ATOM, "published", _moment(alert.raised_at))
        _add(entry, ATOM, "link", rel="alternate", type="text/html", href=_page(alert, base))
        _add(
            entry,
            ATOM,
            "link",
            rel="related",
            type="application/cap+xml",
            href=f"{base}/api/alerts/{alert.alert_id}/cap",
        )
        _add(entry, ATOM, "category", term=alert.level)
        _add(entry, ATOM, "category", term=f"{alert.incident.family}/{alert.incident.subtype}")
        _add(entry, ATOM, "summary", _description(alert))
        if point := _point(alert):
            _add(entry, GEORSS, "point", f"{point[0]} {point[1]}")
    return _written(feed)


def geojson(alerts: Iterable[Alert], base: str) -> dict[str, object]:
    """A feature for each alert; without a geometry where the place is not known."""
    features = []
    for alert in alerts:
        incident, point = alert.incident, _point(alert)
        features.append(
            {
                "type": "Feature",
                "id": alert.alert_id,
                "geometry": {"type": "Point", "coordinates": [point[1], point[0]]} if point else None,
                "properties": {
                    "headline": alert.headline, "level": alert.level, "rule": alert.rule, "revision": alert.revision,
                    "reason": alert.reason, "type": f"{incident.family}/{incident.subtype}",
                    "severity": incident.severity, "place": incident.place.name if incident.place else None,
                    "country": incident.place.country if incident.place else None,
                    "figures": to_json(incident.figures), "origins": incident.origin_count,
                    "raised_at": to_json(alert.raised_at), "changed_at": to_json(alert.changed_at),
                    "page": _page(alert, base),
                },
            }
        )  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def cap(alert: Alert, base: str) -> bytes:
    """One alert as a CAP message: Alert at first, then Update, Cancel when it is merged or retracted."""
    incident = alert.incident
    root = etree.Element(f"{{{CAP}}}alert", nsmap={None: CAP})
    kind = "Cancel" if alert.reason in OVER else "Alert" if alert.revision == 1 else "Update"
    _add(root, CAP, "identifier", f"{alert.alert_id}-{alert.revision}")
    _add(root, CAP, "sender", SENDER)
    _add(root, CAP, "sent", _sent(alert.changed_at))
    _add(root, CAP, "status", "Actual")
    _add(root, CAP, "msgType", kind)
    _add(root, CAP, "scope", "Public")
    if kind != "Alert":
        _add(root, CAP, "references", f"{SENDER},{alert.alert_id}-1,{_sent(alert.raised_at)}")
    _add(root, CAP, "incidents", alert.incident_id)
    info = _add(root, CAP, "info")
    known = ontology().by_name.get(f"{incident.family}/{incident.subtype}")
    _add(info, CAP, "language", "en")
    _add(info, CAP, "category", (known.crosswalk.cap if known else None) or "Other")
    _add(info, CAP, "event", incident.subtype.replace("-", " "))
    _add(info, CAP, "urgency", "Unknown")  # news reports what happened, not how soon to act
    _add(info, CAP, "severity", SEVERITIES[incident.severity])
    _add(info, CAP, "certainty", "Observed" if incident.origin_count > 1 else "Likely")
    _add(info, CAP, "senderName", "Tocsin")
    _add(info, CAP, "headline", alert.headline[:LONGEST_HEADLINE])
    _add(info, CAP, "description", _description(alert))
    _add(info, CAP, "web", _page(alert, base))
    area = _add(info, CAP, "area")
    place = incident.place
    _add(area, CAP, "areaDesc", ", ".join(filter(None, (place.name, place.country))) if place else "unknown")
    if point := _point(alert):
        _add(area, CAP, "circle", f"{point[0]},{point[1]} 0")
    return _written(root)


def _add(parent: etree._Element, namespace: str, name: str, text: str = "", **attributes: str) -> etree._Element:
    node = etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)
    if text:
        node.text = _NOT_XML.sub(" ", text)
    return node


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _point(alert: Alert) -> tuple[float, float] | None:
    place = alert.incident.place
    return (place.lat, place.lon) if place and place.lat is not None and place.lon is not None else None


def _page(alert: Alert, base: str) -> str:
    return f"{base}/#{alert.incident_id}"


def _description(alert: Alert) -> str:
    sentences = " ".join(alert.incident.summary) or alert.incident.title
    return f"{sentences} (Rule {alert.rule}; {alert.reason}; {alert.incident.origin_count} independent sources.)"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _sent(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")  # CAP has no Z
