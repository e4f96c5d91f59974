"""Sends a target's backlog, one message at a time: delivers, remembers what was sent, sets aside what is refused."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kafka.errors import KafkaError
from tenacity import RetryCallState, RetryError

from connectors.ingest.publish import Publisher
from connectors.kafka.membership import until_it_works
from connectors.notify.announced import HELD_BACK, Memory, announced_of
from connectors.notify.backlog import Backlog, Held, revisions
from connectors.notify.notice import of_alert, of_many
from connectors.notify.rules import TAKEN_BACK
from connectors.notify.targets import Away, Refused, Target
from schemas.codec import Codec, CodecError
from schemas.quarantine import quarantine_record
from schemas.records import Alert
from schemas.telemetry.headers import read_trace_context
from schemas.telemetry.logs import log_context
from schemas.telemetry.metrics import LATENCY_SECONDS, NOTIFIED, NOTIFY_FAILURES, QUARANTINED
from schemas.telemetry.traces import span
from schemas.topics import ALERT, ANNOUNCED

log = logging.getLogger("tocsin.notify")
SLOW_SECONDS = 5.0  # an answer that takes longer is reported
IDLE_SECONDS = 0.2  # between two looks at an empty backlog


@dataclass(frozen=True, slots=True)
class Waits:
    """Pauses between attempts, in seconds; they double from the first to the longest.

    An alert that was not taken for `give_up` seconds is set aside, while others may pass it.
    """

    first: float = 1.0
    longest: float = 30.0
    give_up: float = 24 * 3600.0


@dataclass(slots=True)
class SharedState:
    """What a worker's two threads share; `lock` guards backlog and memory."""

    name: str
    backlog: Backlog
    memory: Memory
    lock: threading.Lock
    fresh: threading.Event  # something was put into the backlog
    trouble: str = ""  # why the target takes nothing now
    asked: float | None = None  # since when it owes us an answer, monotonic seconds

    def waits_for(self, now: float) -> str:
        """What keeps alerts from going out, empty when nothing does."""
        asked = self.asked
        if asked is not None and now - asked > SLOW_SECONDS:
            return f"the target has not answered for {now - asked:.0f} s"
        return self.trouble or (HELD_BACK if self.backlog.held_back else "")


class Suppression(Protocol):
    """Why an alert is not sent now, empty when it is; `pressing`: it would be sent because nobody acknowledged it."""

    def __call__(self, alert: Alert, *, pressing: bool = False) -> str:
        """The reason for one revision."""


def never_suppressed(alert: Alert, *, pressing: bool = False) -> str:
    """Nothing is suppressed."""
    del alert, pressing
    return ""


@dataclass(frozen=True, slots=True)
class Timing:
    """When alerts are sent to a target, in seconds; 0: at once, or never again.

    `after`: send only what nobody has acknowledged by then. `gather`: alerts wait so long for each
    other. `repeat`: send again after so long, until somebody acknowledges it.
    """

    after: float = 0.0
    gather: float = 0.0
    repeat: float = 0.0


class Sender:
    """Sends a target's backlog until it is stopped."""

    def __init__(
        self,
        shared: SharedState,
        target: Target,
        publisher: Publisher,
        *,
        codec: Codec,
        waits: Waits,
        now: Callable[[], datetime],
        suppressed: Suppression = never_suppressed,
        page: Callable[[str], str] = lambda _: "",
        timing: Timing | None = None,
    ) -> None:
        """`suppressed` says why an alert is not sent now, if it is not; `page` returns an incident's address."""
        self._timing = timing or Timing()
        self._shared, self._target, self._publisher, self._codec = shared, target, publisher, codec
        self._waits, self._now, self._suppressed, self._page = waits, now, suppressed, page

    def run(self, over: threading.Event) -> None:
        """Send until `over` is set; the current message is finished first."""
        again = until_it_works(Away, over, self._note_away, first=self._waits.first, longest=self._waits.longest)
        while not over.is_set():
            with suppress(RetryError):  # over while the target was away: its alerts stay uncommitted
                if again(self._send_next, over):
                    self._shared.trouble = ""
                else:
                    self._shared.fresh.wait(IDLE_SECONDS)
                    self._shared.fresh.clear()

    def _send_next(self, over: threading.Event) -> bool:
        """Send the next message; False when there is none. Raises Away after putting it back."""
        with self._shared.lock:
            chosen = [] if over.is_set() else self._shared.backlog.next(time.monotonic())
        if not chosen:
            return False
        try:
            confirmed = self._deliver(chosen, over)
        except Away:
            with self._shared.lock:
                self._shared.backlog.put_back()
            raise
        with self._shared.lock:
            if confirmed:
                self._shared.backlog.confirm()
            else:
                self._shared.backlog.put_back()
        return True

    def _deliver(self, chosen: list[Held], over: threading.Event) -> bool:
        """Deliver or set aside; returns whether Kafka has confirmed it. Raises Away."""
        alerts: dict[str, Alert] = {}
        chosen_of = {held.alert_id: held for held in chosen}
        for held in chosen:
            try:
                alerts[held.alert_id] = self._codec.decode(held.value, ALERT.name)
            except CodecError as error:
                if not self._set_aside([held], error, over):
                    return False
        for alert_id, alert in list(alerts.items()):
            pressing = bool(self._timing.after or chosen_of[alert_id].again)
            if reason := self._suppressed(alert, pressing=pressing):
                log.info("%s does not get %s: %s", self._shared.name, alert_id, reason)
                del alerts[alert_id]
        if not alerts:
            return True
        try:
            self._hand_over(list(alerts.values()), chosen_of)
        except Refused as error:
            return self._set_aside(chosen, error, over)
        except Away as error:
            if time.monotonic() - max(h.tried or 0.0 for h in chosen) < self._waits.give_up:
                raise
            return self._set_aside(chosen, error, over)
        self._note_told(chosen)
        self._tell_again(alerts, chosen_of)
        return self._confirm(lambda: self._remember(alerts), over)

    def _tell_again(self, told: Mapping[str, Alert], chosen: Mapping[str, Held]) -> None:
        if not self._timing.repeat:
            return
        with self._shared.lock:
            for alert_id, alert in told.items():
                if alert.reason not in TAKEN_BACK:
                    self._shared.backlog.repeat(chosen[alert_id], time.monotonic() + self._timing.repeat)

    def _note_told(self, chosen: list[Held]) -> None:
        NOTIFIED.labels(self._shared.name).inc(len(chosen))
        now = time.time()
        for held in chosen:
            context = read_trace_context(held.headers, held.alert_id, int(now * 1000))
            LATENCY_SECONDS.labels("notify").observe(context.seconds_until(now))
            with log_context(context.trace), span(f"notify {self._shared.name}", context):
                log.info("%s got %s", self._shared.name, revisions([held]), extra={"stage": "notify"})

    def _hand_over(self, alerts: list[Alert], chosen: Mapping[str, Held]) -> None:
        first = alerts[0]
        survivor = self._shared.memory.headline(first.incident.merged_into)
        self._shared.asked = time.monotonic()
        try:
            if len(alerts) > 1:
                self._target.send(of_many(alerts, gathered=bool(self._timing.gather)))
            else:
                again = chosen[first.alert_id].again
                self._target.send(of_alert(first, survivor, self._page(first.incident_id), again))
        finally:
            self._shared.asked = None

    def _remember(self, told: Mapping[str, Alert]) -> None:
        with self._shared.lock:
            for alert_id, alert in told.items():
                self._shared.memory.note(alert_id, announced_of(alert))
                self._publisher.keep(
                    ANNOUNCED.name, self._shared.memory.key(alert_id), self._shared.memory.told[alert_id].to_bytes()
                )
            for alert_id in self._shared.memory.forget():
                self._publisher.keep(ANNOUNCED.name, self._shared.memory.key(alert_id), None)

    def _set_aside(self, chosen: list[Held], error: Exception, over: threading.Event) -> bool:
        NOTIFY_FAILURES.labels(self._shared.name, "refused").inc(len(chosen))
        QUARANTINED.labels("notify", type(error).__name__).inc(len(chosen))
        log.error("%s: set aside %s: %s", self._shared.name, revisions(chosen), error)
        stage = "notify" if isinstance(error, CodecError) else f"notify-{self._shared.name}"

        def publish() -> None:
            for held in chosen:
                self._publisher.publish(
                    quarantine_record(
                        topic=ALERT.name, partition=held.partition, offset=held.offset, stage=stage, error=error,
                        key=held.key, value=held.value, failed_at=self._now(),
                    )
                )  # fmt: skip

        return self._confirm(publish, over)

    def _confirm(self, publish: Callable[[], None], over: threading.Event) -> bool:
        """Publish and confirm; False when Kafka stayed away until `over` was set."""

        def attempt() -> None:
            publish()
            self._publisher.flush()

        waits = self._waits
        again = until_it_works(KafkaError, over, self._note_kafka, first=waits.first, longest=waits.longest)
        try:
            again(attempt)
        except RetryError:
            return False
        return True

    def _note_away(self, state: RetryCallState) -> None:
        NOTIFY_FAILURES.labels(self._shared.name, "away").inc()
        self._shared.trouble = str(state.outcome.exception()) if state.outcome else ""
        pause = state.next_action.sleep if state.next_action else 0.0
        log.warning("%s accepts no alerts, next attempt in %.0f s: %s", self._shared.name, pause, self._shared.trouble)

    def _note_kafka(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self._shared.trouble = "Kafka is away"
        log.warning("%s: Kafka does not answer (%r), trying again", self._shared.name, error)
