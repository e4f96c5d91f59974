"""One event's work on the open incidents: every change goes through it, and what to send and store comes out of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from schemas.records import Change, Incident, Relation

if TYPE_CHECKING:
    from streams.domain.linking.incident import Open
    from streams.domain.linking.state import LinkState


@dataclass(frozen=True, slots=True)
class Linked:
    """What one event led to: records in order, keys of the state to store anew, then keys to delete."""

    outputs: tuple[Incident | Relation, ...] = ()
    changed: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()


@dataclass(slots=True)
class LinkSession:
    """The state while one event is handled, and what the event has led to so far."""

    state: "LinkState"
    _outputs: list[Incident | Relation] = field(default_factory=list)
    _changed: dict[str, None] = field(default_factory=dict)
    _expired: dict[str, None] = field(default_factory=dict)

    def store(self, now: "Open", change: Change, at: datetime) -> Incident:
        """Make an incident's next version, send it, and store it; `at` is the report time of what changed it."""
        incident = self.state.keep(now, change, at)
        self._outputs.append(incident)
        self.changed(incident.incident_id)
        return incident

    def close(self, incident: Incident) -> None:
        """Send an incident for the last time and delete it."""
        self._outputs.append(incident)
        self.gone(incident.incident_id)

    def send(self, record: Incident | Relation) -> None:
        """Send a record that changes nothing in the state."""
        self._outputs.append(record)

    def changed(self, key: str) -> None:
        """Store what stands under a key anew."""
        self._expired.pop(key, None)
        self._changed[key] = None

    def gone(self, key: str) -> None:
        """Delete what stands under a key."""
        self._changed.pop(key, None)
        self._expired[key] = None

    def opened(self, incident_ids: Iterable[str]) -> "list[Open]":
        """Those of some incidents that are open, in the order of their ids."""
        return [self.state.open[i] for i in sorted(incident_ids) if i in self.state.open]

    def linked(self) -> Linked:
        """All of it, with the members that came and went."""
        came, went = self.state.turn_over((*self._changed, *self._expired))
        return Linked(tuple(self._outputs), (*came, *self._changed), (*self._expired, *went))
