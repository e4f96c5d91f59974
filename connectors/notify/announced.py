"""What each target was told, remembered in a compacted topic: plain JSON, read whole when a target's worker starts.

Keys are `target` (where its first start began to read) and `target/alert id` (the newest revision it was told).
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from connectors.ingest.positions import read_whole
from schemas.records import Alert
from schemas.topics import ANNOUNCED

log = logging.getLogger("tocsin.notify")
REMEMBERED = 50_000  # alerts of one target; beyond it those told longest ago are forgotten


def group_of(target: str) -> str:
    """The consumer group of a target."""
    return f"tocsin-notify-{target}"


@dataclass(frozen=True, slots=True)
class Announced:
    """The newest revision of one alert that a target was told."""

    revision: int
    incident_id: str
    headline: str

    def to_bytes(self) -> bytes:
        """As JSON, to be stored."""
        plain = {"revision": self.revision, "incident_id": self.incident_id, "headline": self.headline}
        return json.dumps(plain, separators=(",", ":")).encode()


@dataclass(slots=True)
class Memory:
    """What one target was told, by alert id, the longest ago first; `since`: partition to first offset, None if new."""

    target: str
    since: dict[int, int] | None = None
    told: dict[str, Announced] = field(default_factory=dict)
    _headlines: dict[str, str] = field(default_factory=dict)

    def revision(self, alert_id: str) -> int:
        """The newest revision told, 0 when none was."""
        told = self.told.get(alert_id)
        return told.revision if told else 0

    def headline(self, incident_id: str | None) -> str:
        """What the target knows an incident as; empty when it was not told of it."""
        return self._headlines.get(incident_id or "", "")

    def note(self, alert_id: str, told: Announced) -> None:
        """Remember; an older revision changes nothing."""
        if told.revision >= self.revision(alert_id):
            self.told.pop(alert_id, None)
            self.told[alert_id] = told
            self._headlines[told.incident_id] = told.headline

    def learn(self, other: "Memory") -> None:
        """What another worker of this target has told meanwhile."""
        self.since = other.since
        for alert_id, told in other.told.items():
            self.note(alert_id, told)

    def forget(self) -> list[str]:
        """Drop what is beyond REMEMBERED; the ids, for the store."""
        old = list(islice(self.told, max(0, len(self.told) - REMEMBERED)))
        for alert_id in old:
            self._headlines.pop(self.told.pop(alert_id).incident_id, None)
        return old

    def key(self, alert_id: str = "") -> str:
        """Key in the topic: of the start, or of an alert."""
        return f"{self.target}/{alert_id}" if alert_id else self.target


def announced_of(alert: Alert) -> Announced:
    """What to remember of an alert that was told."""
    return Announced(alert.revision, alert.incident_id, alert.headline[:200])


def read_memory(bootstrap: str, target: str) -> Memory:
    """What is stored of a target. Raises Fatal when the topic is missing, KafkaError when Kafka does not answer."""
    return fold(target, read_whole(bootstrap, ANNOUNCED.name, client_id="tocsin-notify"))


def fold(target: str, messages: Iterable[tuple[bytes | None, bytes | None]]) -> Memory:
    """The memory of one target out of the topic's messages. What cannot be read is left out and told of."""
    memory = Memory(target)
    for key, value in messages:
        name, _, alert_id = (key or b"").decode(errors="replace").partition("/")
        if name != target:
            continue
        if value is None:
            memory.told.pop(alert_id, None)
            continue
        try:
            plain = json.loads(value)
            if alert_id:
                memory.note(
                    alert_id, Announced(int(plain["revision"]), str(plain["incident_id"]), str(plain["headline"]))
                )
            else:
                memory.since = {int(partition): int(offset) for partition, offset in plain["since"].items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("what %s holds of %s is not readable (%r): it may be told again", ANNOUNCED.name, key, error)
    return memory


def start_bytes(since: dict[int, int]) -> bytes:
    """Where a target's first start begins to read, to be stored."""
    return json.dumps({"since": {str(partition): offset for partition, offset in since.items()}}).encode()
