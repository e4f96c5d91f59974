"""Anything that decodes as an article passes every stage and fits every table, however strange; what is too long is refused."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.actions.analyze import analyze_article
from schemas.codec import Codec, CodecError
from schemas.identity import article_id
from schemas.records import Article, Incident, Publisher
from schemas.topics import ARTICLE, INCIDENT, MENTION, ORIGINAL
from streams.agents.alert import AlertStage
from streams.agents.classify import ClassifyStage
from streams.agents.dedupe import DedupeStage
from streams.agents.link import LinkStage
from streams.domain.alerting.rules import default_rules
from tests.connectors.load_rows import rows_of

CODEC = Codec()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
STAGES = {
    ARTICLE.name: DedupeStage(timedelta(hours=72)),
    ORIGINAL.name: ClassifyStage(),
    MENTION.name: LinkStage(),
    INCIDENT.name: AlertStage(lambda: default_rules(0)),
}
WORDS = (
    "killed wounded 12 40 1,200 one dozens police said on Monday 31 February 2019 in near Kharkiv Goma Paris Haiti Texas "
    "drone strike bomb explosion flood earthquake magnitude 7.1 protest 9999 0 -5 10^400 per cent $ million Reuters AP "
    "according to the ministry “ ” ' \" . , ; ( ) — \n \n\n \x00 <div> &amp; &a; ]]> \u202e 🚀 １２ 死者 погибли ١٢"
).split(" ")
NOISE = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
TEXTS = st.lists(st.sampled_from(WORDS) | NOISE, max_size=60).map(" ".join)
MOMENTS = st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [datetime(y, 1, 1, tzinfo=UTC) for y in (1, 1000, 1900, 2262, 2299)] + [datetime(9999, 12, 31, 23, 59, tzinfo=UTC)]
)


def an_article(title, body, published, url="https://news.example/1"):
    return Article(
        article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body,
        source=Publisher(domain="news.example"), published_at=published, fetched_at=NOW,
    )  # fmt: skip


def through(article):
    """Every record that the article leads to, each through the wire format and into rows."""
    waiting, seen = [article], []
    states = {topic: stage.restore(()) for topic, stage in STAGES.items()}
    while waiting:
        record = waiting.pop(0)
        topic = CODEC.topic(record)
        decoded = CODEC.decode(CODEC.encode(record), topic)
        assert rows_of(decoded, 0)
        seen.append(decoded)
        if stage := STAGES.get(topic):
            waiting += stage.handle(states[topic], decoded).records
    return seen


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS, MOMENTS | st.none())
def test_any_article_passes_every_stage(title, body, published):
    assert len(through(an_article(title, body, published))) >= 2


@pytest.mark.parametrize("year", [1, 1000, 1582, 9999])
def test_an_article_of_any_century_passes(year):
    body = "A drone strike on a market in Kharkiv killed 12 people on Monday, the governor said. " * 3
    through(an_article("Drone strike kills 12 in Kharkiv", body, datetime(year, 12, 31, tzinfo=UTC)))


def test_an_incredible_date_does_not_move_the_clock_of_incidents():
    body = "A drone strike on a market in Kharkiv killed 12 people on Monday, the governor said. " * 3
    (incident, *_) = [
        r for r in through(an_article("Strike", body, datetime(9999, 1, 1, tzinfo=UTC))) if isinstance(r, Incident)
    ]
    assert incident.first_seen == NOW


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000,
        "&a;" * 30_000,
        "killed " * 15_000,
        "1" * 100_000,
        "\x00" * 10_000,
        "“" * 20_000,
        "12 killed in Goma, 13 killed in Gao, " * 1_500,
        "\n" * 50_000,
        "й" * 50_000,
    ],
    ids=["nested", "entities", "one word", "one number", "NUL", "quotes", "a list", "lines", "one letter"],
)
def test_a_monotonous_article_passes(body):
    through(an_article("Strike kills 12 in Kharkiv", body, NOW))


@pytest.mark.parametrize("field", ["title", "body"])
def test_ten_megabytes_are_refused_before_kafka_would(field):
    fields = {"title": "Strike", "body": "Rain."} | {field: "long " * 2_000_000}
    with pytest.raises(CodecError, match="bytes"):
        CODEC.encode(an_article(fields["title"], fields["body"], NOW))


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS)
def test_analyze_reads_anything(text, title):
    reading = analyze_article(text, title=title, published=NOW, url="", now=NOW)
    assert reading.to_json()["article"]["body"] == text


@given(st.binary(max_size=200), st.sampled_from(sorted(STAGES)))
def test_any_bytes_are_a_record_or_a_codec_error(raw, topic):
    with suppress(CodecError):
        assert rows_of(CODEC.decode(raw, topic), 0)
