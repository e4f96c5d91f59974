from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from badsite import Site, local_web, serve
from gathered import read

from connectors.ingest.contract import Fatal, Retriable, Skippable
from connectors.sources.cap import parse_alert
from connectors.sources.warnings import Warnings, read_index
from connectors.web.answers import Answer

NOW = datetime(2024, 1, 1, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "samples" / "cap"
INDEX = (SAMPLES / "meteoalarm.atom").read_bytes()
STORM = (SAMPLES / "storm.cap.xml").read_bytes()


def at(site, index=INDEX):
    return index.replace(b"https://feeds.meteoalarm.example", site.root.encode())


@pytest.fixture
async def world():
    async with serve(Site()) as site, local_web() as client:
        site.pages |= {
            "/index.atom": at(site),
            "/alerts/storm": STORM,
            "/alerts/rain": STORM.replace(b".storm.1", b".rain.1"),
        }
        yield site, Warnings("cap:x", site["/index.atom"], web=client, clock=lambda: NOW)


async def test_an_index_leads_to_its_alerts(world):
    site, source = world
    found, position = await read(source)
    rain, storm = sorted(found, key=lambda e: e.source_event_id)
    assert storm.kind == "Orange wind warning"
    assert storm.place.country == "DE"
    assert storm.severity == 4
    assert rain.event_id != storm.event_id
    assert await read(source, position) == ([], position)
    assert site.count("/alerts/storm") == 1
    site.pages["/index.atom"] = at(site, INDEX.replace(b"2024-01-01T08:00:00", b"2024-01-01T09:30:00"))
    again, _ = await read(source, position)
    assert [e.event_id for e in again] == [storm.event_id]


async def test_alerts_that_are_gone_are_told_once_and_those_that_are_late_come_later(world):
    site, source = world
    site.pages["/alerts/storm"] = lambda _: web.Response(status=404)
    site.pages["/alerts/rain"] = lambda _: web.Response(status=503)
    contents, position = await read(source)
    assert [type(c) for c in contents] == [Skippable]
    assert "404" in contents[0].reason
    site.pages["/alerts/rain"] = STORM
    contents, position = await read(source, position)
    assert [c.kind for c in contents] == ["Orange wind warning"]


async def test_when_no_alert_can_be_had_the_index_waits(world):
    site, source = world
    site.pages["/alerts/storm"] = site.pages["/alerts/rain"] = lambda _: web.Response(status=503)
    with pytest.raises(Retriable):
        await read(source)


async def test_an_alert_s_own_address_will_do(world):
    site, source = world
    site.pages["/index.atom"] = STORM
    (storm,), position = await read(source)
    assert storm.kind == "Orange wind warning"
    assert await read(source, position) == ([], position)


async def test_an_index_does_not_lead_onto_private_ground():
    async with serve(Site()) as site, local_web(allow=("127.0.0.1",)) as client:
        site.pages["/index.atom"] = INDEX.replace(b"https://feeds.meteoalarm.example/alerts/storm", b"http://10.0.0.1/")
        contents, _ = await read(Warnings("cap:x", site["/index.atom"], web=client, clock=lambda: NOW))
        assert any(isinstance(c, Skippable) and "private" in c.reason for c in contents)


def test_an_rss_index_and_one_without_links():
    rss = b'<rss version="2.0"><channel><item><guid>1</guid><link>https://a.example/1.cap</link></item><item><guid>tag:2</guid></item></channel></rss>'
    first, second = read_index(Answer("https://a.example/", rss), feed="cap:x")
    assert first.what == "https://a.example/1.cap"
    assert isinstance(second.what, Skippable)


@pytest.mark.parametrize(
    ("old", "new", "country"),
    [
        (b"2.49.0.0.276.0", b"2.49.0.1.124.0", "CA"),
        (b"2.49.0.0.276.0", b"9.9", "DE"),  # by its area code
        (b"EMMA_ID", b"UGC", "DE"),
    ],
)
def test_the_country_of_a_warning(old, new, country):
    (event,) = parse_alert(STORM.replace(old, new), fetched_at=NOW)
    assert event.place.country == country


async def test_a_closed_index_is_fatal(world):
    _, source = world
    source.url = "http://10.0.0.1/x"
    with pytest.raises(Fatal):
        await read(source)
