"""Topics into ClickHouse over real wires: every record arrives, once, whatever dies on the way."""

import json
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.load.batch import BatchLimits
from connectors.load.migrate import migrate
from connectors.load.rows import identity
from connectors.sinks.contract import StoreAway
from connectors.sinks.open import open_reader
from deploy.embedded.broker import PRODUCER_BATCH_BYTES
from deploy.supervise.ports import free_ports
from deploy.supervise.tree import tocsin_child
from schemas.codec import from_json
from schemas.topics import BY_NAME
from streams.settings import Settings
from tests.connectors.load_rows import rows_of
from tests.integration.loading import (
    EXAMPLES,
    count,
    ends,
    loading,
    mentions,
    publish,
    start_here,
    state,
    wait_until,
    wait_until_loaded,
)

pytestmark = pytest.mark.timeout(400)


class Through:
    """A store whose insertions a test looks at; all else goes through to the real one."""

    def __init__(self, store):
        self.store = store

    def __getattr__(self, name):
        return getattr(self.store, name)


def test_every_example_comes_back_as_it_went_in(topics, store, name):
    publish(topics, EXAMPLES.values())
    with loading(topics, store, name):
        for record, (topic, home) in zip(EXAMPLES.values(), ((t, BY_NAME[t]) for t in EXAMPLES), strict=True):
            found = f"{home.identity} = '{identity(record)}'"
            wait_until(lambda view=home.view, found=found: count(store, view, found) == 1, topic)
    views = {view for (view,) in store.query("SELECT name FROM system.tables WHERE database = currentDatabase()").rows}
    for topic, record in EXAMPLES.items():
        for table, row in rows_of(record, 0).items():
            shown = f"{table}_current" if f"{table}_current" in views else f"{table} FINAL"
            columns, (stored,) = store.query(
                f"SELECT * FROM {shown} WHERE {BY_NAME[topic].identity} = '{identity(record)}'"
            )
            kept = dict(zip(columns, stored, strict=True))
            assert kept["produced_ms"] > 1_700_000_000_000
            assert (datetime.now(UTC) - kept["loaded_at"]) < timedelta(minutes=10)
            assert {c: kept[c] for c in row if c != "produced_ms"} == seconds({**row, "produced_ms": 0})
            if "record" in row:
                assert from_json(json.loads(kept["record"]), topic) == record


def seconds(row):
    def cut(value):
        if isinstance(value, datetime):
            return value.replace(microsecond=0)
        return [cut(v) for v in value] if isinstance(value, list) else value

    return {column: cut(value) for column, value in row.items() if column != "produced_ms"}


def test_what_is_delivered_again_changes_no_view(topics, store, name):
    for group in (name, f"{name}again"):
        start_here(topics, group)
    publish(topics, [*EXAMPLES.values(), *mentions(name, 300)])
    with loading(topics, store, name):
        wait_until_loaded(topics, name)
    before = state(store)
    assert len(before["mention_current"]) > 300
    inserted = Counter()

    class Counting(Through):
        """The store, counting rows: its own count falls as soon as it has merged equal ones."""

        def insert(self, table, columns):
            inserted[table] += len(columns.get("produced_ms", ()))
            store.insert(table, columns)

    with loading(topics, Counting(store), f"{name}again", BatchLimits(seconds=0.2, rows=37)):
        wait_until_loaded(topics, f"{name}again")
    assert inserted["mention"] >= len(before["mention_current"]), "nothing came twice"
    assert state(store) == before


def test_the_offset_waits_for_the_store_and_the_group_is_kept(topics, store, name):
    class Away(Through):
        """Away until told otherwise."""

        here = threading.Event()

        def insert(self, table, columns):
            if not self.here.is_set():
                raise StoreAway("away")
            store.insert(table, columns)

    publish(topics, mentions(name, 50))
    own = f"document_id = '{name}'"
    with loading(topics, Away(store), name) as loader:
        wait_until(lambda: loader.counters.retries > 3, "the loader tries")
        time.sleep(12)  # longer than session and poll times
        assert ends(topics.bootstrap, name) == 0
        Away.here.set()
        wait_until(lambda: count(store, "mention_current", own) == 50, "all is loaded")
        wait_until_loaded(topics, name)
        assert loader.counters.failed_commits == 0
        assert loader.counters.last_error == "away"


def test_rows_the_store_refuses_go_to_quarantine_and_the_rest_arrives(topics, store, name):
    good = mentions(name, 40)
    bad = [
        replace(m, mention_id=m.mention_id[:-1] + "f", reported_at=moment)
        for m, moment in zip(
            mentions(f"{name[0]}{name[:0:-1]}", 3),
            (datetime(1969, 7, 20, tzinfo=UTC), datetime(2106, 2, 8, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)),
            strict=True,
        )
    ]
    publish(topics, [*good[:20], *bad, *good[20:]])
    with loading(topics, store, name):
        wait_until(lambda: count(store, "mention_current", f"document_id = '{name}'") == 40, "the good")
        shown = f"position(preview, '{bad[0].document_id}') > 0"
        wait_until(lambda: count(store, "quarantine_current", shown) == 3, "the bad, in quarantine")
        rows = store.query(f"SELECT stage, error, topic, reason FROM quarantine_current WHERE {shown}").rows
    assert {row[:3] for row in rows} == {("load", "RowsRefused", "news.mention.v1")}
    assert all(row[3] for row in rows)
    assert count(store, "mention", f"document_id = '{bad[0].document_id}'") == 0


def test_a_server_killed_in_mid_load_loses_and_doubles_nothing(topics, clickhouse, store, name):
    if clickhouse.process is None:
        pytest.skip("the embedded engine dies with its loader: the next test")
    told = mentions(name, 6_000)
    own = f"document_id = '{name}'"
    start_here(topics, name)
    publish(topics, told)
    with loading(topics, store, name, BatchLimits(seconds=0.1, rows=500, longest_wait=0.5)) as loader:
        wait_until(lambda: loader.counters.rows["mention"] > 1000, "loading has begun")
        clickhouse.process.kill()
        wait_until(lambda: loader.counters.retries > 0, "the loader notices")
        loaded = loader.counters.rows["mention"]
        assert loaded < 6_000, "killed too late to matter"
        clickhouse.process.start().wait_ready()
        wait_until_loaded(topics, name)
    assert count(store, "quarantine_current", f"position(preview, '{name}') > 0") == 0
    assert "does not answer" in loader.counters.last_error
    found = store.query(f"SELECT mention_id FROM mention_current WHERE {own}").rows
    assert sorted(row[0] for row in found) == sorted(m.mention_id for m in told)


def test_a_loader_killed_in_mid_load_loses_and_doubles_nothing(topics, clickhouse, name, tmp_path):
    """The embedded engine dies with it."""
    (gateway,) = free_ports(1)
    embedded = clickhouse.url is None
    settings = Settings(
        kafka=topics.bootstrap,
        clickhouse=f"http://127.0.0.1:{gateway}/tocsin" if embedded else clickhouse.url + name,
        data_dir=tmp_path,
        gateway_port=gateway,
        batch_bytes=PRODUCER_BATCH_BYTES if embedded else 16_384,
    )
    if not embedded:
        prepared = clickhouse.open(name)
        migrate(prepared)
        prepared.close()
    reader = open_reader(settings.clickhouse.get_secret_value())

    def loaded():
        try:
            return count(reader, "mention_current", f"document_id = '{name}'")
        except StoreAway:
            return -1

    told = mentions(name, 6_000)
    command = ["load", "--embedded"] if embedded else ["load"]
    child = tocsin_child("loader", command, settings, ready=lambda: loaded() >= 0)
    with child:
        publisher = threading.Thread(target=publish, args=(topics, told))
        publisher.start()
        wait_until(lambda: loaded() > 0, "loading has begun")
        child.kill()
        publisher.join()
        child.start().wait_ready()
        seen = loaded()
        assert seen < 6_000, "killed too late to matter"
        wait_until(lambda: loaded() == 6_000, "all is loaded")
        wait_until_loaded(topics, "tocsin-load")
        assert child.stop() == 0
        assert "Traceback" not in Path(child.log).read_text(encoding="utf-8")
    reader.close()
