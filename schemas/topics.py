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
    """The facts about one topic."""

    name: str
    key: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    retention_days: int | None = 7

    @property
    def config(self) -> dict[str, str]:
        """Kafka's topic configuration: compacted where retention_days is None; timestamps are the broker's."""
        if self.retention_days is None:
            return EVERY_TOPIC | {"cleanup.policy": "compact"}
        return EVERY_TOPIC | {"cleanup.policy": "delete", "retention.ms": str(self.retention_days * DAY_MS)}


ARTICLE = Topic(
    "news.article.v1",
    "content key: one word of the body's beginning, by smallest hash",
    ("connect",),
    ("dedupe", "load"),
)
EVENT = Topic("news.event.v1", "source and the source's own id", ("connect",), ("classify", "load"))
ORIGINAL = Topic("news.original.v1", "article id", ("dedupe",), ("classify", "load"))
COPY = Topic("news.copy.v1", "article id", ("dedupe",), ("load",))
MENTION = Topic(
    "news.mention.v1",
    "block: UN M49 sub-region of the place of the document's news",
    ("classify",),
    ("link", "load"),
)
INCIDENT = Topic("news.incident.v1", "incident id", ("link",), ("alert", "console", "load"), None)
RELATION = Topic("news.relation.v1", "relation id", ("link",), ("console", "load"), None)
ALERT = Topic("news.alert.v1", "alert id", ("alert",), ("notify", "console", "load"), None)
CORRECTION = Topic("news.correction.v1", "correction id", ("correct", "console"), ("link", "console", "load"), None)
RULE = Topic("news.rule.v1", "rule name", ("console", "rules"), ("alert", "console", "load"), None)
TRIAGE = Topic("news.triage.v1", "alert id", ("console",), ("notify", "console", "load"), None)
FEED = Topic("news.feed.v1", "feed id", ("connect",), ("alert", "console", "load"), None)
QUARANTINE = Topic("news.quarantine.v1", "topic-partition-offset", ("every stage",), ("load",), 30)

ALL = (ARTICLE, EVENT, ORIGINAL, COPY, MENTION, INCIDENT, RELATION, ALERT, CORRECTION, RULE, TRIAGE, FEED, QUARANTINE)

# Internal state of connectors, which no other part reads: plain JSON, no contract, no table, one partition, as it is
# read whole at a start. Small segments are compacted soon.
POSITIONS = Topic("tocsin-positions", "name of the source", ("connect",), ("connect",), None)
ANNOUNCED = Topic("tocsin-announced", "name of the target, alert id", ("notify",), ("notify",), None)
MEMORIES = (POSITIONS, ANNOUNCED)
MEMORY_CONFIG = {**POSITIONS.config, "segment.ms": str(3_600_000), "segment.bytes": str(16 * 2**20)}
