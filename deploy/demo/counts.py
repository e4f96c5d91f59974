"""Compares ClickHouse with the topics: distinct records and newest versions, counted on both sides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.sinks.contract import Reader
from deploy.actions.tail import follow
from schemas.topics import ALL


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a topic's records, and which of two is newer; the same in its table."""

    table: str
    key: str
    version: str | None = None


IDENTITIES = {
    "news.article.v1": Identity("article", "article_id"),
    "news.event.v1": Identity("feed_event", "event_id"),
    "news.original.v1": Identity("original", "article_id"),
    "news.copy.v1": Identity("copy", "article_id"),
    "news.mention.v1": Identity("mention", "mention_id"),
    "news.incident.v1": Identity("incident", "incident_id", "version"),
    "news.relation.v1": Identity("relation", "relation_id"),
    "news.alert.v1": Identity("alert", "alert_id", "revision"),
    "news.correction.v1": Identity("correction", "correction_id"),
    "news.rule.v1": Identity("alert_rule", "name"),
    "news.triage.v1": Identity("triage", "alert_id", "revision"),
    "news.feed.v1": Identity("feed", "feed_id", "revision"),
    "news.quarantine.v1": Identity("quarantine", "quarantine_id"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """Distinct records, and the sum of their newest versions where they have versions."""

    records: int
    versions: int = 0


def _key_of(topic: str) -> Callable[[Any], str]:
    if topic == "news.original.v1":
        return lambda r: str(r.article.article_id)
    name = IDENTITIES[topic].key
    return lambda r: str(getattr(r, name))


def topic_counts(bootstrap: str) -> dict[str, Count]:
    """Count every topic by reading it whole; messages that cannot be decoded are skipped, as they go to quarantine."""
    found = {}
    for topic in ALL:
        identity, key_of = IDENTITIES[topic.name], _key_of(topic.name)
        newest: dict[str, int] = {}
        for read in follow(bootstrap, topic.name, from_start=True, until_end=True):
            if read.record is not None:
                version = getattr(read.record, identity.version) if identity.version else 0
                key = key_of(read.record)
                newest[key] = max(newest.get(key, 0), version)
        found[topic.name] = Count(len(newest), sum(newest.values()))
    return found


def table_counts(reader: Reader) -> dict[str, Count]:
    """Count every table's distinct records and newest versions. Raises StoreError."""
    found = {}
    for topic, identity in IDENTITIES.items():
        newest = f"max({identity.version})" if identity.version else "0"
        rows = reader.query(
            f"SELECT count(), sum(newest) FROM (SELECT {identity.key}, {newest} AS newest "  # noqa: S608 - our own names
            f"FROM {identity.table} GROUP BY {identity.key})"
        ).rows
        found[topic] = Count(int(rows[0][0]), int(rows[0][1] or 0))
    return found


def differences(topics: dict[str, Count], tables: dict[str, Count]) -> dict[str, str]:
    """The differences by topic, in words; empty when there are none."""
    return {
        topic: f"{count.records} records (versions sum to {count.versions}) in the topic, "
        f"{tables[topic].records} ({tables[topic].versions}) in {IDENTITIES[topic].table}"
        for topic, count in topics.items()
        if count != tables[topic]
    }
