"""What people decided on alerts in triage: read whole at the start, then followed in a thread."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from kafka.errors import KafkaError

from connectors.ingest.positions import partitions_of
from connectors.kafka.clients import KafkaConsumer
from schemas.codec import Codec, CodecError
from schemas.records import Alert, Triage
from schemas.topics import TRIAGE
from schemas.transport.brokers import client_options

log = logging.getLogger("tocsin.notify")
REPEATS = ("figures changed", "second origin")  # not sent again once the alert is acknowledged
PAUSE = 1.0  # seconds between attempts to reach Kafka


class TriageFilter:
    """Decides which alerts are not sent now: silenced ones, and mere repetitions of acknowledged ones."""

    def __init__(self, bootstrap: str, codec: Codec, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._bootstrap, self._codec, self._now = bootstrap, codec, now
        self._triage: dict[str, Triage] = {}
        self._whole = threading.Event()

    def reason(self, alert: Alert, *, pressing: bool = False) -> str:
        """Why this revision is not sent now, empty when it is. Waits until the topic has been read whole.

        `pressing`: it would be sent because nobody has acknowledged the alert.
        """
        self._whole.wait()
        triage = self._triage.get(alert.alert_id)
        if triage is None:
            return ""
        if triage.silenced_until is not None and triage.silenced_until > self._now():
            return f"silenced until {triage.silenced_until:%Y-%m-%d %H:%M} by {triage.silenced_by}"
        heard = triage.acknowledged_by and (pressing or alert.reason in REPEATS)
        return f"acknowledged by {triage.acknowledged_by}" if heard else ""

    def take(self, triage: Triage) -> None:
        """Apply a decision; an older one changes nothing."""
        held = self._triage.get(triage.alert_id)
        if held is None or (held.revision, held.at) <= (triage.revision, triage.at):
            self._triage[triage.alert_id] = triage

    def follow(self, stop: threading.Event) -> None:
        """Read until `stop` is set; while Kafka is away what was known holds. Raises Fatal when there is no topic."""
        try:
            while not stop.is_set():
                try:
                    self._session(stop)
                except KafkaError as error:
                    log.warning("triage: Kafka does not answer (%r), trying again", error)
                    time.sleep(PAUSE)
        finally:
            self._whole.set()  # release those who wait for the first reading

    def _session(self, stop: threading.Event) -> None:
        options = {"group_id": None, "enable_auto_commit": False, "auto_offset_reset": "earliest"}
        consumer = KafkaConsumer(
            **client_options(self._bootstrap), **options, client_id="tocsin-notify", bootstrap_timeout_ms=5_000
        )
        with closing(consumer):
            places = partitions_of(consumer, TRIAGE.name)
            consumer.assign(places)
            ends = consumer.end_offsets(places)
            while not stop.is_set():
                if not self._whole.is_set() and all(consumer.position(p) >= ends[p] for p in places):
                    self._whole.set()
                for messages in consumer.poll(timeout_ms=200).values():
                    for message in messages:
                        self._read(message.value)

    def _read(self, value: bytes | None) -> None:
        try:
            if value is not None:
                self.take(self._codec.decode(value, TRIAGE.name))
        except CodecError as error:
            log.warning("triage: a record cannot be read and is skipped: %s", error)  # the loader quarantines it
