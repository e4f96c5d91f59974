"""Resources for a volume of news: arithmetic on measured figures; pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

GDELT = 12.5  # articles a second: half of what the soak of 30 minutes ran at, which is twice GDELT's world feed
USED = 0.6  # share of a processor that a plan may fill, so that bursts and recoveries have room
STAGES = ("dedupe", "classify", "link", "alert", "loader")
ONE_PARTITION = ("dedupe", "link")  # several miss copies, or cost recall: streams/README.md
SERVERS = ("Kafka", "ClickHouse")
PROCESS_BYTES = 300e6  # that a process takes before any state
PROCESS_GB = 16.0  # that one process may take
OPEN_INCIDENTS = 50_000  # in each partition of link
SERVER_GB = 4.0  # of memory beside each processor of Kafka and ClickHouse
KEPT_DAYS, REPLICAS = 7, 3
DAY, MONTH_HOURS = 86_400, 730


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one article: milliseconds of processor by part, bytes by topic, rows and bytes by table; memory.

    `window_bytes` is what an article of dedupe's window takes of memory, `incident_bytes` what an open incident does.
    """

    processor_ms: Mapping[str, float]
    topic_bytes: Mapping[str, float]
    rows: Mapping[str, float]
    table_bytes: Mapping[str, float]
    window_bytes: float
    incident_bytes: float


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a month, in one currency: a processor by the hour, a GB of memory by the hour, a GB of disk by the month."""

    processor_hour: float
    memory_hour: float
    disk_month: float


@dataclass(frozen=True, slots=True)
class Part:
    """Resources of a stage."""

    processors: float
    processes: int
    partitions: int
    memory_gb: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Resources for a rate. Sizes are GB; `most` is the rate, in articles a second, at which each stage is full."""

    rate: float
    parts: dict[str, Part]
    servers: dict[str, float]  # processors
    kafka_gb_day: float
    kafka_gb: float
    rows_day: float
    table_gb_day: float
    month: dict[str, float]  # cost of processors, memory and disk
    most: dict[str, float]
    fitting_hours: float  # of news that one process of dedupe has room for

    @property
    def cost(self) -> float:
        """Of a month."""
        return sum(self.month.values())

    @property
    def first(self) -> str:
        """The stage that breaks first as it is set up by default, with one partition of dedupe and link."""
        return min(self.most, key=self.most.__getitem__)


def plan(rate: float, measured: Measured, prices: Prices, *, window_hours: float = 72.0, partitions: int = 8) -> Plan:
    """Resources for `rate` articles a second; `partitions` is the setting that bounds classify, alert and loader."""
    parts, room = {}, PROCESS_GB * 1e9 - PROCESS_BYTES
    an_hour = rate * 3600 * measured.window_bytes
    for stage in STAGES:
        processors = rate * measured.processor_ms[stage] / 1000
        processes = max(1, math.ceil(processors / USED))
        if stage == "dedupe":  # its window may need more processes than its work
            processes = max(processes, math.ceil(an_hour * window_hours / room))
        state = {"dedupe": an_hour * window_hours, "link": processes * OPEN_INCIDENTS * measured.incident_bytes}
        memory = (state.get(stage, 0.0) + processes * PROCESS_BYTES) / 1e9
        parts[stage] = Part(processors, processes, processes, memory)
    servers = {name: rate * measured.processor_ms[name] / 1000 / USED for name in SERVERS}
    kafka_day = rate * DAY * sum(measured.topic_bytes.values()) * REPLICAS / 1e9
    table_day = rate * DAY * sum(measured.table_bytes.values()) / 1e9
    all_processors = sum(p.processors for p in parts.values()) / USED + sum(servers.values())
    all_memory = sum(p.memory_gb for p in parts.values()) + SERVER_GB * sum(servers.values())
    month = {
        "processors": MONTH_HOURS * all_processors * prices.processor_hour,
        "memory": MONTH_HOURS * all_memory * prices.memory_hour,
        "disk": prices.disk_month * (kafka_day * KEPT_DAYS + table_day * 30),
    }
    most = {
        stage: (1 if stage in ONE_PARTITION else partitions) * USED * 1000 / measured.processor_ms[stage]
        for stage in STAGES
    }
    most["dedupe"] = min(most["dedupe"], room / (window_hours * 3600 * measured.window_bytes))
    rows = rate * DAY * sum(measured.rows.values())
    return Plan(rate, parts, servers, kafka_day, kafka_day * KEPT_DAYS, rows, table_day, month, most, room / an_hour)
