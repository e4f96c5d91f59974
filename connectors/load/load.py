"""Topics into ClickHouse: reads every topic, stores batches, commits what the store has confirmed.

At least once: a batch is committed after ClickHouse took its rows and Kafka its quarantine records; tables keep one
row per id, so a batch that comes again changes nothing. While the store is away the loader waits with the batch in
hand and fetches no more: lag grows, memory does not, and the membership is kept.
"""

import json
import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata
from tenacity import RetryError

from connectors.ingest.publish import Publisher
from connectors.kafka.membership import member, until_it_works
from connectors.load.beside import Beside, Rows
from connectors.load.columns import Plain
from connectors.load.retention import Kept, Retention
from connectors.load.rows import tables_of
from connectors.sinks.contract import RowsRefused, Store, StoreAway
from schemas.codec import Codec, CodecError
from schemas.quarantine import quarantine_record
from schemas.telemetry.headers import read_trace_context
from schemas.telemetry.logs import log_context
from schemas.telemetry.metrics import LATENCY_SECONDS, LOAD_RETRIES, LOADED, QUARANTINED
from schemas.telemetry.traces import span
from schemas.topics import ALL
from schemas.transport.dead_letter_limit import DeadLetterLimit, TooManyDeadLetters

log = logging.getLogger("tocsin.load")
STAGE = "load"
TOPICS = tuple(t.name for t in ALL)
HEARTBEAT_SECONDS = 0.5  # between heartbeats while a batch is being stored
LOG_SECONDS = 20.0  # between two log lines about a partition that is read no further
LISTEN_SECONDS = 0.2  # how long one poll may keep a stop waiting
# The broker answers when it has this much, or after this long: an answer for each message costs more than its rows.
FETCH = {"fetch_min_bytes": 2**20, "fetch_max_wait_ms": 200}
AT_ONCE = 200  # messages decoded before the clock is looked at: a backlog read whole costs the membership


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
class _Taken:
    """A message with its record as plain values, or the reason why it has none."""

    message: Any
    record: Plain = field(default_factory=dict)
    error: Exception | None = None


class Loader:
    """Loads every topic of a broker into a store.

    Group settings suit the embedded broker, which joins quickly only with these; storing happens beside the polling,
    so that a slow insert does not cost the membership.
    """

    def __init__(
        self,
        bootstrap: str,
        store: Store,
        *,
        codec: Codec | None = None,
        group: str = "tocsin-load",
        topics: Sequence[str] = TOPICS,
        limits: BatchLimits | None = None,
        producer_batch_bytes: int = 16_384,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        waits: Callable[[str], None] = lambda _: None,
        dead_letter_limit: DeadLetterLimit | None = None,
        kept: Kept | None = None,
    ) -> None:
        """`waits` is called with what the loader waits for, and with the empty string when it goes on."""
        self._retention = Retention(store, kept or Kept())
        self.counters = Counters()
        self._waits, self._dead_letter_limit = waits, dead_letter_limit or DeadLetterLimit(1.0)
        self._told = 0.0
        self._held: dict[TopicPartition, tuple[int, str]] = {}
        self._bootstrap, self._store, self._group, self._topics, self._now = bootstrap, store, group, topics, now
        self._codec, self._beside = codec or Codec(), Beside(store)
        self._limits = limits or BatchLimits()
        self._producer_batch_bytes = producer_batch_bytes

    def run(self, stop: threading.Event) -> None:
        """Load until `stop` is set; then finish the batch in hand, commit it and leave the group.

        With the store away at that moment the batch stays uncommitted and comes again at the next start. While Kafka is
        away it tries again without end.
        """
        limits = self._limits
        again = until_it_works(
            KafkaError, stop, self._note_failure, first=limits.first_wait, longest=limits.longest_wait
        )
        with suppress(RetryError):  # stopped while Kafka was away
            again(self._session, stop)

    def _session(self, stop: threading.Event) -> None:
        """Load as one member of the group. Raises KafkaError when Kafka is away."""
        with ExitStack() as stack:
            consumer = member(self._bootstrap, self._group, **FETCH)
            stack.callback(consumer.close, autocommit=False)
            consumer.subscribe(list(self._topics))
            publisher = Publisher(
                self._bootstrap, self._codec, batch_bytes=self._producer_batch_bytes, client_id=self._group
            )
            stack.callback(publisher.close)
            worker = ThreadPoolExecutor(1, thread_name_prefix="load")
            stack.callback(worker.shutdown)
            tallies = self._beside.tallies
            stack.callback(_meanwhile, worker, partial(tallies.in_turn, last=True))
            while not stop.is_set():
                self._tell_held()
                _meanwhile(worker, partial(self._retention.expire, time.time_ns() // 1_000_000))
                _meanwhile(worker, tallies.in_turn)
                if batch := self._gather(consumer, stop):
                    stored = worker.submit(self._keep, batch, publisher, stop)
                    if self._await(stored, consumer):
                        self._commit(consumer, batch)

    def _gather(self, consumer: Any, stop: threading.Event) -> list[_Taken]:
        """Messages until the batch is full or its time is over; empty when none came within a second."""
        batch: list[_Taken] = []
        size, end = 0, time.monotonic() + self._limits.seconds
        while len(batch) < self._limits.rows and size < self._limits.bytes and not stop.is_set():
            left = end - time.monotonic()
            if left <= 0:
                break
            patience = int(min(left, LISTEN_SECONDS) * 1000) + 1
            polled = consumer.poll(timeout_ms=patience, max_records=min(AT_ONCE, self._limits.rows - len(batch)))
            for place, messages in polled.items():
                taken = list(self._take(place, messages))
                if place in self._held:
                    consumer.pause(place)
                    consumer.seek(place, self._held[place][0])
                batch.extend(taken)
                size += sum(len(t.message.value or b"") for t in taken)
        return batch

    def _take(self, place: TopicPartition, messages: Sequence[Any]) -> Iterator[_Taken]:
        """Decode messages of a partition; at too many invalid ones the partition is paused there."""
        for message in messages:
            if place in self._held:
                return
            try:
                taken = _Taken(message, self._codec.decode_plain(message.value, message.topic))
            except CodecError as error:
                taken = _Taken(message, error=error)
            try:
                self._dead_letter_limit.note(f"{place.topic}-{place.partition}", good=taken.error is None)
            except TooManyDeadLetters as flood:
                self._held[place] = (message.offset, str(flood))
                return
            yield taken

    def _tell_held(self) -> None:
        """Log, every LOG_SECONDS, which partitions are read no further."""
        if self._held and time.monotonic() - self._told > LOG_SECONDS:
            self._told = time.monotonic()
            for _, reason in self._held.values():
                log.error("%s", reason)
                self._waits(reason)

    def _await(self, stored: Future[bool], consumer: Any) -> bool:
        """Wait until the batch is stored, and keep the membership meanwhile; True when it was stored."""
        while not wait([stored], timeout=HEARTBEAT_SECONDS).done:
            consumer.pause(*consumer.assignment())
            for partition, messages in consumer.poll(timeout_ms=0).items():  # assigned this moment, so not yet paused
                consumer.seek(partition, messages[0].offset)
                consumer.pause(partition)
        consumer.resume(*(consumer.paused() - self._held.keys()))
        return stored.result()

    def _commit(self, consumer: Any, batch: list[_Taken]) -> None:
        messages = [taken.message for taken in batch]
        offsets = {TopicPartition(m.topic, m.partition): OffsetAndMetadata(m.offset + 1, "", -1) for m in messages}
        try:
            consumer.commit(offsets, timeout_ms=10_000)
            self.counters.last_commit = time.time()
        except KafkaError as error:  # another member has the partitions now and will store the batch again: harmless
            self.counters.failed_commits += 1
            self.counters.last_error = repr(error)
            log.warning("commit failed (%r); the batch will come again", error)

    def _keep(self, batch: list[_Taken], publisher: Publisher, stop: threading.Event) -> bool:
        """Store a batch and quarantine what cannot be stored; False when `stop` was set while the store was away."""
        started = time.monotonic()
        good = [t for t in batch if t.error is None]
        refused = [t for t in batch if t.error is not None]
        limits = self._limits
        again = until_it_works(
            (StoreAway, KafkaError),
            stop,
            self._note_failure,
            first=limits.first_wait,
            longest=limits.longest_wait,
            reraise=True,
        )
        try:
            stored, more, tables = again(self._insert, good)
            again(self._beside.follow, tables)
            refused += more
            again(self._quarantine, refused, publisher)
        except (StoreAway, KafkaError) as error:
            log.warning("stopped with %d messages unstored (%s); they will come again", len(batch), error)
            return False
        if not self._held:
            self._waits("")
        self.counters.batches += 1
        self.counters.rows.update(stored)
        self.counters.quarantined += len(refused)
        self._tell_metrics(good, refused, stored)
        line = {"messages": len(batch), "rows": stored, "quarantined": len(refused)}
        log.info("loaded %s", json.dumps(line | {"seconds": round(time.monotonic() - started, 3)}))
        return True

    def _tell_metrics(self, good: list[_Taken], refused: list[_Taken], stored: dict[str, int]) -> None:
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

    def _insert(self, batch: list[_Taken]) -> tuple[dict[str, int], list[_Taken], list[Rows]]:
        """Rows stored by table, the messages whose rows the store refuses, found by halving, and what was stored.

        Raises StoreAway.
        """
        counts: Counter[str] = Counter()
        whole: list[Rows] = []
        refused: list[_Taken] = []
        by_topic: defaultdict[str, list[_Taken]] = defaultdict(list)
        for taken in batch:
            by_topic[taken.message.topic].append(taken)
        waiting = list(by_topic.values())
        while waiting:
            part = waiting.pop()
            produced = [max(0, taken.message.timestamp) for taken in part]
            tables = tables_of(part[0].message.topic, [taken.record for taken in part], produced)
            try:
                whole += self._beside.insert(tables)
                counts.update(dict.fromkeys(tables, len(part)))
            except RowsRefused as error:
                if len(part) == 1:
                    refused.append(_Taken(part[0].message, error=error))
                else:
                    waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
        return dict(counts), refused, whole

    def _quarantine(self, refused: list[_Taken], publisher: Publisher) -> None:
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
                    failed_at=self._now(),
                )
            )
        publisher.flush()

    def _note_failure(self, state: Any) -> None:
        error = state.outcome.exception()
        self.counters.retries += 1
        LOAD_RETRIES.inc()
        self.counters.last_error = str(error)
        self._waits(str(error) or repr(error))
        log.warning("attempt %d failed, next in %.1f s: %s", state.attempt_number, state.next_action.sleep, error)


def _meanwhile(worker: ThreadPoolExecutor, work: Callable[[], object]) -> None:
    """Lets the worker do what loading does not wait for."""
    worker.submit(work).add_done_callback(_note_unexpected)


def _note_unexpected(done: Future[Any]) -> None:
    """Reports what was not foreseen between two batches: loading goes on without it, but it must be seen."""
    if error := done.exception():
        log.error("rows that are too old stay, or counts by hour and day: %s", error, exc_info=error)
