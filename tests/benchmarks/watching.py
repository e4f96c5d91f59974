"""What can be seen of a running system from outside: memory and processor time of each process, parts, latencies."""

import json
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from kafka.errors import KafkaError

from connectors.sinks.contract import StoreError
from connectors.sinks.open import open_reader
from deploy.supervise.lag import LagReader
from tests.integration.faults.rig import Rig, say

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
TICK = os.sysconf("SC_CLK_TCK")
SETTLED = 1 / 3  # of a run, in which imports and first windows fill: left out of the slopes
LOOK_SECONDS = 0.5


class Behind:
    """Messages behind by group, over one connection that is made again when it breaks."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._reader: LagReader | None = None
        self._last: dict[str, int] = {}

    def read(self) -> dict[str, int]:
        """By group, without the prefix that all have; what it was before when the broker does not answer."""
        try:
            self._reader = self._reader or LagReader(self._bootstrap)
            sums: dict[str, int] = {}
            for lag in self._reader.lags():
                name = lag.group.removeprefix("tocsin-")
                sums[name] = sums.get(name, 0) + lag.behind
            self._last = sums
        except KafkaError as error:
            say(f"the broker does not answer: {error!r}")
            self.close()
        return dict(self._last)

    def close(self) -> None:
        """Disconnect."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None


@dataclass
class Look:
    """One look at everything; `at` in seconds since the run began, `used` seconds of processor time so far."""

    at: float
    sent: int
    memory: dict[str, float]
    used: dict[str, float]
    behind: dict[str, int] = field(default_factory=dict)
    parts: int = 0
    parts_in_one: int = 0

    @property
    def most_behind(self) -> int:
        """The greatest lag of a group."""
        return max(self.behind.values())

    def line(self) -> str:
        """As JSON, for a file."""
        return json.dumps(asdict(self))

    def told(self) -> str:
        """For people."""
        behind = " ".join(f"{group} {count}" for group, count in self.behind.items())
        memory = " ".join(f"{name.removeprefix('worker ')} {mb:.0f}" for name, mb in self.memory.items())
        return f"{self.at:6.0f} s  sent {self.sent}  behind: {behind}  MB: {memory}  parts {self.parts}"


class Meter:
    """Reads processes; time that an ended process used is kept under its name."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, float]] = {}
        self._ended: dict[str, float] = {}

    def look(self, at: float, processes: dict[str, int], sent: int) -> Look:
        """Memory (resident set, MB) and processor time of processes by name; one that ended meanwhile is left out."""
        memory, used = {}, {}
        for name, pid in {**processes, "bench": os.getpid()}.items():
            try:
                memory[name] = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_MB
                fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
            except OSError:
                memory.pop(name, None)
                continue
            seconds = (int(fields[11]) + int(fields[12])) / TICK
            before = self._last.get(name, (pid, 0.0))
            if before[0] != pid:
                self._ended[name] = self._ended.get(name, 0.0) + before[1]
            self._last[name] = (pid, seconds)
            used[name] = seconds + self._ended.get(name, 0.0)
        return Look(at, sent, memory, used)

    def shares(self, looks: list[Look]) -> dict[str, float]:
        """Share of one core that each process used between its first look and its last."""
        shares = {}
        for name in looks[-1].used:
            seen = [(look.at, look.used[name]) for look in looks if name in look.used]
            (began, first), (ended, last) = seen[0], seen[-1]
            shares[name] = round((last - first) / max(ended - began, 1e-9), 2)
        return shares

    def slopes(self, looks: list[Look]) -> dict[str, float]:
        """MB an hour of each process, a straight line through the run without its beginning."""
        start = looks[-1].at * SETTLED
        found = {}
        for name in looks[-1].memory:
            points = [(look.at / 3600, look.memory[name]) for look in looks if look.at >= start and name in look.memory]
            found[name] = round(float(np.polyfit(*zip(*points, strict=True), 1)[0]), 1) if len(points) > 2 else 0.0
        return found

    def most(self, looks: list[Look], name: str, since: float, until: float) -> int:
        """The most memory of a process between two moments, in MB."""
        return round(max((k.memory.get(name, 0.0) for k in looks if since <= k.at < until), default=0.0))


class Arrivals(threading.Thread):
    """Asks ClickHouse which of the watched articles (id to the moment of sending) have come; they leave the watch."""

    def __init__(self, url: str, watched: dict[str, float]) -> None:
        super().__init__(name="arrivals", daemon=True)
        self._url, self._watched, self._found, self.stop = url, watched, [], threading.Event()

    def run(self) -> None:
        reader = open_reader(self._url)
        while not self.stop.wait(LOOK_SECONDS):
            waiting = list(self._watched)[:500]
            if not waiting:
                continue
            names = ", ".join(f"'{name}'" for name in waiting)
            try:
                rows = reader.query(f"SELECT DISTINCT article_id FROM article WHERE article_id IN ({names})").rows
            except StoreError:
                continue
            now = time.monotonic()
            for (name,) in rows:
                sent = self._watched.pop(name)
                self._found.append((sent, now - sent))
        reader.close()

    def percentiles(self, began: float, away: tuple[float, float]) -> dict[str, float]:
        """Seconds until an article could be queried, of those sent while ClickHouse was there and kept up."""
        return percentiles(s for sent, s in self._found if not away[0] - 5 <= sent - began < away[1])


def percentiles(seconds: Iterable[float]) -> dict[str, float]:
    """p50, p95, p99 and the greatest."""
    found = list(seconds) or [float("nan")]
    names = ("p50", "p95", "p99", "most")
    return {n: round(float(v), 2) for n, v in zip(names, np.percentile(found, (50, 95, 99, 100)), strict=True)}


def active_parts(system: Rig) -> tuple[int, int]:
    """Active parts of all tables, and the most that one partition of a table has; (0, 0) when ClickHouse is away."""
    sql = "SELECT count() FROM system.parts WHERE active AND database = 'tocsin' GROUP BY table, partition"
    try:
        with system.reader() as reader:
            counts = [int(row[0]) for row in reader.query(sql).rows]
    except StoreError:
        return 0, 0
    return sum(counts), max(counts, default=0)


def passage(system: Rig) -> dict[str, float]:
    """Seconds from an article's entry into Kafka until the first version of an incident that tells of it stood there.

    Of all articles that are no copies, by the broker's clock.
    """
    sql = (
        "SELECT (told - came) / 1000 FROM"
        " (SELECT article_id, min(produced_ms) AS came FROM article GROUP BY article_id) ANY INNER JOIN"
        " (SELECT change_document_id AS article_id, min(produced_ms) AS told FROM incident_version"
        "  GROUP BY change_document_id) USING article_id"
    )
    with system.reader() as reader:
        return percentiles(float(row[0]) for row in reader.query(sql).rows)
