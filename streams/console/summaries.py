"""Short forms of incidents and alerts for lists, as JSON: summary, sources, and what a version changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.codec import to_json
from schemas.records import Alert, Change, Figure, Incident

VOICES = 3  # sources named beside an alert; the detail has them all


@dataclass(frozen=True, slots=True)
class Step:
    """One version of an incident, as far as a history of versions shows it."""

    version: int
    at: datetime
    change: Change
    figures: tuple[Figure, ...]
    severity: int
    status: str
    kind: str
    place: str
    articles: int
    origins: int

    @classmethod
    def of(cls, incident: Incident) -> "Step":
        """The history step of this version of an incident."""
        return cls(
            version=incident.version, at=incident.last_changed, change=incident.change, figures=incident.figures,
            severity=incident.severity, status=incident.status, kind=f"{incident.family}/{incident.subtype}",
            place=incident.place.name if incident.place else "", articles=incident.article_count,
            origins=incident.origin_count,
        )  # fmt: skip


def figure_text(figure: Figure) -> str:
    """A figure in words: `74`, `74 (20-91)` where sources differ, `some` without any number."""
    low, best, high = figure.low, figure.best, figure.high
    if best is None:
        best = high if low is None else low
    if best is None:
        return "some"
    if low is None or high is None or low == high:
        return figure.words or f"{best:,}"
    return f"{figure.words or f'{best:,}'} ({low:,}–{high:,})"


def differences(before: Step, after: Step) -> list[dict[str, str]]:
    """What differs, in the order that matters to a reader: `what`, `before` and `after` in words, "" for none."""
    old, new = ({f.of or f.what: figure_text(f) for f in step.figures} for step in (before, after))
    pairs = [(what, old.get(what, ""), new.get(what, "")) for what in {**new, **old}]
    pairs += [
        ("severity", str(before.severity), str(after.severity)),
        ("origins", str(before.origins), str(after.origins)),
        ("place", before.place, after.place),
        ("type", before.kind, after.kind),
        ("status", before.status, after.status),
    ]
    return [{"what": what, "before": b, "after": a} for what, b, a in pairs if b != a]


def history(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The versions seen, newest first, each with its difference to the one seen before it."""
    ordered = sorted(steps, key=lambda step: step.version)
    told = [
        {
            "version": step.version,
            "at": to_json(step.at),
            "kind": step.change.kind,
            "text": step.change.text,
            "document_id": step.change.document_id,
            "mention_id": step.change.mention_id,
            "score": step.change.score,
            "parts": step.change.parts,
            "articles": step.articles,
            "origins": step.origins,
            "figures": {f.of or f.what: figure_text(f) for f in step.figures},
            "changes": differences(before, step) if before else [],
        }
        for before, step in zip([None, *ordered], ordered, strict=False)
    ]
    return told[::-1]


def voices(incident: Incident) -> list[dict[str, str]]:
    """The sources of the incident's current figures, the latest first: `who` and the `kind` of source."""
    found: dict[str, str] = {}
    for sourced in incident.claims:
        if not sourced.superseded:
            publisher = sourced.source.name or sourced.source.domain
            found.setdefault(sourced.claim.attributed_to or publisher, sourced.claim.attribution_kind)
    return [{"who": who, "kind": kind} for who, kind in list(found.items())[:VOICES]]


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


def summary_of_alert(alert: Alert, before: Step | None) -> dict[str, Any]:
    """The part of an alert that a list shows; `before` is its incident as of the revision before this one."""
    incident = alert.incident
    return {
        "alert_id": alert.alert_id,
        "incident_id": alert.incident_id,
        "rule": alert.rule,
        "level": alert.level,
        "revision": alert.revision,
        "reason": alert.reason,
        "headline": alert.headline,
        "title": incident.title,
        "family": incident.family,
        "subtype": incident.subtype,
        "severity": incident.severity,
        "place": to_json(incident.place) if incident.place else None,
        "figures": to_json(incident.figures),
        "articles": incident.article_count,
        "origins": incident.origin_count,
        "voices": voices(incident),
        "changes": differences(before, Step.of(incident)) if before else [],
        "why": incident.change.text,
        "raised_at": to_json(alert.raised_at),
        "changed_at": to_json(alert.changed_at),
    }
