"""The whole system as child processes, on embedded or on real parts, for one test at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from connectors.load.migrate import migrate
from connectors.sinks.contract import Reader
from connectors.sinks.open import open_reader, open_store
from deploy.actions.setup import create_topics
from deploy.embedded.broker import PRODUCER_BATCH_BYTES, broker
from deploy.local.clickhouse import clickhouse
from deploy.local.kafka import kafka
from deploy.supervise.ports import free_ports
from deploy.supervise.tree import Tree, tocsin_child, workers
from deploy.supervise.up import embedded_settings, embedded_tree
from streams.settings import Settings


@dataclass
class System:
    """A running system; `tree` holds its parts by name."""

    settings: Settings
    tree: Tree

    def part(self, name: str):
        return next(p for p in self.tree.parts if p.name == name)

    def reader(self) -> closing[Reader]:
        """A connection to ClickHouse, closed after the block."""
        return closing(open_reader(self.settings.clickhouse.get_secret_value()))

    def query(self, sql: str) -> list[tuple]:
        with self.reader() as reader:
            return reader.query(sql).rows


@contextmanager
def running(kind: str, folder: Path, **counts: int) -> Iterator[System]:
    """`counts` are the settings `partitions`, 4 if not told, `dedupe_partitions` and `link_partitions`."""
    with ExitStack() as stack:
        system = (_real if kind == "real" else _embedded)(folder, {"partitions": 4} | counts, stack)
        stack.callback(system.tree.stop)
        yield system


@contextmanager
def own_kafka(kind: str, folder: Path) -> Iterator[tuple[str, int]]:
    """A broker for one test alone: its address, and the batch size that its producers must use."""
    port, controller = free_ports(2)
    child = kafka(folder, port=port, controller_port=controller) if kind == "real" else broker(folder, port=port)
    with child:
        yield f"127.0.0.1:{port}", 16_384 if kind == "real" else PRODUCER_BATCH_BYTES


def _embedded(folder: Path, counts: dict[str, int], stack: ExitStack) -> System:
    del stack
    ports = {"console_port": 0, "gateway_port": 0, "broker_port": 0}
    settings = embedded_settings(Settings(data_dir=folder, worker_processes=0, **ports, **counts))  # one for each stage
    return System(settings, embedded_tree(settings))


def _real(folder: Path, counts: dict[str, int], stack: ExitStack) -> System:
    port, controller, native, http, console = free_ports(5)
    stack.enter_context(kafka(folder / "kafka", port=port, controller_port=controller))
    stack.enter_context(clickhouse(folder / "clickhouse", port=native, http_port=http))
    settings = Settings(
        kafka=f"127.0.0.1:{port}",
        clickhouse=f"clickhouse://default@127.0.0.1:{native}/tocsin",
        data_dir=folder,
        console_port=console,
        **counts,
    )
    create_topics(settings)
    store = open_store(settings.clickhouse.get_secret_value())
    migrate(store)
    store.close()
    tree = Tree([], settings.kafka, settings.data_dir)
    tree.start_together([tocsin_child("loader", ["load"], settings, ready=lambda: True), *workers(settings)])
    return System(settings, tree)


def eventually(holds: Callable[[], bool], *, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.3)
