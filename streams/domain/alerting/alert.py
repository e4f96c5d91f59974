"""Alerting: one alert per incident and rule, updated in place when something worth telling changes.

An incident's own versions drive it: a version seen again gives the same revision again, an older one nothing.
What an alert was last raised on is all the state there is. It is bounded by number and not by age, as a backfill
brings years of incidents within minutes and in any order.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal

from schemas.codec import from_json, to_json
from schemas.identity import digest
from schemas.records import Alert, AlertRule, FeedHealth, Figure, Incident
from schemas.topics import ALERT
from streams.domain.alerting.grade import Level, level_of
from streams.domain.alerting.growth import Tally, enough
from streams.domain.alerting.rules import default_rules, holds, on_duty
from streams.domain.alerting.silence import concerns, incident_of, is_silent

REMEMBERED = 50_000  # alerts of one partition kept for comparison; beyond it the longest unchanged go
TOLL = ("killed", "injured", "missing")
Reason = Literal["new", "escalated", "figures changed", "second origin", "merged", "retracted"]
LEVELS = ("info", "warning", "critical")
RULES = default_rules()


@dataclass(slots=True)
class AlertState:
    """Alerts of one partition by alert_id, as last raised."""

    alerts: dict[str, Alert] = field(default_factory=dict)  # the longest unchanged first

    def dump(self, alert_id: str) -> bytes:
        """What to store for one alert."""
        return json.dumps(to_json(self.alerts[alert_id]), separators=(",", ":")).encode()

    @classmethod
    def restore(cls, stored: Iterable[tuple[str, bytes]]) -> "AlertState":
        """The state from what `dump` gave, by alert_id."""
        alerts = {key: from_json(json.loads(value), ALERT.name) for key, value in stored}
        return cls(dict(sorted(alerts.items(), key=lambda kept: (kept[1].changed_at, kept[0]))))

    def forget(self) -> tuple[str, ...]:
        """Drop the longest unchanged alerts beyond REMEMBERED; their ids, for the store."""
        old = tuple(islice(self.alerts, max(0, len(self.alerts) - REMEMBERED)))
        for k in old:
            del self.alerts[k]
        return old


def alert(
    state: AlertState, incident: Incident, rules: Sequence[AlertRule] = RULES, tally: Tally | None = None
) -> tuple[AlertState, list[Alert]]:
    """Alerts that this version of an incident raises or revises; the same version again gives the same.

    Off duty a rule raises and revises nothing, but retracts; changes in between are reported with the next version.
    `tally`: what rules on growth go by; without one they raise nothing. Growth that has passed takes nothing back.
    """
    out = []
    for rule in rules:
        alert_id = alert_id_of(incident, rule)
        raised = state.alerts.get(alert_id)
        if raised is None:
            if not raises(rule, incident, tally=tally):
                continue
            out.append(_first(alert_id, rule, incident))
        elif incident.version == raised.incident.version:
            out.append(raised)
            continue
        elif incident.version < raised.incident.version:
            continue
        elif reason := _reason(raised, incident, rule):
            out.append(_next(raised, reason, rule, incident))
        else:
            continue
        state.alerts.pop(alert_id, None)
        state.alerts[alert_id] = out[-1]
    return state, out


def alert_of_feed(state: AlertState, feed: FeedHealth, rules: Sequence[AlertRule]) -> tuple[AlertState, list[Alert]]:
    """Alerts that a feed's health raises, or takes back once it brings news again or the rule is gone."""
    out, incident = [], incident_of(feed)
    for rule in rules:
        alert_id = alert_id_of(incident, rule)
        raised = state.alerts.get(alert_id)
        if raised is not None and raised.incident.version >= incident.version:
            out += [raised] if raised.incident.version == incident.version else []
            continue
        silent = rule.enabled and not rule.deleted and concerns(rule, feed) and is_silent(rule, feed)
        stands = raised is not None and raised.reason != "retracted"
        if silent == stands or (silent and not _on_duty(rule, incident)):
            continue
        if raised is None:
            told = _first(alert_id, rule, incident)
        else:
            told = _next(raised, "new" if silent else "retracted", rule, incident)
        state.alerts.pop(alert_id, None)
        state.alerts[alert_id] = told
        out.append(told)
    return state, out


def alert_id_of(incident: Incident, rule: AlertRule) -> str:
    """The id of the one alert that a rule has for an incident."""
    return digest("alert", incident.incident_id, rule.name)


def level(rule: AlertRule, incident: Incident) -> Level:
    """The level of a rule's alert for an incident: the rule's own, or graded; a silent feed is a warning."""
    if rule.level != "graded":
        return rule.level
    return "warning" if rule.silence else level_of(incident)


def raises(rule: AlertRule, incident: Incident, *, ended: bool = False, tally: Tally | None = None) -> bool:
    """Whether a rule raises an alert for an incident that has none yet; `ended`: for a closed one too."""
    if incident.merged_into or (incident.status == "closed" and not ended) or not holds(rule, incident):
        return False
    return _on_duty(rule, incident) and enough(rule, incident, tally)


def _on_duty(rule: AlertRule, incident: Incident) -> bool:
    return on_duty(rule.schedule, incident.last_changed, critical=level(rule, incident) == "critical")


def _first(alert_id: str, rule: AlertRule, incident: Incident) -> Alert:
    return Alert(
        alert_id=alert_id, incident_id=incident.incident_id, rule=rule.name,
        level=level(rule, incident), revision=1, reason="new",
        headline=headline(incident), incident=incident,
        raised_at=incident.last_changed, changed_at=incident.last_changed,
    )  # fmt: skip


def _next(raised: Alert, reason: Reason, rule: AlertRule, incident: Incident) -> Alert:
    return replace(
        raised, revision=raised.revision + 1, reason=reason, level=level(rule, incident),
        headline=headline(incident), incident=incident, changed_at=incident.last_changed,
    )  # fmt: skip


def _reason(raised: Alert, now: Incident, rule: AlertRule) -> Reason | None:
    """Why this version deserves a new revision; None when it does not."""
    before = raised.incident
    if now.merged_into:
        return "merged" if before.merged_into is None else None
    if now.status == "closed":
        return None
    if not holds(rule, now):
        return "retracted" if raised.reason != "retracted" else None
    if not _on_duty(rule, now):
        return None
    if raised.reason in ("retracted", "merged"):
        return "new"
    if now.severity > before.severity or LEVELS.index(level(rule, now)) > LEVELS.index(raised.level):
        return "escalated"
    if before.origin_count < 2 <= now.origin_count:
        return "second origin"
    return "figures changed" if _numbers(before.figures) != _numbers(now.figures) else None


def _numbers(all_figures: Iterable[Figure]) -> dict[str, tuple[int | None, int | None]]:
    return {f.of or f.what: (f.best, f.high) for f in all_figures}


def headline(incident: Incident) -> str:
    """One line: title, place where the title lacks it, and the toll."""
    place = incident.place.name if incident.place else ""
    where = f" [{place}]" if place and place.lower() not in incident.title.lower() else ""
    toll = ", ".join(f"{f.words or f.best} {f.what}" for f in incident.figures if f.what in TOLL)
    return f"{incident.title}{where}" + (f" ({toll})" if toll else "")
