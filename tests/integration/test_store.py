"""Topics into ClickHouse over real wires: every record arrives, once, whatever dies on the way."""

import json
import re
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition

from connectors.load import Limits, Loader
from connectors.migrate import FOLDER, migrate, migrations
from connectors.publish import Publisher
from connectors.rows import HOMES, identity, rows_of
from connectors.sinks.contract import RowsRefused, StoreAway
from connectors.sinks.open import open_reader
from deploy.embedded.broker import PRODUCER_BATCH_BYTES
from deploy.ports import free_ports
from deploy.setup import create_topics
from deploy.tree import tocsin_child
from schemas.codec import Codec, from_json
from schemas.contracts import latest
from schemas.records import Mention
from schemas.records import Publisher as Source
from streams.settings import Settings
from tests.integration.system import eventually

pytestmark = pytest.mark.timeout(400)
PATIENCE = 120.0  # seconds; the machine may be busy
CODEC = Codec()
QUICK = Limits(seconds=0.2, longest_wait=0.5)
EXAMPLES = {
    topic: from_json(json.loads(contract.examples()[0].read_text(encoding="utf-8")), topic)
    for topic, contract in latest().items()
}
QUERIES = re.findall(r"```sql\n(.*?)```", (FOLDER / "README.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def topics(kafka):
    create_topics(kafka.bootstrap, partitions=2, replication=1)
    return kafka


@pytest.fixture
def store(clickhouse, name):
    store = clickhouse.open(name)
    migrate(store)
    yield store
    store.execute(f"DROP DATABASE {name}")
    store.close()


def publish(kafka, records):
    with Publisher(kafka.bootstrap, CODEC, batch_bytes=kafka.batch_bytes) as publisher:
        for record in records:
            publisher.publish(record)


@contextmanager
def loading(kafka, store, group, limits=QUICK):
    loader = Loader(
        kafka.bootstrap, store, codec=CODEC, group=group, limits=limits, producer_batch_bytes=kafka.batch_bytes
    )
    stop, failures = threading.Event(), []

    def run():
        try:
            loader.run(stop)
        except BaseException as error:
            failures.append(error)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield loader
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()
    assert failures == []


def count(store, view, condition="1"):
    return store.query(f"SELECT count() FROM {view} WHERE {condition}").rows[0][0]


def state(store):
    """What every view shows, times of loading left out, and of quarantine: a message refused again is refused later."""
    views = re.findall(r"VIEW IF NOT EXISTS (\w+)", (FOLDER / "0002_views.sql").read_text(encoding="utf-8"))
    seen = {}
    for view in views:
        columns, rows = store.query(f"SELECT * FROM {view}")
        times = {"loaded_at"} | ({"failed_at", "produced_ms"} if view == "quarantine_current" else set())
        kept = [i for i, column in enumerate(columns) if column not in times]
        seen[view] = sorted(repr([row[i] for i in kept]) for row in rows)
    return seen


def mentions(name, number, **changes):
    example = EXAMPLES["news.mention.v1"]
    return [
        replace(
            example, mention_id=f"{name[1:]}{i:022x}", document_id=name, story_id=name, block=f"b{i % 7}", **changes
        )
        for i in range(number)
    ]


def ends(bootstrap, group=None):
    """Sum of the end offsets of all our topics, or of what a group has committed."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    try:
        partitions = [TopicPartition(t, p) for t in EXAMPLES for p in sorted(consumer.partitions_for_topic(t))]
        if group is None:
            return sum(consumer.end_offsets(partitions).values())
        return sum(consumer.committed(tp) or 0 for tp in partitions)
    finally:
        consumer.close()


def wait_until(holds, what):
    eventually(holds, seconds=PATIENCE, what=what)


def wait_until_loaded(kafka, group):
    wait_until(lambda: ends(kafka.bootstrap, group) == ends(kafka.bootstrap), "all is loaded and committed")


def test_migrations_make_what_the_server_can_hold(clickhouse, store, name):
    version = store.version()
    report = migrate(store)
    assert report.applied == ()
    assert report.present == tuple(m.name for m in migrations() if version >= m.requires)
    assert report.waiting == tuple(m.name for m in migrations() if version < m.requires)
    assert ("0003_compact" in report.waiting) == (version < (20, 1))
    tables = {row[0] for row in store.query("SHOW TABLES").rows}
    assert {home.view for home in HOMES.values()} <= tables
    assert {table for home in HOMES.values() for table in home.tables} <= tables


def test_every_example_comes_back_as_it_went_in(topics, store, name):
    publish(topics, EXAMPLES.values())
    with loading(topics, store, name):
        for record, (topic, home) in zip(EXAMPLES.values(), ((t, HOMES[t]) for t in EXAMPLES), strict=True):
            found = f"{home.key} = '{identity(record)}'"
            wait_until(lambda: count(store, home.view, found) == 1, topic)  # noqa: B023
    for topic, record in EXAMPLES.items():
        for table, row in rows_of(record, 0).items():
            columns, (stored,) = store.query(
                f"SELECT * FROM {table}_current WHERE {HOMES[topic].key} = '{identity(record)}'"
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


def test_the_queries_of_the_readme_answer(topics, store, name):
    assert len(QUERIES) == 10
    publish(topics, EXAMPLES.values())
    with loading(topics, store, name):
        wait_until_loaded(topics, name)
    for sql in QUERIES:
        assert store.query(sql).rows, sql


def test_views_follow_versions_merges_and_revisions(store):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    incident, mention, alert = (EXAMPLES[f"news.{n}.v1"] for n in ("incident", "mention", "alert"))
    a, b, c = (f"{n:032x}" for n in (1, 2, 3))
    old, new = (replace(mention, mention_id=m, document_id=m, story_id="s") for m in (a, b))

    def version(incident_id, number, said=None, **changes):
        change = replace(incident.change, mention_id=said)
        return replace(incident, incident_id=incident_id, version=number, change=change, last_changed=at, **changes)

    told = [
        *(version(a, 1, a), version(b, 1, b), version(c, 1, c), old, new, replace(mention, mention_id=c, story_id="t")),
        *(version(b, 2, merged_into=a), version(a, 2, mention_count=2), version(c, 2, merged_into=b)),
        *(replace(alert, alert_id=a, revision=n, level=level) for n, level in ((1, "info"), (2, "critical"))),
    ]
    for shift in (0, 0, 1000):  # as it comes, redelivered, and produced again by a stage that replays
        for produced, record in enumerate(told, start=1_700_000_000_000 + shift):
            for table, row in rows_of(record, produced).items():
                store.insert(table, tuple(row), [tuple(row.values())])
    assert store.query("SELECT incident_id, mention_count FROM incident_current ORDER BY incident_id").rows == [
        (a, 2), (b, 1), (c, 1),
    ]  # fmt: skip
    assert store.query("SELECT incident_id, survivor FROM incident_survivor ORDER BY incident_id").rows == [
        (a, a), (b, a), (c, a),
    ]  # fmt: skip
    assert store.query("SELECT incident_id, mention_id, superseded FROM incident_mention ORDER BY mention_id").rows == [
        (a, a, 1), (a, b, 0), (a, c, 0),
    ]  # fmt: skip
    assert store.query("SELECT alert_id, revision, level FROM alert_current").rows == [(a, 2, "critical")]
    assert count(store, "incident_version_current") == 6
    claims = store.query("SELECT what, min, of, superseded FROM incident_claim WHERE merged_into = '' ORDER BY n").rows
    assert claims == [(c.claim.what, c.claim.min, c.claim.of, 0) for c in incident.claims]


def test_a_revised_event_replaces_its_mention(store):
    mention = replace(EXAMPLES["news.mention.v1"], document_kind="event", document_id="e", story_id="e")
    for produced, mention_id in enumerate(("1" * 32, "2" * 32), start=1_700_000_000_000):
        (row,) = rows_of(replace(mention, mention_id=mention_id), produced).values()
        store.insert("mention", tuple(row), [tuple(row.values())])
    assert store.query("SELECT mention_id, superseded FROM mention_current ORDER BY mention_id").rows == [
        ("1" * 32, 1),
        ("2" * 32, 0),
    ]


def test_what_is_delivered_again_changes_no_view(topics, store, name):
    publish(topics, [*EXAMPLES.values(), *mentions(name, 300)])
    with loading(topics, store, name):
        wait_until_loaded(topics, name)
    before = state(store)
    assert len(before["mention_current"]) > 300
    inserted = Counter()

    class Counting:
        """The store, counting rows: its own count falls as soon as it has merged equal ones."""

        def insert(self, table, columns, rows):
            inserted[table] += len(rows)
            store.insert(table, columns, rows)

    with loading(topics, Counting(), f"{name}again", Limits(seconds=0.2, rows=37)):
        wait_until_loaded(topics, f"{name}again")
    assert inserted["mention"] >= len(before["mention_current"]), "nothing came twice"
    assert state(store) == before


def test_the_offset_waits_for_the_store_and_the_group_is_kept(topics, store, name):
    class Away:
        """Away until told otherwise."""

        here = threading.Event()

        def insert(self, table, columns, rows):
            if not self.here.is_set():
                raise StoreAway("away")
            store.insert(table, columns, rows)

    publish(topics, mentions(name, 50))
    own = f"document_id = '{name}'"
    with loading(topics, Away(), name) as loader:
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
    publish(topics, told)
    with loading(topics, store, name, Limits(seconds=0.1, rows=500, longest_wait=0.5)) as loader:
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
    (door,) = free_ports(1)
    embedded = clickhouse.url is None
    settings = Settings(
        kafka=topics.bootstrap,
        clickhouse=f"http://127.0.0.1:{door}/tocsin" if embedded else clickhouse.url + name,
        data_dir=tmp_path,
        door_port=door,
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


def test_both_kinds_refuse_the_same_rows(store):
    (row,) = rows_of(EXAMPLES["news.mention.v1"], 1).values()
    for column, value in (
        ("reported_at", datetime(1960, 1, 1, tzinfo=UTC)),
        ("reported_at", None),
        ("claim_stated_at", [datetime(2110, 1, 1, tzinfo=UTC)]),
        ("severity", 2**31),
        ("title", 5),
        ("title", None),
        ("lat", "north"),
        ("actor_name", [None]),
        ("claim_min", ["five"]),
    ):
        broken = {**row, column: value}
        with pytest.raises(RowsRefused):
            store.insert("mention", tuple(broken), [tuple(row.values()), tuple(broken.values())])
        assert count(store, "mention") == 0, column
    store.insert("mention", tuple(row), [tuple(row.values())])
    assert count(store, "mention") == 1


def test_text_passes_both_kinds_unchanged(store):
    nasty = "q'uote \" back\\slash \n newline \t tab \r \0 nul é 漢字 🌍 \\N ' ;-- {x} %(y)s %% NULL"
    mention: Mention = replace(
        EXAMPLES["news.mention.v1"], title=nasty, about=(nasty, ""), source=Source(domain="x", name=nasty)
    )
    (row,) = rows_of(mention, 1).values()
    store.insert("mention", tuple(row), [tuple(row.values())])
    assert store.query("SELECT title, publisher, about FROM mention_current").rows == [(nasty, nasty, [nasty, ""])]
