"""Sends alerts to one target: a consumer group of its own, so that a dead target delays no other.

At least once: offsets are committed when the target has taken an alert and that is remembered, or when it was set
aside. After a kill one alert can come twice at the same revision, under the same key: if the kill fell between its
acceptance and our note of it. Reading goes on beside sending, which keeps the membership.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from typing import Any

from kafka import ConsumerRebalanceListener, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata
from tenacity import RetryCallState, RetryError

from connectors.ingest.positions import partitions_of
from connectors.ingest.publish import Publisher
from connectors.kafka.membership import member, until_it_works
from connectors.notify.announced import Memory, group_of, read_memory, start_bytes
from connectors.notify.backlog import Backlog, Held, HourlyLimit
from connectors.notify.rules import Rules
from connectors.notify.sender import Sender, SharedState, Suppression, Timing, Waits, never_suppressed
from connectors.notify.targets import Target
from schemas.codec import Codec, CodecError
from schemas.records import Alert
from schemas.topics import ALERT, ANNOUNCED
from schemas.transport.dead_letter_limit import DeadLetterLimit, TooManyDeadLetters

log = logging.getLogger("tocsin.notify")
LISTEN_MS = 200  # how long one poll may keep a stop waiting
LOOK_SECONDS = 1.0  # between two looks at commits and at what is waited for


class TargetWorker:
    """Sends alerts to one target until stopped."""

    def __init__(
        self,
        bootstrap: str,
        name: str,
        target: Target,
        *,
        rules: Rules | None = None,
        per_hour: int | None = None,
        codec: Codec | None = None,
        batch_bytes: int = 16_384,
        waits: Waits | None = None,
        dead_letter_limit: DeadLetterLimit | None = None,
        tell: Callable[[str], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        suppressed: Suppression = never_suppressed,
        page: Callable[[str], str] = lambda _: "",
        timing: Timing | None = None,
    ) -> None:
        """`suppressed` and `page` are those of a Sender.

        `tell` is called about once a second with what the worker waits for, and with "" when it goes on.
        """
        self.name = name
        self.ready = threading.Event()  # set once the target's first offsets are stored
        self._bootstrap, self._target, self._rules, self._now = bootstrap, target, rules or Rules(), now
        self._codec, self._batch_bytes, self._waits = codec or Codec(), batch_bytes, waits or Waits()
        self._dead_letter_limit, self._tell = dead_letter_limit or DeadLetterLimit(1.0), tell
        self._per_hour, self._told, self._suppressed, self._page = per_hour, "", suppressed, page
        self._timing = timing or Timing()
        self._stopped: dict[int, str] = {}  # partitions that are read no further, with the reason

    def run(self, stop: threading.Event, *, from_start: bool = False) -> None:
        """Deliver until `stop` is set; the current message is finished first. Retries without end while Kafka is away.

        A target's first start sends nothing of the past unless `from_start`: that reads all alerts again and sends
        those that the target has not received. Raises Fatal when a topic is missing.
        """
        waits = self._waits
        again = until_it_works(KafkaError, stop, self._note_kafka, first=waits.first, longest=waits.longest)
        with suppress(RetryError):  # stopped while Kafka was away
            again(self._session, stop, from_start)

    def _session(self, stop: threading.Event, from_start: bool) -> None:
        with ExitStack() as stack:
            group = group_of(self.name)
            consumer = member(self._bootstrap, group)
            stack.callback(consumer.close, autocommit=False)
            publisher = Publisher(self._bootstrap, self._codec, batch_bytes=self._batch_bytes, client_id=group)
            stack.callback(publisher.close)
            memory = self._remembered(consumer, publisher, from_start=from_start)
            shared = SharedState(
                self.name,
                Backlog(HourlyLimit(self._per_hour), self._timing.gather),
                memory,
                threading.Lock(),
                threading.Event(),
            )
            self.ready.set()
            over = threading.Event()
            worker = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix=group))
            stack.callback(over.set)
            sender = Sender(
                shared, self._target, publisher, codec=self._codec, waits=self._waits, now=self._now,
                suppressed=self._suppressed, page=self._page, timing=self._timing,
            )  # fmt: skip
            sending = worker.submit(sender.run, over)
            self._read_all(consumer, shared, sending, stop, from_start=from_start)
            over.set()
            sending.result()
            self._commit(consumer, shared, {})

    def _remembered(self, consumer: Any, publisher: Publisher, *, from_start: bool) -> Memory:
        """The memory of the target; its first start stores the offsets from which it receives alerts."""
        memory = read_memory(self._bootstrap, self.name)
        if memory.since is None:
            places = partitions_of(consumer, ALERT.name)
            ends = consumer.beginning_offsets(places) if from_start else consumer.end_offsets(places)
            memory.since = {place.partition: offset for place, offset in ends.items()}
            publisher.keep(ANNOUNCED.name, memory.key(), start_bytes(memory.since))
            publisher.flush()
        return memory

    def _read_all(
        self, consumer: Any, shared: SharedState, sending: Future[None], stop: threading.Event, *, from_start: bool
    ) -> None:
        self._stopped, joined, looked = {}, _Joined(), 0.0
        committed: dict[int, int] = {}
        consumer.subscribe([ALERT.name], listener=joined)
        while not stop.is_set() and not sending.done():
            polled = consumer.poll(timeout_ms=LISTEN_MS, max_records=500)
            if joined.places is not None:
                self._assigned(consumer, shared, joined.places, from_start=from_start)
                joined.places, polled, committed = None, {}, {}
            for place, messages in polled.items():
                self._take(consumer, shared, place, messages)
            with shared.lock:
                full = shared.backlog.full
            if full:
                consumer.pause(*consumer.assignment())
            elif paused := {p for p in consumer.paused() if p.partition not in self._stopped}:
                consumer.resume(*paused)
            if time.monotonic() - looked > LOOK_SECONDS:
                looked = time.monotonic()
                committed = self._commit(consumer, shared, committed)
                self._tell_waiting(shared)

    def _assigned(
        self, consumer: Any, shared: SharedState, places: Iterable[TopicPartition], *, from_start: bool
    ) -> None:
        """Start at the group's position, after reading the memory again: another member may have sent much since."""
        memory = read_memory(self._bootstrap, self.name)
        mine = [place for place in places if place in consumer.assignment()]
        starts = consumer.beginning_offsets(mine) if from_start and mine else {}
        for place in mine:
            if place not in starts:
                committed = consumer.committed(place)
                starts[place] = (memory.since or {}).get(place.partition, 0) if committed is None else committed
            consumer.seek(place, starts[place])
        with shared.lock:
            shared.memory.learn(memory)
            shared.backlog.keep_only(place.partition for place in mine)
            shared.backlog.prune(shared.memory.revision)
            for place in mine:
                shared.backlog.begin(place.partition, starts[place])

    def _take(self, consumer: Any, shared: SharedState, place: TopicPartition, messages: Iterable[Any]) -> None:
        """Put messages into the backlog; at too many unreadable ones the partition is paused there."""
        for message in messages:
            alert = None
            try:
                if message.value is not None:
                    alert = self._codec.decode(message.value, message.topic)
                self._dead_letter_limit.note(place, good=True)
                wanted = alert is not None and self._wanted(shared, alert)
            except CodecError:
                try:
                    self._dead_letter_limit.note(place, good=False)
                except TooManyDeadLetters as flood:
                    self._stopped[place.partition] = str(flood)
                    consumer.pause(place)
                    consumer.seek(place, message.offset)
                    return
                wanted = True  # queued, so that the sending thread quarantines it
            name, revision = (alert.alert_id, alert.revision) if alert else (f"{place.partition}-{message.offset}", 1)
            with shared.lock:
                if wanted:
                    offset = message.offset
                    held = Held(
                        name, revision, place.partition, offset, offset, message.key, message.value,
                        headers=tuple(message.headers or ()), due=self._due(message.timestamp),
                    )  # fmt: skip
                    shared.backlog.take(held)
                else:
                    shared.backlog.pass_over(place.partition, message.offset)
        shared.fresh.set()

    def _due(self, entered_ms: int) -> float:
        """The monotonic time before which a message that entered the topic then is not sent."""
        if not self._timing.after:
            return 0.0
        return time.monotonic() + entered_ms / 1000 + self._timing.after - self._now().timestamp()

    def _wanted(self, shared: SharedState, alert: Alert) -> bool:
        """Whether this revision, or a newer one in its place, is to be sent."""
        with shared.lock:
            told, waits = shared.memory.revision(alert.alert_id), shared.backlog.knows(alert.alert_id)
        return alert.revision > told and (waits or self._rules.want(alert, told=told > 0))

    def _commit(self, consumer: Any, shared: SharedState, committed: Mapping[int, int]) -> dict[int, int]:
        with shared.lock:
            positions = shared.backlog.positions()
        mine = {p for p in consumer.assignment() if p.partition in positions}
        new = {p: positions[p.partition] for p in mine if committed.get(p.partition) != positions[p.partition]}
        if new:
            try:
                consumer.commit({p: OffsetAndMetadata(o, "", -1) for p, o in new.items()}, timeout_ms=5_000)
            except KafkaError as error:  # partitions moved, or Kafka is away: sent alerts are remembered
                log.warning("%s: commit failed (%r)", self.name, error)
                return dict(committed)
        return {**committed, **{p.partition: offset for p, offset in new.items()}}

    def _tell_waiting(self, shared: SharedState) -> None:
        flood = next(iter(self._stopped.values()), "")
        reason = shared.waits_for(time.monotonic()) or flood
        if reason or self._told:
            self._tell(reason)
        if flood and reason != self._told:
            log.error("%s: %s", self.name, flood)
        self._told = reason

    def _note_kafka(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self._tell("Kafka is away")
        log.warning("%s: Kafka does not answer (%r), trying again", self.name, error)


class _Joined(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Holds the latest assignment until the loop takes it."""

    places: set[TopicPartition] | None = None

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Nothing to do: the next assignment counts."""

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Keep the whole assignment, including partitions that we had."""
        self.places = set(assigned)
