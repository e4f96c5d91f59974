"""Strikes a running system with ten faults, and records what Prometheus saw: python -m tests.observe.record FOLDER.

Real Kafka, ClickHouse and Prometheus. Each fault lasts until its alert fires; the series that the rules read, from a
minute before to the end, go to a file of `tests/observe/recorded`, which `promtool test rules` replays.
"""

import argparse
import json
import random
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.ingest.publish import Publisher
from connectors.kafka.clients import KafkaProducer
from deploy.supervise.up import console
from schemas.codec import Codec
from schemas.records import FeedHealth
from schemas.topics import ARTICLE
from tests.benchmarks.newsroom import Newsroom
from tests.integration.faults.rig import Rig, rig, say
from tests.observe.prometheus import RULES, Prometheus

RECORDED = Path(__file__).with_name("recorded")
LONGEST = 500.0  # seconds that an alert may take to fire
BEFORE = 60  # seconds that are recorded before a fault
LIMIT = 400  # incidents that may be open


class Flow:
    """News that comes in: one article a second, of few incidents until it is told to be `distinct`."""

    def __init__(self, system: Rig) -> None:
        since = datetime.now(UTC) - timedelta(days=3)
        self._news = Newsroom(random.Random(1)).articles(since, timedelta(minutes=1))
        self._few = [next(self._news) for _ in range(12)]
        self._system, self.delay, self.paused, self.distinct, self._number = system, 0.0, False, False, 0
        self.pause = 1.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _next(self) -> object:
        if self.distinct:
            return next(self._news)
        self._number += 1
        article = self._few[self._number % len(self._few)]
        url = f"https://again{self._number}.example/{self._number}"
        return replace(article, article_id=f"{self._number:032x}"[::-1], url=url, canonical_url=url)

    def _clock(self) -> float:
        return time.time() - self.delay

    def _run(self) -> None:
        with Publisher(self._system.settings.kafka, Codec(), clock=self._clock) as publisher:
            while not self._stop.wait(self.pause):
                if not self.paused:
                    publisher.publish(self._next())
                    publisher.flush(600)

    @contextmanager
    def running(self) -> Iterator["Flow"]:
        self._thread.start()
        yield self
        self._stop.set()


def raw(system: Rig, count: int) -> None:
    """Messages that are no records."""
    producer = KafkaProducer(bootstrap_servers=system.settings.kafka.split(","))
    for number in range(count):
        producer.send(ARTICLE.name, key=b"poison", value=b"\x00no record %d" % number, partition=0)
    producer.flush()
    producer.close()


def a_feed(status: str) -> FeedHealth:
    now = datetime.now(UTC)
    return FeedHealth(
        feed_id="f" * 32, revision=int(now.timestamp()), name="feed:https://x.example/rss", title="X", status=status,
        status_since=now, reason="nothing for two days", checked_at=now, next_at=now, items_usual=40.0,
    )  # fmt: skip


Strike = Callable[[Rig, Flow], Callable[[], object]]  # strikes, and gives what heals


def kafka_away(system: Rig, flow: Flow) -> Callable[[], object]:
    system.kafka.suspend()
    return system.kafka.resume


def store_away(system: Rig, flow: Flow) -> Callable[[], object]:
    system.clickhouse.stop()
    return lambda: system.clickhouse.start().wait_ready()


def part_down(system: Rig, flow: Flow) -> Callable[[], object]:
    part = system.part("worker alert")
    part.kill()
    return lambda: part.start().wait_ready()


def target_away(system: Rig, flow: Flow) -> Callable[[], object]:
    system.hook.answers["desk"] = 503
    flow.distinct = True
    time.sleep(20)
    flow.distinct = False
    return lambda: system.hook.answers.update(desk=204)


def feed_silent(system: Rig, flow: Flow) -> Callable[[], object]:
    def tell(status: str) -> None:
        with Publisher(system.settings.kafka, Codec()) as publisher:
            publisher.publish(a_feed(status))

    tell("silent")
    return lambda: tell("ok")


def quarantine(system: Rig, flow: Flow) -> Callable[[], object]:
    over = threading.Event()

    def poison() -> None:
        while not over.wait(5):
            raw(system, 1)

    threading.Thread(target=poison, daemon=True).start()
    return over.set


def flood(system: Rig, flow: Flow) -> Callable[[], object]:
    raw(system, 200)

    def heal() -> None:
        flow.paused = True

    return heal


def late(system: Rig, flow: Flow) -> Callable[[], object]:
    flow.delay, flow.distinct = 3600.0, True

    def heal() -> None:
        flow.delay, flow.distinct = 0.0, False

    return heal


def nothing(system: Rig, flow: Flow) -> Callable[[], object]:
    flow.paused = True
    return lambda: setattr(flow, "paused", False)


def state_full(system: Rig, flow: Flow) -> Callable[[], object]:
    flow.distinct, flow.pause = True, 0.2

    def heal() -> None:
        flow.distinct, flow.pause = False, 1.0

    return heal


FAULTS: dict[str, tuple[str, Strike]] = {
    "Kafka frozen": ("TocsinKafkaAway", kafka_away),
    "ClickHouse stopped": ("TocsinStoreAway", store_away),
    "worker killed": ("TocsinPartDown", part_down),
    "webhook answers 503": ("TocsinTargetTakesNoAlerts", target_away),
    "feed silent": ("TocsinFeedsSilent", feed_silent),
    "poison": ("TocsinQuarantine", quarantine),
    "articles an hour late": ("TocsinLatencyHigh", late),
    "connectors stopped": ("TocsinNothingComesIn", nothing),
    "incidents without end": ("TocsinStateFull", state_full),
    "flood of poison": ("TocsinStageStandsStill", flood),
}


def read_by_rules() -> str:
    """A selector of the series that the rules read."""
    names = sorted(set(re.findall(r"\b(tocsin_\w+)", RULES.read_text())))
    return '{__name__=~"up|' + "|".join(names) + '"}'


def notation(result: dict, start: float, end: float, step: int) -> dict[str, str]:
    """A series as promtool writes it; `_` where there was no sample."""
    labels = {k: v for k, v in result["metric"].items() if k != "__name__"}
    inside = ",".join(f'{k}="{v}"' for k, v in sorted(labels.items()))
    samples = {round((float(t) - start) / step): v for t, v in result["values"]}
    values = " ".join(samples.get(n, "_") for n in range(round((end - start) / step) + 1))
    return {"series": f"{result['metric']['__name__']}{{{inside}}}", "values": values}


def wait_quiet(prometheus: Prometheus, system: Rig, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and prometheus.alerts():
        for part in system.tree.parts:
            if not part.running:  # a worker ends itself after a freeze of the broker
                part.start()
        time.sleep(2)


def record(name: str, system: Rig, prometheus: Prometheus, flow: Flow, step: int = 5) -> str:
    """Strike, wait for the alert, write the file; what fired."""
    alert, strike = FAULTS[name]
    began = time.time()
    heal = strike(system, flow)
    end = time.monotonic() + LONGEST
    while (
        not any(a["labels"]["alertname"] == alert and a["state"] == "firing" for a in prometheus.alerts())
        and time.monotonic() < end
    ):
        time.sleep(1)
    time.sleep(2 * step)
    now = time.time()
    fired = [a for a in prometheus.alerts() if a["state"] == "firing"]
    heal()
    start = began - BEFORE
    series = prometheus.ask("query_range", query=read_by_rules(), start=start, end=now, step=step)["result"]
    RECORDED.mkdir(exist_ok=True)
    body = {
        "fault": name, "alert": alert, "recorded": f"{datetime.now(UTC):%Y-%m-%d}", "step_seconds": step,
        "seconds": round(now - start), "fired": sorted({a["labels"]["alertname"] for a in fired}),
        "labels": [a["labels"] for a in fired if a["labels"]["alertname"] == alert],
        "series": [notation(r, start, now, step) for r in series],
    }  # fmt: skip
    (RECORDED / f"{name.replace(' ', '-')}.json").write_text(json.dumps(body, indent=1) + "\n")
    return f"{name}: {', '.join(body['fired']) or 'nothing'} after {now - began:.0f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(FAULTS))
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tocsin-observe-"))
    say(f"logs below {folder}")
    with rig(folder, proxied=False, tell=say, metrics_port=0, open_incidents=LIMIT) as system:
        system.tree.start_together([console(system.settings)])
        prometheus = Prometheus(folder / "prometheus", system.settings.data_dir, system.settings.console_port)
        flow = Flow(system)
        with prometheus.child, flow.running():
            time.sleep(BEFORE + 60)
            for name in chosen.only.split(","):
                wait_quiet(prometheus, system)
                time.sleep(BEFORE)
                say(record(name, system, prometheus, flow))


if __name__ == "__main__":
    main()
