"""The seed article's reading: what any change of the readers must keep."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.records import Article, Mention, Publisher
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_article import read_article

SEED = Path(__file__).with_name("seed_article.txt")


@pytest.fixture(scope="module")
def mentions() -> tuple[Mention, ...]:
    at = datetime(2021, 6, 28, 12, tzinfo=UTC)
    body = SEED.read_text(encoding="utf-8")
    return read_article(
        Article(
            article_id="0" * 32,
            url="",
            source=Publisher(domain="france24.com"),
            body=body,
            published_at=at,
            fetched_at=at,
        )
    )


def test_one_main_strike_on_the_day(mentions):
    main = [m for m in mentions if m.role == "main"]
    assert len(main) == 1
    assert (main[0].family, main[0].subtype) == ("explosions", "air-drone-strike")
    assert main[0].time.start.date().isoformat() == "2021-06-27"
    assert main[0].place.country in ("IQ", "SY")


def test_every_field_shows_the_words_it_was_read_from(mentions):
    body = SEED.read_text(encoding="utf-8")
    may = next(m for m in mentions if "crashed in May" in m.passage)
    words = {w.field: body[w.start : w.end] for w in may.read_from}
    assert (words["type"], words["place"], words["time"]) == ("drone", "Ain al-Assad", "May")


@pytest.mark.parametrize(
    ("words", "place", "start"),
    [
        ("unilaterally withdrew", "Vienna", "2018-01-01"),
        ("to offer up to three million dollars", None, "2021-06-01"),
        ("A strike in eastern Syria", "Syria", "2021-02-01"),
        ("crashed in April", "Erbil", "2021-04-01"),
        ("crashed in May", "Ain al-Assad", "2021-05-01"),
        ("three drones targeted", "Baghdad", "2021-06-01"),
        ("five rockets were fired", None, "2021-06-01"),
    ],
)
def test_earlier_incidents_are_background_with_place_and_time(mentions, words, place, start):
    found = [m for m in mentions if words in m.passage]
    assert len(found) == 1
    assert found[0].role == "background"
    assert found[0].time.start.date().isoformat() == start
    assert place is None or place in found[0].place.name


@pytest.mark.parametrize(
    ("what", "low", "high", "source", "kind"),
    [
        ("killed", None, None, "the influential coalition of pro-Iran paramilitaries", "party"),
        ("killed", 5, None, "an NGO", "ngo"),
        ("killed", 5, None, "the Syrian Observatory for Human Rights", "ngo"),
        ("killed", 10, 10, "The Pentagon", "official"),
        ("killed", 1, 1, "the official Syrian agency Sana", "official"),
        ("injured", 3, None, "the official Syrian agency Sana", "official"),
    ],
)
def test_tolls_stand_side_by_side_with_their_sources(mentions, what, low, high, source, kind):
    main = next(m for m in mentions if m.role == "main")
    body = SEED.read_text(encoding="utf-8")
    found = [
        c
        for c in main.claims
        if (c.what, c.min, c.max, c.attributed_to, c.attribution_kind) == (what, low, high, source, kind)
    ]
    assert len(found) == 1
    assert body[found[0].quote.start : found[0].quote.end] == found[0].text


def test_a_source_that_counts_more_widens_the_range_of_the_toll(mentions):
    state = LinkState()
    for mention in mentions:
        link(state, mention)
    main = next(m for m in mentions if m.role == "main")
    (killed,) = (f for f in state.open[state.home[main.mention_id]].incident.figures if f.what == "killed")
    assert (killed.low, killed.best, killed.high) == (5, 5, 10)


@pytest.mark.parametrize(
    ("words", "place", "low"),
    [("second such operation", "Syria", 2), ("more than 40 attacks", "Iraq", 41)],
)
def test_counts_over_many_are_aggregates(mentions, words, place, low):
    found = [m for m in mentions if m.role == "aggregate" and words in m.passage]
    assert [(m.place.name, [(c.what, c.min) for c in m.claims]) for m in found] == [(place, [("attacks", low)])]
    assert found[0].time.start.date().isoformat() == "2021-01-01"


def test_words_alone_are_statements_on_the_strike(mentions):
    main = next(m for m in mentions if m.role == "main")
    said = [m for m in mentions if m.role == "statement"]
    assert any("denounced the raids" in m.passage and m.family == "diplomacy" for m in said)
    assert all(m.about == (main.mention_id,) and not m.claims for m in said)


def test_the_strike_has_one_claim_for_each_source_and_figure(mentions):
    main = next(m for m in mentions if m.role == "main")
    told = [(c.what, c.min, c.max, c.attributed_to) for c in main.claims]
    assert len(told) == len(set(told)) == 7
    assert all(c.attributed_to for c in main.claims)


def test_nothing_recalled_is_taken_for_news(mentions):
    assert {m.role for m in mentions if "in February" in m.passage or "crashed in" in m.passage} == {"background"}
