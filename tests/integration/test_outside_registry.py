"""Registering with a real registry that speaks Confluent's API: Apicurio Registry, where `APICURIO` names its runner.

mvn dependency:copy -Dartifact=io.apicurio:apicurio-registry-app:2.6.13.Final:tar.gz:all -DoutputDirectory=.
tar xzf apicurio-registry-app-2.6.13.Final-all.tar.gz
export APICURIO=$PWD/apicurio-registry-app-2.6.13.Final-runner.jar
"""

import json
import os
import shutil
from pathlib import Path

import httpx
import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from deploy.actions.codec import open_codec
from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child
from schemas.codec import from_json
from schemas.contracts import contracts, latest
from schemas.transport.registry import held_schemas, registered_ids
from streams.settings import Settings

RUNNER = Path(os.environ.get("APICURIO", ""))
pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not RUNNER.is_file() or not shutil.which("java"), reason="APICURIO names no registry"),
]


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder, (port,) = tmp_path_factory.mktemp("registry"), free_ports(1)
    url = f"http://127.0.0.1:{port}/apis/ccompat/v7"

    def ready():
        try:
            return httpx.get(f"{url}/subjects", timeout=30).is_success
        except httpx.HTTPError:
            return False

    started = ["java", "-Xmx400m", "-Dquarkus.http.host=127.0.0.1", f"-Dquarkus.http.port={port}", "-jar", RUNNER]
    with Child("Apicurio Registry", started, log=folder / "log", ready=ready, ready_seconds=400):
        yield url


def test_every_revision_is_registered_and_confluents_client_reads_with_its_ids(registry):
    ids = registered_ids(registry, timeout=120)
    assert ids.keys() == {(c.topic, c.revision) for c in contracts()}
    assert registered_ids(registry, timeout=120) == ids
    assert held_schemas(registry, timeout=120).keys() == {(c.subject, c.revision) for c in contracts()}
    codec = open_codec(Settings(registry=registry))
    with SchemaRegistryClient({"url": registry}) as client:
        for topic, contract in latest().items():
            plain = json.loads(contract.examples()[0].read_text())
            wire = codec.encode(from_json(plain, topic))
            assert int.from_bytes(wire[1:5]) == ids[topic, contract.revision]
            read = AvroDeserializer(client)(wire, SerializationContext(topic, MessageField.VALUE))
            assert read.keys() == plain.keys()
