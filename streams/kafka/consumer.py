"""Reads from Kafka without losing messages that were fetched during a rebalance.

The consumer of faust-streaming 0.15.3 fetches in a separate thread. Messages that arrive while their partition is
paused or the flow stopped, as in a rebalance, are thrown away, although the thread's position is already after them.
Often a later seek to the committed offsets fetches them again. When the seek came first they are silently lost: a
message of the stream, which the next commit skips, or an entry of the changelog, for which the recovery then waits
without end. A fetch that waits while all partitions are paused also takes from all of them: the set that it was given
is emptied meanwhile, and an empty set means all.
"""

import asyncio
import time
import types
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Generator, Mapping
from functools import partial
from typing import Any

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer
from mode.services import WaitResults

import streams.kafka.tolerant_headers  # noqa: F401 - what it changes is changed for faust too


class KeepingThread(AIOKafkaConsumerThread):  # type: ignore[misc]  # faust has no types
    """The fetching thread; it can fetch refused messages again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reached: dict[Any, int | None] = {}  # position of each partition after the last fetch

    async def on_start(self) -> None:
        """Start the consumer, and note what the group's coordinator says about our membership."""
        await super().on_start()
        coordinator = self._consumer._coordinator  # noqa: SLF001 - there is no other way to hear it
        membership = self.app.membership
        beat, joined, reset = coordinator._do_heartbeat, coordinator._on_join_complete, coordinator.reset_generation  # noqa: SLF001

        async def heartbeat() -> bool:
            asked = time.monotonic()
            known: bool = await beat()
            if known:
                membership.confirm(asked)
            return known

        async def join(*args: Any) -> None:
            membership.confirm()
            await joined(*args)

        def forget() -> None:
            membership.lose()
            reset()

        coordinator._do_heartbeat, coordinator._on_join_complete = heartbeat, join  # noqa: SLF001
        coordinator.reset_generation = forget

    async def _fetch_records(self, consumer: Any, active_partitions: Any, **limits: Any) -> Mapping[Any, Any]:
        wanted = frozenset(active_partitions)
        if not wanted:
            return {}
        records: Mapping[Any, Any] = await super()._fetch_records(consumer, wanted, **limits)
        self._reached = {partition: _position(consumer, partition) for partition in records}
        return records

    def stay(self) -> None:
        """Say that a member without anything to fetch is at work.

        aiokafka takes one that has fetched nothing for the longest work of a batch out of its group, and in 0.14 does
        not let it in again: a standby would be none after an hour.
        """
        if self._consumer is not None:
            with self._consumer._subscription.fetch_context():  # noqa: SLF001 - there is no other way to say it
                pass

    async def give_back(self, first: Mapping[Any, int]) -> None:
        """Fetch again from these offsets, by partition, unless a seek has moved the position since the last fetch."""
        await self.call_thread(self._give_back, first)

    async def _give_back(self, first: Mapping[Any, int]) -> None:
        consumer = self._ensure_consumer()
        for partition, offset in first.items():
            reached = _position(consumer, partition)
            if reached is not None and reached == self._reached.get(partition):
                consumer.seek(partition, offset)


class KeepingConsumer(Consumer):  # type: ignore[misc]  # faust has no types
    """Faust's consumer; each fetched message is delivered, or given back to be fetched again."""

    def _new_consumer_thread(self) -> KeepingThread:
        return KeepingThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[Any, Any]]:  # noqa: ASYNC109 - as faust calls it
        """Messages of active partitions, in turns."""
        records, active = await self._wait_next_records(timeout)
        if not active:
            self._thread.stay()
        if not records or self.should_stop:
            return
        generation = self.app.consumer_generation_id
        waiting = {partition: deque(r.offset for r in fetched) for partition, fetched in records.items()}
        refused = set()
        for partition, record in self.scheduler.iterate(records):
            if not self.flow_active or self.app.consumer_generation_id != generation:
                break
            if partition in refused or not (partition in active or partition in self._buffered_partitions):
                refused.add(partition)  # and all that follow, to keep the order
                continue
            waiting[partition].popleft()
            self.app.monitor.track_tp_end_offset(partition, self.highwater(partition))
            yield partition, self._to_message(partition, record)
        if left := {partition: offsets[0] for partition, offsets in waiting.items() if offsets}:
            await self._thread.give_back(left)

    async def wait_first(self, first: Any, *others: Any, **options: Any) -> Any:
        """Wait for the first of several awaitables; called for each message: room in its queue, or the end of the flow.

        Mode makes a task for each of them and two more, which costs more than handling a small message. Nearly always
        there is room: then this needs no task.
        """
        if asyncio.iscoroutine(first):
            try:
                awaited = first.send(None)
            except BaseException as end:
                for other in filter(asyncio.iscoroutine, others):
                    other.close()
                if not isinstance(end, StopIteration):
                    raise
                return WaitResults([first], [end.value], stopped=False)
            first = _go_on(first, awaited)
        return await super().wait_first(first, *others, **options)

    async def _commit_offsets(self, offsets: Mapping[Any, int], start_new_transaction: bool = True) -> bool:
        """Commit our partitions among these. Faust's own method also formats a table for its debug log each time."""
        del start_new_transaction
        mine = {partition: offset for partition, offset in offsets.items() if partition in self.assignment()}
        if not mine:
            return False
        committed: bool = await self._commit(mine)
        if committed:
            self.app.tables.on_commit(mine)
        self._committed_offset.update(mine)
        self.app.monitor.on_tp_commit(mine)
        return committed


async def _go_on(begun: Coroutine[Any, Any, Any], awaited: Any) -> Any:
    """Continue a coroutine that waits for `awaited`."""
    return await _rest(begun, awaited)


@types.coroutine
def _rest(begun: Coroutine[Any, Any, Any], awaited: Any) -> Generator[Any, Any, Any]:
    while True:
        try:
            sent = yield awaited
        except BaseException as error:  # noqa: BLE001 - cancelled, most likely: that is for the coroutine to know
            step = partial(begun.throw, error)
        else:
            step = partial(begun.send, sent)
        try:
            awaited = step()
        except StopIteration as end:
            return end.value


def _position(consumer: Any, partition: Any) -> int | None:
    """Offset of the next record to fetch; None while the partition is not ours or its position unknown."""
    subscription = consumer._subscription.subscription  # noqa: SLF001 - its own `position` waits, and rebalances wait for us
    assignment = subscription and subscription.assignment
    state = assignment and assignment.state_value(partition)
    return state.position if state and state.has_valid_position else None
