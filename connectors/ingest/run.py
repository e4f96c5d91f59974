"""Runs sources side by side: each when it is due, each failing alone, all into one delivery."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.ingest.contract import LARGEST_POSITION, Fatal, Gone, Parsed, Remark, Retriable, Skippable, Source
from connectors.ingest.deliver import Delivery, RecordWriter, SourceBatch
from connectors.ingest.health import FeedInfo, Memory, ReadResult, due_for_record, health_record, observe
from connectors.ingest.positions import Stored
from connectors.ingest.schedule import Plan, ReadIntervals, after_failure, after_read
from schemas.records import Article, FeedHealth

log = logging.getLogger("tocsin.connect")
CHUNK = 200  # records after which a long read delivers what it has
GRACE = 30.0  # seconds that shutting down waits for Kafka
LONG_READ = timedelta(seconds=5)  # after which a read delivers at the next position
AT_ONCE = 256  # sources that are read at the same time; many of them wait for their turn at a host


@dataclass(frozen=True, slots=True)
class Outcome:
    """Records published; by source, why it ended for good; and, of sources read once, why they failed."""

    sent: int
    ended: Mapping[str, str]
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What one read has found so far. `dates`: of its records, seconds since 1970; `lags`: their age in seconds."""

    dates: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    unreadable: int = 0
    repeated: int = 0
    asked: float | None = None

    def add_remark(self, remark: Remark) -> None:
        """Take a remark into account."""
        self.repeated += remark.repeated
        if remark.again_after is not None:
            self.asked = max(self.asked or 0, remark.again_after)

    def count(self, content: Parsed, now: datetime) -> None:
        """Take one content into account."""
        if isinstance(content, Skippable):
            self.unreadable += 1
            return
        when = content.published_at if isinstance(content, Article) else content.updated_at
        self.dates.append((when or now).timestamp())
        if when:
            self.lags.append((now - when).total_seconds())


class Runner:
    """Reads sources until stopped.

    stored: the result of `read_positions`. about: sources whose health is recorded, by name. chance: random, 0 to 1.
    """

    def __init__(
        self,
        writer: RecordWriter,
        stored: Mapping[str, Stored],
        *,
        about: Mapping[str, FeedInfo] | None = None,
        limits: ReadIntervals | None = None,
        at_once: int = AT_ONCE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
        tell: Callable[[str], None] = log.info,
    ) -> None:
        self._delivery = Delivery(writer, clock)
        self._stored = stored
        self._about = about or {}
        self._limits = limits or ReadIntervals()
        self._slots = asyncio.Semaphore(at_once)
        self._clock, self._chance, self._tell = clock, chance, tell
        self._ended: dict[str, str] = {}
        self._failed_once: dict[str, str] = {}

    async def run(self, sources: Sequence[Source], *, once: bool = False, stop: asyncio.Event | None = None) -> Outcome:
        """Read until `stop` is set or every source has ended; `once`: read each a single time, due or not.

        Raises KafkaError when Kafka is away at the end, and whatever the writer raises; the sources are closed first.
        """
        delivering = asyncio.create_task(self._delivery.run())
        reading = asyncio.create_task(self._read_all(sources, once))
        stopping = asyncio.create_task((stop or asyncio.Event()).wait())
        try:
            await asyncio.wait([delivering, reading, stopping], return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                reading.cancel()
                await asyncio.wait([reading])
            finishing = asyncio.create_task(self._delivery.finish())
            await asyncio.wait([delivering, finishing], timeout=GRACE, return_when=asyncio.FIRST_COMPLETED)
            if not finishing.done():
                self._delivery.give_up()
                await asyncio.wait([delivering, finishing], return_when=asyncio.FIRST_COMPLETED)
            finishing.cancel()
            for task in (delivering, reading, finishing):
                if task.done() and not task.cancelled():
                    task.result()
        finally:
            delivering.cancel(), reading.cancel(), stopping.cancel()
            await asyncio.gather(delivering, reading, stopping, return_exceptions=True)
        return Outcome(self._delivery.sent, dict(self._ended), dict(self._failed_once))

    async def _read_all(self, sources: Sequence[Source], once: bool) -> None:
        async with asyncio.TaskGroup() as tasks:
            for source in sources:
                tasks.create_task(self._keep_reading(source, once))

    async def _keep_reading(self, source: Source, once: bool) -> None:
        stored = self._stored.get(source.name, Stored())
        if stored.plan.ended:
            self._end(source, f"{stored.plan.ended}; to ask again, start afresh (--afresh)")
            return
        while True:
            if not once:
                await asyncio.sleep(stored.plan.due - self._clock().timestamp())
            async with self._slots:
                stored, error = await self._read(source, stored)
            if once and error and source.name not in self._ended:
                self._failed_once[source.name] = error
            if once or source.name in self._ended:
                return

    async def _read(self, source: Source, stored: Stored) -> tuple[Stored, str]:
        """Read once; returns the source's new state, and why the read failed (empty if it did not)."""
        tally, pending = Tally(), list[Parsed | FeedHealth]()
        plan, position, error = stored.plan, stored.position, ""
        given, handed = position, self._clock()
        try:
            async with aclosing(source.read(position)) as items:
                async for item in items:
                    if isinstance(item, Remark):
                        tally.add_remark(item)
                        continue
                    if item.content is not None:
                        pending.append(item.content)
                        tally.count(item.content, self._clock())
                    position = _storable(item.position, source) or position
                    if len(pending) >= CHUNK or (position != given and self._clock() - handed > LONG_READ):
                        given, handed = position, self._clock()
                        await self._delivery.put(SourceBatch(source, pending, replace(stored, position=position)))
                        pending = []
            plan = after_read(
                plan,
                at=self._clock().timestamp(),
                dates=tally.dates,
                limits=self._limits,
                chance=self._chance(),
                asked=tally.asked,
            )
            if tally.dates or tally.unreadable:
                self._tell(f"{source.name}: {len(tally.dates)} new, {tally.unreadable} unreadable")
        except Fatal as fault:
            error = str(fault)
            plan = replace(plan, ended=error) if isinstance(fault, Gone) else plan
            self._end(source, error)
        except Exception as fault:  # noqa: BLE001 - a fault of one source must not stop the others
            error = str(fault) or repr(fault)
            plan = self._failed(source, stored, fault)
        health, record = self._health(source, stored.health, plan, tally, error)
        stored = Stored(position, plan, health)
        await self._delivery.put(SourceBatch(source, [*pending, *record], stored))
        if not error and tally.unreadable and not tally.dates and not tally.repeated:
            error = f"nothing of what {source.name} answered could be read; `tocsin quarantine list` has it"
        return stored, error

    def _health(
        self, source: Source, plain: dict[str, Any], plan: Plan, tally: Tally, error: str
    ) -> tuple[dict[str, Any], list[FeedHealth]]:
        """The memory of a source's health, and its record where one is due."""
        if source.name not in self._about:
            return plain, []
        before = Memory.from_plain(plain)
        brought = ReadResult(
            at=self._clock().timestamp(),
            dates=tally.dates,
            lags=tally.lags,
            unreadable=tally.unreadable,
            repeated=tally.repeated,
            error=error,
            failures=plan.failures,
            ended=source.name in self._ended,
        )
        memory = observe(before, brought)
        if (revised := due_for_record(memory, before)) is None:
            return memory.to_plain(), []
        if revised.status not in {before.status, "ok"}:
            log.warning("%s is %s: %s", source.name, revised.status, revised.reason)
        record = health_record(
            revised,
            source.name,
            self._about[source.name],
            due=plan.due,
            interval=plan.interval,
            failures=plan.failures,
        )
        return revised.to_plain(), [record]

    def _failed(self, source: Source, stored: Stored, error: Exception) -> Plan:
        asked = error.after if isinstance(error, Retriable) else None
        if not isinstance(error, Retriable):
            log.error("%s: a fault of the connector; it is read again later", source.name, exc_info=error)
        now = self._clock().timestamp()
        plan = after_failure(stored.plan, at=now, limits=self._limits, chance=self._chance(), asked=asked)
        self._tell(f"{source.name}: {error}; again in {plan.due - now:.0f} s")
        return plan

    def _end(self, source: Source, why: str) -> None:
        self._ended[source.name] = why
        self._tell(f"{source.name} ends: {why}")


def _storable(position: str | None, source: Source) -> str | None:
    """The position, or None when it would not fit a message: the source then goes on from an older one."""
    if position is None or len(position.encode("utf-8", "replace")) <= LARGEST_POSITION:
        return position
    log.error("%s: its position is too large to be stored; what it read comes again", source.name)
    return None
