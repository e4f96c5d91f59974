"""A backup restored into an empty broker and an empty database holds what there was."""

import pytest

from deploy.actions.backup import COMPACTED, back_up_tables, back_up_topics, restore_tables, restore_topics
from deploy.actions.compacted import latest
from deploy.actions.setup import create_topics
from schemas.errors import Stop
from streams.settings import Settings
from tests.connectors.load_rows import put
from tests.integration.loading import EXAMPLES, publish, state
from tests.integration.system import own_kafka

pytestmark = pytest.mark.timeout(300)


def newest(bootstrap):
    return {name: {(p.partition, key): value for p, key, value in latest(bootstrap, name)} for name in COMPACTED}


def test_counts_and_contents_are_equal(parts_kind, topics, store, clickhouse, name, tmp_path):
    publish(topics, EXAMPLES.values())
    put(store, *EXAMPLES.values())
    folder = tmp_path / "backup"
    rows, messages = back_up_tables(store, folder), back_up_topics(topics.bootstrap, folder)
    assert sum(rows.values()) > len(EXAMPLES)
    assert {"news.rule.v1", "news.triage.v1", "news.correction.v1", "news.incident.v1"} <= {
        t for t, n in messages.items() if n
    }
    with pytest.raises(Stop):
        back_up_tables(store, folder)
    fresh = clickhouse.open(f"{name}b")
    try:
        assert restore_tables(fresh, folder) == rows
        assert state(fresh) == state(store)
        with pytest.raises(Stop):
            restore_tables(fresh, folder)
    finally:
        fresh.execute(f"DROP DATABASE {name}b")
        fresh.close()
    with own_kafka(parts_kind, tmp_path / "kafka") as (bootstrap, batch_bytes):
        create_topics(Settings(kafka=bootstrap, partitions=2))
        assert restore_topics(bootstrap, folder, batch_bytes=batch_bytes) == messages
        assert newest(bootstrap) == newest(topics.bootstrap)
        with pytest.raises(Stop):
            restore_topics(bootstrap, folder, batch_bytes=batch_bytes)
