from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.identity import digest
from schemas.records import FeedEvent, Incident, Mention, Period, Place, Publisher, Span
from streams.domain.geo.reverse_geocode import located
from streams.domain.linking.feed_event_match import conflict
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.link_features import features
from streams.domain.mentions.read_feed_event import read_feed_event

SHOCK = datetime(2021, 8, 14, 12, 29, tzinfo=UTC)
NIPPES = Place(name="Nippes, Haiti", lat=18.434, lon=-73.482, precision="point")
CAPITAL = Place(name="Port-au-Prince", country="HT", lat=18.543, lon=-72.339, precision="city")
HAITI = Place(name="Haiti", country="HT", lat=19.0, lon=-72.417, precision="country")
CHILE = Place(name="Chile", country="CL", lat=-30.0, lon=-71.0, precision="country")
DAY = Period(start=SHOCK.replace(hour=0), end=SHOCK.replace(hour=23, minute=59), precision="day")


def an_event(source="quakes.example", own_id="q1", minutes=0.0, **changes):
    at = SHOCK + timedelta(minutes=minutes)
    event = FeedEvent(
        event_id=digest("event", source, own_id), source=Publisher(domain=source), source_event_id=own_id,
        kind="earthquake", title="M 7.2 - Nippes, Haiti", text="An earthquake of magnitude 7.2 struck Nippes.",
        place=NIPPES, started_at=at, updated_at=at + timedelta(minutes=9), fetched_at=at, severity=4,
    )  # fmt: skip
    (mention,) = read_feed_event(replace(event, **changes))
    return mention


def an_article(title, passage, number=1, **changes):
    document = digest("document", title)
    mention = Mention(
        mention_id=digest("mention", document), document_id=document, story_id=document, block="caribbean", role="main",
        family="disasters", subtype="earthquake", place=HAITI, time=DAY, evidence=Span(start=0, end=1), passage=passage,
        confidence=0.9, severity=4, title=title, source=Publisher(domain=f"{number}.example"),
        origin=f"{number}.example", reported_at=SHOCK + timedelta(hours=3), features=features(title, passage),
    )  # fmt: skip
    return replace(mention, **changes)


TOLD = an_article("Strong quake hits Haiti", "A quake of magnitude 7.2 struck Haiti's south-west on Saturday.")


def homes(*mentions):
    """The incident of each mention."""
    state, found = LinkState(), []
    for mention in mentions:
        state, linked = link(state, mention)
        found.append(next(o.incident_id for o in linked.outputs if isinstance(o, Incident)))
    return found


def test_a_point_without_a_country_is_in_that_of_the_nearest_town():
    assert located(NIPPES).country == "HT"
    assert an_event().block == "caribbean"
    assert located(Place(name="South Pacific", lat=-48.9, lon=-123.4, precision="point")).country is None
    assert located(None) is None


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1)])
def test_two_networks_and_an_article_meet_in_one_incident_whoever_comes_first(order):
    told = [
        an_event(),
        an_event("alerts.example", "e9", minutes=0.2, title="Red earthquake alert (Magnitude 7.0M)"),
        TOLD,
    ]
    assert len(set(homes(*(told[i] for i in order)))) == 1


def test_an_article_names_the_incident():
    state, _ = link(LinkState(), TOLD)
    _, linked = link(state, an_event())
    assert linked.outputs[0].title == TOLD.title


@pytest.mark.parametrize(
    "other",
    [
        replace(TOLD, place=CHILE),
        replace(TOLD, time=Period(start=SHOCK - timedelta(days=4000), end=SHOCK - timedelta(days=3999))),
        replace(TOLD, subtype="flood"),
        replace(TOLD, title="Light quake", passage="A magnitude 4.1 quake shook Haiti on Saturday."),
        replace(TOLD, time=None, reported_at=SHOCK + timedelta(days=9)),
        an_event(own_id="q2", minutes=30, title="M 5.8 - Nippes, Haiti", text=""),
        an_event(own_id="w1", title="Earthquake Warning issued for Haiti", text=""),
    ],
    ids=[
        "elsewhere",
        "another year",
        "another kind",
        "another magnitude",
        "undated and late",
        "an aftershock",
        "a warning",
    ],
)
def test_what_is_not_the_event_stays_apart(other):
    first, second = homes(an_event(), other)
    assert first != second


def test_a_green_event_is_in_the_news_only_where_its_magnitude_is_told():
    slight = an_event(severity=1)
    silent = replace(TOLD, title="Quake in Haiti", passage="An earthquake struck Haiti on Saturday.")
    assert len(set(homes(slight, TOLD))) == 1
    assert len(set(homes(slight, silent))) == 2


def test_an_account_of_the_main_shock_does_not_join_the_aftershock():
    later = an_event(own_id="q2", minutes=600, title="M 5.8 - Cavaillon, Haiti", text="", severity=3)
    undated = replace(TOLD, time=None, passage="An earthquake struck Haiti.", title="Haiti quake kills hundreds")
    shock, aftershock, told = homes(an_event(), later, undated)
    assert told == shock != aftershock


@pytest.mark.parametrize(("name", "same"), [("Grace", True), ("Fred", False)])
def test_storms_are_known_by_their_names(name, same):
    grace = an_event(
        own_id="tc", kind="TC", title="Orange alert for tropical cyclone GRACE-21", text="",
        place=Place(name="Haiti, Jamaica", lat=17.9, lon=-73.2, precision="point"), updated_at=SHOCK + timedelta(days=2),
    )  # fmt: skip
    told = an_article(f"Storm {name} soaks Haiti", f"Tropical storm {name} brought floods to Haiti.")
    storm, other = homes(grace, replace(told, subtype="flood", time=None))
    assert (storm == other) is same


def test_incidents_whose_events_differ_do_not_conflict_with_their_own():
    aftershock = an_event(own_id="q2", minutes=600, title="M 5.8 - Cavaillon, Haiti", text="", severity=3)
    assert conflict([an_event(), TOLD], [aftershock])
    assert not conflict([an_event()], [TOLD])
    assert not conflict([TOLD], [an_article("Haiti again", "Dozens died.")])


STRUCK = "On 14 August 2021, drones of the army struck a market in {}, killing 4 people and injuring 9."


def coded(own_id, town, lat, source="coders.example", **changes):
    """An event that people coded from the news."""
    event = FeedEvent(
        event_id=digest("event", source, own_id), source=Publisher(domain=source), source_event_id=own_id,
        kind="acled:Explosions/Remote violence > Air/drone strike", title=f"Air/drone strike: Army, {town}",
        text=STRUCK.format(town), place=Place(name=town, country="SD", lat=lat, lon=32.5, precision="city"),
        started_at=SHOCK.replace(hour=0), updated_at=SHOCK, fetched_at=SHOCK,
    )  # fmt: skip
    (mention,) = read_feed_event(replace(event, **changes))
    return mention


def test_coded_events_have_words_and_meet_articles_by_them():
    article = an_article(
        "Drone strike kills four in Omdurman", "Army drones struck a market in Omdurman on Saturday, killing 4 people.",
        family="explosions", subtype="air-drone-strike", block="northern-africa",
        place=Place(name="Omdurman", country="SD", lat=15.64, lon=32.48, precision="city"),
    )  # fmt: skip
    event = coded("1", "Omdurman", 15.6445)
    for first, second in ((event, article), (article, event)):
        one, other = homes(first, second)
        assert one == other


def test_two_records_of_one_source_are_two_happenings_and_a_revision_is_one():
    first, second = homes(coded("1", "Omdurman", 15.6445), coded("2", "Omdurman", 15.6445))
    assert first != second
    first, second = homes(
        coded("1", "Omdurman", 15.6445), coded("1", "Omdurman", 15.65, updated_at=SHOCK + timedelta(days=1))
    )
    assert first == second


def test_a_machine_s_event_meets_the_article_that_it_was_read_from():
    page = "https://www.times.example/a?utm_source=rss"
    read = coded(
        "1", "Omdurman", 15.64, kind="cameo:190", text="Army used force.", title="", url="https://times.example/a"
    )
    article = an_article(
        "Markets quiet after the strike", "Four people died in Omdurman.", url=page, family="explosions",
        subtype="air-drone-strike", block="northern-africa", place=Place(name="Omdurman", country="SD", lat=15.64, lon=32.48, precision="city"),
    )  # fmt: skip
    for first, second in ((read, article), (article, read)):
        one, other = homes(first, second)
        assert one == other
    one, other = homes(read, replace(article, url="https://times.example/b"))
    assert one != other
