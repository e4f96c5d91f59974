from datetime import UTC, datetime
from pathlib import Path

from garbage import damaged, hold
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Skippable
from connectors.sources.disasters import parse_disasters
from schemas.identity import event_id
from schemas.records import EventFigure, Place

NOW = datetime(2024, 1, 1, tzinfo=UTC)
FEED = (Path(__file__).parents[2] / "deploy" / "sample" / "events" / "gdacs-rss.xml").read_bytes()
HEAD = '<rss xmlns:gdacs="http://www.gdacs.org" xmlns:georss="http://www.georss.org/georss"><channel>'


def disasters(raw):
    return hold(parse_disasters(raw, feed="gdacs", fetched_at=NOW))


def item(inner):
    return f"{HEAD}<item>{inner}</item></channel></rss>".encode()


def test_a_real_shape():
    quake, storm, aftershock = disasters(FEED)
    assert quake.event_id == event_id("gdacs.org", "EQ1280713")
    assert (quake.kind, quake.severity) == ("EQ", 5)
    assert quake.place == Place(name="Haiti", country="HT", lat=18.4335, lon=-73.4822, precision="point")
    assert quake.started_at == quake.updated_at == datetime(2021, 8, 14, 12, 29, 8, tzinfo=UTC)
    assert quake.ended_at is None
    assert quake.figures == (
        EventFigure(what="magnitude", value=7.2, unit="M"),
        EventFigure(what="depth", value=10.0, unit="km"),
        EventFigure(what="exposed", value=1604112.0, unit="Population in 100km"),
    )
    assert quake.url == "https://www.gdacs.org/report.aspx?eventtype=EQ&eventid=1280713"
    assert "tropical cyclone GRACE-21" in storm.title
    assert (storm.kind, storm.severity) == ("TC", 3)
    assert storm.figures[0] == EventFigure(what="wind speed", value=64.0, unit="km/h")
    assert aftershock.severity == 1
    assert aftershock.ended_at == aftershock.started_at
    assert "<gdacs:eventid" in quake.raw or ":eventid" in quake.raw


def test_id_and_place_by_other_means():
    (event,) = disasters(
        item(
            "<gdacs:eventtype>FL</gdacs:eventtype><gdacs:eventid>77</gdacs:eventid><georss:point>10.5 -3</georss:point>"
            "<gdacs:fromdate>soon</gdacs:fromdate><gdacs:severity value='many'>x</gdacs:severity>"
        )
    )
    assert event.source_event_id == "FL77"
    assert (event.place.lat, event.place.lon) == (10.5, -3.0)
    assert (event.started_at, event.updated_at, event.figures, event.severity) == (None, NOW, (), 0)


def test_an_item_without_id_or_kind_is_an_error_and_the_rest_is_read():
    good = "<guid>EQ1</guid><gdacs:eventtype>EQ</gdacs:eventtype>"
    raw = f"{HEAD}<item/><item><guid>x</guid></item><item>{good}</item></channel></rss>".encode()
    results = disasters(raw)
    assert [isinstance(r, Skippable) for r in results] == [True, True, False]
    assert results[1].where == "gdacs, item 2"


def test_empty_and_foreign_input():
    assert disasters(b"<rss><channel/></rss>") == []
    for raw in (b"", b"{}", b"<html/>", FEED[:500], b"\xff\xfe<"):
        (error,) = disasters(raw)
        assert isinstance(error, Skippable)


def test_entities_are_refused():
    bomb = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    (error,) = disasters(bomb + b"<rss><channel><item><guid>&b;</guid></item></channel></rss>")
    assert "Entit" in error.reason


def test_deep_nesting_does_not_raise():
    disasters(item("<a>" * 20_000 + "</a>" * 20_000))


@given(st.binary(max_size=200) | damaged(FEED))
def test_no_bytes_raise(raw):
    disasters(raw)
