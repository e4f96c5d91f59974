"""How many partitions each topic gets, and what an installation with other counts is told."""

import pytest
from kafka import KafkaConsumer

from deploy.doctor import examine
from deploy.setup import create_topics
from schemas.topics import ALL
from streams.errors import Stop
from streams.settings import Settings
from tests.integration.system import own_kafka

LINKED = {"news.mention.v1", "news.correction.v1"}


@pytest.fixture
def bootstrap(parts_kind, request, tmp_path):
    if parts_kind == "real":
        request.getfixturevalue("real_kafka_here")
    with own_kafka(parts_kind, tmp_path) as (address, _):
        yield address


def test_what_linking_reads_has_a_count_of_its_own(bootstrap, tmp_path):
    create_topics(bootstrap, partitions=4, link_partitions=2, replication=1)
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    found = {t.name: len(consumer.partitions_for_topic(t.name)) for t in ALL}
    consumer.close()
    assert found == {t.name: 2 if t.name in LINKED else 4 for t in ALL}
    assert not create_topics(bootstrap, partitions=4, link_partitions=2, replication=1).created
    with pytest.raises(Stop, match=r"mention.* has 2 partitions, the setting says 1: set TOCSIN_LINK_PARTITIONS=2"):
        create_topics(bootstrap, partitions=4, link_partitions=1, replication=1)
    with pytest.raises(Stop, match=r"article.* has 4 partitions, the setting says 8: set TOCSIN_PARTITIONS=4"):
        create_topics(bootstrap, partitions=8, link_partitions=2, replication=1)
    seen = examine(Settings(kafka=bootstrap, data_dir=tmp_path, partitions=4, link_partitions=1, console_port=1))
    told = [f for f in seen if f.what == "partitions"]
    assert len(told) == len(LINKED)
    assert all(not f.good and "TOCSIN_LINK_PARTITIONS=2" in f.cure for f in told)
