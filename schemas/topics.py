"""The topics: key, retention, producers and consumers of each. Every other part looks these facts up here."""

from dataclasses import dataclass

DAY_MS = 24 * 3600 * 1000
MAX_MESSAGE_BYTES = 1_000_000  # of what we write; leaves room for key and headers below the limit of topics
# By the broker's clock: a client whose own is wrong would be refused (an hour ahead), deleted early (a week behind), or
# would put an older version of a record above a newer one in every table.
# The broker decompresses what clients compress: our clients read gzip alone, block on anything else, and would
# decompress a bomb.
EVERY_TOPIC = {
    "message.timestamp.type": "LogAppendTime",
    "max.message.bytes": "1100000",
    "compression.type": "uncompressed",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """The facts about one topic.

    consumers: parts whose consumer groups read it; followers: parts that read it whole, without a group. table: its
    main table in ClickHouse; identity: the column, and field of the record, that names one record; version: the field
    that tells newer versions of a record from older ones, empty where records have none.
    """

    name: str
    key: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    followers: tuple[str, ...] = ()
    retention_days: int | None = 7
    table: str = ""
    identity: str = ""
    version: str = ""

    @property
    def config(self) -> dict[str, str]:
        """Kafka's topic configuration: compacted where retention_days is None; timestamps are the broker's."""
        if self.retention_days is None:
            return EVERY_TOPIC | {"cleanup.policy": "compact"}
        return EVERY_TOPIC | {"cleanup.policy": "delete", "retention.ms": str(self.retention_days * DAY_MS)}

    @property
    def readers(self) -> tuple[str, ...]:
        """Every part that reads it."""
        return tuple(dict.fromkeys((*self.consumers, *self.followers)))

    @property
    def view(self) -> str:
        """The view of the final state of its records in ClickHouse."""
        return f"{self.table}_current"


ARTICLE = Topic(
    "news.article.v1", "content key: one word of the body's beginning, by smallest hash",
    ("connect",), ("dedupe", "load"), table="article", identity="article_id",
)  # fmt: skip
EVENT = Topic(
    "news.event.v1", "source and the source's own id",
    ("connect",), ("classify", "load"), table="feed_event", identity="event_id",
)  # fmt: skip
ORIGINAL = Topic(
    "news.original.v1", "article id",
    ("dedupe",), ("classify", "load"), table="original", identity="article_id",
)  # fmt: skip
COPY = Topic("news.copy.v1", "article id", ("dedupe",), ("load",), table="copy", identity="article_id")
MENTION = Topic(
    "news.mention.v1", "block: UN M49 sub-region of the place of the document's news",
    ("classify",), ("link", "load"), table="mention", identity="mention_id",
)  # fmt: skip
INCIDENT = Topic(
    "news.incident.v1", "incident id", ("link",), ("alert", "load"), ("alert", "console"), None,
    table="incident", identity="incident_id", version="version",
)  # fmt: skip
RELATION = Topic(
    "news.relation.v1", "relation id",
    ("link",), ("load",), ("console",), None, table="relation", identity="relation_id",
)  # fmt: skip
ALERT = Topic(
    "news.alert.v1", "alert id", ("alert",), ("notify", "load"), ("console",), None,
    table="alert", identity="alert_id", version="revision",
)  # fmt: skip
CORRECTION = Topic(
    "news.correction.v1", "correction id", ("correct", "console"), ("link", "load"), ("console",), None,
    table="correction", identity="correction_id",
)  # fmt: skip
RULE = Topic(
    "news.rule.v1", "rule name",
    ("console", "rules"), ("load",), ("alert", "console"), None, table="alert_rule", identity="name",
)  # fmt: skip
TRIAGE = Topic(
    "news.triage.v1", "alert id", ("console",), ("load",), ("notify", "console"), None,
    table="triage", identity="alert_id", version="revision",
)  # fmt: skip
FEED = Topic(
    "news.feed.v1", "feed id", ("connect",), ("alert", "load"), ("console",), None,
    table="feed", identity="feed_id", version="revision",
)  # fmt: skip
QUARANTINE = Topic(
    "news.quarantine.v1", "topic-partition-offset", ("every stage",), ("load",), retention_days=30,
    table="quarantine", identity="quarantine_id",
)  # fmt: skip

ALL = (ARTICLE, EVENT, ORIGINAL, COPY, MENTION, INCIDENT, RELATION, ALERT, CORRECTION, RULE, TRIAGE, FEED, QUARANTINE)
BY_NAME = {topic.name: topic for topic in ALL}

# Internal state of connectors, which no other part reads: plain JSON, no contract, no table, one partition, as it is
# read whole at a start. Small segments are compacted soon.
POSITIONS = Topic("tocsin-positions", "name of the source", ("connect",), (), ("connect",), None)
ANNOUNCED = Topic("tocsin-announced", "name of the target, alert id", ("notify",), (), ("notify",), None)
MEMORIES = (POSITIONS, ANNOUNCED)
MEMORY_CONFIG = {**POSITIONS.config, "segment.ms": str(3_600_000), "segment.bytes": str(16 * 2**20)}


def read_by(part: str) -> tuple[str, ...]:
    """Names of the topics that the consumer group of a part reads."""
    return tuple(topic.name for topic in ALL if part in topic.consumers)


def group(part: str) -> str:
    """The consumer group of a part."""
    return f"tocsin-{part}"


def changelog(stage: str) -> str:
    """The topic that keeps the state of a stage."""
    return f"tocsin-{stage}-state-changelog"
