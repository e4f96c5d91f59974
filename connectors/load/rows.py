"""Records in ClickHouse: which tables keep a topic, and what their columns hold.

Whole seconds in `DateTime` columns; the exact moment, in any year, in `*_ms` columns.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from connectors.load.columns import (
    ACTORS,
    CLAIMS,
    FIGURES,
    PERIOD,
    PLACE,
    POINT,
    PUBLISHER,
    SOURCED_CLAIMS,
    Columns,
    Plain,
    arrays,
    as_base64,
    as_json,
    exact,
    of_map,
    or_empty,
    same,
    within,
)
from schemas import records as r
from schemas.topics import (
    ALERT,
    ARTICLE,
    BY_NAME,
    COPY,
    CORRECTION,
    EVENT,
    FEED,
    INCIDENT,
    MENTION,
    ORIGINAL,
    QUARANTINE,
    RELATION,
    RULE,
    TRIAGE,
)

PREVIEW = 400  # bytes of a message that quarantine shows as text

_ARTICLE = (
    same("article_id", "url", "canonical_url", "feed", "title", "body", "published_at", "fetched_at")
    | or_empty("lang", "byline", "origin")
    | PUBLISHER
    | of_map("headers", "header_name", "header_value")
)
_EVENT = (
    same("event_id", "source_event_id", "feed", "kind", "title", "text", "lang", "updated_at", "fetched_at", "severity")
    | same("url", "raw")
    | PUBLISHER
    | PLACE
    | exact("started", "started_at")
    | exact("ended", "ended_at")
    | arrays("figures", "figure", what=itemgetter("what"), value=itemgetter("value"), unit=itemgetter("unit"))
)
_ORIGINAL = (
    same("story_id", "reason")
    | or_empty("revision_of")
    | within(
        "article",
        same("article_id", "title", "url", "published_at", "fetched_at") | or_empty("origin", "lang") | PUBLISHER,
    )
)
_COPY = (
    same("article_id", "copy_of", "kind", "similarity", "title", "url", "published_at", "fetched_at")
    | or_empty("origin")
    | PUBLISHER
)
_MENTION = (
    same("mention_id", "document_id", "document_kind", "story_id", "block", "role", "family", "subtype", "passage")
    | same("about", "confidence", "severity", "title", "url", "origin", "reported_at")
    | or_empty("lang")
    | Columns(evidence_start=lambda m: m["evidence"]["start"], evidence_end=lambda m: m["evidence"]["end"])
    | arrays("also", "also", start=itemgetter("start"), end=itemgetter("end"))
    | PUBLISHER
    | PLACE
    | PERIOD
    | ACTORS
    | CLAIMS
)
_VERSION = (
    same("incident_id", "version", "status", "severity", "title", "mention_count", "article_count", "source_count")
    | same("origin_count", "last_changed")
    | or_empty("merged_into")
    | FIGURES
)
_INCIDENT = (
    _VERSION
    | same("block", "role", "family", "subtype", "summary", "first_seen")
    | PLACE
    | PERIOD
    | ACTORS
    | SOURCED_CLAIMS
    | Columns(record=as_json)
)
_INCIDENT_VERSION = _VERSION | within(
    "change",
    Columns(
        change_kind=itemgetter("kind"),
        change_mention_id=lambda c: c["mention_id"] or "",
        change_document_id=lambda c: c["document_id"] or "",
        change_score=itemgetter("score"),
        change_text=itemgetter("text"),
    )
    | of_map("parts", "change_part_name", "change_part_score"),
)
_PLACEMENT = same("incident_id") | within(
    "change", Columns(mention_id=lambda c: c["mention_id"] or "", by_split=lambda c: int(c["kind"] == "split"))
)
_STORY_MENTION = same("story_id", "mention_id", "document_id", "reported_at")
_DOMAIN = Columns(domain=lambda p: p["source"]["domain"])
_BRIEF = same("article_id", "title", "url", "published_at", "fetched_at") | _DOMAIN
_ARTICLE_BY_TIME = same("article_id", "fetched_at", "feed") | or_empty("lang") | _DOMAIN
_MENTION_BY_TIME = (
    same("mention_id", "reported_at", "role", "family", "subtype")
    | or_empty("lang")
    | _DOMAIN
    | Columns(country=lambda m: (m["place"] or {}).get("country") or "")
)
_COPY_BY_TIME = same("article_id", "fetched_at") | _DOMAIN
_INCIDENT_BY_TIME = same("incident_id", "first_seen", "family", "subtype") | Columns(
    country=lambda i: (i["place"] or {}).get("country") or "", gone=lambda i: int(bool(i["merged_into"]))
)
_CHANGE_BY_TIME = same("incident_id", "version", "last_changed") | within(
    "change",
    Columns(
        change_kind=itemgetter("kind"),
        change_document_id=lambda c: c["document_id"] or "",
        change_text=itemgetter("text"),
    ),
)
_COPY_LINK = same("copy_of", "article_id")
_RELATION = (
    same("relation_id", "from_incident", "to_incident", "kind", "reason", "score", "at")
    | or_empty("mention_id")
    | Columns(active=lambda x: int(x["active"]))
    | of_map("parts", "part_name", "part_score")
)
_ALERT = (
    same("alert_id", "revision", "incident_id", "rule", "level", "reason", "headline", "raised_at", "changed_at")
    | within(
        "incident",
        same("family", "subtype", "severity") | FIGURES | POINT | Columns(incident_version=itemgetter("version")),
    )
    | Columns(record=as_json)
)
_CORRECTION = (
    same("correction_id", "incident_id", "action", "author", "reason", "at")
    | or_empty("other_incident")
    | Columns(mention_id=itemgetter("mention_ids"))
    | of_map("fields", "field_name", "field_value")
)
_RULE = same(
    "name", "level", "types", "countries", "least_severity", "least_origins", "note", "author", "at"
) | Columns(enabled=lambda x: int(x["enabled"]), deleted=lambda x: int(x["deleted"]), record=as_json)
_TRIAGE = (
    same("alert_id", "revision", "author", "at", "act", "acknowledged_by", "acknowledged_at", "assigned_to")
    | same("silenced_until", "silenced_by", "silence_reason")
    | arrays("notes", "note", text=itemgetter("text"), author=itemgetter("author"), at=itemgetter("at"))
)
_FEED_HISTORY = same(
    *("feed_id", "revision", "name", "status", "checked_at", "items_day", "items_usual", "unreadable_week"),
    *("repeated_share", "latency_seconds", "failures", "interval_seconds"),
)
_FEED = _FEED_HISTORY | same(
    *("title", "lang", "country", "status_since", "reason", "next_at", "last_success_at", "last_item_at")
)
_QUARANTINE = (
    same("quarantine_id", "topic", "stage", "error", "reason", "failed_at")
    | Columns(
        kafka_partition=itemgetter("partition"),
        kafka_offset=itemgetter("offset"),
        key_base64=lambda q: as_base64(q["key"]),
        value_base64=lambda q: as_base64(q["value"]),
        preview=lambda q: q["value"][:PREVIEW].decode("utf-8", "backslashreplace"),
    )
    | of_map("headers", "header_name", "header_base64", as_base64)
)


TABLES: Mapping[str, Mapping[str, Columns]] = {
    ARTICLE.name: {"article": _ARTICLE, "article_by_time": _ARTICLE_BY_TIME, "article_brief": _BRIEF},
    EVENT.name: {"feed_event": _EVENT},
    ORIGINAL.name: {"original": _ORIGINAL},
    COPY.name: {"copy": _COPY, "copy_by_time": _COPY_BY_TIME, "copied": _COPY, "copy_link": _COPY_LINK},
    MENTION.name: {"mention": _MENTION, "mention_by_time": _MENTION_BY_TIME, "story_mention": _STORY_MENTION},
    INCIDENT.name: {
        "incident_by_time": _INCIDENT_BY_TIME,
        "incident": _INCIDENT,
        "incident_version": _INCIDENT_VERSION,
        "placement": _PLACEMENT,
        "change_by_time": _CHANGE_BY_TIME,
    },
    RELATION.name: {"relation": _RELATION},
    ALERT.name: {"alert": _ALERT},
    CORRECTION.name: {"correction": _CORRECTION},
    RULE.name: {"alert_rule": _RULE},
    TRIAGE.name: {"triage": _TRIAGE},
    FEED.name: {"feed": _FEED, "feed_history": _FEED_HISTORY},
    QUARANTINE.name: {"quarantine": _QUARANTINE},
}
"""The tables of each topic with their columns, in the order in which they are filled; `Topic.table` is the main one.

A table in the order of time comes before the one in which connectors/load/moments.py looks up earlier times."""


def tables_of(topic: str, records: Sequence[Plain], produced_ms: Sequence[int]) -> dict[str, dict[str, Sequence[Any]]]:
    """Columns for each table that keeps a topic. `records`: plain values; `produced_ms`: when each entered Kafka."""
    return {table: columns.of(records) | {"produced_ms": produced_ms} for table, columns in TABLES[topic].items()}


def identity(record: object) -> str:
    """What the id column of the record's view holds."""
    if isinstance(record, r.Original):
        return record.article.article_id
    (topic,) = (topic for topic, cls in r.TOPICS.items() if cls is type(record))
    return str(getattr(record, BY_NAME[topic].identity))
