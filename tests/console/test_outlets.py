"""The feeds of alerts, read back by what reads such feeds: feedparser, our CAP connector, and each format's own rules."""

from dataclasses import replace
from datetime import datetime

import feedparser
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors.sources.cap import parse_alert
from schemas.codec import Codec
from streams.console.keys import BOARD
from streams.console.outlets import CAP, atom, cap, geojson
from streams.console.server import create_console
from tests.console.made import PORT, START, alert, incident, killed

BASE = "http://console.example"
QUAKE = alert(incident(1, figures=(killed(24),)))
WORSE = replace(QUAKE, revision=2, reason="figures changed")
GONE = replace(alert(incident(2)), revision=3, reason="retracted")
VAGUE = alert(incident(3, place=replace(PORT, lat=None, lon=None)))
# Elements in the order of CAP 1.2, section 3.2, with those that must be there.
ORDER = {
    "alert": "identifier! sender! sent! status! msgType! source scope! restriction addresses code note references incidents info",
    "info": "language category! event! responseType urgency! severity! certainty! audience eventCode effective onset expires "
    "senderName headline description instruction web contact parameter resource area",
    "area": "areaDesc! polygon circle geocode altitude ceiling",
}
VALUES = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}


def check_cap(raw: bytes) -> etree._Element:
    root = etree.fromstring(raw)
    assert root.tag == f"{{{CAP}}}alert"
    for node in root.iter():
        name = etree.QName(node).localname
        if name in ORDER:
            order = ORDER[name].split()
            names = [etree.QName(child).localname for child in node]
            places = [[o.rstrip("!") for o in order].index(n) for n in names]
            assert places == sorted(places)
            assert {o.rstrip("!") for o in order if o.endswith("!")} <= set(names)
        if name in VALUES:
            assert node.text in VALUES[name].split()
    assert not set(root.findtext(f"{{{CAP}}}identifier")) & set(" ,<&")
    assert datetime.fromisoformat(root.findtext(f"{{{CAP}}}sent")).tzinfo
    return root


def test_cap_messages_follow_the_standard_and_our_own_reader_takes_them():
    for message, kind in ((QUAKE, "Alert"), (WORSE, "Update"), (GONE, "Cancel"), (VAGUE, "Alert")):
        root = check_cap(cap(message, BASE))
        assert root.findtext(f"{{{CAP}}}msgType") == kind
        assert (root.find(f"{{{CAP}}}references") is None) == (kind == "Alert")
    (event,) = parse_alert(cap(QUAKE, BASE), fetched_at=START)
    assert (event.title, event.place.lat, event.place.lon) == (QUAKE.headline, PORT.lat, PORT.lon)


def test_atom_has_an_entry_for_each_alert_that_keeps_its_id():
    read = feedparser.parse(atom([QUAKE, VAGUE], BASE))
    assert not read.bozo
    assert [e.title for e in read.entries] == [f"critical: {a.headline}" for a in (QUAKE, VAGUE)]
    assert read.entries[0].link == f"{BASE}/#{QUAKE.incident_id}"
    assert feedparser.parse(atom([WORSE], BASE)).entries[0].id == read.entries[0].id
    assert feedparser.parse(atom([], BASE)).feed.title == "Tocsin: alerts"


def test_geojson_puts_longitude_first_and_leaves_out_what_is_not_known():
    first, second = geojson([QUAKE, VAGUE], BASE)["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [PORT.lon, PORT.lat]}
    assert second["geometry"] is None
    assert first["properties"]["page"] == f"{BASE}/#{QUAKE.incident_id}"


@given(st.text(max_size=300))
def test_no_headline_breaks_a_feed(text):
    hostile = replace(QUAKE, headline=text, incident=replace(QUAKE.incident, title=text, summary=(text,)))
    assert not feedparser.parse(atom([hostile], BASE)).bozo
    check_cap(cap(hostile, BASE))


async def test_the_console_serves_alerts_that_stand():
    app = create_console("127.0.0.1:1", Codec())
    for record in (QUAKE, WORSE, GONE):
        app[BOARD].apply(record)
    async with TestClient(TestServer(app)) as client:
        atom_answer, points, message = [
            await client.get(path) for path in ("/alerts.atom", "/alerts.geojson", f"/api/alerts/{QUAKE.alert_id}/cap")
        ]
        assert len(feedparser.parse(await atom_answer.read()).entries) == 1
        assert [f["properties"]["revision"] for f in (await points.json())["features"]] == [2]
        assert points.content_type == "application/geo+json"
        check_cap(await message.read())
        assert (await client.get("/api/alerts/none/cap")).status == 404
