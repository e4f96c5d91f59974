from datetime import UTC, datetime
from pathlib import Path

import pytest
from garbage import damaged, hold
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Skippable
from connectors.sources.cap import parse_alert
from schemas.identity import event_id
from schemas.records import Publisher

NOW = datetime(2024, 1, 1, tzinfo=UTC)
ALERT = (Path(__file__).parents[2] / "deploy" / "sample" / "events" / "nws-red-flag-warning.cap.xml").read_bytes()


def alerts(raw):
    return hold(parse_alert(raw, feed="cap", fetched_at=NOW))


def changed(*pairs):
    text = ALERT.decode()
    for a, b in pairs:
        assert a in text
        text = text.replace(a, b)
    return text.encode()


def test_a_real_shape():
    (event,) = alerts(ALERT)
    assert event.kind == "Red Flag Warning"
    assert event.source == Publisher(domain="noaa.gov", name="NWS Honolulu HI")
    assert event.event_id == event_id("noaa.gov", event.source_event_id)
    assert event.source_event_id.startswith("urn:oid:2.49.0.1.840.0.")
    assert event.title.startswith("Red Flag Warning issued August 7")
    assert "East 25 to 45 mph" in event.text
    assert "Outdoor burning is not recommended" in event.text
    assert event.severity == 4
    assert event.started_at == datetime(2023, 8, 7, 16, 0, tzinfo=UTC)
    assert event.ended_at == datetime(2023, 8, 9, 4, 0, tzinfo=UTC)
    assert event.updated_at == datetime(2023, 8, 7, 13, 17, tzinfo=UTC)
    assert event.place.name.startswith("Maui Leeward West; Kula")
    assert 20.5 < event.place.lat < 21.1
    assert -157.3 < event.place.lon < -156.2
    assert event.place.precision == "admin"


@pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft"])
def test_what_is_not_meant_is_no_event(status):
    assert alerts(changed(("<status>Actual", f"<status>{status}"))) == []


def test_an_update_keeps_the_first_message_s_id():
    references = "w@noaa.gov,second,2023-08-07T02:00:00-10:00 w@noaa.gov,first,2023-08-07T01:00:00-10:00"
    update = changed(
        ("<msgType>Alert", "<msgType>Update"),
        ("<scope>", f"<references>{references}</references><scope>"),
    )
    assert alerts(update)[0].event_id == event_id("noaa.gov", "first")


def test_a_cancellation_ends_the_event_even_without_info():
    text = ALERT.decode().replace("<msgType>Alert", "<msgType>Cancel")
    bare = text[: text.index("<info>")] + text[text.index("</info>") + 7 :]
    for raw in (text, bare):
        (event,) = alerts(raw.encode())
        assert event.event_id == alerts(ALERT)[0].event_id
        assert event.ended_at == event.updated_at
        assert event.severity == 0


def test_the_english_block_is_read_and_both_versions_are_known():
    spanish = "<info><language>es-US</language><event>Aviso</event></info><info>"
    (event,) = alerts(changed(("<info>", spanish)))
    assert event.kind == "Red Flag Warning"
    assert alerts(changed(("cap:1.2", "cap:1.1")))[0].event_id == event.event_id


def test_foreign_and_empty_input():
    head = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
    (no_info,) = alerts(head + b"<status>Actual</status><msgType>Alert</msgType></alert>")
    assert isinstance(no_info, Skippable)
    for raw in (b"", b"<alert/>", b'<feed xmlns="http://www.w3.org/2005/Atom"/>', b"{}", ALERT[:300]):
        (error,) = alerts(raw)
        assert isinstance(error, Skippable)


def test_entities_are_refused():
    body = ALERT.split(b"?>", 1)[1].replace(b"Red Flag Warning", b"&x;")
    (error,) = alerts(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + body)
    assert "Entit" in error.reason


@given(st.binary(max_size=200) | damaged(ALERT))
def test_no_bytes_raise(raw):
    alerts(raw)
