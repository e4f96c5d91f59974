"""Metrics of every process, in one registry; README.md of this folder lists them all.

Names and units follow https://prometheus.io/docs/practices/naming/: base units, `_total` on counters.
"""

import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

HANDLING = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
LATENCY = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)

HANDLED = Counter("tocsin_stage_records", "Records that a stage has handled.", ("stage", "topic"), registry=REGISTRY)
HANDLING_SECONDS = Histogram(
    "tocsin_stage_handling_seconds", "Time that one record takes a stage.", ("stage",),
    registry=REGISTRY, buckets=HANDLING,
)  # fmt: skip
WRITING_SECONDS = Histogram(
    "tocsin_stage_writing_seconds", "Time until the broker has confirmed a batch with its state.", ("stage",),
    registry=REGISTRY, buckets=LATENCY,
)  # fmt: skip
LATENCY_SECONDS = Histogram(
    "tocsin_latency_seconds", "Time from an article's or event's entry to the end of this stage, by its headers.",
    ("stage",), registry=REGISTRY, buckets=LATENCY,
)  # fmt: skip
QUARANTINED = Counter(
    "tocsin_quarantined_records", "Records set aside, by the kind of error.", ("stage", "reason"), registry=REGISTRY
)
STATE_ENTRIES = Gauge(
    "tocsin_state_entries", "Entries of a stage's state that this process holds.", ("stage", "partition"),
    registry=REGISTRY,
)  # fmt: skip
STATE_BYTES = Gauge(
    "tocsin_state_bytes", "Bytes of those entries as they are kept.", ("stage", "partition"), registry=REGISTRY
)
STATE_LIMIT = Gauge(
    "tocsin_state_limit_entries", "Entries of a partition beyond which the oldest go.", ("stage",), registry=REGISTRY
)
WAITING = Gauge(
    "tocsin_waiting", "1 while a part waits for what it needs, or stands still.", ("part",), registry=REGISTRY
)
LOADED = Counter("tocsin_load_rows", "Rows stored, by table.", ("table",), registry=REGISTRY)
LOAD_RETRIES = Counter(
    "tocsin_load_retries", "Batches that ClickHouse or Kafka did not take at once.", registry=REGISTRY
)
NOTIFIED = Counter("tocsin_notify_alerts", "Alerts that a target has taken.", ("target",), registry=REGISTRY)
NOTIFY_FAILURES = Counter(
    "tocsin_notify_failures", "Attempts that a target did not take: away, or refused.", ("target", "kind"),
    registry=REGISTRY,
)  # fmt: skip
PUBLISHED = Counter(
    "tocsin_published_records", "Records that a connector has handed to Kafka.", ("topic",), registry=REGISTRY
)


def serve(host: str, port: int, data_dir: Path, part: str) -> int:
    """Serve `/metrics` on a port (0: a free one) from a thread and write its address for Prometheus; returns the port.

    The address goes into a file of https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config.
    """
    server, _ = start_http_server(port, host, REGISTRY)
    found = int(server.server_port)
    folder = data_dir.resolve() / "run" / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{part.replace(' ', '-')}.json"
    note = json.dumps([{"targets": [f"{host}:{found}"], "labels": {"process": part}}])
    written = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
    written.write_text(note, encoding="utf-8")
    written.replace(path)
    return found


def described() -> Iterable[tuple[str, str, tuple[str, ...], str]]:
    """Name, type, labels and meaning of each of our metrics, as Prometheus shows them."""
    for metric in (
        HANDLED, HANDLING_SECONDS, WRITING_SECONDS, LATENCY_SECONDS, QUARANTINED, STATE_ENTRIES, STATE_BYTES,
        STATE_LIMIT, WAITING, LOADED, LOAD_RETRIES, NOTIFIED, NOTIFY_FAILURES, PUBLISHED,
    ):  # fmt: skip
        family = next(iter(metric.describe()))
        name = family.name + ("_total" if family.type == "counter" else "")
        yield name, family.type, tuple(metric._labelnames), family.documentation  # noqa: SLF001 - there is no public way
