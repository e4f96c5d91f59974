"""Three real brokers: what setup makes of them, what doctor says of less, and that leaders may move."""

import time

import pytest
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

from connectors.kafka.clients import KafkaAdminClient
from deploy.actions.setup import create_topics, thin_topics
from deploy.local.cluster import Ports, cluster, start
from deploy.supervise.lag import LagReader
from deploy.supervise.ports import free_ports
from schemas.topics import ALERT, ALL, ARTICLE
from streams.settings import Settings
from tests.integration.faults.brokers import orders_of

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def three(real_kafka_here, tmp_path_factory):
    free = free_ports(6)
    places = [Ports(free[n], free[n + 1], free[n]) for n in (0, 2, 4)]
    brokers = cluster(tmp_path_factory.mktemp("cluster"), places, heap_mb=256)
    try:
        start(brokers)
        yield ",".join(f"127.0.0.1:{p.own}" for p in places)
    finally:
        for broker in brokers:
            broker.stop()


def test_three_brokers_hold_three_replicas_and_thin_topics_are_named(three):
    admin = KafkaAdminClient(bootstrap_servers=three.split(","))
    try:
        thin = NewTopic(ALERT.name, num_partitions=1, replication_factor=1, topic_configs={"min.insync.replicas": "1"})
        admin.create_topics([thin])
        create_topics(Settings(kafka=three, partitions=1))
        for topic in admin.describe_topics([t.name for t in ALL if t is not ALERT]):
            assert [len(p["replica_nodes"]) for p in topic["partitions"]] == [3], topic["name"]
        config = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, ARTICLE.name)], config_filter="all")
        assert config["topic"][ARTICLE.name]["min.insync.replicas"]["value"] == "2"
        found = thin_topics(admin)
        assert len(found) == 2
        assert all(ALERT.name in words and cure for words, cure in found)
    finally:
        admin.close()


def test_lag_is_read_on_after_leaders_have_moved(three):
    create_topics(Settings(kafka=three, partitions=1))
    admin, reader = KafkaAdminClient(bootstrap_servers=three.split(",")), LagReader(three)
    try:
        before = reader.ends()
        for _ in range(2):
            refused = admin.alter_partition_reassignments(orders_of(admin))
            assert not any(refused.values())
            time.sleep(1.5)
            admin.elect_leaders(0, raise_errors=False)
            time.sleep(2.5)  # older metadata are renewed
            assert reader.ends() == before
        assert TopicPartition(ARTICLE.name, 0) in before
    finally:
        reader.close()
        admin.close()
