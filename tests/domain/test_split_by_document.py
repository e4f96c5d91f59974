from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.identity import digest
from schemas.records import Incident, Mention, Period, Place, Publisher, Relation, Span
from streams.domain.linking.link import link
from streams.domain.linking.merge_split import Reason, merge
from streams.domain.linking.session import LinkSession
from streams.domain.linking.split_by_document import members_of_second
from streams.domain.linking.state import LinkState
from streams.domain.mentions.link_features import features

MONDAY = datetime(2021, 6, 28, 12, tzinfo=UTC)
HOMS = Place(name="Homs", country="SY", lat=34.7, lon=36.7, precision="city")
ALEPPO = Place(name="Aleppo", country="SY", lat=36.2, lon=37.15, precision="city")
NEAR_ALEPPO = Place(name="Azaz", country="SY", lat=36.4, lon=37.1, precision="city")
SYRIA = Place(name="Syria", country="SY", lat=35.0, lon=38.0, precision="country")


def day(back):
    at = (MONDAY - timedelta(days=back)).replace(hour=0)
    return Period(start=at, end=at + timedelta(hours=23, minutes=59), precision="day")


def told(number, place=HOMS, back=0, document="a", words="Shells hit a market, killing traders and shoppers."):
    return Mention(
        mention_id=digest(document, str(number)), document_id=digest(document), story_id=digest(document), block="western-asia",
        role="main", family="explosions", subtype="shelling-missile", place=place, time=day(back),
        evidence=Span(start=number, end=number + 1), passage=words, confidence=0.9, severity=3, title=words,
        source=Publisher(domain=f"{document}.example"), origin=f"{document}.example", reported_at=MONDAY,
        features=features(words, words),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "member", "goes"),
    [
        (told(0), told(1, ALEPPO), told(0, NEAR_ALEPPO, document="b"), True),
        (told(0), told(1, ALEPPO), told(0, HOMS, document="b"), False),
        (told(0), told(1, ALEPPO), told(0, SYRIA, document="b"), False),  # of which it tells is not known
        (
            told(0),
            told(1, NEAR_ALEPPO, back=3),
            told(0, HOMS, back=3, document="b"),
            False,
        ),  # the day is not what counts
        (told(0), told(1, back=3), told(0, back=3, document="b"), True),
        (told(0), told(1), told(0, ALEPPO, document="b"), False),  # the two are not apart
    ],
)
def test_members_go_with_the_happening_they_tell_of(first, second, member, goes):
    assert members_of_second(first, second, [first, member]) == (
        frozenset((member.mention_id,)) if goes else frozenset()
    )


@pytest.mark.parametrize("document", "adefgh")  # ids in this and that order
def test_an_incident_is_split_when_a_document_tells_of_two(document):
    state, outputs = LinkState(), []
    one, other = told(0, HOMS, document="b"), told(0, NEAR_ALEPPO, document="c", words="Rockets fell on another town.")
    one, other = (replace(m, reported_at=MONDAY - timedelta(hours=3)) for m in (one, other))
    for mention in (one, other):
        state, _ = link(state, mention)
    if len(state.open) > 1:
        merge(LinkSession(state), *state.open.values(), Reason("a mistake", MONDAY))
    first = told(0, HOMS, document=document)
    second = told(1, ALEPPO, document=document, words="Rockets fell on another town.")
    for mention in (first, second):
        state, linked = link(state, mention)
        outputs += linked.outputs
    homes = {m: i for i, now in state.open.items() for m in now.mention_ids()}
    assert homes[one.mention_id] == homes[first.mention_id]
    assert homes[other.mention_id] == homes[second.mention_id] != homes[one.mention_id]
    assert [o.kind for o in outputs if isinstance(o, Relation) and o.kind in ("split", "merged") and o.active] == [
        "split",
        "merged",
    ]
    assert all(
        f"{document}.example reports two incidents" in o.change.text
        for o in outputs
        if isinstance(o, Incident) and o.change.kind == "split"
    )
