"""The console over a live Kafka: what a page gets, who is refused, and what it says while Kafka is away."""

import asyncio
import itertools
import json
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestClient, TestServer

from connectors.ingest.publish import Publisher
from connectors.kafka.clients import KafkaProducer
from deploy.actions.setup import create_topics
from deploy.embedded.broker import PRODUCER_BATCH_BYTES, broker
from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child
from schemas import topics
from schemas.codec import Codec
from schemas.contracts import latest
from streams.console.server import HEADERS, create_console
from streams.settings import Settings
from tests.console.made import alert, feed, incident, killed, relation
from tests.integration.conftest import KafkaPart

NUMBERS = itertools.count(random.randrange(10**6, 10**9))  # incidents of their own for tests that share a broker


@asynccontextmanager
async def console(bootstrap: str) -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(create_console(bootstrap, Codec()))) as client:
        yield client


def publish(part: KafkaPart, *records: object) -> None:
    with Publisher(part.bootstrap, Codec(), batch_bytes=part.batch_bytes) as publisher:
        for record in records:
            publisher.publish(record)


async def frames(stream: ClientResponse) -> AsyncIterator[tuple[str, dict]]:
    while True:
        frame = (await stream.content.readuntil(b"\n\n", max_size=2**26)).decode()
        fields = dict(line.split(": ", 1) for line in frame.strip().splitlines() if not line.startswith(":"))
        if "event" in fields:
            yield fields["event"], json.loads(fields["data"])


async def healthy(client: TestClient, text: str) -> dict:
    """The health once it says `text`."""
    while True:
        health = await (await client.get("/health")).json()
        if text in health["kafka"] and not health["behind"]:
            return health
        await asyncio.sleep(0.1)


async def answering(client: TestClient, path: str, status: int) -> None:
    while True:
        if (await client.get(path)).status == status:
            return
        await asyncio.sleep(0.1)


@pytest.fixture
def prepared(kafka: KafkaPart) -> KafkaPart:
    create_topics(Settings(kafka=kafka.bootstrap, partitions=2))
    return kafka


async def test_a_page_gets_a_snapshot_and_then_what_changes(prepared):
    n = next(NUMBERS)
    first, second = incident(n, 1), incident(n, 2, figures=(killed(74),))
    publish(prepared, first, alert(first))
    async with console(prepared.bootstrap) as client:
        await healthy(client, "connected")
        async with client.get("/api/stream") as stream:
            page = frames(stream)
            kind, snapshot = await anext(page)
            assert kind == "snapshot"
            assert first.incident_id in {i["incident_id"] for i in snapshot["incidents"]}
            assert first.incident_id in {a["incident_id"] for a in snapshot["alerts"]}
            assert snapshot["counts"]["news.incident.v1"] >= 1

            publish(prepared, second, alert(second, 2), relation(n, n, 1))
            wanted, seen = {"incident", "alert", "relation", "counts"}, {}
            while wanted - set(seen):
                kind, body = await anext(page)
                seen[kind] = body
        assert (seen["incident"]["version"], seen["alert"]["revision"]) == (2, 2)
        assert seen["alert"]["changes"] == [{"what": "killed", "before": "24", "after": "74"}]
        detail = await (await client.get(f"/api/incidents/{first.incident_id}")).json()
        assert [step["version"] for step in detail["history"]] == [2, 1]
        assert [r["kind"] for r in detail["relations"]] == ["refers-back"]
        async with client.get("/api/stream") as again:
            _, snapshot = await anext(frames(again))
        assert {"version": 2} in [
            {"version": i["version"]} for i in snapshot["incidents"] if i["incident_id"] == first.incident_id
        ]
        assert (await client.get("/api/incidents/nobody")).status == 404


async def test_the_health_of_feeds_is_in_the_metrics(prepared):
    silent = feed(next(NUMBERS), title="Quiet Post", status="silent", items_usual=40.5)
    publish(prepared, silent)
    async with console(prepared.bootstrap) as client:
        await healthy(client, "connected")
        answer = await client.get("/metrics")
        text = await answer.text()
        state = await (await client.get("/api/state")).json()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert f'tocsin_feed_silent{{feed="{silent.name}",title="Quiet Post"}} 1.0' in text.splitlines()
    assert "tocsin_kafka_up 1.0" in text.splitlines()
    assert silent.feed_id in {f["feed_id"] for f in state["feeds"]}


async def test_what_cannot_be_read_is_counted_and_a_tombstone_takes_out(prepared):
    gone, stays = incident(next(NUMBERS)), incident(next(NUMBERS))
    publish(prepared, gone)
    async with console(prepared.bootstrap) as client:
        before = (await healthy(client, "connected"))["unreadable"]
        producer = KafkaProducer(
            bootstrap_servers=prepared.bootstrap, enable_idempotence=False, batch_size=prepared.batch_bytes, linger_ms=0
        )
        producer.send(topics.INCIDENT.name, key=gone.incident_id.encode(), value=b"no record").get(30)
        producer.send(topics.INCIDENT.name, key=gone.incident_id.encode(), value=None).get(30)
        producer.close()
        publish(prepared, stays)
        await answering(client, f"/api/incidents/{stays.incident_id}", 200)
        await answering(client, f"/api/incidents/{gone.incident_id}", 404)
        assert (await healthy(client, "connected"))["unreadable"] == before + 1


async def test_pages_and_registry_answer_and_strangers_are_refused(prepared):
    async with console(prepared.bootstrap) as client:
        own = f"http://127.0.0.1:{client.port}"
        for path in ("/", "/static/console.js", "/static/vendor/world-110m.json.gz", "/api/state"):
            answer = await client.get(path, headers={"Origin": own})
            assert answer.status == 200
            assert HEADERS.items() <= answer.headers.items()
        contract = latest()["news.alert.v1"]
        answer = await client.get(f"/subjects/{contract.subject}/versions/latest")
        assert (await answer.json())["id"] == contract.schema_id
        strangers = [
            {"Host": "evil.example"},
            {"Host": f"127.0.0.1.evil.example:{client.port}"},
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": f"http://127.0.0.1:{client.port + 1}"},
        ]
        for headers in strangers:
            for path in ("/", "/api/state", "/api/stream", "/health", "/subjects", "/static/console.js"):
                answer = await client.get(path, headers=headers)
                assert (answer.status, path, headers) == (403, path, headers)
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
                assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.fixture
def own_broker(tmp_path: Path) -> Child:
    (port,) = free_ports(1)
    child = broker(tmp_path, port=port)
    child.bootstrap = f"127.0.0.1:{port}"
    yield child
    child.stop()


async def test_kafka_may_be_away_at_the_start_and_later(own_broker, caplog):
    caplog.set_level(logging.CRITICAL, "aiokafka")
    part = KafkaPart("embedded", own_broker.bootstrap, own_broker, PRODUCER_BATCH_BYTES)
    n = next(NUMBERS)
    async with console(part.bootstrap) as client:
        health = await healthy(client, "away")
        assert part.bootstrap in health["kafka"]
        assert (await client.get("/health")).status == 503

        own_broker.start().wait_ready()
        assert "tocsin setup" in (await healthy(client, "without news."))["kafka"]
        await asyncio.to_thread(create_topics, Settings(kafka=part.bootstrap, partitions=2))
        await healthy(client, "connected")
        assert (await client.get("/health")).status == 200
        async with client.get("/api/stream") as stream:
            page = frames(stream)
            await anext(page)
            await asyncio.to_thread(publish, part, incident(n, 1))
            while (await anext(page))[0] != "incident":
                pass

            own_broker.kill()
            kind, health = await anext(page)
            while "away" not in health.get("kafka", ""):
                kind, health = await anext(page)
            assert kind == "health"
            assert (await client.get(f"/api/incidents/{incident(n).incident_id}")).status == 200

            own_broker.start().wait_ready()  # with nothing of what it had
            await asyncio.to_thread(create_topics, Settings(kafka=part.bootstrap, partitions=2))
            await asyncio.to_thread(publish, part, incident(n, 1), incident(n, 2))
            kind, body = await anext(page)
            while kind != "incident":
                kind, body = await anext(page)
            assert body["version"] == 2


async def test_a_page_that_does_not_read_holds_nobody_up(prepared):
    """Hundreds of updates while one page sleeps: the board goes on, and the page then ends with the newest."""
    n = next(NUMBERS)
    async with console(prepared.bootstrap) as client, ClientSession(read_bufsize=1024) as session:
        await healthy(client, "connected")
        async with session.get(client.make_url("/api/stream")) as asleep:
            await anext(frames(asleep))
            text = "x" * 40_000
            versions = [incident(n, v, title=f"{v} {text}") for v in range(1, 301)]
            await asyncio.to_thread(publish, prepared, *versions)
            while True:
                found = await client.get(f"/api/incidents/{incident(n).incident_id}")
                if found.status == 200 and (await found.json())["incident"]["version"] == 300:
                    break
                await asyncio.sleep(0.2)
            told = 0
            async for kind, body in frames(asleep):
                told += kind == "incident"
                if kind == "incident" and body["version"] == 300:
                    break
            assert told < 300
