"""Several messages, blocks and areas of CAP: chains of updates, hazards in languages, outlines over the date line."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from badsite import Site, local_web, serve
from gathered import read
from hypothesis import given
from hypothesis import strategies as st

from connectors.sources.cap import parse_alert
from connectors.sources.cap_area import middle_longitude
from connectors.sources.cap_chains import MOST, Chains
from connectors.sources.warnings import Warnings, share_chains

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SENDER = "met@alerts.example.int"


def block(event="Storm warning", severity="Severe", area="Azores", language="en-GB", inside="", shape=""):
    return (
        f"<info><language>{language}</language><category>Met</category><event>{event}</event><urgency>Expected</urgency>"
        f"<severity>{severity}</severity><certainty>Likely</certainty><expires>2026-11-30T06:00:00+00:00</expires>{inside}"
        f"<area><areaDesc>{area}</areaDesc>{shape}</area></info>"
    )


def sent(number):
    return f"2026-11-29T0{number}:00:00+00:00"


def message(number, *blocks, kind="Update", after=(), name="W"):
    references = " ".join(f"{SENDER},{name}-{n},{sent(n)}" for n in after)
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{name}-{number}</identifier><sender>{SENDER}</sender><sent>{sent(number)}</sent><status>Actual</status>"
        f"<msgType>{kind}</msgType><scope>Public</scope><references>{references}</references>{''.join(blocks)}</alert>"
    ).encode()


def told(*messages, chains=None):
    chains = chains or Chains()
    return [list(parse_alert(raw, fetched_at=NOW, chains=chains)) for raw in messages]


def state(events):
    """What is left when each event has its newest version: kind, severity and whether it has ended by now."""
    newest = {e.event_id: e for batch in events for e in batch}
    return sorted((e.kind, e.severity, e.ended_at <= NOW) for e in newest.values())


CHAIN = (
    message(1, block(severity="Severe"), kind="Alert"),
    message(2, block(severity="Extreme"), after=[1]),
    message(3, block(severity="Moderate"), after=[2]),
    message(4, block(), kind="Cancel", after=[3]),
)


def test_a_chain_in_which_each_message_names_only_the_one_before_is_one_event():
    assert state(told(*CHAIN[:3])) == [("Storm warning", 3, False)]
    assert state(told(*CHAIN)) == [("Storm warning", 0, True)]


def test_a_message_read_again_keeps_its_event():
    chains = Chains()
    first = [[e.event_id for e in batch] for batch in told(*CHAIN, chains=chains)]
    assert [[e.event_id for e in batch] for batch in told(*CHAIN, chains=chains)] == first


def test_a_chain_heals_behind_a_message_that_came_too_late():
    chains = Chains()
    told(CHAIN[0], CHAIN[2], CHAIN[1], chains=chains)
    ((cancelled,),) = told(CHAIN[3], chains=chains)
    assert cancelled.source_event_id == "W-1"


def test_what_has_expired_is_named_in_a_parameter():
    expired = f"<parameter><valueName>expiredReferences</valueName><value>{SENDER},W-1,{sent(1)}</value></parameter>"
    ((cancelled,),) = told(message(3, block(inside=expired), kind="Cancel", after=[2]))
    assert cancelled.source_event_id == "W-1"


RAIN, WIND = block("Rain warning", "Moderate", "Hainaut"), block("Wind warning", "Extreme", "Antwerpen")
PLUIE = block("Alerte pluie", "Moderate", "Hainaut", "fr-BE")


def test_each_hazard_of_a_message_is_an_event_and_another_language_is_not():
    (events,) = told(message(1, RAIN, WIND, PLUIE, kind="Alert"))
    assert [(e.kind, e.severity, e.place.name) for e in events] == [
        ("Rain warning", 3, "Hainaut"),
        ("Wind warning", 5, "Antwerpen"),
    ]
    assert len({e.event_id for e in events}) == 2


def test_a_hazard_that_is_told_in_another_language_only_is_not_lost():
    (events,) = told(message(1, RAIN, block("Alerte vent", "Extreme", "Anvers", "fr-BE"), kind="Alert"))
    assert [e.lang for e in events] == ["en", "fr"]


def test_one_kind_of_hazard_over_two_areas_is_two_events():
    north, south = block(severity="Severe", area="North"), block(severity="Minor", area="South")
    events = told(message(1, north, south, kind="Alert"), message(2, south, north, after=[1]))
    assert state(events) == [("Storm warning", 2, False), ("Storm warning", 4, False)]
    assert len({e.event_id for batch in events for e in batch}) == 2


def test_hazards_follow_their_updates_and_end_when_they_are_told_no_longer():
    first = message(1, RAIN, WIND, kind="Alert")
    calmer = message(2, block("Wind warning", "Minor", "Antwerpen"), after=[1])
    assert state(told(first, calmer)) == [("Rain warning", 0, True), ("Wind warning", 2, False)]
    assert state(told(first, calmer, message(3, kind="Cancel", after=[2]))) == [
        ("Rain warning", 0, True),
        ("Wind warning", 0, True),
    ]


def test_a_cancellation_without_blocks_ends_every_hazard():
    events = told(message(1, RAIN, WIND, kind="Alert"), message(2, kind="Cancel", after=[1]))
    assert state(events) == [("Rain warning", 0, True), ("Wind warning", 0, True)]


def test_a_warning_that_gains_a_hazard_keeps_its_first():
    events = told(message(1, RAIN, kind="Alert"), message(2, RAIN, WIND, after=[1]))
    assert state(events) == [("Rain warning", 3, False), ("Wind warning", 5, False)]


def test_white_space_before_the_declaration_is_passed_over():
    raw = b'\n \t<?xml version="1.0" encoding="UTF-8"?>\n' + CHAIN[0]
    assert [e.kind for e in told(raw)[0]] == ["Storm warning"]


def test_an_outline_over_the_date_line_has_its_middle_there():
    shape = "<polygon>51.0,172.5 53.5,172.5 53.5,-170.0 51.0,-170.0 51.0,172.5</polygon>"
    ((event,),) = told(message(1, block(area="Aleutians", shape=shape), kind="Alert"))
    assert (event.place.lat, event.place.lon) == (52.25, -178.75)
    counted_on = shape.replace("-170.0", "190.0")
    assert told(message(1, block(area="Aleutians", shape=counted_on), kind="Alert"))[0][0].place.lon == -178.75


def test_all_areas_of_a_block_are_its_place():
    more = "<polygon>10,10 12,10 12,12 10,10</polygon></area><area><areaDesc>B</areaDesc><circle>20,20 5</circle>"
    ((event,),) = told(message(1, block(area="A", shape=more), kind="Alert"))
    assert (event.place.name, event.place.lat, event.place.lon) == ("A; B", 15.0, 15.0)


def apart(one, other):
    return abs((one - other + 180) % 360 - 180)


@given(
    st.floats(-180, 180),
    st.lists(st.floats(0, 85), min_size=1, max_size=8),
    st.floats(-360, 360),
)
def test_the_middle_turns_with_the_outline_and_is_as_far_from_both_ends(start, steps, turn):
    lons = [(start + step + 180) % 360 - 180 for step in steps]
    middle = middle_longitude(lons)
    assert -180 <= middle <= 180
    meant = start + (min(steps) + max(steps)) / 2
    assert apart(middle, meant) < 1e-6
    turned = [(lon + turn + 180) % 360 - 180 for lon in lons]
    assert apart(middle_longitude(turned), middle + turn) < 1e-6


@given(st.data())
def test_a_chain_of_any_length_is_one_event_when_it_comes_in_order(data):
    length = data.draw(st.integers(2, 8))
    names = [
        data.draw(st.sets(st.integers(1, n - 1), min_size=0)) | {n - 1} if n > 1 else set() for n in range(1, length)
    ]
    events = told(
        *(message(n, block(), kind="Update" if after else "Alert", after=after) for n, after in enumerate(names, 1))
    )
    assert {e.source_event_id for batch in events for e in batch} == {"W-1"}


def test_memory_of_messages_is_bounded_and_survives_storing():
    chains = Chains()
    for n in range(MOST + 50):
        chains.begun_by("s", f"m{n + 1}", [(NOW + timedelta(seconds=n), f"m{n}")])
    plain = json.loads(json.dumps(chains.to_plain()))
    assert len(plain["first"]) == MOST
    again = Chains()
    again.restore(plain)
    assert again.begun_by("s", "next", [(NOW, f"m{MOST}")]) == "m0"
    for broken in (None, [], {"first": 1, "parts": {"a": 2}}, {"first": {"a": 1}}):
        again.restore(broken)
        assert again.to_plain() == {"first": {}, "parts": {}}


@pytest.fixture
async def world():
    async with serve(Site()) as site, local_web() as client:
        yield site, client


async def test_one_address_whose_alert_changes_is_one_event_over_restarts(world):
    site, client = world
    events, position = [], None
    for raw in CHAIN:
        site.pages["/alert.cap"] = raw
        source = Warnings("cap:x", site["/alert.cap"], web=client, clock=lambda: NOW)
        found, position = await read(source, position)
        events.append(found)
    assert state(events) == [("Storm warning", 0, True)]


async def test_an_index_that_lists_the_newest_first_is_read_from_the_oldest(world):
    site, client = world
    for n, raw in enumerate(CHAIN, 1):
        site.pages[f"/{n}.cap"] = raw
    entries = "".join(
        f"<entry><id>{n}</id><updated>{sent(n)}</updated><link href='{site[f'/{n}.cap']}'/></entry>"
        for n in (4, 3, 2, 1)
    )
    site.pages["/index.atom"] = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode()
    found, _ = await read(Warnings("cap:x", site["/index.atom"], web=client, clock=lambda: NOW))
    assert state([found]) == [("Storm warning", 0, True)]


async def test_a_chain_over_several_addresses_is_one_event(world):
    """Each message at an address of its own, each read by another process that knows the stored positions."""
    site, client = world
    events, positions = [], {}
    for n, raw in enumerate(CHAIN, 1):
        site.pages[f"/{n}.cap"] = raw
        source = Warnings(f"cap:{n}", site[f"/{n}.cap"], web=client, clock=lambda: NOW)
        share_chains([source], positions)
        found, positions[source.name] = await read(source)
        events.append(found)
    assert state(events) == [("Storm warning", 0, True)]
