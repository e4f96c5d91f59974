"""A session of linking: all changes by one event go through it, and it collects what to send and store."""

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
    """The result of one event: records in order, keys of the state to store, then keys to delete."""

    outputs: tuple[Incident | Relation, ...] = ()
    changed: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()


@dataclass(slots=True)
class LinkSession:
    """The state while one event is handled, and the results so far."""

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
        """Send a record without changing the state."""
        self._outputs.append(record)

    def changed(self, key: str) -> None:
        """Mark a key to be stored again."""
        self._expired.pop(key, None)
        self._changed[key] = None

    def gone(self, key: str) -> None:
        """Mark a key to be deleted."""
        self._changed.pop(key, None)
        self._expired[key] = None

    def opened(self, incident_ids: Iterable[str]) -> "list[Open]":
        """Those of some incidents that are open, in the order of their ids."""
        return [self.state.open[i] for i in sorted(incident_ids) if i in self.state.open]

    def linked(self) -> Linked:
        """The whole result, with members added and removed."""
        came, went = self.state.turn_over((*self._changed, *self._expired))
        return Linked(tuple(self._outputs), (*came, *self._changed), (*self._expired, *went))
