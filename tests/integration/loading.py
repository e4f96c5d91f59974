"""A loader in a thread on real wires, and what its store then shows."""

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import replace

from kafka import TopicPartition
from kafka.structs import OffsetAndMetadata

from connectors.ingest.publish import Publisher
from connectors.kafka.clients import KafkaConsumer
from connectors.load.batch import BatchLimits
from connectors.load.load import Loader
from connectors.load.migrate import FOLDER
from schemas.codec import Codec, from_json
from schemas.contracts import latest
from tests.integration.system import eventually

PATIENCE = 240.0  # seconds; the machine may be busy
CODEC = Codec()
QUICK = BatchLimits(seconds=0.2, longest_wait=0.5)
EXAMPLES = {
    topic: from_json(json.loads(contract.examples()[0].read_text(encoding="utf-8")), topic)
    for topic, contract in latest().items()
}


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
    except AssertionError as error:
        error.add_note(f"the loader: {loader.counters}")
        raise
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()
    assert failures == []


def count(store, view, condition="1"):
    return store.query(f"SELECT count() FROM {view} WHERE {condition}").rows[0][0]


def state(store):
    """What every view shows, times of loading left out, and of quarantine: a message refused again is refused later."""
    files = (migration.read_text(encoding="utf-8") for migration in sorted(FOLDER.glob("*.sql")))
    views = {view for sql in files for view in re.findall(r"VIEW IF NOT EXISTS (\w+)", sql)}
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


@contextmanager
def consuming(bootstrap, group):
    """A consumer that has joined nothing, and the partitions of all our topics."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    try:
        yield consumer, [TopicPartition(t, p) for t in EXAMPLES for p in sorted(consumer.partitions_for_topic(t))]
    finally:
        consumer.close()


def start_here(kafka, group):
    """Let a new group begin with what comes next: other tests may have left much in the topics that all share."""
    with consuming(kafka.bootstrap, group) as (consumer, partitions):
        now = consumer.end_offsets(partitions)
        consumer.commit({tp: OffsetAndMetadata(offset, "", -1) for tp, offset in now.items()})


def ends(bootstrap, group=None):
    """Sum of the end offsets of all our topics, or of what a group has committed."""
    with consuming(bootstrap, group) as (consumer, partitions):
        if group is None:
            return sum(consumer.end_offsets(partitions).values())
        return sum(consumer.committed(tp) or 0 for tp in partitions)


def wait_until(holds, what):
    eventually(holds, seconds=PATIENCE, what=what)


def wait_until_loaded(kafka, group):
    wait_until(lambda: ends(kafka.bootstrap, group) == ends(kafka.bootstrap), "all is loaded and committed")
