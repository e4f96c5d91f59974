import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from garbage import JSON, damaged, hold
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Skippable
from connectors.sources.quakes import parse_quakes
from schemas.identity import event_id
from schemas.records import EventFigure, Incident, Place, Publisher
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_feed_event import read_feed_event

NOW = datetime(2024, 1, 1, tzinfo=UTC)
EVENTS = Path(__file__).parents[2] / "deploy" / "sample" / "events"
FIRST = (EVENTS / "usgs-significant-day-1.geojson").read_bytes()
SECOND = (EVENTS / "usgs-significant-day-2.geojson").read_bytes()


def quakes(raw):
    return hold(parse_quakes(raw, feed="quakes", fetched_at=NOW))


def document(**properties):
    return json.dumps({"features": [{"id": "a1", "properties": properties, "geometry": None}]}).encode()


def test_a_real_shape():
    (quake,) = quakes(FIRST)
    assert quake.event_id == event_id("earthquake.usgs.gov", "us6000f65h")
    assert quake.source == Publisher(domain="earthquake.usgs.gov", name="USGS")
    assert quake.kind == "earthquake"
    assert quake.title == "M 7.0 - 8 km E of Petit Trou de Nippes, Haiti"
    assert quake.text == (
        "An earthquake of magnitude 7 struck 8 km E of Petit Trou de Nippes, Haiti at 12:29 UTC on 14 August 2021, "
        "at a depth of 10 km. Alert level: orange."
    )
    name = "8 km E of Petit Trou de Nippes, Haiti"
    assert quake.place == Place(name=name, lat=18.4335, lon=-73.4822, precision="point")
    assert quake.started_at == datetime(2021, 8, 14, 12, 29, 8, 887000, tzinfo=UTC)
    assert quake.updated_at == datetime(2021, 8, 14, 12, 47, 31, 40000, tzinfo=UTC)
    assert quake.severity == 4
    assert EventFigure(what="magnitude", value=7.0, unit="mww") in quake.figures
    assert EventFigure(what="depth", value=10.0, unit="km") in quake.figures
    assert json.loads(quake.raw)["id"] == "us6000f65h"


def test_a_revision_keeps_its_id():
    before, after = quakes(FIRST)[0], quakes(SECOND)[1]
    assert before.event_id == after.event_id
    assert after.updated_at > before.updated_at
    assert after.severity == 5
    assert len({q.event_id for q in quakes(SECOND)}) == 2


@pytest.mark.parametrize("drift", [0.0, 0.04])
@pytest.mark.parametrize("magnitude", [6.4, 6.2])
def test_a_quake_that_changes_its_id_stays_one_incident(drift, magnitude):
    """The first network's id gives way to the one in charge; both say each other's, place and size move a little."""
    known = ",us7000zzzz,nc73999999,"
    state, homes = LinkState(), set()
    for number, (own, off, size) in enumerate((("us7000zzzz", 0.0, 6.4), ("nc73999999", drift, magnitude))):
        found = {
            "id": own, "geometry": {"type": "Point", "coordinates": [-124.35 + off, 40.68 - off, 9]},
            "properties": {
                "mag": size, "place": "12 km NNE of Ferndale, CA", "time": 1704067200000, "ids": known,
                "updated": 1704068000000 + number * 600_000, "type": "earthquake", "title": f"M {size} - Ferndale, CA",
            },
        }  # fmt: skip
        (event,) = quakes(json.dumps({"features": [found]}).encode())
        for mention in read_feed_event(event):
            state, linked = link(state, mention)
            homes |= {o.incident_id for o in linked.outputs if isinstance(o, Incident)}
    assert len(homes) == 1
    (now,) = state.open.values()
    assert now.incident.article_count == 2


def test_a_single_feature():
    feature = json.loads(FIRST)["features"][0]
    assert quakes(json.dumps(feature).encode()) == quakes(FIRST)


def test_missing_values_are_left_out():
    (quake,) = quakes(document(mag=None, place=None, time=None, updated=None))
    assert (quake.place, quake.started_at, quake.figures, quake.severity) == (None, None, (), 0)
    assert quake.updated_at == NOW
    assert quake.text == "An earthquake struck."


def test_coordinates_off_the_globe_are_dropped():
    feature = {"id": "a", "properties": {"place": "Sea"}, "geometry": {"coordinates": [200, 10, 5]}}
    (quake,) = quakes(json.dumps({"features": [feature]}).encode())
    assert (quake.place.lat, quake.place.lon) == (None, None)


def test_bad_features_do_not_hide_good_ones():
    good = json.loads(FIRST)["features"][0]
    results = quakes(json.dumps({"features": [None, {"id": "x"}, {"id": 3, "properties": {}}, good]}).encode())
    assert [isinstance(r, Skippable) for r in results] == [True, True, True, False]
    assert results[0].where == "quakes, feature 1"


def test_empty_and_foreign_input():
    assert quakes(b'{"type":"FeatureCollection","features":[]}') == []
    for raw in (b"", b"<html>", b"[]", b"{}", b"7", b"\xff\xfe", b"[" * 100_000):
        (error,) = quakes(raw)
        assert isinstance(error, Skippable)
        assert error.raw == raw


@given(st.binary(max_size=200) | damaged(SECOND))
def test_no_bytes_raise(raw):
    quakes(raw)


FIELDS = ["mag", "place", "time", "updated", "url", "alert", "type", "title", "felt", "mmi"]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON), JSON)
def test_no_values_raise(properties, geometry):
    feature = {"id": "a1", "properties": properties, "geometry": {"coordinates": geometry}}
    quakes(json.dumps({"features": [feature, geometry]}).encode())
