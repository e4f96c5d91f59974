"""Records as rows of ClickHouse: which table keeps a topic, and what its columns hold.

Whole seconds in `DateTime` columns; the exact moment, in any year, in `*_ms` columns. What a record leaves out is the
empty string or an empty array, null only where a number or a moment is missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.load.columns import (
    Row,
    arrays,
    as_base64,
    as_json,
    milliseconds,
    of_actors,
    of_claims,
    of_figures,
    of_period,
    of_place,
    of_source,
    of_sourced_claims,
    within_range,
)
from schemas import records as r

Rows = dict[str, Row]
PREVIEW = 400  # bytes of a message that quarantine shows as text


@dataclass(frozen=True, slots=True)
class Home:
    """Where a topic's records live: the view of their final state, its id column, and the tables written to."""

    view: str
    key: str
    tables: tuple[str, ...]


HOMES: Mapping[str, Home] = {
    "news.article.v1": Home("article_current", "article_id", ("article",)),
    "news.event.v1": Home("feed_event_current", "event_id", ("feed_event",)),
    "news.original.v1": Home("original_current", "article_id", ("original",)),
    "news.copy.v1": Home("copy_current", "article_id", ("copy",)),
    "news.mention.v1": Home("mention_current", "mention_id", ("mention",)),
    "news.incident.v1": Home("incident_current", "incident_id", ("incident", "incident_version")),
    "news.relation.v1": Home("relation_current", "relation_id", ("relation",)),
    "news.alert.v1": Home("alert_current", "alert_id", ("alert",)),
    "news.correction.v1": Home("correction_current", "correction_id", ("correction",)),
    "news.feed.v1": Home("feed_current", "feed_id", ("feed", "feed_history")),
    "news.quarantine.v1": Home("quarantine_current", "quarantine_id", ("quarantine",)),
}


def rows_of(record: object, produced_ms: int) -> Rows:
    """The row of a record for each table that keeps its topic; `produced_ms`: when it entered Kafka, since 1970."""
    return {table: {**row, "produced_ms": produced_ms} for table, row in _ROWS[type(record)](record).items()}


def identity(record: object) -> str:
    """What the id column of the record's view holds."""
    if isinstance(record, r.Original):
        return record.article.article_id
    (topic,) = (topic for topic, cls in r.TOPICS.items() if cls is type(record))
    return str(getattr(record, HOMES[topic].key))


def _article(a: r.Article) -> Rows:
    return {
        "article": {
            "article_id": a.article_id,
            "url": a.url,
            "canonical_url": a.canonical_url,
            **of_source(a.source),
            "feed": a.feed,
            "lang": a.lang or "",
            "title": a.title,
            "body": a.body,
            "byline": a.byline or "",
            "origin": a.origin or "",
            "published_at": within_range(a.published_at),
            "fetched_at": a.fetched_at,
            "header_name": list(a.headers),
            "header_value": list(a.headers.values()),
        }
    }


def _event(e: r.FeedEvent) -> Rows:
    return {
        "feed_event": {
            "event_id": e.event_id,
            **of_source(e.source),
            "source_event_id": e.source_event_id,
            "feed": e.feed,
            "kind": e.kind,
            "title": e.title,
            "text": e.text,
            "lang": e.lang,
            **of_place(e.place),
            "started_ms": milliseconds(e.started_at),
            "started_at": within_range(e.started_at),
            "ended_ms": milliseconds(e.ended_at),
            "ended_at": within_range(e.ended_at),
            "updated_at": within_range(e.updated_at) or e.fetched_at,
            "fetched_at": e.fetched_at,
            "severity": e.severity,
            **arrays("figure", e.figures, what=lambda f: f.what, value=lambda f: f.value, unit=lambda f: f.unit),
            "url": e.url,
            "raw": e.raw,
        }
    }


def _original(o: r.Original) -> Rows:
    a = o.article
    return {
        "original": {
            "article_id": a.article_id,
            "story_id": o.story_id,
            "reason": o.reason,
            "revision_of": o.revision_of or "",
            **of_source(a.source),
            "origin": a.origin or "",
            "lang": a.lang or "",
            "title": a.title,
            "url": a.url,
            "published_at": within_range(a.published_at),
            "fetched_at": a.fetched_at,
        }
    }


def _copy(c: r.CopyVerdict) -> Rows:
    return {
        "copy": {
            "article_id": c.article_id,
            "copy_of": c.copy_of,
            "kind": c.kind,
            "similarity": c.similarity,
            "origin": c.origin or "",
            **of_source(c.source),
            "title": c.title,
            "url": c.url,
            "published_at": within_range(c.published_at),
            "fetched_at": c.fetched_at,
        }
    }


def _mention(m: r.Mention) -> Rows:
    return {
        "mention": {
            "mention_id": m.mention_id,
            "document_id": m.document_id,
            "document_kind": m.document_kind,
            "story_id": m.story_id,
            "block": m.block,
            "role": m.role,
            "family": m.family,
            "subtype": m.subtype,
            **of_place(m.place),
            **of_period(m.time),
            **of_actors(m.actors),
            **of_claims(m.claims),
            "evidence_start": m.evidence.start,
            "evidence_end": m.evidence.end,
            **arrays("also", m.also, start=lambda s: s.start, end=lambda s: s.end),
            "passage": m.passage,
            "about": list(m.about),
            "confidence": m.confidence,
            "severity": m.severity,
            "title": m.title,
            "url": m.url,
            **of_source(m.source),
            "origin": m.origin,
            "lang": m.lang or "",
            "reported_at": m.reported_at,
        }
    }


def _incident(i: r.Incident) -> Rows:
    common = {
        "incident_id": i.incident_id,
        "version": i.version,
        "status": i.status,
        "severity": i.severity,
        "title": i.title,
        **of_figures(i.figures),
        "mention_count": i.mention_count,
        "article_count": i.article_count,
        "source_count": i.source_count,
        "origin_count": i.origin_count,
        "merged_into": i.merged_into or "",
        "last_changed": i.last_changed,
    }
    state = {
        "block": i.block,
        "role": i.role,
        "family": i.family,
        "subtype": i.subtype,
        "summary": list(i.summary),
        **of_place(i.place),
        **of_period(i.time),
        **of_actors(i.actors),
        **of_sourced_claims(i.claims),
        "first_seen": i.first_seen,
        "record": as_json(i),
    }
    change = {
        "change_kind": i.change.kind,
        "change_mention_id": i.change.mention_id or "",
        "change_document_id": i.change.document_id or "",
        "change_score": i.change.score,
        "change_part_name": list(i.change.parts),
        "change_part_score": list(i.change.parts.values()),
        "change_text": i.change.text,
    }
    return {"incident": common | state, "incident_version": common | change}


def _relation(x: r.Relation) -> Rows:
    return {
        "relation": {
            "relation_id": x.relation_id,
            "from_incident": x.from_incident,
            "to_incident": x.to_incident,
            "kind": x.kind,
            "reason": x.reason,
            "score": x.score,
            "part_name": list(x.parts),
            "part_score": list(x.parts.values()),
            "mention_id": x.mention_id or "",
            "active": int(x.active),
            "at": x.at,
        }
    }


def _alert(a: r.Alert) -> Rows:
    place = of_place(a.incident.place)
    return {
        "alert": {
            "alert_id": a.alert_id,
            "revision": a.revision,
            "incident_id": a.incident_id,
            "incident_version": a.incident.version,
            "rule": a.rule,
            "level": a.level,
            "reason": a.reason,
            "headline": a.headline,
            "family": a.incident.family,
            "subtype": a.incident.subtype,
            "severity": a.incident.severity,
            **{name: place[name] for name in ("country", "lat", "lon")},
            **of_figures(a.incident.figures),
            "raised_at": a.raised_at,
            "changed_at": a.changed_at,
            "record": as_json(a),
        }
    }


def _correction(c: r.Correction) -> Rows:
    return {
        "correction": {
            "correction_id": c.correction_id,
            "incident_id": c.incident_id,
            "action": c.action,
            "other_incident": c.other_incident or "",
            "mention_id": list(c.mention_ids),
            "field_name": list(c.fields),
            "field_value": list(c.fields.values()),
            "author": c.author,
            "reason": c.reason,
            "at": c.at,
        }
    }


def _feed(f: r.FeedHealth) -> Rows:
    common = {
        "feed_id": f.feed_id,
        "revision": f.revision,
        "name": f.name,
        "status": f.status,
        "checked_at": f.checked_at,
        "items_day": f.items_day,
        "items_usual": f.items_usual,
        "unreadable_week": f.unreadable_week,
        "repeated_share": f.repeated_share,
        "latency_seconds": f.latency_seconds,
        "failures": f.failures,
        "interval_seconds": f.interval_seconds,
    }
    state = {
        "title": f.title,
        "lang": f.lang,
        "country": f.country,
        "status_since": f.status_since,
        "reason": f.reason,
        "next_at": f.next_at,
        "last_success_at": f.last_success_at,
        "last_item_at": f.last_item_at,
    }
    return {"feed": common | state, "feed_history": common}


def _quarantine(q: r.QuarantineRecord) -> Rows:
    return {
        "quarantine": {
            "quarantine_id": q.quarantine_id,
            "topic": q.topic,
            "kafka_partition": q.partition,
            "kafka_offset": q.offset,
            "stage": q.stage,
            "error": q.error,
            "reason": q.reason,
            "key_base64": as_base64(q.key),
            "value_base64": as_base64(q.value),
            "preview": q.value[:PREVIEW].decode("utf-8", "backslashreplace"),
            "header_name": list(q.headers),
            "header_base64": [as_base64(v) for v in q.headers.values()],
            "failed_at": q.failed_at,
        }
    }


_ROWS: dict[type, Callable[[Any], Rows]] = {
    r.Article: _article,
    r.FeedEvent: _event,
    r.Original: _original,
    r.CopyVerdict: _copy,
    r.Mention: _mention,
    r.Incident: _incident,
    r.Relation: _relation,
    r.Alert: _alert,
    r.Correction: _correction,
    r.FeedHealth: _feed,
    r.QuarantineRecord: _quarantine,
}
