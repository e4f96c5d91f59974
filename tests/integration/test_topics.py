"""How topics are made, and what an installation is told whose topics are otherwise."""

from functools import partial

import pytest
from kafka.admin import NewTopic

from connectors.kafka.clients import KafkaAdminClient, KafkaConsumer
from deploy.actions.doctor import examine
from deploy.actions.setup import create_topics
from schemas.errors import Stop
from schemas.topics import ALERT, ALL
from streams.settings import Settings
from tests.integration.system import own_kafka

COUNTS = {"news.article.v1": 3, "news.mention.v1": 2, "news.correction.v1": 2}  # of what dedupe reads, and link


@pytest.fixture
def settings(parts_kind, request, tmp_path):
    if parts_kind == "real":
        request.getfixturevalue("real_kafka_here")
    with own_kafka(parts_kind, tmp_path) as (address, _):
        yield partial(Settings, kafka=address, data_dir=tmp_path, console_port=1)


def test_what_dedupe_and_link_read_has_counts_of_its_own(settings):
    wanted = settings(partitions=4, dedupe_partitions=3, link_partitions=2)
    create_topics(wanted)
    consumer = KafkaConsumer(bootstrap_servers=wanted.kafka)
    found = {t.name: len(consumer.partitions_for_topic(t.name)) for t in ALL}
    consumer.close()
    assert found == {t.name: COUNTS.get(t.name, 4) for t in ALL}
    assert not create_topics(wanted).created
    with pytest.raises(Stop, match=r"mention.* has 2 partitions, the setting says 1: set TOCSIN_LINK_PARTITIONS=2"):
        create_topics(settings(partitions=4, dedupe_partitions=3))
    with pytest.raises(Stop, match=r"article.* has 3 partitions, the setting says 1: set TOCSIN_DEDUPE_PARTITIONS=3"):
        create_topics(settings(partitions=4, link_partitions=2))
    with pytest.raises(Stop, match=r"alert.* has 4 partitions, the setting says 8: set TOCSIN_PARTITIONS=4"):
        create_topics(settings(partitions=8, dedupe_partitions=3, link_partitions=2))


def test_the_doctor_names_the_setting_that_fits(settings):
    create_topics(settings(partitions=4, link_partitions=2))
    told = [f for f in examine(settings(partitions=4)) if f.what == "partitions"]
    assert len(told) == 3  # mentions, corrections, and the changelog of linking
    assert all(not f.good and "TOCSIN_LINK_PARTITIONS=2" in f.cure for f in told)


def test_the_doctor_names_what_a_topic_of_somebody_else_would_lose(settings, parts_kind):
    ours = settings(partitions=1)
    admin = KafkaAdminClient(bootstrap_servers=ours.kafka)
    admin.create_topics([NewTopic(ALERT.name, num_partitions=1, replication_factor=1)])
    admin.close()
    create_topics(ours)
    told = {f.found: f.cure for f in examine(ours) if f.what == "topic settings"}
    if parts_kind == "embedded":  # which has no settings
        assert told == {}
        return
    assert told.keys() == {
        f"{ALERT.name} has cleanup.policy=delete",
        f"{ALERT.name} has message.timestamp.type=CreateTime",
        f"{ALERT.name} has compression.type=producer",
        f"{ALERT.name} has max.message.bytes=1048588",
    }
    assert (
        f"--entity-name {ALERT.name} --add-config cleanup.policy=compact"
        in told[f"{ALERT.name} has cleanup.policy=delete"]
    )
