"""The Kafka key of each record. It decides which partition, and so which stage instance, owns the record.

Compacted topics are keyed by the record's own id, so that compaction never drops one of two records of an incident.
"""

from collections.abc import Callable
from typing import Any

from schemas import records
from schemas.identity import content_key

_KEYS: dict[type, Callable[[Any], str]] = {
    records.Article: lambda r: content_key(r.canonical_url or r.url, r.title, r.body),
    records.FeedEvent: lambda r: r.event_id,
    records.Original: lambda r: r.article.article_id,
    records.CopyVerdict: lambda r: r.article_id,
    records.Mention: lambda r: r.block,
    records.Incident: lambda r: r.incident_id,
    records.Relation: lambda r: r.relation_id,
    records.Alert: lambda r: r.alert_id,
    records.Correction: lambda r: r.correction_id,
    records.AlertRule: lambda r: r.name,
    records.Triage: lambda r: r.alert_id,
    records.FeedHealth: lambda r: r.feed_id,
    records.QuarantineRecord: lambda r: r.quarantine_id,
}


def key_of(record: object) -> bytes:
    """Key of a record on its topic, UTF-8."""
    return _KEYS[type(record)](record).encode("utf-8", "surrogatepass")
