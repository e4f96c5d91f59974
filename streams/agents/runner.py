"""The one loop that runs every stage.

It takes the messages that have arrived, handles them in order, sends all outputs together, then all state entries, with
a progress mark as the last of them, then acknowledges. Each step begins when the broker has confirmed the one before,
and the entries of a partition are one record batch, which Kafka takes whole or not at all. So after a kill a worker
skips events that its state already holds, as their outputs were sent, and repeats the others on the state from before
them. The loop catches everything: an agent of faust-streaming 0.15.3 that raises acknowledges the event and loses it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime
from typing import Any

import faust

from schemas.codec import Codec, CodecError
from schemas.errors import Stop
from schemas.keys import key_of
from schemas.quarantine import quarantine_record
from schemas.telemetry.headers import TraceContext, header_pairs
from schemas.topics import EVERY_TOPIC, MAX_MESSAGE_BYTES, QUARANTINE
from schemas.transport.dead_letter_limit import DeadLetterLimit, TooManyDeadLetters
from streams.agents.batch import Batch, Entries, state_key
from streams.agents.delivery import LONGEST_WAIT, Delivery
from streams.agents.instruments import Instruments
from streams.agents.partition_states import PartitionStates
from streams.agents.preload import loading
from streams.agents.stage import ReadsAhead, Stage
from streams.domain.text.timestamp_sanity import with_plausible_fetch_time
from streams.kafka.app import StateTable, create_app
from streams.kafka.fence import FENCE, TICK_SECONDS
from streams.kafka.writer import Output, Writer
from streams.settings import Settings

log = logging.getLogger("tocsin")
MOST_AT_ONCE = 500  # messages of a batch
AHEAD = 16  # messages that a stage may read ahead; more gain little and delay the others
LONGEST_HANDLING = 0.1  # seconds after which a batch is written even if more messages wait
LAST_WRITE = 5.0  # seconds that a rebalance waits for the current batch


class Runner:
    """Feeds one stage from Kafka and sends its outputs."""

    def __init__(
        self,
        stage: Stage,
        codec: Codec,
        app: faust.App,
        now: Callable[[], datetime],
        *,
        writer: Writer,
        room: int,
        waits: Callable[[str], None],
        recovery: AbstractContextManager[None],
        dead_letter_limit: DeadLetterLimit,
    ) -> None:
        self._stage, self._codec, self._app, self._now, self._waits = stage, codec, app, now, waits
        self._dead_letter_limit, self._room = dead_letter_limit, room
        self._delivery = Delivery(stage, writer, waits)
        self._ahead: dict[tuple[str, int, int], Any] = {}  # decoded records that were read ahead
        self._instruments = Instruments(stage.name)
        self._writes = False
        self._table: StateTable | None = None
        if stage.keeps_state:
            self._table = app.Table(
                "state",
                key_type=bytes,
                value_type=bytes,
                on_recover=self._forget,
                extra_topic_configs=EVERY_TOPIC,
            )
        self._states = PartitionStates(stage, self._table, recovery)
        self._loading = loading(stage)
        app.on_partitions_revoked.connect(self._forget_revoked)
        topic = app.topic(*stage.reads, key_serializer="raw", value_serializer="raw", internal=False)
        app.agent(topic, name=stage.name, concurrency=1)(self._loop)

    async def _forget(self, *_: object) -> None:
        """Drop the states after a recovery: they are rebuilt from the table's new entries when next needed."""
        self._states.clear()

    async def _forget_revoked(self, *_: object, **__: object) -> None:
        """Before partitions move to others: finish the current write, or give it up for good."""
        end = time.monotonic() + LAST_WRITE
        while self._writes:
            if self._app.membership.lost or time.monotonic() > end:
                FENCE.end("the group goes on before this worker could write what it has in hand")
            await asyncio.sleep(TICK_SECONDS)
        self._states.clear()

    async def _loop(self, stream: Any) -> None:
        manual = stream.noack()
        async for event in manual.events():
            await self._all([event, *self._arrived(manual.channel.queue)])

    def _arrived(self, queue: Any) -> list[Any]:
        """Events that have already arrived after the current one."""
        found: list[Any] = []
        while len(found) < MOST_AT_ONCE - 1 and not queue.empty():
            event = queue.get_nowait()
            event.message.tracked = True
            self._app.consumer.track_message(event.message)  # as faust does with events that it delivers itself
            found.append(event)
        return found

    async def _all(self, events: Sequence[Any]) -> None:
        """Handle events in order, in one batch or several."""
        if not self._loading.done():
            await asyncio.wrap_future(self._loading)
        batch, end = Batch(self._room), time.monotonic() + LONGEST_HANDLING
        for number, event in enumerate(events):
            if number % AHEAD == 0:
                self._read_ahead(events[number : number + AHEAD])
            message = event.message
            if not self._ours(message):
                continue
            if self._states.include(message, batch):
                batch.events.append(event)
                continue
            try:
                outputs, entries, context = self._handled(message)
            except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this message alone
                await self._finish(batch)  # written first: the state is then rebuilt from the stored entries
                batch = Batch(self._room)
                await self._refuse(message, error)
                event.ack()
                continue
            if not batch.has_room(message, entries):
                await self._finish(batch)
                batch = Batch(self._room)
            batch.add(event, outputs, entries, context)
            self._dead_letter_limit.note(_place(message), good=True)
            if time.monotonic() > end:
                await self._finish(batch)
                batch, end = Batch(self._room), time.monotonic() + LONGEST_HANDLING
        await self._finish(batch)

    def _ours(self, message: Any) -> bool:
        """Whether no rebalance came since the message was fetched; after one its new owner fetches it again."""
        return bool(message.generation_id == self._app.consumer_generation_id and self._app.flow_control.is_active())

    def _read_ahead(self, events: Sequence[Any]) -> None:
        """Let a stage that reads ahead see the next records. An unreadable message is reported in its turn."""
        self._ahead = {}
        if not isinstance(self._stage, ReadsAhead) or len(events) < 2:
            return
        for message in (event.message for event in events if self._ours(event.message)):
            with suppress(_NotRead):
                self._ahead[message.topic, message.partition, message.offset] = self._record(message)
        self._stage.expect(list(self._ahead.values()))

    def _record(self, message: Any) -> Any:
        """The record of a message; raises _NotRead."""
        try:
            record = self._codec.decode(message.value, message.topic)
        except CodecError as error:
            raise _NotRead(error) from error
        if message.timestamp > 0:  # seconds by the broker's clock; old brokers send none
            record = with_plausible_fetch_time(record, datetime.fromtimestamp(message.timestamp, UTC))
        return record

    def _handled(self, message: Any) -> tuple[list[Output], Entries, TraceContext]:
        """The outputs of a message, its state entries and its trace context. Raises whatever the stage raises."""
        record = self._ahead.pop((message.topic, message.partition, message.offset), None) or self._record(message)
        state = self._states.of(message.partition)
        with self._instruments.handling(message, record) as context:
            outcome = self._stage.handle(state, record)
            headers = context.headers()
            outputs = [Output(self._codec.topic(r), key_of(r), self._codec.encode(r), headers) for r in outcome.records]
        for name, value in outcome.entries.items():
            if value and len(value) > MAX_MESSAGE_BYTES:
                raise CodecError(f"the state entry {name} takes {len(value)} bytes, at most {MAX_MESSAGE_BYTES} fit")
        return outputs, {state_key(message.partition, name): value for name, value in outcome.entries.items()}, context

    async def _finish(self, batch: Batch) -> None:
        """Write outputs, then state, then acknowledge."""
        if batch.outputs or batch.entries:
            self._writes = True
            with self._instruments.writing():
                await self._delivery.send(batch.outputs)
                if batch.entries:
                    assert self._table is not None
                    await self._delivery.keep(batch, self._table)
            self._writes = False
        self._instruments.finished(batch.contexts, self._table)
        for event in batch.events:
            event.ack()

    async def _refuse(self, message: Any, error: Exception) -> None:
        """Quarantine a message that could not be handled, or stop when the fault is not the message's."""
        if isinstance(error, Stop):
            await self._stand_still(error)
        if isinstance(error, _NotRead):
            error = error.why
        else:
            log.error("stage=%s quarantines %s-%d", self._stage.name, _place(message), message.offset, exc_info=error)
            self._states.drop(message.partition)  # it may be half changed
        try:
            self._dead_letter_limit.note(_place(message), good=False)
        except TooManyDeadLetters as flood:  # quarantine no more
            await self._stand_still(flood)
        await self._quarantine(message, error)

    async def _stand_still(self, reason: Exception) -> None:
        """Wait and report the reason, until somebody repairs the fault and restarts the worker."""
        while True:
            log.error("stage=%s has stopped: %s", self._stage.name, reason)
            self._waits(str(reason))
            await asyncio.sleep(LONGEST_WAIT)

    async def _quarantine(self, message: Any, error: BaseException) -> None:
        headers = header_pairs(message.headers)
        record = quarantine_record(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            stage=self._stage.name,
            error=error,
            key=message.key,
            value=message.value,
            headers=headers,
            failed_at=self._now(),
        )
        self._writes = True
        await self._delivery.send([Output(QUARANTINE.name, key_of(record), self._codec.encode(record), list(headers))])
        self._writes = False
        self._instruments.quarantined(error)


class _NotRead(Exception):
    """A message that is no record; the state is unchanged."""

    def __init__(self, why: CodecError) -> None:
        super().__init__(str(why))
        self.why = why


def _place(message: Any) -> str:
    return f"{message.topic}-{message.partition}"


def stage_app(
    stage: Stage,
    settings: Settings,
    codec: Codec,
    now: Callable[[], datetime],
    *,
    waits: Callable[[str], None] = lambda _: None,
    recovery: AbstractContextManager[None] | None = None,
) -> faust.App:
    """A Faust app that runs `stage`.

    `waits` is called with what the stage waits for, and with "" when it goes on; `recovery` is entered while a
    state is built from its entries.
    """
    app = create_app(stage.name, settings)
    Runner(
        stage,
        codec,
        app,
        now,
        writer=Writer(app),
        room=settings.batch_bytes,
        waits=waits,
        recovery=recovery or nullcontext(),
        dead_letter_limit=DeadLetterLimit(settings.invalid_share),
    )
    return app
