"""Poison between good records: each kind goes to quarantine with its reason, and the rest of the stream is intact."""

import dataclasses
import io
import json
import struct
import sys
from contextlib import nullcontext

import confluent_kafka
import fastavro
import pytest
from kafka.errors import MessageSizeTooLargeError

from connectors.ingest.publish import Publisher
from connectors.kafka.clients import KafkaProducer
from deploy.actions.quarantine import newest, replay
from deploy.actions.setup import create_topics
from deploy.actions.tail import follow
from deploy.demo.demo import drain
from deploy.supervise.process import Child
from schemas.codec import Codec
from schemas.contracts import latest
from schemas.identity import article_id
from schemas.quarantine import KEPT_BYTES
from schemas.records import Article
from schemas.records import Publisher as Source
from schemas.topics import ARTICLE, ORIGINAL
from streams.settings import Settings
from tests.integration import faulty_worker
from tests.integration.system import eventually, own_kafka, running
from tests.schemas.test_header_names import Raw

pytestmark = pytest.mark.timeout(300)
CODEC = Codec()
CONTRACT = latest()[ARTICLE.name]


def an_article(now, number, title=None):
    title = title or f"Storm number {number} floods the harbour of Port Example"
    body = f"{title}. " + " ".join(f"word{number}x{k}" for k in range(60))
    url = f"https://news.example/{number}"
    return Article(
        article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body,
        source=Source(domain="news.example"), published_at=now, fetched_at=now,
    )  # fmt: skip


def unchecked(now, **changes):
    """An article in the wire format whose fields nobody held against the contract's rules."""
    plain = dataclasses.asdict(an_article(now, 99)) | changes
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(CONTRACT.schema), plain)
    return struct.pack(">bI", 0, CONTRACT.schema_id) + body.getvalue()


def poison(now):
    good = CODEC.encode(an_article(now, 98))
    at = good.index(b"Storm")
    return {
        "no value": None,
        "empty value": b"",
        "plain text": b"not a record at all",
        "JSON instead of Avro": json.dumps({"title": "x"}).encode(),
        "another magic byte": b"\x07" + good[1:],
        "a schema id nobody registered": good[:1] + b"\x00\x00\x00\x09" + good[5:],
        "a schema id of another topic": struct.pack(">bI", 0, latest()["news.alert.v1"].schema_id) + good[5:],
        "a body cut short": good[:-20],
        "bytes behind the body": good + b"\x00\x01",
        "broken UTF-8": good[:at] + b"\xff\xfe" + good[at + 2 :],
        "an id that breaks its pattern": unchecked(now, article_id="short"),
        "a value longer than is kept": b"\x07" * 930_000,
        "a time beyond every calendar": good[:5] + _with_year_300000(now),
    }


def _with_year_300000(now):
    schema = json.loads(CONTRACT.text)
    for field in schema["fields"]:
        if field["name"] == "fetched_at":
            field["type"] = "long"
        if field["name"] == "published_at":
            field["type"] = ["null", "long"]
    body = io.BytesIO()
    plain = dataclasses.asdict(an_article(now, 97)) | {"fetched_at": 9_400_000_000_000_000, "published_at": None}
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema), plain)
    return body.getvalue()


def send_between_good_ones(settings, now):
    """A good article before and after each poison; how many good ones."""
    kinds = poison(now)
    producer = KafkaProducer(
        bootstrap_servers=settings.kafka, acks="all", enable_idempotence=False, batch_size=0, linger_ms=0
    )
    key, long = b"all on one partition", [("trace", b"t" * 100_000)]
    producer.send(ARTICLE.name, key=key, value=CODEC.encode(an_article(now, 0)), partition=0).get(30)
    for number, value in enumerate(kinds.values(), 1):
        producer.send(ARTICLE.name, key=key, value=value, headers=long, partition=0).get(30)
        producer.send(ARTICLE.name, key=key, value=CODEC.encode(an_article(now, number)), partition=0).get(30)
    producer.close()
    return len(kinds) + 1


PACKED = ("gzip", "snappy", "lz4", "zstd")


def test_what_other_clients_may_do_stops_nobody(real_kafka_here, real_clickhouse_here, tmp_path, now):
    """They pack with what ours cannot unpack, send bombs, and name headers with bytes that are no UTF-8."""
    with running("real", tmp_path, partitions=1) as system:
        sent = []

        def article():
            sent.append(an_article(now, len(sent)))
            return CODEC.encode(sent[-1])

        for codec in PACKED:
            other = confluent_kafka.Producer({"bootstrap.servers": system.settings.kafka, "compression.type": codec})
            for _ in range(3):
                other.produce(ARTICLE.name, key=b"one", value=article())
            assert not other.flush(30)
        ours = KafkaProducer(
            bootstrap_servers=system.settings.kafka, enable_idempotence=False, compression_type="gzip",
            max_request_size=2**26,
        )  # fmt: skip
        ours.send(ARTICLE.name, key=b"one", value=article(), headers=[(Raw("odd"), b"x")]).get(30)
        with pytest.raises(MessageSizeTooLargeError):
            ours.send(ARTICLE.name, key=b"one", value=b"\0" * 50_000_000).get(30)
        ours.send(ARTICLE.name, key=b"one", value=article()).get(30)
        ours.close()
        drain(system.settings.kafka)
        assert sorted(originals(system.settings)) == sorted(a.title for a in sent)
        assert system.query("SELECT uniqExact(article_id) FROM article") == [(len(sent),)]
        assert newest(system.settings.kafka, 10) == []


def originals(settings):
    return [r.record.article.title for r in follow(settings.kafka, ORIGINAL.name, from_start=True, until_end=True)]


@pytest.mark.once
def test_every_kind_of_poison_is_quarantined_and_nothing_else(parts, tmp_path, now):
    with running(parts, tmp_path) as system:
        good = send_between_good_ones(system.settings, now)
        drain(system.settings.kafka)
        assert sorted(originals(system.settings)) == sorted(an_article(now, n).title for n in range(good))
        found = [r for r in newest(system.settings.kafka, 1_000) if r.topic == ARTICLE.name]
        by_stage = {stage: sorted(r.offset for r in found if r.stage == stage) for stage in ("dedupe", "load")}
        offsets = list(range(1, 2 * good - 1, 2))
        assert by_stage == {"dedupe": offsets, "load": offsets}
        reasons = {r.offset: r.reason for r in found if r.stage == "dedupe"}
        for (kind, value), offset in zip(poison(now).items(), offsets, strict=True):
            assert reasons[offset], kind
            assert next(r.value for r in found if r.offset == offset) == (value or b"")[:KEPT_BYTES], kind
        assert len(reasons) >= 10
        stored = system.query("SELECT count() FROM (SELECT quarantine_id FROM quarantine GROUP BY quarantine_id)")
        assert stored[0][0] == len(found)
        assert system.query("SELECT count() FROM (SELECT article_id FROM article GROUP BY article_id)")[0][0] == good


def mended(settings, folder):
    return Child(
        "mended worker", [sys.executable, "-m", "tests.integration.faulty_worker", "mended"], log=folder / "mended.log",
        ready=lambda: True, environment=settings.environment(),
    )  # fmt: skip


def settles(holds, *, seconds):
    try:
        eventually(holds, seconds=seconds, what="it settles")
    except AssertionError:
        return False
    return True


def test_a_stage_that_raises_on_one_record_handles_the_next(parts, tmp_path, now):
    with own_kafka(parts, tmp_path / "kafka") as (address, batch_bytes):
        settings = Settings(kafka=address, data_dir=tmp_path, partitions=1, batch_bytes=batch_bytes, console_port=0)
        create_topics(settings)
        articles = [an_article(now, n, faulty_worker.TITLE if n == 3 else None) for n in range(6)]
        with Publisher(settings.kafka, CODEC, batch_bytes=settings.batch_bytes) as publisher:
            for article in articles:
                publisher.publish(article)
        worker = Child(
            "faulty worker", [sys.executable, "-m", "tests.integration.faulty_worker"], log=tmp_path / "faulty.log",
            ready=lambda: True, environment=settings.environment(),
        )  # fmt: skip
        with worker:
            eventually(lambda: len(originals(settings)) == 5, seconds=60, what="five articles pass the stage")
            (record,) = newest(settings.kafka, 10)
            assert (record.stage, record.error, record.offset) == ("faulty", "ZeroDivisionError", 3)
            assert replay(settings.kafka, record.quarantine_id) == 1
            eventually(lambda: len(newest(settings.kafka, 10)) == 2, seconds=60, what="the replayed record fails again")
            assert replay(settings.kafka, record.quarantine_id) == 0  # sent already
            assert sorted(originals(settings)) == sorted(a.title for a in articles if a.title != faulty_worker.TITLE)
        assert replay(settings.kafka, None) == 1
        with mended(settings, tmp_path):
            passed = settles(lambda: len(originals(settings)) == 6, seconds=45)
        with (
            mended(settings, tmp_path) if not passed else nullcontext()
        ):  # a consumer that stalls is started again, once
            eventually(lambda: len(originals(settings)) == 6, seconds=60, what="the mended stage passes the article")
            assert replay(settings.kafka, None) == 0
            assert sorted(originals(settings)) == sorted(a.title for a in articles)
