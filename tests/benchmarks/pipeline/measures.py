"""What is measured of the whole pipeline; each function gives rows of the table: figure, value, ratio to its peer."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from random import Random

from kafka import TopicPartition

from connectors.kafka.clients import KafkaConsumer, KafkaProducer
from deploy.actions.tail import follow
from deploy.supervise.process import Child
from schemas.codec import Codec
from schemas.keys import key_of
from schemas.records import Article, Original
from schemas.topics import ALERT, ARTICLE, INCIDENT, MENTION, ORIGINAL
from streams.settings import load_settings, running_file
from streams.stages import STAGES
from tests.benchmarks.newsroom import Newsroom
from tests.benchmarks.pipeline.loop import in_one_loop
from tests.benchmarks.pipeline.stand import ALL_GROUPS, EVERYTHING, LOOK_SECONDS, STUCK_SECONDS, Stand, stand
from tests.benchmarks.watching import percentiles

HOPS = (ARTICLE.name, ORIGINAL.name, MENTION.name, INCIDENT.name, ALERT.name)
ALARMING = (
    "A drone strike on the market in Kharkiv, Ukraine killed 12 people and wounded 30, the governor said on Monday."
)
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Rate:
    """Articles a second, and milliseconds of processor time that an article took in each process."""

    per_second: float
    spent: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.spent.values())

    def told(self) -> str:
        parts = ", ".join(f"{name.removeprefix('worker ')} {ms:.1f}" for name, ms in self.spent.items() if ms >= 0.05)
        return f"{self.total:.1f} ms of processor an article: {parts}"


def whole(articles: list[Article], readers: int = 1) -> Rate:
    """All articles at once through all stages into ClickHouse, the console beside it; so many processes read."""
    with stand(readers=readers) as s:
        s.start(*EVERYTHING)
        s.publish(articles[:1])  # everybody has joined, and models are loaded
        s.drained(*ALL_GROUPS)
        return _rate(s, articles, lambda: s.drained(*ALL_GROUPS))


def passed_on(kind: str, articles: list[Article]) -> Rate:
    """The same articles through four hops of a peer that only passes on."""
    with stand() as s:
        for source, target in pairwise(HOPS):
            command = [
                sys.executable,
                "-m",
                "tests.benchmarks.pipeline.passing",
                kind,
                s.settings.kafka,
                source,
                target,
            ]
            log = s.settings.data_dir / f"pass-{source}.log"
            s.add(f"to {target.split('.')[1]}", Child(kind, command, log=log, ready=lambda: True).start())
        s.publish(articles[:1])
        _arrived(s, ALERT.name, 1)
        return _rate(s, articles, lambda: _arrived(s, ALERT.name, 1 + len(articles)))


def _rate(s: Stand, articles: list[Article], over) -> Rate:
    before, began = s.used(), time.monotonic()
    s.publish(articles)
    took = over() - began
    spent = {name: 1000 * (used - before[name]) / len(articles) for name, used in s.used().items()}
    return Rate(len(articles) / took, spent)


def _arrived(s: Stand, topic: str, count: int) -> float:
    """Wait until so many messages stand in a topic; the moment."""
    consumer = KafkaConsumer(bootstrap_servers=s.settings.kafka, group_id=None)
    end = time.monotonic() + STUCK_SECONDS
    try:
        places = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)]
        while (there := sum(consumer.end_offsets(places).values())) < count:
            assert time.monotonic() < end, f"{there} of {count} have come to {topic}"
            time.sleep(LOOK_SECONDS)
    finally:
        consumer.close()
    return time.monotonic()


def side_by_side(articles: list[Article]) -> Iterator[Row]:
    """The whole pipeline beside its peers."""
    ours = whole(articles)
    yield _ours(ours)
    for kind in ("faust", "kafka-python"):
        peer = passed_on(kind, articles)
        name = f"{kind}: four hops that only pass on"
        yield name, f"{peer.per_second:.0f} articles/s", _ratio(ours.per_second, peer.per_second, peer.told())
    alone = in_one_loop(articles[: min(len(articles), 500)])
    spent = ", ".join(f"{name.removesuffix(' ms')} {ms:.1f}" for name, ms in alone.items() if name.endswith(" ms"))
    yield (
        "the stages in one loop without Kafka, one core", f"{alone['articles/s']:.0f} articles/s",
        _ratio(ours.per_second, alone["articles/s"], f"{alone['ms']:.1f} ms of processor an article: {spent}"),
    )  # fmt: skip


def only_ours(articles: list[Article]) -> Iterator[Row]:
    """The whole pipeline alone."""
    yield _ours(whole(articles))


def two_readers(articles: list[Article]) -> Iterator[Row]:
    """The whole pipeline with a second process that reads."""
    name, *figures = _ours(whole(articles, readers=2))
    yield f"{name}, classify_workers = 2", *figures


def _ours(rate: Rate) -> Row:
    return "whole pipeline into ClickHouse", f"{rate.per_second:.1f} articles/s", rate.told()


def _ratio(ours: float, peer: float, more: str = "") -> str:
    return f"ours is {ours / peer:.2f} of it" + (f"; {more}" if more else "")


def each_alone(articles: list[Article]) -> Iterator[Row]:
    """Each part over a full backlog, nothing else running; from its first commit on, when its start is behind it.

    What has done everything by then is measured with its start.
    """
    with stand() as s:
        s.publish(articles)
        for name in (*STAGES, "loader"):
            group, began = f"tocsin-{'load' if name == 'loader' else name}", time.monotonic()
            idle = Counter(s.used())
            s.start(name)
            while not (first := _committed(s, group)):
                time.sleep(LOOK_SECONDS)
            working, before = time.monotonic(), s.used()
            took = s.drained(group) - working
            read, after = _committed(s, group), s.used()
            s.stop(name)
            if read == first:
                first, took, before = 0, working - began, idle
            ms = {part: 1000 * (after[part] - before[part]) / max(1, read - first) for part in (name, "Kafka")}
            rate = len(articles) * (read - first) / read / took
            yield (
                f"{name} alone", f"{rate:.0f} articles/s",
                f"{read} messages, {ms[name]:.2f} ms of processor each, {ms['Kafka']:.2f} in Kafka; first commit after {working - began:.1f} s",
            )  # fmt: skip


def _committed(s: Stand, group: str) -> int:
    s.behind(group)
    return sum(lag.committed for lag in s._lag.lags() if lag.group == group)


def latency(rates: tuple[int, ...], seconds: float) -> Iterator[Row]:
    """From publishing an article until its alert stands in Kafka, at steady rates of invented news."""
    with stand() as s:
        s.start(*EVERYTHING)
        coming = Newsroom(Random(2)).articles(datetime.now(UTC) - timedelta(days=30), timedelta(seconds=20))
        s.publish(islice(coming, 100))  # models are loaded, code is warm
        s.drained(*ALL_GROUPS)
        for rate in rates:
            sent = s.publish(islice(coming, int(rate * seconds)), rate=rate)
            s.drained(*ALL_GROUPS)
            found = percentiles(at - sent[name] for name, at in _alerted(s).items() if name in sent)
            alerts = sum(name in sent for name in _alerted(s))
            figures = f"p50 {found['p50']:.2f} s, p95 {found['p95']:.2f} s, p99 {found['p99']:.2f} s"
            yield f"publish to alert at {rate} articles/s", figures, f"{alerts} alerts of {len(sent)} articles"


def _alerted(s: Stand) -> dict[str, float]:
    """When the first alert that an article led to was appended, by article, by the broker's clock."""
    versions = {
        (incident, version): document
        for incident, version, document in s.rows(
            "SELECT incident_id, version, change_document_id FROM incident_version"
        )
    }
    first: dict[str, float] = {}
    rows = s.rows("SELECT incident_id, incident_version, produced_ms FROM alert ORDER BY produced_ms")
    for incident, version, produced in rows:
        first.setdefault(versions.get((incident, version), ""), produced / 1000)
    return first


def cold_start() -> Iterator[Row]:
    """`tocsin up` in an empty folder, then an alarming article as soon as it says that it is up."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        environment = {
            "TOCSIN_CONSOLE_PORT": "0",
            "TOCSIN_GATEWAY_PORT": "0",
            "TOCSIN_BROKER_PORT": "0",
            "PYTHONPATH": str(Path.cwd()),
        }
        command = ["sh", "-c", f"cd {folder} && exec {sys.executable} -m deploy.cli up"]
        began = time.monotonic()
        log = Path(folder) / "up.log"
        with Child("tocsin up", command, log=log, ready=lambda: True, environment=environment, stop_seconds=30):
            while not (Path(folder) / running_file()).exists():
                assert time.monotonic() - began < STUCK_SECONDS, log.read_text()
                time.sleep(0.05)
            up = time.monotonic() - began
            here = Path.cwd()
            os.chdir(folder)
            try:
                settings = load_settings()
            finally:
                os.chdir(here)
            _tell(settings.kafka)
            next(iter(follow(settings.kafka, ALERT.name, from_start=True, count=1)))
            alert = time.monotonic() - began
    yield "tocsin up: ready", f"{up:.1f} s", ""
    yield "tocsin up: first alert", f"{alert:.1f} s", "after the command, the article published when it was ready"


def _tell(bootstrap: str) -> None:
    (article,) = islice(Newsroom(Random(3)).articles(datetime.now(UTC), timedelta(seconds=1)), 1)
    article = replace(article, title="Drone strike kills 12 in Kharkiv", body=ALARMING)
    producer = KafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=False, batch_size=0)
    producer.send(ARTICLE.name, key=key_of(article), value=Codec().encode(article)).get(30)
    producer.close()


def scale_out(articles: list[Article], counts: tuple[int, ...] = (1, 2, 4)) -> Iterator[Row]:
    """Originals through so many classify workers over 8 partitions, and how long a worker that joins stops the others."""
    first = 0.0
    for count in counts:
        with stand() as s:
            _publish_originals(s, articles)
            began = time.monotonic()
            children = _classifiers(s, count)
            for child in children:
                child.wait_ready()
            ready = time.monotonic()
            rate = len(articles) / (s.drained("tocsin-classify") - ready)
        first = first or rate
        note = f"{rate / first:.2f} of one worker" if count > 1 else f"ready in {ready - began:.1f} s"
        yield f"classify, {count} workers", f"{rate:.0f} articles/s", note
    with stand() as s:
        _publish_originals(s, articles)
        (one,) = _classifiers(s, 1)
        one.wait_ready()
        _arrived(s, MENTION.name, len(articles) // 5)
        joined = time.time()
        _classifiers(s, 1, folder="second")
        s.drained("tocsin-classify")
        yield "classify, a second worker joins", f"{_pause(s, joined):.1f} s", "longest pause of all mentions after it"


def _classifiers(s: Stand, count: int, folder: str = "worker") -> list[Child]:
    children = []
    for number in range(count):
        settings = s.settings.model_copy(update={"data_dir": s.settings.data_dir / f"{folder}{number}"})
        (child,) = Stand(settings, s.kafka, s.clickhouse, s.stack).made("classify")
        s.add(f"{folder} {number}", child.start())
        children.append(child)
    return children


def _publish_originals(s: Stand, articles: list[Article]) -> None:
    codec = Codec()
    producer = KafkaProducer(bootstrap_servers=s.settings.kafka, enable_idempotence=False, linger_ms=20)
    for article in articles:
        record = Original(article=article, story_id=article.article_id, reason="first")
        producer.send(ORIGINAL.name, key=key_of(record), value=codec.encode(record))
    producer.flush()
    producer.close()


def _pause(s: Stand, since: float) -> float:
    """The longest time without a new mention after a moment, by the broker's clock."""
    consumer = KafkaConsumer(bootstrap_servers=s.settings.kafka, group_id=None)
    try:
        places = [TopicPartition(MENTION.name, p) for p in consumer.partitions_for_topic(MENTION.name)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends, times = consumer.end_offsets(places), [since]
        while not all(consumer.position(p) >= ends[p] for p in places):
            for messages in consumer.poll(timeout_ms=500).values():
                times += [m.timestamp / 1000 for m in messages if m.timestamp / 1000 > since]
    finally:
        consumer.close()
    return max((b - a for a, b in pairwise(sorted(times))), default=0.0)


def memory(articles: int, incidents: int) -> Iterator[Row]:
    """Room of dedupe's window and of link's open incidents, each in a process of its own."""
    again = [sys.executable, "-m", "tests.benchmarks.pipeline.room", "window", str(articles)]
    window = json.loads(subprocess.run(again, check=True, capture_output=True, text=True).stdout)
    yield "dedupe: 100,000 articles in the window", f"{window['MB per 100,000']:.0f} MB", f"measured with {articles}"
    again = [sys.executable, "-m", "tests.benchmarks.bench_recovery", "one", str(incidents)]
    room = json.loads(subprocess.run(again, check=True, capture_output=True, text=True).stdout)
    yield (
        "link: an open incident", f"{room['kB']:.0f} kB",
        f"measured with {incidents}; building the state of them takes {room['s']:.1f} s of processor time",
    )  # fmt: skip
