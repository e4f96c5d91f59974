from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.identity import digest
from schemas.records import Actor, Article, Incident, Mention, Period, Place, Publisher, Relation, Span
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.link_features import features
from streams.domain.mentions.read_article import read_article

SEED = Path(__file__).with_name("seed_article.txt")
MONDAY = datetime(2021, 6, 28, 12, tzinfo=UTC)
SYRIA = Place(name="Deir ez-Zor", country="SY", lat=35.3, lon=40.1, precision="city")


def days(first, last=None):
    start = MONDAY - timedelta(days=first)
    return Period(start=start, end=MONDAY - timedelta(days=first if last is None else last), precision="day")


def told(passage, role="main", document="a", number=0, **changes):
    """A mention of a document, `number` tells several of one role apart."""
    m = Mention(
        mention_id=digest(document, role, str(number)), document_id=digest(document), story_id=digest(document),
        block="western-asia", role=role, family="explosions", subtype="shelling-missile", place=SYRIA, time=days(1),
        evidence=Span(start=number, end=number + 1), passage=passage, confidence=0.9, severity=3,
        title=passage if role == "main" else "", source=Publisher(domain=f"{document}.example"),
        origin=f"{document}.example", reported_at=MONDAY, features=features("", passage),
    )  # fmt: skip
    return replace(m, **changes)


def relations(*mentions):
    """Relations as (kind, from, to), incidents by the first passage that was told of them; refers-back left out."""
    state, names, found = LinkState(), {}, set()
    for mention in mentions:
        state, linked = link(state, mention)
        for out in linked.outputs:
            if isinstance(out, Incident):
                names.setdefault(out.incident_id, mention.passage)
            elif isinstance(out, Relation) and out.kind != "refers-back":
                found.add((out.kind, names[out.from_incident], names[out.to_incident]))
    return found


ROCKETS = "Militias fired rockets at a base on Sunday in retaliation for an American air raid on their depots."
RAID = "An American air raid destroyed depots of the militias on Friday."


def test_what_was_answered_is_found_by_the_words_behind_the_cue():
    raid = told(RAID, "background", number=1, subtype="air-drone-strike", time=days(3))
    ferry = told("A ferry sank off Tartus in May.", "background", number=2, family="accidents", time=days(40))
    assert relations(told(ROCKETS), raid, ferry) == {("retaliation-for", ROCKETS, RAID)}


def test_recalled_history_can_be_the_answer_to_the_news():
    raid = told(RAID, time=days(3))
    rockets = told(ROCKETS, "background", number=1, time=days(1))
    assert relations(raid, rockets) == {("retaliation-for", ROCKETS, RAID)}


def test_what_was_answered_is_found_in_another_document():
    raid = told(RAID, document="b", subtype="air-drone-strike", reported_at=MONDAY - timedelta(days=2), time=days(3))
    other = told("Ferry sinks off Tartus", document="c", family="accidents", reported_at=MONDAY - timedelta(days=2))
    rockets = told("Rockets hit a camp by the river. It was revenge for an American air raid on depots of militias.")
    erbil = Place(name="Erbil", country="IQ", lat=36.2, lon=44.0, precision="city")
    rockets = replace(
        rockets, place=erbil, features=features("", "Rockets hit a camp by the river near Erbil, soldiers said.")
    )
    assert ("retaliation-for", rockets.passage, RAID) in relations(raid, other, rockets)


def test_deeds_of_one_author_within_months_are_one_campaign():
    boko = (Actor(name="Boko Haram", role="initiator", kind="armed-group"),)
    raid = told("Boko Haram burned a village.", actors=boko, family="violence-against-civilians")
    before = replace(told("Boko Haram shelled a town.", "background", number=1, time=days(30)), actors=boko)
    assert relations(raid, before) == {("same-campaign", raid.passage, before.passage)}
    years_ago = replace(before, time=days(900))
    assert relations(raid, years_ago) == set()


def test_counts_hold_the_news_and_what_is_recalled():
    news, earlier = (
        told("Rockets hit a camp."),
        told("A rocket hit a school in May.", "background", number=2, time=days(40)),
    )
    total = told("It was the tenth such attack this year.", "aggregate", number=1, time=days(170, 1))
    found = relations(news, total, earlier)
    assert {("part-of", news.passage, total.passage), ("part-of", earlier.passage, total.passage)} <= found


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"time": days(4000)}, "same-kind-earlier"),
        ({"family": "disasters", "subtype": "earthquake", "time": days(12)}, "follows"),
        ({"family": "disasters", "subtype": "earthquake", "time": days(4000)}, None),
        ({"family": "disasters", "subtype": "earthquake", "time": days(12), "place": Place(name="Chile", country="CL")}, None),
    ],
)  # fmt: skip
def test_recalled_history_is_of_the_same_kind_or_came_shortly_before(changes, kind):
    news, before = (
        told("Rockets hit a camp."),
        told("Something happened here before.", "background", number=1, **changes),
    )
    assert relations(news, before) == ({(kind, news.passage, before.passage)} if kind else set())


def test_an_arrest_follows_the_deed():
    arrest = told("Police arrested a man.", "follow-up", number=1, family="justice", subtype="arrest")
    news = told("Rockets hit a camp.")
    assert relations(news, arrest) == {("follows", arrest.passage, news.passage)}


def test_a_restored_state_finds_the_same_relations():
    total = told("It was the tenth such attack this year.", "aggregate", number=1, time=days(170, 1))
    state, _ = link(LinkState(), told("Rockets hit a camp."))
    state, _ = link(state, total)
    state = LinkState.restore([(key, state.dump(key)) for key in state.every_key()])
    _, linked = link(state, told("A rocket hit a school in May.", "background", number=2, time=days(40)))
    assert {o.kind for o in linked.outputs if isinstance(o, Relation)} >= {"refers-back", "part-of"}


def test_the_seed_article_answers_the_drone_attacks_and_has_an_earlier_strike_of_its_kind():
    article = Article(
        article_id=digest("seed"), url="https://a.example/1", source=Publisher(domain="a.example"),
        body=SEED.read_text("utf-8"), published_at=MONDAY, fetched_at=MONDAY,
    )  # fmt: skip
    found = {
        (kind, there[:40])
        for kind, here, there in relations(*read_article(article))
        if here.startswith("The United States struck")
    }
    answered = {there for kind, there in found if kind == "retaliation-for"}
    assert {'A drone "loaded with TNT", according to ', 'A "trapped drone" also crashed in May on'} <= answered
    assert any("three drones targeted" in there for there in answered)
    assert any("Since the start of the year" in there for there in answered)
    assert ("same-kind-earlier", "A strike in eastern Syria in February ki") in found
