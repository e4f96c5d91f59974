"""Kafka and ClickHouse for integration tests, embedded and real, on free ports and for the whole run.

A test that takes `kafka` or `clickhouse` runs once per kind of parts, both of the same kind. They are shared:
take names for topics, groups and databases from `name`, and leave a part running as you found it.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.load.migrate import migrate
from connectors.sinks.contract import Store
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.native import NativeStore
from deploy.actions.setup import create_topics
from deploy.embedded.broker import PRODUCER_BATCH_BYTES, broker
from deploy.local import clickhouse as real_clickhouse
from deploy.local import kafka as real_kafka
from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child
from streams.settings import Settings
from tests.integration.hook import Hook
from tests.integration.notifying import Bench
from tests.integration.system import own_kafka


@dataclass(frozen=True)
class KafkaPart:
    """A broker; `batch_bytes` is the batch size that producers must use on it."""

    kind: str
    bootstrap: str
    process: Child
    batch_bytes: int


@dataclass(frozen=True)
class ClickHousePart:
    """A ClickHouse; `open` gives a store on a database of that name, `url` and `process` are a server's."""

    kind: str
    open: Callable[[str], Store]
    url: str | None
    process: Child | None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "parts_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--parts")
        kinds = [chosen] if chosen in ("embedded", "real") else ["embedded", "real"]
        if len(kinds) > 1 and metafunc.definition.get_closest_marker("once"):
            absent = chosen == "auto" and (real_kafka.missing() or real_clickhouse.missing())
            kinds = ["embedded" if absent else "real"]
        metafunc.parametrize("parts_kind", kinds, scope="session")


@pytest.fixture
def name() -> str:
    """A name nobody else has, fit for a topic, a group and a database."""
    return f"t{uuid.uuid4().hex[:10]}"


def need(missing: str | None, config: pytest.Config) -> None:
    if missing is None:
        return
    reason = f"{missing}; deploy/local/install.sh installs it"
    if config.getoption("--parts") == "auto":
        pytest.skip(reason)
    pytest.fail(reason, pytrace=False)


@pytest.fixture(scope="session")
def real_kafka_here(request: pytest.FixtureRequest) -> None:
    """For tests that run a real Kafka of their own."""
    if request.config.getoption("--parts") == "embedded":
        pytest.skip("--parts=embedded")
    need(real_kafka.missing(), request.config)


@pytest.fixture(scope="session")
def real_clickhouse_here(request: pytest.FixtureRequest) -> None:
    """For tests that run a real ClickHouse of their own."""
    if request.config.getoption("--parts") == "embedded":
        pytest.skip("--parts=embedded")
    need(real_clickhouse.missing(), request.config)


@pytest.fixture(scope="session")
def kafka(
    parts_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KafkaPart]:
    port, controller_port = free_ports(2)
    folder = tmp_path_factory.mktemp("kafka")
    if parts_kind == "embedded":
        process, batch_bytes = broker(folder, port=port), PRODUCER_BATCH_BYTES
    else:
        request.getfixturevalue("real_kafka_here")
        process, batch_bytes = real_kafka.kafka(folder, port=port, controller_port=controller_port), 16_384
    with process:
        yield KafkaPart(parts_kind, f"127.0.0.1:{port}", process, batch_bytes)


@pytest.fixture(scope="session")
def clickhouse(
    parts_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClickHousePart]:
    folder = tmp_path_factory.mktemp("clickhouse")
    if parts_kind == "embedded":
        # The engine holds one folder per process, so this one stays open until the run ends.
        owner = EmbeddedStore(folder)
        yield ClickHousePart(parts_kind, lambda database: EmbeddedStore(folder, database=database), None, None)
        owner.close()
        return
    request.getfixturevalue("real_clickhouse_here")
    port, http_port = free_ports(2)
    with real_clickhouse.clickhouse(folder, port=port, http_port=http_port) as process:
        url = f"clickhouse://default@127.0.0.1:{port}/"
        yield ClickHousePart(parts_kind, lambda database: NativeStore(url + database), url, process)


@pytest.fixture
def now() -> datetime:
    """One moment for all that a test publishes."""
    return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def parts(parts_kind: str, request: pytest.FixtureRequest) -> str:
    """The kind of parts, for tests that run a whole system of their own on them."""
    if parts_kind == "real":
        request.getfixturevalue("real_kafka_here")
        request.getfixturevalue("real_clickhouse_here")
    return parts_kind


@pytest.fixture
def topics(kafka: KafkaPart) -> KafkaPart:
    """A broker with our topics."""
    create_topics(Settings(kafka=kafka.bootstrap, partitions=2))
    return kafka


@pytest.fixture
def store(clickhouse: ClickHousePart, name: str) -> Iterator[Store]:
    """A database of its own with our tables."""
    store = clickhouse.open(name)
    migrate(store)
    yield store
    store.execute(f"DROP DATABASE {name}")
    store.close()


@pytest.fixture
def bench(parts: str, tmp_path: Path) -> Iterator[Bench]:
    """A broker of one's own with our topics, a webhook, and couriers to it."""
    with own_kafka(parts, tmp_path) as (bootstrap, batch_bytes), Hook() as hook:
        create_topics(Settings(kafka=bootstrap, partitions=2))
        yield Bench(bootstrap, batch_bytes, hook, tmp_path)
