from datetime import UTC, datetime

import pytest

from schemas.records import FeedEvent, Publisher
from streams.domain.event_type.feed_event_type import by_acled, by_cameo, kind_of, origin_of
from streams.domain.mentions.read_feed_event import read_feed_event
from streams.domain.ontology.types import ontology

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def event(kind, title="", text="", url=""):
    return FeedEvent(
        event_id="0" * 32, source=Publisher(domain="gdeltproject.org", name="GDELT"), source_event_id="1", kind=kind,
        title=title, text=text, updated_at=NOW, fetched_at=NOW, url=url,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("EQ", "disasters/earthquake"),
        ("earthquake", "disasters/earthquake"),
        ("FF", "disasters/flood"),
        ("EP", "health/outbreak"),
        ("LS", "disasters/landslide"),
        ("protests/strike", "protests/strike"),
        ("cameo:145", "riots/violent-demonstration"),
        ("cameo:1831", "explosions/suicide-bomb"),
        ("cameo:1833", "explosions/remote-bomb"),
        ("cameo:193", "battles/armed-clash"),
        ("cameo:1951", "explosions/air-drone-strike"),
        ("cameo:202", "violence-against-civilians/attack"),
        ("acled:Violence against civilians > Attack", "violence-against-civilians/attack"),
        ("acled:Explosions/Remote violence > Air/drone strike", "explosions/air-drone-strike"),
        ("acled:Strategic developments > Other", "strategic-developments/other"),
    ],
)
def test_codes_have_types(kind, name):
    found = kind_of(event(kind))
    assert f"{found.family}/{found.subtype}" == name
    assert found.confidence > 0.5


def test_words_decide_between_types_of_one_code():
    found = kind_of(
        event("cameo:180", title="Grenade attack on market wounds four", text="A grenade was thrown into a market.")
    )
    assert (found.family, found.subtype) == ("explosions", "grenade")


def test_an_unknown_code_is_read_from_its_words():
    assert kind_of(event("cameo:999", title="Strong earthquake shakes the coast")).subtype == "earthquake"
    assert kind_of(event("flood of the century", title="Flood")).subtype == "flood"


def test_every_crosswalk_leads_back():
    for kind in ontology().types:
        if kind.incident and kind.crosswalk.cameo:
            assert kind in by_cameo(kind.crosswalk.cameo), kind.name
        if kind.incident and kind.crosswalk.acled:
            family = kind.family.replace("-", " ")
            assert kind in by_acled(f"{family} > {kind.crosswalk.acled}"), kind.name


def test_what_a_machine_read_in_the_news_is_of_the_origin_of_that_news():
    told = event("cameo:193", url="https://www.times.example/a")
    assert origin_of(told) == "times.example"
    (mention,) = read_feed_event(told)
    assert mention.origin == "times.example"
    assert origin_of(event("EQ", url="https://www.times.example/a")) == "gdeltproject.org"
