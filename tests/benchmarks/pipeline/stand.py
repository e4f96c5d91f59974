"""A real Kafka and a real ClickHouse to measure on, the parts that are started on them, and what each has used."""

import itertools
import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from connectors.ingest.publish import Publisher
from connectors.load.migrate import migrate
from connectors.sinks.open import open_reader, open_store
from deploy.actions.setup import create_topics
from deploy.local.clickhouse import clickhouse
from deploy.local.kafka import kafka
from deploy.supervise.lag import GROUPS, LagReader
from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child
from deploy.supervise.tree import tocsin_child, workers
from deploy.supervise.up import console
from schemas.codec import Codec
from schemas.identity import article_id
from schemas.records import Article
from schemas.records import Publisher as Source
from streams.evaluate.documents import read_rows
from streams.settings import Settings
from streams.stages import STAGES
from tests.benchmarks.newsroom import Newsroom

TICK = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.25
STUCK_SECONDS = 600.0
EVERYTHING = (*STAGES, "loader", "console")


def news(path: Path | None, count: int) -> list[Article]:
    """Real articles from lines of JSON (url, title, text, published), plain or gzip, in their order; invented ones without a path."""
    if path is None:
        return list(islice(Newsroom(random.Random(1)).articles(datetime.now(UTC), timedelta(seconds=30)), count))
    return [_article(row) for row in read_rows(path)[:count]]


def again_and_again(told: Sequence[Article], since: datetime, step: timedelta) -> Iterator[Article]:
    """Real articles in their order, `step` apart in event time, under a new address in each round."""
    for number in itertools.count():
        turn, place = divmod(number, len(told))
        url = told[place].url + (f"#{turn}" if turn else "")
        moment, one = since + number * step, told[place]
        yield replace(
            one, article_id=article_id(url, one.title, one.body), url=url, canonical_url=url, published_at=moment,
            fetched_at=moment,
        )  # fmt: skip


def _article(found: dict[str, str | None]) -> Article:
    url, title, body = found["url"] or f"https://news.example/{found['id']}", found["title"] or "", found["text"] or ""
    published = found.get("published")
    return Article(
        article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body,
        source=Source(domain=url.split("/")[2]), fetched_at=datetime.now(UTC),
        published_at=datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None,
    )  # fmt: skip


@dataclass
class Stand:
    """Parts by name; `used` is their processor time."""

    settings: Settings
    kafka: Child
    clickhouse: Child
    stack: ExitStack
    parts: dict[str, Child] = field(default_factory=dict)
    _lag: LagReader | None = None

    def start(self, *names: str) -> None:
        """Start these of our parts and wait until they are ready."""
        made = [child for name in names for child in self.made(name)]
        for child in made:
            self.add(child.name.removeprefix("worker "), child.start())
        for child in made:
            child.wait_ready()

    def add(self, name: str, child: Child) -> None:
        """A part of another kind, which has been started."""
        self.stack.callback(child.stop)
        self.parts[name] = child

    def stop(self, name: str) -> None:
        """Stop a part; what it has used is not told any more."""
        self.parts.pop(name).stop()

    def made(self, name: str) -> list[Child]:
        """The processes of one of our parts, not started: several for `classify` where the settings say so."""
        if name == "loader":
            return [tocsin_child("loader", ["load"], self.settings, ready=lambda: True)]
        return [console(self.settings)] if name == "console" else workers(self.settings, (name,))

    def publish(self, articles: Iterable[Article], rate: float = 0.0) -> dict[str, float]:
        """Publish, at a rate when one is given; when each was sent, in seconds since 1970, by its id."""
        sent, began = {}, time.monotonic()
        with Publisher(self.settings.kafka, Codec(), batch_bytes=self.settings.batch_bytes) as publisher:
            for number, article in enumerate(articles):
                if rate:
                    time.sleep(max(0.0, began + number / rate - time.monotonic()))
                sent[article.article_id] = time.time()
                publisher.publish(article)
        return sent

    def drained(self, *groups: str) -> float:
        """Wait until these groups have read everything; the moment at which it was seen. Raises AssertionError."""
        end = time.monotonic() + STUCK_SECONDS
        while behind := self.behind(*groups):
            assert time.monotonic() < end, f"not drained: {behind}"
            time.sleep(LOOK_SECONDS)
        return time.monotonic()

    def behind(self, *groups: str) -> dict[str, int]:
        """Messages that a group has yet to read, by group; a group that has not begun is behind."""
        self._lag = self._lag or LagReader(self.settings.kafka)
        lags = [lag for lag in self._lag.lags() if lag.group in groups]
        found = {group: sum(lag.behind for lag in lags if lag.group == group) for group in groups}
        return {group: count for group, count in found.items() if count}

    def close(self) -> None:
        """Disconnect."""
        if self._lag is not None:
            self._lag.close()

    def used(self) -> dict[str, float]:
        """Seconds of processor time of each part, Kafka and ClickHouse until now."""
        running = {**self.parts, "Kafka": self.kafka, "ClickHouse": self.clickhouse}
        return {name: processor(child.pid) for name, child in running.items()}

    def rows(self, sql: str) -> list[tuple]:
        """What ClickHouse answers."""
        reader = open_reader(self.settings.clickhouse.get_secret_value())
        try:
            return reader.query(sql).rows
        finally:
            reader.close()


def processor(pid: int) -> float:
    """Seconds of processor time of a process until now."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


@contextmanager
def stand(partitions: int = 8, readers: int = 1) -> Iterator[Stand]:
    """Kafka and ClickHouse on free ports with our topics and tables, and nothing that reads them yet."""
    port, controller, native, http, page = free_ports(5)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-bench-")))
        broker = stack.enter_context(kafka(folder / "kafka", port=port, controller_port=controller))
        store_server = stack.enter_context(clickhouse(folder / "clickhouse", port=native, http_port=http))
        settings = Settings(
            kafka=f"127.0.0.1:{port}", clickhouse=f"clickhouse://default@127.0.0.1:{native}/tocsin",
            data_dir=folder / "data", console_port=page, partitions=partitions, classify_workers=readers,
        )  # fmt: skip
        create_topics(settings)
        store = open_store(settings.clickhouse.get_secret_value())
        migrate(store)
        store.close()
        made = Stand(settings, broker, store_server, stack)
        stack.callback(made.close)
        yield made


ALL_GROUPS = tuple(GROUPS)
