"""Quarantine on the command line: lists the newest records, shows one, and sends records again."""

from collections.abc import Iterable, Iterator
from contextlib import closing

from kafka import TopicPartition

from connectors.kafka.clients import KafkaConsumer, KafkaProducer
from deploy.actions.tail import follow
from schemas.errors import Stop
from schemas.quarantine import KEPT_BYTES
from schemas.records import QuarantineRecord
from schemas.topics import ALL, QUARANTINE
from schemas.transport.brokers import client_options

REPLAY_OF = "tocsin-replay-of"  # header of a replayed message: its first topic, partition and offset
CLOCKS_MS = 3_600_000  # by how much the clocks of stages and brokers may differ


def _all(bootstrap: str) -> Iterator[QuarantineRecord]:
    for read in follow(bootstrap, QUARANTINE.name, from_start=True, until_end=True):
        if read.record is not None:
            yield read.record


def newest(bootstrap: str, limit: int) -> list[QuarantineRecord]:
    """The newest `limit` records by time of failure, oldest of them first; each id once."""
    by_id = {r.quarantine_id: r for r in _all(bootstrap)}
    return sorted(by_id.values(), key=lambda r: (r.failed_at, r.quarantine_id))[-limit:]


def find(bootstrap: str, quarantine_id: str) -> QuarantineRecord | None:
    """The record of that id, None when there is none."""
    return next((r for r in _all(bootstrap) if r.quarantine_id == quarantine_id), None)


def replay(bootstrap: str, quarantine_id: str | None) -> int:
    """Send one record, or all, to the topic it came from; returns how many were sent.

    A message is sent once, however many stages quarantined it and however often it is replayed: a header in its topic
    marks those sent already. In a compacted topic, a message is not sent when its key has a newer one.

    Raises Stop for an unknown id, or for a record whose bytes were too long to be kept whole.
    """
    chosen = {r.quarantine_id: r for r in _all(bootstrap) if quarantine_id in (None, r.quarantine_id)}
    if quarantine_id is not None and not chosen:
        raise Stop(f"no record {quarantine_id} in quarantine; `tocsin quarantine list` names them")
    whole = {_place(r): r for r in chosen.values() if r.topic and len(r.value) < KEPT_BYTES}
    if quarantine_id is not None and not whole:
        raise Stop(f"{quarantine_id} was kept only in part; send it again from where it came from")
    done = _replayed(bootstrap, whole.values()) | _overtaken(bootstrap, whole.values())
    producer = KafkaProducer(
        **client_options(bootstrap), acks="all", enable_idempotence=False, bootstrap_timeout_ms=5_000
    )
    try:
        sent = [
            producer.send(r.topic, key=r.key, value=r.value, headers=[*r.headers.items(), (REPLAY_OF, place.encode())])
            for place, r in whole.items()
            if place not in done
        ]
        for future in sent:
            future.get(timeout=60)
    finally:
        producer.close()
    return len(sent)


def _place(record: QuarantineRecord) -> str:
    return f"{record.topic}-{record.partition}-{record.offset}"


def _overtaken(bootstrap: str, records: Iterable[QuarantineRecord]) -> set[str]:
    """Places of messages of compacted topics that hold a newer message of the same key."""
    compacted = {t.name for t in ALL if t.retention_days is None}
    first: dict[TopicPartition, int] = {}
    newest_of: dict[tuple[TopicPartition, bytes | None], int] = {}
    kept = [(TopicPartition(r.topic, r.partition), r) for r in records if r.topic in compacted and r.partition >= 0]
    for place, r in kept:
        first[place] = min(r.offset, first.get(place, r.offset))
    if not first:
        return set()
    with closing(KafkaConsumer(**client_options(bootstrap), group_id=None, enable_auto_commit=False)) as consumer:
        ends = consumer.end_offsets(list(first))
        consumer.assign(list(first))
        for place, offset in first.items():
            consumer.seek(place, offset)
        while any(consumer.position(place) < ends[place] for place in first):
            for place, messages in consumer.poll(timeout_ms=500).items():
                newest_of.update({(place, m.key): m.offset for m in messages})
    return {_place(r) for place, r in kept if newest_of.get((place, r.key), -1) > r.offset}


def _replayed(bootstrap: str, records: Iterable[QuarantineRecord]) -> set[str]:
    """Places of messages that were sent again since the first of these records failed."""
    since: dict[str, int] = {}
    for r in records:
        failed = int(r.failed_at.timestamp() * 1000)
        since[r.topic] = min(failed, since.get(r.topic, failed))
    found: set[str] = set()
    with closing(KafkaConsumer(**client_options(bootstrap), group_id=None, enable_auto_commit=False)) as consumer:
        for topic, moment in since.items():
            partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
            ends = consumer.end_offsets(partitions)
            starts = consumer.offsets_for_times(dict.fromkeys(partitions, moment - CLOCKS_MS))
            consumer.assign(partitions)
            for p in partitions:
                consumer.seek(p, starts[p].offset if starts.get(p) else ends[p])
            while any(consumer.position(p) < ends[p] for p in partitions):
                for messages in consumer.poll(timeout_ms=500).values():
                    found |= {v.decode() for m in messages for k, v in m.headers if k == REPLAY_OF}
    return found
