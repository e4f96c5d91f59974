"""The console's state: the newest version of each incident, alert and relation, with its history.

Kafka delivers records again after every reconnection, so versions decide and not the order of arrival.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from schemas.codec import to_json
from schemas.records import Alert, AlertRule, Correction, FeedHealth, Incident, Relation, Triage
from streams.console.summaries import Step, history, summary, summary_of_alert
from streams.domain.alerting.grade import parts
from streams.domain.alerting.rules import RuleBook

# Nobody reads longer pages; ClickHouse has everything.
KEPT_INCIDENTS = 5_000
KEPT_ALERTS = 1_000
KEPT_RELATIONS = 10_000
KEPT_FEEDS = 10_000
KEPT_TRIAGE = 10_000
KEPT_CORRECTIONS = 10_000
KEPT_STEPS = 50  # versions of one incident
SLACK = 1.1  # factor of overflow at which the oldest are dropped together: dropping one by one would sort each time

T = TypeVar("T")
Shown = Incident | Alert | Relation | FeedHealth | AlertRule | Triage | Correction


@dataclass(frozen=True, slots=True)
class Update:
    """One change for open pages: `kind` says what `body` is, `key` what it is about.

    Kinds: incident and alert (their short forms), relation, feed, rule, triage, correction, gone (what and id),
    counts, health.
    """

    kind: str
    key: str
    body: dict[str, Any]


@dataclass(slots=True)
class HeldIncident:
    """An incident in its newest version and the versions seen so far."""

    incident: Incident
    steps: dict[int, Step]


@dataclass(slots=True)
class HeldAlert:
    """An alert in its newest revision, and its incident as of the newest earlier revision seen."""

    alert: Alert
    before: Step | None = None


@dataclass(slots=True)
class Board:
    """Current state, newest versions only; versions that arrive late enter the histories and change nothing else."""

    incidents: dict[str, HeldIncident] = field(default_factory=dict)
    alerts: dict[str, HeldAlert] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    feeds: dict[str, FeedHealth] = field(default_factory=dict)
    rules: RuleBook = field(default_factory=RuleBook)
    triage: dict[str, Triage] = field(default_factory=dict)
    corrections: dict[str, Correction] = field(default_factory=dict)

    def apply(self, record: Shown) -> list[Update]:
        """Take a record in; what changed by it for lists, nothing when it is old."""
        if isinstance(record, Incident):
            return self._incident(record)
        if isinstance(record, Alert):
            return self._alert(record)
        if isinstance(record, FeedHealth):
            return self._feed(record)
        if isinstance(record, AlertRule):
            return self._rule(record)
        if isinstance(record, Triage):
            return self._triage(record)
        if isinstance(record, Correction):
            return self._correction(record)
        return self._relation(record)

    def forget(self, key: str) -> list[Update]:
        """Take out what a tombstone names: the incident, alert or relation of this id."""
        self.relations.pop(key, None)
        if self.feeds.pop(key, None):
            return [_gone("feed", key)]
        if self.incidents.pop(key, None):
            return [_gone("incident", key)]
        return [_gone("alert", key)] if self.alerts.pop(key, None) else []

    def _incident(self, incident: Incident) -> list[Update]:
        held = self.incidents.get(incident.incident_id)
        if held is None:
            held = self.incidents[incident.incident_id] = HeldIncident(incident, {})
        elif incident.version in held.steps:
            return []
        held.steps[incident.version] = Step.of(incident)
        if len(held.steps) > KEPT_STEPS:
            del held.steps[min(held.steps)]
        if incident.version < held.incident.version:
            return []
        held.incident = incident
        swept = _sweep(self.incidents, KEPT_INCIDENTS, lambda h: (h.incident.last_changed, h.incident.incident_id))
        told = Update("incident", f"incident/{incident.incident_id}", summary(incident))
        return [told, *(_gone("incident", key) for key in swept)]

    def _alert(self, alert: Alert) -> list[Update]:
        raised = self.alerts.get(alert.alert_id)
        if raised is None:
            raised = self.alerts[alert.alert_id] = HeldAlert(alert)
        elif _order(alert) == _order(raised.alert):
            return []
        else:
            newer = _order(alert) > _order(raised.alert)
            step = Step.of(raised.alert.incident if newer else alert.incident)
            if not newer and raised.before and raised.before.version >= step.version:
                return []
            raised.before = step
            if newer:
                raised.alert = alert
        swept = _sweep(self.alerts, KEPT_ALERTS, lambda r: (r.alert.changed_at, r.alert.alert_id))
        told = Update("alert", f"alert/{alert.alert_id}", summary_of_alert(raised.alert, raised.before))
        return [told, *(_gone("alert", key) for key in swept)]

    def _relation(self, relation: Relation) -> list[Update]:
        if self.relations.get(relation.relation_id) == relation:
            return []
        # Relations have no version: for one id the topic's order decides, and reading again ends with the last.
        self.relations[relation.relation_id] = relation
        _sweep(self.relations, KEPT_RELATIONS, lambda r: (r.at, r.relation_id))
        return [Update("relation", f"relation/{relation.relation_id}", to_json(relation))]

    def _feed(self, feed: FeedHealth) -> list[Update]:
        held = self.feeds.get(feed.feed_id)
        if held and held.revision >= feed.revision and held.checked_at >= feed.checked_at:
            return []  # a connector that starts from the beginning counts from 1 again, but reads later
        self.feeds[feed.feed_id] = feed
        swept = _sweep(self.feeds, KEPT_FEEDS, lambda f: (f.checked_at, f.feed_id))
        return [Update("feed", f"feed/{feed.feed_id}", to_json(feed)), *(_gone("feed", key) for key in swept)]

    def _rule(self, rule: AlertRule) -> list[Update]:
        return [Update("rule", f"rule/{rule.name}", to_json(rule))] if self.rules.take(rule) else []

    def _triage(self, triage: Triage) -> list[Update]:
        held = self.triage.get(triage.alert_id)
        if held and (held.revision, held.at) >= (triage.revision, triage.at):
            return []
        self.triage[triage.alert_id] = triage
        _sweep(self.triage, KEPT_TRIAGE, lambda t: (t.at, t.alert_id))
        return [Update("triage", f"triage/{triage.alert_id}", to_json(triage))]

    def _correction(self, correction: Correction) -> list[Update]:
        if correction.correction_id in self.corrections:
            return []
        self.corrections[correction.correction_id] = correction
        _sweep(self.corrections, KEPT_CORRECTIONS, lambda c: (c.at, c.correction_id))
        return [Update("correction", f"correction/{correction.correction_id}", to_json(correction))]

    def snapshot(self) -> dict[str, Any]:
        """Everything that a page needs at its start."""
        return {
            "incidents": [summary(h.incident) for h in self.incidents.values()],
            "alerts": [summary_of_alert(r.alert, r.before) for r in self.alerts.values()],
            "feeds": [to_json(f) for f in self.feeds.values()],
            "rules": [to_json(r) for r in self.rules.shown()],
            "triage": [to_json(t) for t in self.triage.values()],
        }

    def detail(self, incident_id: str) -> dict[str, Any] | None:
        """One incident in full, with its relations, alerts and versions; None when neither it nor an alert is held."""
        held = self.incidents.get(incident_id)
        alerts = [raised for raised in self.alerts.values() if raised.alert.incident_id == incident_id]
        if held is None and alerts:  # too old to be held, or made for an alert about a feed
            latest = max((raised.alert.incident for raised in alerts), key=lambda i: i.version)
            held = HeldIncident(latest, {latest.version: Step.of(latest)})
        if held is None:
            return None
        return {
            "incident": to_json(held.incident),
            "relations": [to_json(r) for r in self._relations_of(incident_id)],
            "alerts": [summary_of_alert(raised.alert, raised.before) for raised in alerts],
            "history": history(held.steps.values()),
            "corrections": [to_json(c) for c in self._corrections_of(incident_id)],
            "severity_parts": [{"words": part.words, "grade": part.grade} for part in parts(held.incident)],
        }

    def _relations_of(self, incident_id: str) -> Iterator[Relation]:
        return (r for r in self.relations.values() if r.active and incident_id in (r.from_incident, r.to_incident))

    def _corrections_of(self, incident_id: str) -> list[Correction]:
        """The newest first."""
        found = [c for c in self.corrections.values() if incident_id in (c.incident_id, c.other_incident)]
        return sorted(found, key=lambda c: (c.at, c.correction_id), reverse=True)


def _order(alert: Alert) -> tuple[int, int]:
    """Sort key: later revisions are greater. The incident's version goes first: a forgotten alert starts again at 1."""
    return alert.incident.version, alert.revision


def _gone(what: str, key: str) -> Update:
    return Update("gone", f"{what}/{key}", {"what": what, "id": key})


def _sweep(held: dict[str, T], kept: int, age: Callable[[T], Any]) -> list[str]:
    """Take the oldest out when there are too many, down to `kept`; their keys."""
    if len(held) <= kept * SLACK:
        return []
    oldest = sorted(held, key=lambda key: age(held[key]))[: len(held) - kept]
    for key in oldest:
        del held[key]
    return oldest
