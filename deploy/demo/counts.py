"""Compares ClickHouse with the topics: distinct records and newest versions, counted on both sides."""

from dataclasses import dataclass

from connectors.load.rows import identity
from connectors.sinks.contract import Reader
from deploy.actions.tail import follow
from schemas.topics import ALL, BY_NAME


@dataclass(frozen=True, slots=True)
class Count:
    """Distinct records, and the sum of their newest versions where they have versions."""

    records: int
    versions: int = 0


def topic_counts(bootstrap: str) -> dict[str, Count]:
    """Count every topic by reading it whole; messages that cannot be decoded are skipped, as they go to quarantine."""
    found = {}
    for topic in ALL:
        newest: dict[str, int] = {}
        for read in follow(bootstrap, topic.name, from_start=True, until_end=True):
            if read.record is not None:
                version = getattr(read.record, topic.version) if topic.version else 0
                key = identity(read.record)
                newest[key] = max(newest.get(key, 0), version)
        found[topic.name] = Count(len(newest), sum(newest.values()))
    return found


def table_counts(reader: Reader) -> dict[str, Count]:
    """Count every table's distinct records and newest versions. Raises StoreError."""
    found = {}
    for topic in ALL:
        newest = f"max({topic.version})" if topic.version else "0"
        rows = reader.query(
            f"SELECT count(), sum(newest) FROM (SELECT {topic.identity}, {newest} AS newest "  # noqa: S608 - our own names
            f"FROM {topic.table} GROUP BY {topic.identity})"
        ).rows
        found[topic.name] = Count(int(rows[0][0]), int(rows[0][1] or 0))
    return found


def differences(topics: dict[str, Count], tables: dict[str, Count]) -> dict[str, str]:
    """The differences by topic, in words; empty when there are none."""
    return {
        topic: f"{count.records} records (versions sum to {count.versions}) in the topic, "
        f"{tables[topic].records} ({tables[topic].versions}) in {BY_NAME[topic].table}"
        for topic, count in topics.items()
        if count != tables[topic]
    }
