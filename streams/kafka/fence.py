"""Keeps a process that was frozen from writing as if it still owned its partitions.

A process that was suspended, swapped out or moved with its machine for longer than the session timeout has lost its
partitions to another worker, and wakes up with unsent results that are older than the other's. Kafka fences such
zombies only for transactional producers, and exactly_once is broken in faust-streaming 0.15.3. So the process checks
the clock before each request of its producer, and ends when the gap is longer than its membership allows; its
supervisor starts it again. A thread ticks the clock, so a stage that computes for long does not count as frozen. A
process that was cut off from Kafka writes nothing before the coordinator has answered, and ends when it is no member
any more and has unsent results.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from aiokafka.errors import NodeNotReadyError
from faust.transport.drivers.aiokafka import Producer, Transport

from streams.kafka.consumer import KeepingConsumer
from streams.kafka.membership import HEARTBEAT_SECONDS, SESSION_SECONDS

log = logging.getLogger("tocsin")
TICK_SECONDS = 0.25
LONGEST_GAP = SESSION_SECONDS - HEARTBEAT_SECONDS - TICK_SECONDS  # the last heartbeat may be that much older
FROZEN = 75  # exit status: EX_TEMPFAIL of sysexits.h


class Fence:
    """Watches for gaps in this process's time."""

    def __init__(
        self,
        longest: float = LONGEST_GAP,
        *,
        clock: Callable[[], float] = time.monotonic,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        self._longest, self._clock, self._end = longest, clock, end
        self._seen = clock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread that ticks the clock."""
        if self._thread is None:
            self._seen = self._clock()
            self._thread = threading.Thread(target=self._run, name="fence", daemon=True)
            self._thread.start()

    def check(self) -> None:
        """End the process when it was frozen since the last tick."""
        gap = self._clock() - self._seen
        if self._thread is not None and gap > self._longest:
            self.end(f"frozen for {gap:.1f} s: the partitions may be another's now")

    def end(self, reason: str) -> None:
        """End the process."""
        log.error("%s; ending, so that the supervisor restarts this process", reason)
        self._end(FROZEN)

    def tick(self) -> None:
        """Check, and note the time."""
        self.check()
        self._seen = self._clock()

    def _run(self) -> None:
        while True:
            time.sleep(TICK_SECONDS)
            self.tick()


FENCE = Fence()  # one per process: a freeze stops all of it


class FencedProducer(Producer):  # type: ignore[misc]  # faust has no types
    """Faust's producer; each request passes the fence right before it is written."""

    def _new_producer(self, transactional_id: str | None = None) -> Any:
        producer = super()._new_producer(transactional_id)
        send, membership = producer.client.send, self.app.membership

        async def fenced(*args: Any, **kwargs: Any) -> Any:
            FENCE.check()
            if membership.lost:
                FENCE.end("the group went on without this worker, which has something to write yet")
            if not membership.fresh:
                raise NodeNotReadyError("the group's coordinator has not answered for long: waiting for its answer")
            return await send(*args, **kwargs)

        producer.client.send = fenced
        FENCE.start()
        return producer


class FencedTransport(Transport):  # type: ignore[misc]  # faust has no types
    """Faust's transport over aiokafka with a fenced producer, and a consumer that keeps what it has fetched."""

    Consumer = KeepingConsumer
    Producer = FencedProducer
