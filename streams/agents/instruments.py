"""Metrics of a stage: time per record, age of records when done, size of the state."""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from schemas.telemetry.headers import TraceContext, read_trace_context, record_id
from schemas.telemetry.logs import log_context
from schemas.telemetry.metrics import (
    HANDLED,
    HANDLING_SECONDS,
    LATENCY_SECONDS,
    QUARANTINED,
    STATE_BYTES,
    STATE_ENTRIES,
    WRITING_SECONDS,
)
from schemas.telemetry.traces import span

log = logging.getLogger("tocsin.stage")
LOOK_SECONDS = 10.0  # between two measurements of a state's size, whose cost grows with its entries


class Instruments:
    """The metrics of one stage."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._handling, self._writing = HANDLING_SECONDS.labels(stage), WRITING_SECONDS.labels(stage)
        self._latency = LATENCY_SECONDS.labels(stage)
        self._looked = -LOOK_SECONDS
        self._partitions: set[str] = set()

    @contextmanager
    def handling(self, message: Any, record: object) -> Iterator[TraceContext]:
        """Measure the handling of one record; yields the trace context for its outputs."""
        place = f"{message.topic}-{message.partition}-{message.offset}"
        arrived_ms = int(message.timestamp * 1000) if message.timestamp > 0 else int(time.time() * 1000)
        came = read_trace_context(message.headers, record_id(record) or place, arrived_ms)
        began = time.perf_counter()
        with log_context(came.trace), span(self._stage, came, {"messaging.message.id": place}) as context:
            yield context
            seconds = time.perf_counter() - began
            log.info("handled %s", place, extra={"stage": self._stage, "seconds": round(seconds, 6)})
        self._handling.observe(seconds)
        HANDLED.labels(self._stage, message.topic).inc()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Measure the writing of a batch; an interrupted one is not counted."""
        began = time.perf_counter()
        yield
        self._writing.observe(time.perf_counter() - began)

    def finished(self, contexts: Sequence[TraceContext], state: Mapping[Any, Any] | None) -> None:
        """Count these records as done; `state`: the entries that the stage keeps now."""
        now = time.time()
        for context in contexts:
            self._latency.observe(context.seconds_until(now))
        if state is not None and time.monotonic() - self._looked > LOOK_SECONDS:
            self._looked = time.monotonic()
            entries, sizes = Counter[str](), Counter[str]()
            for key, value in state.items():
                partition = key.partition(b":")[0].decode()
                entries[partition] += 1
                sizes[partition] += len(key) + len(value or b"")
            for partition in self._partitions | entries.keys():  # 0 for partitions that moved away
                STATE_ENTRIES.labels(self._stage, partition).set(entries[partition])
                STATE_BYTES.labels(self._stage, partition).set(sizes[partition])
            self._partitions = set(entries)

    def quarantined(self, error: BaseException) -> None:
        """Count one quarantined record by its reason."""
        QUARANTINED.labels(self._stage, type(error).__name__).inc()
