"""What every stage is, and the one loop that runs them all.

An event is acknowledged only after its outputs and its state are confirmed by the broker, in this order and with the
event's offset as the state's last entry: a worker killed at any point passes over events that its state holds, as
their outputs are out, and repeats the others. The loop catches everything: an agent of
faust-streaming 0.15.3 that raises acknowledges the event and never sees it again.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import faust

from schemas.codec import Codec, CodecError
from schemas.keys import key_of
from schemas.quarantine import quarantine_record
from schemas.topics import EVERY_TOPIC, MAX_MESSAGE_BYTES, QUARANTINE
from schemas.transport.dead_letter_limit import Flooded, Tolerance
from streams.domain.text.timestamp_sanity import arrived
from streams.kafka.app import ConfirmedTable, create_app
from streams.kafka.fence import FENCE, TICK_SECONDS
from streams.kafka.membership import MEMBERSHIP
from streams.settings import Settings

log = logging.getLogger("tocsin")
MARK = "@"  # begins the keys of entries that say how far a state has come; no id does
FIRST_WAIT, LONGEST_WAIT = 0.2, 30.0  # seconds between tries while the broker is away
LAST_WRITE = 5.0  # seconds that a rebalance waits for the event in hand


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one event leads to: records to send, and state entries to keep (None deletes)."""

    records: Sequence[object] = ()
    entries: dict[str, bytes | None] = field(default_factory=dict)


class Stage(Protocol):
    """One verb of the flow. `state` is owned by one partition and rebuilt from its entries."""

    name: str
    reads: tuple[str, ...]
    keeps_state: bool

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> Any:
        """The state of a partition, from the entries that earlier outcomes left."""

    def handle(self, state: Any, record: Any) -> Outcome:
        """The outcome of one record. May raise: the record then goes to quarantine and the state is restored."""


class Runner:
    """Feeds one stage from Kafka and sends what it answers."""

    def __init__(
        self,
        stage: Stage,
        codec: Codec,
        app: faust.App,
        now: Callable[[], datetime],
        *,
        waits: Callable[[str], None],
        recovery: AbstractContextManager[None],
        tolerance: Tolerance,
    ) -> None:
        self._stage, self._codec, self._app, self._now, self._waits = stage, codec, app, now, waits
        self._recovery, self._tolerance = recovery, tolerance
        self._states: dict[int, Any] = {}
        self._writes = False
        self._table: ConfirmedTable | None = None
        if stage.keeps_state:
            self._table = app.Table(
                "state",
                key_type=bytes,
                value_type=bytes,
                on_recover=self._forget,
                extra_topic_configs=EVERY_TOPIC,
            )
        app.on_partitions_revoked.connect(self._forget_revoked)
        topic = app.topic(*stage.reads, key_serializer="raw", value_serializer="raw", internal=False)
        app.agent(topic, name=stage.name, concurrency=1)(self._loop)

    async def _forget(self, *_: object) -> None:
        """Recovery brought other entries into the table: build the states from them anew when next needed."""
        self._states.clear()

    async def _forget_revoked(self, *_: object, **__: object) -> None:
        """Before others get our partitions: what is being written must have arrived, or never be."""
        end = time.monotonic() + LAST_WRITE
        while self._writes:
            if MEMBERSHIP.lost or time.monotonic() > end:
                FENCE.end("the group goes on before this worker could write what it has in hand")
            await asyncio.sleep(TICK_SECONDS)
        self._states.clear()

    async def _loop(self, stream: Any) -> None:
        manual = stream.noack()
        async for event in manual.events():
            await self._one(event.message)
            await manual.ack(event)

    async def _one(self, message: Any) -> None:
        if self._finished_before(message):
            return
        try:
            record = self._codec.decode(message.value, message.topic)
        except CodecError as error:
            await self._set_aside(message, error)
            return
        try:
            if message.timestamp > 0:  # seconds by the broker's clock; none from brokers of old
                record = arrived(record, datetime.fromtimestamp(message.timestamp, UTC))
            outcome = self._stage.handle(self._state(message.partition), record)
            encoded = [(self._codec.topic(r), key_of(r), self._codec.encode(r)) for r in outcome.records]
            _fits(outcome.entries)
        except _Unreadable as error:
            await self._stand_still(error)
            return
        except Exception as error:
            log.exception("stage=%s gave up on %s-%d", self._stage.name, _place(message), message.offset)
            self._states.pop(message.partition, None)
            await self._set_aside(message, error)
            return
        self._tolerance.note(_place(message), good=True)
        await self._until_sent(encoded)
        if outcome.entries:
            await self._keep(message.partition, {**outcome.entries, **_mark(message)})

    async def _set_aside(self, message: Any, error: Exception) -> None:
        """Into quarantine, or no further when a flood of invalid messages comes: then stand still and say so."""
        try:
            self._tolerance.note(_place(message), good=False)
        except Flooded as flood:
            await self._stand_still(flood)
        await self._quarantine(message, error)

    async def _stand_still(self, reason: Exception) -> None:
        """Until somebody mends it and starts the worker again."""
        while True:
            log.error("stage=%s stands still: %s", self._stage.name, reason)
            self._waits(str(reason))
            await asyncio.sleep(LONGEST_WAIT)

    def _finished_before(self, message: Any) -> bool:
        """Whether the state already holds this message: then its outputs were confirmed too, before a crash.

        The marker holds offset and timestamp, so that the messages of a topic made anew are not taken for old ones.
        """
        if self._table is None:
            return False
        marker = self._table.get(f"{message.partition}:{MARK}{message.topic}".encode())
        try:
            offset, timestamp = map(float, (marker or b"").split())
        except ValueError:  # none, or none of ours: handled again it gives the same
            return False
        return bool(message.offset <= offset and message.timestamp <= timestamp)

    async def _quarantine(self, message: Any, error: BaseException) -> None:
        headers = message.headers.items() if isinstance(message.headers, dict) else (message.headers or ())
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
        await self._until_sent([(QUARANTINE.name, key_of(record), self._codec.encode(record))])

    async def _until_sent(self, messages: Sequence[tuple[str, bytes, bytes]]) -> None:
        """Send in order and wait for the broker; while it is away, wait and send again rather than lose or pile up."""

        async def send() -> None:
            sent = [await self._app.topic(t).send(key=k, value=v, force=True) for t, k, v in messages]
            await asyncio.gather(*sent)

        if messages:
            await self._patiently(send, "write")

    async def _keep(self, partition: int, entries: dict[str, bytes | None]) -> None:
        table = self._table
        assert table is not None

        async def keep() -> None:
            for key, value in entries.items():
                table.put(f"{partition}:{key}".encode(), value)
            await table.confirmed()

        await self._patiently(keep, "keep its state")

    async def _patiently(self, act: Callable[[], Awaitable[None]], what: str) -> None:
        """Try until it succeeds, and tell meanwhile that we wait."""
        wait, failed = FIRST_WAIT, False
        self._writes = True
        while True:
            try:
                await act()
            except Exception as error:  # noqa: BLE001 - aiokafka raises many kinds; all mean not confirmed
                failed = True
                self._waits(f"stage {self._stage.name} cannot {what}: {error!r}")
                log.warning("stage=%s cannot %s (%r), next try in %.1f s", self._stage.name, what, error, wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                self._writes = False
                if failed:
                    self._waits("")
                return

    def _state(self, partition: int) -> Any:
        if partition not in self._states:
            mine = f"{partition}:".encode()
            rows = sorted(self._table.items()) if self._table is not None else []
            entries = [(k[len(mine) :].decode(), v) for k, v in rows if k.startswith(mine)]
            entries = [(key, value) for key, value in entries if not key.startswith(MARK)]
            with self._recovery if entries else nullcontext():
                try:
                    self._states[partition] = self._stage.restore(entries)
                except Exception as error:
                    name = self._stage.name
                    raise _Unreadable(
                        f"the state of partition {partition} cannot be read ({error!r}): start the version that wrote "
                        f"it, or, to read all anew, reset the group tocsin-{name} and delete "
                        f"tocsin-{name}-state-changelog"
                    ) from error
        return self._states[partition]


class _Unreadable(Exception):
    """A state that cannot be restored: no fault of the messages that come, which must not go to quarantine for it."""


def _place(message: Any) -> str:
    return f"{message.topic}-{message.partition}"


def _fits(entries: dict[str, bytes | None]) -> None:
    for key, value in entries.items():
        if value and len(value) > MAX_MESSAGE_BYTES:
            raise CodecError(f"the state entry {key} takes {len(value)} bytes, a message may have {MAX_MESSAGE_BYTES}")


def _mark(message: Any) -> dict[str, bytes | None]:
    """The last entry of an outcome: how far the state has come in the message's topic."""
    return {f"{MARK}{message.topic}": f"{message.offset} {message.timestamp}".encode()}


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

    `waits` is told what it waits for, and the empty string when it waits no more; `recovery` is entered while a
    state is built from its entries.
    """
    app = create_app(stage.name, settings)
    tolerance = Tolerance(settings.invalid_share)
    Runner(stage, codec, app, now, waits=waits, recovery=recovery or nullcontext(), tolerance=tolerance)
    return app
