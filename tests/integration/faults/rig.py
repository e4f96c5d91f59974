"""The system under fault: real Kafka behind a proxy, real ClickHouse, loader, workers and notifier under their supervisor."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kafka.errors import KafkaError

from connectors.kafka.clients import KafkaProducer
from connectors.load.migrate import migrate
from connectors.sinks.contract import Reader
from connectors.sinks.open import open_reader, open_store
from deploy.actions.setup import create_topics
from deploy.local.clickhouse import clickhouse
from deploy.local.cluster import Ports, cluster, start
from deploy.local.kafka import kafka
from deploy.supervise.lag import Lag, LagReader
from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child
from deploy.supervise.tree import Tree, notifier, tocsin_child, workers
from schemas.topics import group
from streams.settings import Settings
from tests.integration.faults.ledger import Slice
from tests.integration.faults.proxy import Proxy
from tests.integration.hook import Hook

QUIET_SECONDS = 1.5  # lag must stay zero this long: ends are read before commits
STUCK_SECONDS = 150.0  # no recovery takes so long


@dataclass
class Rig:
    """A running system. Faults reach for its parts; `watch` is the supervisor's turn and must be taken often."""

    folder: Path
    settings: Settings
    tree: Tree
    kafka: Child
    clickhouse: Child
    hook: Hook
    brokers: list[Child] = field(default_factory=list)  # all of them, `kafka` the first
    proxies: list[Proxy] = field(default_factory=list)
    topic: str = ""  # that is being written to
    long: bool = False  # faults that production knows as outages of minutes last that long
    noticed: list[str] = field(default_factory=list)
    _lag: LagReader | None = None

    def part(self, name: str) -> Child:
        """The supervised part of that name."""
        return next(p for p in self.tree.parts if p.name == name)

    def spare(self, stage: str) -> Child:
        """One more worker of a stage (or loader, or notify), with a folder of its own and without supervision; not started."""
        settings = self.settings.changed(data_dir=self.folder / "spare")
        if stage == "loader":
            return tocsin_child("loader", ["load"], settings, ready=lambda: True)
        if stage == "notify":
            return notifier(settings)[0]
        return workers(settings, (stage,))[0]

    def watch(self) -> None:
        """One turn of the supervisor."""
        self.noticed += self.tree.watch()

    def wait(self, seconds: float) -> None:
        """Let time pass, with the supervisor at work."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.watch()
            time.sleep(0.2)

    def settle(self, seconds: float = STUCK_SECONDS) -> float:
        """Wait until every group has read everything; how long it took. Raises AssertionError when it does not come."""
        began = quiet = time.monotonic()
        behind = "unknown"
        while time.monotonic() - quiet < QUIET_SECONDS:
            self.watch()
            try:
                lags = [lag for lag in self._lags() if lag.behind > 0]
                behind = ", ".join(f"{lag.group} by {lag.behind} of {lag.topic}" for lag in lags)
            except KafkaError as error:
                lags, behind = [None], repr(error)
            if lags:
                quiet = time.monotonic()
            if time.monotonic() - began > seconds:
                raise AssertionError(f"not recovered within {seconds:g} s: {behind}; noticed {self.noticed[-5:]}")
            time.sleep(0.2)
        return time.monotonic() - began - QUIET_SECONDS

    def behind(self, stage: str) -> int:
        """How many messages a stage has yet to commit."""
        return sum(lag.behind for lag in self._lags() if lag.group == group(stage))

    def _lags(self) -> list[Lag]:
        self._lag = self._lag or LagReader(self.settings.kafka, self.settings.notify)
        return self._lag.lags()

    def publish(self, part: Slice, pause: float) -> None:
        """Write a slice in its order, one message after the other, however long the broker is away."""
        producer = KafkaProducer(
            bootstrap_servers=self.settings.kafka.split(","), acks="all", enable_idempotence=False, retries=10_000,
            max_in_flight_requests_per_connection=1, delivery_timeout_ms=180_000, max_block_ms=180_000,
            bootstrap_timeout_ms=180_000, linger_ms=0, request_timeout_ms=10_000,
        )  # fmt: skip
        try:
            for entry in part.entries:
                producer.send(entry.topic, key=entry.key, value=entry.value).get(180)
                time.sleep(pause)
        finally:
            producer.close()

    def counts(self, tables: Sequence[str]) -> dict[str, int]:
        """How many ids or versions each table holds, counted once."""
        with self.reader() as reader:
            return {table: int(reader.query(f"SELECT count() FROM {table} FINAL").rows[0][0]) for table in tables}

    def reader(self) -> closing[Reader]:
        """A connection to ClickHouse, closed after the block."""
        return closing(open_reader(self.settings.clickhouse.get_secret_value()))


def _brokers(folder: Path, places: Sequence[Ports]) -> list[Child]:
    if len(places) > 1:
        return cluster(folder, places)
    (p,) = places
    return [kafka(folder / "kafka", port=p.own, controller_port=p.controller, advertised_port=p.advertised)]


def prepared(settings: Settings) -> None:
    """Topics and tables as this version makes them."""
    create_topics(settings)
    with closing(open_store(settings.clickhouse.get_secret_value())) as store:
        migrate(store)


def outer_parts(settings: Settings) -> list[Child]:
    """Loader and notifier."""
    return [tocsin_child("loader", ["load"], settings, ready=lambda: True), *notifier(settings)]


def every_part(settings: Settings) -> list[Child]:
    """Loader, notifier and a worker of each stage."""
    return [*outer_parts(settings), *workers(settings)]


@contextmanager
def rig(
    folder: Path,
    *,
    partitions: int = 1,
    proxied: bool = True,
    tell: Callable[[str], None] = lambda _: None,
    brokers: int = 1,
    prepare: Callable[[Settings], None] = prepared,
    parts: Callable[[Settings], list[Child]] = every_part,
    **more: object,
) -> Iterator[Rig]:
    """Start everything; stop it at the end. Raises Stop when a part does not come up.

    Clients reach the broker through the proxy unless `proxied` is false: it costs as much processor time as the broker.
    `prepare` makes topics and tables, `parts` are those that are supervised; `more` are settings.
    """
    native, http, console, *free = free_ports(3 + 3 * brokers)
    places = [Ports(*free[n : n + 3]) for n in range(0, 3 * brokers, 3)]
    if not proxied:
        places = [Ports(p.own, p.controller, p.own) for p in places]
    with ExitStack() as stack:
        tell("starting Kafka and ClickHouse")
        hook = stack.enter_context(Hook())
        proxies = [stack.enter_context(Proxy(p.advertised, p.own)) for p in places] if proxied else []
        servers = _brokers(folder, places)
        for server in servers:
            stack.callback(server.stop)
        start(servers)
        store_server = stack.enter_context(clickhouse(folder / "clickhouse", port=native, http_port=http))
        settings = Settings(
            kafka=",".join(f"127.0.0.1:{p.advertised}" for p in places),
            clickhouse=f"clickhouse://default@127.0.0.1:{native}/tocsin",
            data_dir=folder / "data",
            console_port=console,
            partitions=partitions,
            notify={"desk": {"url": hook.url()}},
            **more,
        )
        prepare(settings)
        supervised = parts(settings)
        tell(f"starting {', '.join(part.name for part in supervised)}")
        tree = Tree([], settings.kafka, settings.data_dir, tuple(settings.notify))
        stack.callback(tree.stop)
        tree.start_together(supervised)
        made = Rig(folder, settings, tree, servers[0], store_server, hook, servers, proxies)
        yield made
        if made._lag is not None:
            made._lag.close()


def say(line: str) -> None:
    """A line of progress for people, beside the table on standard output."""
    print(line, file=sys.stderr, flush=True)
