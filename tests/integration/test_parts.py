"""The parts keep what Tocsin relies on: topics, groups and commits, rows, and both after kill -9."""

import gc
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import SocketTimeoutError
from kafka import TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaTimeoutError

from connectors.kafka.clients import KafkaAdminClient, KafkaConsumer, KafkaProducer
from connectors.kafka.membership import member
from deploy.embedded.broker import broker
from deploy.local.clickhouse import clickhouse as clickhouse_server
from deploy.local.kafka import kafka as kafka_server
from deploy.supervise.ports import free_ports
from tests.integration.conftest import ClickHousePart, KafkaPart

PATIENCE_MS = 45_000


@contextmanager
def producer(bootstrap: str, batch_bytes: int = 1) -> Iterator[KafkaProducer]:
    client = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=False, linger_ms=5, batch_size=batch_bytes
    )
    try:
        yield client
    finally:
        client.close()


def create(bootstrap: str, topic: str, partitions: int = 2, **config: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=config)])
    finally:
        admin.close()


def send(bootstrap: str, topic: str, values: range, batch_bytes: int = 1) -> None:
    with producer(bootstrap, batch_bytes) as client:
        sent = [client.send(topic, key=b"k%d" % v, value=b"%d" % v, headers=[("n", b"%d" % v)]) for v in values]
        client.flush(60)
        for each in sent:
            each.get(60)


def read(bootstrap: str, topic: str, group: str, count: int) -> list[int]:
    """The next `count` values of a group's member, which then commits and leaves."""
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=2_000,
        max_poll_interval_ms=10_000,
        consumer_timeout_ms=PATIENCE_MS,
    )
    try:
        values = []
        for message in consumer:
            assert message.headers == [("n", message.value)]
            values.append(int(message.value))
            if len(values) == count:
                break
        consumer.commit()
        return sorted(values)
    finally:
        consumer.close()


def ends(bootstrap: str, topic: str, partitions: int = 2) -> int:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    try:
        return sum(consumer.end_offsets([TopicPartition(topic, p) for p in range(partitions)]).values())
    finally:
        consumer.close()


def test_group_goes_on_where_it_committed(kafka: KafkaPart, name: str) -> None:
    create(kafka.bootstrap, name)
    send(kafka.bootstrap, name, range(100), kafka.batch_bytes)
    assert read(kafka.bootstrap, name, name, 100) == list(range(100))
    send(kafka.bootstrap, name, range(100, 150), kafka.batch_bytes)
    assert read(kafka.bootstrap, name, name, 50) == list(range(100, 150))


def test_end_offsets_count_every_record(kafka: KafkaPart, name: str) -> None:
    create(kafka.bootstrap, name)
    send(kafka.bootstrap, name, range(100), kafka.batch_bytes)
    assert ends(kafka.bootstrap, name) == 100


def test_end_offsets_count_batches(kafka: KafkaPart, name: str) -> None:
    """Why producers on the embedded broker send one record per batch; when this passes there, they need not."""
    create(kafka.bootstrap, name)
    send(kafka.bootstrap, name, range(100), 16_384)
    counted = ends(kafka.bootstrap, name)
    if kafka.kind == "embedded":
        assert counted < 100
    else:
        assert counted == 100


def test_compacted_topics_and_tombstones(kafka: KafkaPart, name: str) -> None:
    create(kafka.bootstrap, name, 1, **{"cleanup.policy": "compact"})
    with producer(kafka.bootstrap) as client:
        client.send(name, key=b"a", value=b"1")
        client.send(name, key=b"a", value=None)
        client.flush(60)
    consumer = KafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=5_000)
    consumer.assign([TopicPartition(name, 0)])
    seen = [next(consumer).value for _ in range(2)]
    consumer.close()
    assert seen == [b"1", None]


def test_store_takes_and_answers_rows(clickhouse: ClickHousePart, name: str) -> None:
    store = clickhouse.open(name)
    store.execute("CREATE TABLE seen (n Int32, said String) ENGINE = MergeTree ORDER BY n")
    store.insert("seen", {"n": [1, 2], "said": ["a\tb'“c”", ""]})
    assert store.query("SELECT n, said FROM seen ORDER BY n").rows == [(1, "a\tb'“c”"), (2, "")]
    store.execute(f"DROP DATABASE {name}")
    store.close()


def test_broker_takes_up_after_a_freeze(kafka: KafkaPart, name: str) -> None:
    create(kafka.bootstrap, name)
    with producer(kafka.bootstrap) as client:
        client.send(name, key=b"k", value=b"0", headers=[("n", b"0")]).get(60)
        kafka.process.suspend()
        try:
            pending = client.send(name, key=b"k", value=b"1", headers=[("n", b"1")])
            with pytest.raises(KafkaTimeoutError):
                pending.get(1)
        finally:
            kafka.process.resume()
        pending.get(60)
    assert read(kafka.bootstrap, name, name, 2) == [0, 1]


def test_unknown_topics_are_refused_by_a_real_broker_only(kafka: KafkaPart, name: str) -> None:
    client = KafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=False, max_block_ms=2_000)
    try:
        if kafka.kind == "real":
            with pytest.raises(KafkaTimeoutError):
                client.send(name, b"lost").get(10)
        else:
            assert client.send(name, b"kept").get(10).offset == 0
    finally:
        client.close()


def test_real_kafka_keeps_records_and_commits(real_kafka_here: None, tmp_path: Path, name: str) -> None:
    port, controller_port, other, other_controller = free_ports(4)
    bootstrap = f"127.0.0.1:{port}"
    with kafka_server(tmp_path, port=port, controller_port=controller_port) as process:
        create(bootstrap, name)
        send(bootstrap, name, range(100))
        assert len(read(bootstrap, name, "early", 40)) == 40
        process.kill()
        assert not process.running
        process.start().wait_ready()
        assert read(bootstrap, name, "late", 100) == list(range(100))
        send(bootstrap, name, range(100, 110))
    with kafka_server(tmp_path, port=other, controller_port=other_controller):
        bootstrap = f"127.0.0.1:{other}"
        assert len(read(bootstrap, name, "early", 70)) == 70
        assert ends(bootstrap, name) == 110


def test_real_clickhouse_keeps_rows(real_clickhouse_here: None, tmp_path: Path) -> None:
    port, http_port = free_ports(2)
    with clickhouse_server(tmp_path, port=port, http_port=http_port) as process:

        def ask(sql: str, rows: list[tuple[int]] | None = None) -> list[tuple[int]]:
            with Client("127.0.0.1", port, send_receive_timeout=10) as client:
                answer: list[tuple[int]] = client.execute(sql, rows)
                return answer

        ask("CREATE TABLE kept (n UInt32) ENGINE = ReplacingMergeTree ORDER BY n")
        ask("INSERT INTO kept VALUES", [(n,) for n in range(1_000)])
        process.kill()
        process.start().wait_ready()
        assert ask("SELECT count() FROM kept FINAL") == [(1_000,)]
        ask("INSERT INTO kept VALUES", [(n,) for n in range(500, 1_500)])
        process.restart()
        assert ask("SELECT count() FROM kept FINAL") == [(1_500,)]
        assert ask("SELECT toHour(toDateTime(0))") == [(0,)]  # UTC, wherever this machine is


def test_real_clickhouse_takes_up_after_a_freeze(real_clickhouse_here: None, tmp_path: Path) -> None:
    port, http_port = free_ports(2)
    with (
        clickhouse_server(tmp_path, port=port, http_port=http_port) as process,
        Client("127.0.0.1", port, connect_timeout=6, send_receive_timeout=6, sync_request_timeout=6) as client,
    ):
        process.suspend()
        with pytest.raises(
            (SocketTimeoutError, TimeoutError)
        ):  # frozen before it answers, or in the middle of an answer
            client.execute("SELECT 1")
        process.resume()
        assert client.execute("SELECT 1") == [(1,)]


def test_embedded_broker_forgets(tmp_path: Path, name: str) -> None:
    (port,) = free_ports(1)
    bootstrap = f"127.0.0.1:{port}"
    with broker(tmp_path, port=port) as process:
        create(bootstrap, name)
        send(bootstrap, name, range(3))
        process.kill()
        process.start().wait_ready()
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        assert admin.list_topics() == []
        admin.close()


@pytest.mark.parametrize("between", [0, 0.3])
def test_a_member_that_joins_more_slowly_than_it_polls_reads_in_the_end(kafka, name, between):
    # At its first joining it does not know the partitions yet; news of them calls for a second one.
    names = [f"{name}{i}" for i in range(3)]
    for each in names:
        create(kafka.bootstrap, each)
    for again in range(3):  # how long the broker takes is not ours to say
        with closing(member(kafka.bootstrap, f"{name}{again}")) as consumer:
            consumer.subscribe(names)
            end = time.monotonic() + 20
            while len(consumer.assignment()) < 6:
                assert time.monotonic() < end
                consumer.poll(timeout_ms=1)
                time.sleep(between)


def test_a_client_closed_with_something_to_send_leaves_no_socket(kafka, name):
    create(kafka.bootstrap, name)
    send(kafka.bootstrap, name, range(1), kafka.batch_bytes)
    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always", ResourceWarning)
        client = KafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=2**25, enable_idempotence=False)
        client.send(name, b"first").get(60)
        kafka.process.suspend()
        try:
            client.send(name, bytes(2**24))
            time.sleep(0.5)
            client.close(timeout=0.1)
        finally:
            kafka.process.resume()
        del client
        gc.collect()
    assert [str(w.message) for w in left_open] == []
