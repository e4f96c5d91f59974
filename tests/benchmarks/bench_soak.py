"""A long run at a steady rate on real parts, with ClickHouse away for a third of it: memory, lag, latency, processor.

    python -m tests.benchmarks.bench_soak --minutes 30 --rate 25
    python -m tests.benchmarks.bench_soak --minutes 30 --rate 50 --news docs.jsonl.gz

Articles are invented without end (`newsroom.py`), a day of event time in each minute, so that the window of copies
turns over every three minutes; or real ones (url, title, text in lines of JSON), dated anew in the order of the file
and again from its start when it ends. Days then pass so fast that an article has left the window before it comes again.
In the middle third ClickHouse is down: lag grows, the loader's memory must not, and on return it catches up. At the end
the worker with the fullest window is killed, and the time is taken until it works again. What was measured at each look goes to --series as it happens; the last two lines of standard output are one for
a README and one JSON object.
"""

import argparse
import json
import logging
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from connectors.ingest.publish import Publisher
from schemas.codec import Codec
from schemas.records import Article
from tests.benchmarks.machine import described
from tests.benchmarks.newsroom import Newsroom
from tests.benchmarks.pipeline.stand import again_and_again, news
from tests.benchmarks.watching import Arrivals, Behind, Look, Meter, active_parts, passage
from tests.integration.faults.rig import QUIET_SECONDS, Rig, rig, say

LOOK_SECONDS = 5.0
DRAIN_SECONDS = 1800.0  # the longest that the end may take to catch up
WAITING = 50  # articles that wait for a worker that is killed
EVERY = 50  # one article in so many is waited for in ClickHouse


class Feed(threading.Thread):
    """Publishes articles at a rate until stopped; `watched` holds when one in `EVERY` was sent."""

    def __init__(self, system: Rig, rate: float, articles: Iterator[Article]) -> None:
        super().__init__(name="feed", daemon=True)
        self.sent, self.late, self.watched, self.stop = 0, 0.0, {}, threading.Event()
        self.failed: Exception | None = None
        self._kafka, self._rate = system.settings.kafka, rate
        self._articles = articles

    def run(self) -> None:
        try:
            self._publish()
        except Exception as error:  # noqa: BLE001 - told by the main thread
            self.failed = error

    def _publish(self) -> None:
        began = time.monotonic()
        with Publisher(self._kafka, Codec()) as publisher:
            while True:
                ahead = began + self.sent / self._rate - time.monotonic()
                self.late = max(self.late, -ahead)
                if self.stop.wait(max(0.0, ahead)):
                    return
                article = next(self._articles)
                publisher.publish(article)
                if self.sent % EVERY == 0:
                    publisher.flush()
                    self.watched[article.article_id] = time.monotonic()
                self.sent += 1

    def publish(self, count: int) -> None:
        """So many articles more, at once, after the thread has ended."""
        with Publisher(self._kafka, Codec()) as publisher:
            for article in islice(self._articles, count):
                publisher.publish(article)


def fitting_pace(told: Sequence[Article], rate: float, pace: float, window_hours: float) -> float:
    """Days in each minute, more than asked for where a round through the file would fit into the window of copies."""
    return max(pace, 1.25 * window_hours / 24 / (len(told) / rate / 60)) if told else pace


def soak(
    system: Rig, minutes: float, rate: float, pace: float, series: Path, told: Sequence[Article] = ()
) -> dict[str, object]:
    """Run, and tell what was measured; `told`: real articles in place of invented ones."""
    seconds = minutes * 60
    pace = fitting_pace(told, rate, pace, system.settings.dedupe_window_hours)
    step = timedelta(days=pace) / (rate * 60)
    since = datetime.now(UTC) - step * rate * seconds
    articles = again_and_again(told, since, step) if told else Newsroom(random.Random(1)).articles(since, step)
    feed = Feed(system, rate, articles)
    arrivals = Arrivals(system.settings.clickhouse.get_secret_value(), feed.watched)
    meter, looks, behind = Meter(), [], Behind(system.settings.kafka)
    away, back, returned = seconds / 3, seconds * 2 / 3, 0.0
    feed.start()
    arrivals.start()
    began = time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        if away <= now < back and system.clickhouse.running:
            system.clickhouse.kill()
            say(f"{now:6.0f} s  ClickHouse is down for {(back - away) / 60:.1f} minutes")
        if now >= back and not returned:
            system.clickhouse.start().wait_ready()
            returned = time.monotonic() - began
            say(f"{returned:6.0f} s  ClickHouse is back")
        looks.append(_look(system, meter, behind, now, feed.sent, series))
        system.wait(max(0.0, LOOK_SECONDS - (time.monotonic() - began - now)))
    feed.stop.set()
    feed.join()
    ended = time.monotonic() - began
    while looks[-1].most_behind > 0 and time.monotonic() - began - ended < DRAIN_SECONDS:
        looks.append(_look(system, meter, behind, time.monotonic() - began, feed.sent, series))
        system.wait(1.0)
    drained = time.monotonic() - began
    system.wait(2.0)
    arrivals.stop.set()
    arrivals.join()
    behind.close()
    if feed.failed:
        raise feed.failed
    busy = [look for look in looks if look.at < seconds]
    caught = next((look.at for look in looks if look.at > returned and look.behind["load"] < 10 * rate), drained)
    stored = system.counts(("article", "mention", "incident", "incident_version", "alert"))
    return {
        **described(), "minutes": minutes, "rate": rate, "event_days": round(pace * minutes, 1),
        "real_articles": len(told), "articles": feed.sent, "articles_per_s": _rates(busy[-1]), "stored": stored, "lost": feed.sent - stored["article"],
        "behind_schedule_s": round(feed.late, 1),
        "processor_share": meter.shares(busy), "memory_mb": {n: round(mb) for n, mb in looks[-1].memory.items()},
        "memory_mb_per_hour": meter.slopes(busy),
        "lag": _over_time(busy, seconds), "most_behind": {g: max(k.behind[g] for k in busy) for g in busy[-1].behind},
        "loader_mb": {
            "before": meter.most(busy, "loader", 0, away), "away": meter.most(busy, "loader", away, back),
            "after": meter.most(looks, "loader", back, drained),
        },
        "caught_up_s": round(caught - returned, 1), "drained_s": round(drained - ended, 1),
        "active_parts": max(look.parts for look in looks), "most_parts_in_one": max(look.parts_in_one for look in looks),
        "too_many_parts": system.part("loader").log.read_text(errors="replace").lower().count("too many parts"),
        "latency_to_incident_s": passage(system),
        "latency_to_clickhouse_s": arrivals.percentiles(began, (away, caught)),
        "recovery_s": {name: _recovery(system, f"worker {name}", feed) for name in ("dedupe", "link")},
        "restarts": [line for line in system.noticed if "died" in line or "stalled" in line],
    }  # fmt: skip


def _look(system: Rig, meter: Meter, behind: Behind, now: float, sent: int, series: Path) -> Look:
    """Memory, processor time, lag and parts at this moment, written down and told."""
    parts = [*system.tree.parts, system.kafka, system.clickhouse]
    look = meter.look(now, {part.name: part.pid for part in parts if part.running}, sent)
    look.behind = behind.read()
    look.parts, look.parts_in_one = active_parts(system) if system.clickhouse.running else (0, 0)
    with series.open("a", encoding="utf-8") as file:
        file.write(look.line() + "\n")
    say(look.told())
    return look


def _rates(last: Look) -> dict[str, float]:
    """Articles a second into the first topic and through linking, until the feed ended."""
    waiting = sum(last.behind[group] for group in ("dedupe", "classify", "link"))
    return {"in": round(last.sent / last.at, 1), "through": round((last.sent - waiting) / last.at, 1)}


def _over_time(looks: list[Look], seconds: float) -> dict[str, list[int]]:
    """Lag by group at ten moments of the run."""
    moments = [min(looks, key=lambda k: abs(k.at - seconds * n / 10)) for n in range(1, 11)]
    return {group: [look.behind[group] for look in moments] for group in looks[-1].behind}


def _recovery(system: Rig, name: str, feed: Feed) -> dict[str, float]:
    """Seconds from kill -9 of a worker with its full window until it is ready, and until it has read what came then."""
    worker = system.part(name)
    worker.kill()
    killed = time.monotonic()
    feed.publish(WAITING)
    worker.start().wait_ready()
    ready = time.monotonic() - killed
    system.settle(DRAIN_SECONDS)
    return {"ready": round(ready, 1), "caught_up": round(time.monotonic() - killed - QUIET_SECONDS, 1)}


def readme_line(found: dict) -> str:
    """What the README says of a run."""
    latency, clickhouse, loader = found["latency_to_incident_s"], found["latency_to_clickhouse_s"], found["loader_mb"]
    slopes = ", ".join(
        f"{name.removeprefix('worker ')} {value:+.0f}" for name, value in found["memory_mb_per_hour"].items()
    )
    recovery = ", ".join(f"{name} {took['caught_up']} s" for name, took in found["recovery_s"].items())
    kind = f"{found['real_articles']} real ones again and again" if found["real_articles"] else "invented"
    return (
        f"{found['date']}, {found['machine']}: {found['minutes']:g} minutes at {found['rate']:g} articles/s "
        f"({found['articles']} in, {kind}, {found['lost']} lost, {found['articles_per_s']['through']}/s linked while they came); article to incident p50 {latency['p50']} s, p95 {latency['p95']} s, "
        f"p99 {latency['p99']} s, into ClickHouse p50 {clickhouse['p50']} s, p95 {clickhouse['p95']} s, p99 {clickhouse['p99']} s; "
        f"ClickHouse away for {found['minutes'] / 3:.0f} minutes: most behind {found['most_behind']['load']} messages, "
        f"loader {loader['before']} MB before, {loader['away']} during, {loader['after']} after, caught up in "
        f"{found['caught_up_s']} s, {found['active_parts']} active parts at most, \"too many parts\" {found['too_many_parts']} times; "
        f"memory slope in MB/h: {slopes}; recovery after kill -9 with the full window: {recovery}"
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=25.0, help="articles a second")
    parser.add_argument("--pace", type=float, default=1.0, help="days of event time in each minute")
    parser.add_argument("--news", type=Path, help="real articles: lines of JSON with url, title, text")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--series", type=Path, help="file for what was seen at each look (JSON lines)")
    chosen = parser.parse_args()
    told = news(chosen.news, sys.maxsize) if chosen.news else []
    logging.getLogger("clickhouse_driver").setLevel(logging.CRITICAL)  # it is meant to be away
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-soak-")))
        system = stack.enter_context(rig(folder, partitions=chosen.partitions, proxied=False, tell=say))
        series = chosen.series or Path(tempfile.gettempdir()) / "tocsin-soak.jsonl"
        series.write_text("")
        say(f"every look is written to {series}")
        found = soak(system, chosen.minutes, chosen.rate, chosen.pace, series, told)
    print(readme_line(found))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
