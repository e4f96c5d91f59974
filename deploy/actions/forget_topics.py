"""Removes an article from compacted topics: rewrites records without its words, and tombstones those of it alone.

Compaction drops the older record of a key in its own time. Topics that are not compacted lose it by retention.
"""

import zlib
from collections import Counter
from contextlib import closing
from typing import Any

import orjson
from kafka.errors import KafkaError

from deploy.actions.compacted import Message, latest
from deploy.actions.forget_text import Traces
from deploy.actions.setup import connect
from schemas.codec import Codec, CodecError, from_json, to_json
from schemas.errors import Stop
from schemas.topics import ALERT, ALL, INCIDENT, RELATION, changelog, group
from streams.domain.linking.state import MEMBER
from streams.domain.linking.state_codec import pack, unpack

KEPT_DAYS = {t.name: float(t.retention_days) for t in ALL if t.retention_days is not None}  # where nobody has set them
RECORDS = (INCIDENT.name, RELATION.name, ALERT.name)
GONE, LINK, ALERTED = (changelog(stage) for stage in ("dedupe", "link", "alert"))
WORKERS = tuple(group(stage) for stage in ("dedupe", "link", "alert"))  # groups whose members hold changelogs in memory
FEATURES: dict[str, Any] = {
    "words": {},
    "names": [],
    "vector": None,
}  # of a member of an incident: made of the article's words


def need_idle(bootstrap: str) -> None:
    """Raises Stop while a worker runs: it would write what it holds in memory over what is written here."""
    with closing(connect(bootstrap)) as admin:
        try:
            groups = admin.describe_groups(list(WORKERS))
        except (KafkaError, ValueError):
            return  # the embedded broker does not describe groups
    busy = [name for name, found in groups.items() if found.get("members")]
    if busy:
        raise Stop(f"stop the workers first: {', '.join(busy)} would write the text back from memory")


def plan(bootstrap: str, traces: Traces) -> list[Message]:
    """Messages that take the article out of each compacted topic that is there."""
    codec, found = Codec(), []
    for topic in (*RECORDS, GONE, LINK, ALERTED):
        for place, key, value in latest(bootstrap, topic):
            new = _record(codec, topic, value, traces) if topic in RECORDS else _entry(topic, key, value, traces)
            if new != value:
                found.append(Message(topic, place.partition, key, new))
    return found


def counts(messages: list[Message]) -> dict[str, int]:
    """How many messages go to each topic."""
    return dict(Counter(m.topic for m in messages))


def _record(codec: Codec, topic: str, value: bytes, traces: Traces) -> bytes:
    try:
        whole = to_json(codec.decode(value, topic))
    except CodecError:
        return value  # not readable; quarantine has it
    kept = traces.without(whole)
    return value if kept == whole else codec.encode(from_json(kept, topic))


def _entry(changelog: str, key: bytes, value: bytes, traces: Traces) -> bytes | None:
    """An entry of a stage's state; the linker keeps counts of words until the incident closes, not in order."""
    name = key.decode("utf-8", "replace").partition(":")[2]
    if changelog == GONE:
        return None if name in traces.documents else value
    try:
        whole: Any = unpack(value)
    except (ValueError, zlib.error):
        return value  # a mark of how far the state has come
    if not isinstance(whole, dict):
        return value
    kept = traces.without(whole)
    if name.startswith(MEMBER) and traces.owns(whole.get("mention", {})):
        kept |= FEATURES
    if kept == whole:
        return value
    return orjson.dumps(kept) if changelog == ALERTED else pack(kept, compressed=not value.startswith(b"{"))
