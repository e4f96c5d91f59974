"""Topics into ClickHouse: reads every topic, stores batches, commits what the store has confirmed.

At least once: a batch is committed after ClickHouse took its rows and Kafka its quarantine records; tables keep one
row per id, so a batch that comes again changes nothing. While the store is away the loader waits with the batch in
hand and fetches no more: lag grows, memory does not, and the membership is kept.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata
from tenacity import RetryError

from connectors.ingest.publish import Publisher
from connectors.kafka.membership import member
from connectors.load.arrivals import Arrivals
from connectors.load.batch import BatchLimits, Counters, Keeper, Taken
from connectors.load.beside import Beside
from connectors.load.retention import Kept, Retention
from connectors.sinks.contract import Store
from schemas.codec import Codec, CodecError
from schemas.topics import ALL
from schemas.transport.dead_letter_limit import DeadLetterLimit, TooManyDeadLetters

log = logging.getLogger("tocsin.load")
TOPICS = tuple(t.name for t in ALL)
HEARTBEAT_SECONDS = 0.5  # between heartbeats while a batch is being stored
LOG_SECONDS = 20.0  # between two log lines about a partition that is read no further
LISTEN_SECONDS = 0.2  # how long one poll may keep a stop waiting
# The broker answers when it has this much, or after this long: an answer for each message costs more than its rows.
FETCH = {"fetch_min_bytes": 2**20, "fetch_max_wait_ms": 200}
AT_ONCE = 200  # messages decoded before the clock is looked at: a backlog read whole costs the membership


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
        self._bootstrap, self._group, self._topics = bootstrap, group, topics
        self._codec, self._beside = codec or Codec(), Beside(store)
        self._limits = limits or BatchLimits()
        self._keeper = Keeper(self._beside, self._limits, self.counters, waits, now)
        self._producer_batch_bytes = producer_batch_bytes

    def run(self, stop: threading.Event) -> None:
        """Load until `stop` is set; then finish the batch in hand, commit it and leave the group.

        With the store away at that moment the batch stays uncommitted and comes again at the next start. While Kafka is
        away it tries again without end.
        """
        with suppress(RetryError):  # stopped while Kafka was away
            self._keeper.again(KafkaError, stop=stop, reraise=False)(self._session, stop)

    def _session(self, stop: threading.Event) -> None:
        """Load as one member of the group. Raises KafkaError when Kafka is away."""
        with ExitStack() as stack:
            consumer = member(self._bootstrap, self._group, **FETCH)
            stack.callback(consumer.close, autocommit=False)
            arrivals = Arrivals(consumer)
            consumer.subscribe(list(self._topics), listener=arrivals)
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
                if batch := self._gather(consumer, arrivals, stop):
                    stored = worker.submit(self._keeper.keep, batch, publisher, stop)
                    if self._await(stored, consumer):
                        self._commit(consumer, batch)
                        if not self._held:
                            self._waits("")

    def _gather(self, consumer: Any, arrivals: Arrivals, stop: threading.Event) -> list[Taken]:
        """Messages until the batch is full or its time is over; empty when none came within a second."""
        batch: list[Taken] = []
        size, end = 0, time.monotonic() + self._limits.seconds
        while len(batch) < self._limits.rows and size < self._limits.bytes and not stop.is_set():
            left = end - time.monotonic()
            if left <= 0:
                break
            patience = int(min(left, LISTEN_SECONDS) * 1000) + 1
            polled = consumer.poll(timeout_ms=patience, max_records=min(AT_ONCE, self._limits.rows - len(batch)))
            for place, messages in polled.items():
                taken = list(self._take(place, messages, arrivals))
                if place in self._held:
                    consumer.pause(place)
                    consumer.seek(place, self._held[place][0])
                batch.extend(taken)
                size += sum(len(t.message.value or b"") for t in taken)
        return batch

    def _take(self, place: TopicPartition, messages: Sequence[Any], arrivals: Arrivals) -> Iterator[Taken]:
        """Decode messages of a partition; at too many invalid ones the partition is paused there."""
        for message in messages:
            if place in self._held:
                return
            at = arrivals.at(place, message.timestamp)
            try:
                taken = Taken(message, at, self._codec.decode_plain(message.value, message.topic))
            except CodecError as error:
                taken = Taken(message, at, error=error)
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

    def _commit(self, consumer: Any, batch: list[Taken]) -> None:
        offsets = {
            TopicPartition(t.message.topic, t.message.partition): OffsetAndMetadata(t.message.offset + 1, str(t.at), -1)
            for t in batch
        }
        try:
            consumer.commit(offsets, timeout_ms=10_000)
            self.counters.last_commit = time.time()
        except KafkaError as error:  # another member has the partitions now and will store the batch again: harmless
            self.counters.failed_commits += 1
            self.counters.last_error = repr(error)
            log.warning("commit failed (%r); the batch will come again", error)


def _meanwhile(worker: ThreadPoolExecutor, work: Callable[[], object]) -> None:
    """Lets the worker do what loading does not wait for."""
    worker.submit(work).add_done_callback(_note_unexpected)


def _note_unexpected(done: Future[Any]) -> None:
    """Reports what was not foreseen between two batches: loading goes on without it, but it must be seen."""
    if error := done.exception():
        log.error("rows that are too old stay, or counts by hour and day: %s", error, exc_info=error)
