from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.codec import Codec
from schemas.records import Article, EventFigure, FeedEvent, Place, Publisher, Span
from streams.domain.mentions.read_article import read_article, read_articles
from streams.domain.mentions.read_feed_event import read_feed_event

AT = datetime(2021, 6, 28, 12, tzinfo=UTC)
CODEC = Codec()


def article(body, title="", published=AT, lang="en"):
    return Article(
        article_id="0" * 32, url="https://example.org/a", source=Publisher(domain="example.org"), title=title, body=body,
        published_at=published, fetched_at=AT, lang=lang,
    )  # fmt: skip


def roles(body, title=""):
    return [(m.role, m.family) for m in read_article(article(body, title))]


def hold(a, mentions):
    """What every reading must keep."""
    body = a.body if a.body.strip() else a.title
    kinds = [m.role for m in mentions]
    assert kinds.count("story") == 1 or (kinds.count("story") == 0 and kinds.count("main") >= 1)
    assert len({m.mention_id for m in mentions}) == len(mentions)
    known = {m.mention_id for m in mentions}
    assert len({m.block for m in mentions}) == 1
    for m in mentions:
        CODEC.encode(m)
        assert 0 <= m.evidence.start <= m.evidence.end <= len(body)
        assert m.passage == body[m.evidence.start : m.evidence.end]
        assert set(m.about) <= known
        assert m.time is None or m.time.start <= m.time.end
        for word in m.read_from:
            assert body[word.start : word.end].strip()
            assert word.field != "place" or body[word.start : word.end].split() == m.place.name.split()
        for c in m.claims:
            if c.quote == Span(start=0, end=0):
                assert c.text in a.title
            else:
                assert c.text == body[c.quote.start : c.quote.end] != ""


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("", ""),
        ("Quake kills 10 in Iran", ""),
        ("", "word"),
        ("", "EIGHT CITIZENS WERE INJURED TODAY WHEN A BOMB EXPLODED INSIDE A BUS IN LIMA."),
        ("", "<html><body><p>Two people died in a fire in Rome.</p></body></html>"),
        ("", "قتل خمسة أشخاص في انفجار في بغداد يوم الأحد."),
        ("", "Пять человек погибли при взрыве в Киеве. 地震で三人が死亡した。 💥💥 Two people died."),
        ("", "killed " * 500),
        ("", "\x00\ud83d" + "shot dead İstanbul ẞ ﬁre " * 5),
        ("", "|a|b|\n|-|-|\n|killed|12|\n" * 20),
    ],
)
def test_bad_input_gets_an_answer(title, body):
    body = body.encode("utf-8", "ignore").decode()
    a = article(body, title)
    hold(a, read_article(a))


@pytest.mark.parametrize(
    "piece", ["Two people were killed in Rome on Sunday. ", "word ", "a.b<", '"', "killed and ", "1,", "\n\n"]
)
def test_two_megabytes_get_an_answer(piece):
    a = article(piece * (2_000_000 // len(piece)))
    hold(a, read_article(a))


WORDS = (
    "police said two people were killed and five wounded in the attack on Sunday near Baghdad , . “ ” an earthquake hit Iran last "
    "week in 2003 another explosion he added according to officials protesters marched man shot dead was arrested John Smith , 25 , "
    "condemned \n\n \n ( ) at least more than since the start of the year the second such 26,000 drone strike ; while during"
).split(" ")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=80), st.lists(st.sampled_from(WORDS), max_size=8))
def test_any_order_of_news_words_is_survived(words, title):
    a = article(" ".join(words), " ".join(title))
    mentions = read_article(a)
    hold(a, mentions)
    assert read_article(a) == mentions


@settings(deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40),
)
def test_any_text_is_survived(body, title):
    a = article(body, title)
    hold(a, read_article(a))


def test_news_without_an_incident_is_one_story():
    body = "The Cubs won the World Series on Wednesday. They beat the Indians 8-7 in ten innings. Fans sang all night in Chicago."
    assert roles(body, "Cubs win World Series") == [("story", "other")]


def test_earlier_happenings_are_background():
    body = (
        "A quake hit southern Iran on Sunday, killing at least 10 people. Homes were damaged in five villages.\n\n"
        "A quake killed more than 26,000 people in Bam in December 2003."
    )
    found = read_article(article(body))
    assert [m.role for m in found] == ["main", "background"]
    assert found[1].time.start.year == 2003
    assert [c.min for c in found[1].claims] == [26001]
    assert found[1].about == (found[0].mention_id,)


def test_all_that_a_document_tells_is_linked_where_its_news_is():
    body = (
        "A quake hit southern Iran on Sunday, killing at least 10 people. Homes were damaged in five villages.\n\n"
        "A quake killed more than 100,000 people in Haiti in January 2010."
    )
    found = read_article(article(body))
    assert [(m.place.country, m.block) for m in found] == [("IR", "southern-asia"), ("HT", "southern-asia")]


def test_an_arrest_after_the_deed_is_a_follow_up():
    body = "Two men were shot dead in Oakland on Sunday. On Monday police arrested a suspect in the case."
    assert roles(body)[:2] == [("main", "crime"), ("follow-up", "justice")]


def test_counts_over_many_are_aggregates():
    body = (
        "Rockets hit a base in Iraq on Sunday, killing one soldier.\n\n"
        "Since the start of the year, more than 40 attacks have targeted bases in Iraq."
    )
    assert ("aggregate" in [r for r, _ in roles(body)]) is True


def test_words_alone_are_statements():
    body = "An air strike in Syria killed five people on Sunday. Iraq's prime minister condemned the strike on Monday."
    assert [r for r, _ in roles(body)] == ["main", "statement"]


def test_another_happening_of_the_day_is_news_too():
    body = (
        "A man was shot dead on Grand Avenue in St. Louis on Sunday.\n\n"
        "Another fatal shooting followed on Arsenal Street, where a woman was found dead."
    )
    assert [r for r, _ in roles(body)] == ["main", "main"]


def test_what_never_happened_is_no_news():
    assert roles("Officials warned that an earthquake could kill thousands. They planned a drill.")[0][0] == "story"


def test_clashes_at_a_protest_are_of_a_crowd_and_what_it_is_over_is_recalled():
    body = (
        "Protesters hurled stones and police fired tear gas in Lisbon on Sunday, at the end of a march over the bus crash that killed "
        "31 people in the Azores. Nine officers were hurt."
    )
    march, crash = read_article(article(body, "Clashes in Lisbon as thousands march over bus deaths"))
    assert (march.role, march.family, crash.role, crash.family) == ("main", "riots", "background", "accidents")
    assert [(c.what, c.min) for c in crash.claims] == [("killed", 31)]
    assert "killed" not in {c.what for c in march.claims}
    assert roles("Troops clashed with rebels near Gao on Sunday. Artillery fire killed nine soldiers.") == [
        ("main", "battles")
    ]


def test_the_date_line_dates_an_undated_article():
    a = article("LIMA, 5 JUL 89 (TELAM) -- A BOMB EXPLODED IN LIMA TODAY, INJURING EIGHT PEOPLE.", published=None)
    assert read_article(a)[0].time.start.date().isoformat() == "1989-07-05"


@pytest.mark.parametrize("day", ["Monday", "Saturday", "June 30", "December 3", "yesterday"])
def test_what_happened_never_starts_after_publication(day):
    times = [m.time for m in read_article(article(f"A bus crashed near Rome on {day}, killing four people.")) if m.time]
    assert times
    assert all(t.start <= AT for t in times)


def test_story_id_is_the_chains():
    a = article("A bus crashed near Rome on Sunday, killing four people.")
    assert {m.story_id for m in read_article(a, story_id="1" * 32)} == {"1" * 32}


def test_a_feed_event_is_one_mention():
    event = FeedEvent(
        event_id="2" * 32, source=Publisher(domain="usgs.gov", name="USGS"), source_event_id="us1", kind="earthquake",
        title="M 7.2 - Haiti", place=Place(name="Haiti", country="HT", lat=18.4, lon=-73.5, precision="point"),
        started_at=AT, updated_at=AT, fetched_at=AT, severity=4, figures=(EventFigure(what="killed", value=12.0),),
    )  # fmt: skip
    (m,) = read_feed_event(event)
    CODEC.encode(m)
    assert (m.role, m.family, m.subtype, m.document_kind, m.severity) == ("main", "disasters", "earthquake", "event", 4)
    assert (m.claims[0].min, m.claims[0].attributed_to) == (12, "USGS")


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), max_size=4))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_several_articles_are_read_as_each_by_itself(bodies):
    articles = [article(body, title=body[:40]) for body in bodies]
    assert read_articles(articles) == [read_article(a) for a in articles]
