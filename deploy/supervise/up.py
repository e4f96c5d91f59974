"""Everything on embedded parts, in one process tree: `tocsin up`."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from deploy.actions.setup import create_topics
from deploy.embedded.broker import PRODUCER_BATCH_BYTES, broker
from deploy.supervise.ports import LOOPBACK, free_ports
from deploy.supervise.process import Child
from deploy.supervise.tree import Tree, log_folder, notifier, tocsin_child, workers
from schemas.transport.brokers import shown
from schemas.transport.tokens import newest
from streams.console import CONNECTED
from streams.settings import Settings, running_file, running_note

EMBEDDED_PARTITIONS = 1  # one partition: one order of all news, so that every run makes the same incidents
# For the stages: reading takes as long as all others together, and each process takes seconds to start.
EMBEDDED_PROCESSES = 2


def embedded_settings(settings: Settings) -> Settings:
    """Settings that point every part at the embedded broker and engine; free ports where the settings say 0."""
    port = settings.broker_port or free_ports(1)[0]
    gateway = settings.gateway_port or free_ports(1)[0]
    console = settings.console_port or free_ports(1)[0]
    changes: dict[str, object] = {
        "kafka": f"{LOOPBACK}:{port}",
        "clickhouse": f"http://{LOOPBACK}:{gateway}/tocsin",
        "gateway_port": gateway,
        "console_port": console,
        "replication": 1,
        "batch_bytes": PRODUCER_BATCH_BYTES,
        "metrics_port": settings.metrics_port or 0,
    }
    unless_set = {"worker_processes": EMBEDDED_PROCESSES, "partitions": EMBEDDED_PARTITIONS}
    changes |= {name: value for name, value in unless_set.items() if name not in settings.model_fields_set}
    return settings.changed(**changes)


def embedded_tree(settings: Settings, tell: Callable[[str], None] = lambda _: None) -> Tree:
    """Start broker, loader with its engine and gateway, workers and console; returns when all are ready.

    Raises Stop naming the part that did not come up, having stopped the others.
    """
    port = int(settings.kafka.rsplit(":", 1)[1])
    tree = Tree([broker(log_folder(settings), port=port)], settings.kafka, settings.data_dir, tuple(settings.notify))
    try:
        tree.start(tell)
        tell("topics")
        create_topics(settings)
        tell("ClickHouse engine, workers and console")
        tree.start_together([loader(settings), *workers(settings), *notifier(settings), console(settings)])
    except BaseException:
        tree.stop()
        raise
    return tree


@contextmanager
def started(settings: Settings, tell: Callable[[str], None]) -> Iterator[Tree]:
    """A running system within the block; other commands find it through `running_file`."""
    tree = embedded_tree(settings, lambda part: tell(f"starting {part}"))
    note = running_file()
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(running_note(settings), encoding="utf-8")
    try:
        yield tree
    finally:
        note.unlink(missing_ok=True)
        tree.stop()


def say_where(settings: Settings) -> None:
    """Print the addresses of the system's pages and services."""
    print(f"console     {console_address(settings)}")
    print(f"ClickHouse  http://{LOOPBACK}:{settings.gateway_port}/ (read-only); try: tocsin sql 'SHOW TABLES'")
    print(f"questions   http://{LOOPBACK}:{settings.gateway_port}/page in the browser; tocsin sql --list")
    print(f"Kafka       {shown(settings.kafka)}; try: tocsin tail alerts --from-start, tocsin subscribe")
    if settings.notify:
        print(f"alerts go   to {', '.join(settings.notify)}; try: tocsin notify --test")
    print(f"logs        {log_folder(settings)}", flush=True)


def loader(settings: Settings) -> Child:
    """The loader with the embedded engine and its gateway."""
    ready = partial(_answers, LOOPBACK, settings.gateway_port, "/ping")
    return tocsin_child("loader", ["load", "--embedded"], settings, ready=ready)


def console(settings: Settings) -> Child:
    """The console; it is ready when Kafka answers it, however other parts do."""
    ready = partial(_reads_kafka, settings.console_host, settings.console_port, console_headers(settings))
    return tocsin_child("console", ["console"], settings, ready=ready)


def console_address(settings: Settings) -> str:
    """Where a person finds the console."""
    return f"http://{settings.console_host}:{settings.console_port}/"


def console_headers(settings: Settings) -> dict[str, str]:
    """The headers that a request must carry."""
    token = newest(settings.console_token.get_secret_value())
    return {"Authorization": f"Bearer {token}"} if token else {}


def _answers(host: str, port: int, path: str) -> bool:
    return _asked(host, port, path)[0] == HTTPStatus.OK


def _reads_kafka(host: str, port: int, headers: dict[str, str]) -> bool:
    try:
        return bool(json.loads(_asked(host, port, "/health", headers)[1])["kafka"] == CONNECTED)
    except (ValueError, KeyError):
        return False


def _asked(host: str, port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body; 0 and nothing where nobody answers. httpx would read all certificates for each call."""
    connection = HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()
