"""What a state's changelog must be before it is written."""

from types import SimpleNamespace

import pytest
from faust.exceptions import PartitionsMismatch

from streams.kafka.app import create_app
from streams.settings import Settings


@pytest.fixture
def table(tmp_path):
    """A table whose changelog and source have as many partitions as `known` says; it forgets nothing."""
    app = create_app("dedupe", Settings(data_dir=tmp_path, partitions=8))
    known = {"source": 8}
    app._consumer = SimpleNamespace(topic_partitions=known.get)
    table = app.Table("state", key_type=bytes, value_type=bytes, partitions=8)
    known[table.changelog_topic_name] = 0
    return table, known


def test_a_changelog_that_the_consumer_does_not_know_yet_is_written(table):
    table, _ = table
    table._verify_source_topic_partitions("source")


def test_a_changelog_of_another_count_is_refused_also_when_it_becomes_known_late(table):
    table, known = table
    table._verify_source_topic_partitions("source")
    known[table.changelog_topic_name] = 4
    with pytest.raises(PartitionsMismatch):
        table._verify_source_topic_partitions("source")
