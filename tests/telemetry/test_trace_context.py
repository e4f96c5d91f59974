"""One id per article, through headers, stages, logs and spans."""

import json
import logging
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from schemas.identity import article_id
from schemas.records import Article, Original, Publisher
from schemas.telemetry import traces
from schemas.telemetry.headers import ORIGIN, TRACE, TraceContext, read_trace_context
from schemas.telemetry.logs import JsonLines
from schemas.topics import ARTICLE, ORIGINAL
from streams.agents.stage import Outcome
from tests.streams.kafka_model import NOW, Kafka, Worker, message

ID = "0123456789abcdef0123456789abcdef"


def test_a_passport_survives_its_headers():
    context = TraceContext.of(ID, 1_700_000_000_000)
    assert context.trace == ID
    assert read_trace_context(context.headers(), "other", 1_700_000_000_500) == context
    assert context.seconds_until(1_700_000_002.0) == 2.0
    assert context.seconds_until(1_600_000_000.0) == 0.0


@given(st.dictionaries(st.sampled_from([TRACE, ORIGIN, "x"]), st.binary(max_size=60) | st.none()))
def test_whatever_headers_come_there_is_a_passport(headers):
    found = read_trace_context(headers.items(), ID, 1_000)
    assert len(found.trace) == 32
    assert found.origin_ms <= 1_000
    assert read_trace_context(found.headers(), "", 1_000) == found


def test_an_entry_after_the_arrival_is_a_wrong_clock():
    assert read_trace_context(TraceContext.of(ID, 5_000).headers(), ID, 1_000).origin_ms == 1_000


class Passing:
    """Makes an original of every article."""

    name, reads, keeps_state = "passing", (ARTICLE.name,), True

    def restore(self, entries):
        return dict(entries)

    def handle(self, state, record):
        return Outcome([Original(article=record, story_id=record.article_id)], {record.article_id: b"1"})


def an_article():
    url = "https://news.example/1"
    return Article(
        article_id=article_id(url, "Flood", ""), url=url, canonical_url=url, title="Flood", body="",
        source=Publisher(domain="news.example"), published_at=NOW, fetched_at=NOW,
    )  # fmt: skip


def through(stage, headers):
    """Headers of what a stage made of one article."""
    kafka = Kafka()
    came = message(ARTICLE.name, 0, an_article())
    came.headers = headers
    assert Worker(kafka, stage).run([came])
    return [dict(h) for h in kafka.headers[ORIGINAL.name]]


def test_what_a_stage_makes_bears_the_passport_of_what_it_read():
    context = TraceContext.of(an_article().article_id, 1_700_000_000_000)
    assert through(Passing(), context.headers()) == [dict(context.headers())]


def test_what_comes_without_headers_is_known_by_its_id_from_its_arrival_on():
    found = read_trace_context(through(Passing(), ())[0].items(), "", 10**15)
    assert found.trace == an_article().article_id
    assert found.origin_ms == int(NOW.timestamp() * 1000)


@pytest.fixture
def spans():
    exporter = InMemorySpanExporter()
    provider = traces.begin(exporter, "test")
    yield lambda: provider.force_flush() and exporter.get_finished_spans()
    traces.end()
    provider.shutdown()


def test_spans_of_all_stages_make_one_trace_named_by_the_article(spans):
    with traces.span("publish", TraceContext.of(an_article().article_id, 0)) as published:
        pass
    first = through(Passing(), published.headers())[0]
    with traces.span("load", read_trace_context(first.items(), "", 10**15)):
        pass
    publish, passing, load = spans()
    assert {f"{s.context.trace_id:032x}" for s in (publish, passing, load)} == {an_article().article_id}
    assert passing.parent.span_id == publish.context.span_id
    assert load.parent.span_id == passing.context.span_id


def test_each_line_of_a_log_names_the_article(caplog):
    caplog.set_level(logging.INFO, "tocsin.stage")
    formatter, lines = JsonLines(), []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(json.loads(formatter.format(record)))
    logging.getLogger("tocsin.stage").addHandler(handler)
    try:
        through(Passing(), ())
    finally:
        logging.getLogger("tocsin.stage").removeHandler(handler)
    assert [(line["article"], line["stage"]) for line in lines] == [(an_article().article_id, "passing")]
    assert datetime.fromisoformat(lines[0]["time"]).tzinfo == UTC
