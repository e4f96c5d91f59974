"""Batches of messages: when one is full, and how it is stored: rows into ClickHouse, what has none into quarantine."""

import json
import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kafka.errors import KafkaError
from tenacity import Retrying

from connectors.ingest.publish import Publisher
from connectors.kafka.membership import until_it_works
from connectors.load.beside import Beside, Rows
from connectors.load.columns import Plain
from connectors.load.rows import tables_of
from connectors.sinks.contract import RowsRefused, StoreAway
from schemas.quarantine import quarantine_record
from schemas.telemetry.headers import read_trace_context
from schemas.telemetry.logs import log_context
from schemas.telemetry.metrics import LATENCY_SECONDS, LOAD_RETRIES, LOADED, QUARANTINED
from schemas.telemetry.traces import span

log = logging.getLogger("tocsin.load")
STAGE = "load"


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """When a batch is full, and how long to wait between attempts to store it."""

    rows: int = 10_000
    bytes: int = 32 * 2**20
    seconds: float = 1.0
    first_wait: float = 0.2
    longest_wait: float = 15.0


@dataclass(slots=True)
class Counters:
    """What a loader has done so far, readable from any thread; times are seconds since 1970."""

    rows: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    quarantined: int = 0
    retries: int = 0
    failed_commits: int = 0
    last_commit: float = 0.0
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message, when it entered Kafka (see `Arrivals`), and its record as plain values or why it has none."""

    message: Any
    at: int
    record: Plain = field(default_factory=dict)
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Keeper:
    """Stores batches, and tries again while ClickHouse or Kafka is away.

    `waits` is called with what it waits for; `now` gives the time at which a record failed.
    """

    beside: Beside
    limits: BatchLimits
    counters: Counters
    waits: Callable[[str], None]
    now: Callable[[], datetime]

    def again(self, *errors: type[Exception], stop: threading.Event, reraise: bool) -> Retrying:
        """Retries after these errors until `stop` is set; see `until_it_works`."""
        first, longest = self.limits.first_wait, self.limits.longest_wait
        return until_it_works(errors, stop, self._note_failure, first=first, longest=longest, reraise=reraise)

    def keep(self, batch: list[Taken], publisher: Publisher, stop: threading.Event) -> bool:
        """Store a batch and quarantine what cannot be stored; False when `stop` was set while the store was away."""
        started = time.monotonic()
        good = [t for t in batch if t.error is None]
        refused = [t for t in batch if t.error is not None]
        again = self.again(StoreAway, KafkaError, stop=stop, reraise=True)
        try:
            stored, more, tables = again(self._insert, good)
            again(self.beside.follow, tables)
            refused += more
            again(self._quarantine, refused, publisher)
        except (StoreAway, KafkaError) as error:
            log.warning("stopped with %d messages unstored (%s); they will come again", len(batch), error)
            return False
        self.counters.batches += 1
        self.counters.rows.update(stored)
        self.counters.quarantined += len(refused)
        _tell_metrics(good, refused, stored)
        line = {"messages": len(batch), "rows": stored, "quarantined": len(refused)}
        log.info("loaded %s", json.dumps(line | {"seconds": round(time.monotonic() - started, 3)}))
        return True

    def _insert(self, batch: list[Taken]) -> tuple[dict[str, int], list[Taken], list[Rows]]:
        """Rows stored by table, the messages whose rows the store refuses, found by halving, and what was stored.

        Raises StoreAway.
        """
        counts: Counter[str] = Counter()
        whole: list[Rows] = []
        refused: list[Taken] = []
        by_topic: defaultdict[str, list[Taken]] = defaultdict(list)
        for taken in batch:
            by_topic[taken.message.topic].append(taken)
        waiting = list(by_topic.values())
        while waiting:
            part = waiting.pop()
            produced = [taken.at for taken in part]
            tables = tables_of(part[0].message.topic, [taken.record for taken in part], produced)
            try:
                whole += self.beside.insert(tables)
                counts.update(dict.fromkeys(tables, len(part)))
            except RowsRefused as error:
                if len(part) == 1:
                    refused.append(Taken(part[0].message, part[0].at, error=error))
                else:
                    waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
        return dict(counts), refused, whole

    def _quarantine(self, refused: Sequence[Taken], publisher: Publisher) -> None:
        for item in refused:
            m = item.message
            assert item.error is not None
            publisher.publish(
                quarantine_record(
                    topic=m.topic,
                    partition=m.partition,
                    offset=m.offset,
                    stage=STAGE,
                    error=item.error,
                    key=m.key,
                    value=m.value,
                    headers=m.headers,
                    failed_at=self.now(),
                )
            )
        publisher.flush()

    def _note_failure(self, state: Any) -> None:
        error = state.outcome.exception()
        self.counters.retries += 1
        LOAD_RETRIES.inc()
        self.counters.last_error = str(error)
        self.waits(str(error) or repr(error))
        log.warning("attempt %d failed, next in %.1f s: %s", state.attempt_number, state.next_action.sleep, error)


def _tell_metrics(good: Sequence[Taken], refused: Sequence[Taken], stored: dict[str, int]) -> None:
    now, latency = time.time(), LATENCY_SECONDS.labels(STAGE)
    for table, rows in stored.items():
        LOADED.labels(table).inc(rows)
    for taken in good:
        m = taken.message
        context = read_trace_context(m.headers, str(taken.record.get("article_id", "")), m.timestamp)
        latency.observe(context.seconds_until(now))
        with log_context(context.trace), span(STAGE, context):
            log.debug("stored %s-%d-%d", m.topic, m.partition, m.offset, extra={"stage": STAGE})
    for taken in refused:
        QUARANTINED.labels(STAGE, type(taken.error).__name__).inc()
