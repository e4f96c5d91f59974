"""Clocks that are set back while everything runs: the newest of a thing stays the newest in the tables."""

from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from connectors.kafka.clients import KafkaAdminClient, KafkaProducer
from connectors.load.accounts import Accounts
from connectors.load.beside import Beside
from deploy.actions.setup import create_topics
from schemas.topics import INCIDENT, MENTION
from streams.settings import Settings
from tests.connectors.load_rows import as_columns, rows_of
from tests.integration.loading import CODEC, EXAMPLES, loading, wait_until
from tests.integration.system import own_kafka

pytestmark = [pytest.mark.timeout(300), pytest.mark.once]
AHEAD_MS = 2_000_000_000_000  # 2033: where the broker's clock stood before it was set right
RIGHT_MS = 1_900_000_000_000


def send(bootstrap, version, at_ms):
    """A version of an incident as a broker whose clock says `at_ms` takes it."""
    incident = replace(EXAMPLES[INCIDENT.name], version=version)
    with closing(KafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=False)) as producer:
        producer.send(
            INCIDENT.name, key=incident.incident_id.encode(), value=CODEC.encode(incident), timestamp_ms=at_ms
        ).get(30)


def test_an_incident_is_its_newest_version_though_the_brokers_clock_was_set_back(parts, tmp_path, store, name):
    def newest():
        return [version for (version,) in store.query("SELECT version FROM incident_current").rows]

    with own_kafka(parts, tmp_path) as (bootstrap, batch_bytes):
        create_topics(Settings(kafka=bootstrap, partitions=1))
        if parts == "real":  # the times of this test stand for those of its clock
            with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
                configs = {"message.timestamp.type": "CreateTime", "message.timestamp.after.max.ms": str(2**62)}
                admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, INCIDENT.name, configs=configs)])
        kafka = SimpleNamespace(bootstrap=bootstrap, batch_bytes=batch_bytes)
        with loading(kafka, store, name):
            send(bootstrap, 1, AHEAD_MS)
            wait_until(lambda: newest() == [1], "the first version")
            send(bootstrap, 2, RIGHT_MS)
            wait_until(lambda: newest() == [2], "the second version")
        with loading(kafka, store, name):  # which was not there when the clock was ahead
            send(bootstrap, 3, RIGHT_MS + 1)
            wait_until(lambda: newest() == [3], "the third version, by another loader")


def test_a_report_moves_on_though_the_clock_of_the_loader_was_set_back(store):
    report = EXAMPLES[MENTION.name]
    first = replace(EXAMPLES[INCIDENT.name], incident_id="a" * 32, version=1)
    first = replace(first, change=replace(first.change, mention_id=report.mention_id), merged_into=None)
    second = replace(first, incident_id="b" * 32)
    for incident, hour in ((first, 2), (second, 1)):
        beside = Beside(store)
        beside._accounts = Accounts(store, now_us=lambda hour=hour: hour * 3_600_000_000)
        for record in (report, incident):
            rows = rows_of(record, RIGHT_MS + (incident is second))
            beside.follow(beside.insert({table: as_columns(row) for table, row in rows.items()}))
    told = store.query("SELECT incident_id FROM account FINAL WHERE here = 1").rows
    assert told == [("b" * 32,)]
    firsts = store.query("SELECT incident_id, told_at > 0 FROM incident_first FINAL ORDER BY incident_id").rows
    assert firsts == [("a" * 32, 0), ("b" * 32, 1)]
