"""What the console shows: the newest version of each incident, alert and relation, and how many of each stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas.codec import to_json
from schemas.records import Alert, Incident, Relation

KEPT_INCIDENTS = 2_000  # a page of more is not looked at; ClickHouse has them all


@dataclass(frozen=True, slots=True)
class Update:
    """One change to tell open pages: `kind` is incident, alert, relation or gone, `body` its JSON."""

    kind: str
    body: dict[str, Any]


@dataclass(slots=True)
class Board:
    """Current state, newest versions only; older versions that arrive late are passed over."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)

    def apply(self, record: Incident | Alert | Relation) -> list[Update]:
        """Take a record in; what changed by it, nothing when it is old."""
        if isinstance(record, Incident):
            return self._incident(record)
        if isinstance(record, Alert):
            known = self.alerts.get(record.alert_id)
            if known and known.revision >= record.revision:
                return []
            self.alerts[record.alert_id] = record
            return [Update("alert", summary_of_alert(record))]
        self.relations[record.relation_id] = record
        return [Update("relation", to_json(record))]

    def _incident(self, incident: Incident) -> list[Update]:
        known = self.incidents.get(incident.incident_id)
        if known and known.version >= incident.version:
            return []
        self.incidents[incident.incident_id] = incident
        updates = [Update("incident", summary(incident))]
        if len(self.incidents) > KEPT_INCIDENTS:
            oldest = min(self.incidents.values(), key=lambda i: (i.last_changed, i.incident_id))
            del self.incidents[oldest.incident_id]
            updates.append(Update("gone", {"incident_id": oldest.incident_id}))
        return updates

    def snapshot(self) -> dict[str, Any]:
        """Everything a page needs at its start."""
        return {
            "incidents": [summary(i) for i in self.incidents.values()],
            "alerts": [summary_of_alert(a) for a in self.alerts.values()],
        }

    def detail(self, incident_id: str) -> dict[str, Any] | None:
        """One incident in full, with its relations; None when it is not held."""
        incident = self.incidents.get(incident_id)
        if incident is None:
            return None
        return {
            "incident": to_json(incident),
            "relations": [to_json(r) for r in self._relations_of(incident_id)],
        }

    def _relations_of(self, incident_id: str) -> Iterator[Relation]:
        return (
            r for r in self.relations.values() if r.active and incident_id in (r.from_incident, r.to_incident)
        )


def summary(incident: Incident) -> dict[str, Any]:
    """The part of an incident that a list shows."""
    place, time = incident.place, incident.time
    return {
        "incident_id": incident.incident_id,
        "version": incident.version,
        "title": incident.title,
        "family": incident.family,
        "subtype": incident.subtype,
        "role": incident.role,
        "severity": incident.severity,
        "status": incident.status,
        "merged_into": incident.merged_into,
        "place": to_json(place) if place else None,
        "time": to_json(time) if time else None,
        "figures": to_json(incident.figures),
        "articles": incident.article_count,
        "sources": incident.source_count,
        "origins": incident.origin_count,
        "last_changed": to_json(incident.last_changed),
        "change": incident.change.text,
    }


def summary_of_alert(alert: Alert) -> dict[str, Any]:
    """The part of an alert that a list shows."""
    return {
        "alert_id": alert.alert_id,
        "incident_id": alert.incident_id,
        "rule": alert.rule,
        "level": alert.level,
        "revision": alert.revision,
        "reason": alert.reason,
        "headline": alert.headline,
        "raised_at": to_json(alert.raised_at),
        "changed_at": to_json(alert.changed_at),
    }
