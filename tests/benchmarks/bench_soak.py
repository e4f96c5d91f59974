"""A long run at a steady rate on real parts, with ClickHouse away for a while: memory, lag and latency.

    python -m tests.benchmarks.bench_soak --minutes 30 --rate 25

Articles are invented without end (`tests/integration/faults/ledger.py`). Memory is the resident set of loader and
workers, its slope a straight line through the second half of the run, when the windows have begun to fill. Latency is
from publishing an article until its row can be queried, of one article in a hundred. For a tenth of the time in the
middle ClickHouse is down: lag grows, the loader's memory must not. At the end a worker with the full window is killed,
and the time is taken until it works again.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np

from connectors.publish import Publisher
from connectors.sinks.contract import StoreError
from connectors.sinks.open import open_reader
from deploy.lag import LagReader
from schemas.codec import Codec
from tests.benchmarks.machine import described
from tests.integration.faults.ledger import invented
from tests.integration.faults.rig import Rig, rig, say

PAGE_MB = 4096 / 2**20
LOOK_SECONDS = 5.0


def resident_mb(pid: int) -> float:
    """Resident memory of a process, in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_MB


class Feed(threading.Thread):
    """Publishes articles at a rate until stopped; notes when one in a hundred was sent."""

    def __init__(self, system: Rig, rate: float) -> None:
        super().__init__(name="feed", daemon=True)
        self.sent, self.late, self.watched = 0, 0.0, {}
        self._system, self._rate, self.stop = system, rate, threading.Event()

    def run(self) -> None:
        articles = invented(random.Random(1), datetime.now(UTC) - timedelta(days=30), datetime.now(UTC))
        began = time.monotonic()
        with Publisher(self._system.settings.kafka, Codec()) as publisher:
            for number in count():
                if self.stop.is_set():
                    return
                article = next(articles)
                publisher.publish(article)
                if number % 100 == 0:
                    publisher.flush()
                    self.watched[article.article_id] = time.monotonic()
                self.sent = number + 1
                behind = began + number / self._rate - time.monotonic()
                self.late = max(self.late, -behind)
                if behind > 0:
                    time.sleep(behind)


class Arrivals(threading.Thread):
    """Asks ClickHouse which of the watched articles have come."""

    def __init__(self, url: str, feed: Feed) -> None:
        super().__init__(name="arrivals", daemon=True)
        self._url, self._feed, self.seconds, self.stop = url, feed, [], threading.Event()

    def run(self) -> None:
        reader = open_reader(self._url)
        while not self.stop.wait(0.3):
            waiting = dict(self._feed.watched)
            if not waiting:
                continue
            names = ", ".join(f"'{name}'" for name in waiting)
            try:
                rows = reader.query(f"SELECT DISTINCT article_id FROM article WHERE article_id IN ({names})").rows
            except StoreError:
                continue
            for (name,) in rows:
                self.seconds.append(time.monotonic() - self._feed.watched.pop(name))
        reader.close()


def soak(system: Rig, minutes: float, rate: float) -> dict[str, object]:
    """Run, and tell what was measured."""
    feed, seconds = Feed(system, rate), minutes * 60
    arrivals = Arrivals(system.settings.clickhouse.get_secret_value(), feed)
    lag, looks, began = LagReader(system.settings.kafka), [], time.monotonic()
    away, back = 0.45 * seconds, 0.55 * seconds
    feed.start()
    arrivals.start()
    while (now := time.monotonic() - began) < seconds:
        if now >= away and now < back and system.clickhouse.running:
            system.clickhouse.kill()
        if now >= back and not system.clickhouse.running:
            system.clickhouse.start().wait_ready()
        system.watch()
        behind: Counter[str] = Counter()
        for one in lag.lags():
            behind[one.group] += one.behind
        looks.append((now, {p.name: resident_mb(p.pid) for p in system.tree.parts if p.running}, behind))
        say(f"{now:6.0f} s  sent {feed.sent}  lag {behind}  MB {[round(v) for v in looks[-1][1].values()]}")
        time.sleep(LOOK_SECONDS)
    feed.stop.set()
    feed.join()
    caught_up = system.settle(600)
    arrivals.stop.set()
    arrivals.join()
    lag.close()
    worker = system.part("worker link")
    worker.kill()
    killed = time.monotonic()
    worker.start().wait_ready()
    recovery = time.monotonic() - killed
    return {
        **described(), "minutes": minutes, "rate": rate,
        "articles": feed.sent, "behind_schedule_s": round(feed.late, 1),
        "memory_mb_per_hour": {name: round(slope(looks, name), 1) for name in looks[-1][1]},
        "memory_mb": {name: round(mb) for name, mb in looks[-1][1].items()},
        "loader_mb_while_away": [round(max(m["loader"] for t, m, _ in looks if during(t) and "loader" in m)) for during in
                                 (lambda t: t < away, lambda t: away <= t < back)],
        "most_behind": {group: max(b[group] for _, _, b in looks) for group in looks[-1][2]},
        "latency_s": dict(zip(("p50", "p95", "p99", "most"),
                              (round(float(v), 2) for v in np.percentile(arrivals.seconds, (50, 95, 99, 100))), strict=True)),
        "caught_up_s": round(caught_up, 1), "link_recovery_s": round(recovery, 1),
    }  # fmt: skip


def slope(looks: list, name: str) -> float:
    """MB an hour over the second half of the run, of one part."""
    points = [(t / 3600, m[name]) for t, m, _ in looks[len(looks) // 2 :] if name in m]
    return float(np.polyfit(*zip(*points, strict=True), 1)[0]) if len(points) > 2 else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=25.0, help="articles a second")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-soak-")))
        system = stack.enter_context(rig(folder, tell=say))
        print(json.dumps(soak(system, chosen.minutes, chosen.rate)))


if __name__ == "__main__":
    main()
