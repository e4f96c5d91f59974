"""How many messages a second the loader keeps: of each topic alone, then from Kafka, on both kinds of parts.

    .venv/bin/python -m pytest tests/benchmarks/bench_load.py -s --override-ini "python_files=bench_*.py"

Messages are the examples of the contracts with ids of their own, articles with a body of 3,000 characters. Each rate
stands twice: by wall time, and by the processor time of the loader's process, which other programs on the machine
disturb less; the embedded engine works in that process, a server does not.
"""

import json
import random
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

import pytest

from connectors.ingest.publish import Publisher
from connectors.load.batch import BatchLimits
from connectors.load.load import Loader
from connectors.load.migrate import migrate
from connectors.load.rows import identity
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.native import NativeStore
from deploy.actions.setup import create_topics
from deploy.embedded.broker import PRODUCER_BATCH_BYTES, broker
from deploy.local import clickhouse, kafka
from deploy.supervise.ports import free_ports
from schemas.codec import Codec, from_json
from schemas.contracts import latest
from schemas.topics import BY_NAME
from streams.settings import Settings

CODEC = Codec()
BATCH, ROUNDS = 5_000, 3
TOPICS = ("news.article.v1", "news.mention.v1", "news.incident.v1", "news.alert.v1")
STREAM = {"news.article.v1": 3_000, "news.mention.v1": 5_000, "news.incident.v1": 2_000}
pytestmark = pytest.mark.timeout(900)


class Message:
    """What a consumer hands over."""

    def __init__(self, topic, value, offset):
        self.topic, self.value, self.offset = topic, value, offset
        self.partition, self.timestamp, self.key, self.headers = 0, 1_700_000_000_000 + offset, b"", ()


class Nobody:
    """A publisher that nothing is sent to."""

    def publish(self, record):
        raise AssertionError(record)

    def flush(self):
        pass


def records(topic, number):
    example = from_json(json.loads(latest()[topic].examples()[0].read_text(encoding="utf-8")), topic)
    key, rng = BY_NAME[topic].identity, random.Random(1)
    words = [f"{rng.getrandbits(28):07x}" for _ in range(375)]
    for i in range(number):
        changes = {key: f"{i:032x}"}
        if topic == "news.article.v1":
            rng.shuffle(words)
            changes["body"] = " ".join(words)
        yield replace(example, **changes)


@contextmanager
def parts(kind, folder):
    """A bootstrap address, the batch size of its producers, and a migrated store."""
    port, controller, native, http = free_ports(4)
    with ExitStack() as stack:
        if kind == "embedded":
            stack.enter_context(broker(folder, port=port))
            store, batch_bytes = EmbeddedStore(folder / "clickhouse"), PRODUCER_BATCH_BYTES
        else:
            if reason := kafka.missing() or clickhouse.missing():
                pytest.skip(reason)
            stack.enter_context(kafka.kafka(folder / "kafka", port=port, controller_port=controller))
            stack.enter_context(clickhouse.clickhouse(folder / "clickhouse", port=native, http_port=http))
            store, batch_bytes = NativeStore(f"clickhouse://default@127.0.0.1:{native}/bench"), 16_384
        stack.callback(store.close)
        migrate(store)
        yield f"127.0.0.1:{port}", batch_bytes, store


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def line(what, messages, wall, cpu):
    print(f"  {what:18} {messages / wall:8,.0f}/s of wall time {messages / cpu:8,.0f}/s of processor time")


@pytest.mark.parametrize("kind", ["embedded", "real"])
def test_load(kind, tmp_path):
    with parts(kind, tmp_path) as (bootstrap, batch_bytes, store):
        server = ".".join(map(str, store.version()))
        print(f"\n{kind}: ClickHouse {server}, batches of {BATCH:,}, best of {ROUNDS}")
        loader = Loader(bootstrap, store, codec=CODEC, producer_batch_bytes=batch_bytes)
        for topic in TOPICS:
            batch = [Message(topic, CODEC.encode(r), i) for i, r in enumerate(records(topic, BATCH))]
            keep = partial(loader._keep, batch, Nobody(), threading.Event())
            walls, cpus = zip(*(timed(keep) for _ in range(ROUNDS)), strict=True)
            line(topic, BATCH, min(walls), min(cpus))
        stream(bootstrap, batch_bytes, store)


def stream(bootstrap, batch_bytes, store):
    """From topics with 4 partitions into tables, offsets committed; joining the group not counted."""
    create_topics(Settings(kafka=bootstrap, partitions=4))
    total = sum(STREAM.values())
    with Publisher(bootstrap, CODEC, batch_bytes=batch_bytes) as publisher:
        for topic, number in STREAM.items():
            for record in records(topic, number):
                publisher.publish(replace(record, block=identity(record)) if topic == "news.mention.v1" else record)
    limits, stop = BatchLimits(rows=2_000), threading.Event()  # several batches, the first of which is not counted
    loader = Loader(bootstrap, store, codec=CODEC, limits=limits, producer_batch_bytes=batch_bytes)
    thread = threading.Thread(target=loader.run, args=(stop,))
    thread.start()
    while not loader.counters.batches:
        time.sleep(0.005)
    kept, began, cpu = kept_by(loader), time.perf_counter(), time.process_time()
    while kept_by(loader) < total:
        time.sleep(0.005)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    stop.set()
    thread.join()
    line("from Kafka", total - kept, wall, cpu)
    assert loader.counters.quarantined == 0


def kept_by(loader):
    return sum(loader.counters.rows[table] for table in ("article", "mention", "incident"))
