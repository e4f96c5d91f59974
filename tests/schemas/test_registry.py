"""The built-in registry endpoint, read by other people's clients."""

import asyncio
import json
import threading

import httpx
import pytest
from aiohttp import web
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from schemas.codec import Codec, from_json
from schemas.contracts import contracts, latest
from schemas.transport.registry import registered_ids, routes


@pytest.fixture(scope="module")
def registry():
    loop = asyncio.new_event_loop()
    app = web.Application()
    app.add_routes(routes())
    runner = web.AppRunner(app)
    loop.run_until_complete(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    loop.run_until_complete(site.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.parametrize("topic", sorted(latest()))
def test_confluents_deserializer_reads_every_topic(registry, topic):
    plain = json.loads(latest()[topic].examples()[0].read_text())
    wire = Codec().encode(from_json(plain, topic))
    with SchemaRegistryClient({"url": registry}) as client:
        read = AvroDeserializer(client)(wire, SerializationContext(topic, MessageField.VALUE))
    assert read.keys() == plain.keys()
    assert [read[k] for k in plain if isinstance(plain[k], str) and isinstance(read[k], str)] == [
        plain[k] for k in plain if isinstance(plain[k], str) and isinstance(read[k], str)
    ]


@pytest.fixture
def client(registry):
    with SchemaRegistryClient({"url": registry}) as client:
        yield client


def test_subjects_versions_and_lookup(client):
    assert client.get_subjects() == sorted(c.subject for c in contracts() if c.revision == 1)
    found = client.get_latest_version("news.copy.v1-value")
    assert found.schema_id == latest()["news.copy.v1"].schema_id
    assert client.lookup_schema("news.copy.v1-value", found.schema).version == found.version
    assert client.get_compatibility() == "FULL_TRANSITIVE"


def test_what_is_not_there_is_said_in_the_registrys_own_codes(client):
    for call, code in (
        (lambda: client.get_latest_version("nothing-value"), 40401),
        (lambda: client.get_version("news.copy.v1-value", 99), 40402),
        (lambda: client.get_schema(1), 40403),
    ):
        with pytest.raises(SchemaRegistryError) as caught:
            call()
        assert caught.value.error_code == code


def test_writes_are_refused(registry):
    with pytest.raises(httpx.HTTPStatusError, match="422"):
        registered_ids(registry)
