"""The alerts that each target has received, in a compacted topic: plain JSON, read whole when a target's worker starts.

Keys are `target` (the offsets at its first start) and `target/alert id` (the newest revision sent to it).
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from connectors.ingest.positions import read_whole
from schemas.records import Alert
from schemas.topics import ANNOUNCED, group

log = logging.getLogger("tocsin.notify")
HELD_BACK = "the rate limit holds alerts back"  # as configured, so it is no fault
REMEMBERED = 50_000  # alerts of one target; beyond it the oldest are forgotten


def group_of(target: str) -> str:
    """The consumer group of a target."""
    return group(f"notify-{target}")


@dataclass(frozen=True, slots=True)
class Announced:
    """The newest revision of one alert that a target has received."""

    revision: int
    incident_id: str
    headline: str

    def to_bytes(self) -> bytes:
        """As JSON, to be stored."""
        plain = {"revision": self.revision, "incident_id": self.incident_id, "headline": self.headline}
        return json.dumps(plain, separators=(",", ":")).encode()


@dataclass(slots=True)
class Memory:
    """Alerts sent to one target, by id, oldest first; `since`: partition to first offset, None for a new target."""

    target: str
    since: dict[int, int] | None = None
    told: dict[str, Announced] = field(default_factory=dict)
    _headlines: dict[str, str] = field(default_factory=dict)

    def revision(self, alert_id: str) -> int:
        """The newest revision sent, 0 when none was."""
        told = self.told.get(alert_id)
        return told.revision if told else 0

    def headline(self, incident_id: str | None) -> str:
        """The headline under which the target knows an incident; empty when it was never sent."""
        return self._headlines.get(incident_id or "", "")

    def note(self, alert_id: str, told: Announced) -> None:
        """Remember a sent revision; an older one changes nothing."""
        if told.revision >= self.revision(alert_id):
            self.told.pop(alert_id, None)
            self.told[alert_id] = told
            self._headlines[told.incident_id] = told.headline

    def learn(self, other: "Memory") -> None:
        """Take over what another worker of this target has sent meanwhile."""
        self.since = other.since
        for alert_id, told in other.told.items():
            self.note(alert_id, told)

    def forget(self) -> list[str]:
        """Drop the oldest alerts beyond REMEMBERED; returns their ids, for the store."""
        old = list(islice(self.told, max(0, len(self.told) - REMEMBERED)))
        for alert_id in old:
            self._headlines.pop(self.told.pop(alert_id).incident_id, None)
        return old

    def key(self, alert_id: str = "") -> str:
        """Key in the topic: of the start, or of an alert."""
        return f"{self.target}/{alert_id}" if alert_id else self.target


def announced_of(alert: Alert) -> Announced:
    """What to remember of an alert that was sent."""
    return Announced(alert.revision, alert.incident_id, alert.headline[:200])


def read_memory(bootstrap: str, target: str) -> Memory:
    """What is stored of a target. Raises Fatal when the topic is missing, KafkaError when Kafka does not answer."""
    return fold(target, read_whole(bootstrap, ANNOUNCED.name, client_id="tocsin-notify"))


def fold(target: str, messages: Iterable[tuple[bytes | None, bytes | None]]) -> Memory:
    """The memory of one target from the topic's messages. Unreadable messages are logged and left out."""
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
            log.warning(
                "%s: the entry %s is not readable (%r): its alert may be sent again", ANNOUNCED.name, key, error
            )
    return memory


def start_bytes(since: dict[int, int]) -> bytes:
    """Where a target's first start begins to read, to be stored."""
    return json.dumps({"since": {str(partition): offset for partition, offset in since.items()}}).encode()
